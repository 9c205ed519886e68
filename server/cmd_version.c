#include "base/json_writer.h"
#include "server/commands.h"

struct version_options {
	bool json;
};

static const struct opt OPTIONS[] = {
	{ .name = "json",
	  .kind = OPT_FLAG,
	  .field = offsetof(struct version_options, json),
	  .help = "Answer as one JSON object." },
};

const struct opts_def command_version = {
	.name = "version",
	.summary = "Show which weir this is",
	OPTS(OPTIONS),
	.fields_size = sizeof(struct version_options),
};

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define SANITIZER "thread"
#else
#define SANITIZER ""
#endif

static void print_json(struct buf *text)
{
	struct json_writer w;
	json_writer_init(&w, text, JSON_COMPACT);
	json_open_object(&w);
	json_member_str(&w, "version", WEIR_VERSION);
	json_member_str(&w, "compiler", __VERSION__);
	json_member_str(&w, "sanitizer", SANITIZER);
	json_close(&w);
	buf_append_u8(text, '\n');
}

int cmd_version(int argc, char **argv)
{
	CLEANUP(arena_fini) struct arena arena = { 0 };
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	struct version_options options;
	struct opts_result result;
	int code;
	if (!opts_begin(&command_version, argc, argv, &arena, &options, &result, &code))
		return code;
	if (options.json)
		print_json(&text);
	else
		buf_append_str(&text, "weir " WEIR_VERSION "\n");
	return command_print(&text);
}
