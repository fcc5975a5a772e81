// SPDX-License-Identifier: GPL-2.0-only
/*
 * device - the module's own device: in its name the DMA API is asked for memory, and from
 * its place the kernel's heaps are found.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/kernfs.h>

#include "zc-heaps.h"

#if ZC_HAVE_FAUX_DEVICE

#include <linux/device/faux.h>

static struct faux_device *own;

static int create(void)
{
	own = faux_device_create(KBUILD_MODNAME, NULL, NULL);
	return own ? 0 : -ENODEV;
}

void zc_device_exit(void)
{
	faux_device_destroy(own);
}

#else

#include <linux/platform_device.h>

static struct platform_device *own;

static int create(void)
{
	own = platform_device_register_simple(KBUILD_MODNAME, PLATFORM_DEVID_NONE, NULL, 0);
	return PTR_ERR_OR_ZERO(own);
}

void zc_device_exit(void)
{
	platform_device_unregister(own);
}

#endif

struct device *zc_device(void)
{
	return &own->dev;
}

/*
 * It has memory given below 4 GiB, where there is some, and reaches all. Without a mask, the
 * DMA API gives it nothing: what asks finds another way.
 */
int zc_device_init(void)
{
	static u64 reach;
	int ret = create();

	if (ret)
		return ret;
	zc_device()->dma_mask = &reach;
	dma_set_mask(zc_device(), DMA_BIT_MASK(64));
	if (dma_set_coherent_mask(zc_device(), DMA_BIT_MASK(32)))
		dma_set_coherent_mask(zc_device(), DMA_BIT_MASK(64));
	return 0;
}

/*
 * The kernel's framework keeps its list to itself, but its heaps are devices without a
 * parent. They are looked for from the folder of all devices, and not by a path: what
 * the process that loads the module has mounted at /sys is its own matter.
 */
bool zc_kernel_has(const char *name)
{
	const char *const way[] = { "virtual", "dma_heap", name };
	struct kobject *top = &zc_device()->kobj;
	struct kernfs_node *node, *next;
	int i;

	while (top->parent)
		top = top->parent;
	node = top->sd;
	kernfs_get(node);
	for (i = 0; node && i < ARRAY_SIZE(way); i++) {
		next = kernfs_find_and_get(node, way[i]);
		kernfs_put(node);
		node = next;
	}
	kernfs_put(node);
	return node;
}
