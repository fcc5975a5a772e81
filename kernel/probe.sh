#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# probe.sh KERNEL-BUILD-FOLDER OUT: finds out what a kernel offers to modules, by
# compiling a snippet for each question and by the list of exported symbols, and
# leaves the answers in OUT/zc-features.h and OUT/zc-features.mk. Versions say
# little: distributions carry features back.
#
# Each answer is 1 or 0. A snippet that must compile on every kernel tells a no
# from a tool chain that does not work.
set -eu

usage() {
	echo "Usage: probe.sh KERNEL-BUILD-FOLDER OUT" >&2
	exit 2
}

[ $# = 2 ] || usage
kernel=$1 out=$2
if [ ! -f "$kernel/Makefile" ]; then
	echo "probe.sh: no kernel build folder at $kernel: install the headers of this kernel (linux-headers-…), or name another with KDIR=" >&2
	exit 1
fi
mkdir -p "$out"
# Beside the answers, so that they appear there at once, or not at all.
work=$(mktemp -d "$out/probe.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

names=
# snippet NAME: stdin is C that compiles exactly where the feature is there.
snippet() {
	names="$names $1"
	cat >"$work/$1.c"
}

# exported NAME SYMBOL…: whether modules may use one of the symbols. Headers do not
# tell: they declare what is not exported too.
exported() {
	feature=$1
	shift
	for symbol; do
		if cut -f 2 "$kernel/Module.symvers" | grep -qx "$symbol"; then
			answer "$feature" 1
			return
		fi
	done
	answer "$feature" 0
}

answer() {
	echo "$1 := $2" >>"$work/features.mk"
	echo "#define $1 $2" >>"$work/features.h"
}

snippet ZC_TOOLCHAIN_WORKS <<-'END'
	#include <linux/module.h>
	MODULE_LICENSE("GPL");
END
# A string would compile on every kernel, and on this kind mean another namespace.
snippet ZC_IMPORT_NS_TAKES_IDENTIFIER <<-'END'
	#include <linux/module.h>
	MODULE_IMPORT_NS(DMA_BUF);
END
snippet ZC_DEVNODE_TAKES_CONST <<-'END'
	#include <linux/device.h>
	static char *devnode(const struct device *dev, umode_t *mode) { return NULL; }
	struct class probe = { .devnode = devnode };
END
snippet ZC_HAVE_FAUX_DEVICE <<-'END'
	#include <linux/device/faux.h>
	struct faux_device *probe(void);
	struct faux_device *probe(void) { return faux_device_create("probe", NULL, NULL); }
END
snippet ZC_HAVE_SHRINKER_ALLOC <<-'END'
	#include <linux/shrinker.h>
	struct shrinker *probe(void);
	struct shrinker *probe(void) { return shrinker_alloc(0, "probe"); }
END
snippet ZC_HAVE_ACCOUNT_RECLAIMED <<-'END'
	#include <linux/sched.h>
	#include <linux/swap.h>
	void probe(void);
	void probe(void) { mm_account_reclaimed_pages(1); }
END
snippet ZC_HAVE_DMA_BUF_FD_INSTALL <<-'END'
	#include <linux/dma-buf.h>
	void probe(struct dma_buf *dmabuf, int fd);
	void probe(struct dma_buf *dmabuf, int fd) { dma_buf_fd_install(dmabuf, fd); }
END
snippet ZC_HAVE_VM_FLAGS_SET <<-'END'
	#include <linux/mm.h>
	void probe(struct vm_area_struct *vma);
	void probe(struct vm_area_struct *vma) { vm_flags_set(vma, VM_IO); }
END
snippet ZC_INSERT_PFN_PMD_TAKES_PFN_T <<-'END'
	#include <linux/mm.h>
	#include <linux/pfn_t.h>
	vm_fault_t probe(struct vm_fault *vmf);
	vm_fault_t probe(struct vm_fault *vmf) { return vmf_insert_pfn_pmd(vmf, pfn_to_pfn_t(1), false); }
END
snippet ZC_HAVE_CLEAR_PAGES <<-'END'
	#include <linux/mm.h>
	void probe(void *memory);
	void probe(void *memory) { clear_pages(memory, 2); }
END
# Where there are such flags, alloc_contig_range() takes them in place of a migrate type.
snippet ZC_HAVE_ACR_FLAGS <<-'END'
	#include <linux/gfp.h>
	acr_flags_t probe(void);
	acr_flags_t probe(void) { return ACR_FLAGS_NONE; }
END

{
	echo "ccflags-y += -Werror"
	for name in $names; do echo "always-y += $name.o"; done
} >"$work/Kbuild"
"${MAKE:-make}" -k -C "$kernel" M="$work" MO="$work" >"$work/log" 2>&1 || true

if [ ! -f "$work/ZC_TOOLCHAIN_WORKS.o" ]; then
	echo "probe.sh: $kernel cannot build modules here:" >&2
	cat "$work/log" >&2
	exit 1
fi
for name in $names; do
	if [ -f "$work/$name.o" ]; then answer "$name" 1; else answer "$name" 0; fi
done

if [ ! -f "$kernel/Module.symvers" ]; then
	echo "probe.sh: no Module.symvers in $kernel: the kernel's build did not end, or its headers are not whole" >&2
	exit 1
fi
exported ZC_HAVE_DMA_HEAP_ADD dma_heap_add
exported ZC_HAVE_MEM_ACCOUNTING mem_accounting
exported ZC_HAVE_SET_MEMORY_WC set_memory_wc
exported ZC_HAVE_INSERT_PFN_PMD vmf_insert_pfn_pmd
exported ZC_HAVE_RESERVED_MEM of_reserved_mem_lookup
exported ZC_HAVE_ALLOC_CONTIG_RANGE alloc_contig_range alloc_contig_range_noprof

mv "$work/features.h" "$out/zc-features.h"
mv "$work/features.mk" "$out/zc-features.mk"
