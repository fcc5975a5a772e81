// SPDX-License-Identifier: GPL-2.0-only
/*
 * system-heap - pages of the system's memory, in blocks as large as they come easily.
 * With a pool it is system-pooled, with GFP_DMA32 system-dma32.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "zc-heaps.h"

/*
 * A large block is taken where there is one, and not made by reclaim, which may take
 * longer than a frame; for single pages the kernel does all but kill processes.
 */
static gfp_t gfp_of(const struct zc_heap *heap, bool accounted, unsigned int order)
{
	gfp_t gfp = heap->gfp | __GFP_ZERO | __GFP_NOWARN | __GFP_COMP;

	if (accounted)
		gfp |= __GFP_ACCOUNT;
	if (order)
		return (gfp | __GFP_NORETRY) & ~__GFP_RECLAIM;
	return gfp | __GFP_RETRY_MAYFAIL;
}

/* A block of at most so many pages; *order falls as large ones run out. */
static struct page *alloc_block(const struct zc_heap *heap, bool accounted,
				unsigned long pages, unsigned int *order)
{
	*order = min_t(unsigned int, *order, ilog2(pages));
	while (1) {
		struct page *page = alloc_pages(gfp_of(heap, accounted, *order), *order);

		if (page || !*order)
			return page;
		(*order)--;
	}
}

static void free_blocks(struct zc_heap *heap, bool accounted, struct list_head *blocks)
{
	struct page *page, *next;

	if (heap->pool && !accounted) {
		zc_pool_put(heap->pool, blocks);
		return;
	}
	list_for_each_entry_safe(page, next, blocks, lru) {
		list_del(&page->lru);
		__free_pages(page, compound_order(page));
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

int zc_pages_alloc(struct zc_buffer *buffer)
{
	struct zc_heap *heap = buffer->heap;
	unsigned long missing = buffer->len >> PAGE_SHIFT;
	unsigned int order = ZC_TOP_ORDER;
	LIST_HEAD(blocks);
	int ret = -ENOMEM;

	if (heap->pool && !buffer->accounted)
		missing -= zc_pool_take(heap->pool, missing, &blocks);
	while (missing) {
		struct page *page;

		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			goto free;
		}
		page = alloc_block(heap, buffer->accounted, missing, &order);
		if (!page)
			goto free;
		list_add_tail(&page->lru, &blocks);
		missing -= 1UL << compound_order(page);
	}
	ret = fill_table(buffer, &blocks);
	if (ret)
		goto free;
	return 0;

free:
	free_blocks(heap, buffer->accounted, &blocks);
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
	free_blocks(buffer->heap, buffer->accounted, &blocks);
}

static const char *lacks(const struct zc_heap *heap)
{
	if (heap->gfp & GFP_DMA32 && !IS_ENABLED(CONFIG_ZONE_DMA32))
		return "this kernel keeps no memory below 4 GiB apart";
	return NULL;
}

const struct zc_heap_ops zc_system_ops = {
	.lacks = lacks,
	.alloc = zc_pages_alloc,
	.free = zc_pages_free,
};
