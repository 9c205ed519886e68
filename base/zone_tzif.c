/*
 * TZif (RFC 9636): a header and a block of 32-bit times; from version 2 on the same again with
 * 64-bit times, which is what counts, and a footer with a rule. A block is: times, one byte of
 * type for each, types (offset, dst, index of the abbreviation), abbreviations, leap seconds, and
 * two arrays of flags that only a writer of rules needs.
 */
#include "base/zone.h"

#include "base/mem.h"
#include "base/zone_priv.h"

#define TYPES_MAX 256
#define CHARS_MAX 4096
#define OFFSET_MIN (-89999)
#define OFFSET_MAX 93599
#define TYPE_BYTES 6

struct header {
	uint8_t version; /* 0, or '2' to '4' */
	uint32_t isut_count, isstd_count, leap_count, time_count, type_count, char_count;
};

static fallible read_header(struct reader *in, struct header *ret_header, struct err *err)
{
	struct slice magic = reader_bytes(in, 4);
	struct header header = { .version = reader_u8(in) };
	reader_skip(in, 15);
	uint32_t *const counts[] = { &header.isut_count, &header.isstd_count, &header.leap_count,
				     &header.time_count, &header.type_count,  &header.char_count };
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		*counts[i] = reader_u32(in);
	TRY(reader_check(in, "the header", err));
	if (!slice_eq_str(magic, "TZif"))
		return err_set(err, ERR_CORRUPT, "it does not begin with TZif");
	if (header.version != 0 && (header.version < '2' || header.version > '4'))
		return err_set(err, ERR_UNSUPPORTED, "version byte %d is not known",
			       header.version);
	*ret_header = header;
	return 0;
}

static uint64_t block_bytes(const struct header *header, uint64_t time_bytes)
{
	return (uint64_t)header->time_count * (time_bytes + 1) +
	       (uint64_t)header->type_count * TYPE_BYTES + header->char_count +
	       (uint64_t)header->leap_count * (time_bytes + 4) + header->isstd_count +
	       header->isut_count;
}

static fallible check_header(const struct header *header, struct err *err)
{
	if (header->leap_count != 0)
		return err_set(err, ERR_UNSUPPORTED, "it counts leap seconds");
	if (header->time_count > ZONE_TRANSITIONS_MAX || header->type_count > TYPES_MAX ||
	    header->char_count > CHARS_MAX)
		return err_set(err, ERR_LIMIT, "it has too many transitions, types or names");
	if (header->type_count == 0 || header->char_count == 0)
		return err_set(err, ERR_CORRUPT, "it has no types or no names");
	if ((header->isstd_count != 0 && header->isstd_count != header->type_count) ||
	    (header->isut_count != 0 && header->isut_count != header->type_count))
		return err_set(err, ERR_CORRUPT, "its flags do not match its types");
	return 0;
}

static fallible read_times(struct reader *in, const struct header *header, bool wide,
			   struct zone *zone, struct err *err)
{
	zone->transitions = header->time_count;
	zone->times = mem_array(int64_t, MAX(header->time_count, 1));
	zone->types = mem_array(uint8_t, MAX(header->time_count, 1));
	zone->daylight = mem_array(bool, MAX(header->time_count, 1));
	for (uint32_t i = 0; i < header->time_count; i++) {
		zone->times[i] = wide ? (int64_t)reader_u64(in) : (int32_t)reader_u32(in);
		if (i > 0 && zone->times[i] <= zone->times[i - 1])
			return err_set(err, ERR_CORRUPT,
				       "transition %u is not after the one before", i);
	}
	for (uint32_t i = 0; i < header->time_count; i++) {
		zone->types[i] = reader_u8(in);
		if (zone->types[i] >= header->type_count)
			return err_set(err, ERR_CORRUPT, "transition %u has no type", i);
	}
	return 0;
}

static fallible copy_name(struct slice chars, uint8_t index, struct zone_type *type,
			  struct err *err)
{
	size_t end = slice_find_byte(chars, 0, index);
	if (end == SIZE_MAX || end - index >= ZONE_ABBREVIATION_BYTES_MAX)
		return err_set(err, ERR_CORRUPT, "an abbreviation is too long or without an end");
	for (size_t i = index; i < end; i++) {
		if (chars.data[i] < 0x20 || chars.data[i] > 0x7E)
			return err_set(err, ERR_CORRUPT, "an abbreviation is not ASCII text");
		type->abbreviation[i - index] = (char)chars.data[i];
	}
	return 0;
}

static fallible read_types(struct reader *in, const struct header *header, struct zone *zone,
			   struct err *err)
{
	zone->type_count = header->type_count;
	zone->type = mem_array(struct zone_type, header->type_count);
	struct reader types = reader_of(reader_bytes(in, header->type_count * TYPE_BYTES));
	struct slice chars = reader_bytes(in, header->char_count);
	for (uint32_t i = 0; i < header->type_count; i++) {
		struct zone_type *type = &zone->type[i];
		type->offset = (int32_t)reader_u32(&types);
		uint8_t dst = reader_u8(&types), index = reader_u8(&types);
		if (type->offset < OFFSET_MIN || type->offset > OFFSET_MAX || dst > 1)
			return err_set(err, ERR_CORRUPT, "type %u is out of range", i);
		type->dst = dst != 0;
		TRY(copy_name(chars, index, type, err));
	}
	return 0;
}

/*
 * What people call daylight time is ahead of the standard time beside it. A few files say it the
 * other way round (Ireland: summer is standard, and winter "daylight saving" of minus one hour).
 */
static void mark_daylight(struct zone *zone)
{
	for (uint32_t i = 0; i < zone->transitions; i++) {
		const struct zone_type *type = &zone->type[zone->types[i]];
		const struct zone_type *before = &zone->type[i > 0 ? zone->types[i - 1] : 0];
		const struct zone_type *after =
			i + 1 < zone->transitions ? &zone->type[zone->types[i + 1]] : before;
		bool behind_after = after->dst && after->offset < type->offset;
		bool behind_before = before->dst && before->offset < type->offset;
		if (type->dst) {
			const struct zone_type *beside = before->dst ? after : before;
			zone->daylight[i] = beside->dst || beside->offset < type->offset;
		} else {
			zone->daylight[i] = behind_after && behind_before;
		}
	}
}

static fallible read_footer(struct reader *in, struct zone *zone, struct err *err)
{
	struct slice rest = reader_bytes(in, reader_left(in));
	size_t end = slice_find_byte(rest, '\n', 1);
	if (rest.len < 2 || rest.data[0] != '\n' || end == SIZE_MAX)
		return err_set(err, ERR_CORRUPT, "its footer is not one line");
	if (end + 1 != rest.len)
		return err_set(err, ERR_CORRUPT, "there is something behind its footer");
	if (end == 1)
		return 0;
	zone->has_rule = true;
	return zone_rule_parse(slice_sub(rest, 1, end - 1), &zone->rule, err);
}

static fallible read_file(struct reader *in, struct zone *zone, struct err *err)
{
	struct header header;
	TRY(read_header(in, &header, err));
	bool wide = header.version != 0;
	if (wide) {
		uint64_t bytes = block_bytes(&header, 4);
		if (bytes > reader_left(in))
			return err_set(err, ERR_TRUNCATED, "its first block ends too early");
		reader_skip(in, (size_t)bytes);
		TRY(read_header(in, &header, err));
	}
	TRY(check_header(&header, err));
	if (block_bytes(&header, wide ? 8 : 4) > reader_left(in))
		return err_set(err, ERR_TRUNCATED, "its data ends too early");
	TRY(read_times(in, &header, wide, zone, err));
	TRY(read_types(in, &header, zone, err));
	reader_skip(in, header.isstd_count + header.isut_count);
	TRY(reader_check(in, "the data", err));
	mark_daylight(zone);
	if (wide)
		return read_footer(in, zone, err);
	if (reader_left(in) != 0)
		return err_set(err, ERR_CORRUPT, "there is something behind its data");
	return 0;
}

fallible zone_parse(struct slice name, struct slice bytes, struct zone **ret_zone, struct err *err)
{
	if (name.len == 0 || name.len > ZONE_NAME_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a zone's name has 1 to %zu bytes",
			       ZONE_NAME_BYTES_MAX);
	if (bytes.len > ZONE_FILE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a zone's file has at most %zu bytes",
			       ZONE_FILE_BYTES_MAX);
	struct zone *zone = zone_empty(name);
	struct reader in = reader_of(bytes);
	if (read_file(&in, zone, err) != 0) {
		zone_free(zone);
		return err_wrap(err, "the time zone file of %.*s", SLICE_ARGS(name));
	}
	*ret_zone = zone;
	return 0;
}
