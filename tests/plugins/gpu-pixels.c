/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-pixels - is what comes out of dmaheapgpu what went in, converted and turned? */
#include "gpu-rig.h"

#include <stdio.h>

#define SIZE "width=160,height=120,framerate=30/1"

static int check_of(const char *properties, const char *in, const char *out, int rotate,
                    uint32_t width, uint32_t height)
{
    struct rig rig;
    int result = rig_make(&rig, properties, in, out);

    if (!result)
        result = rig_check(&rig, rotate, 0, width, height);
    rig_close(&rig);
    return result;
}

static void test_formats(void)
{
    char name[64], caps[160];

    for (const struct gst_dma_heap_format *f = gst_dma_heap_formats; f->zc; f++) {
        const char *format = gst_video_format_to_string(f->gst);

        snprintf(name, sizeof(name), "gpu-from-%s", format);
        snprintf(caps, sizeof(caps), "format=%s," SIZE, format);
        device_report(name, check_of(NULL, caps, "video/x-raw,format=BGRx", 0, 0, 0));
    }
    /* Chroma of odd sizes rounds up. */
    for (int i = 0; i < 3; i++) {
        static const char *const formats[] = {"NV12", "I420", "YUY2"};

        snprintf(name, sizeof(name), "gpu-odd-%s", formats[i]);
        snprintf(caps, sizeof(caps), "format=%s,width=161,height=93,framerate=30/1",
                 formats[i]);
        device_report(name, check_of(NULL, caps, "video/x-raw,format=BGRx", 0, 0, 0));
    }
}

static int check_separate(void)
{
    struct rig rig;
    int result = rig_open(&rig, NULL, NULL);
    GstBuffer *frame;

    rig.separate = true;
    if (!result)
        result = rig_caps(&rig, "format=NV12," SIZE);
    if (!result) {
        frame = rig_frame(&rig, 7);
        if (gst_buffer_n_memory(frame) != 2) {
            snprintf(device_why, sizeof(device_why), "the frame is not of two dma-bufs");
            result = 1;
        }
        gst_buffer_unref(frame);
    }
    if (!result)
        result = rig_check(&rig, 0, 0, 0, 0);
    rig_close(&rig);
    return result;
}

static void test_colours(void)
{
    static const char *const colorimetries[] = {"bt601", "bt709", "1:4:0:0", "1:3:5:1",
                                                "bt2020"};
    char name[64], caps[160];

    for (size_t i = 0; i < G_N_ELEMENTS(colorimetries); i++) {
        snprintf(name, sizeof(name), "gpu-colorimetry-%s", colorimetries[i]);
        snprintf(caps, sizeof(caps), "format=NV12,colorimetry=%s," SIZE,
                 colorimetries[i]);
        device_report(name, check_of(NULL, caps, NULL, 0, 0, 0));
    }
}

/* Alpha is kept where both have it, and 255 where only the target has. */
static int check_alpha(const char *from, const char *to, int want)
{
    GstVideoInfo info;
    GstVideoFrame frame;
    struct rig rig;
    char in[160], out[80];
    GstBuffer *buffer = NULL, *drawn = NULL;
    int result, alpha = -1;

    snprintf(in, sizeof(in), "format=%s," SIZE, from);
    snprintf(out, sizeof(out), "video/x-raw,format=%s", to);
    result = rig_make(&rig, "rotation=180", in, out);
    if (!result) {
        buffer = rig_frame(&rig, 3);
        gst_buffer_memset(buffer, 0, 77, -1);
        drawn = rig_draw(&rig, buffer);
        result = !drawn;
    }
    if (drawn) {
        gst_video_info_set_format(&info, gst_video_format_from_string(to), 160, 120);
        g_assert(gst_video_frame_map(&frame, &info, drawn, GST_MAP_READ));
        alpha = ((guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&frame, 0))[4 * 33 + 3];
        gst_video_frame_unmap(&frame);
    }
    if (drawn && alpha != want) {
        snprintf(device_why, sizeof(device_why), "alpha is %d, not %d", alpha, want);
        result = 1;
    }
    gst_clear_buffer(&drawn);
    rig_close(&rig);
    return result;
}

/* A picture in 5, 6 and 5 bits is off by a step of 5 at most: not all GPUs round. */
static int check_rgb16(void)
{
    struct picture want = {0};
    struct rig rig;
    GstBuffer *in, *out = NULL;
    int result = rig_make(&rig, NULL, "format=BGRx," SIZE, "video/x-raw,format=RGB16");

    if (!result) {
        in = rig_frame(&rig, 5);
        result = rig_reference(&rig, in, &want);
        out = rig_draw(&rig, in);
        result |= !out || rig_compare(&rig, out, &want, 9);
    }
    reference_free(&want);
    gst_clear_buffer(&out);
    rig_close(&rig);
    return result;
}

static void test_outputs(void)
{
    static const char *const formats[] = {"BGRx", "BGRA", "RGBx", "RGBA"};
    char name[64], out[80];

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        snprintf(name, sizeof(name), "gpu-into-%s", formats[i]);
        snprintf(out, sizeof(out), "video/x-raw,format=%s", formats[i]);
        device_report(name, check_of(NULL, "format=NV12," SIZE, out, 0, 0, 0));
    }
    device_report("gpu-into-RGB16", check_rgb16());
    device_report("gpu-alpha-kept", check_alpha("BGRA", "RGBA", 77));
    device_report("gpu-alpha-made", check_alpha("BGRx", "BGRA", 255));
}

/* All turns on one element, changed from one frame to the next. */
static void test_turns(void)
{
    static const char *const flips[] = {"none", "horizontal", "vertical", "both"};
    struct rig rig;
    char name[64], text[8];

    if (rig_make(&rig, NULL, "format=YUY2," SIZE, NULL)) {
        device_report("gpu-turns", 1);
        rig_close(&rig);
        return;
    }
    for (int i = 0; i < 16; i++) {
        int rotate = i / 4 * 90, flip = i % 4;

        snprintf(text, sizeof(text), "%d", rotate);
        gst_util_set_object_arg(G_OBJECT(rig.element), "rotation", text);
        gst_util_set_object_arg(G_OBJECT(rig.element), "flip", flips[flip]);
        snprintf(name, sizeof(name), "gpu-turn-%d-%s", rotate, flips[flip]);
        device_report(name, rig_check(&rig, rotate, flip, 0, 0));
    }
    rig_close(&rig);
}

static void test_scaling(void)
{
    static const char in[] = "format=NV12," SIZE;

    device_report("gpu-scale-up",
                  check_of(NULL, in, "video/x-raw,width=300,height=200", 0, 300, 200));
    device_report("gpu-scale-down",
                  check_of(NULL, in, "video/x-raw,width=80,height=50", 0, 80, 50));
    device_report("gpu-scale-by-one-length",
                  check_of(NULL, in, "video/x-raw,width=80", 0, 80, 60));
    device_report("gpu-scale-turned",
                  check_of("rotation=270", in, "video/x-raw,width=60", 270, 60, 80));
}

static void test_kinds(void)
{
    device_report("gpu-caps-dmabuf",
                  check_of(NULL, "(memory:DMABuf),format=NV12," SIZE,
                           "video/x-raw(memory:DMABuf),format=BGRx", 0, 0, 0));
    device_report("gpu-caps-plain", check_of(NULL, "format=NV12," SIZE,
                                             "video/x-raw,format=BGRx", 0, 0, 0));
#if GST_CHECK_VERSION(1, 24, 0)
    device_report("gpu-caps-drm",
                  check_of(NULL, "(memory:DMABuf),format=DMA_DRM,drm-format=NV12," SIZE,
                           "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24", 0,
                           0, 0));
#endif
}

void test_pixels(void)
{
    test_formats();
    device_report("gpu-from-two-dma-bufs", check_separate());
    test_colours();
    test_outputs();
    test_turns();
    test_scaling();
    test_kinds();
}
