#include "host/signals.h"
#include "host/loop_priv.h"
#include "base/mem.h"

#include <signal.h>

static const struct {
	int number;
	enum signal_kind kind;
} SIGNALS[] = {
	{ SIGINT, SIGNAL_STOP },
	{ SIGTERM, SIGNAL_STOP },
	{ SIGHUP, SIGNAL_RELOAD },
	{ SIGUSR1, SIGNAL_REPORT },
};

struct signals {
	uv_signal_t handles[COUNT_OF(SIGNALS)];
	unsigned handles_open;
	bool stop_told;
	void (*told)(void *arg, enum signal_kind kind);
	void *arg; /* borrowed */
};

static void caught(uv_signal_t *handle, int number)
{
	(void)number;
	struct signals *signals = handle->data;
	enum signal_kind kind = SIGNALS[handle - signals->handles].kind;
	if (kind == SIGNAL_STOP && signals->stop_told)
		kind = SIGNAL_STOP_NOW;
	signals->stop_told |= kind == SIGNAL_STOP;
	signals->told(signals->arg, kind);
}

struct signals *signals_new(struct loop *loop, void (*told)(void *arg, enum signal_kind kind),
			    void *arg)
{
	struct signals *signals = mem_new(struct signals);
	signals->told = told;
	signals->arg = arg;
	for (size_t i = 0; i < COUNT_OF(SIGNALS); i++) {
		uv_signal_init(&loop->uv, &signals->handles[i]);
		signals->handles[i].data = signals;
		int code = uv_signal_start(&signals->handles[i], caught, SIGNALS[i].number);
		assert(code == 0);
		signals->handles_open++;
	}
	return signals;
}

static void closed(uv_handle_t *handle)
{
	struct signals *signals = handle->data;
	assert(signals->handles_open > 0);
	if (--signals->handles_open == 0)
		mem_free(signals);
}

void signals_free(struct signals *signals)
{
	if (signals == NULL)
		return;
	for (size_t i = 0; i < COUNT_OF(SIGNALS); i++)
		uv_close((uv_handle_t *)&signals->handles[i], closed);
}
