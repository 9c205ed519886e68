#include "broker/serve.h"
#include "base/mem.h"
#include "host/random.h"
#include "host/work.h"

/* A job of the log on its way to a thread and back. */
struct serve_job {
	struct work work;
	struct serve *serve; /* borrowed */
	struct log_job *job; /* NULL: none is running */
	struct worker *worker;
};

struct serve {
	struct loop *loop; /* borrowed */
	const struct serve_user *user;
	void *arg; /* the user's, borrowed */
	struct disk *disk;
	struct broker *broker;
	struct listen *listen;
	struct serve_job sync, background;
	struct loop_task turn; /* at the end of each turn in which something happened */
	struct timer tick;
	int last_reported; /* the code of the failure that was reported last */
};

/* Kafka's "no limit" for connections. */
#define CONNECTIONS_UNLIMITED INT32_MAX

static struct broker_time time_of(const struct serve *serve)
{
	return (struct broker_time){ .now_ms = loop_now_ms(serve->loop),
				     .wall_ms = clock_wall_ms() };
}

/* ---- jobs ---- */

static void report(struct serve *serve, const struct err *err)
{
	if (err->code == (enum err_code)serve->last_reported)
		return;
	serve->last_reported = (int)err->code;
	serve->user->report(serve->arg, err->text);
}

static void job_run(struct work *work)
{
	log_job_run(CONTAINER_OF(work, struct serve_job, work)->job);
}

static void job_done(struct work *work)
{
	struct serve_job *job = CONTAINER_OF(work, struct serve_job, work);
	struct serve *serve = job->serve;
	struct log_job *finished = job->job;
	struct err err;
	job->job = NULL;
	if (broker_job_end(serve->broker, finished, time_of(serve), &err) != 0)
		report(serve, &err);
	else
		serve->last_reported = 0;
	loop_soon(serve->loop, &serve->turn);
}

static void job_give(struct serve_job *job, struct log_job *what)
{
	if (what == NULL)
		return;
	assert(job->job == NULL);
	job->job = what;
	worker_give(job->worker, &job->work);
}

static fallible job_init(struct serve_job *job, struct serve *serve, const char *name,
			 struct err *err)
{
	job->serve = serve;
	job->work.run = job_run;
	job->work.done = job_done;
	return worker_start(serve->loop, name, &job->worker, err);
}

/* ---- turns ---- */

static void arm_tick(struct serve *serve)
{
	int64_t next = broker_next_ms(serve->broker);
	if (next == INT64_MAX)
		timer_cancel(&serve->tick);
	else
		timer_arm(&serve->tick, next - loop_now_ms(serve->loop));
}

/* All that came in this turn is one sync, unless one is running: then it is part of the next. */
static void turn_end(struct loop_task *task)
{
	struct serve *serve = CONTAINER_OF(task, struct serve, turn);
	if (serve->sync.job == NULL)
		job_give(&serve->sync, broker_sync_job(serve->broker, time_of(serve)));
	if (serve->background.job == NULL)
		job_give(&serve->background, broker_background_job(serve->broker, time_of(serve)));
	arm_tick(serve);
}

static void tick(struct timer *timer)
{
	struct serve *serve = CONTAINER_OF(timer, struct serve, tick);
	broker_tick(serve->broker, time_of(serve));
	loop_soon(serve->loop, &serve->turn);
}

/* ---- connections ---- */

static void begin(void *arg, struct request *request)
{
	struct serve *serve = arg;
	loop_soon(serve->loop, &serve->turn);
	broker_handle(serve->broker, request, time_of(serve));
}

static void abandon(void *arg, struct request *request)
{
	struct serve *serve = arg;
	request_abandon(serve->broker, request);
}

static void drained(void *arg)
{
	struct serve *serve = arg;
	serve->user->drained(serve->arg);
}

static const struct listen_user LISTEN_USER = {
	.begin = begin,
	.abandon = abandon,
	.drained = drained,
};

/* ---- life ---- */

/* Makes the folder and those above it. */
static fallible make_dirs(struct disk *disk, const char *path, struct err *err)
{
	CLEANUP(buf_fini) struct buf part = BUF_INIT(4096);
	for (size_t i = 0; path[i] != '\0'; i++) {
		if (path[i] == '/' && i > 0)
			TRY(disk->ops->make_dir(disk, buf_str(&part), err));
		buf_append_u8(&part, (uint8_t)path[i]);
	}
	TRY(buf_check(&part, "the path of the data folder", err));
	return disk->ops->make_dir(disk, buf_str(&part), err);
}

static uint32_t connections_limit(const struct broker *broker, enum broker_config id)
{
	int64_t max = broker_config_i64(&broker->configs, id);
	return max >= CONNECTIONS_UNLIMITED ? 0 : (uint32_t)max;
}

static struct listen_settings settings_of(const struct broker *broker,
					  const struct tcp_address *address)
{
	struct listen_settings settings = LISTEN_DEFAULTS;
	const struct broker_configs *configs = &broker->configs;
	settings.address = *address;
	settings.connections.connections_max = connections_limit(broker, BROKER_MAX_CONNECTIONS);
	settings.connections.connections_per_ip_max =
		connections_limit(broker, BROKER_MAX_CONNECTIONS_IP);
	settings.requests.request_bytes_max =
		(uint32_t)broker_config_i64(configs, BROKER_SOCKET_REQUEST_MAX);
	int64_t idle = broker_config_i64(configs, BROKER_CONNECTIONS_IDLE_MS);
	settings.idle_ms_max = idle < 0 ? INT32_MAX : idle;
	int64_t queued = broker_config_i64(configs, BROKER_QUEUED_MAX_BYTES);
	if (queued > 0)
		settings.memory_bytes_max = (size_t)queued;
	return settings;
}

static fallible open_broker(struct serve *serve, const struct serve_options *options,
			    struct err *err)
{
	TRY(make_dirs(serve->disk, options->data_dir, err));
	struct broker_options broker = {
		.disk = serve->disk,
		.dir = options->data_dir,
		.fsync_off = options->fsync_off,
		.configs = options->configs,
		.host = options->advertised_host,
		.port = options->listen.port,
		.seed = random_u64(),
		.time = time_of(serve),
	};
	return broker_open(&broker, &serve->broker, err);
}

static fallible open_all(struct serve *serve, const struct serve_options *options, struct err *err)
{
	TRY(open_broker(serve, options, err));
	TRY(job_init(&serve->sync, serve, "weir-sync", err));
	TRY(job_init(&serve->background, serve, "weir-clean", err));
	struct listen_settings settings = settings_of(serve->broker, &options->listen);
	TRY(listen_open(serve->loop, &settings, &LISTEN_USER, serve, &serve->listen, err));
	const char *host = options->advertised_host;
	if (host == NULL)
		host = options->listen.host[0] != '\0' ? options->listen.host : "localhost";
	broker_set_address(serve->broker, host, listen_port(serve->listen));
	arm_tick(serve);
	return 0;
}

fallible serve_open(struct loop *loop, const struct serve_options *options,
		    const struct serve_user *user, void *arg, struct serve **ret_serve,
		    struct err *err)
{
	struct serve *serve = mem_new(struct serve);
	serve->loop = loop;
	serve->user = user;
	serve->arg = arg;
	serve->disk = disk_real_new();
	loop_task_init(&serve->turn, turn_end);
	timer_init(&serve->tick, loop, tick);
	int code = open_all(serve, options, err);
	if (code != 0) {
		int ignored = serve_close(serve, NULL);
		(void)ignored;
		return code;
	}
	*ret_serve = serve;
	return 0;
}

uint16_t serve_port(const struct serve *serve)
{
	return listen_port(serve->listen);
}

struct broker *serve_broker(struct serve *serve)
{
	return serve->broker;
}

void serve_drain(struct serve *serve, int64_t patience_ms)
{
	listen_drain(serve->listen, patience_ms);
}

fallible serve_close(struct serve *serve, struct err *err)
{
	if (serve == NULL)
		return 0;
	listen_close(serve->listen);
	worker_stop(serve->sync.worker);
	worker_stop(serve->background.worker);
	loop_task_cancel(&serve->turn);
	timer_cancel(&serve->tick);
	int code = broker_close(serve->broker, true, err);
	disk_real_free(serve->disk);
	mem_free(serve);
	return code;
}
