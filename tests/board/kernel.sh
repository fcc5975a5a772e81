# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# kernel: the board's kernel, its virtual devices' modules and vkms built for
# it, as a layer over the root image. Modules are kept uncompressed: unpacking
# them on an emulated processor takes seconds.

kernel_modules="vivid vgem virtio-gpu bochs configfs drm_kms_helper drm_shmem_helper"

kernel_version() {
    basename "$linux"/lib/modules/*
}

# The files of modules and of what they need, in the order to load them.
module_files() {
    in_root "$linux" /mnt 0:0 modprobe -S "$1" --all --show-depends "${@:2}" |
        sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# Copies a module of the root, uncompressed.
copy_module() {
    local from=$linux$1 to=$2
    case $from in
    *.xz) xz -dc "$from" ;;
    *.zst) zstd -qdc "$from" ;;
    *) cat "$from" ;;
    esac >"$to"
}

make_kernel() {
    local version layer=$1/layer folder file
    version=$(kernel_version)
    folder=$layer/usr/lib/modules/$version
    mkdir -p "$folder/extra" "$layer/etc/modprobe.d"
    cp "$linux/boot/vmlinuz-$version" "$1/vmlinuz"

    cp -r "$root/usr/src/vkms" "$1/vkms"
    "$here/vkms-mend" "$1/vkms"
    in_root "$1/vkms" /mnt 0:0 make -s -j"$(nproc)" \
        -C "/lib/modules/$version/build" M=/mnt CONFIG_DRM_VKMS=m modules >&2
    strip --strip-debug -o "$folder/extra/vkms.ko" "$1/vkms/vkms.ko"

    # shellcheck disable=SC2086
    module_files "$version" $kernel_modules $modules | while read -r file; do
        copy_module "$file" "$folder/extra/$(basename "${file%.ko*}").ko"
    done
    cp "$linux/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} \
        "$folder"
    ln -s usr/lib "$layer/lib"
    in_root "$layer" /mnt 0:0 depmod -b /mnt "$version"
    cp "$here/guest/modprobe.conf" "$layer/etc/modprobe.d/board.conf"
    mkfs.erofs "$1/layer.erofs" "$layer" >/dev/null
    rm -r "$layer" "$1/vkms"
}
