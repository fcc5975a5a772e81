// SPDX-License-Identifier: GPL-2.0-only
/*
 * apart - a device with memory apart from the buffer: only the calls of the DMA API copy
 * between the two, each in the direction that it is for.
 */
#include <linux/dma-map-ops.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "device.h"

/* By the addresses: the pages of a table are hidden from importers on kernels that check. */
static void copy(struct importer *importer, struct scatterlist *sgl, int nents,
		 bool to_device)
{
	u8 *apart = importer->apart;
	struct scatterlist *sg;
	unsigned int at;
	int i;

	for_each_sg(sgl, sg, nents, i)
		for (at = 0; at < sg_dma_len(sg); at += PAGE_SIZE, apart += PAGE_SIZE) {
			struct page *page = pfn_to_page(PHYS_PFN(sg_dma_address(sg) + at));

			if (to_device)
				memcpy_from_page(apart, page, 0, PAGE_SIZE);
			else
				memcpy_to_page(page, 0, apart, PAGE_SIZE);
		}
}

/* As the DMA API's own checks, which few kernels have. */
static void check(const struct importer *importer, enum dma_data_direction direction)
{
	if (importer->apart_direction != DMA_BIDIRECTIONAL &&
	    importer->apart_direction != direction)
		pr_err("BUG: mapped for direction %d, synced for %d\n",
		       importer->apart_direction, direction);
}

static void sync_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction direction)
{
	struct importer *importer = dev_get_drvdata(dev);

	check(importer, direction);
	if (direction != DMA_TO_DEVICE)
		copy(importer, sgl, nents, false);
}

static void sync_for_device(struct device *dev, struct scatterlist *sgl, int nents,
			    enum dma_data_direction direction)
{
	struct importer *importer = dev_get_drvdata(dev);

	check(importer, direction);
	if (direction != DMA_FROM_DEVICE)
		copy(importer, sgl, nents, true);
}

static size_t max_mapping(struct device *dev)
{
	const struct importer *importer = dev_get_drvdata(dev);

	return importer->settings.max_mapping ?: SIZE_MAX;
}

/* What the device does not write, it leaves as it was: all is brought over. */
static int map(struct device *dev, struct scatterlist *sgl, int nents,
	       enum dma_data_direction direction, unsigned long attrs)
{
	struct importer *importer = dev_get_drvdata(dev);
	size_t most = min_t(size_t, dma_get_max_seg_size(dev), max_mapping(dev)), len = 0;
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		if (sg->length > most || importer->apart)
			return -EINVAL;
		sg_dma_address(sg) = sg_phys(sg);
		sg_dma_len(sg) = sg->length;
		len += sg->length;
	}
	importer->apart = vmalloc(len);
	if (!importer->apart)
		return -ENOMEM;
	importer->apart_len = len;
	importer->apart_direction = direction;
	if (attrs & DMA_ATTR_SKIP_CPU_SYNC)
		memset(importer->apart, ZC_IMPORTER_STALE, len);
	else
		copy(importer, sgl, nents, true);
	return nents;
}

static void unmap(struct device *dev, struct scatterlist *sgl, int nents,
		  enum dma_data_direction direction, unsigned long attrs)
{
	struct importer *importer = dev_get_drvdata(dev);

	if (direction != importer->apart_direction)
		pr_err("BUG: mapped for direction %d, unmapped for %d\n",
		       importer->apart_direction, direction);
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		sync_for_cpu(dev, sgl, nents, direction);
	vfree(importer->apart);
	importer->apart = NULL;
}

static const struct dma_map_ops apart_ops = {
	.map_sg = map,
	.unmap_sg = unmap,
	.sync_sg_for_cpu = sync_for_cpu,
	.sync_sg_for_device = sync_for_device,
	.max_mapping_size = max_mapping,
};

static int create(struct importer *importer)
{
	int ret = bus_create(importer);

	if (ret)
		return ret;
	set_dma_ops(importer->dev, &apart_ops);
	/* Some kernels have one way to map for all devices. */
	if (get_dma_ops(importer->dev) == &apart_ops)
		return 0;
	bus_destroy(importer);
	return -EOPNOTSUPP;
}

static int access(struct importer *importer, size_t offset, void *bytes, size_t n,
		  bool writes)
{
	if (!importer->apart || n > importer->apart_len || offset > importer->apart_len - n)
		return -EFAULT;
	if (writes)
		memcpy(importer->apart + offset, bytes, n);
	else
		memcpy(bytes, importer->apart + offset, n);
	return 0;
}

const struct kind kind_apart = {
	.mask = DMA_BIT_MASK(64),
	.create = create,
	.destroy = bus_destroy,
	.access = access,
};
