#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# sink.sh: tests of the element dmaheapsink on a display and a camera: on a virtual
# board, or as root on a machine with a display of vkms that is free and vivid cameras.
# Each test tells "ok NAME", "FAIL NAME: why" or "skip NAME: why".
#
# Usage: sink.sh [BUILD-FOLDER [TEST…]]
# TEST: names of sink-device's tests; without any, all of those here, too.
set -uo pipefail

. "$(dirname "$0")/stage.sh"

camera=/dev/video0
video='video/x-raw,format=BGRx,width=640,height=480'

# A line with arguments after "!" of its own must end with exactly one error of the
# sink, that has $1 in it.
refuses() {
    local text=$1 got=0
    shift
    timeout -k 5 120 gst-launch-1.0 "$@" >out 2>&1 || got=$?
    # 1, or -1 where the line does not even get ready.
    [ "$got" = 1 ] || [ "$got" = 255 ] || fail "exit code $got" || return
    [ "$(grep -c 'ERROR: from element .*GstDmaHeapSink' out)" = 1 ] ||
        fail "not one error of the sink: $(grep ERROR out | tr '\n' ' ')" || return
    grep 'ERROR: from element .*GstDmaHeapSink' out | grep -qF -- "$text" ||
        fail "no \"$text\" in: $(grep 'ERROR: from' out | tr '\n' ' ')" || return
    pass
}

test_errors() {
    name=sink-missing-device
    refuses "cannot open display /dev/dri/card99" videotestsrc ! dmaheapsink \
        device=/dev/dri/card99
    name=sink-missing-driver
    refuses "its driver is vkms, not nonsense" videotestsrc ! dmaheapsink \
        driver-name=nonsense
    name=sink-missing-connector
    refuses "Virtual-1, connected" videotestsrc ! dmaheapsink connector-id=99999
    name=sink-missing-plane
    refuses "(primary)" videotestsrc ! dmaheapsink plane-id=99999
    name=sink-missing-mode
    refuses "1024x768" videotestsrc ! dmaheapsink mode=641x481
    name=sink-missing-heap
    refuses "nonsense" videotestsrc ! dmaheapsink heap=nonsense
    name=sink-memory-that-is-no-dma-buf
    refuses "put dmaheap before this element" videotestsrc ! "$video" ! \
        identity drop-allocation=true ! dmaheapsink
}

# A line is refused by caps, with another element's error; the sink says $1.
refuses_caps() {
    local text=$1
    shift
    timeout -k 5 120 gst-launch-1.0 "$@" >out 2>&1 && { fail "it works"; return; }
    grep -qF -- "$text" out ||
        fail "it is not said why: $(grep -E 'ERROR|WARNING' out | tr '\n' ' ')" || return
    pass
}

test_caps() {
    name=sink-format-that-no-plane-has
    refuses_caps 'has no plane for what upstream offers; its planes have BGRx' videotestsrc ! \
        video/x-raw,format=UYVY ! dmaheapsink
    name=sink-size-that-no-plane-takes
    refuses_caps 'upstream offers: no plane scales it' videotestsrc ! \
        video/x-raw,format=BGRx,width=1920,height=1080 ! dmaheapsink mode=1024x768
}

# The line, which ends by itself, comes to the sink with width and height $1 and $2.
fits() {
    local width=$1 height=$2
    shift 2
    timeout -k 5 120 gst-launch-1.0 -v "$@" ! dmaheapsink mode=1024x768 sync=false >out 2>&1 ||
        fail "$(grep -E 'ERROR|WARNING' out | tr '\n' ' ')" || return
    grep 'GstDmaHeapSink:.*GstPad:sink: caps' out |
        grep -qF "width=(int)$width, height=(int)$height," ||
        fail "not $width x $height: $(grep 'Sink:.*GstPad:sink: caps' out | tail -n 1)" ||
        return
    pass
}

# Where no plane scales, a scaler before makes what is larger fit, and a camera, whose
# default would be its largest, takes a size that does.
test_fitting() {
    local large='videotestsrc num-buffers=3 ! video/x-raw,format=BGRx,width=1080,height=720'
    local small='videotestsrc num-buffers=3 ! video/x-raw,format=BGRx,width=320,height=240'
    # The plane of vkms in Linux 6.1 must fill the screen.
    if [ "${ZC_BOARD:-}" = bookworm ]; then
        # shellcheck disable=SC2086
        name=sink-scaler-before && fits 1024 768 $large ! videoscale
        # shellcheck disable=SC2086
        name=sink-smaller-fills && fits 1024 768 $small ! videoscale
        return
    fi
    # shellcheck disable=SC2086
    name=sink-scaler-before && fits 1024 683 $large ! videoscale
    # shellcheck disable=SC2086
    name=sink-smaller-stays && fits 320 240 ${small%,width*} ! videoscale
    name=sink-camera-of-many-sizes
    fits 640 480 v4l2src device=$camera io-mode=dmabuf-import num-buffers=3 ! \
        video/x-raw,format=BGRx
}

# Waits until the display is not as it was before; a busy machine needs its time.
is_lit() {
    local i
    for ((i = 0; i < 120; i++)); do
        [ "$(display_state)" = "$1" ] || return 0
        sleep 0.5
    done
    fail "the display was never lit"
}

# An interrupt leaves display and memory as they were.
test_signal() {
    local before bufs pid lit
    name="sink-SIG$1"
    before=$(display_state) bufs=$(dma_bufs)
    gst-launch-1.0 videotestsrc ! "$video" ! dmaheapsink >out 2>&1 &
    pid=$!
    is_lit "$before"
    lit=$?
    kill "-$1" $pid
    wait $pid
    [ $lit = 0 ] || return
    [ "$(display_state)" = "$before" ] || fail "display: $(display_state | tr '\n\t' ' ')" ||
        return
    [ "$(dma_bufs)" = "$bufs" ] || fail "dma-bufs: before $bufs, after $(dma_bufs)" || return
    pass
}

# Two sinks cannot have one display: the second says who has it.
test_in_use() {
    local before pid
    name=sink-display-in-use
    before=$(display_state)
    gst-launch-1.0 videotestsrc ! "$video" ! dmaheapsink >first 2>&1 &
    pid=$!
    is_lit "$before" &&
        refuses "fuser" videotestsrc ! dmaheapsink "device=$card"
    kill -INT $pid
    wait $pid
}

if [ -z "$card" ]; then
    echo "skip sink: no display with writeback"
    exit 0
fi
if [ ! -e /dev/dma_heap ] && [ ! -e /dev/udmabuf ]; then
    echo "skip sink: this kernel has neither dma-buf heaps nor udmabuf"
    exit 0
fi
if [ $# = 0 ]; then
    test_errors
    test_caps
    test_fitting
    test_in_use
    test_signal INT
fi
"$build/tests/plugins/sink-device" "$card" "$camera" "$@" || failed=1
exit $failed
