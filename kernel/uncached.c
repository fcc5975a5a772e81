// SPDX-License-Identifier: GPL-2.0-only
/*
 * uncached - memory that CPUs write past their caches (write-combined), for devices that do
 * not look into them.
 *
 * On x86 the kernel's own mapping of the pages is changed as well, since two mappings of one
 * page must not differ in this, and is restored before the pages go back.
 *
 * On arm64 no function for that is exported to modules, and two mappings may differ. What the
 * caches hold by the kernel's mapping is written back and forgotten instead: when a buffer is
 * made, and each time that somebody may look there, such as a coherent device, or the kernel
 * that bounces (swiotlb). The DMA API does that for a device that is not coherent, which the
 * module's own is.
 */
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>

#include "zc-heaps.h"

#if ZC_HAVE_SET_MEMORY_WC

#include <asm/set_memory.h>

const char *zc_uncached_lacks(void)
{
	return NULL;
}

/* By blocks: page by page, the large pages of the kernel's mapping would go to pieces. */
bool zc_uncache(struct page *block, size_t len)
{
	return !PageHighMem(block) &&
	       !set_memory_wc((unsigned long)page_address(block), len >> PAGE_SHIFT);
}

bool zc_cache_again(struct page *block, size_t len)
{
	if (PageHighMem(block) ||
	    !set_memory_wb((unsigned long)page_address(block), len >> PAGE_SHIFT))
		return true;
	pr_err("%zu KiB cannot be made cached again and are lost\n", len >> 10);
	return false;
}

void zc_uncached_sync(struct page *block, size_t len)
{
}

#else

/* Whether the DMA API works on the caches for our device, and on the pages themselves. */
const char *zc_uncached_lacks(void)
{
	struct device *dev = zc_device();
	struct page *page;
	dma_addr_t addr;
	bool itself;

	if (!IS_ENABLED(CONFIG_ARM64))
		return "this kernel lets no module change how CPUs cache memory";
	if (dev_is_dma_coherent(dev))
		return "this kernel takes all devices for coherent";
	page = alloc_page(GFP_KERNEL);
	if (!page)
		return "there is no memory";
	addr = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
	itself = !dma_mapping_error(dev, addr) && addr == page_to_phys(page);
	if (!dma_mapping_error(dev, addr))
		dma_unmap_page(dev, addr, PAGE_SIZE, DMA_BIDIRECTIONAL);
	__free_page(page);
	return itself ? NULL : "devices reach memory by copies here";
}

bool zc_uncache(struct page *block, size_t len)
{
	zc_uncached_sync(block, len);
	return true;
}

bool zc_cache_again(struct page *block, size_t len)
{
	return true;
}

/* For both directions: what is dirty is written back, and nothing stays. */
void zc_uncached_sync(struct page *block, size_t len)
{
	struct device *dev = zc_device();
	dma_addr_t addr = dma_map_page(dev, block, 0, len, DMA_BIDIRECTIONAL);

	if (!WARN_ON_ONCE(dma_mapping_error(dev, addr)))
		dma_unmap_page(dev, addr, len, DMA_BIDIRECTIONAL);
}

#endif
