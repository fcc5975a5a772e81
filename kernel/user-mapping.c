// SPDX-License-Identifier: GPL-2.0-only
/*
 * user-mapping - a buffer in the address space of a process.
 *
 * All is mapped at once, so that nothing is left for the first touch; but for what an entry of
 * the table of large pages (PMD) can map: a block that is aligned as the addresses are. The
 * kernel makes such entries only when somebody touches one, and takes them all away where a
 * part is unmapped, so that the rest is touched anew. Only where it marks them as special
 * (6.12 and later) are they safe: before, get_user_pages_fast() took the pages for its own.
 */
#include <linux/mm.h>

#include "zc-heaps.h"

#if defined(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP) && ZC_HAVE_INSERT_PFN_PMD
#define LARGE_PAGES 1
#if ZC_INSERT_PFN_PMD_TAKES_PFN_T
#include <linux/pfn_t.h>
#endif
#else
#define LARGE_PAGES 0
#endif

#ifdef CONFIG_X86
/* Where the next page of a range is mapped from, and to, for map_page(). */
struct cursor {
	struct mm_struct *mm;
	unsigned long pfn;
	pgprot_t prot;
};

static int map_page(pte_t *pte, unsigned long addr, void *data)
{
	struct cursor *cursor = data;

	set_pte_at(cursor->mm, addr, pte,
		   pte_mkspecial(pfn_pte(cursor->pfn++, cursor->prot)));
	return 0;
}

/*
 * In place of remap_pfn_range(). That looks up the caching of each page in the list of
 * all memory, unless it maps the whole vma at once; and then it warns when page tables
 * run out. @prot is that of the kernel's own mapping of these pages, so nothing needs
 * looking up.
 */
static int map_small(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		     unsigned long len)
{
	struct cursor cursor = { .mm = vma->vm_mm, .pfn = pfn, .prot = vma->vm_page_prot };

	return len ? apply_to_page_range(vma->vm_mm, addr, len, map_page, &cursor) : 0;
}
#else
static int map_small(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		     unsigned long len)
{
	return len ? remap_pfn_range(vma, addr, pfn, len, vma->vm_page_prot) : 0;
}
#endif

#if LARGE_PAGES

/* The page that belongs to an address, and how many follow in one piece with it. */
static unsigned long pfn_at(const struct vm_area_struct *vma, unsigned long addr,
			    unsigned long *n)
{
	const struct zc_buffer *buffer = vma->vm_private_data;
	unsigned long offset = vma->vm_pgoff + PHYS_PFN(addr - vma->vm_start);
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&buffer->table, sg, i) {
		unsigned long pages = sg->length >> PAGE_SHIFT;

		if (offset < pages) {
			*n = pages - offset;
			return page_to_pfn(sg_page(sg)) + offset;
		}
		offset -= pages;
	}
	*n = 0;
	return 0;
}

static vm_fault_t large_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = ALIGN_DOWN(vmf->address, PMD_SIZE), pfn, n;
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	if (order != HPAGE_PMD_ORDER || addr < vma->vm_start || addr + PMD_SIZE > vma->vm_end)
		return VM_FAULT_FALLBACK;
	pfn = pfn_at(vma, addr, &n);
	if (n < HPAGE_PMD_NR || !IS_ALIGNED(pfn, HPAGE_PMD_NR))
		return VM_FAULT_FALLBACK;
#if ZC_INSERT_PFN_PMD_TAKES_PFN_T
	return vmf_insert_pfn_pmd(vmf, pfn_to_pfn_t(pfn), write);
#else
	return vmf_insert_pfn_pmd(vmf, pfn, write);
#endif
}

/* What one large entry was to map, or did before a part of it was unmapped. */
static vm_fault_t small_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = max(ALIGN_DOWN(vmf->address, PMD_SIZE), vma->vm_start);
	unsigned long end = min(ALIGN_DOWN(vmf->address, PMD_SIZE) + PMD_SIZE, vma->vm_end);
	vm_fault_t result = VM_FAULT_SIGBUS;

	while (addr < end) {
		unsigned long n, pfn = pfn_at(vma, addr, &n);

		if (!n)
			break;
		for (; n-- && addr < end; addr += PAGE_SIZE) {
			result = vmf_insert_pfn_prot(vma, addr, pfn++, vma->vm_page_prot);
			if (result != VM_FAULT_NOPAGE)
				return result;
		}
	}
	return result;
}

static const struct vm_operations_struct large_ops = {
	.fault = small_fault,
	.huge_fault = large_fault,
};

/* What of a block large entries can map, from @addr on: *@from, and as many bytes. */
static unsigned long large_part(const struct vm_area_struct *vma, unsigned long addr,
				unsigned long pfn, unsigned long len, unsigned long *from)
{
	unsigned long end = ALIGN_DOWN(addr + len, PMD_SIZE);

	*from = ALIGN(addr, PMD_SIZE);
	if (*from >= end ||
	    !IS_ALIGNED(PHYS_PFN(vma->vm_start) - vma->vm_pgoff, HPAGE_PMD_NR) ||
	    !IS_ALIGNED(pfn + PHYS_PFN(*from - addr), HPAGE_PMD_NR))
		return 0;
	return end - *from;
}

/* Before and after what is left for the first touch. */
static int map_block(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		     unsigned long len)
{
	unsigned long from, large = large_part(vma, addr, pfn, len, &from), behind;
	int ret;

	if (!large)
		return map_small(vma, addr, pfn, len);
	vma->vm_ops = &large_ops;
	ret = map_small(vma, addr, pfn, from - addr);
	if (ret)
		return ret;
	behind = from + large;
	return map_small(vma, behind, pfn + PHYS_PFN(behind - addr), addr + len - behind);
}

#else

static int map_block(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		     unsigned long len)
{
	return map_small(vma, addr, pfn, len);
}

#endif

static void set_vm_flags(struct vm_area_struct *vma, unsigned long flags)
{
#if ZC_HAVE_VM_FLAGS_SET
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

/* dma-buf's core has seen to it that the range lies within the buffer: all is mapped. */
int zc_map_to_user(struct zc_buffer *buffer, struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start, skip = vma->vm_pgoff << PAGE_SHIFT;
	struct scatterlist *sg;
	unsigned int i;

	/* A private copy would be no view of the buffer. */
	if (!(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return -EINVAL;
	if (buffer->heap->uncached)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	set_vm_flags(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = buffer;

	for_each_sgtable_sg(&buffer->table, sg, i) {
		unsigned long len;
		int ret;

		if (skip >= sg->length) {
			skip -= sg->length;
			continue;
		}
		len = min(sg->length - skip, vma->vm_end - addr);
		ret = map_block(vma, addr, page_to_pfn(sg_page(sg)) + (skip >> PAGE_SHIFT), len);
		if (ret)
			return ret;
		skip = 0;
		addr += len;
		if (addr == vma->vm_end)
			return 0;
	}
	return -EFAULT;
}
