// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-heap - the framework: /dev/dma_heap/NAME and its ioctl, as linux/dma-heap.h
 * has it, for kernels that have none or keep theirs to themselves.
 *
 * Where the kernel has none, the class is dma_heap, as rules of udev know it. Beside
 * the kernel's it has another name, but its nodes lie in the same folder.
 */
#include <linux/cdev.h>
#include <linux/compat.h>
#include <linux/device.h>
#include <linux/dma-heap.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include <uapi/linux/dma-heap.h>

#include "zc-heaps.h"

#define MINORS (MINORMASK + 1)

/* A shorter struct has no room to tell the caller the buffer's fd. */
#define SHORTEST offsetofend(struct dma_heap_allocation_data, fd)

static dev_t devices;
static struct cdev cdev;

/*
 * The nodes by minor number. Under names_lock, looking for a name and adding it are one
 * step.
 */
static DEFINE_XARRAY_ALLOC(nodes);
static DEFINE_MUTEX(names_lock);

/* Never NULL: the kernel would then make the node /dev/NAME, and leave it when the device goes. */
#if ZC_DEVNODE_TAKES_CONST
static char *devnode(const struct device *dev, umode_t *mode)
#else
static char *devnode(struct device *dev, umode_t *mode)
#endif
{
	return kasprintf(GFP_KERNEL | __GFP_NOFAIL, "dma_heap/%s", dev_name(dev));
}

static struct class heap_class = {
	.name = IS_ENABLED(CONFIG_DMABUF_HEAPS) ? "zc_dma_heap" : "dma_heap",
	.devnode = devnode,
};

static int heap_open(struct inode *inode, struct file *file)
{
	struct zc_node *node = xa_load(&nodes, iminor(inode));

	if (!node)
		return -ENODEV;
	file->private_data = node->heap;
	return nonseekable_open(inode, file);
}

static int check(const struct dma_heap_allocation_data *data)
{
	if (data->fd || data->fd_flags & ~DMA_HEAP_VALID_FD_FLAGS ||
	    data->heap_flags & ~DMA_HEAP_VALID_HEAP_FLAGS)
		return -EINVAL;
	if (data->len > SIZE_MAX)
		return -EINVAL;
	return 0;
}

static void install(struct dma_buf *dmabuf, int fd)
{
#if ZC_HAVE_DMA_BUF_FD_INSTALL
	dma_buf_fd_install(dmabuf, fd);
#else
	fd_install(fd, dmabuf->file);
#endif
}

/*
 * Installs the fd only after its number was copied to the caller: a fault on the way
 * leaks nothing.
 */
static int allocate(struct zc_heap *heap, struct dma_heap_allocation_data *data,
		    void __user *out, size_t out_size)
{
	struct dma_buf *dmabuf;
	int fd, ret = check(data);

	if (ret)
		return ret;
	fd = get_unused_fd_flags(data->fd_flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	dmabuf = zc_heap_export(heap, data->len, data->fd_flags);
	if (IS_ERR(dmabuf)) {
		ret = PTR_ERR(dmabuf);
		goto put_fd;
	}
	data->fd = fd;
	if (copy_to_user(out, data, out_size)) {
		ret = -EFAULT;
		goto put_buffer;
	}
	install(dmabuf, fd);
	return 0;

put_buffer:
	dma_buf_put(dmabuf);
put_fd:
	put_unused_fd(fd);
	return ret;
}

/*
 * The struct may grow: one from a program older than this is filled up with zeros,
 * of one from a newer program only the part known here is read.
 */
static long heap_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct dma_heap_allocation_data data = {};
	void __user *user = (void __user *)arg;
	size_t size = min_t(size_t, _IOC_SIZE(cmd), sizeof(data));

	if (_IOC_TYPE(cmd) != DMA_HEAP_IOC_MAGIC ||
	    _IOC_NR(cmd) != _IOC_NR(DMA_HEAP_IOCTL_ALLOC))
		return -ENOTTY;
	if (_IOC_DIR(cmd) != (_IOC_READ | _IOC_WRITE) || size < SHORTEST)
		return -EINVAL;
	if (copy_from_user(&data, user, size))
		return -EFAULT;
	return allocate(file->private_data, &data, user, size);
}

static const struct file_operations heap_fops = {
	.owner = THIS_MODULE,
	.open = heap_open,
	.unlocked_ioctl = heap_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* devtmpfs passes over a second node of one name without a word. */
static bool name_is_taken(const char *name)
{
	struct zc_node *node;
	unsigned long minor;

	xa_for_each(&nodes, minor, node)
		if (!strcmp(node->name, name))
			return true;
	return zc_kernel_has(name);
}

static int add_locked(struct zc_node *node)
{
	struct device *dev;
	u32 minor;
	int ret;

	if (name_is_taken(node->name))
		return -EEXIST;
	ret = xa_alloc(&nodes, &minor, node, XA_LIMIT(0, MINORS - 1), GFP_KERNEL);
	if (ret)
		return ret;
	dev = device_create(&heap_class, NULL, MKDEV(MAJOR(devices), minor), NULL, "%s",
			    node->name);
	if (IS_ERR(dev)) {
		xa_erase(&nodes, minor);
		return PTR_ERR(dev);
	}
	node->handle = dev;
	return 0;
}

int zc_framework_add(struct zc_node *node)
{
	int ret;

	mutex_lock(&names_lock);
	ret = add_locked(node);
	mutex_unlock(&names_lock);
	return ret;
}

void zc_framework_remove(struct zc_node *node)
{
	struct device *dev = node->handle;
	dev_t number = dev->devt;

	device_destroy(&heap_class, number);
	xa_erase(&nodes, MINOR(number));
}

/* A kernel with a switch for it registers heaps. */
bool zc_framework_charges(void)
{
	return false;
}

int zc_framework_init(void)
{
	int ret = alloc_chrdev_region(&devices, 0, MINORS, "dma_heap");

	if (ret)
		return ret;
	ret = class_register(&heap_class);
	if (ret)
		goto free_numbers;
	cdev_init(&cdev, &heap_fops);
	cdev.owner = THIS_MODULE;
	ret = cdev_add(&cdev, devices, MINORS);
	if (ret)
		goto unregister;
	return 0;

unregister:
	class_unregister(&heap_class);
free_numbers:
	unregister_chrdev_region(devices, MINORS);
	return ret;
}

void zc_framework_exit(void)
{
	cdev_del(&cdev);
	class_unregister(&heap_class);
	unregister_chrdev_region(devices, MINORS);
	xa_destroy(&nodes);
}
