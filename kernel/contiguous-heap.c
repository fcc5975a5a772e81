// SPDX-License-Identifier: GPL-2.0-only
/*
 * contiguous-heap - each buffer is one physically contiguous block, for devices that
 * follow no list of pages. Below 4 GiB where there is such memory, since these devices
 * seldom reach beyond.
 *
 * Up to the page allocator's largest block, that is asked. Beyond it, the default CMA
 * area where the kernel has one; then any range that can be cleared by moving what
 * lies there, where the kernel lets modules ask for that.
 */
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/platform_device.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "zc-heaps.h"

#define BLOCK_BYTES ((size_t)MAX_ORDER_NR_PAGES << PAGE_SHIFT)

#define RANGE_GFP (GFP_KERNEL | __GFP_NOWARN)

/* Where a buffer's memory is from, and so how it goes back. */
struct claim {
	struct page *page;
	dma_addr_t handle;
	void (*release)(struct claim *claim, size_t len);
};

/* In whose name the default CMA area is asked. */
static struct platform_device *asker;

static void release_block(struct claim *claim, size_t len)
{
	free_pages_exact(page_address(claim->page), len);
}

static bool claim_block(struct claim *claim, size_t len, bool accounted)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;
	void *block;

	if (len > BLOCK_BYTES)
		return false;
	if (accounted)
		gfp |= __GFP_ACCOUNT;
	block = alloc_pages_exact(len, gfp | GFP_DMA32);
	if (!block)
		block = alloc_pages_exact(len, gfp);
	if (!block)
		return false;
	claim->page = virt_to_page(block);
	claim->release = release_block;
	return true;
}

static void release_cma(struct claim *claim, size_t len)
{
	dma_free_pages(&asker->dev, len, claim->page, claim->handle, DMA_BIDIRECTIONAL);
}

/* Such memory comes zeroed. */
static bool claim_cma(struct claim *claim, size_t len)
{
	if (!IS_ENABLED(CONFIG_DMA_CMA))
		return false;
	claim->page = dma_alloc_pages(&asker->dev, len, &claim->handle,
				      DMA_BIDIRECTIONAL,
				      GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	claim->release = release_cma;
	return claim->page;
}

#if ZC_HAVE_ALLOC_CONTIG_PAGES

static struct page *range_of_pages(unsigned long n)
{
	return alloc_contig_pages(n, RANGE_GFP, numa_mem_id(), NULL);
}

#elif ZC_HAVE_ALLOC_CONTIG_RANGE

static int clear_range(unsigned long first, unsigned long n)
{
#if ZC_HAVE_ACR_FLAGS
	return alloc_contig_range(first, first + n, ACR_FLAGS_NONE, RANGE_GFP);
#else
	return alloc_contig_range(first, first + n, MIGRATE_MOVABLE, RANGE_GFP);
#endif
}

/* Whether a range is all ordinary memory of one zone, and so worth a try. */
static bool is_memory(const struct zone *zone, unsigned long first, unsigned long n)
{
	unsigned long pfn;

	for (pfn = first; pfn < first + n; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || page_zone(page) != zone || PageReserved(page))
			return false;
	}
	return true;
}

static struct page *range_of_zone(struct zone *zone, unsigned long n)
{
	unsigned long step = ALIGN(n, pageblock_nr_pages);
	unsigned long pfn = ALIGN(zone->zone_start_pfn, pageblock_nr_pages);

	for (; pfn + n <= zone_end_pfn(zone); pfn += step) {
		if (fatal_signal_pending(current))
			break;
		if (is_memory(zone, pfn, n) && !clear_range(pfn, n))
			return pfn_to_page(pfn);
		cond_resched();
	}
	return NULL;
}

static struct page *range_of_pages(unsigned long n)
{
	struct page *page = NULL;
	int nid, z;

	for_each_node_state(nid, N_MEMORY)
		for (z = 0; z < MAX_NR_ZONES && !page; z++) {
			struct zone *zone = &NODE_DATA(nid)->node_zones[z];

			if (managed_zone(zone))
				page = range_of_zone(zone, n);
		}
	return page;
}

#else

static struct page *range_of_pages(unsigned long n)
{
	return NULL;
}

#endif

static void release_range(struct claim *claim, size_t len)
{
	free_contig_range(page_to_pfn(claim->page), len >> PAGE_SHIFT);
}

static bool claim_range(struct claim *claim, size_t len)
{
	unsigned long i, first, n = len >> PAGE_SHIFT;

	claim->page = range_of_pages(n);
	if (!claim->page)
		return false;
	first = page_to_pfn(claim->page);
	for (i = 0; i < n; i++) {
		clear_highpage(pfn_to_page(first + i));
		cond_resched();
	}
	claim->release = release_range;
	return true;
}

static int fill(struct zc_buffer *buffer)
{
	struct claim *claim = kzalloc(sizeof(*claim), GFP_KERNEL);

	if (!claim)
		return -ENOMEM;
	/* Only the page allocator charges a cgroup: the rest would pass its limit by. */
	if (!claim_block(claim, buffer->len, buffer->accounted) &&
	    (buffer->accounted || (!claim_cma(claim, buffer->len) &&
				   !claim_range(claim, buffer->len)))) {
		kfree(claim);
		return -ENOMEM;
	}
	zc_table_of_one(buffer, claim->page);
	buffer->priv = claim;
	return 0;
}

static void give_back(struct zc_buffer *buffer)
{
	struct claim *claim = buffer->priv;

	zc_table_free(buffer);
	claim->release(claim, buffer->len);
	kfree(claim);
}

/* Beyond this there is nobody to ask. */
static size_t largest(const struct zc_heap *heap)
{
	if (IS_ENABLED(CONFIG_DMA_CMA) || ZC_HAVE_ALLOC_CONTIG_PAGES ||
	    ZC_HAVE_ALLOC_CONTIG_RANGE)
		return heap->cap;
	return min(heap->cap, BLOCK_BYTES);
}

const struct zc_heap_ops zc_contiguous_ops = {
	.largest = largest,
	.alloc = fill,
	.free = give_back,
};

int zc_contiguous_init(void)
{
	int ret;

	asker = platform_device_register_simple(KBUILD_MODNAME, PLATFORM_DEVID_NONE,
						NULL, 0);
	if (IS_ERR(asker))
		return PTR_ERR(asker);
	ret = dma_coerce_mask_and_coherent(&asker->dev, DMA_BIT_MASK(32));
	if (ret)
		ret = dma_coerce_mask_and_coherent(&asker->dev, DMA_BIT_MASK(64));
	if (ret)
		platform_device_unregister(asker);
	return ret;
}

void zc_contiguous_exit(void)
{
	platform_device_unregister(asker);
}
