#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# m2m.sh: tests of the GStreamer plugin with devices other than a camera that stands alone:
# a converter and a decoder from memory to memory, a camera behind a media controller, and
# cameras by libcamera. On a virtual board, which has their drivers (vim2m, vicodec, vimc).
# Each test tells "ok NAME", "FAIL NAME: why" or "skip NAME: why".
#
# Usage: m2m.sh [BUILD-FOLDER [TEST…]]
# TEST: converter, passthrough, encoder, decoder, controlled_camera, libcamera, libcamera_vimc
set -uo pipefail

. "$(dirname "$0")/lines.sh"
. "$tree/tests/plugins/drivers.sh"

modules="vim2m vimc vicodec"
# What the board did not have before goes again.
# shellcheck disable=SC2086
trap 'udev_end; drivers_unload $modules; rm -rf "$work"' EXIT

# The node of a driver whose entity in the media graph is so named.
node_of() {
    local node about
    for node in /dev/video*; do
        about=$(v4l2-ctl -d "$node" --info 2>&1)
        grep -q "Driver name *: $1$" <<<"$about" || continue
        grep -qE "^\s*Name *: $2" <<<"$about" || continue
        echo "$node"
        return
    done
}

camera=/dev/video0
# vivid's bars, as far as 16 bits a pixel tell them.
white=bfbfbf yellow=bfbf00 cyan=00bfbf green=00bf00
magenta=bf00bf red=bf0000 blue=0000bf black=000000
bars=$white,$yellow,$cyan,$green,$magenta,$red,$blue,$black
mirrored=$black,$blue,$red,$magenta,$green,$cyan,$yellow,$white
look="--apart 8 --colour"
# Coders lose a little.
near="--apart 16 --colour $bars"

size=width=640,height=480
rgb16=video/x-raw,format=RGB16,$size
nv12=video/x-raw,format=NV12,$size
source=(v4l2src "device=$camera" io-mode=dmabuf-import)
convert=(v4l2convert output-io-mode=dmabuf-import capture-io-mode=dmabuf-import)
gpu_and_display=(dmaheapgpu ! dmaheapsink mode=1024x768 sync=false)

# vkms of 6.1 has no plane for 16 bits a pixel, and Mesa 22 no GPU in software that imports.
old=''
[ "${ZC_BOARD:-}" != bookworm ] || old=yes

# Both queues of vim2m hold dma-bufs of the heap, and the display shows what it wrote: what
# it read, mirrored where it is told to.
test_converter() {
    local screen=(kmssink driver-name=vkms force-modesetting=true) shown="--display $look"
    if [ -n "$old" ]; then
        holds converter "--camera --reads --writes" "$line" "${source[@]}" ! "$rgb16" \
            ! dmaheap ! "${convert[@]}" disable-passthrough=true ! "$rgb16" ! dmaheap \
            ! fakesink
        return
    fi
    holds converter "--camera --reads --writes $shown $bars" "$line" "${source[@]}" \
        ! "$rgb16" ! dmaheap ! "${convert[@]}" disable-passthrough=true ! "$rgb16" \
        ! dmaheap ! "${screen[@]}"
    # What follows is no matter of a kernel: it is shown on one board.
    [ "${ZC_BOARD:-trixie}" = trixie ] || return
    holds converter-mirrors "--reads --writes $shown $mirrored" "$line" "${source[@]}" \
        ! "$rgb16" ! dmaheap ! "${convert[@]}" disable-passthrough=true \
        extra-controls=c,horizontal_flip=1 ! "$rgb16" ! dmaheap ! "${screen[@]}"
    holds converter-gpu "--frames 2 --drawn --display $look $bars" "$line" "${source[@]}" \
        ! "$rgb16" ! dmaheap ! "${convert[@]}" ! video/x-raw,format=YUY2,$size ! dmaheap \
        ! "${gpu_and_display[@]}"
}

# The element takes itself out of a line where it has nothing to convert.
test_passthrough() {
    holds converter-with-nothing-to-do "--camera --foreign" "$line" "${source[@]}" \
        ! "$rgb16" ! dmaheap ! "${convert[@]}" ! "$rgb16" ! dmaheap ! fakesink
}

# The camera's pictures, in BT.709 and video's range, as decoders take them to be.
encode() {
    v4l2-ctl -d "$camera" -c y_cbcr_encoding=2,quantization=2
    v4l2-ctl -d "$camera" --stream-mmap --stream-count=30 --stream-to=raw \
        -v $size,pixelformat=NV12
    v4l2-ctl -d "$camera" -c y_cbcr_encoding=0,quantization=0
    v4l2-ctl -d "$(node_of vicodec stateful-encoder-source)" \
        --set-fmt-video-out $size,pixelformat=NV12 --stream-from=raw --stream-out-mmap \
        --stream-mmap --stream-to=coded --stream-count=30
}

test_decoder() {
    local decode bytes
    name=decoder
    encode >out 2>err || fail "vicodec does not encode: $(tail -n 1 err)" || return
    # All pictures are the same, so their lengths are.
    bytes=$(grep -abo OOOO coded | sed -n '2s/:.*//p')
    decode=(filesrc location=coded "blocksize=$bytes"
        ! "video/x-fwht,$size,framerate=30/1,colorimetry=bt601,parsed=true,pixel-aspect-ratio=1/1"
        ! v4l2fwhtdec capture-io-mode=dmabuf-import)
    holds decoder --writes "$line" "${decode[@]}" ! dmaheap ! fakesink sync=false
    [ "${ZC_BOARD:-trixie}" != trixie ] ||
        holds decoder-gpu "--frames 2 --drawn --display $near" \
            "$line" "${decode[@]}" ! dmaheap ! "${gpu_and_display[@]}"
}

# GStreamer's encoder fails by itself in some versions.
test_encoder() {
    if gst-launch-1.0 videotestsrc num-buffers=3 ! "$nv12" ! v4l2fwhtenc ! fakesink \
        >out 2>&1; then
        holds encoder "--camera --reads" "$line" "${source[@]}" ! "$nv12" \
            ! dmaheap ! v4l2fwhtenc output-io-mode=dmabuf-import ! fakesink
    else
        echo "skip encoder: v4l2fwhtenc fails without any element of ours:" \
            "$(grep -m 1 ERROR out)"
    fi
}

# What is along the way to vimc's node for RGB agrees, and so does what leaves it on the way.
set_up_vimc() {
    local pad media
    for media in /dev/media*; do
        ! grep -q '^driver *vimc' <<<"$(media-ctl -d "$media" -p)" || break
    done
    for pad in '"Sensor A":0[fmt:SBGGR8_1X8/640x480]' '"Debayer A":0[fmt:SBGGR8_1X8/640x480]' \
        '"Scaler":0[fmt:RGB888_1X24/640x480]' '"Scaler":1[fmt:RGB888_1X24/640x480]'; do
        media-ctl -d "$media" -V "$pad" || return
    done
    v4l2-ctl -d "$(node_of vimc "Raw Capture 0")" -v $size,pixelformat=BA81
}

# A camera behind a media controller, and a converter: three devices, and no copy. It needs
# the set-up, and no program of ours takes it unasked.
test_controlled_camera() {
    local node program=$build/samples/camera-to-display
    node=$(node_of vimc "RGB/YUV Capture")
    name=controlled-camera-set-up
    set_up_vimc 2>err || fail "media-ctl: $(cat err)" || return
    holds controlled-camera "--frames 20 --camera --reads" "$line" v4l2src \
        "device=$node" io-mode=dmabuf-import ! video/x-raw,format=RGB,$size \
        ! dmaheap \
        ! "${convert[@]}" ! "$rgb16" ! dmaheap ! fakesink
    name=controlled-camera-by-name
    ! "$program" --camera "$node" --frames 1 --path gpu >out 2>&1 || fail "it works" || return
    grep -q "cannot use $node" out || fail "it says: $(tail -n 1 out)" || return
    pass
}

# ----------------------------------------------------------------- libcamera

# Its camera "virtual" shows a picture in NV12, in one dma-buf with a memory for each plane.
libcamera_bars() {
    local folder=/usr/share/libcamera/pipeline/virtual
    mkdir -p "$folder"
    cat >"$folder/virtual.yaml" <<END
"bars":
  supported_formats:
  - width: 320
    height: 240
    frame_rates: [5, 30]
  frames:
    path: "$work/bars.jpg"
  model: "bars"
END
    gst-launch-1.0 -q filesrc location=raw blocksize=460800 num-buffers=1 \
        ! rawvideoparse format=nv12 width=640 height=480 ! jpegenc quality=100 \
        ! filesink location=bars.jpg
}

test_libcamera() {
    local from
    from=(libcamerasrc ! "video/x-raw,format=NV12,width=320,height=240,framerate=30/1"
        ! dmaheap)
    export LIBCAMERA_PIPELINES_MATCH_LIST=virtual LIBCAMERA_LOG_LEVELS='*:ERROR'
    name=libcamera
    [ -e raw ] || encode >out 2>&1
    libcamera_bars >out 2>&1 && [ -s bars.jpg ] ||
        fail "no picture: $(tail -n 1 out)" || return
    holds libcamera "--frames 2 --foreign --drawn --display $near" "$line" "${from[@]}" \
        ! "${gpu_and_display[@]}"
    # vkms of 7.2 has a plane for NV12.
    [ "${ZC_BOARD:-}" != forky ] ||
        holds libcamera-direct "--frames 4 --foreign --display" "$line" "${from[@]}" \
            ! dmaheapsink sync=false
}

# libcamera finds a real driver's camera by udev. It draws pictures of full size.
test_libcamera_vimc() {
    udev_begin
    export LIBCAMERA_PIPELINES_MATCH_LIST=vimc LIBCAMERA_LOG_LEVELS='*:ERROR'
    holds libcamera-vimc "--frames 3 --foreign --reads" "$line" libcamerasrc \
        ! video/x-raw,format=RGB,width=160,height=120 ! dmaheap ! "${convert[@]}" \
        ! video/x-raw,format=RGB16,width=160,height=120 ! dmaheap ! fakesink
}

# shellcheck disable=SC2086
if ! modprobe -a $modules; then
    name=modules
    fail "the drivers $modules cannot be loaded"
    exit 1
fi
v4l2-ctl -d "$camera" -c test_pattern=0,osd_text_mode=2
tests=(converter passthrough encoder controlled_camera)
# Debian 12 has no libcamera of use, and its GStreamer, 1.22, maps some of the frames that its
# decoder has written. libcamera 0.4 has three memories for the two planes of NV12.
case ${ZC_BOARD:-} in
trixie) tests+=(decoder libcamera_vimc) ;;
forky) tests+=(decoder libcamera) ;;
esac
[ $# = 0 ] || tests=("$@")
for test in "${tests[@]}"; do
    "test_$test"
done
exit $failed
