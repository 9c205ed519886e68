#include "server/commands.h"
#include "broker/serve.h"
#include "host/signals.h"

#include <stdio.h>

/* What is in flight when the broker is told to stop may take so long to be answered. */
#define DRAIN_MS 2000

struct broker_cmd_options {
	const char *data_dir, *listen, *advertise, *fsync;
	struct opt_list set;
};

static const struct opt OPTIONS[] = {
	{ .name = "data-dir",
	  .letter = 'd',
	  .kind = OPT_TEXT,
	  .field = offsetof(struct broker_cmd_options, data_dir),
	  .value = "DIR",
	  .required = true,
	  .help = "Where topics are kept; made if it is not there." },
	{ .name = "listen",
	  .letter = 'l',
	  .kind = OPT_TEXT,
	  .field = offsetof(struct broker_cmd_options, listen),
	  .value = "HOST:PORT",
	  .otherwise = "127.0.0.1:9092",
	  .help = "Where clients connect; port 0 takes a free one." },
	{ .name = "advertise",
	  .kind = OPT_TEXT,
	  .field = offsetof(struct broker_cmd_options, advertise),
	  .value = "HOST",
	  .help = "The host that clients are told to connect to, if not the one of --listen." },
	{ .name = "fsync",
	  .kind = OPT_TEXT,
	  .field = offsetof(struct broker_cmd_options, fsync),
	  .value = "on|off",
	  .otherwise = "on",
	  .choices = "on|off",
	  .help = "Off acknowledges records before they are on the disk: for tests only." },
	{ .name = "set",
	  .letter = 's',
	  .kind = OPT_LIST,
	  .field = offsetof(struct broker_cmd_options, set),
	  .value = "KEY=VALUE",
	  .help = "A setting of Kafka's server.properties, such as num.partitions=4." },
};

const struct opts_def command_broker = {
	.name = "broker",
	.summary = "Run a broker that speaks Kafka's protocol, without the SQL engine",
	.about = "Keeps topics in a folder and serves Kafka's clients until it is told to stop. "
		 "When it is ready it says so in one line on standard output.\n"
		 "SIGINT and SIGTERM stop it after what is in flight has been answered; a second "
		 "one stops it at once.\n",
	OPTS(OPTIONS),
	.fields_size = sizeof(struct broker_cmd_options),
	.env = true,
};

/* The command while it runs. */
struct broker_cmd {
	struct loop *loop;
	struct serve *serve;
	struct signals *signals;
	struct configs configs;
	struct err err;
};

static void told(void *arg, enum signal_kind kind)
{
	struct broker_cmd *cmd = arg;
	if (kind == SIGNAL_STOP)
		serve_drain(cmd->serve, DRAIN_MS);
	else if (kind == SIGNAL_STOP_NOW)
		loop_stop(cmd->loop);
}

static void drained(void *arg)
{
	struct broker_cmd *cmd = arg;
	loop_stop(cmd->loop);
}

static void report(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "weir broker: %s\n", line);
}

static const struct serve_user SERVE_USER = { .drained = drained, .report = report };

static fallible set_config(struct configs *configs, const char *text, struct err *err)
{
	struct slice pair = slice_str(text);
	size_t equals = slice_find_byte(pair, '=', 0);
	struct slice key = slice_trim(slice_sub(pair, 0, equals));
	struct slice value = slice_trim(slice_sub(pair, equals + 1, SIZE_MAX));
	if (equals == SIZE_MAX || key.len == 0)
		return err_set(err, ERR_USAGE, "--set wants KEY=VALUE, not \"%s\"", text);
	int32_t index = config_find(configs->table, key);
	if (index < 0)
		return err_set(err, ERR_USAGE, "there is no setting \"%.*s\"", SLICE_ARGS(key));
	if (config_check(&configs->table->defs[index], value, err) != 0) {
		err->code = ERR_USAGE;
		return err_wrap(err, "--set %.*s", SLICE_ARGS(key));
	}
	configs_set(configs, (uint32_t)index, value);
	return 0;
}

static fallible start(struct broker_cmd *cmd, const struct broker_cmd_options *options)
{
	struct serve_options serve = {
		.data_dir = options->data_dir,
		.advertised_host = options->advertise,
		.fsync_off = strcmp(options->fsync, "off") == 0,
		.configs = &cmd->configs,
	};
	if (tcp_address_parse(slice_str(options->listen), &serve.listen, &cmd->err) != 0)
		return err_set(&cmd->err, ERR_USAGE, "--listen wants HOST:PORT, not \"%s\"",
			       options->listen);
	for (uint32_t i = 0; i < options->set.len; i++)
		TRY(set_config(&cmd->configs, options->set.items[i], &cmd->err));
	TRY(serve_open(cmd->loop, &serve, &SERVE_USER, cmd, &cmd->serve, &cmd->err));
	cmd->signals = signals_new(cmd->loop, told, cmd);
	printf("weir broker ready on %s:%u, data in %s\n",
	       serve.listen.host[0] != '\0' ? serve.listen.host : "*",
	       (unsigned)serve_port(cmd->serve), options->data_dir);
	fflush(stdout);
	return 0;
}

static fallible run(struct broker_cmd *cmd, const struct broker_cmd_options *options)
{
	TRY(start(cmd, options));
	loop_run(cmd->loop);
	signals_free(cmd->signals);
	return serve_close(cmd->serve, &cmd->err);
}

int cmd_broker(int argc, char **argv)
{
	CLEANUP(arena_fini) struct arena arena = { 0 };
	struct broker_cmd_options options;
	struct opts_result result;
	int code;
	if (!opts_begin(&command_broker, argc, argv, &arena, &options, &result, &code))
		return code;
	struct broker_cmd cmd = { .loop = loop_new() };
	configs_init(&cmd.configs, &BROKER_CONFIGS);
	code = run(&cmd, &options);
	configs_fini(&cmd.configs);
	loop_free(cmd.loop);
	return code != 0 ? command_fail("broker", &cmd.err) : EXIT_OK;
}
