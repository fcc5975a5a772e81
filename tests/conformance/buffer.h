/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * buffer.h - parts that many checks are made of: buffers, their mappings, their contents.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include "check.h"

#include <linux/dma-buf.h>
#include <sys/mman.h>

/** A byte that no fresh buffer has, and no picture is made of. */
#define DIRT 0xa5

size_t page_size(void);

/**
 * Allocates. A heap that says that it gives none of this size, or the kernel's own when
 * it has no memory, makes the check be skipped.
 */
enum result buffer_get(const struct heap *heap, uint64_t bytes, int *fd);

/** Allocates and maps the whole, to read and write. */
enum result buffer_get_mapped(const struct heap *heap, uint64_t bytes, int *fd,
                              uint8_t **memory);

/** Maps the first @bytes, to read and write. */
enum result buffer_map(int fd, uint64_t bytes, uint8_t **memory);

/** Unmaps and closes. */
void buffer_put(int fd, uint8_t *memory, uint64_t bytes);

/** mmap() of a buffer. Returns 0 and unmaps again, or a negative errno value. */
int buffer_try_map(int fd, uint64_t bytes, int protection, int flags, uint64_t offset);

/** Where the first byte is that is not @value, or @bytes. */
size_t find_other(const uint8_t *memory, size_t bytes, uint8_t value);

/** Whether a buffer begins with zeroes only; the failure names the first other byte. */
enum result is_zeroed(const uint8_t *memory, size_t bytes, const char *when);

/** Makes each word depend on its position and on @seed; @bytes is a multiple of 4. */
void fill_pattern(uint8_t *memory, size_t bytes, unsigned seed);
/** Where the pattern ends, or @bytes. */
size_t find_unlike_pattern(const uint8_t *memory, size_t bytes, unsigned seed);
enum result has_pattern(const uint8_t *memory, size_t bytes, unsigned seed,
                        const char *what);

/** Whether @got (a result, or a negative errno value) is -@error. */
enum result is_error(int got, int error, const char *what);

/** Whether an address can be read: asked of the kernel, so that nothing is hurt. */
bool is_readable(const void *address);

/** DMA_BUF_IOCTL_SYNC. Returns 0, or a negative errno value. */
int buffer_sync(int fd, uint64_t flags);

/** ioctl(). Returns its result, or a negative errno value. */
int buffer_ioctl(int fd, unsigned long request, void *arg);

#endif
