#include "broker/wal.h"

#include "base/crc32c.h"
#include "base/mem.h"
#include "base/num.h"

#define MAGIC UINT32_C(0x7765724C)
#define HEADER_BYTES ((size_t)32)
#define ENTRY_HEADER_BYTES ((size_t)24)
#define BLOCK_BYTES_MAX                                                                            \
	(WAL_BLOCK_BYTES + HEADER_BYTES + ENTRY_HEADER_BYTES + LOG_BATCH_MAX + WAL_PAGE_BYTES)
/* As log.h's LOG_BATCH_BYTES_MAX, with room for a block's own bytes. */
#define LOG_BATCH_MAX ((size_t)48 * 1024 * 1024)
/* A new file grows by zeroes in such steps, so that most syncs find their blocks given out. */
#define FILL_BYTES ((uint64_t)1024 * 1024)
#define PATH_BYTES_MAX ((size_t)4096)
#define SUFFIX ".wal"
/* Empty blocks kept with their memory. */
#define SPARE_BLOCKS_MAX 2
#define SPARE_BYTES_MAX (WAL_BLOCK_BYTES / 4)

enum { AT_CRC = 4, AT_SEQUENCE = 8, AT_NEEDED = 16, AT_BYTES = 24, AT_ENTRIES = 28 };

void wal_init(struct wal *wal, struct disk *disk, const char *dir, size_t file_bytes, bool sync)
{
	*wal = (struct wal){
		.disk = disk,
		.dir = mem_strdup(dir),
		.file_bytes = file_bytes,
		.sync = sync,
		.next_sequence = 1,
		.needed_from = 1,
	};
}

static void blocks_fini(struct wal_blocks *blocks)
{
	for (uint32_t i = 0; i < blocks->len; i++)
		buf_fini(&blocks->items[i].bytes);
	vec_fini(blocks);
}

static void file_free(struct wal_file *file)
{
	if (file->file != NULL)
		file->file->ops->close(file->file);
	mem_free(file);
}

void wal_fini(struct wal *wal)
{
	for (uint32_t i = 0; i < wal->nfiles; i++)
		file_free(wal->files[i]);
	blocks_fini(&wal->waiting);
	blocks_fini(&wal->spare);
	mem_free(wal->dir);
	*wal = (struct wal){ 0 };
}

static struct wal_block *new_block(struct wal *wal)
{
	struct wal_block block = { .bytes = BUF_INIT(BLOCK_BYTES_MAX) };
	if (wal->spare.len > 0)
		block = vec_pop(&wal->spare);
	buf_reset(&block.bytes);
	block.entries = 0;
	block.file = NULL;
	buf_append_zeroes(&block.bytes, HEADER_BYTES);
	vec_push(&wal->waiting, block);
	return vec_last(&wal->waiting);
}

void wal_add(struct wal *wal, struct uuid topic_id, int32_t partition, struct slice batch)
{
	assert(batch.len <= LOG_BATCH_MAX);
	struct wal_block *block = wal->waiting.len > 0 ? vec_last(&wal->waiting) : NULL;
	if (block == NULL || block->bytes.len >= WAL_BLOCK_BYTES ||
	    block->bytes.len + ENTRY_HEADER_BYTES + batch.len + WAL_PAGE_BYTES > wal->file_bytes)
		block = new_block(wal);
	buf_append(&block->bytes, slice_of(topic_id.bytes, sizeof(topic_id.bytes)));
	buf_append_u32(&block->bytes, (uint32_t)partition);
	buf_append_u32(&block->bytes, (uint32_t)batch.len);
	buf_append(&block->bytes, batch);
	assert(!block->bytes.overflowed);
	block->entries++;
	wal->waiting_bytes += batch.len;
}

void wal_take(struct wal *wal, struct wal_blocks *ret_blocks)
{
	*ret_blocks = wal->waiting;
	wal->waiting = (struct wal_blocks){ 0 };
	wal->waiting_bytes = 0;
}

static uint64_t padded(uint64_t bytes)
{
	return (bytes + WAL_PAGE_BYTES - 1) / WAL_PAGE_BYTES * WAL_PAGE_BYTES;
}

static uint32_t unused_number(const struct wal *wal)
{
	uint32_t number = 0;
	for (uint32_t i = 0; i < wal->nfiles; i++) {
		if (wal->files[i]->number == number) {
			number++;
			i = UINT32_MAX; /* from the start again */
		}
	}
	return number;
}

/* A file with room: the current one, a free one, or a new one. NULL: none. */
static struct wal_file *file_for(struct wal *wal, uint64_t bytes)
{
	struct wal_file *file = wal->nfiles > 0 ? wal->files[wal->current] : NULL;
	if (file != NULL && (file->used + bytes <= wal->file_bytes || file->used == 0))
		return file;
	for (uint32_t i = 0; i < wal->nfiles; i++) {
		if (wal->files[i]->first_sequence == 0) {
			wal->current = i;
			return wal->files[i];
		}
	}
	if (wal->nfiles == WAL_FILES_MAX)
		return NULL;
	file = mem_new(struct wal_file);
	file->number = unused_number(wal);
	wal->current = wal->nfiles;
	wal->files[wal->nfiles++] = file;
	return file;
}

bool wal_place(struct wal *wal, struct wal_blocks *blocks)
{
	for (uint32_t i = 0; i < blocks->len; i++) {
		struct wal_block *block = &blocks->items[i];
		uint64_t bytes = padded(block->bytes.len);
		struct wal_file *file = file_for(wal, bytes);
		if (file == NULL)
			return false;
		block->file = file;
		block->at = file->used;
		block->sequence = wal->next_sequence++;
		uint8_t *p = block->bytes.data;
		store_be32(p, MAGIC);
		store_be64(p + AT_SEQUENCE, block->sequence);
		store_be64(p + AT_NEEDED, wal->needed_from);
		store_be32(p + AT_BYTES, (uint32_t)block->bytes.len);
		store_be32(p + AT_ENTRIES, block->entries);
		file->used += bytes;
		file->last_sequence = block->sequence;
		if (file->first_sequence == 0)
			file->first_sequence = block->sequence;
	}
	return true;
}

static const char *file_path(const struct wal *wal, uint32_t number, struct buf *path)
{
	buf_reset(path);
	buf_printf(path, "%s/%08u" SUFFIX, wal->dir, number);
	return buf_str(path);
}

static fallible file_open(struct wal *wal, struct wal_file *file, struct err *err)
{
	CLEANUP(buf_fini) struct buf path = BUF_INIT(PATH_BYTES_MAX);
	if (file->file != NULL)
		return 0;
	struct disk_file *opened;
	TRY(wal->disk->ops->open(wal->disk, file_path(wal, file->number, &path),
				 DISK_READ | DISK_WRITE | DISK_CREATE, &opened, err));
	int code = wal->disk->ops->sync_dir(wal->disk, wal->dir, err);
	if (code != 0)
		opened->ops->close(
			opened); /* its name is not sure yet: the next write tries again */
	else
		file->file = opened;
	return code;
}

/* Zeroes behind the block, to the next step, where the file has never been written. */
static fallible fill_behind(struct wal *wal, struct wal_file *file, uint64_t end, struct err *err)
{
	if (end <= file->filled)
		return 0;
	uint64_t until = MIN((end + FILL_BYTES - 1) / FILL_BYTES * FILL_BYTES,
			     MAX((uint64_t)wal->file_bytes, end));
	if (until > end) {
		CLEANUP(buf_fini) struct buf zeroes = BUF_INIT(FILL_BYTES);
		buf_append_zeroes(&zeroes, (size_t)(until - end));
		TRY(wal->disk->ops->write(file->file, end, buf_slice(&zeroes), err));
	}
	file->filled = until;
	return 0;
}

fallible wal_write(struct wal *wal, struct wal_blocks *blocks, bool *ret_sync_failed,
		   struct err *err)
{
	for (uint32_t i = 0; i < blocks->len; i++) {
		struct wal_block *block = &blocks->items[i];
		struct buf *bytes = &block->bytes;
		size_t len = bytes->len;
		TRY(file_open(wal, block->file, err));
		buf_append_zeroes(bytes, (size_t)padded(len) - len);
		TRY(buf_check(bytes, "a block of the write-ahead log", err));
		store_be32(bytes->data + AT_CRC,
			   crc32c(0, slice_sub(buf_slice(bytes), AT_SEQUENCE, len - AT_SEQUENCE)));
		int code =
			wal->disk->ops->write(block->file->file, block->at, buf_slice(bytes), err);
		if (code == 0)
			code = fill_behind(wal, block->file, block->at + bytes->len, err);
		buf_truncate(bytes, len); /* so that it can be written again */
		TRY(code);
		bool last_of_file =
			i + 1 == blocks->len || blocks->items[i + 1].file != block->file;
		if (!last_of_file || !wal->sync)
			continue;
		code = wal->disk->ops->sync(block->file->file, err);
		/* For want of space nothing is lost: the blocks are written again before the next
		 * try. */
		*ret_sync_failed = code != 0 && code != ERR_NO_SPACE;
		TRY(code);
	}
	return 0;
}

void wal_done(struct wal *wal, struct wal_blocks *blocks)
{
	for (uint32_t i = 0; i < blocks->len; i++) {
		struct wal_block *block = &blocks->items[i];
		if (wal->spare.len < SPARE_BLOCKS_MAX && block->bytes.capacity <= SPARE_BYTES_MAX)
			vec_push(&wal->spare, *block);
		else
			buf_fini(&block->bytes);
	}
	vec_fini(blocks);
}

/* The places are given back too: sequences must not have holes, and nothing newer was placed. */
void wal_untake(struct wal *wal, struct wal_blocks *blocks)
{
	for (uint32_t i = blocks->len; i > 0; i--) {
		struct wal_block *block = &blocks->items[i - 1];
		struct wal_file *file = block->file;
		if (file != NULL) {
			assert(block->sequence == wal->next_sequence - 1);
			wal->next_sequence--;
			file->used = block->at;
			file->last_sequence = block->sequence - 1;
			if (file->used == 0)
				file->first_sequence = file->last_sequence = 0;
		}
		block->file = NULL;
		wal->waiting_bytes += block->bytes.len;
	}
	for (uint32_t i = 0; i < wal->waiting.len; i++)
		vec_push(blocks, wal->waiting.items[i]);
	vec_fini(&wal->waiting);
	wal->waiting = *blocks;
	*blocks = (struct wal_blocks){ 0 };
}

void wal_free_before(struct wal *wal, uint64_t sequence)
{
	assert(sequence <= wal->next_sequence);
	wal->needed_from = MAX(wal->needed_from, sequence);
	for (uint32_t i = 0; i < wal->nfiles; i++) {
		struct wal_file *file = wal->files[i];
		if (file->first_sequence == 0 || file->last_sequence >= sequence)
			continue;
		if (i == wal->current &&
		    wal->file_bytes - MIN(file->used, wal->file_bytes) > WAL_BLOCK_BYTES)
			continue; /* goes on being written */
		file->first_sequence = file->last_sequence = file->used = 0;
	}
}

uint64_t wal_live_bytes(const struct wal *wal)
{
	uint64_t bytes = 0;
	for (uint32_t i = 0; i < wal->nfiles; i++) {
		if (wal->files[i]->last_sequence >= wal->needed_from)
			bytes += wal->files[i]->used;
	}
	return bytes;
}

struct finder {
	struct wal *wal;
	VEC(uint32_t) numbers;
};

static int note_number(void *arg, const char *name, bool is_dir)
{
	struct finder *finder = arg;
	struct slice text = slice_str(name);
	int32_t number;
	if (is_dir || !slice_ends_with(text, SLICE(SUFFIX)))
		return 0;
	text.len -= sizeof(SUFFIX) - 1;
	if (num_parse_i32(text, &number, NULL) == 0 && number >= 0 && number < WAL_FILES_MAX)
		vec_push(&finder->numbers, (uint32_t)number);
	return 0;
}

/* The block at `at`, whole and right; false: there is none. */
static bool read_block(struct wal_file *file, uint64_t at, struct buf *bytes, uint64_t *read_bytes)
{
	size_t got = 0;
	buf_reset(bytes);
	uint8_t *to = buf_reserve(bytes, WAL_PAGE_BYTES);
	if (file->file->ops->read(file->file, at, to, WAL_PAGE_BYTES, &got, NULL) != 0 ||
	    got < HEADER_BYTES || load_be32(to) != MAGIC)
		return false;
	size_t len = load_be32(to + AT_BYTES);
	if (len < HEADER_BYTES || len > BLOCK_BYTES_MAX || load_be64(to + AT_SEQUENCE) == 0)
		return false;
	buf_advance(bytes, MIN(got, len));
	if (len > got) {
		size_t rest = 0;
		to = buf_reserve(bytes, len - got);
		if (to == NULL ||
		    file->file->ops->read(file->file, at + got, to, len - got, &rest, NULL) != 0 ||
		    rest != len - got)
			return false;
		buf_advance(bytes, rest);
	}
	*read_bytes += len;
	return crc32c(0, slice_sub(buf_slice(bytes), AT_SEQUENCE, SIZE_MAX)) ==
	       load_be32(bytes->data + AT_CRC);
}

static fallible visit_block(const struct buf *bytes, wal_visit *visit, void *arg, struct err *err)
{
	uint32_t entries = load_be32(bytes->data + AT_ENTRIES);
	struct reader r = reader_of(slice_sub(buf_slice(bytes), HEADER_BYTES, SIZE_MAX));
	for (uint32_t i = 0; i < entries; i++) {
		struct uuid topic_id;
		struct slice id = reader_bytes(&r, sizeof(topic_id.bytes));
		int32_t partition = (int32_t)reader_u32(&r);
		struct slice batch = reader_bytes(&r, reader_u32(&r));
		TRY(reader_check(&r, "a block of the write-ahead log", err));
		memcpy(topic_id.bytes, id.data, sizeof(topic_id.bytes));
		TRY(visit(arg, topic_id, partition, batch, err));
	}
	return 0;
}

/* Walks a file's blocks while their sequences follow each other. With `visit` NULL it only looks.
 */
static fallible walk_file(struct wal *wal, struct wal_file *file, wal_visit *visit, void *arg,
			  uint64_t *read_bytes, struct err *err)
{
	CLEANUP(buf_fini) struct buf bytes = BUF_INIT(BLOCK_BYTES_MAX);
	uint64_t at = 0, expected = 0;
	while (read_block(file, at, &bytes, read_bytes)) {
		uint64_t sequence = load_be64(bytes.data + AT_SEQUENCE);
		if (expected != 0 && sequence != expected)
			break;
		expected = sequence + 1;
		if (visit == NULL) {
			wal->next_sequence = MAX(wal->next_sequence, sequence + 1);
			wal->needed_from = MAX(wal->needed_from, load_be64(bytes.data + AT_NEEDED));
		} else if (sequence >= wal->needed_from) {
			TRY(visit_block(&bytes, visit, arg, err));
		}
		at += padded(bytes.len);
	}
	return 0;
}

static fallible open_found(struct wal *wal, uint32_t number, struct err *err)
{
	CLEANUP(buf_fini) struct buf first = BUF_INIT(BLOCK_BYTES_MAX);
	uint64_t ignored = 0, bytes;
	struct wal_file *file = mem_new(struct wal_file);
	file->number = number;
	wal->files[wal->nfiles++] = file;
	TRY(file_open(wal, file, err));
	TRY(wal->disk->ops->size(file->file, &bytes, err));
	file->filled = bytes;
	if (read_block(file, 0, &first, &ignored))
		file->first_sequence = load_be64(first.data + AT_SEQUENCE);
	return 0;
}

static void sort_by_sequence(struct wal *wal)
{
	for (uint32_t i = 1; i < wal->nfiles; i++) {
		struct wal_file *file = wal->files[i];
		uint32_t place = i;
		for (; place > 0 && wal->files[place - 1]->first_sequence > file->first_sequence;
		     place--)
			wal->files[place] = wal->files[place - 1];
		wal->files[place] = file;
	}
}

fallible wal_recover(struct wal *wal, wal_visit *visit, void *arg, uint64_t *ret_bytes_read,
		     struct err *err)
{
	struct finder finder = { .wal = wal };
	TRY(wal->disk->ops->make_dir(wal->disk, wal->dir, err));
	int code = wal->disk->ops->list(wal->disk, wal->dir, note_number, &finder, err);
	for (uint32_t i = 0; i < finder.numbers.len && code == 0; i++)
		code = open_found(wal, finder.numbers.items[i], err);
	vec_fini(&finder.numbers);
	TRY(code);
	sort_by_sequence(wal);
	uint64_t read_bytes = 0;
	if (wal->nfiles > 0)
		TRY(walk_file(wal, wal->files[wal->nfiles - 1], NULL, NULL, &read_bytes, err));
	for (uint32_t i = 0; i < wal->nfiles; i++) {
		uint64_t next =
			i + 1 < wal->nfiles ? wal->files[i + 1]->first_sequence : UINT64_MAX;
		if (wal->files[i]->first_sequence != 0 && next > wal->needed_from)
			TRY(walk_file(wal, wal->files[i], visit, arg, &read_bytes, err));
	}
	for (uint32_t i = 0; i < wal->nfiles; i++)
		wal->files[i]->first_sequence = 0;
	/* The oldest place is written first, so that what was just read is kept longest. */
	wal->current = 0;
	wal->needed_from = wal->next_sequence;
	*ret_bytes_read = read_bytes;
	return 0;
}
