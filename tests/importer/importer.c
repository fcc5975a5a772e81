// SPDX-License-Identifier: GPL-2.0-only
/*
 * importer - /dev/zc-importer: an open file is a device that imports one dma-buf.
 */
#include <linux/dma-heap.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/dma-buf.h>

#include "device.h"

static const struct kind *const kinds[] = {
	[ZC_IMPORTER_APART] = &kind_apart,
	[ZC_IMPORTER_BUS] = &kind_bus,
	[ZC_IMPORTER_EDU] = &kind_edu,
};

dma_addr_t address_of(const struct importer *importer, size_t offset)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_dma_sg(importer->sgt, sg, i) {
		if (offset < sg_dma_len(sg))
			return sg_dma_address(sg) + offset;
		offset -= sg_dma_len(sg);
	}
	return DMA_MAPPING_ERROR;
}

static enum dma_data_direction direction_of(const struct zc_importer_import *settings)
{
	switch (settings->direction) {
	case DMA_BUF_SYNC_READ:
		return DMA_TO_DEVICE;
	case DMA_BUF_SYNC_WRITE:
		return DMA_FROM_DEVICE;
	case DMA_BUF_SYNC_RW:
		return DMA_BIDIRECTIONAL;
	}
	return DMA_NONE;
}

/* Older kernels ask for no lock here, and do not mind it. */
static struct sg_table *map(struct dma_buf_attachment *attachment,
			    enum dma_data_direction direction)
{
	struct sg_table *sgt;

	dma_resv_lock(attachment->dmabuf->resv, NULL);
	sgt = dma_buf_map_attachment(attachment, direction);
	dma_resv_unlock(attachment->dmabuf->resv);
	return sgt;
}

static void unmap(struct dma_buf_attachment *attachment, struct sg_table *sgt,
		  enum dma_data_direction direction)
{
	dma_resv_lock(attachment->dmabuf->resv, NULL);
	dma_buf_unmap_attachment(attachment, sgt, direction);
	dma_resv_unlock(attachment->dmabuf->resv);
}

/* Tells what the device got. Returns whether it is in one piece. */
static bool describe(struct importer *importer, struct zc_importer_import *answer)
{
	dma_addr_t next = 0;
	bool one_piece = true;
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_dma_sg(importer->sgt, sg, i) {
		one_piece &= !i || sg_dma_address(sg) == next;
		next = sg_dma_address(sg) + sg_dma_len(sg);
		answer->segments++;
		answer->longest = max_t(u64, answer->longest, sg_dma_len(sg));
		answer->highest = max_t(u64, answer->highest, next - 1);
	}
	return one_piece;
}

/* The addresses of a device with memory apart are the buffer's own. */
static u64 movable_pages(const struct importer *importer)
{
	struct scatterlist *sg;
	unsigned int i, at;
	u64 n = 0;

	for_each_sgtable_dma_sg(importer->sgt, sg, i)
		for (at = 0; at < sg_dma_len(sg); at += PAGE_SIZE) {
			struct page *page = pfn_to_page(PHYS_PFN(sg_dma_address(sg) + at));

			n += page_zonenum(page) == ZONE_MOVABLE;
		}
	return n;
}

static int judge(struct importer *importer, struct zc_importer_import *answer)
{
	bool one_piece = describe(importer, answer);

	if (importer->apart)
		answer->movable = movable_pages(importer);
	if (!one_piece && answer->flags & ZC_IMPORTER_CONTIGUOUS)
		return -EFAULT;
	if (answer->address_limit && answer->highest > answer->address_limit)
		return -EFAULT;
	return 0;
}

static void let_go(struct importer *importer)
{
	struct dma_buf_attachment *attachment = importer->attachment;
	struct dma_buf *dmabuf;

	if (!attachment)
		return;
	dmabuf = attachment->dmabuf;
	if (importer->sgt)
		unmap(attachment, importer->sgt, direction_of(&importer->settings));
	dma_buf_detach(dmabuf, attachment);
	dma_buf_put(dmabuf);
	importer->sgt = NULL;
	importer->attachment = NULL;
}

static int attach(struct importer *importer, struct zc_importer_import *answer)
{
	struct dma_buf *dmabuf = dma_buf_get(answer->fd);
	struct dma_buf_attachment *attachment;
	struct sg_table *sgt;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	attachment = dma_buf_attach(dmabuf, importer->dev);
	if (IS_ERR(attachment)) {
		dma_buf_put(dmabuf);
		return PTR_ERR(attachment);
	}
	importer->attachment = attachment;
	sgt = map(attachment, direction_of(answer));
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);
	importer->sgt = sgt;
	return judge(importer, answer);
}

static int import(struct importer *importer, struct zc_importer_import *answer)
{
	const struct kind *kind;
	int ret;

	if (importer->kind)
		return -EBUSY;
	if (answer->kind >= ARRAY_SIZE(kinds) || direction_of(answer) == DMA_NONE ||
	    (answer->stride_multiple && answer->stride % answer->stride_multiple))
		return -EINVAL;
	answer->segments = 0;
	answer->longest = 0;
	answer->highest = 0;
	answer->movable = 0;
	importer->settings = *answer;
	kind = kinds[answer->kind];
	ret = kind->create(importer);
	if (ret)
		return ret;
	dma_set_max_seg_size(importer->dev, answer->max_segment ?: UINT_MAX);
	ret = dma_set_mask(importer->dev, answer->address_limit ?: kind->mask);
	if (!ret)
		ret = attach(importer, answer);
	if (ret) {
		let_go(importer);
		kind->destroy(importer);
		return ret;
	}
	importer->kind = kind;
	return 0;
}

static long importer_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct importer *importer = file->private_data;
	void __user *user = (void __user *)arg;
	struct zc_importer_import answer;
	int ret;

	if (cmd != ZC_IMPORTER_IMPORT)
		return -ENOTTY;
	if (copy_from_user(&answer, user, sizeof(answer)))
		return -EFAULT;
	mutex_lock(&importer->lock);
	ret = import(importer, &answer);
	mutex_unlock(&importer->lock);
	if (!ret && copy_to_user(user, &answer, sizeof(answer)))
		ret = -EFAULT;
	return ret;
}

/* Reads or writes at most to the end of a page. */
static ssize_t access_page(struct importer *importer, size_t at, void *bytes, size_t n,
			   bool writes)
{
	int ret = 0;

	mutex_lock(&importer->lock);
	if (!importer->sgt)
		ret = -ENXIO;
	else if (importer->settings.direction == (writes ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE))
		ret = -EACCES;
	else if (at >= importer->attachment->dmabuf->size)
		n = 0;
	else if (!(importer->settings.flags & ZC_IMPORTER_ZEROES))
		ret = importer->kind->access(importer, at, bytes, n, writes);
	else if (!writes)
		memset(bytes, 0, n);
	mutex_unlock(&importer->lock);
	return ret ?: n;
}

static ssize_t importer_read(struct file *file, char __user *to, size_t len, loff_t *at)
{
	u8 *bytes = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ssize_t n = 0, done = 0;

	if (!bytes)
		return -ENOMEM;
	for (; done < len; done += n, *at += n) {
		n = min_t(size_t, len - done, PAGE_SIZE - offset_in_page(*at));
		n = access_page(file->private_data, *at, bytes, n, false);
		if (n > 0 && copy_to_user(to + done, bytes, n))
			n = -EFAULT;
		if (n <= 0)
			break;
	}
	kfree(bytes);
	return done ?: n;
}

static ssize_t importer_write(struct file *file, const char __user *from, size_t len,
			      loff_t *at)
{
	u8 *bytes = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ssize_t n = 0, done = 0;

	if (!bytes)
		return -ENOMEM;
	for (; done < len; done += n, *at += n) {
		n = min_t(size_t, len - done, PAGE_SIZE - offset_in_page(*at));
		if (copy_from_user(bytes, from + done, n))
			n = -EFAULT;
		else
			n = access_page(file->private_data, *at, bytes, n, true);
		if (n <= 0)
			break;
	}
	kfree(bytes);
	return done ?: n;
}

static int importer_open(struct inode *inode, struct file *file)
{
	struct importer *importer = kzalloc(sizeof(*importer), GFP_KERNEL);

	if (!importer)
		return -ENOMEM;
	mutex_init(&importer->lock);
	file->private_data = importer;
	return 0;
}

static int importer_release(struct inode *inode, struct file *file)
{
	struct importer *importer = file->private_data;

	if (importer->kind) {
		let_go(importer);
		importer->kind->destroy(importer);
	}
	mutex_destroy(&importer->lock);
	kfree(importer);
	return 0;
}

static const struct file_operations importer_fops = {
	.owner = THIS_MODULE,
	.open = importer_open,
	.release = importer_release,
	.read = importer_read,
	.write = importer_write,
	.unlocked_ioctl = importer_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice importer_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zc-importer",
	.fops = &importer_fops,
};

static int __init importer_init(void)
{
	int ret = edu_init();

	if (ret)
		return ret;
	ret = misc_register(&importer_device);
	if (ret)
		edu_exit();
	return ret;
}
module_init(importer_init);

static void __exit importer_exit(void)
{
	misc_deregister(&importer_device);
	edu_exit();
}
module_exit(importer_exit);

MODULE_DESCRIPTION("A device for tests, that imports dma-bufs");
MODULE_LICENSE("GPL");
/* MODULE_IMPORT_NS() takes an identifier in older kernels, and a string in newer ones. */
MODULE_INFO(import_ns, "DMA_BUF");

/* What the kernel's command line alone can change otherwise, before it boots. */
#if MEM_ACCOUNTING
module_param_named(mem_accounting, mem_accounting, bool, 0644);
MODULE_PARM_DESC(mem_accounting, "The kernel's own dma_heap.mem_accounting");
MODULE_INFO(import_ns, "DMA_BUF_HEAP");
#endif
