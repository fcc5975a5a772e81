#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# gpu.sh: the tests of the element dmaheapgpu that need devices; on a virtual
# board, or as root on any machine with a vivid camera and the plugin installed.
# Each test tells "ok NAME", "FAIL NAME: why" or "skip NAME: why".
#
# Usage: gpu.sh [BUILD-FOLDER]
set -uo pipefail

. "$(dirname "$0")/stage.sh"
camera=/dev/video0

# Runs a pipeline, which must end by an error, but not by a crash or by hanging.
launch_badly() {
    local got=0
    timeout -k 5 180 gst-launch-1.0 "$@" >out 2>&1 || got=$?
    case $got in
    1 | 255) grep -q '^ERROR' out || fail "exit code $got without an error" ;;
    *) fail "exit code $got: $(tail -n 3 out | tr '\n' ' ')" ;;
    esac
}

says_not() {
    ! grep -qF -- "$1" out || fail "it said: $(grep -m 1 -F -- "$1" out)"
}

# A pipeline, after which no object of GStreamer's is alive.
launch_without_leaks() {
    rm -f trace
    GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_FILE=$work/trace launch "$@" &&
        nothing_leaked
}

# What the tracer "leaks" wrote to trace: first the form of its records, then them.
nothing_leaked() {
    grep -o 'object-alive, type-name=.*' trace | grep -vF '(string)%s' >leaks
    if ! grep -q object-alive trace; then
        fail "the tracer told nothing"
    elif [ -s leaks ]; then
        fail "$(grep -c . leaks) objects leak: $(head -n 3 leaks | tr '\n' ' ')"
    fi
}

test_inspect() {
    name=gpu-inspect
    timeout 60 gst-inspect-1.0 dmaheapgpu >out 2>&1 || { fail "$(tail -n 1 out)"; return; }
    says rotation && says "Pad Templates" && pass
}

# Mesa 22 has no GPU in software that imports dma-bufs.
test_no_gpu() {
    name=gpu-none
    launch_badly videotestsrc num-buffers=1 ! dmaheapgpu rotation=90 ! fakesink &&
        says "EGL_EXT_image_dma_buf_import" && says "libegl-mesa0" && pass
}

test_frames() {
    GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_FILE=$work/trace \
        "$build/tests/plugins/plugins-gpu-frames" || failed=1
    name=gpu-frames-leak
    nothing_leaked && pass
}

# From a camera, in dma-bufs that no CPU maps, turned.
test_camera() {
    name=gpu-camera
    launch_without_leaks -v v4l2src device=$camera io-mode=dmabuf-import num-buffers=20 ! \
        video/x-raw,format=YUY2,width=640,height=480 ! dmaheap cpu-access=deny ! \
        dmaheapgpu name=gpu rotation=90 ! fakesink &&
        says "gpu.GstPad:src: caps" && says "width=(int)480, height=(int)640" &&
        says_not WARNING && pass
    name=gpu-camera-queues
    launch_without_leaks v4l2src device=$camera io-mode=dmabuf-import num-buffers=20 ! \
        video/x-raw,format=NV12,width=320,height=180 ! dmaheap cpu-access=deny ! queue ! \
        dmaheapgpu flip=horizontal ! video/x-raw,width=160 ! queue ! fakesink &&
        says_not WARNING && pass
    name=gpu-camera-itself
    launch_without_leaks v4l2src device=$camera io-mode=dmabuf-import num-buffers=5 ! \
        video/x-raw,format=YUY2,width=320,height=180 ! dmaheapgpu rotation=180 ! \
        fakesink && says_not WARNING && pass
}

# Turns of RGB are exact, so GStreamer's own on the CPU gives the same bytes.
# as_videoflip TURN DIRECTION [ELEMENT !]
as_videoflip() {
    local turn=$1 direction=$2
    local source="videotestsrc num-buffers=1 pattern=smpte ! \
        video/x-raw,format=BGRx,width=128,height=96 ! ${3:-}"
    name="gpu-as-videoflip-$turn${3:+ ${3%% !*}}"
    rm -f gpu.raw cpu.raw
    # shellcheck disable=SC2086
    launch $source dmaheapgpu ${turn//,/ } ! filesink location=gpu.raw &&
        launch $source videoflip video-direction="$direction" ! filesink location=cpu.raw &&
        if [ "$(stat -c %s gpu.raw)" != $((128 * 96 * 4)) ]; then
            fail "$(stat -c %s gpu.raw) bytes"
        elif ! cmp gpu.raw cpu.raw >out; then
            fail "$(cat out)"
        else
            pass
        fi
}

test_videoflip() {
    local direction
    as_videoflip rotation=90 90r
    as_videoflip rotation=180 180
    as_videoflip rotation=270 90l
    as_videoflip flip=horizontal horiz
    as_videoflip flip=vertical vert
    as_videoflip flip=both 180
    as_videoflip rotation=90,flip=horizontal ur-ll
    as_videoflip rotation=270,flip=horizontal ul-lr
    for direction in identity 90r 180 90l horiz vert ul-lr ur-ll; do
        as_videoflip video-direction=$direction $direction
    done
    as_videoflip video-direction=90r,rotation=90 180
    as_videoflip video-direction=ul-lr,flip=horizontal 90r
    # What the stream's tags say.
    for direction in rotate-90 flip-rotate-0 flip-rotate-90 rotate-270; do
        as_videoflip video-direction=auto auto "taginject tags=image-orientation=$direction ! dmaheap !"
    done
}

test_memory() {
    name=gpu-memory-refused
    launch_badly videotestsrc num-buffers=1 ! identity drop-allocation=true ! \
        dmaheapgpu rotation=90 ! fakesink && says "put dmaheap before" && pass
    name=gpu-memory-by-dmaheap
    launch videotestsrc num-buffers=3 ! identity drop-allocation=true ! dmaheap ! \
        dmaheapgpu rotation=90 ! fakesink && pass
}

test_shader() {
    printf 'vec4 zc_effect(vec2 at)\n{\n    return nonsense;\n}\n' >bad.frag
    name=gpu-shader-error
    launch_badly videotestsrc num-buffers=1 ! dmaheapgpu shader="$work/bad.frag" ! fakesink &&
        says "$work/bad.frag: 0:3(" && says nonsense && pass
}

# Of one colour, the CPU's NV12 is the same within 2 of 255, chroma's place plays no part.
test_nv12() {
    local pattern
    for pattern in red green blue white; do
        name=gpu-into-nv12-$pattern
        launch -v videotestsrc num-buffers=1 pattern=$pattern ! \
            video/x-raw,format=BGRx,width=320,height=242 ! dmaheapgpu ! \
            video/x-raw,format=NV12,width=160,height=120 ! filesink location=gpu.raw &&
            says "chroma-site=(string)jpeg, colorimetry=(string)bt601" &&
            launch videotestsrc num-buffers=1 pattern=$pattern ! \
                video/x-raw,format=BGRx,width=160,height=120 ! videoconvert ! \
                video/x-raw,format=NV12,colorimetry=bt601 ! filesink location=cpu.raw &&
            same_within_2 && pass
    done
    name=gpu-into-nv12-of-a-camera
    launch_without_leaks v4l2src device=$camera io-mode=dmabuf-import num-buffers=20 ! \
        video/x-raw,format=YUY2,width=640,height=480 ! dmaheap cpu-access=deny ! \
        dmaheapgpu rotation=90 ! video/x-raw,format=NV12 ! fakesink &&
        says_not WARNING && pass
}

# gpu.raw and cpu.raw, byte by byte, as cmp writes them, in octal.
same_within_2() {
    cmp -l gpu.raw cpu.raw >differences 2>&1 || ! grep -q EOF differences ||
        fail "$(cat differences)" || return
    while read -r at a b; do
        ((8#$a - 8#$b <= 2 && 8#$b - 8#$a <= 2)) ||
            fail "byte $at is $((8#$a)), not $((8#$b))" || return
    done <differences
}

# What is drawn is scanned out as it is, without a copy.
test_kmssink() {
    name=gpu-kmssink
    GST_DEBUG=GST_PERFORMANCE:6 launch v4l2src device=$camera io-mode=dmabuf-import \
        num-buffers=10 ! video/x-raw,format=YUY2,width=640,height=480 ! dmaheap ! \
        dmaheapgpu rotation=180 ! video/x-raw,format=BGRx ! \
        kmssink driver-name=vkms sync=false && says_not "frame copy" && pass
}

test_inspect
if [ "${ZC_BOARD:-}" = bookworm ]; then
    test_no_gpu
    exit $failed
fi
modprobe -q vgem
test_frames
test_camera
# The turns themselves, tests/device compares on each board.
[ "${ZC_BOARD:-trixie}" != trixie ] || test_videoflip
test_memory
test_nv12
test_shader
test_kmssink
# With it, Mesa takes a node that draws nothing for a GPU, and crashes.
modprobe -r -q vgem
exit $failed
