# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# kernel: the board's kernel and its virtual devices' modules, as a layer over the
# root image: those that it has, and those built for it from the kernel's source.
# Modules are kept uncompressed: unpacking them on an emulated processor takes seconds.

kernel_modules="vivid vgem configfs"

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

# build_modules SOURCE ARGUMENT… builds what is in a folder of sources, for $version, and
# puts it into $folder.
build_modules() {
    local source=$1 file
    shift
    in_root "$source" /mnt 0:0 make -s -j"$(nproc)" \
        -C "/lib/modules/$version/build" M=/mnt "$@" modules >&2
    find "$source" -name '*.ko' | while read -r file; do
        strip --strip-debug -o "$folder/extra/$(basename "$file")" "$file"
    done
}

# What the modules built for the kernel need of its own.
needs_of_built() {
    local name
    in_root "$folder/extra" /mnt 0:0 sh -c 'modinfo -F depends /mnt/*.ko' | tr , '\n' |
        sort -u | while read -r name; do
        [ -e "$folder/extra/$name.ko" ] || [ -e "$folder/extra/${name//_/-}.ko" ] ||
            echo "$name"
    done
}

# A camera behind a media controller, a converter and a codec from memory to memory: Debian's
# kernels have neither these nor what they stand on.
media_kbuild='
ccflags-y := -I$(src)
obj-m := v4l2-mem2mem.o vim2m.o vimc/ vicodec/
'

make_kernel() {
    local version layer=$1/layer folder file
    version=$(kernel_version)
    folder=$layer/usr/lib/modules/$version
    mkdir -p "$folder/extra" "$layer/etc/modprobe.d"
    cp "$linux/boot/vmlinuz-$version" "$1/vmlinuz"

    cp -r "$root/usr/src/vkms" "$1/vkms"
    "$here/vkms-mend" "$1/vkms"
    build_modules "$1/vkms" CONFIG_DRM_VKMS=m
    if [ -z "$config" ]; then
        cp -r "$root/usr/src/media" "$1/media"
        echo "$media_kbuild" >"$1/media/Kbuild"
        build_modules "$1/media" CONFIG_VIDEO_VIMC=m CONFIG_VIDEO_VICODEC=m
        rm -r "$1/media"
    fi

    # shellcheck disable=SC2086
    module_files "$version" $kernel_modules $modules $(needs_of_built) | while read -r file; do
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
