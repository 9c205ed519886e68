/* `weir broker` as a command: how it starts, refuses and stops. */
#include "tests/e2e/process.h"

#include <unistd.h>

static void it_says_when_it_is_ready_and_stops_when_told(void **state)
{
	(void)state;
	struct broker_process broker;
	broker_make(&broker);
	broker_start(&broker);
	print_message("ready after %.1f ms\n", broker.ready_ms);
	assert_int_equal(broker_stop(&broker), 0);
	broker_start(&broker); /* over what the first one left */
	assert_int_equal(broker_stop(&broker), 0);
	broker_remove(&broker);
}

static void expect_refusal(const char *const *args, int code, const char *words)
{
	CLEANUP(buf_fini) struct buf output = BUF_INIT(1 << 20);
	int got = weir_run(args, &output);
	if (got != code || strstr(buf_str(&output), words) == NULL)
		print_error("exit code %d: %s\n", got, buf_str(&output));
	assert_int_equal(got, code);
	assert_non_null(strstr(buf_str(&output), words));
}

#define ARGS(...) ((const char *const[]){ "weir", "broker", __VA_ARGS__, NULL })

static void what_it_cannot_do_it_says_in_a_line(void **state)
{
	(void)state;
	struct broker_process broker;
	broker_make(&broker);
	broker_start(&broker);
	expect_refusal(ARGS("--listen", "127.0.0.1:0"), 2, "data-dir");
	expect_refusal(ARGS("--data-dir", "/tmp/x", "--listen", "nonsense"), 2,
		       "--listen wants HOST:PORT");
	expect_refusal(ARGS("--data-dir", "/tmp/x", "--set", "no.such.thing=1"), 2,
		       "there is no setting \"no.such.thing\"");
	expect_refusal(ARGS("--data-dir", "/tmp/x", "--set", "num.partitions=many"), 2,
		       "num.partitions");
	expect_refusal(ARGS("--data-dir", broker.dir, "--listen", "127.0.0.1:0"), 1,
		       "another process");
	CLEANUP(buf_fini) struct buf other = BUF_INIT(128);
	buf_printf(&other, "%s/other", broker.dir);
	expect_refusal(ARGS("--data-dir", buf_str(&other), "--listen", broker.address), 1,
		       "cannot listen on");
	expect_refusal(ARGS("--data-dir", "/proc/weir", "--listen", "127.0.0.1:0"), 1,
		       "/proc/weir");
	assert_int_equal(broker_stop(&broker), 0);
	broker_remove(&broker);
}

int main(void)
{
	RUN_TESTS(TEST(it_says_when_it_is_ready_and_stops_when_told),
		  TEST(what_it_cannot_do_it_says_in_a_line));
}
