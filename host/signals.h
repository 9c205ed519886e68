/*
 * signals.h - what the machine, or a person at it, asks of the process.
 *
 * INT and TERM: the first asks to finish what was begun and stop (SIGNAL_STOP), any further one to
 * stop at once (SIGNAL_STOP_NOW). HUP: read the settings again. USR1: tell how things are. PIPE is
 * ignored by loop_new. One per process, on the loop that decides.
 */
#ifndef WEIR_HOST_SIGNALS_H
#define WEIR_HOST_SIGNALS_H

#include "host/loop.h"

enum signal_kind { SIGNAL_STOP, SIGNAL_STOP_NOW, SIGNAL_RELOAD, SIGNAL_REPORT };

struct signals;

struct signals *signals_new(struct loop *loop, void (*told)(void *arg, enum signal_kind kind),
			    void *arg);
void signals_free(struct signals *signals); /* takes NULL */

#endif
