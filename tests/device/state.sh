# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# state: the display that tests may light, and what must be after a test as it was
# before: the display's state, and dma-bufs in the system. To be sourced, as root.

# The card of vkms, which has writeback; empty: there is none.
card=''
for node in /dev/dri/card*; do
    [ ! -e "/sys/class/drm/${node##*/}-Writeback-1" ] || card=$node
done

display_state() {
    grep -E '^(plane|crtc|connector)|crtc=|fb=|enable=|active=|mode:' \
        "/sys/kernel/debug/dri/${card#/dev/dri/card}/state" | grep -v self_refresh
}

# How many there are, and their bytes.
dma_bufs() {
    tail -n 1 /sys/kernel/debug/dma_buf/bufinfo
}
