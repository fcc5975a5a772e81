# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# root: a Debian root of the board's suite. The project and the modules are
# built in it at native speed, and the board's image is made from it.

root_build="gcc gcc-multilib libc6-dev make meson ninja-build pkgconf libdrm-dev
    libv4l-dev libegl-dev libgles-dev libpng-dev libjansson-dev libcmocka-dev
    libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
    libwayland-dev wayland-protocols libxkbcommon-dev
    linux-headers-$kernel linux-source
    dkms sparse perl"
root_run="linux-image-$kernel busybox-static kmod procps
    libegl1 libgles2 libegl-mesa0 libgl1-mesa-dri v4l-utils
    gstreamer1.0-tools gstreamer1.0-gl gstreamer1.0-plugins-base
    gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"

# The archive that this machine itself installs from has the other suites too.
# Nothing where it is no Debian: mmdebstrap then takes its own.
archive() {
    apt-get indextargets --format '$(SITE)' \
        'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

make_root() {
    local options=() site proxy option
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

    # INITRD=No: the board has an initramfs of its own.
    # shellcheck disable=SC2016,SC2086
    INITRD=No mmdebstrap --mode=root --variant=minbase --format=directory \
        "${options[@]}" --dpkgopt=force-unsafe-io \
        --include="$(echo $root_build $root_run $programs | tr ' ' ,)" \
        --customize-hook="$here/kernel-sources"' "$1"' \
        --customize-hook='mkdir "$1/zerocopy" "$1/share" "$1/run/board"' \
        --customize-hook='chroot "$1" env GST_REGISTRY=/var/lib/gst-registry \
            gst-inspect-1.0 >/dev/null 2>&1' \
        "$suite" "$1/tree" \
        ${site:+"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main"} \
        2>&1 | sed -u -n -e 's/^I: /  /p' -e '/^[EW]: /p' >&2
}
