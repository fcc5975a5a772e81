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

static struct dma_buf *allocate(struct dma_heap *node, unsigned long len, u32 fd_flags,
				u64 heap_flags)
{
	return zc_heap_export(dma_heap_get_drvdata(node), len, fd_flags);
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
int zc_framework_add(struct zc_heap *heap)
{
	struct dma_heap_export_info info = {
		.name = heap->name,
		.ops = &registered_ops,
		.priv = heap,
	};
	struct dma_heap *node;

	if (zc_kernel_has(heap->name))
		return -EEXIST;
	node = dma_heap_add(&info);
	if (IS_ERR(node)) {
		pr_err("heap \"%s\" is left out: the kernel refuses it (%ld)\n",
		       heap->name, PTR_ERR(node));
		return PTR_ERR(node);
	}
	heap->node = node;
	return 0;
}

void zc_framework_remove(struct zc_heap *heap)
{
	/* Never called: see above. */
}

#if ZC_IMPORT_NS_TAKES_IDENTIFIER
MODULE_IMPORT_NS(DMA_BUF_HEAP);
#else
MODULE_IMPORT_NS("DMA_BUF_HEAP");
#endif
