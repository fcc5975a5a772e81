// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-heap-registered - in place of a framework: registers the heaps with the
 * kernel's, where it lets modules do so.
 *
 * The kernel keeps what it was given for ever, as it knows no way to take a heap out:
 * main.c then has no exit, and the module stays.
 */
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/module.h>

#include "zc-heaps.h"

static struct dma_buf *allocate(struct dma_heap *handle, unsigned long len, u32 fd_flags,
				u64 heap_flags)
{
	return zc_heap_export(dma_heap_get_drvdata(handle), len, fd_flags);
}

static const struct dma_heap_ops registered_ops = {
	.allocate = allocate,
};

int zc_framework_init(void)
{
	return 0;
}

void zc_framework_exit(void)
{
}

/* The kernel refuses a name that there is already, too, but with a stack dump. */
int zc_framework_add(struct zc_node *node)
{
	struct dma_heap_export_info info = {
		.name = node->name,
		.ops = &registered_ops,
		.priv = node->heap,
	};
	struct dma_heap *handle;

	if (zc_kernel_has(node->name))
		return -EEXIST;
	handle = dma_heap_add(&info);
	if (IS_ERR(handle))
		return PTR_ERR(handle);
	node->handle = handle;
	return 0;
}

void zc_framework_remove(struct zc_node *node)
{
	/* Never called: see above. */
}

bool zc_framework_charges(void)
{
#if ZC_HAVE_MEM_ACCOUNTING
	return mem_accounting;
#else
	return false;
#endif
}

#if ZC_IMPORT_NS_TAKES_IDENTIFIER
MODULE_IMPORT_NS(DMA_BUF_HEAP);
#else
MODULE_IMPORT_NS("DMA_BUF_HEAP");
#endif
