/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-refusals - what dmaheapgpu cannot do is said; shaders; what frames carry. */
#include "gpu-rig.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SIZE "width=160,height=120,framerate=30/1"

/* Writes @text as a shader to a file of its own. */
static char *write_shader(const char *text)
{
    char *path = g_strdup("/tmp/zc-shader-XXXXXX");
    int fd = mkstemp(path);

    g_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    return path;
}

static void remove_shader(char *path)
{
    unlink(path);
    g_free(path);
}

static const char negative[] = "vec4 zc_effect(vec2 at)\n"
                               "{\n"
                               "    return vec4(1.0 - zc_sample(at).rgb, 1.0);\n"
                               "}\n";
static const char wrong[] = "// one\n// two\n"
                            "vec4 zc_effect(vec2 at) { return nonsense; }\n";

static int check_negative(struct rig *rig, bool is_negative)
{
    struct picture want = {0};
    GstBuffer *in = rig_frame(rig, 9), *out;
    int result = rig_reference(rig, in, &want);

    for (size_t i = 0; !result && is_negative && i < 160 * 120 * 4; i++)
        want.pixels[i] = 255 - want.pixels[i];
    out = rig_draw(rig, in);
    result |= !out || rig_compare(rig, out, &want, 2);
    gst_clear_buffer(&out);
    reference_free(&want);
    return result;
}

/* A good one, then a bad one while it plays, then none. */
static int check_shader(void)
{
    char *good = write_shader(negative), *bad = write_shader(wrong);
    char *properties = g_strdup_printf("shader=%s", good);
    struct rig rig;
    int result = rig_make(&rig, properties, "format=YUY2," SIZE, NULL);

    if (!result)
        result = check_negative(&rig, true);
    if (!result) {
        g_object_set(rig.element, "shader", bad, NULL);
        result = check_negative(&rig, true) || !rig_said(&rig, GST_MESSAGE_WARNING, bad);
    }
    if (!result) {
        g_object_set(rig.element, "shader", bad, NULL);
        result = check_negative(&rig, true) ||
                 !rig_said(&rig, GST_MESSAGE_WARNING, "nonsense");
    }
    if (!result) {
        g_object_set(rig.element, "shader", NULL, NULL);
        result = check_negative(&rig, false);
    }
    if (!result) {
        g_object_set(rig.element, "shader", good, NULL);
        result = check_negative(&rig, true);
    }
    rig_close(&rig);
    g_free(properties);
    remove_shader(good);
    remove_shader(bad);
    return result;
}

/* Starting fails with @text, for @properties. */
static int check_start(const char *properties, const char *text)
{
    struct rig rig;
    GstStateChangeReturn started;
    int result = 1;

    rig_element(&rig, properties);
    started = gst_element_set_state(rig.element, GST_STATE_PAUSED);
    if (started != GST_STATE_CHANGE_FAILURE)
        snprintf(device_why, sizeof(device_why), "it starts");
    else
        result = !rig_said(&rig, GST_MESSAGE_ERROR, text);
    gst_element_set_state(rig.element, GST_STATE_NULL);
    rig_close(&rig);
    return result;
}

static int check_shader_line(void)
{
    char *bad = write_shader(wrong);
    char *properties = g_strdup_printf("shader=%s", bad);
    char *text = g_strdup_printf("%s: 0:3(", bad);
    int result = check_start(properties, text);

    g_free(text);
    g_free(properties);
    remove_shader(bad);
    return result;
}

static void test_starts(void)
{
    device_report("gpu-shader", check_shader());
    device_report("gpu-shader-line", check_shader_line());
    device_report("gpu-shader-missing",
                  check_start("shader=/nowhere.frag", "cannot open the shader /nowhere"));
    device_report("gpu-shader-no-file",
                  check_start("shader=/dev/zero", "no ordinary file"));
    device_report("gpu-heap-missing", check_start("heap=nonsense", "\"nonsense\""));
    device_report("gpu-device-missing", check_start("device=/dev/null", "/dev/null"));
}

/* A frame of bad input, or caps of it again, are no error of their own. */
static int check_told_once(struct rig *rig, GstBuffer *frame)
{
    if (!gst_harness_push(rig->harness, frame))
        snprintf(device_why, sizeof(device_why), "a frame passes after the error");
    else if (rig_said(rig, GST_MESSAGE_ERROR, ""))
        snprintf(device_why, sizeof(device_why), "it is told twice");
    else
        return 0;
    return 1;
}

/* Drawing fails with @text for what @spoil makes of a frame. */
static int check_draw(const char *text, GstBuffer *(*spoil)(struct rig *, GstBuffer *))
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstBuffer *out;

    if (!result) {
        out = rig_draw(&rig, spoil(&rig, rig_frame(&rig, 1)));
        result = out || !rig_said(&rig, GST_MESSAGE_ERROR, text);
        gst_clear_buffer(&out);
    }
    if (!result)
        result = check_told_once(&rig, spoil(&rig, rig_frame(&rig, 1)));
    rig_close(&rig);
    return result;
}

static GstBuffer *into_memory(struct rig *rig, GstBuffer *frame)
{
    gst_buffer_unref(frame);
    return gst_buffer_new_allocate(NULL, GST_VIDEO_INFO_SIZE(&rig->in), NULL);
}

static GstBuffer *crop(struct rig *rig, GstBuffer *frame)
{
    GstVideoCropMeta *meta = gst_buffer_add_video_crop_meta(frame);

    (void)rig;
    meta->x = 16;
    meta->width = meta->height = 64;
    return frame;
}

static GstBuffer *cut(struct rig *rig, GstBuffer *frame)
{
    (void)rig;
    gst_buffer_resize(frame, 0, 1000);
    return frame;
}

static GstBuffer *out_of_bounds(struct rig *rig, GstBuffer *frame)
{
    (void)rig;
    gst_buffer_get_video_meta(frame)->stride[0] = 1 << 20;
    return frame;
}

/* Caps, and those that the one downstream takes, are refused with @text. */
static int check_caps(const char *in, const char *out, const char *text)
{
    struct rig rig;
    int result = rig_open(&rig, "rotation=90", out);

    if (!result) {
        gst_harness_set_src_caps_str(rig.harness, in);
        result = !rig_said(&rig, GST_MESSAGE_ERROR, text);
    }
    if (!result)
        result = check_told_once(&rig, gst_buffer_new_allocate(NULL, 4096, NULL));
    rig_close(&rig);
    return result;
}

/* A picture that is longer than GPUs draw. */
static int check_length(void)
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE,
                          "video/x-raw,width=32000,height=16");
    GstBuffer *out;

    if (!result) {
        out = rig_draw(&rig, rig_frame(&rig, 1));
        result = out || !rig_said(&rig, GST_MESSAGE_ERROR, "32000x16");
        gst_clear_buffer(&out);
    }
    rig_close(&rig);
    return result;
}

static void test_bad_frames(void)
{
    device_report("gpu-refuses-memory", check_draw("put dmaheap before", into_memory));
    device_report("gpu-refuses-crop", check_draw("GstVideoCropMeta", crop));
    device_report("gpu-refuses-cut", check_draw("not within its memory", cut));
    device_report("gpu-refuses-stride", check_draw("within", out_of_bounds));
    device_report("gpu-refuses-interlaced",
                  check_caps("video/x-raw,format=YUY2,interlace-mode=interleaved," SIZE,
                             NULL, "deinterlace"));
    device_report("gpu-refuses-size",
                  check_caps("video/x-raw,format=YUY2," SIZE,
                             "video/x-raw,width=30000,height=30000", "no pool for"));
    device_report("gpu-refuses-length", check_length());
#if GST_CHECK_VERSION(1, 24, 0)
    device_report("gpu-refuses-tiled",
                  check_caps("video/x-raw(memory:DMABuf),format=DMA_DRM,"
                             "drm-format=(string)XR24:0x0100000000000001," SIZE,
                             NULL, "cannot read BGRx that is not linear"));
#endif
}

/* Times and what does not depend on the picture's size go with it. */
static int check_metas(void)
{
    GstCaps *clock = gst_caps_new_empty_simple("timestamp/x-test");
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstBuffer *in, *out = NULL;

    if (!result) {
        in = rig_frame(&rig, 1);
        GST_BUFFER_PTS(in) = GST_SECOND;
        GST_BUFFER_DURATION(in) = GST_MSECOND;
        GST_BUFFER_OFFSET(in) = 42;
        gst_buffer_add_reference_timestamp_meta(in, clock, 1234, 5);
        gst_buffer_add_video_time_code_meta_full(in, 30, 1, NULL, 0, 1, 2, 3, 4, 0);
        gst_buffer_add_video_region_of_interest_meta(in, "face", 1, 2, 3, 4);
        out = rig_draw(&rig, in);
        result = !out;
    }
    if (out) {
        GstReferenceTimestampMeta *time =
            gst_buffer_get_reference_timestamp_meta(out, clock);

        if (!time || time->timestamp != 1234 || time->duration != 5 ||
            !gst_buffer_get_video_time_code_meta(out) ||
            gst_buffer_get_video_region_of_interest_meta_id(out, 0) ||
            gst_buffer_get_video_region_of_interest_meta(out) ||
            GST_BUFFER_PTS(out) != GST_SECOND ||
            GST_BUFFER_DURATION(out) != GST_MSECOND || GST_BUFFER_OFFSET(out) != 42) {
            snprintf(device_why, sizeof(device_why), "a time or meta is lost, or wrong");
            result = 1;
        }
    }
    gst_clear_buffer(&out);
    gst_caps_unref(clock);
    rig_close(&rig);
    return result;
}

/* What upstream is offered is of the heap, and goes round there. */
static int check_offer(void)
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstQuery *query = NULL;
    GstBufferPool *pool = NULL;
    GstCaps *caps;

    if (!result) {
        caps = gst_pad_get_current_caps(rig.harness->srcpad);
        query = gst_query_new_allocation(caps, TRUE);
        gst_caps_unref(caps);
        if (!gst_pad_peer_query(rig.harness->srcpad, query) ||
            !gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL) ||
            !gst_query_get_n_allocation_pools(query)) {
            snprintf(device_why, sizeof(device_why), "no pool is offered");
            result = 1;
        }
    }
    if (!result) {
        gst_query_parse_nth_allocation_pool(query, 0, &pool, NULL, NULL, NULL);
        if (!GST_IS_DMA_HEAP_BUFFER_POOL(pool)) {
            snprintf(device_why, sizeof(device_why), "the pool is of another kind");
            result = 1;
        }
        gst_clear_object(&pool);
    }
    if (query)
        gst_query_unref(query);
    rig_close(&rig);
    return result;
}

void test_refusals(void)
{
    test_starts();
    test_bad_frames();
    device_report("gpu-metas", check_metas());
    device_report("gpu-offers-a-pool", check_offer());
}
