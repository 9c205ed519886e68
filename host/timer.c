/* One uv timer under all timers of a loop: it is set to when the wheel wants to be turned next. */
#include "host/loop.h"
#include "host/loop_priv.h"

/* So many timers fire before the sockets are looked at again. */
#define FIRE_MAX 10000

static void wheel_turn(uv_timer_t *uv_timer);

static int64_t wheel_time(const struct loop *loop)
{
	return loop_now_ms(loop) - loop->began_ms;
}

/* Sets the uv timer, unless it already fires early enough. */
static void set_uv_timer(struct loop *loop)
{
	int64_t next = wheel_next(&loop->wheel);
	if (next >= loop->uv_timer_at)
		return;
	loop->uv_timer_at = next;
	int64_t delay = MAX(next - wheel_time(loop), 0);
	int code = uv_timer_start(&loop->uv_timer, wheel_turn, (uint64_t)delay, 0);
	assert(code == 0);
}

static void wheel_turn(uv_timer_t *uv_timer)
{
	struct loop *loop = uv_timer->data;
	loop->uv_timer_at = INT64_MAX;
	wheel_advance(&loop->wheel, wheel_time(loop));
	for (unsigned fired = 0; fired < FIRE_MAX; fired++) {
		struct wheel_node *node = wheel_pop(&loop->wheel);
		if (node == NULL)
			break;
		struct timer *timer = CONTAINER_OF(node, struct timer, node);
		timer->fire(timer);
	}
	set_uv_timer(loop);
}

void timers_open(struct loop *loop)
{
	loop->began_ms = loop_now_ms(loop);
	wheel_init(&loop->wheel, 0);
	loop->uv_timer_at = INT64_MAX;
	uv_timer_init(&loop->uv, &loop->uv_timer);
	loop->uv_timer.data = loop;
}

void timers_close(struct loop *loop)
{
	assert(wheel_next(&loop->wheel) == INT64_MAX); /* else a timer was not cancelled */
	uv_close((uv_handle_t *)&loop->uv_timer, NULL);
}

void timer_init(struct timer *timer, struct loop *loop, void (*fire)(struct timer *timer))
{
	wheel_node_init(&timer->node);
	timer->loop = loop;
	timer->fire = fire;
}

void timer_arm(struct timer *timer, int64_t delay_ms)
{
	struct loop *loop = timer->loop;
	/* The wheel may stand a little behind the loop: it is only turned when something is due. */
	int64_t now = wheel_time(loop);
	int64_t delay = MIN(MAX(delay_ms, 0), WHEEL_TIME_MAX - now);
	wheel_arm(&loop->wheel, &timer->node, now + delay);
	set_uv_timer(loop);
}

void timer_cancel(struct timer *timer)
{
	wheel_cancel(&timer->loop->wheel, &timer->node);
}
