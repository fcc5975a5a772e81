# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# initramfs: what puts the board's layers together, and its first process.

initramfs_modules="virtio_pci virtio_console virtio_blk virtio-rng
    erofs overlay 9pnet_virtio 9p"

make_initramfs() {
    local version place=$1/tree file n=100
    version=$(kernel_version)
    mkdir -p "$place"/{bin,dev,proc,sys,modules,root,layers/{root,kernel,project},upper}
    cp "$root/bin/busybox" "$place/bin"
    cp "$here"/guest/{init,first,devices,splats} "$place"
    {
        # What erofs asks of older kernels without saying so; built into newer.
        module_files "$version" crc32c_generic 2>/dev/null || true
        # shellcheck disable=SC2086
        module_files "$version" $initramfs_modules
    } | awk '!seen[$0]++' | while read -r file; do
        copy_module "$file" "$place/modules/$((n++)).ko"
    done
    (cd "$place" && find . | cpio --quiet -o -H newc) >"$1/initramfs.cpio"
    rm -r "$place"
}
