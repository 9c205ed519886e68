/*
 * segment.h - one file of a log, with its index.
 *
 * Batches stand one behind the other from byte 0; the first offset is the file's name. Only the
 * last segment of a log grows. Segments are counted: a reader or a job may hold one that the log
 * has let go. A closed segment's index is read from its file when it is first needed, and made
 * again from the segment where that file is missing or wrong.
 */
#ifndef WEIR_BROKER_SEGMENT_H
#define WEIR_BROKER_SEGMENT_H

#include "broker/index.h"
#include "broker/log.h"
#include "host/disk.h"

#define SEGMENT_LOG ".log"
#define SEGMENT_INDEX ".index"
#define SEGMENT_TIME_INDEX ".timeindex"
#define SEGMENT_TXN_INDEX ".txnindex"
#define SEGMENT_SNAPSHOT ".snapshot"
#define SEGMENT_DELETED ".deleted"
#define SEGMENT_CLEANED ".cleaned"
#define SEGMENT_SWAP ".swap"
#define SEGMENT_PATH_MAX ((size_t)4096)

struct segment {
	uint32_t refs;
	struct disk *disk; /* borrowed */
	char *dir;         /* owned */
	int64_t base_offset;
	struct disk_file *file; /* owned; NULL: not opened yet */
	uint64_t bytes;         /* with what is still in memory */
	uint64_t written;       /* in the file; what is behind waits in the log's tail */
	int64_t end_offset;     /* behind the last batch */
	int64_t first_timestamp_ms, max_timestamp_ms; /* RECORD_NO_TIMESTAMP: none */
	int64_t max_timestamp_offset;                 /* last offset of the batch that has it */
	int64_t modified_ms;                          /* when it was last appended to */
	struct index index;
	VEC(struct log_aborted) aborted;
	uint32_t offsets_saved, times_saved,
		aborted_saved; /* how many entries are in their files */
	bool loaded;           /* index, times and aborted are as they should be */
	bool unsynced;         /* written since it was last synced */
	bool closed;           /* grows no more */
	bool trim; /* the files of the indexes may have more at their ends, which must go */
};

struct segment *segment_new(struct disk *disk, const char *dir, int64_t base_offset);
struct segment *segment_ref(struct segment *segment);
void segment_unref(struct segment *segment);

/* "dir/00000000000000000042.log", valid until `path` is used again. */
const char *segment_path(struct buf *path, const char *dir, int64_t base_offset,
			 const char *suffix);
/* The offset that a file's name says, and its suffix; false: not such a name. */
bool segment_name_parse(const char *name, int64_t *ret_base, const char **ret_suffix);

fallible segment_open(struct segment *segment, bool create, struct err *err);
/* Counts a batch that now ends the segment. */
void segment_note(struct segment *segment, const struct record_batch *batch, uint64_t position,
		  int64_t index_interval);
void segment_note_aborted(struct segment *segment, const struct log_aborted *aborted);
/* No more batches: the last time entry. */
void segment_finish(struct segment *segment);
/* Index, times and aborted transactions of a closed segment: from their files, else made again. */
fallible segment_load(struct segment *segment, int64_t index_interval, struct err *err);
/* The same for a segment that may have been written when the power went: trusts what is before
 * `trusted`, checks every batch from there on, and cuts the file where the first bad one begins. */
fallible segment_recover(struct segment *segment, int64_t trusted, int64_t index_interval,
			 uint64_t *ret_read, uint64_t *ret_cut, struct err *err);
/* The bytes of an index file that are not in it yet, behind what is; yields where they go. */
uint64_t segment_print_unsaved(const struct segment *segment, const char *suffix, struct buf *to);

/* Walks the batches of a segment's file through a window of memory. */
struct segment_scan {
	struct segment *segment; /* borrowed */
	struct buf window;
	uint64_t window_at, at, end;
	int64_t after; /* offsets grow: the last one seen */
	bool whole;    /* the crc is checked, and the batch's bytes are all there */
};

void segment_scan_open(struct segment_scan *scan, struct segment *segment, uint64_t at,
		       uint64_t end, bool whole);
void segment_scan_close(struct segment_scan *scan);
/* `*ret_at` is where the batch stands; `*ret_more` false at the end. ERR_CORRUPT: what stands at
 * scan->at is no batch. Without `whole` the batch is only its header. */
fallible segment_scan_next(struct segment_scan *scan, struct record_batch *ret_batch,
			   uint64_t *ret_at, bool *ret_more, struct err *err);
/* Past a damaged batch: to the next place that holds a whole one with an offset above scan->after.
 */
fallible segment_scan_resume(struct segment_scan *scan, struct err *err);

/* The place of the batch that contains `offset` (or the first behind it). `*ret_at` is the file's
 * end if there is none. A batch that is damaged is ERR_CORRUPT, and its neighbours are found. */
fallible segment_find(struct segment *segment, int64_t offset, uint64_t end, uint64_t *ret_at,
		      struct err *err);

/* A small file written whole: new name, sync, rename. The caller syncs the folder. */
fallible segment_write_file(struct disk *disk, const char *path, struct slice bytes, bool sync,
			    struct err *err);
/* All of a small file, at most `bytes_max`. */
fallible segment_read_file(struct disk *disk, const char *path, struct buf *to, struct err *err);

#endif
