#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# camera.sh: tests of what cameras do to frames: pixels that begin behind a buffer's begin,
# pictures that the driver calls bad, JPEG, the same dma-bufs in new memory. On a virtual
# board, or as root on a machine with vivid cameras and vkms.
# Each test tells "ok NAME", "FAIL NAME: why" or "skip NAME: why".
#
# Usage: camera.sh [BUILD-FOLDER [TEST…]]
# TEST: a function of this file without its "test_"; without any, all.
set -uo pipefail

. "$(dirname "$0")/stage.sh"

# Single-planar; multi-planar, with 128 bytes before the pixels of YUYV.
camera=/dev/video0 multi_camera=/dev/video2
width=640 height=360
yuy2="video/x-raw,format=YUY2,width=$width,height=$height"
bgrx="video/x-raw,format=BGRx,width=$width,height=$height"
# Mesa 22 has no GPU in software that imports dma-bufs.
[ "${ZC_BOARD:-}" = bookworm ] || has_gpu=yes

# The pixel at X Y of the first frame in "frames", as BGR.
pixel() {
    od -A n -t x1 -j $((($2 * width + $1) * 4)) -N 3 frames | tr -d ' '
}

# The first of eight bars is white, the last black, and no row begins elsewhere.
has_bars() {
    local at
    for at in '0 0' '40 0' '63 1' '0 359'; do
        # shellcheck disable=SC2086 # two numbers
        [[ $(pixel $at) =~ ^(b.){3}$ ]] || fail "pixel $at is $(pixel $at)" || return
    done
    for at in '639 0' '600 1' '639 359'; do
        # shellcheck disable=SC2086
        [ "$(pixel $at)" = 000000 ] || fail "pixel $at is $(pixel $at)" || return
    done
}

# test_place IO-MODE BY ELEMENT…: what the CPU or the GPU sees of the camera's frames
test_place() {
    name="camera-place-$1-$2"
    local mode=$1
    shift 2
    launch v4l2src device=$multi_camera io-mode="$mode" num-buffers=3 ! "$yuy2" ! "$@" ! \
        "$bgrx" ! filesink location=frames && has_bars && pass
}

test_places() {
    local mode
    v4l2-ctl -d $multi_camera -c test_pattern=0,osd_text_mode=2
    for mode in dmabuf-import dmabuf; do
        test_place $mode cpu dmaheap ! videoconvert
        [ -z "${has_gpu:-}" ] || test_place $mode gpu dmaheap ! dmaheapgpu
    done
    test_place mmap cpu dmaheap ! videoconvert
    [ -z "${has_gpu:-}" ] || test_place dmabuf-import gpu-alone dmaheapgpu
}

# So many frames of those that a camera sends while it calls some of them bad.
frames_with() {
    local pid
    launch v4l2src device=$camera io-mode=dmabuf-import num-buffers=60 ! "$yuy2" ! \
        dmaheap "$@" ! filesink location=frames &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        v4l2-ctl -d $camera -c inject_v4l2_buf_flag_error=1 2>>injected
        sleep 0.1
    done
    wait $pid || return
    echo $(($(stat -c %s frames) / (width * height * 2)))
}

# The boards' vivid has no such control: it is loaded anew, and again as it was.
test_corrupted() {
    local dropped shown
    name='camera-corrupted'
    modprobe -r vivid
    modprobe vivid no_error_inj=0 || { fail 'vivid cannot be loaded anew'; return; }
    dropped=$(frames_with) &&
        says 'frames come that their source calls corrupted: they are dropped' &&
        shown=$(frames_with show-corrupted=true) &&
        { [ "$shown" = 60 ] || fail "$shown of 60 frames are shown"; } &&
        { [ "$dropped" -gt 20 ] && [ "$dropped" -lt 60 ] ||
            fail "$dropped of 60 frames are left: $(tail -n 1 injected)"; } && pass
    modprobe -r vivid && modprobe vivid
}

test_mjpg() {
    name='camera-mjpg'
    [ -n "${has_gpu:-}" ] || { echo "skip $name: no GPU that imports dma-bufs"; return; }
    MJPG="videotestsrc num-buffers=20 ! video/x-raw,width=$width,height=$height ! jpegenc" \
        DMAHEAPSINK='mode=1024x768 force-modesetting=true' GST_LAUNCH='timeout 120 gst-launch-1.0' \
        "$tree/samples/gst/camera-mjpg" >out 2>&1 ||
        { fail "exit code $?: $(grep -m 1 ERROR out)"; return; }
    grep -qE 'jpegdec0 (reads and )?writes frames with the CPU' out ||
        fail "the decoder is not named: $(grep -m 1 WARNING out)" || return
    ! grep -qE 'copied|dmaheap(gpu|sink)0 (reads|writes)' out ||
        fail "$(grep -m 1 -E 'copied|with the CPU' out)" || return
    pass
}

# The receiver has the same dma-bufs in new memory with each buffer, and makes a framebuffer
# of each once. The camera's pool grows while its frames wait in the socket, up to V4L2's most;
# one that is away for long on a slow machine is forgotten, and made anew.
test_unixfd() {
    local sender frames bufs most=32 anew=4
    name='camera-unixfd'
    gst-inspect-1.0 unixfdsrc >out 2>&1 ||
        { echo "skip $name: GStreamer here has no unixfdsrc"; return; }
    gst-launch-1.0 v4l2src device=$camera io-mode=dmabuf-import ! \
        video/x-raw,format=BGRx,width=640,height=360 ! dmaheap ! \
        unixfdsink socket-path="$work/socket" sync=false >sender 2>&1 &
    sender=$!
    for _ in $(seq 100); do
        [ ! -S "$work/socket" ] || break
        sleep 0.2
    done
    GST_DEBUG=dmaheaplog:5 GST_DEBUG_FILE=$work/log launch \
        unixfdsrc socket-path="$work/socket" num-buffers=60 ! \
        dmaheapsink mode=640x480 force-modesetting=true newest-frame=false can-scale=false
    kill -INT $sender
    wait $sender
    frames=$(grep -c 'framebuffer [0-9]* is dma-buf' log)
    bufs=$(grep -o 'framebuffer [0-9]* is dma-buf [0-9]*' log | cut -d ' ' -f 5 | sort -u | wc -l)
    [ "$frames" -gt 0 ] && [ "$frames" -le $((bufs + anew)) ] && [ "$bufs" -le $most ] ||
        fail "$frames framebuffers of $bufs dma-bufs: $(tail -n 1 out) $(tail -n 1 sender)" ||
        return
    pass
}

[ $# != 0 ] || set -- places mjpg unixfd corrupted
for test; do
    "test_$test"
done
exit $failed
