/*
 * serve.h - a broker that runs: the stepped broker (broker.h), its connections (listen.h), the
 * machine's clocks and disk, and the two threads that do what blocks.
 *
 * One loop owns everything. A thread runs sync jobs, one after another: whatever arrives while one
 * runs is the next one, so the disk decides the size of the groups. A second thread runs
 * checkpoints and compaction, which must not hold up acknowledgements.
 */
#ifndef WEIR_BROKER_SERVE_H
#define WEIR_BROKER_SERVE_H

#include "broker/broker.h"
#include "broker/listen.h"

struct serve_options {
	const char *data_dir; /* made if it is not there */
	struct tcp_address listen;
	const char *advertised_host;   /* what clients are told; NULL: where it listens */
	bool fsync_off;                /* loses acknowledged records with the power; for tests */
	const struct configs *configs; /* of BROKER_CONFIGS; NULL: nothing set */
};

struct serve_user {
	/* After serve_drain: no connection is left. */
	void (*drained)(void *arg);
	/* Something that a person should know, in one line: a sync failed, a disk is full. */
	void (*report)(void *arg, const char *line);
};

struct serve;

fallible serve_open(struct loop *loop, const struct serve_options *options,
		    const struct serve_user *user, void *arg, struct serve **ret_serve,
		    struct err *err);
uint16_t serve_port(const struct serve *serve);
struct broker *serve_broker(struct serve *serve);
/* Accepts no more, and lets what is in flight be answered, for so long. */
void serve_drain(struct serve *serve, int64_t patience_ms);
/* Closes what is open, syncs, and marks the folder as closed cleanly. Takes NULL. */
fallible serve_close(struct serve *serve, struct err *err);

#endif
