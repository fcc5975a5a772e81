/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * importer.h - /dev/zc-importer, which the module zc_importer makes: a device for tests,
 * that imports dma-bufs.
 *
 * Each open file is a device of its own. ZC_IMPORTER_IMPORT attaches it to a dma-buf and
 * maps that for it, once. From then on pread() tells what the device reads, and pwrite()
 * is what it writes. close() unmaps and detaches.
 */
#ifndef ZC_IMPORTER_H
#define ZC_IMPORTER_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum zc_importer_kind {
	/*
	 * Has memory apart, which only the calls of the DMA API bring over, as a device that
	 * is not coherent. Without them it sees ZC_IMPORTER_STALE.
	 */
	ZC_IMPORTER_APART,
	/* Follows its addresses: into the buffer, or where the kernel bounces it (swiotlb). */
	ZC_IMPORTER_BUS,
	/* QEMU's PCI device "edu", by its DMA, through an IOMMU if there is one; slow. */
	ZC_IMPORTER_EDU,
};

#define ZC_IMPORTER_STALE 0x5c

/* For @flags. */
#define ZC_IMPORTER_CONTIGUOUS 1 /* EFAULT, unless its addresses are in one piece */
#define ZC_IMPORTER_ZEROES 2 /* it reads zeroes, and writes nothing */

/**
 * struct zc_importer_import - a dma-buf, and what kind of device is to import it
 * @fd: The dma-buf.
 * @kind: enum zc_importer_kind. EOPNOTSUPP or ENODEV where there is none of it.
 * @direction: DMA_BUF_SYNC_READ if the device is to read, DMA_BUF_SYNC_WRITE to write.
 * @flags: ZC_IMPORTER_...
 * @address_limit: The last address that it reaches; EFAULT for memory beyond, if the
 *                 kernel does not bounce it. 0: all.
 * @max_segment: The longest segment that it takes, in bytes. 0: any.
 * @max_mapping: The longest that it can map at once, in bytes; not of edu. 0: any.
 * @stride: Of the picture, in bytes.
 * @stride_multiple: EINVAL where @stride is no multiple of it. 0: any.
 * @segments: Answers how many segments it got.
 * @longest: Answers the length of the longest, in bytes.
 * @highest: Answers the last address.
 * @movable: Answers how many pages lie in memory that is to stay movable; of
 *           ZC_IMPORTER_APART only.
 */
struct zc_importer_import {
	__s32 fd;
	__u32 kind;
	__u32 direction;
	__u32 flags;
	__u64 address_limit;
	__u32 max_segment;
	__u32 max_mapping;
	__u32 stride;
	__u32 stride_multiple;
	__u64 segments;
	__u64 longest;
	__u64 highest;
	__u64 movable;
};

#define ZC_IMPORTER_IMPORT _IOWR('z', 0, struct zc_importer_import)

#endif
