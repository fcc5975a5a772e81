// SPDX-License-Identifier: GPL-2.0-only
/*
 * contiguous-heap - each buffer is one physically contiguous block, for devices that
 * follow no list of pages. Below 4 GiB as long as there is such memory, since these
 * devices seldom reach beyond.
 *
 * Up to the page allocator's largest block, that is asked. Beyond it, the default CMA
 * area where the kernel has one; then any range that can be cleared by moving what
 * lies there, where the kernel lets modules ask for that.
 */
#include <linux/cc_platform.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "zc-heaps.h"

static unsigned int contiguous_max_mb = 256;
module_param(contiguous_max_mb, uint, 0444);
MODULE_PARM_DESC(contiguous_max_mb, "The most that one buffer of system-contiguous may hold, in MiB (default: 256)");

#define BLOCK_BYTES ((size_t)MAX_ORDER_NR_PAGES << PAGE_SHIFT)

#define RANGE_GFP (GFP_KERNEL | __GFP_NOWARN)

/* Where a buffer's memory is from, and so how it goes back. */
struct claim {
	struct page *page;
	dma_addr_t handle;
	void (*release)(struct claim *claim, size_t len);
};

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
	dma_free_pages(zc_device(), len, claim->page, claim->handle, DMA_BIDIRECTIONAL);
}

/* Such memory comes zeroed. */
static bool claim_cma(struct claim *claim, size_t len)
{
	if (!IS_ENABLED(CONFIG_DMA_CMA))
		return false;
	claim->page = dma_alloc_pages(zc_device(), len, &claim->handle,
				      DMA_BIDIRECTIONAL,
				      GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	claim->release = release_cma;
	return claim->page;
}

#if ZC_HAVE_ALLOC_CONTIG_RANGE

static int clear_range(unsigned long first, unsigned long n)
{
#if ZC_HAVE_ACR_FLAGS
	return alloc_contig_range(first, first + n, ACR_FLAGS_NONE, RANGE_GFP);
#else
	return alloc_contig_range(first, first + n, MIGRATE_MOVABLE, RANGE_GFP);
#endif
}

/* The first page that is no ordinary memory of the zone, or the end of the range. */
static unsigned long end_of_memory(const struct zone *zone, unsigned long pfn,
				   unsigned long end)
{
	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || page_zone(page) != zone || PageReserved(page))
			break;
	}
	return pfn;
}

/*
 * The kernel's own search, alloc_contig_pages(), holds the zone's lock, with interrupts
 * off, while it looks at pages; this holds none, and ends for a fatal signal.
 */
static struct page *range_of_zone(struct zone *zone, unsigned long n)
{
	unsigned long pfn = ALIGN(zone->zone_start_pfn, pageblock_nr_pages);

	while (pfn + n <= zone_end_pfn(zone) && !fatal_signal_pending(current)) {
		unsigned long end = end_of_memory(zone, pfn, pfn + n);

		if (end == pfn + n && !clear_range(pfn, n))
			return pfn_to_page(pfn);
		pfn = ALIGN(end == pfn + n ? end : end + 1, pageblock_nr_pages);
		cond_resched();
	}
	return NULL;
}

static struct page *range_of_node(int nid, enum zone_type z, unsigned long n)
{
	struct zone *zone = &NODE_DATA(nid)->node_zones[z];

	/* Devices that reach no further than 16 MiB need those themselves. */
	if (!managed_zone(zone) || zone_end_pfn(zone) <= PHYS_PFN(SZ_16M))
		return NULL;
	return range_of_zone(zone, n);
}

/*
 * From the low zones to the high ones, and in each from the processor's own node. What is
 * to stay movable is left alone: a buffer may live for ever.
 */
static struct page *range_of_pages(unsigned long n)
{
	int own = numa_mem_id(), nid, z;
	struct page *page = NULL;

	for (z = 0; z < ZONE_MOVABLE && !page; z++) {
		page = range_of_node(own, z, n);
		for_each_node_state(nid, N_MEMORY)
			if (!page && nid != own)
				page = range_of_node(nid, z, n);
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
	claim->release = release_range;
	if (want_init_on_alloc(0))
		return true;
	first = page_to_pfn(claim->page);
	for (i = 0; i < n; i++) {
		clear_highpage(pfn_to_page(first + i));
		cond_resched();
	}
	return true;
}

/* Only the page allocator charges a cgroup: the rest would pass its limit by. */
static bool claim_memory(struct claim *claim, const struct zc_buffer *buffer)
{
	return claim_block(claim, buffer->len, buffer->accounted) ||
	       (!buffer->accounted && (claim_cma(claim, buffer->len) ||
				       claim_range(claim, buffer->len)));
}

/* What cannot be made cached again is lost on purpose. */
static void release(struct claim *claim, const struct zc_buffer *buffer)
{
	if (!buffer->heap->uncached || zc_cache_again(claim->page, buffer->len))
		claim->release(claim, buffer->len);
}

static int fill(struct zc_buffer *buffer)
{
	struct claim *claim = kzalloc(sizeof(*claim), GFP_KERNEL);

	if (!claim)
		return -ENOMEM;
	if (!claim_memory(claim, buffer))
		goto free;
	if (buffer->heap->uncached && !zc_uncache(claim->page, buffer->len)) {
		release(claim, buffer);
		goto free;
	}
	zc_table_of_one(buffer, claim->page);
	buffer->priv = claim;
	return 0;

free:
	kfree(claim);
	return fatal_signal_pending(current) ? -EINTR : -ENOMEM;
}

static void give_back(struct zc_buffer *buffer)
{
	struct claim *claim = buffer->priv;

	zc_table_free(buffer);
	release(claim, buffer);
	kfree(claim);
}

/* Devices reach encrypted memory by copies, of which none is so large. */
static const char *lacks(const struct zc_heap *heap)
{
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		return "memory is encrypted here, and devices reach it by small copies";
	return heap->uncached ? zc_uncached_lacks() : NULL;
}

/* An entry of a table tells no greater length. */
#define LONGEST_ENTRY round_down(UINT_MAX, PAGE_SIZE)

/*
 * To find much in one piece, much is moved: the default is the largest picture that there
 * is, and some room. Beyond a block, nobody can be asked on some kernels.
 */
static size_t largest(const struct zc_heap *heap)
{
	u64 most = min3((u64)contiguous_max_mb << 20, (u64)heap->limit.cap, (u64)LONGEST_ENTRY);

	if (IS_ENABLED(CONFIG_DMA_CMA) || ZC_HAVE_ALLOC_CONTIG_RANGE)
		return most;
	return min_t(u64, most, BLOCK_BYTES);
}

const struct zc_heap_ops zc_contiguous_ops = {
	.lacks = lacks,
	.largest = largest,
	.alloc = fill,
	.free = give_back,
};
