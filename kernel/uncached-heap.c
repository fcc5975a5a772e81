// SPDX-License-Identifier: GPL-2.0-only
/*
 * uncached-heap - system memory that CPUs write past their caches (write-combined),
 * for devices that do not look into them. x86 only: elsewhere no function for it is
 * exported to modules.
 *
 * The kernel's own mapping of the pages is changed as well, since two mappings of one
 * page must not differ in this, and is restored before the pages go back.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "zc-heaps.h"

#if ZC_HAVE_SET_PAGES_ARRAY_WC

#include <asm/set_memory.h>

/* Kept with the buffer: the way back must not depend on memory. */
struct page_array {
	unsigned long n;
	struct page *pages[];
};

static struct page_array *array_of(const struct zc_buffer *buffer)
{
	unsigned long n = buffer->len >> PAGE_SHIFT;
	struct page_array *array = kvmalloc(struct_size(array, pages, n), GFP_KERNEL);
	struct sg_page_iter iter;

	if (!array)
		return NULL;
	array->n = 0;
	for_each_sgtable_page(&buffer->table, &iter, 0)
		array->pages[array->n++] = sg_page_iter_page(&iter);
	return array;
}

/* Pages that stay write-combined are lost on purpose: nobody else may have them. */
static void give_back(struct zc_buffer *buffer)
{
	struct page_array *array = buffer->priv;

	if (set_pages_array_wb(array->pages, array->n)) {
		pr_err("heap \"%s\": %lu pages cannot be made cached again and are lost\n",
		       buffer->heap->name, array->n);
		zc_table_free(buffer);
	} else {
		zc_pages_free(buffer);
	}
	kvfree(array);
}

static int fill(struct zc_buffer *buffer)
{
	struct page_array *array;
	int ret = zc_pages_alloc(buffer);

	if (ret)
		return ret;
	array = array_of(buffer);
	if (!array) {
		zc_pages_free(buffer);
		return -ENOMEM;
	}
	buffer->priv = array;
	if (set_pages_array_wc(array->pages, array->n)) {
		give_back(buffer);
		return -ENOMEM;
	}
	return 0;
}

const struct zc_heap_ops zc_uncached_ops = {
	.alloc = fill,
	.free = give_back,
};

#else

static const char *lacks(const struct zc_heap *heap)
{
	return "this kernel lets no module change how CPUs cache memory";
}

const struct zc_heap_ops zc_uncached_ops = {
	.lacks = lacks,
};

#endif
