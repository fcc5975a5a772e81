/* SPDX-License-Identifier: GPL-2.0-only */
/* device.h - what the files of zc_importer.ko share: a device that imports one dma-buf. */
#ifndef ZC_DEVICE_H
#define ZC_DEVICE_H

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "importer.h"

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

struct importer;

/**
 * struct kind - how a kind of device comes, goes and reaches memory
 * @mask: The addresses that it reaches, if nothing else is asked for.
 * @create: Sets @importer->dev. Returns 0, or a negative errno value.
 * @destroy: Ends it.
 * @access: Reads or writes @n bytes at @offset of the buffer, all within a page, from or to
 *          @bytes. Returns 0, or a negative errno value.
 *
 * All are called with the importer's lock held, and may sleep.
 */
struct kind {
	u64 mask;
	int (*create)(struct importer *importer);
	void (*destroy)(struct importer *importer);
	int (*access)(struct importer *importer, size_t offset, void *bytes, size_t n,
		      bool writes);
};

/**
 * struct importer - an open file
 * @lock: Protects what follows.
 * @kind: Of its device; NULL as long as it has none.
 * @settings: As it was asked for.
 * @dev: Its device.
 * @attachment: Of the dma-buf; NULL as long as there is none.
 * @sgt: The mapping.
 * @apart: The memory of a device that has memory apart, while it is mapped.
 * @apart_len: Its length in bytes.
 * @apart_direction: As it was mapped.
 */
struct importer {
	struct mutex lock; /* of what follows */
	const struct kind *kind;
	struct zc_importer_import settings;
	struct device *dev;
	struct dma_buf_attachment *attachment;
	struct sg_table *sgt;
	u8 *apart;
	size_t apart_len;
	enum dma_data_direction apart_direction;
};

/* The device's address of the buffer's byte @offset; the mapping has it. */
dma_addr_t address_of(const struct importer *importer, size_t offset);

/* apart.c */
extern const struct kind kind_apart;

/* bus.c */
extern const struct kind kind_bus;
int bus_create(struct importer *importer);
void bus_destroy(struct importer *importer);

/* edu.c */
extern const struct kind kind_edu;
int edu_init(void);
void edu_exit(void);

#endif
