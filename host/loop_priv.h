/*
 * loop_priv.h - what the files of host/ share about a loop: libuv's side of it.
 * Outside host/ a loop is opaque, so that no other folder sees a type of libuv's.
 */
#ifndef WEIR_HOST_LOOP_PRIV_H
#define WEIR_HOST_LOOP_PRIV_H

#include "host/loop.h"

#include <uv.h>

struct loop {
	uv_loop_t uv;
	uv_prepare_t prepare; /* runs `soon` before each wait */
	uv_idle_t idle;       /* on: the loop does not sleep */
	uv_timer_t uv_timer;  /* the one timer under the wheel */
	int64_t uv_timer_at;  /* when it fires; INT64_MAX: stopped */
	struct wheel wheel;   /* its time counts from `began_ms` */
	int64_t began_ms;
	struct list soon; /* of struct loop_task */
	bool stopping;
};

/* Fills `err` from libuv's negative code, said of `what`. */
int err_from_uv(struct err *err, int code, const char *what);

void timers_open(struct loop *loop);
void timers_close(struct loop *loop);

#endif
