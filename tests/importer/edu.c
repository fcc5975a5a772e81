// SPDX-License-Identifier: GPL-2.0-only
/*
 * edu - QEMU's PCI device "edu", whose DMA copies between memory and 4 KiB of its own. It
 * is a device behind all that a machine has in front of its memory.
 *
 * Registers: docs/specs/edu.rst of QEMU.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "device.h"

#define EDU_VENDOR 0x1234
#define EDU_DEVICE 0x11e8

/* It has so many where QEMU is told so (dma_mask). */
#define EDU_MASK DMA_BIT_MASK(32)

#define EDU_SOURCE 0x80
#define EDU_TARGET 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_START BIT(0)
#define EDU_TO_MEMORY BIT(1)
/* Its own memory, as its DMA sees it. */
#define EDU_MEMORY 0x40000
#define EDU_MEMORY_BYTES 4096

/* A transfer takes 100 ms. */
#define PATIENCE_MS 5000

/* There is one, for one importer at a time. */
static DEFINE_MUTEX(edu_lock);
static struct pci_dev *edu;
static struct importer *edu_user;
static void __iomem *edu_registers;

static int edu_probe(struct pci_dev *pci, const struct pci_device_id *id)
{
	int ret = pcim_enable_device(pci);

	if (ret)
		return ret;
	if (edu)
		return -EBUSY;
	pci_set_master(pci);
	ret = dma_set_mask_and_coherent(&pci->dev, EDU_MASK);
	if (ret)
		return ret;
	edu_registers = pcim_iomap(pci, 0, 0);
	if (!edu_registers)
		return -ENOMEM;
	mutex_lock(&edu_lock);
	edu = pci;
	mutex_unlock(&edu_lock);
	return 0;
}

static void edu_remove(struct pci_dev *pci)
{
	mutex_lock(&edu_lock);
	edu = NULL;
	mutex_unlock(&edu_lock);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) },
	{}
};

static struct pci_driver edu_driver = {
	.name = "zc-importer-edu",
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
	/* An open file has the device: it goes with the module only. */
	.driver.suppress_bind_attrs = true,
};

static int create(struct importer *importer)
{
	int ret = 0;

	mutex_lock(&edu_lock);
	if (!edu)
		ret = -ENODEV;
	else if (edu_user)
		ret = -EBUSY;
	else
		edu_user = importer;
	if (!ret)
		importer->dev = &edu->dev;
	mutex_unlock(&edu_lock);
	return ret;
}

static void destroy(struct importer *importer)
{
	mutex_lock(&edu_lock);
	edu_user = NULL;
	mutex_unlock(&edu_lock);
}

static int transfer(dma_addr_t from, dma_addr_t to, size_t n, u32 command)
{
	int waited;

	writel(lower_32_bits(from), edu_registers + EDU_SOURCE);
	writel(lower_32_bits(to), edu_registers + EDU_TARGET);
	writel(n, edu_registers + EDU_COUNT);
	writel(command | EDU_START, edu_registers + EDU_COMMAND);
	for (waited = 0; waited < PATIENCE_MS; waited += 20) {
		if (!(readl(edu_registers + EDU_COMMAND) & EDU_START))
			return 0;
		msleep(20);
	}
	return -ETIMEDOUT;
}

static int copy(dma_addr_t from, dma_addr_t to, size_t n)
{
	int ret = 0;

	for (; n && !ret; n -= min_t(size_t, n, EDU_MEMORY_BYTES)) {
		size_t part = min_t(size_t, n, EDU_MEMORY_BYTES);

		ret = transfer(from, EDU_MEMORY, part, 0) ?:
		      transfer(EDU_MEMORY, to, part, EDU_TO_MEMORY);
		from += part;
		to += part;
	}
	return ret;
}

static int access(struct importer *importer, size_t offset, void *bytes, size_t n,
		  bool writes)
{
	dma_addr_t address = address_of(importer, offset), ours;
	void *memory;
	int ret;

	memory = dma_alloc_coherent(importer->dev, PAGE_SIZE, &ours, GFP_KERNEL);
	if (!memory)
		return -ENOMEM;
	if (writes) {
		memcpy(memory, bytes, n);
		ret = copy(ours, address, n);
	} else {
		ret = copy(address, ours, n);
		memcpy(bytes, memory, n);
	}
	dma_free_coherent(importer->dev, PAGE_SIZE, memory, ours);
	return ret;
}

const struct kind kind_edu = {
	.mask = EDU_MASK,
	.create = create,
	.destroy = destroy,
	.access = access,
};

int edu_init(void)
{
	return pci_register_driver(&edu_driver);
}

void edu_exit(void)
{
	pci_unregister_driver(&edu_driver);
}
