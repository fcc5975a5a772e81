// SPDX-License-Identifier: GPL-2.0-only
/*
 * heap-helpers - makes a heap's pages a dma-buf: attachments, CPU access, the kernel's mapping.
 *
 * Rules: Documentation/driver-api/dma-buf.rst.
 */
#include <linux/dma-mapping.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "zc-heaps.h"

/* A device that a buffer is attached to, with a view of its pages of its own. */
struct attachment {
	struct list_head node;
	struct device *dev;
	struct sg_table table;
	enum dma_data_direction direction;
	bool mapped;
};

void zc_table_of_one(struct zc_buffer *buffer, struct page *block)
{
	sg_init_table(&buffer->only_block, 1);
	sg_set_page(&buffer->only_block, block, buffer->len, 0);
	buffer->table.sgl = &buffer->only_block;
	buffer->table.nents = 1;
	buffer->table.orig_nents = 1;
}

void zc_table_free(struct zc_buffer *buffer)
{
	if (buffer->table.sgl != &buffer->only_block)
		sg_free_table(&buffer->table);
}

/* The longest segment that a device can be given, whole pages. */
static unsigned int longest_segment(struct device *dev)
{
	size_t most = min_t(size_t, dma_get_max_seg_size(dev), dma_max_mapping_size(dev));

	return max_t(size_t, round_down(most, PAGE_SIZE), PAGE_SIZE);
}

/* Copies a table, with blocks that are longer than @most in parts. */
static int copy_table(struct sg_table *to, const struct sg_table *from, unsigned int most)
{
	struct scatterlist *sg, *part;
	unsigned int i, at, len, n = 0;
	int ret;

	for_each_sgtable_sg(from, sg, i)
		n += (sg->length - 1) / most + 1;
	ret = sg_alloc_table(to, n, GFP_KERNEL);
	if (ret)
		return ret;
	part = to->sgl;
	for_each_sgtable_sg(from, sg, i) {
		unsigned long pfn = page_to_pfn(sg_page(sg));

		for (at = 0; at < sg->length; at += len) {
			len = min(sg->length - at, most);
			sg_set_page(part, pfn_to_page(pfn + PHYS_PFN(at)), len, 0);
			part = sg_next(part);
		}
	}
	return 0;
}

static int attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct zc_buffer *buffer = dmabuf->priv;
	struct attachment *a = kzalloc(sizeof(*a), GFP_KERNEL);
	int ret;

	if (!a)
		return -ENOMEM;
	ret = copy_table(&a->table, &buffer->table, longest_segment(attachment->dev));
	if (ret) {
		kfree(a);
		return ret;
	}
	a->dev = attachment->dev;
	attachment->priv = a;

	mutex_lock(&buffer->lock);
	list_add(&a->node, &buffer->attachments);
	mutex_unlock(&buffer->lock);
	return 0;
}

static void detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct zc_buffer *buffer = dmabuf->priv;
	struct attachment *a = attachment->priv;

	mutex_lock(&buffer->lock);
	list_del(&a->node);
	mutex_unlock(&buffer->lock);

	sg_free_table(&a->table);
	kfree(a);
}

/*
 * A CPU may write into what a device writes: the DMA API carries that to the device only
 * where the mapping is for both directions. One for a device that only reads stays as it
 * is, so that at its end no stale copy of the device's comes back.
 */
static enum dma_data_direction mapped_direction(enum dma_data_direction direction)
{
	return direction == DMA_FROM_DEVICE ? DMA_BIDIRECTIONAL : direction;
}

/*
 * Where the kernel's mapping of uncached memory is cached: before and after somebody may use
 * that, such as a device that looks into caches.
 */
static void sync_uncached(const struct zc_buffer *buffer)
{
	struct scatterlist *sg;
	unsigned int i;

	if (ZC_HAVE_SET_MEMORY_WC || !buffer->heap->uncached)
		return;
	for_each_sgtable_sg(&buffer->table, sg, i)
		zc_uncached_sync(sg_page(sg), sg->length);
}

static struct sg_table *map(struct dma_buf_attachment *attachment,
			    enum dma_data_direction direction)
{
	struct zc_buffer *buffer = attachment->dmabuf->priv;
	struct attachment *a = attachment->priv;
	int ret;

	mutex_lock(&buffer->lock);
	sync_uncached(buffer);
	ret = dma_map_sgtable(attachment->dev, &a->table, mapped_direction(direction), 0);
	if (!ret) {
		a->direction = mapped_direction(direction);
		a->mapped = true;
	}
	mutex_unlock(&buffer->lock);
	return ret ? ERR_PTR(ret) : &a->table;
}

static void unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
		  enum dma_data_direction direction)
{
	struct zc_buffer *buffer = attachment->dmabuf->priv;
	struct attachment *a = attachment->priv;

	mutex_lock(&buffer->lock);
	a->mapped = false;
	dma_unmap_sgtable(attachment->dev, table, mapped_direction(direction), 0);
	sync_uncached(buffer);
	mutex_unlock(&buffer->lock);
}

/*
 * What a device wrote is brought to the CPU for each kind of access: what the CPU does not
 * overwrite must not be lost when all goes back to the device.
 */
static void sync_for_cpu(struct attachment *a)
{
	if (a->mapped && a->direction == DMA_BIDIRECTIONAL)
		dma_sync_sgtable_for_cpu(a->dev, &a->table, DMA_FROM_DEVICE);
}

/* A device that only reads needs to be told only of what the CPU wrote. */
static void sync_for_device(struct attachment *a, enum dma_data_direction access)
{
	if (a->mapped && a->direction == DMA_BIDIRECTIONAL)
		dma_sync_sgtable_for_device(a->dev, &a->table, access);
	else if (a->mapped && access != DMA_FROM_DEVICE)
		dma_sync_sgtable_for_device(a->dev, &a->table, DMA_TO_DEVICE);
}

static int begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction access)
{
	struct zc_buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	if (buffer->vaddr)
		invalidate_kernel_vmap_range(buffer->vaddr, buffer->len);
	list_for_each_entry(a, &buffer->attachments, node)
		sync_for_cpu(a);
	sync_uncached(buffer);
	mutex_unlock(&buffer->lock);
	return 0;
}

static int end_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction access)
{
	struct zc_buffer *buffer = dmabuf->priv;
	struct attachment *a;

	mutex_lock(&buffer->lock);
	if (buffer->vaddr)
		flush_kernel_vmap_range(buffer->vaddr, buffer->len);
	sync_uncached(buffer);
	list_for_each_entry(a, &buffer->attachments, node)
		sync_for_device(a, access);
	mutex_unlock(&buffer->lock);
	return 0;
}

static int map_for_user(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	return zc_map_to_user(dmabuf->priv, vma);
}

static void *map_to_kernel(struct zc_buffer *buffer)
{
	unsigned long n = buffer->len >> PAGE_SHIFT, i = 0;
	pgprot_t prot = PAGE_KERNEL;
	struct sg_page_iter iter;
	struct page **pages;
	void *vaddr;

	/* One block is mapped as it is, in the kernel's own mapping of all memory. */
	if (buffer->table.orig_nents == 1 && !PageHighMem(sg_page(buffer->table.sgl)) &&
	    (ZC_HAVE_SET_MEMORY_WC || !buffer->heap->uncached))
		return page_address(sg_page(buffer->table.sgl));

	pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for_each_sgtable_page(&buffer->table, &iter, 0)
		pages[i++] = sg_page_iter_page(&iter);
	if (buffer->heap->uncached)
		prot = pgprot_writecombine(prot);
	vaddr = vmap(pages, n, VM_MAP, prot);
	kvfree(pages);
	return vaddr;
}

/* Kept until the buffer goes: drivers map each buffer on each frame. */
static int map_for_kernel(struct dma_buf *dmabuf, struct iosys_map *out)
{
	struct zc_buffer *buffer = dmabuf->priv;
	int ret = 0;

	mutex_lock(&buffer->lock);
	if (!buffer->vaddr)
		buffer->vaddr = map_to_kernel(buffer);
	if (buffer->vaddr)
		iosys_map_set_vaddr(out, buffer->vaddr);
	else
		ret = -ENOMEM;
	mutex_unlock(&buffer->lock);
	return ret;
}

static void unmap_for_kernel(struct dma_buf *dmabuf, struct iosys_map *map)
{
	iosys_map_clear(map);
}

static void free_buffer(struct zc_buffer *buffer)
{
	struct zc_heap *heap = buffer->heap;

	if (buffer->vaddr && is_vmalloc_addr(buffer->vaddr))
		vunmap(buffer->vaddr);
	heap->ops->free(buffer);
	zc_limit_sub(&heap->limit, buffer->len);
	mutex_destroy(&buffer->lock);
	kfree(buffer);
}

static void release(struct dma_buf *dmabuf)
{
	struct zc_buffer *buffer = dmabuf->priv;

	zc_stats_freed(buffer);
	free_buffer(buffer);
}

static const struct dma_buf_ops buffer_ops = {
	.attach = attach,
	.detach = detach,
	.map_dma_buf = map,
	.unmap_dma_buf = unmap,
	.begin_cpu_access = begin_cpu_access,
	.end_cpu_access = end_cpu_access,
	.mmap = map_for_user,
	.vmap = map_for_kernel,
	.vunmap = unmap_for_kernel,
	.release = release,
};

static struct zc_buffer *alloc_buffer(struct zc_heap *heap, size_t len)
{
	struct zc_buffer *buffer;
	int ret;

	/* Before a page is looked for: beyond a cap nothing is tried. */
	if (len > heap->largest || !zc_limit_add(&heap->limit, len))
		return ERR_PTR(-ENOMEM);
	buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	if (!buffer) {
		ret = -ENOMEM;
		goto unreserve;
	}
	buffer->heap = heap;
	buffer->len = len;
	buffer->accounted = zc_charges();
	mutex_init(&buffer->lock);
	INIT_LIST_HEAD(&buffer->attachments);
	ret = heap->ops->alloc(buffer);
	if (ret)
		goto free;
	return buffer;

free:
	kfree(buffer);
unreserve:
	zc_limit_sub(&heap->limit, len);
	return ERR_PTR(ret);
}

struct dma_buf *zc_heap_export(struct zc_heap *heap, size_t len, u32 fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	u64 start = zc_stats_start(heap, len);
	struct zc_buffer *buffer;
	struct dma_buf *dmabuf;

	len = PAGE_ALIGN(len);
	if (!len)
		return ERR_PTR(-EINVAL);

	buffer = alloc_buffer(heap, len);
	if (IS_ERR(buffer)) {
		zc_stats_failed(heap);
		return ERR_CAST(buffer);
	}
	info.exp_name = heap->name;
	info.ops = &buffer_ops;
	info.size = len;
	info.flags = fd_flags;
	info.priv = buffer;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		free_buffer(buffer);
		zc_stats_failed(heap);
		return dmabuf;
	}
	buffer->inode = file_inode(dmabuf->file)->i_ino;
	zc_stats_allocated(buffer, start);
	return dmabuf;
}
