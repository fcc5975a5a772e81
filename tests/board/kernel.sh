# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# kernel: the suite's kernel, its virtual devices' modules and vkms built for
# it, as a layer over the root image. Modules are kept uncompressed: unpacking
# them on an emulated processor takes seconds.

kernel_modules="vivid vgem virtio-gpu bochs configfs drm_kms_helper drm_shmem_helper"

kernel_version() {
    basename "$cache"/root/tree/lib/modules/*
}

# The files of modules and of what they need, in the order to load them.
module_files() {
    local version=$1 name
    shift
    for name; do
        chroot "$cache/root/tree" modprobe -S "$version" --show-depends "$name" || return
    done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# Copies a module of the root, uncompressed.
copy_module() {
    local from=$cache/root/tree$1 to=$2
    case $from in
    *.xz) xz -dc "$from" ;;
    *.zst) zstd -qdc "$from" ;;
    *) cat "$from" ;;
    esac >"$to"
}

make_kernel() {
    local version layer=$1/layer modules file
    version=$(kernel_version)
    modules=$layer/usr/lib/modules/$version
    mkdir -p "$modules/extra" "$layer/etc/modprobe.d"
    cp "$cache/root/tree/boot/vmlinuz-$version" "$1/vmlinuz"

    cp -r "$cache/root/tree/usr/src/vkms" "$1/vkms"
    "$here/vkms-clones" "$1/vkms"
    in_root "$cache/root/tree" "$1/vkms" /mnt 0:0 make -s -j"$(nproc)" \
        -C "/lib/modules/$version/build" M=/mnt CONFIG_DRM_VKMS=m modules >&2
    strip --strip-debug -o "$modules/extra/vkms.ko" "$1/vkms/vkms.ko"

    # shellcheck disable=SC2086
    module_files "$version" $kernel_modules | while read -r file; do
        copy_module "$file" "$modules/extra/$(basename "${file%.ko*}").ko"
    done
    cp "$cache/root/tree/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} \
        "$modules"
    ln -s usr/lib "$layer/lib"
    in_root "$cache/root/tree" "$layer" /mnt 0:0 depmod -b /mnt "$version"
    cp "$here/guest/modprobe.conf" "$layer/etc/modprobe.d/board.conf"
    mkfs.erofs "$1/layer.erofs" "$layer" >/dev/null
    rm -r "$layer" "$1/vkms"
}
