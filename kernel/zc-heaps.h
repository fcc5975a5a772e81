/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zc-heaps.h - what the files of zc_heaps.ko share: heaps, buffers, the page pool.
 *
 * A heap is a node /dev/dma_heap/NAME. The framework (dma-heap.c or
 * dma-heap-registered.c) makes the node; heap-helpers.c makes each allocation a
 * dma-buf; a heap's own file only finds the pages and gives them back.
 */
#ifndef ZC_HEAPS_H
#define ZC_HEAPS_H

#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#include "zc-features.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct zc_buffer;
struct zc_heap;
struct zc_page_pool;
struct zc_stats;

/**
 * struct zc_heap_ops - how a heap finds its pages
 * @lacks: What this kernel does not have of what the heap needs, as the end of a
 *         sentence; or NULL when the heap can be provided. Optional.
 * @largest: The largest length of one buffer, in bytes, once @heap->cap is set.
 *           Optional: without it that is the cap.
 * @alloc: Fills @buffer->table with @buffer->len bytes of zeroed pages. Returns 0,
 *         or a negative errno value.
 * @free: Takes the pages of @buffer->table back, and the table.
 *
 * All are called in process context and may sleep; @alloc and @free run on any
 * number of processors at once.
 */
struct zc_heap_ops {
	const char *(*lacks)(const struct zc_heap *heap);
	size_t (*largest)(const struct zc_heap *heap);
	int (*alloc)(struct zc_buffer *buffer);
	void (*free)(struct zc_buffer *buffer);
};

/**
 * struct zc_heap - one node of /dev/dma_heap
 * @name: The node's name.
 * @ops: How it finds pages.
 * @pool: Where pages are recycled, or NULL.
 * @gfp: Which memory its pages come from, for zc_pages_alloc().
 * @uncached: CPU mappings of its buffers are write-combined.
 * @is_kernels: The kernel has a heap of that name: this one is provided only where
 *              parameter heaps names it.
 * @largest: The largest length of one buffer, in bytes; more is ENOMEM at once.
 * @cap: What all live buffers together may hold, in bytes; more is ENOMEM at once.
 * @live: What they hold.
 * @stats: Totals, owned by stats.c.
 * @node: The framework's.
 * @link: In main.c's list of the heaps that have a node.
 */
struct zc_heap {
	const char *name;
	const struct zc_heap_ops *ops;
	struct zc_page_pool *pool;
	gfp_t gfp;
	bool uncached;
	bool is_kernels;
	size_t largest;
	size_t cap;
	atomic_long_t live;
	struct zc_stats *stats;
	void *node;
	struct list_head link;
};

/**
 * struct zc_buffer - the memory behind one dma-buf
 * @heap: Where it is from.
 * @len: Bytes, whole pages.
 * @table: Its pages, an entry a physically contiguous block.
 * @only_block: The table's entry where there is but one.
 * @priv: The heap's own.
 * @accounted: Its pages are charged to the memory cgroup that allocated it.
 * @inode: The dma-buf's inode number, its identity.
 * @lock: Protects what follows.
 * @attachments: Devices that it is attached to.
 * @vaddr: The kernel's linear mapping, or NULL as long as nobody asked for one.
 */
struct zc_buffer {
	struct zc_heap *heap;
	size_t len;
	struct sg_table table;
	struct scatterlist only_block;
	void *priv;
	bool accounted;
	unsigned long inode;
	struct mutex lock; /* of what follows */
	struct list_head attachments;
	void *vaddr;
};

/* heap-helpers.c */

/**
 * zc_heap_export() - allocates from a heap and exports it as a dma-buf
 * @heap: The heap.
 * @len: Bytes; rounded up to whole pages.
 * @fd_flags: Access mode of the dma-buf.
 *
 * Return: the dma-buf, owned by the caller, or an error pointer: EINVAL when @len
 * is 0 or does not fit the address space, ENOMEM when there is not as much memory.
 */
struct dma_buf *zc_heap_export(struct zc_heap *heap, size_t len, u32 fd_flags);

/* Makes the table of a buffer that is one block, without an allocation. */
void zc_table_of_one(struct zc_buffer *buffer, struct page *block);

/* Ends a table, of one block or more. */
void zc_table_free(struct zc_buffer *buffer);

/* dma-heap.c or dma-heap-registered.c */
int zc_framework_init(void);
void zc_framework_exit(void);

/**
 * zc_framework_add() - makes the node of a heap
 * @heap: Filled in by the caller; stays the caller's and must outlive the node.
 *
 * Return: 0; -EEXIST when there is a heap of that name; or another negative errno
 * value.
 */
int zc_framework_add(struct zc_heap *heap);
void zc_framework_remove(struct zc_heap *heap);

/* system-heap.c */
extern const struct zc_heap_ops zc_system_ops;

/**
 * zc_pages_alloc() - fills a buffer from its heap's pool or the page allocator
 * @buffer: Its table is filled in, an entry a block. Pages that are charged to the
 *          memory cgroup pass by the pool.
 *
 * Return: 0, -ENOMEM, or -EINTR when a fatal signal is pending.
 */
int zc_pages_alloc(struct zc_buffer *buffer);
void zc_pages_free(struct zc_buffer *buffer);

/* uncached-heap.c */
extern const struct zc_heap_ops zc_uncached_ops;

/* contiguous-heap.c */
extern const struct zc_heap_ops zc_contiguous_ops;
int zc_contiguous_init(void);
void zc_contiguous_exit(void);

/* page-pool.c */

/* The largest block, as a power of two of pages: 2 MiB where a page has 4 KiB. */
#define ZC_TOP_ORDER 9

/**
 * zc_pool_create() - a recycle pool of blocks of pages
 * @max_pages: The most it keeps.
 *
 * Return: the pool, or an error pointer.
 */
struct zc_page_pool *zc_pool_create(unsigned long max_pages);

/* Ends the workers and gives all pages back to the kernel. NULL is fine. */
void zc_pool_destroy(struct zc_page_pool *pool);

/**
 * zc_pool_take() - takes zeroed blocks out
 * @pool: The pool.
 * @pages: How many pages are wanted.
 * @blocks: The blocks are added to this list, by their first page's lru.
 *
 * Blocks that wait for the worker are zeroed here when there are no others.
 *
 * Return: the pages taken, at most @pages.
 */
unsigned long zc_pool_take(struct zc_page_pool *pool, unsigned long pages,
			   struct list_head *blocks);

/* Puts used blocks in; those beyond the pool's size go to the kernel. */
void zc_pool_put(struct zc_page_pool *pool, struct list_head *blocks);

/**
 * struct zc_pool_level - what a pool holds, in bytes
 * @clean: Zeroed.
 * @dirty: Waiting to be zeroed.
 * @order: All, by the order of the blocks.
 */
struct zc_pool_level {
	unsigned long clean;
	unsigned long dirty;
	unsigned long order[ZC_TOP_ORDER + 1];
};

void zc_pool_level(struct zc_page_pool *pool, struct zc_pool_level *level);

/* stats.c */
void zc_stats_init(void);
void zc_stats_exit(void);

/* Opens the accounts of a heap, and its file in debugfs. */
int zc_stats_add(struct zc_heap *heap);
void zc_stats_remove(struct zc_heap *heap);

/* The moment an allocation begins, or 0 if it is not timed; for zc_stats_allocated(). */
u64 zc_stats_start(struct zc_heap *heap, size_t len);
void zc_stats_allocated(struct zc_buffer *buffer, u64 start);
void zc_stats_failed(struct zc_heap *heap);
void zc_stats_freed(struct zc_buffer *buffer);

/* main.c */

/* Charge allocations to the memory cgroup of the process. */
extern bool zc_memcg;

/* Whether the kernel itself has a heap of that name, or another node. */
bool zc_kernel_has(const char *name);

#endif
