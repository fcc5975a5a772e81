# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# linux: where the board's kernel is no package, but a configuration of this
# folder: that kernel, built in the root from the suite's source. What is kept is
# what the packages would have: its image, its modules, and what builds others.

# Runs in the root, with the step's folder at /mnt.
linux_script='
    cd /mnt/source
    make -s KCONFIG_ALLCONFIG=/mnt/config allnoconfig
    if grep "^\(# \)\?CONFIG_" /mnt/config | grep -vxFf .config; then
        echo "these do not hold in the kernel that would be built"
        exit 1
    fi
    make -s -j"$(nproc)" bzImage modules
    make -s modules_install INSTALL_MOD_PATH=/mnt INSTALL_MOD_STRIP=1
    version=$(make -s kernelrelease)
    cp "$(make -s image_name)" "/mnt/boot/vmlinuz-$version"
    build=/mnt/lib/modules/$version/build
    rm "$build"
    make -s run-command KBUILD_RUN_COMMAND="scripts/package/install-extmod-build $build"
    cp .config "$build"
'

make_linux() {
    mkdir "$1/source" "$1/boot"
    xz -dc -T0 "$root"/usr/src/linux-source-*.tar.xz |
        tar -x --strip-components=1 -C "$1/source"
    cp "$here/$config" "$1/config"
    in_root "$1" /mnt 0:0 sh -ec "$linux_script" >&2
    rm -r "$1/source"
}
