# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# image: the root without what only builds, as the board's lowest layer.
# Uncompressed erofs is what an emulated processor reads fastest.

image_without='^boot/|^usr/(include|src|lib32|libx32)/|^usr/lib(exec)?/gcc/|^usr/lib/modules/
^usr/share/(perl|doc|man|info|locale|gir-1\.0|mime|icons|fonts)/|^(dev|proc|sys|tmp|run)/.
^var/(cache|lib/apt|lib/dpkg/info|log)/.|\.a$|/lib(asan|tsan|hwasan|lsan)\.so
/(cc1|lto1|lto-dump)$'

make_image() {
    local excludes=() regex
    for regex in $image_without; do
        excludes+=("--exclude-regex=$regex")
    done
    mkfs.erofs "${excludes[@]}" "$1/root.erofs" "$root" >/dev/null
}
