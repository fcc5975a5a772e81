/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-rig - dmaheapgpu in a harness, and pictures to compare. */
#include "gpu-rig.h"
#include "memory/gstdmaheapframe.h"
#include "elements/gstdmaheapgpu.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

GstDmaHeapAllocator *rig_allocator;

static void set_properties(GstElement *element, const char *properties)
{
    char **words = g_strsplit(properties ? properties : "", " ", 0);

    for (char **word = words; *word; word++) {
        char **pair = g_strsplit(*word, "=", 2);

        if (pair[0] && pair[1])
            gst_util_set_object_arg(G_OBJECT(element), pair[0], pair[1]);
        g_strfreev(pair);
    }
    g_strfreev(words);
}

void rig_element(struct rig *rig, const char *properties)
{
    *rig = (struct rig){0};
    rig->element = gst_object_ref_sink(g_object_new(GST_TYPE_DMA_HEAP_GPU, NULL));
    rig->bus = gst_bus_new();
    gst_element_set_bus(rig->element, rig->bus);
    set_properties(rig->element, properties);
}

int rig_open(struct rig *rig, const char *properties, const char *out)
{
    GstState state;

    rig_element(rig, properties);
    rig->harness = gst_harness_new_with_element(rig->element, "sink", "src");
    gst_harness_add_propose_allocation_meta(rig->harness, GST_VIDEO_META_API_TYPE, NULL);
    gst_harness_set_sink_caps_str(rig->harness, out ? out : "ANY");
    gst_element_get_state(rig->element, &state, NULL, 0);
    if (state != GST_STATE_PLAYING)
        FAIL("the element does not start");
    return 0;
}

static void drop_pool(struct rig *rig)
{
    if (!rig->pool)
        return;
    gst_buffer_pool_set_active(rig->pool, FALSE);
    gst_clear_object(&rig->pool);
}

/* Adds what the element said to why a test fails. */
static void explain(struct rig *rig)
{
    GstMessage *message = gst_bus_pop_filtered(rig->bus, GST_MESSAGE_ERROR);
    size_t length = strlen(device_why);
    GError *error = NULL;

    if (!message)
        return;
    gst_message_parse_error(message, &error, NULL);
    if (length)
        snprintf(device_why + length, sizeof(device_why) - length, ": %s",
                 error->message);
    g_error_free(error);
    gst_message_unref(message);
}

void rig_close(struct rig *rig)
{
    explain(rig);
    drop_pool(rig);
    if (rig->harness)
        gst_harness_teardown(rig->harness);
    gst_element_set_bus(rig->element, NULL);
    gst_object_unref(rig->bus);
    gst_object_unref(rig->element);
}

int rig_caps(struct rig *rig, const char *in)
{
    struct gst_dma_heap_needs needs = {
        .min_buffers = 2,
        .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
        .separate = rig->separate,
    };
    char *text = in[0] == '(' ? g_strconcat("video/x-raw", in, NULL)
                              : g_strconcat("video/x-raw,", in, NULL);
    GstCaps *caps = gst_caps_from_string(text);
    GError *error = NULL;

    g_free(text);
    drop_pool(rig);
    if (gst_dma_heap_format_parse(caps, &rig->in, &error))
        rig->pool = gst_dma_heap_allocation_pool(rig_allocator, caps, &needs, &error);
    gst_harness_set_src_caps(rig->harness, caps);
    if (!rig->pool || !gst_buffer_pool_set_active(rig->pool, TRUE)) {
        snprintf(device_why, sizeof(device_why), "no pool of frames: %s",
                 error ? error->message : "");
        g_clear_error(&error);
        return 1;
    }
    return 0;
}

int rig_make(struct rig *rig, const char *properties, const char *in, const char *out)
{
    return rig_open(rig, properties, out) || rig_caps(rig, in);
}

GstBuffer *rig_frame(struct rig *rig, unsigned seed)
{
    GstBuffer *buffer = NULL;
    GstVideoFrame frame;

    g_assert(gst_buffer_pool_acquire_buffer(rig->pool, &buffer, NULL) == GST_FLOW_OK);
    g_assert(gst_video_frame_map(&frame, &rig->in, buffer, GST_MAP_WRITE));
    for (guint i = 0; i < GST_VIDEO_FRAME_N_PLANES(&frame); i++) {
        guint8 *data = GST_VIDEO_FRAME_PLANE_DATA(&frame, i);
        guint rows = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i);
        guint stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, i);

        for (size_t k = 0; k < (size_t)rows * stride; k++) {
            seed = seed * 1664525 + 1013904223;
            data[k] = seed >> 24;
        }
    }
    gst_video_frame_unmap(&frame);
    GST_BUFFER_PTS(buffer) = 0;
    return buffer;
}

GstBuffer *rig_draw(struct rig *rig, GstBuffer *in)
{
    GstFlowReturn result = gst_harness_push(rig->harness, in);
    GstBuffer *out = gst_harness_try_pull(rig->harness);

    if (out && result == GST_FLOW_OK)
        return out;
    snprintf(device_why, sizeof(device_why), "nothing is drawn: %s",
             gst_flow_get_name(result));
    gst_clear_buffer(&out);
    return NULL;
}

int rig_reference(struct rig *rig, GstBuffer *in, struct picture *out)
{
    GError *error = NULL;
    struct zc_frame *frame = gst_dma_heap_frame_get(in, &rig->in, rig, &error);

    if (!frame) {
        snprintf(device_why, sizeof(device_why), "no frame: %s", error->message);
        g_error_free(error);
        return 1;
    }
    if (reference_convert(frame, out))
        FAIL("the frame cannot be read");
    return 0;
}

/* One pixel of RGB as B, G, R. */
static void read_pixel(const GstVideoFrame *frame, guint x, guint y, uint8_t *bgr)
{
    const guint8 *row = (guint8 *)GST_VIDEO_FRAME_PLANE_DATA(frame, 0) +
                        (size_t)y * GST_VIDEO_FRAME_PLANE_STRIDE(frame, 0);

    if (GST_VIDEO_FRAME_FORMAT(frame) == GST_VIDEO_FORMAT_RGB16) {
        guint word = row[2 * x] | row[2 * x + 1] << 8;

        bgr[0] = (word & 31) * 255 / 31;
        bgr[1] = (word >> 5 & 63) * 255 / 63;
        bgr[2] = (word >> 11) * 255 / 31;
        return;
    }
    for (int i = 0; i < 3; i++)
        bgr[i] = row[4 * x + GST_VIDEO_FORMAT_INFO_POFFSET(frame->info.finfo, 2 - i)];
}

int rig_compare(struct rig *rig, GstBuffer *out, const struct picture *want,
                int tolerance)
{
    GstCaps *caps = gst_pad_get_current_caps(rig->harness->sinkpad);
    GstVideoFrame frame;
    GstVideoInfo info;
    uint8_t *pixels;
    int result;

    result = !gst_dma_heap_format_parse(caps, &info, NULL);
    gst_caps_unref(caps);
    if (result || (guint)GST_VIDEO_INFO_WIDTH(&info) != want->width ||
        (guint)GST_VIDEO_INFO_HEIGHT(&info) != want->height)
        FAIL("the size is %dx%d, not %ux%u", GST_VIDEO_INFO_WIDTH(&info),
             GST_VIDEO_INFO_HEIGHT(&info), want->width, want->height);
    if (!gst_video_frame_map(&frame, &info, out, GST_MAP_READ))
        FAIL("what is drawn cannot be read");
    pixels = calloc((size_t)want->width * want->height, 4);
    for (guint y = 0; y < want->height; y++)
        for (guint x = 0; x < want->width; x++)
            read_pixel(&frame, x, y, pixels + 4 * ((size_t)y * want->width + x));
    gst_video_frame_unmap(&frame);
    result = device_compare(pixels, want->pixels, want->width, want->height, tolerance);
    free(pixels);
    return result;
}

int rig_check(struct rig *rig, int rotate, int flip, uint32_t width, uint32_t height)
{
    static unsigned seed;
    struct picture upright = {0}, turned = {0}, scaled = {0};
    GstBuffer *in = rig_frame(rig, ++seed), *out;
    int result = rig_reference(rig, in, &upright);

    out = result ? NULL : rig_draw(rig, gst_buffer_ref(in));
    if (out) {
        reference_turn(&upright, rotate, flip & 1, flip & 2, &turned);
        if (width)
            reference_scale(&turned, width, height, &scaled);
        /* The blend of bytes that were rounded each is off by one more. */
        result = rig_compare(rig, out, width ? &scaled : &turned, width ? 3 : 2);
    }
    reference_free(&upright);
    reference_free(&turned);
    reference_free(&scaled);
    gst_buffer_unref(in);
    gst_clear_buffer(&out);
    return result;
}

static GError *parse(GstMessage *message)
{
    GError *error = NULL;

    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, NULL);
    else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING)
        gst_message_parse_warning(message, &error, NULL);
    return error;
}

bool rig_said(struct rig *rig, GstMessageType type, const char *text)
{
    bool found = false;
    GstMessage *message;

    snprintf(device_why, sizeof(device_why), "nobody said \"%s\"", text);
    while ((message = gst_bus_pop(rig->bus))) {
        GError *error = parse(message);

        if (error) {
            found |= GST_MESSAGE_TYPE(message) == type && strstr(error->message, text);
            if (!found)
                snprintf(device_why, sizeof(device_why), "not \"%s\" but: %s", text,
                         error->message);
            g_error_free(error);
        }
        gst_message_unref(message);
    }
    return found;
}

int rig_open_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;

    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}
