#include "host/disk_image.h"

/* A simulated file past this is a bug of its writer. */
#define IMAGE_BYTES_MAX ((uint64_t)16 * 1024 * 1024 * 1024)

void disk_image_fini(struct disk_image *image)
{
	vec_each (page, &image->pages)
		mem_free(*page);
	vec_fini(&image->pages);
	image->bytes = 0;
}

void disk_image_copy(struct disk_image *to, const struct disk_image *from)
{
	disk_image_fini(to);
	to->bytes = from->bytes;
	vec_each (page, &from->pages) {
		uint8_t *copy = NULL;
		if (*page != NULL) {
			copy = mem_bytes(DISK_IMAGE_PAGE);
			memcpy(copy, *page, DISK_IMAGE_PAGE);
		}
		vec_push(&to->pages, copy);
	}
}

size_t disk_image_read(const struct disk_image *image, uint64_t at, uint8_t *to, size_t len)
{
	if (at >= image->bytes)
		return 0;
	size_t total = (size_t)MIN((uint64_t)len, image->bytes - at);
	for (size_t done = 0; done < total;) {
		uint64_t index = (at + done) / DISK_IMAGE_PAGE;
		size_t from = (size_t)((at + done) % DISK_IMAGE_PAGE);
		size_t n = MIN(DISK_IMAGE_PAGE - from, total - done);
		const uint8_t *page = index < image->pages.len ? image->pages.items[index] : NULL;
		if (page != NULL)
			memcpy(to + done, page + from, n);
		else
			memset(to + done, 0, n);
		done += n;
	}
	return total;
}

static bool all_zero(const uint8_t *data, size_t len)
{
	return data == NULL || len == 0 || (data[0] == 0 && memcmp(data, data + 1, len - 1) == 0);
}

/* `len` bytes within one page. */
static void page_write(struct disk_image *image, uint64_t index, size_t from, const uint8_t *data,
		       size_t len)
{
	assert(from + len <= DISK_IMAGE_PAGE);
	bool zero = all_zero(data, len);
	if (zero && (index >= image->pages.len || image->pages.items[index] == NULL))
		return;
	while (image->pages.len <= index)
		vec_push(&image->pages, (uint8_t *)NULL);
	uint8_t **page = &image->pages.items[index];
	if (*page == NULL)
		*page = mem_array(uint8_t, DISK_IMAGE_PAGE);
	if (zero)
		memset(*page + from, 0, len);
	else
		memcpy(*page + from, data, len);
}

void disk_image_write(struct disk_image *image, uint64_t at, const uint8_t *data, size_t len)
{
	assert(at <= IMAGE_BYTES_MAX);
	assert(len <= IMAGE_BYTES_MAX - at);
	for (size_t done = 0; done < len;) {
		size_t from = (size_t)((at + done) % DISK_IMAGE_PAGE);
		size_t n = MIN(DISK_IMAGE_PAGE - from, len - done);
		page_write(image, (at + done) / DISK_IMAGE_PAGE, from,
			   data != NULL ? data + done : NULL, n);
		done += n;
	}
	if (len > 0)
		image->bytes = MAX(image->bytes, at + len);
}

void disk_image_resize(struct disk_image *image, uint64_t bytes)
{
	assert(bytes <= IMAGE_BYTES_MAX);
	uint64_t keep = (bytes + DISK_IMAGE_PAGE - 1) / DISK_IMAGE_PAGE;
	while (image->pages.len > keep)
		mem_free(vec_pop(&image->pages));
	if (bytes < image->bytes && bytes % DISK_IMAGE_PAGE != 0) {
		size_t from = (size_t)(bytes % DISK_IMAGE_PAGE);
		page_write(image, bytes / DISK_IMAGE_PAGE, from, NULL, DISK_IMAGE_PAGE - from);
	}
	image->bytes = bytes;
}
