# SPDX-License-Identifier: LGPL-2.1-or-later
SUMMARY = "dma-buf heaps for kernels without them: the module zc_heaps"
LICENSE = "GPL-2.0-only"
LIC_FILES_CHKSUM = "file://LICENSES/GPL-2.0-only.txt;md5=b234ee4d69f5fce4486a80fdaf4a4263"

inherit externalsrc module

EXTERNALSRC = "${ZEROCOPY_TREE}"
EXTERNALSRC_SYMLINKS = ""

EXTRA_OEMAKE += "-C ${S}/kernel KDIR=${STAGING_KERNEL_BUILDDIR} OUT=${B}"

do_install:append() {
    install -D -m 0644 ${S}/kernel/70-zc-heaps.rules \
        ${D}${nonarch_base_libdir}/udev/rules.d/70-zc-heaps.rules
}
FILES:${PN} += "${nonarch_base_libdir}/udev/rules.d"
