#include "wire/record.h"

#include "base/crc32c.h"
#include "wire/varint.h"

enum field {
	AT_BASE_OFFSET = 0,
	AT_LENGTH = 8,
	AT_LEADER_EPOCH = 12,
	AT_MAGIC = 16,
	AT_CRC = 17,
	AT_ATTRIBUTES = 21,
	AT_LAST_OFFSET_DELTA = 23,
	AT_BASE_TIMESTAMP = 27,
	AT_MAX_TIMESTAMP = 35,
	AT_PRODUCER_ID = 43,
	AT_PRODUCER_EPOCH = 51,
	AT_BASE_SEQUENCE = 53,
	AT_COUNT = 57,
};

static bool fault(struct record_fault *ret, enum record_error error, const char *why)
{
	*ret = (struct record_fault){ .kafka_error = (int16_t)error, .why = why };
	return false;
}

/* No batch is larger: offsets within a segment's file are 31 bits. */
#define BATCH_BYTES_MAX (UINT32_C(0x7FFFFFFF) - RECORD_BATCH_PREFIX_BYTES)

size_t record_batch_bytes(struct slice bytes)
{
	if (bytes.len < RECORD_BATCH_PREFIX_BYTES)
		return 0;
	uint32_t length = load_be32(bytes.data + AT_LENGTH);
	if (length < RECORD_BATCH_HEADER_BYTES - RECORD_BATCH_PREFIX_BYTES ||
	    length > BATCH_BYTES_MAX)
		return SIZE_MAX;
	return (size_t)length + RECORD_BATCH_PREFIX_BYTES;
}

static void load_header(struct slice bytes, struct record_batch *batch)
{
	const uint8_t *p = bytes.data;
	*batch = (struct record_batch){
		.bytes = bytes,
		.records = slice_sub(bytes, RECORD_BATCH_HEADER_BYTES, SIZE_MAX),
		.base_offset = (int64_t)load_be64(p + AT_BASE_OFFSET),
		.leader_epoch = (int32_t)load_be32(p + AT_LEADER_EPOCH),
		.crc = load_be32(p + AT_CRC),
		.attributes = load_be16(p + AT_ATTRIBUTES),
		.last_offset_delta = (int32_t)load_be32(p + AT_LAST_OFFSET_DELTA),
		.base_timestamp = (int64_t)load_be64(p + AT_BASE_TIMESTAMP),
		.max_timestamp = (int64_t)load_be64(p + AT_MAX_TIMESTAMP),
		.producer_id = (int64_t)load_be64(p + AT_PRODUCER_ID),
		.producer_epoch = (int16_t)load_be16(p + AT_PRODUCER_EPOCH),
		.base_sequence = (int32_t)load_be32(p + AT_BASE_SEQUENCE),
		.count = (int32_t)load_be32(p + AT_COUNT),
	};
}

bool record_batch_read(struct slice bytes, struct record_batch *ret, struct record_fault *ret_fault)
{
	size_t len = record_batch_bytes(bytes);
	if (!record_batch_read_header(bytes, ret, ret_fault))
		return false;
	if (len > bytes.len)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the batch is cut off");
	return true;
}

bool record_batch_read_header(struct slice bytes, struct record_batch *ret,
			      struct record_fault *ret_fault)
{
	size_t len = record_batch_bytes(bytes);
	/* Old formats have their magic at the same place, and may be shorter than our header. */
	if (bytes.len > AT_MAGIC && len != 0 && bytes.data[AT_MAGIC] < RECORD_BATCH_MAGIC)
		return fault(ret_fault, RECORD_ERROR_FORMAT,
			     "the message format is older than version 2");
	if (len == 0 || len == SIZE_MAX || bytes.len < RECORD_BATCH_HEADER_BYTES)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the batch's length is impossible");
	if (bytes.data[AT_MAGIC] != RECORD_BATCH_MAGIC)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the batch's magic is not 2");
	struct record_batch batch;
	load_header(slice_of(bytes.data, MIN(len, bytes.len)), &batch);
	if (record_batch_codec(&batch) >= COMPRESS_CODEC_COUNT)
		return fault(ret_fault, RECORD_ERROR_COMPRESSION, "the codec is unknown");
	if (batch.last_offset_delta < 0 || batch.count < 0 ||
	    batch.count - 1 > batch.last_offset_delta)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the batch's counts are impossible");
	if (batch.base_offset < 0 || batch.base_offset > INT64_MAX - INT32_MAX - 1)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the batch's offset is impossible");
	*ret = batch;
	return true;
}

static uint32_t batch_crc(struct slice bytes)
{
	return crc32c(0, slice_sub(bytes, AT_ATTRIBUTES, SIZE_MAX));
}

bool record_batch_check(struct slice bytes, struct record_batch *ret,
			struct record_fault *ret_fault)
{
	struct record_batch batch;
	if (!record_batch_read(bytes, &batch, ret_fault))
		return false;
	if (batch_crc(batch.bytes) != batch.crc)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the batch's checksum is wrong");
	*ret = batch;
	return true;
}

bool record_batch_check_produced(struct slice bytes, const struct record_batch *batch,
				 struct record_fault *ret_fault)
{
	if (bytes.len != batch->bytes.len)
		return fault(ret_fault, RECORD_ERROR_INVALID, "there is more than one batch");
	if (batch->count <= 0)
		return fault(ret_fault, RECORD_ERROR_INVALID, "the batch has no records");
	if (batch->last_offset_delta != batch->count - 1)
		return fault(ret_fault, RECORD_ERROR_INVALID,
			     "the last offset delta does not fit the count");
	if ((batch->attributes & RECORD_CONTROL) != 0)
		return fault(ret_fault, RECORD_ERROR_INVALID, "clients write no control batches");
	if ((batch->attributes & RECORD_DELETE_HORIZON) != 0)
		return fault(ret_fault, RECORD_ERROR_INVALID, "clients set no delete horizon");
	bool idempotent = batch->producer_id >= 0;
	if (idempotent && (batch->base_sequence < 0 || batch->producer_epoch < 0))
		return fault(ret_fault, RECORD_ERROR_INVALID,
			     "a producer id needs a sequence and an epoch");
	if ((batch->attributes & RECORD_TRANSACTIONAL) != 0 && !idempotent)
		return fault(ret_fault, RECORD_ERROR_INVALID,
			     "a transactional batch needs a producer id");
	return true;
}

bool record_batch_check_records(const struct record_batch *batch, struct buf *scratch,
				bool keys_needed, struct record_fault *ret_fault)
{
	struct record_walk walk;
	struct event event;
	bool more = true;
	if (record_walk_open(&walk, batch, scratch, NULL) != 0)
		return fault(ret_fault, RECORD_ERROR_CORRUPT, "the records cannot be unpacked");
	for (int32_t i = 0; i <= batch->count && more; i++) {
		if (record_walk_next(&walk, &event, &more, NULL) != 0) {
			record_walk_close(&walk);
			return fault(ret_fault, RECORD_ERROR_CORRUPT, "a record is malformed");
		}
		if (more && (event.offset != batch->base_offset + i ||
			     (keys_needed && slice_is_null(event.key)))) {
			record_walk_close(&walk);
			return fault(ret_fault, RECORD_ERROR_INVALID,
				     event.offset != batch->base_offset + i
					     ? "a record's offset is not the next one"
					     : "a compacted topic takes no record without a key");
		}
	}
	record_walk_close(&walk);
	return true;
}

void record_batch_set_base(uint8_t *batch, int64_t base_offset, int32_t leader_epoch)
{
	assert(base_offset >= 0);
	store_be64(batch + AT_BASE_OFFSET, (uint64_t)base_offset);
	store_be32(batch + AT_LEADER_EPOCH, (uint32_t)leader_epoch);
}

void record_batch_set_append_time(uint8_t *batch, int64_t now_ms)
{
	size_t len = (size_t)load_be32(batch + AT_LENGTH) + RECORD_BATCH_PREFIX_BYTES;
	assert(len >= RECORD_BATCH_HEADER_BYTES);
	uint16_t attributes = load_be16(batch + AT_ATTRIBUTES);
	store_be16(batch + AT_ATTRIBUTES, attributes | RECORD_LOG_APPEND_TIME);
	store_be64(batch + AT_MAX_TIMESTAMP, (uint64_t)now_ms);
	store_be32(batch + AT_CRC, batch_crc(slice_of(batch, len)));
}

fallible record_walk_open(struct record_walk *walk, const struct record_batch *batch,
			  struct buf *scratch, struct err *err)
{
	struct slice records = batch->records;
	enum compress_codec codec = record_batch_codec(batch);
	if (codec != COMPRESS_NONE && batch->count > 0) {
		buf_reset(scratch);
		TRY(compress_unpack(codec, records, scratch, err));
		records = buf_slice(scratch);
	}
	*walk = (struct record_walk){
		.batch = batch,
		.reader = reader_of(records),
		.left = batch->count,
	};
	return 0;
}

void record_walk_close(struct record_walk *walk)
{
	vec_fini(&walk->headers);
}

static struct slice nullable_bytes(struct reader *r)
{
	int32_t len = reader_zigzag(r);
	if (len == -1)
		return SLICE_NULL;
	if (UNLIKELY(len < 0)) {
		reader_fail(r);
		return SLICE_NULL;
	}
	return reader_bytes(r, (size_t)len);
}

static void walk_headers(struct record_walk *walk, struct reader *r, int32_t n)
{
	vec_clear(&walk->headers);
	for (int32_t i = 0; i < n && !r->failed; i++) {
		struct slice key = nullable_bytes(r);
		struct slice value = nullable_bytes(r);
		if (slice_is_null(key))
			reader_fail(r);
		vec_push(&walk->headers, (struct record_header){ .key = key, .value = value });
	}
}

fallible record_walk_next(struct record_walk *walk, struct event *ret_event, bool *ret_more,
			  struct err *err)
{
	const struct record_batch *batch = walk->batch;
	if (walk->left == 0) {
		if (reader_left(&walk->reader) != 0)
			return err_set(err, ERR_CORRUPT, "there is more behind the last record");
		*ret_more = false;
		return 0;
	}
	int32_t len = reader_zigzag(&walk->reader);
	if (len < 0)
		reader_fail(&walk->reader);
	struct reader r = reader_of(reader_bytes(&walk->reader, (size_t)MAX(len, 0)));
	reader_u8(&r);
	int64_t timestamp_delta = reader_zigzag64(&r);
	int32_t offset_delta = reader_zigzag(&r);
	struct slice key = nullable_bytes(&r), value = nullable_bytes(&r);
	int32_t nheaders = reader_zigzag(&r);
	if (nheaders < 0 || nheaders > RECORD_HEADERS_MAX)
		reader_fail(&r);
	else if (nheaders > 0)
		walk_headers(walk, &r, nheaders);
	if (walk->reader.failed || r.failed || reader_left(&r) != 0)
		return err_set(err, ERR_CORRUPT, "a record is malformed");
	if (offset_delta < 0 || offset_delta > batch->last_offset_delta)
		return err_set(err, ERR_CORRUPT, "a record's offset is outside its batch");
	int64_t timestamp;
	if ((batch->attributes & RECORD_LOG_APPEND_TIME) != 0)
		timestamp = batch->max_timestamp;
	else if (__builtin_add_overflow(batch->base_timestamp, timestamp_delta, &timestamp))
		return err_set(err, ERR_CORRUPT, "a record's time is impossible");
	walk->left--;
	*ret_event = (struct event){
		.key = key,
		.value = value,
		.timestamp_ms = timestamp,
		.offset = batch->base_offset + offset_delta,
		.headers = walk->headers.items,
		.nheaders = (uint32_t)nheaders,
	};
	*ret_more = true;
	return 0;
}

void record_builder_open(struct record_builder *builder, const struct record_options *options,
			 int64_t base_offset, struct buf *out)
{
	assert(base_offset >= 0);
	*builder = (struct record_builder){
		.options = *options,
		.out = out,
		.at = out->len,
		.base_offset = base_offset,
		.first_timestamp = RECORD_NO_TIMESTAMP,
		.max_timestamp = RECORD_NO_TIMESTAMP,
		.last_offset_delta = -1,
	};
	buf_append_zeroes(out, RECORD_BATCH_HEADER_BYTES);
}

static size_t nullable_size(struct slice s)
{
	return slice_is_null(s) ? 1 : varint_bytes(zigzag_of((int64_t)s.len)) + s.len;
}

static uint8_t *store_nullable(uint8_t *to, struct slice s)
{
	if (slice_is_null(s))
		return varint_store(to, zigzag_of(-1));
	to = varint_store(to, zigzag_of((int64_t)s.len));
	if (s.len > 0)
		memcpy(to, s.data, s.len);
	return to + s.len;
}

static size_t record_size(int64_t timestamp_delta, int32_t offset_delta, const struct event *event)
{
	size_t size = 1 + varint_bytes(zigzag_of(timestamp_delta)) +
		      varint_bytes(zigzag_of(offset_delta)) + nullable_size(event->key) +
		      nullable_size(event->value) + varint_bytes(zigzag_of(event->nheaders));
	for (uint32_t i = 0; i < event->nheaders; i++)
		size += nullable_size(event->headers[i].key) +
			nullable_size(event->headers[i].value);
	return size;
}

void record_builder_add_at(struct record_builder *builder, int32_t offset_delta,
			   const struct event *event)
{
	assert(offset_delta > builder->last_offset_delta);
	int64_t base = builder->options.delete_horizon_ms != 0 ? builder->options.delete_horizon_ms
		       : builder->count == 0                   ? event->timestamp_ms
							       : builder->first_timestamp;
	int64_t timestamp_delta = event->timestamp_ms - base;
	size_t size = record_size(timestamp_delta, offset_delta, event);
	uint8_t *to = buf_reserve(builder->out, size + VARINT_BYTES_MAX);
	if (builder->count == 0)
		builder->first_timestamp = base;
	builder->max_timestamp = MAX(builder->max_timestamp, event->timestamp_ms);
	builder->last_offset_delta = offset_delta;
	builder->count++;
	if (to == NULL)
		return; /* the buffer has overflowed, as close will say */
	uint8_t *end = varint_store(to, zigzag_of((int64_t)size));
	*end++ = 0;
	end = varint_store(end, zigzag_of(timestamp_delta));
	end = varint_store(end, zigzag_of(offset_delta));
	end = store_nullable(end, event->key);
	end = store_nullable(end, event->value);
	end = varint_store(end, zigzag_of(event->nheaders));
	for (uint32_t i = 0; i < event->nheaders; i++) {
		end = store_nullable(end, event->headers[i].key);
		end = store_nullable(end, event->headers[i].value);
	}
	buf_advance(builder->out, (size_t)(end - to));
}

void record_builder_add(struct record_builder *builder, const struct event *event)
{
	record_builder_add_at(builder, builder->last_offset_delta + 1, event);
}

size_t record_builder_bytes(const struct record_builder *builder)
{
	return builder->out->len - builder->at;
}

static fallible pack_records(struct record_builder *builder, struct err *err)
{
	struct buf *out = builder->out;
	size_t from = builder->at + RECORD_BATCH_HEADER_BYTES;
	CLEANUP(buf_fini) struct buf packed = BUF_INIT(out->bytes_max);
	TRY(compress_pack(builder->options.codec, builder->options.level,
			  slice_sub(buf_slice(out), from, SIZE_MAX), &packed, err));
	buf_truncate(out, from);
	buf_append(out, buf_slice(&packed));
	return buf_check(out, "the batch", err);
}

static uint16_t builder_attributes(const struct record_builder *builder)
{
	const struct record_options *options = &builder->options;
	unsigned codec = builder->count > 0 ? (unsigned)options->codec : 0;
	return (uint16_t)(codec | (options->log_append_time ? RECORD_LOG_APPEND_TIME : 0u) |
			  (options->transactional ? RECORD_TRANSACTIONAL : 0u) |
			  (options->control ? RECORD_CONTROL : 0u) |
			  (options->delete_horizon_ms != 0 ? RECORD_DELETE_HORIZON : 0u));
}

fallible record_builder_close(struct record_builder *builder, struct err *err)
{
	const struct record_options *options = &builder->options;
	TRY(buf_check(builder->out, "the batch", err));
	if (options->codec != COMPRESS_NONE && builder->count > 0)
		TRY(pack_records(builder, err));
	uint8_t *p = builder->out->data + builder->at;
	size_t len = record_builder_bytes(builder);
	if (len > BATCH_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a batch of %zu bytes is too large", len);
	record_batch_set_base(p, builder->base_offset, options->leader_epoch);
	store_be32(p + AT_LENGTH, (uint32_t)(len - RECORD_BATCH_PREFIX_BYTES));
	p[AT_MAGIC] = RECORD_BATCH_MAGIC;
	store_be16(p + AT_ATTRIBUTES, builder_attributes(builder));
	store_be32(p + AT_LAST_OFFSET_DELTA,
		   (uint32_t)MAX(MAX(builder->last_offset_delta, options->last_offset_delta), 0));
	store_be64(p + AT_BASE_TIMESTAMP,
		   (uint64_t)(options->delete_horizon_ms != 0 ? options->delete_horizon_ms
							      : builder->first_timestamp));
	store_be64(p + AT_MAX_TIMESTAMP,
		   (uint64_t)(options->log_append_time ? options->max_timestamp
						       : builder->max_timestamp));
	store_be64(p + AT_PRODUCER_ID, (uint64_t)options->producer_id);
	store_be16(p + AT_PRODUCER_EPOCH, (uint16_t)options->producer_epoch);
	store_be32(p + AT_BASE_SEQUENCE, (uint32_t)options->base_sequence);
	store_be32(p + AT_COUNT, (uint32_t)builder->count);
	store_be32(p + AT_CRC, batch_crc(slice_of(p, len)));
	return 0;
}

fallible record_control_build(enum record_control type, int64_t producer_id, int16_t producer_epoch,
			      int32_t coordinator_epoch, int64_t now_ms, struct buf *out,
			      struct err *err)
{
	uint8_t key[4] = { 0 }, value[6] = { 0 };
	store_be16(key + 2, (uint16_t)type);
	store_be32(value + 2, (uint32_t)coordinator_epoch);
	struct record_options options = RECORD_OPTIONS_INIT;
	options.producer_id = producer_id;
	options.producer_epoch = producer_epoch;
	options.transactional = options.control = true;
	struct record_builder builder;
	record_builder_open(&builder, &options, 0, out);
	record_builder_add(&builder, &(struct event){ .key = slice_of(key, sizeof(key)),
						      .value = slice_of(value, sizeof(value)),
						      .timestamp_ms = now_ms });
	return record_builder_close(&builder, err);
}

fallible record_control_read(const struct record_batch *batch, enum record_control *ret_type,
			     int32_t *ret_coordinator_epoch, struct err *err)
{
	CLEANUP(buf_fini) struct buf scratch = BUF_INIT(RECORD_UNPACKED_BYTES_MAX);
	CLEANUP(record_walk_close) struct record_walk walk = { 0 };
	struct event event;
	bool more = false;
	assert((batch->attributes & RECORD_CONTROL) != 0);
	TRY(record_walk_open(&walk, batch, &scratch, err));
	TRY(record_walk_next(&walk, &event, &more, err));
	if (!more || event.key.len < 4 || event.value.len < 6)
		return err_set(err, ERR_CORRUPT, "a control batch without its record");
	uint16_t type = load_be16(event.key.data + 2);
	if (type > RECORD_COMMIT)
		return err_set(err, ERR_UNSUPPORTED, "a control record of type %u", type);
	*ret_type = (enum record_control)type;
	*ret_coordinator_epoch = (int32_t)load_be32(event.value.data + 2);
	return 0;
}
