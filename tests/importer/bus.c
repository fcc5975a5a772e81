// SPDX-License-Identifier: GPL-2.0-only
/*
 * bus - a device that follows the addresses which the kernel gave it: into the buffer, or
 * where the kernel bounces it.
 */
#include <linux/dma-direct.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "device.h"

int bus_create(struct importer *importer)
{
	struct platform_device *device =
		platform_device_register_simple("zc-importer", PLATFORM_DEVID_AUTO, NULL, 0);

	if (IS_ERR(device))
		return PTR_ERR(device);
	importer->dev = &device->dev;
	dev_set_drvdata(importer->dev, importer);
	return 0;
}

void bus_destroy(struct importer *importer)
{
	platform_device_unregister(to_platform_device(importer->dev));
}

static int access(struct importer *importer, size_t offset, void *bytes, size_t n,
		  bool writes)
{
	dma_addr_t address = address_of(importer, offset);
	void *memory = phys_to_virt(dma_to_phys(importer->dev, address));

	if (writes)
		memcpy(memory, bytes, n);
	else
		memcpy(bytes, memory, n);
	return 0;
}

const struct kind kind_bus = {
	.mask = DMA_BIT_MASK(64),
	.create = bus_create,
	.destroy = bus_destroy,
	.access = access,
};
