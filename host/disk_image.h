/*
 * disk_image.h - the bytes of one simulated file, sparse: what was never written, or written as
 * zeroes where nothing was, takes no memory.
 *
 * A zeroed struct is an empty file. Invariant: bytes at and after `bytes` in the last page are
 * zero, so that growing shows zeroes.
 */
#ifndef WEIR_HOST_DISK_IMAGE_H
#define WEIR_HOST_DISK_IMAGE_H

#include "base/bytes.h"
#include "base/vec.h"

#define DISK_IMAGE_PAGE ((size_t)4096)

struct disk_image {
	uint64_t bytes;
	VEC(uint8_t *) pages; /* owned; NULL: all zero */
};

void disk_image_fini(struct disk_image *image);
void disk_image_copy(struct disk_image *to, const struct disk_image *from);
/* Reads what is there and yields how much; stops at the end. */
size_t disk_image_read(const struct disk_image *image, uint64_t at, uint8_t *to, size_t len);
/* NULL `data`: zeroes. Grows the file to hold it. */
void disk_image_write(struct disk_image *image, uint64_t at, const uint8_t *data, size_t len);
void disk_image_resize(struct disk_image *image, uint64_t bytes);

#endif
