// SPDX-License-Identifier: GPL-2.0-only
/*
 * system-heap - pages of the system's memory, in blocks as large as they come easily: of all
 * memory or of that below 4 GiB, cached by CPUs or not.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "zc-heaps.h"

/*
 * The page allocator has lists of its own for single pages and small blocks, on each
 * processor: a pool is no faster there.
 */
#define POOLED_BYTES SZ_64K

/*
 * A large block is taken where there is one, and not made by reclaim, which may take
 * longer than a frame; for single pages the kernel does all but kill processes.
 */
gfp_t zc_pages_gfp(const struct zc_heap *heap, unsigned int order)
{
	gfp_t gfp = heap->gfp | __GFP_ZERO | __GFP_NOWARN | __GFP_COMP;

	if (order)
		return (gfp | __GFP_NORETRY) & ~__GFP_RECLAIM;
	return gfp | __GFP_RETRY_MAYFAIL;
}

struct page *zc_block_alloc(const struct zc_heap *heap, gfp_t gfp, int nid, unsigned int order)
{
	struct page *block;

	/* By the memory policy of the process, where no node is named. */
	block = nid == NUMA_NO_NODE ? alloc_pages(gfp, order) : alloc_pages_node(nid, gfp, order);
	if (block && heap->uncached && !zc_uncache(block, page_size(block))) {
		zc_block_free(heap, block);
		return NULL;
	}
	return block;
}

void zc_block_free(const struct zc_heap *heap, struct page *block)
{
	if (!heap->uncached || zc_cache_again(block, page_size(block)))
		__free_pages(block, compound_order(block));
}

static struct zc_page_pool *pool_of(const struct zc_buffer *buffer)
{
	return buffer->accounted || buffer->len < POOLED_BYTES ? NULL : buffer->heap->pool;
}

/*
 * Adds blocks of an order, at most so many, from the pool or one from the kernel. Returns
 * how many.
 */
static unsigned long add_blocks(const struct zc_buffer *buffer, unsigned int order,
				unsigned long most, struct list_head *blocks)
{
	gfp_t gfp = zc_pages_gfp(buffer->heap, order);
	struct zc_page_pool *pool = pool_of(buffer);
	unsigned long n = pool ? zc_pool_take(pool, order, most, blocks) : 0;
	struct page *page;

	if (n)
		return n;
	page = zc_block_alloc(buffer->heap, buffer->accounted ? gfp | __GFP_ACCOUNT : gfp,
			      NUMA_NO_NODE, order);
	if (!page)
		return 0;
	list_add_tail(&page->lru, blocks);
	return 1;
}

static void free_blocks(const struct zc_buffer *buffer, struct list_head *blocks)
{
	struct zc_page_pool *pool = pool_of(buffer);
	struct page *page, *next;

	if (pool) {
		zc_pool_put(pool, blocks);
		return;
	}
	list_for_each_entry_safe(page, next, blocks, lru) {
		list_del(&page->lru);
		zc_block_free(buffer->heap, page);
	}
}

static int fill_table(struct zc_buffer *buffer, struct list_head *blocks)
{
	struct scatterlist *sg;
	unsigned int n = 0;
	struct page *page;
	int ret;

	if (list_is_singular(blocks)) {
		zc_table_of_one(buffer, list_first_entry(blocks, struct page, lru));
		return 0;
	}
	list_for_each_entry(page, blocks, lru)
		n++;
	ret = sg_alloc_table(&buffer->table, n, GFP_KERNEL);
	if (ret)
		return ret;
	sg = buffer->table.sgl;
	list_for_each_entry(page, blocks, lru) {
		sg_set_page(sg, page, page_size(page), 0);
		sg = sg_next(sg);
	}
	return 0;
}

/* Large blocks first, wherever they are; their order falls as they run out. */
static int find_blocks(const struct zc_buffer *buffer, struct list_head *blocks)
{
	unsigned long missing = buffer->len >> PAGE_SHIFT;
	unsigned int order = ZC_TOP_ORDER;

	while (missing) {
		unsigned long n;

		if (fatal_signal_pending(current))
			return -EINTR;
		order = min_t(unsigned int, order, ilog2(missing));
		n = add_blocks(buffer, order, missing >> order, blocks);
		missing -= n << order;
		if (!n && !order--)
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

int zc_pages_alloc(struct zc_buffer *buffer)
{
	LIST_HEAD(blocks);
	int ret = find_blocks(buffer, &blocks);

	if (!ret)
		ret = fill_table(buffer, &blocks);
	if (ret)
		free_blocks(buffer, &blocks);
	return ret;
}

void zc_pages_free(struct zc_buffer *buffer)
{
	struct scatterlist *sg;
	LIST_HEAD(blocks);
	unsigned int i;

	for_each_sgtable_sg(&buffer->table, sg, i)
		list_add_tail(&sg_page(sg)->lru, &blocks);
	zc_table_free(buffer);
	free_blocks(buffer, &blocks);
}

static const char *lacks(const struct zc_heap *heap)
{
	if (heap->gfp & GFP_DMA32 && !IS_ENABLED(CONFIG_ZONE_DMA32))
		return "this kernel keeps no memory below 4 GiB apart";
	return heap->uncached ? zc_uncached_lacks() : NULL;
}

const struct zc_heap_ops zc_system_ops = {
	.lacks = lacks,
	.alloc = zc_pages_alloc,
	.free = zc_pages_free,
};
