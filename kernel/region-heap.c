// SPDX-License-Identifier: GPL-2.0-only
/*
 * region-heap - a heap for each area that the device tree reserves for contiguous memory (CMA),
 * by the name of its node: for devices that reach nothing else.
 *
 * Other reserved memory belongs to whoever its node is for, such as firmware, and is left alone.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "zc-heaps.h"

#if ZC_HAVE_RESERVED_MEM && defined(CONFIG_DMA_CMA)

/* The device is who the kernel gives memory of the area to. */
struct region {
	struct zc_heap heap;
	struct reserved_mem *memory;
	struct platform_device *device;
	struct list_head link;
};

static LIST_HEAD(regions);

static struct region *region_of(const struct zc_heap *heap)
{
	return container_of(heap, struct region, heap);
}

static bool is_inside(const struct region *region, const struct page *page, size_t len)
{
	phys_addr_t begin = page_to_phys(page);

	return begin >= region->memory->base &&
	       begin + len <= region->memory->base + region->memory->size;
}

static void give_back(struct zc_buffer *buffer)
{
	struct page *page = sg_page(buffer->table.sgl);
	dma_addr_t addr = (dma_addr_t)(unsigned long)buffer->priv;

	zc_table_free(buffer);
	dma_free_pages(&region_of(buffer->heap)->device->dev, buffer->len, page, addr,
		       DMA_BIDIRECTIONAL);
}

/* Where the area has no more, the kernel may give other memory, which is of no use. */
static int fill(struct zc_buffer *buffer)
{
	struct region *region = region_of(buffer->heap);
	struct page *page;
	dma_addr_t addr;

	/* No cgroup is charged for such memory. */
	if (buffer->accounted)
		return -ENOMEM;
	page = dma_alloc_pages(&region->device->dev, buffer->len, &addr, DMA_BIDIRECTIONAL,
			       GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	if (!page)
		return -ENOMEM;
	zc_table_of_one(buffer, page);
	buffer->priv = (void *)(unsigned long)addr;
	if (is_inside(region, page, buffer->len))
		return 0;
	give_back(buffer);
	return -ENOMEM;
}

static size_t largest(const struct zc_heap *heap)
{
	return min3((u64)region_of(heap)->memory->size, (u64)heap->limit.cap,
		    (u64)round_down(UINT_MAX, PAGE_SIZE));
}

static const struct zc_heap_ops region_ops = {
	.largest = largest,
	.alloc = fill,
	.free = give_back,
};

static void remove(struct region *region)
{
	if (!IS_ERR_OR_NULL(region->device)) {
		region->memory->ops->device_release(region->memory, &region->device->dev);
		platform_device_unregister(region->device);
	}
	kfree(region);
}

/* Areas for other memory than CMA need not have pages. */
static bool is_cma(const struct device_node *node)
{
	return of_device_is_compatible(node, "shared-dma-pool") &&
	       of_property_read_bool(node, "reusable");
}

static struct region *create(struct reserved_mem *memory, int id)
{
	struct region *region = kzalloc(sizeof(*region), GFP_KERNEL);

	if (!region)
		return NULL;
	region->memory = memory;
	region->heap.name = memory->name;
	region->heap.ops = &region_ops;
	region->heap.limit.parent = &zc_limit_all;
	region->device = platform_device_register_simple(KBUILD_MODNAME "-region", id, NULL, 0);
	if (IS_ERR(region->device))
		goto fail;
	dma_coerce_mask_and_coherent(&region->device->dev, DMA_BIT_MASK(64));
	if (memory->ops->device_init(memory, &region->device->dev)) {
		platform_device_unregister(region->device);
		goto fail;
	}
	return region;

fail:
	kfree(region);
	return NULL;
}

void zc_regions_find(int (*found)(struct zc_heap *heap))
{
	struct device_node *all = of_find_node_by_path("/reserved-memory"), *node;
	struct region *region;
	int id = 0;

	for_each_available_child_of_node(all, node) {
		struct reserved_mem *memory = is_cma(node) ? of_reserved_mem_lookup(node) : NULL;

		if (!memory || !memory->ops || !memory->ops->device_init)
			continue;
		region = create(memory, id++);
		if (!region)
			continue;
		list_add(&region->link, &regions);
		if (found(&region->heap)) {
			list_del(&region->link);
			remove(region);
		}
	}
	of_node_put(all);
}

void zc_regions_exit(void)
{
	struct region *region, *next;

	list_for_each_entry_safe(region, next, &regions, link)
		remove(region);
}

#else

void zc_regions_find(int (*found)(struct zc_heap *heap))
{
}

void zc_regions_exit(void)
{
}

#endif
