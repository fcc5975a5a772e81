# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# foreign: what is made otherwise for a board of another architecture than this machine's,
# whose programs do not run here. Its root is that of the board $native, by links to the same
# files, with a compiler and libraries for the other architecture added. What the board runs
# lies beside it, in $system: packages that were unpacked and never configured.

foreign_dev="libc6-dev libdrm-dev libv4l-dev libegl-dev libgles-dev libpng-dev libjansson-dev
    libcmocka-dev libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev"
foreign_run="busybox-static kmod procps libjansson4 libpng16-16t64
    libegl1 libgles2 libegl-mesa0 libgl1-mesa-dri v4l-utils
    gstreamer1.0-tools gstreamer1.0-gl gstreamer1.0-plugins-base
    gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"

# What the board runs, and, of packages for it, what builds for it; a hook adds the compiler to
# the root beside it. No path is left out: for that, mmdebstrap starts a program in Python for
# each package.
unpack_system() {
    local options=() option packages site proxy
    for option in "${apt_options[@]}" 'Acquire::Languages "none";' \
        'APT::Sandbox::User "root";'; do
        options+=("--aptopt=$option")
    done
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    [ -z "${proxy:-}" ] || options+=("--aptopt=Acquire::http::Proxy \"$proxy\";")
    packages=$(echo "$foreign_run" "$foreign_dev" "?essential?architecture($arch)" | tr -s ' \n' ,)
    site=$(archive)

    mmdebstrap --mode=root --variant=extract --format=directory \
        --architectures="$arch,$(dpkg --print-architecture)" "${options[@]}" \
        --include="${packages%,}" --extract-hook="$here/foreign-packages"' "$1/../tree"'" \
            $arch $triplet $machine $kernels" \
        "$suite" "$1/system" \
        ${site:+"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"} \
        2>&1 | sed -u -n -e 's/^I: /  /p' -e '/^[EW]: /p' >&2
}

make_root() {
    local folder
    flock --shared "$native/lock" cp -al "$native/root/tree" "$1/tree"
    unpack_system "$1"
    for folder in include "lib/$triplet"; do
        mkdir -p "$1/tree/usr/$folder"
        cp -alf "$1/system/usr/$folder/." "$1/tree/usr/$folder"
    done
    cp -a "$1"/system/usr/lib/ld-linux-* "$1/tree/usr/lib"
    # The one program of the root that a board starts by.
    cp -alf "$1/system/usr/bin/busybox" "$1/tree/usr/bin"
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
