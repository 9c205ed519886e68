#include "tests/ksql/records.h"

#include "base/base64.h"
#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/num.h"

#define RECORD_BYTES_MAX ((size_t)16 * 1024 * 1024)

static bool is_null(const struct json_value *json)
{
	return json == NULL || json->kind == JSON_NULL;
}

static struct slice json_bytes(const struct json_value *json, struct arena *arena)
{
	struct buf text = BUF_INIT(RECORD_BYTES_MAX);
	struct json_writer writer;
	json_writer_init(&writer, &text, JSON_COMPACT);
	json_write(&writer, json);
	struct slice copy = arena_copy(arena, buf_slice(&text));
	buf_fini(&text);
	return copy;
}

static fallible kafka_bytes(const struct type *type, const struct json_value *json,
			    struct arena *arena, struct slice *ret_bytes, struct err *err)
{
	struct buf out = BUF_INIT(RECORD_BYTES_MAX);
	struct slice text = json_text_or(json, SLICE_EMPTY);
	int64_t whole = 0;
	double real = 0;
	int code = 0;
	switch (type != NULL ? (int)type->kind : TYPE_STRING) {
	case TYPE_INT:
		code = num_parse_i64(text, &whole, err);
		buf_append_u32(&out, (uint32_t)whole);
		break;
	case TYPE_BIGINT:
		code = num_parse_i64(text, &whole, err);
		buf_append_u64(&out, (uint64_t)whole);
		break;
	case TYPE_DOUBLE:
		code = num_parse_double(text, &real, err);
		memcpy(&whole, &real, sizeof(whole));
		buf_append_u64(&out, (uint64_t)whole);
		break;
	case TYPE_BYTES:
		code = base64_decode(text, &out, err);
		break;
	default:
		buf_append(&out, text);
		break;
	}
	*ret_bytes = arena_copy(arena, buf_slice(&out));
	buf_fini(&out);
	return code;
}

fallible record_part_bytes(const struct part *part, const struct json_value *json,
			   struct arena *arena, struct slice *ret_bytes, struct err *err)
{
	*ret_bytes = SLICE_NULL;
	if (is_null(json))
		return 0;
	if (slice_eq(part->format.name, SLICE("KAFKA")))
		return kafka_bytes(part->type, json, arena, ret_bytes, err);
	if (slice_eq(part->format.name, SLICE("DELIMITED"))) {
		struct slice text = json->kind == JSON_STRING || json->kind == JSON_NUMBER
					    ? json->text
					    : json_bytes(json, arena);
		*ret_bytes = arena_copy(arena, text);
		return 0;
	}
	*ret_bytes = json_bytes(json, arena);
	return 0;
}

static int64_t member_int(const struct json_value *json, const char *name, int64_t otherwise)
{
	int64_t value;
	const struct json_value *member = json_get(json, name);
	if (member == NULL || num_parse_i64(json_text_or(member, SLICE_EMPTY), &value, NULL) != 0)
		return otherwise;
	return value;
}

static void append_window(const struct json_value *window, struct slice *key, struct arena *arena)
{
	struct buf out = BUF_INIT(RECORD_BYTES_MAX);
	buf_append(&out, *key);
	bool session = slice_eq_nocase(json_text_or(json_get(window, "type"), SLICE_EMPTY),
				       SLICE("session"));
	if (session)
		buf_append_u64(&out, (uint64_t)member_int(window, "end", 0));
	buf_append_u64(&out, (uint64_t)member_int(window, "start", 0));
	*key = arena_copy(arena, buf_slice(&out));
	buf_fini(&out);
}

static fallible read_headers(const struct json_value *json, struct arena *arena,
			     struct event *event, struct err *err)
{
	const struct json_value *headers = json_get(json, "headers");
	if (headers == NULL)
		return 0;
	struct record_header *list = arena_array(arena, struct record_header, headers->len);
	json_each(header, headers)
	{
		struct record_header *to = &list[event->nheaders++];
		const struct json_value *value = json_get(header, "VALUE");
		to->key = json_text_or(json_get(header, "KEY"), SLICE_EMPTY);
		to->value = SLICE_NULL;
		if (is_null(value))
			continue;
		struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
		TRY(base64_decode(value->text, &bytes, err));
		to->value = arena_copy(arena, buf_slice(&bytes));
		buf_fini(&bytes);
	}
	event->headers = list;
	return 0;
}

fallible record_read(const struct topic_parts *topic, const struct json_value *json,
		     struct arena *arena, struct event *ret_event, struct err *err)
{
	struct event event = { .timestamp_ms = member_int(json, "timestamp", 0) };
	TRY(record_part_bytes(&topic->key, json_get(json, "key"), arena, &event.key, err));
	TRY(record_part_bytes(&topic->value, json_get(json, "value"), arena, &event.value, err));
	TRY(read_headers(json, arena, &event, err));
	const struct json_value *window = json_get(json, "window");
	if (!is_null(window) && event.key.data != NULL)
		append_window(window, &event.key, arena);
	*ret_event = event;
	return 0;
}

/* Comparison. */

static bool numbers_equal(struct slice a, struct slice b)
{
	int64_t i, j;
	if (num_parse_i64(a, &i, NULL) == 0 && num_parse_i64(b, &j, NULL) == 0)
		return i == j;
	double p, q;
	return num_parse_double(a, &p, NULL) == 0 && num_parse_double(b, &q, NULL) == 0 && p == q;
}

static bool number_is_text(const struct json_value *number, const struct json_value *text)
{
	struct decimal x, y;
	if (number->kind != JSON_NUMBER || text->kind != JSON_STRING)
		return false;
	if (decimal_parse(number->text, &x, NULL) != 0 || decimal_parse(text->text, &y, NULL) != 0)
		return false;
	return x.unscaled == y.unscaled && x.scale == y.scale;
}

static const struct json_value *find_member(const struct json_value *object, struct slice name)
{
	json_each(member, object)
	{
		if (slice_eq(member->name, name))
			return member;
	}
	json_each(other, object)
	{
		if (slice_eq_nocase(other->name, name))
			return other;
	}
	return NULL;
}

static bool trees_equal(const struct json_value *expected, const struct json_value *actual)
{
	if (is_null(expected) || is_null(actual))
		return is_null(expected) && is_null(actual);
	if (expected->kind == JSON_NUMBER && actual->kind == JSON_NUMBER)
		return numbers_equal(expected->text, actual->text);
	if (number_is_text(actual, expected))
		return true;
	if (expected->kind != actual->kind)
		return false;
	if (expected->kind == JSON_STRING)
		return slice_eq(expected->text, actual->text);
	if (expected->len != actual->len)
		return false;
	if (expected->kind == JSON_OBJECT_OPEN) {
		/* A member that is null is as good as one that is absent. */
		json_each(member, expected)
		{
			if (!trees_equal(member, find_member(actual, member->name)))
				return false;
		}
		json_each(other, actual)
		{
			if (!is_null(other) && find_member(expected, other->name) == NULL)
				return false;
		}
		return true;
	}
	if (expected->kind == JSON_ARRAY_OPEN) {
		const struct json_value *other = actual->first;
		json_each(item, expected)
		{
			if (!trees_equal(item, other))
				return false;
			other = other->next;
		}
	}
	return true;
}

static fallible differs(const char *what, const struct json_value *expected, struct slice actual,
			struct arena *arena, struct err *err)
{
	struct slice want = is_null(expected) ? SLICE("null") : json_bytes(expected, arena);
	if (slice_is_null(actual))
		actual = SLICE("null");
	return err_set(err, ERR_INVALID, "%s: expected %.*s, got %.*s", what, SLICE_ARGS(want),
		       SLICE_ARGS(actual));
}

static fallible compare_part(const struct part *part, const char *what,
			     const struct json_value *expected, struct slice actual,
			     struct arena *arena, struct err *err)
{
	if (is_null(expected) || slice_is_null(actual)) {
		if (is_null(expected) && slice_is_null(actual))
			return 0;
		return differs(what, expected, actual, arena, err);
	}
	if (slice_eq(part->format.name, SLICE("JSON"))) {
		const struct json_value *tree;
		TRY(json_parse(arena, actual, JSON_STRICT, &tree, err));
		return trees_equal(expected, tree) ? 0
						   : differs(what, expected, actual, arena, err);
	}
	struct slice want;
	TRY(record_part_bytes(part, expected, arena, &want, err));
	return slice_eq(want, actual) ? 0 : differs(what, expected, actual, arena, err);
}

static fallible compare_window(const struct topic_parts *topic, const struct json_value *window,
			       struct slice *key, struct err *err)
{
	size_t suffix = topic->window == WINDOW_SESSION ? 16 : 8;
	if (topic->window == WINDOW_NONE || key->len < suffix)
		return err_set(err, ERR_INVALID, "expected a windowed key");
	const uint8_t *at = key->data + key->len - suffix;
	int64_t end = topic->window == WINDOW_SESSION ? (int64_t)load_be64(at) : 0;
	int64_t start = (int64_t)load_be64(at + suffix - 8);
	if (topic->window != WINDOW_SESSION)
		end = start + topic->window_size_ms;
	key->len -= suffix;
	if (start != member_int(window, "start", start) || end != member_int(window, "end", end))
		return err_set(err, ERR_INVALID, "expected window [%lld, %lld], got [%lld, %lld]",
			       (long long)member_int(window, "start", start),
			       (long long)member_int(window, "end", end), (long long)start,
			       (long long)end);
	return 0;
}

fallible record_compare(const struct topic_parts *topic, const struct json_value *expected,
			const struct event *actual, bool check_time, struct arena *arena,
			struct err *err)
{
	const struct json_value *window = json_get(expected, "window");
	struct slice key = actual->key;
	if (!is_null(window))
		TRY(compare_window(topic, window, &key, err));
	else if (topic->window != WINDOW_NONE && key.data != NULL)
		key.len -= topic->window == WINDOW_SESSION ? 16 : 8;
	TRY(compare_part(&topic->key, "key", json_get(expected, "key"), key, arena, err));
	TRY(compare_part(&topic->value, "value", json_get(expected, "value"), actual->value, arena,
			 err));
	int64_t time_ms = member_int(expected, "timestamp", actual->timestamp_ms);
	if (check_time && time_ms != actual->timestamp_ms)
		return err_set(err, ERR_INVALID, "expected timestamp %lld, got %lld",
			       (long long)time_ms, (long long)actual->timestamp_ms);
	return 0;
}
