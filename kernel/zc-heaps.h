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
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "zc-features.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct device;
struct vm_area_struct;
struct zc_buffer;
struct zc_heap;
struct zc_node;
struct zc_page_pool;
struct zc_stats;

/**
 * struct zc_heap_ops - how a heap finds its pages
 * @lacks: What this kernel does not have of what the heap needs, as the end of a
 *         sentence; or NULL when the heap can be provided. Optional.
 * @largest: The largest length of one buffer, in bytes, once @heap->limit is set.
 *           Optional: without it that is the limit's cap.
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
 * struct zc_limit - what live buffers may hold together
 * @name: In the parameter caps.
 * @parent: What it is part of, and counts in as well; or NULL.
 * @cap: The most, in bytes; more is ENOMEM at once.
 * @live: What they hold, in bytes.
 * @buffers: How many they are.
 */
struct zc_limit {
	const char *name;
	struct zc_limit *parent;
	size_t cap;
	size_t live;
	unsigned long buffers;
};

/**
 * struct zc_node - a node of /dev/dma_heap: a heap's own, or another name of it
 * @name: The node's name.
 * @heap: What it gives memory of.
 * @handle: The framework's.
 * @mark: Its place in /sys/module/zc_heaps/heaps, by which the udev rule knows it.
 * @link: In main.c's list of the nodes that there are.
 */
struct zc_node {
	const char *name;
	struct zc_heap *heap;
	void *handle;
	struct kobject *mark;
	struct list_head link;
};

/**
 * struct zc_heap - a kind of memory, with a node of that name
 * @name: Its name.
 * @ops: How it finds pages.
 * @pooled: Its pages are recycled.
 * @pool: Where, or NULL.
 * @gfp: Which memory its pages come from, for zc_pages_alloc().
 * @uncached: CPU mappings of its buffers are write-combined.
 * @is_kernels: The kernel has a heap of that name: this one is provided only where
 *              parameter heaps names it.
 * @wanted: It is to be provided, and can be.
 * @largest: The largest length of one buffer, in bytes; more is ENOMEM at once.
 * @limit: What all live buffers together may hold.
 * @stats: Totals, owned by stats.c.
 * @node: Its node.
 */
struct zc_heap {
	const char *name;
	const struct zc_heap_ops *ops;
	bool pooled;
	struct zc_page_pool *pool;
	gfp_t gfp;
	bool uncached;
	bool is_kernels;
	bool wanted;
	size_t largest;
	struct zc_limit limit;
	struct zc_stats *stats;
	struct zc_node node;
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

/* user-mapping.c */

/**
 * zc_map_to_user() - maps a buffer for a process
 * @buffer: The buffer. It stays as long as there is the mapping, by the dma-buf's file.
 * @vma: Where; from its vm_pgoff on.
 *
 * Return: 0, or a negative errno value.
 */
int zc_map_to_user(struct zc_buffer *buffer, struct vm_area_struct *vma);

/* dma-heap.c or dma-heap-registered.c */
int zc_framework_init(void);
void zc_framework_exit(void);

/**
 * zc_framework_add() - makes a node
 * @node: Filled in by the caller, and stays the caller's as long as there is the node.
 *
 * Return: 0; -EEXIST when there is a heap of that name; or another negative errno
 * value.
 */
int zc_framework_add(struct zc_node *node);
void zc_framework_remove(struct zc_node *node);

/* Whether the kernel's own heaps are charged to the memory cgroup of the process. */
bool zc_framework_charges(void);

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

/* What a heap's block is allocated with. */
gfp_t zc_pages_gfp(const struct zc_heap *heap, unsigned int order);

/* A block as the heap's buffers have it, zeroed; or NULL. */
struct page *zc_block_alloc(const struct zc_heap *heap, gfp_t gfp, int nid, unsigned int order);

/* Gives a heap's block, which is no buffer's any more, back to the kernel. */
void zc_block_free(const struct zc_heap *heap, struct page *block);

/* uncached.c */

/* What this kernel lacks for it, as the end of a sentence, or NULL. */
const char *zc_uncached_lacks(void);

/**
 * zc_uncache() - makes CPUs pass their caches by for a block
 * @block: Its first page.
 * @len: Bytes, whole pages. What they hold stays.
 *
 * Return: whether that is so. Where it is not, zc_cache_again() is still to be called.
 */
bool zc_uncache(struct page *block, size_t len);

/* Undoes it. False: the block stays as it is, and is for nobody else. */
bool zc_cache_again(struct page *block, size_t len);

/*
 * Before or after somebody uses the kernel's mapping of such a block: that, and what CPUs see
 * past their caches, are the same.
 */
void zc_uncached_sync(struct page *block, size_t len);

/* contiguous-heap.c */
extern const struct zc_heap_ops zc_contiguous_ops;

/* region-heap.c */

/*
 * Finds the reserved areas that a heap can be of, and tells of each; one that @found returns an
 * error for is forgotten.
 */
void zc_regions_find(int (*found)(struct zc_heap *heap));

/* After the nodes are gone. */
void zc_regions_exit(void);

/* page-pool.c */

/* The largest block, of 2 MiB, as a power of two of pages. */
#define ZC_TOP_ORDER (ilog2(SZ_2M) - PAGE_SHIFT)

/* Before the first pool: the most pages that all keep together. */
void zc_pools_limit(unsigned long pages);

/**
 * zc_pool_create() - a recycle pool of blocks of pages
 * @heap: Whose they are.
 * @floor: The pages that it begins with.
 *
 * Return: the pool, or NULL.
 */
struct zc_page_pool *zc_pool_create(const struct zc_heap *heap, unsigned long floor);

/* Gives all pages back to the kernel. There is no upkeep any more. */
void zc_pool_destroy(struct zc_page_pool *pool);

/**
 * zc_pool_take() - takes zeroed blocks out
 * @pool: The pool.
 * @order: Of the blocks.
 * @most: How many are wanted.
 * @blocks: The blocks are added to this list, by their first page's lru.
 *
 * A block that waits for the worker is zeroed here when there are no others.
 *
 * Return: the blocks taken; there may be more.
 */
unsigned long zc_pool_take(struct zc_page_pool *pool, unsigned int order, unsigned long most,
			   struct list_head *blocks);

/* Puts used blocks in; those beyond the limit go to the kernel. */
void zc_pool_put(struct zc_page_pool *pool, struct list_head *blocks);

/**
 * struct zc_pool_level - what a pool holds, in bytes
 * @clean: Zeroed.
 * @dirty: Waiting to be zeroed.
 * @order: All, by the order of the blocks.
 */
struct zc_pool_level {
	u64 clean;
	u64 dirty;
	u64 order[ZC_TOP_ORDER + 1];
};

void zc_pool_level(struct zc_page_pool *pool, struct zc_pool_level *level);

/* pool-upkeep.c: after all pools were created, and before they are destroyed. */
int zc_upkeep_start(void);
void zc_upkeep_stop(void);

/* stats.c */
void zc_stats_init(void);
void zc_stats_exit(void);

/* Opens the accounts of a heap. They are closed after zc_stats_exit(). */
int zc_stats_add(struct zc_heap *heap);
void zc_stats_remove(struct zc_heap *heap);

/* Makes a node's file in debugfs, which tells of its heap. */
void zc_stats_show(const struct zc_node *node);

/* The moment an allocation begins, or 0 if it is not timed; for zc_stats_allocated(). */
u64 zc_stats_start(struct zc_heap *heap, size_t len);
void zc_stats_allocated(struct zc_buffer *buffer, u64 start);
void zc_stats_failed(struct zc_heap *heap);
void zc_stats_freed(struct zc_buffer *buffer);

/* device.c */
int zc_device_init(void);
void zc_device_exit(void);

/* In whose name the DMA API is asked for memory. */
struct device *zc_device(void);

/* Whether the kernel's framework has a heap of that name. */
bool zc_kernel_has(const char *name);

/* limit.c */
extern struct zc_limit zc_limit_all;
extern struct zc_limit zc_limit_low; /* of the heaps whose memory is below 4 GiB */

/* Sets these two by the parameter @caps. */
void zc_limits_init(const char *caps);

/* Sets a cap by the parameter @caps, or to @standard; @limit->parent bounds both. */
void zc_limit_init(struct zc_limit *limit, const char *caps, size_t standard);

/* Counts a buffer in, or does nothing and returns false where that would pass a cap. */
bool zc_limit_add(struct zc_limit *limit, size_t len);
void zc_limit_sub(struct zc_limit *limit, size_t len);

/* parameter.c */

/* What follows @name in a list: nothing, a comma, or a colon and a size. NULL: it is not there. */
const char *zc_list_find(const char *list, const char *name);

/* The next entry of a list, or NULL. */
const char *zc_list_next(const char *list);

/* Whether @name stands in a list with a size, which is stored. */
bool zc_list_size(const char *list, const char *name, u64 *bytes);

/* main.c */

/* Whether allocations are charged to the memory cgroup of the process. */
bool zc_charges(void);

#endif
