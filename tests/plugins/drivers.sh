# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# drivers: drivers that a board does not have loaded, and udev, by which libcamera finds
# cameras; and both gone again. To be sourced.
udevd=''

udev_begin() {
    /lib/systemd/systemd-udevd >udevd.log 2>&1 &
    udevd=$!
    udevadm trigger --subsystem-match=media --subsystem-match=video4linux
    udevadm settle -t 30
}

udev_end() {
    [ -z "$udevd" ] || kill "$udevd"
    udevd=''
}

# A module may still be in use for a moment.
drivers_unload() {
    local i
    for ((i = 0; i < 20; i++)); do
        modprobe -r "$@" 2>/dev/null && break
        sleep 0.5
    done
}
