# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# foreign: what is made otherwise for a board of another architecture than this machine's,
# whose programs do not run here. Its root is of this machine's architecture and has compilers
# for the other one, with the libraries to build for. What the board runs lies beside it, in
# $system: packages that were unpacked and never configured.

foreign_build="gcc gcc-$triplet make meson ninja-build pkgconf perl kmod pahole qemu-user linux-source"
foreign_dev="libc6-dev libdrm-dev libv4l-dev libegl-dev libgles-dev libpng-dev libjansson-dev
    libcmocka-dev libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev busybox-static"
foreign_run="busybox-static kmod procps libjansson4 libpng16-16t64
    libegl1 libgles2 libegl-mesa0 libgl1-mesa-dri v4l-utils
    gstreamer1.0-tools gstreamer1.0-gl gstreamer1.0-plugins-base
    gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"

# debian TREE ARCHITECTURES PACKAGES OPTION…
debian() {
    local options=() site proxy option tree=$1 architectures=$2 packages=$3
    shift 3
    for option in "${apt_options[@]}" 'Acquire::Languages "none";' \
        'APT::Sandbox::User "root";'; do
        options+=("--aptopt=$option")
    done
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    [ -z "${proxy:-}" ] || options+=("--aptopt=Acquire::http::Proxy \"$proxy\";")
    for option in doc man info locale; do
        options+=("--dpkgopt=path-exclude=/usr/share/$option/*")
    done
    site=$(archive)

    # shellcheck disable=SC2086
    mmdebstrap --mode=root --format=directory --architectures="$architectures" \
        "${options[@]}" --dpkgopt=force-unsafe-io --include="$(echo $packages | tr ' ' ,)" "$@" \
        "$suite" "$tree" \
        ${site:+"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"} \
        2>&1 | sed -u -n -e 's/^I: /  /p' -e '/^[EW]: /p' >&2
}

make_root() {
    set -f
    # shellcheck disable=SC2086
    debian "$1/tree" "$(dpkg --print-architecture),$arch" \
        "$foreign_build $(printf "%s:$arch " $foreign_dev)" --variant=minbase \
        --dpkgopt='path-exclude=/usr/bin/qemu-*' --dpkgopt="path-include=/usr/bin/qemu-$machine" \
        --customize-hook="$here/kernel-sources"' "$1"' \
        --customize-hook="$here/kernel-packages"' "$1"'" $arch $kernels" \
        --customize-hook='mkdir -p "$1/zerocopy" "$1/lib/modules"'
    debian "$1/system" "$arch" "$foreign_run" --variant=extract --include='?essential'
    set +f
    mkdir "$1/system/zerocopy" "$1/system/share" "$1/system/run/board"
    # What the packages' own scripts would do, of which a board needs no more.
    cp "$1/tree/etc"/{passwd,group} "$1/system/etc"
    ln -s mawk "$1/system/usr/bin/awk"
    scan_plugins "$1/tree" "$1/system"
}

# GStreamer's registry, by a program of the board, emulated.
scan_plugins() {
    # shellcheck disable=SC2016
    unshare --mount sh -ec '
        mount --bind "$2" "$1/mnt"
        for folder in dev proc sys; do
            mount --rbind "/$folder" "$1/$folder"
        done
        exec chroot "$1" env GST_REGISTRY=/mnt/var/lib/gst-registry GST_REGISTRY_FORK=no \
            "qemu-$3" -L /mnt /mnt/usr/bin/gst-inspect-1.0 >/dev/null 2>&1
    ' sh "$1" "$2" "$machine"
}

# The kernel and its modules, as in_root and the board's layer want them.
make_linux() {
    local version
    dpkg-deb --fsys-tarfile "$root/usr/src/kernels/$kernel" |
        tar -x -C "$1" ./boot ./usr/lib/modules
    mv "$1/usr/lib" "$1"
    rmdir "$1/usr"
    version=$(basename "$1"/lib/modules/*)
    ln -s "/usr/src/linux-headers-$version" "$1/lib/modules/$version/build"
    in_root "$1" /mnt 0:0 depmod -b /mnt "$version"
}

# As this machine's may not know the other architecture.
strip() {
    in_root "$cache" /mnt 0:0 "$triplet-strip" "${@/#"$cache"//mnt}"
}
