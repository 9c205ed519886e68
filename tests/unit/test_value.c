#include "engine/value.h"
#include "tests/lib/test.h"

#include <math.h>

static struct arena arena;

/* A random type, no deeper than `depth`. */
static const struct type *random_type(struct rng *rng, unsigned depth)
{
	static const enum type_kind scalars[] = { TYPE_BOOLEAN, TYPE_INT,    TYPE_BIGINT,
						  TYPE_DOUBLE,  TYPE_STRING, TYPE_BYTES,
						  TYPE_DATE,    TYPE_TIME,   TYPE_TIMESTAMP };
	uint64_t choice = rng_below(rng, depth == 0 ? 10 : 16);
	if (choice < 9)
		return TYPE_OF(scalars[choice]);
	if (choice == 9)
		return type_decimal(&arena, 38, 4);
	if (choice < 12)
		return type_array(&arena, random_type(rng, depth - 1));
	if (choice < 14)
		return type_map(&arena, TYPE_OF(TYPE_STRING), random_type(rng, depth - 1));
	struct type_field *fields = arena_array(&arena, struct type_field, 2);
	fields[0] = (struct type_field){ SLICE("A"), random_type(rng, depth - 1) };
	fields[1] = (struct type_field){ SLICE("B"), random_type(rng, depth - 1) };
	return type_struct(&arena, fields, 2);
}

static struct value random_value(struct rng *rng, const struct type *type);

static struct values random_parts(struct rng *rng, const struct type *type)
{
	uint32_t len = type->kind == TYPE_STRUCT ? 2 : (uint32_t)rng_below(rng, 4);
	struct value *items = arena_array(&arena, struct value, len * 2);
	for (uint32_t i = 0; i < len; i++) {
		if (type->kind == TYPE_MAP) {
			items[2 * i].bytes = slice_str(arena_printf(&arena, "k%u", i));
			items[2 * i + 1] = random_value(rng, type->element);
		} else {
			const struct type *of =
				type->kind == TYPE_ARRAY ? type->element : type->fields[i].type;
			items[i] = random_value(rng, of);
		}
	}
	return (struct values){ items, len };
}

static struct value random_value(struct rng *rng, const struct type *type)
{
	struct value value = { .is_null = false };
	uint64_t bits = rng_next(rng) >> rng_below(rng, 64);
	if (rng_below(rng, 8) == 0)
		return VALUE_NULL;
	switch (type->kind) {
	case TYPE_BOOLEAN:
		value.boolean = (bits & 1) != 0;
		break;
	case TYPE_INT:
	case TYPE_DATE:
	case TYPE_TIME:
		value.i32 = (int32_t)(uint32_t)bits;
		break;
	case TYPE_BIGINT:
	case TYPE_TIMESTAMP:
		value.i64 = (int64_t)bits;
		break;
	case TYPE_DOUBLE:
		value.f64 = (double)(int64_t)bits / 256;
		break;
	case TYPE_DECIMAL:
		value.decimal = (__int128)(int64_t)bits * 1000003;
		break;
	case TYPE_STRING:
	case TYPE_BYTES:
		value.bytes = slice_str(arena_printf(&arena, "%llx", (unsigned long long)bits));
		break;
	default:
		value.nested = random_parts(rng, type);
		break;
	}
	return value;
}

static void a_value_saved_and_loaded_is_the_same(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	struct err err = ERR_INIT;
	for (int round = 0; round < 2000; round++) {
		const struct type *type = random_type(&rng, 3);
		struct value value = random_value(&rng, type);
		CLEANUP(buf_fini) struct buf image = BUF_INIT(1 << 20);
		value_save(type, &value, &image);
		struct reader in = reader_of(buf_slice(&image));
		struct value back;
		assert_ok(value_load(type, &in, &arena, &back, &err), &err);
		assert_int_equal(reader_left(&in), 0);
		assert_true(value_eq(type, &value, &back));
		assert_true(value_hash(type, &value) == value_hash(type, &back));
		struct value copy = value_copy(&arena, type, value);
		assert_true(value_eq(type, &value, &copy));
		arena_reset(&arena);
	}
}

static void a_damaged_image_is_refused_not_trusted(void **state)
{
	(void)state;
	struct rng rng = { rng_seed_from_env() };
	for (int round = 0; round < 5000; round++) {
		const struct type *type = random_type(&rng, 3);
		struct value value = random_value(&rng, type);
		CLEANUP(buf_fini) struct buf image = BUF_INIT(1 << 20);
		value_save(type, &value, &image);
		image.data[rng_below(&rng, image.len)] ^= (uint8_t)(1 + rng_below(&rng, 255));
		buf_truncate(&image, 1 + (size_t)rng_below(&rng, image.len));
		struct reader in = reader_of(buf_slice(&image));
		struct value back;
		(void)!value_load(type, &in, &arena, &back, NULL);
		assert_true(arena.used < 1 << 20);
		arena_reset(&arena);
	}
}

static void an_image_cut_short_is_refused(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	struct reader in = reader_of(SLICE("\1\5ab"));
	struct value back;
	assert_fails(value_load(TYPE_OF(TYPE_STRING), &in, &arena, &back, &err), &err,
		     ERR_TRUNCATED, "a saved value");
}

static void a_struct_that_gained_a_field_reads_it_as_null(void **state)
{
	(void)state;
	const struct type_field fields[] = { { SLICE("A"), TYPE_OF(TYPE_INT) },
					     { SLICE("B"), TYPE_OF(TYPE_INT) } };
	const struct type *before = type_struct(&arena, fields, 1);
	const struct type *after = type_struct(&arena, fields, 2);
	const struct value item = { .i32 = 5 };
	const struct value value = { .nested = { &item, 1 } };
	CLEANUP(buf_fini) struct buf image = BUF_INIT(100);
	value_save(before, &value, &image);
	struct reader in = reader_of(buf_slice(&image));
	struct value back;
	assert_ok(value_load(after, &in, &arena, &back, NULL), NULL);
	assert_int_equal(back.nested.len, 2);
	assert_int_equal(back.nested.items[0].i32, 5);
	assert_true(back.nested.items[1].is_null);
}

static void order_is_that_of_java(void **state)
{
	(void)state;
	assert_true(value_cmp_f64(-0.0, 0.0) < 0);
	assert_true(value_cmp_f64((double)NAN, (double)INFINITY) > 0);
	assert_true(value_cmp_f64((double)NAN, (double)NAN) == 0);
	assert_true(value_cmp_text(SLICE("a"), SLICE("ab")) < 0);
	/* A letter that takes a surrogate pair stands before U+FF5E. */
	assert_true(value_cmp_text(SLICE("\xF0\x9F\x98\x80"), SLICE("\xEF\xBD\x9E")) < 0);
	assert_true(value_cmp_text(SLICE("\xF0\x9F\x98\x80"), SLICE("\xE2\x98\xBA")) > 0);
	assert_true(value_cmp_bytes(SLICE("\xFF"), SLICE("\x01")) < 0);
	const struct value one = { .i32 = 1 }, null = VALUE_NULL;
	assert_true(value_cmp(TYPE_OF(TYPE_INT), &one, &null) < 0);
}

static void maps_are_equal_in_any_order(void **state)
{
	(void)state;
	const struct value a[] = {
		{ .bytes = SLICE("x") }, { .i32 = 1 }, { .bytes = SLICE("y") }, { .i32 = 2 }
	};
	const struct value b[] = { a[2], a[3], a[0], a[1] };
	const struct value left = { .nested = { a, 2 } }, right = { .nested = { b, 2 } };
	const struct type *type = type_map(&arena, TYPE_OF(TYPE_STRING), TYPE_OF(TYPE_INT));
	assert_true(value_eq(type, &left, &right));
	assert_true(value_hash(type, &left) == value_hash(type, &right));
}

/* A struct of everything, with texts that need care. */
static const struct type *every_type(void)
{
	struct type_field *fields = arena_array(&arena, struct type_field, 8);
	const struct type *types[8] = {
		TYPE_OF(TYPE_DOUBLE),
		type_decimal(&arena, 4, 2),
		TYPE_OF(TYPE_STRING),
		TYPE_OF(TYPE_BYTES),
		TYPE_OF(TYPE_DATE),
		TYPE_OF(TYPE_TIME),
		TYPE_OF(TYPE_TIMESTAMP),
		type_map(&arena, TYPE_OF(TYPE_STRING), type_array(&arena, TYPE_OF(TYPE_BOOLEAN))),
	};
	for (uint32_t i = 0; i < 8; i++) {
		fields[i].name = slice_str(arena_printf(&arena, "F%u", i));
		fields[i].type = types[i];
	}
	return type_struct(&arena, fields, 8);
}

static void a_value_prints_for_people_for_sql_and_as_json(void **state)
{
	(void)state;
	static const struct value yes[] = { { .boolean = true }, { .is_null = true } };
	static const struct value entry[] = { { .bytes = { (const uint8_t *)"k", 1 } },
					      { .nested = { yes, 2 } } };
	const struct value items[] = {
		{ .f64 = 1e10 },
		{ .decimal = -5 },
		{ .bytes = SLICE("a'\"\n") },
		{ .bytes = SLICE("\x01\x02") },
		{ .i32 = 1 },
		{ .i32 = 3723004 },
		{ .i64 = 5 },
		{ .nested = { entry, 1 } },
	};
	const struct value value = { .nested = { items, 8 } };
	const struct type *type = every_type();
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	value_print(type, &value, &text);
	assert_slice(buf_slice(&text),
		     "Struct{F0=1.0E10,F1=-0.05,F2=a'\"\n,F3=AQI=,F4=1970-01-02,F5=01:02:03,"
		     "F6=1970-01-01T00:00:00.005,F7={k=[true, null]}}");
	buf_reset(&text);
	value_print_sql(type, &value, &text);
	assert_slice(buf_slice(&text),
		     "STRUCT(`F0`:=1.0E10, `F1`:=-0.05, `F2`:='a''\"\n', `F3`:='AQI=', "
		     "`F4`:='1970-01-02', `F5`:='01:02:03', `F6`:='1970-01-01T00:00:00.005', "
		     "`F7`:=MAP('k':=ARRAY[true, null]))");
	buf_reset(&text);
	value_print_json(type, &value, &text);
	assert_slice(buf_slice(&text),
		     "{\"F0\":1.0E10,\"F1\":-0.05,\"F2\":\"a'\\\"\\n\",\"F3\":\"AQI=\","
		     "\"F4\":1,\"F5\":3723004,\"F6\":5,\"F7\":{\"k\":[true,null]}}");
}

static void doubles_that_are_no_numbers_are_quoted_in_json(void **state)
{
	(void)state;
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	value_print_json(TYPE_OF(TYPE_DOUBLE), &(struct value){ .f64 = (double)NAN }, &text);
	value_print_json(TYPE_OF(TYPE_DOUBLE), &(struct value){ .f64 = -(double)INFINITY }, &text);
	value_print_json(TYPE_OF(TYPE_DOUBLE), &(struct value){ .f64 = -0.0 }, &text);
	assert_slice(buf_slice(&text), "\"NaN\"\"-Infinity\"-0.0");
	buf_reset(&text);
	value_print_sql(TYPE_OF(TYPE_DOUBLE), &(struct value){ .f64 = 1.5 }, &text);
	assert_slice(buf_slice(&text), "1.5E0");
}

static void a_map_whose_keys_are_no_texts_is_a_list_of_pairs_in_json(void **state)
{
	(void)state;
	static const struct value entry[] = { { .i32 = 1 }, { .i32 = 2 } };
	const struct type *type = type_map(&arena, TYPE_OF(TYPE_INT), TYPE_OF(TYPE_INT));
	CLEANUP(buf_fini) struct buf text = BUF_INIT(BUF_TEXT_BYTES_MAX);
	value_print_json(type, &(struct value){ .nested = { entry, 1 } }, &text);
	assert_slice(buf_slice(&text), "[[1,2]]");
}

static int tear_down(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_value_saved_and_loaded_is_the_same),
		TEST(a_damaged_image_is_refused_not_trusted),
		TEST(an_image_cut_short_is_refused),
		TEST(a_struct_that_gained_a_field_reads_it_as_null),
		TEST(order_is_that_of_java),
		TEST(maps_are_equal_in_any_order),
		TEST(a_value_prints_for_people_for_sql_and_as_json),
		TEST(doubles_that_are_no_numbers_are_quoted_in_json),
		TEST(a_map_whose_keys_are_no_texts_is_a_list_of_pairs_in_json),
	};
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
