# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# project: the project built by the board's toolchain in build/boards/NAME
# of the tree, and installed into a layer over the kernel's.

# Runs in the root, as the user who called.
project_script='
    cd /zerocopy
    folder=build/boards/$1
    if [ "$(cat "$folder.recipe" 2>/dev/null)" != "$2" ]; then
        rm -rf "$folder"
        meson setup --prefix=/usr --libdir="lib/$("${3:+$3-}gcc" -print-multiarch)" \
            ${3:+--cross-file "tests/board/$3.ini"} -Dwerror=true -Dkernel=enabled \
            -Dkernel_dir="$(echo /lib/modules/*/build)" "$folder"
        echo "$2" >"$folder.recipe"
    fi
    ninja -C "$folder"
    rm -rf "$folder.install"
    DESTDIR=/zerocopy/$folder.install meson install --no-rebuild -C "$folder"
'

build_project() {
    local folder=$tree/build/boards/$board
    mkdir -p "$tree/build/boards"
    exec {lock}>"$folder.lock"
    flock "$lock"
    if ! with_root "$here/in-root" "$board" "$store" "$tree" /zerocopy "$(id -u):$(id -g)" \
        env HOME=/tmp LC_ALL=C.UTF-8 sh -ec "$project_script" sh "$board" "$(recipe project)" "$triplet" \
        >"$folder.log" 2>&1; then
        cat "$folder.log" >&2
        say "the project does not build there"
        return 1
    fi
    mkdir -p "$folder.install"
    mkfs.erofs --all-root "$folder.erofs.new" "$folder.install" >/dev/null
    mv "$folder.erofs.new" "$folder.erofs"
    exec {lock}>&-
}
