#include "tests/lib/message_random.h"

#include "wire/codec_priv.h"

struct random_message {
	int16_t version;
	struct rng *rng;
	struct arena *arena;
};

static void random_part(const struct random_message *r, const struct message_part *part,
			void *item);

static struct slice random_slice(const struct random_message *r)
{
	static const uint8_t LENGTHS[] = { 0, 1, 2, 7, 126, 127, 128, 200 };
	size_t len = LENGTHS[rng_below(r->rng, COUNT_OF(LENGTHS))];
	uint8_t *data = arena_array(r->arena, uint8_t, len + 1);
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)('a' + rng_below(r->rng, 26));
	return slice_of(data, len);
}

static void random_item(const struct random_message *r, const struct message_field *field, void *at)
{
	if (field->type == FIELD_STRUCT && field->array) {
		random_part(r, field->of(), at);
	} else if (field->type == FIELD_STRUCT) {
		void *part = message_filled(r->arena, field->of(), 1);
		random_part(r, field->of(), part);
		memcpy(at, &part, sizeof(part));
	} else if (field->type >= FIELD_STRING) {
		struct slice bytes = random_slice(r);
		memcpy(at, &bytes, sizeof(bytes));
	} else if (field->type == FIELD_UUID) {
		uint64_t bits[2] = { rng_next(r->rng), rng_next(r->rng) };
		memcpy(at, bits, sizeof(bits));
	} else if (field->type == FIELD_F64) {
		double number = (double)rng_below(r->rng, 1000000) / 7;
		memcpy(at, &number, sizeof(number));
	} else {
		field_set_number(field->type, at, (int64_t)rng_next(r->rng));
		if (field->type == FIELD_BOOL)
			*(bool *)at = rng_below(r->rng, 2) == 1;
	}
}

static void random_field(const struct random_message *r, const struct message_field *field,
			 void *item)
{
	char *at = (char *)item + field->offset;
	if (field_nullable_in(field, r->version) && rng_below(r->rng, 3) == 0)
		return;
	if (field->tagged && rng_below(r->rng, 3) == 0)
		return;
	if (!field->array) {
		random_item(r, field, at);
		return;
	}
	size_t size = field_item_size(field);
	struct any_array array = { .len = (uint32_t)rng_below(r->rng, 4) };
	array.items = field->type == FIELD_STRUCT ? message_filled(r->arena, field->of(), array.len)
						  : arena_zeroed(r->arena, array.len * size + 1, 8);
	for (uint32_t i = 0; i < array.len; i++)
		random_item(r, field, (char *)array.items + i * size);
	memcpy(at, &array, sizeof(array));
}

static void random_part(const struct random_message *r, const struct message_part *part, void *item)
{
	for (uint16_t i = 0; i < part->nfields; i++) {
		if (field_in_version(&part->fields[i], r->version))
			random_field(r, &part->fields[i], item);
	}
}

void *message_random(const struct message_type *message, int16_t version, struct rng *rng,
		     struct arena *arena)
{
	struct random_message r = { .version = version, .rng = rng, .arena = arena };
	void *item = message_filled(arena, message->part(), 1);
	random_part(&r, message->part(), item);
	return item;
}
