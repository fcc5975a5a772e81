/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats in caps: bridged between the kinds, parsed, and found in the library's table. */
#include "fixture.h"
#include "memory/gstdmaheapformat.h"

#include <string.h>

#define HAVE_DMA_DRM GST_CHECK_VERSION(1, 24, 0)

/* The kinds of one size, shortened. */
#define SIZE ",width=(int)32,height=(int)16"
#define PLAIN(format) "video/x-raw,format=(string)" format SIZE
#define DMABUF(format) "video/x-raw(memory:DMABuf),format=(string)" format SIZE
#define DRM(format)                                                                      \
    "video/x-raw(memory:DMABuf),format=(string)DMA_DRM,drm-format=(string)" format SIZE

static void assert_bridged(const char *from, const char *to)
{
    GstCaps *caps = gst_caps_from_string(from), *wanted = gst_caps_from_string(to);
    GstCaps *bridged = gst_dma_heap_format_bridge(caps);

    if (!gst_caps_is_strictly_equal(bridged, wanted)) {
        char *text = gst_caps_to_string(bridged);

        fail_msg("%s became %s", from, text);
    }
    gst_caps_unref(bridged);
    gst_caps_unref(wanted);
    gst_caps_unref(caps);
}

#if HAVE_DMA_DRM
#define AND_DRM(format) ";" DRM(format)
#else
#define AND_DRM(format)
#endif

static void plain_video_may_be_in_dma_bufs(void **state)
{
    (void)state;
    assert_bridged(PLAIN("NV12"), PLAIN("NV12") ";" DMABUF("NV12") AND_DRM("NV12"));
    assert_bridged(PLAIN("BGRx"), PLAIN("BGRx") ";" DMABUF("BGRx") AND_DRM("XR24"));
}

static void dma_bufs_may_be_called_plain_video(void **state)
{
    (void)state;
    assert_bridged(DMABUF("YUY2"), DMABUF("YUY2") ";" PLAIN("YUY2") AND_DRM("YUYV"));
}

static void what_is_there_comes_before_what_it_may_be_called(void **state)
{
    (void)state;
    assert_bridged(PLAIN("NV12") ";" PLAIN("BGRx"),
                   PLAIN("NV12") ";" PLAIN("BGRx") ";" DMABUF("NV12")
                       AND_DRM("NV12") ";" DMABUF("BGRx") AND_DRM("XR24"));
    assert_bridged(DMABUF("NV12") ";" PLAIN("BGRx"),
                   DMABUF("NV12") ";" PLAIN("BGRx") ";" PLAIN("NV12")
                       AND_DRM("NV12") ";" DMABUF("BGRx") AND_DRM("XR24"));
}

static void what_is_there_already_is_not_repeated(void **state)
{
    (void)state;
    assert_bridged(PLAIN("NV12") ";" DMABUF("NV12"),
                   PLAIN("NV12") ";" DMABUF("NV12") AND_DRM("NV12"));
}

static void lists_of_formats_are_bridged(void **state)
{
    (void)state;
    assert_bridged(PLAIN("{NV12,BGRx}"),
                   PLAIN("{NV12,BGRx}") ";" DMABUF("{NV12,BGRx}") AND_DRM("{NV12,XR24}"));
}

static void ranges_of_sizes_are_bridged(void **state)
{
    GstCaps *caps = gst_caps_from_string(
        "video/x-raw,format=NV12,width=[1,4096],height=[1,4096],framerate=[0/1,60/1]");
    GstCaps *bridged = gst_dma_heap_format_bridge(caps);

    (void)state;
    assert_true(gst_caps_is_subset(caps, bridged));
    gst_caps_set_features_simple(
        caps, gst_caps_features_new(GST_CAPS_FEATURE_MEMORY_DMABUF, NULL));
    assert_true(gst_caps_is_subset(caps, bridged));
    gst_caps_unref(bridged);
    gst_caps_unref(caps);
}

static void memory_of_others_is_left_out(void **state)
{
    static const char *const foreign[] = {
        "video/x-raw(memory:GLMemory),format=RGBA", "video/x-h264", "audio/x-raw",
        "video/x-raw(memory:DMABuf,meta:GstVideoOverlayComposition),format=NV12"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(foreign); i++)
        assert_bridged(foreign[i], "EMPTY");
    assert_bridged("video/x-raw(memory:GLMemory),format=RGBA;" PLAIN("NV12"),
                   PLAIN("NV12") ";" DMABUF("NV12") AND_DRM("NV12"));
}

static void anything_is_anything(void **state)
{
    (void)state;
    assert_bridged("ANY", "ANY");
    assert_bridged("EMPTY", "EMPTY");
}

#if HAVE_DMA_DRM
static void linear_drm_formats_may_be_called_by_name(void **state)
{
    (void)state;
    assert_bridged(DRM("NV12"), DRM("NV12") ";" DMABUF("NV12") ";" PLAIN("NV12"));
    assert_bridged(DRM("XR24"), DRM("XR24") ";" DMABUF("BGRx") ";" PLAIN("BGRx"));
}

static void other_drm_formats_have_no_other_name(void **state)
{
    (void)state;
    assert_bridged(DRM("NV12:0x0100000000000001"), DRM("NV12:0x0100000000000001"));
    assert_bridged(
        DRM("{NV12:0x0100000000000001,YUYV}"),
        DRM("{NV12:0x0100000000000001,YUYV}") ";" DMABUF("YUY2") ";" PLAIN("YUY2"));
}
#endif

static char *parse_error(const char *text)
{
    GstCaps *caps = gst_caps_from_string(text);
    GError *error = NULL;
    GstVideoInfo info;
    char *message;

    assert_non_null(caps);
    assert_false(gst_dma_heap_format_parse(caps, &info, &error));
    assert_true(g_error_matches(error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT));
    message = g_strdup(error->message);
    g_error_free(error);
    assert_false(gst_dma_heap_format_parse(caps, &info, NULL));
    gst_caps_unref(caps);
    return message;
}

static void assert_parsed(const char *text, GstVideoFormat format)
{
    GstCaps *caps = gst_caps_from_string(text);
    GError *error = NULL;
    GstVideoInfo info;

    assert_true(gst_dma_heap_format_parse(caps, &info, &error));
    g_assert_no_error(error);
    assert_int_equal(GST_VIDEO_INFO_FORMAT(&info), format);
    assert_int_equal(GST_VIDEO_INFO_WIDTH(&info), 32);
    assert_int_equal(GST_VIDEO_INFO_HEIGHT(&info), 16);
    assert_true(GST_VIDEO_INFO_SIZE(&info) > 0);
    gst_caps_unref(caps);
}

static void each_kind_is_parsed(void **state)
{
    (void)state;
    assert_parsed(PLAIN("NV12"), GST_VIDEO_FORMAT_NV12);
    assert_parsed("video/x-raw(memory:SystemMemory),format=NV12,width=32,height=16",
                  GST_VIDEO_FORMAT_NV12);
    assert_parsed(DMABUF("BGRx"), GST_VIDEO_FORMAT_BGRx);
#if HAVE_DMA_DRM
    assert_parsed(DRM("YUYV"), GST_VIDEO_FORMAT_YUY2);
#endif
}

static void nonsense_is_told(void **state)
{
    static const char *const nonsense[] = {
        "EMPTY",
        "ANY",
        "audio/x-raw,format=S16LE,rate=48000,channels=2",
        "video/x-raw,format=NV12",
        "video/x-raw,format=nothing,width=1,height=1",
        "video/x-raw,format=ENCODED,width=32,height=32",
        "video/x-raw(memory:GLMemory),format=RGBA,width=1,height=1"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        char *message = parse_error(nonsense[i]);

        assert_non_null(strstr(message, "no raw video in memory or dma-bufs: "));
        g_free(message);
    }
}

#if HAVE_DMA_DRM
static void a_modifier_that_is_not_linear_is_told(void **state)
{
    char *message = parse_error(DRM("NV12:0x0100000000000002"));

    (void)state;
    assert_non_null(strstr(message, "drm-format NV12:0x0100000000000002 is not linear"));
    assert_non_null(strstr(message, "drm-format=NV12"));
    g_free(message);
    message = parse_error("video/x-raw(memory:DMABuf),format=DMA_DRM,width=1,height=1");
    assert_non_null(strstr(message, "drm-format (missing)"));
    g_free(message);
    /* GStreamer writes no modifier for linear, and takes none. */
    message = parse_error(DRM("XR24:0x0"));
    assert_non_null(strstr(message, "drm-format XR24:0x0 is none that can be read"));
    g_free(message);
    message = parse_error(DRM("rubbish"));
    assert_non_null(strstr(message, "drm-format rubbish"));
    g_free(message);
}

static void a_modifier_is_parsed_where_it_may_be(void **state)
{
    static const struct {
        const char *caps;
        guint64 modifier;
    } cases[] = {
        {DRM("NV12:0x0100000000000002"), G_GUINT64_CONSTANT(0x0100000000000002)},
        {DRM("NV12"), 0},
        {"video/x-raw,format=NV12" SIZE, 0},
    };

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GstCaps *caps = gst_caps_from_string(cases[i].caps);
        guint64 modifier = 1;
        GstVideoInfo info;
        GError *error = NULL;

        gst_dma_heap_format_parse_tiled(caps, &info, &modifier, &error);
        g_assert_no_error(error);
        assert_int_equal(GST_VIDEO_INFO_FORMAT(&info), GST_VIDEO_FORMAT_NV12);
        assert_true(modifier == cases[i].modifier);
        gst_caps_unref(caps);
    }
}
#endif

static const struct gst_dma_heap_format *row_of(const char *name)
{
    const struct gst_dma_heap_format *row = gst_dma_heap_formats;

    while (row->zc && !g_str_equal(row->zc, name))
        row++;
    return row;
}

static void each_format_is_one_of_the_library(void **state)
{
    int n = 0;

    (void)state;
    for (const struct gst_dma_heap_format *row = gst_dma_heap_formats;
         row->gst != GST_VIDEO_FORMAT_UNKNOWN; row++, n++) {
        const struct zc_format *zc, *separate;
        GstVideoInfo info;

        gst_video_info_set_format(&info, row->gst, 64, 64);
        zc = gst_dma_heap_format_zc(&info, FALSE);
        assert_non_null(zc);
        assert_int_equal(zc->n_planes, GST_VIDEO_INFO_N_PLANES(&info));
        assert_false(zc->separate);
        separate = gst_dma_heap_format_zc(&info, TRUE);
        if (separate) {
            assert_true(separate->separate);
            assert_int_equal(separate->n_planes, zc->n_planes);
            assert_int_equal(separate->fourcc, zc->fourcc);
        }
    }
    assert_true(n > 10);
}

static void each_format_of_the_library_is_one(void **state)
{
    (void)state;
    for (const struct zc_format *format = zc_formats; format->name; format++) {
        const struct zc_format *whole = zc_format_by_drm(format->fourcc);
        const struct gst_dma_heap_format *row = row_of(whole->name);
        GstVideoInfo info;

        if (!row->zc)
            fail_msg("%s has no row", format->name);
        gst_video_info_set_format(&info, row->gst, 64, 64);
        assert_ptr_equal(gst_dma_heap_format_zc(&info, format->separate), format);
    }
}

static guint n_formats(GstPadTemplate *template)
{
    GstCaps *caps = gst_pad_template_get_caps(template);
    const GValue *formats =
        gst_structure_get_value(gst_caps_get_structure(caps, 0), "format");
    guint n = gst_value_list_get_size(formats);

    gst_caps_unref(caps);
    return n;
}

static gboolean template_has(GstPadTemplate *template, const char *text)
{
    GstCaps *caps = gst_pad_template_get_caps(template);
    GstCaps *one = gst_caps_from_string(text);
    gboolean has = gst_caps_can_intersect(one, caps);

    gst_caps_unref(one);
    gst_caps_unref(caps);
    return has;
}

/* All of the table, or what GPUs draw of it, in each kind of caps; and nothing else. */
static void assert_template(gboolean only_drawn)
{
    GstPadTemplate *template =
        gst_object_ref_sink(gst_dma_heap_format_template(GST_PAD_SINK, only_drawn));
    guint n = 0;

    for (const struct gst_dma_heap_format *row = gst_dma_heap_formats; row->zc; row++) {
        gboolean has = !only_drawn || zc_format_by_name(row->zc)->model == ZC_MODEL_RGB ||
                       g_str_equal(row->zc, "NV12");
        const char *name = gst_video_format_to_string(row->gst);
        char *plain = g_strdup_printf(PLAIN("%s"), name);
        char *dmabuf = g_strdup_printf(DMABUF("%s"), name);

        n += has;
        assert_int_equal(template_has(template, plain), has);
        assert_int_equal(template_has(template, dmabuf), has);
        g_free(plain);
        g_free(dmabuf);
    }
    assert_int_equal(n_formats(template), n);
    assert_false(template_has(template, PLAIN("P010_10LE")));
    assert_false(template_has(template, "video/x-raw(memory:GLMemory),format=BGRx"));
#if HAVE_DMA_DRM
    assert_true(template_has(template, DRM("XR24")));
#endif
    gst_object_unref(template);
}

static void templates_have_the_tables_formats(void **state)
{
    (void)state;
    assert_template(FALSE);
    assert_template(TRUE);
}

/* By bytes of pixels: a picture of one would be another's otherwise. */
static void both_lay_a_format_out_alike(void **state)
{
    (void)state;
    for (const struct gst_dma_heap_format *row = gst_dma_heap_formats;
         row->gst != GST_VIDEO_FORMAT_UNKNOWN; row++) {
        struct zc_align align = {.stride = 4};
        struct zc_layout layout;
        GstVideoInfo info;

        gst_video_info_set_format(&info, row->gst, 640, 480);
        assert_int_equal(
            zc_layout_solve(&layout, zc_format_by_name(row->zc), 640, 480, &align), 0);
        for (int i = 0; i < layout.n_planes; i++) {
            assert_int_equal(layout.plane[i].stride, info.stride[i]);
            assert_int_equal(layout.plane[i].offset, info.offset[i]);
        }
        assert_int_equal(layout.bytes[0], GST_VIDEO_INFO_SIZE(&info));
    }
}

#if HAVE_DMA_DRM
static void both_call_a_format_alike(void **state)
{
    (void)state;
    for (const struct gst_dma_heap_format *row = gst_dma_heap_formats;
         row->gst != GST_VIDEO_FORMAT_UNKNOWN; row++) {
        guint32 fourcc = gst_video_dma_drm_fourcc_from_format(row->gst);

        if (fourcc)
            assert_int_equal(fourcc, zc_format_by_name(row->zc)->fourcc);
    }
}
#endif

static void other_formats_are_none(void **state)
{
    GstVideoInfo info;

    (void)state;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_AYUV64, 64, 64);
    assert_null(gst_dma_heap_format_zc(&info, FALSE));
    assert_null(gst_dma_heap_format_zc(&info, TRUE));
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_BGRx, 64, 64);
    assert_null(gst_dma_heap_format_zc(&info, TRUE));
}

static void colours_are_the_librarys(void **state)
{
    static const struct {
        const char *text;
        enum zc_matrix matrix;
        enum zc_range range;
    } cases[] = {{"bt601", ZC_MATRIX_BT601, ZC_RANGE_LIMITED},
                 {"bt709", ZC_MATRIX_BT709, ZC_RANGE_LIMITED},
                 {"bt2020", ZC_MATRIX_BT2020, ZC_RANGE_LIMITED},
                 {"1:4:7:1", ZC_MATRIX_BT601, ZC_RANGE_FULL},
                 {"1:3:5:1", ZC_MATRIX_BT709, ZC_RANGE_FULL}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GstCaps *caps = gst_caps_from_string(PLAIN("NV12"));
        struct zc_colour colour;
        GstVideoInfo info;

        gst_caps_set_simple(caps, "colorimetry", G_TYPE_STRING, cases[i].text, NULL);
        assert_true(gst_dma_heap_format_parse(caps, &info, NULL));
        colour = gst_dma_heap_format_colour(&info);
        assert_int_equal(colour.matrix, cases[i].matrix);
        assert_int_equal(colour.range, cases[i].range);
        gst_caps_unref(caps);
    }
}

static const struct CMUnitTest tests[] = {
    plugin_test(plain_video_may_be_in_dma_bufs),
    plugin_test(dma_bufs_may_be_called_plain_video),
    plugin_test(what_is_there_comes_before_what_it_may_be_called),
    plugin_test(what_is_there_already_is_not_repeated),
    plugin_test(lists_of_formats_are_bridged),
    plugin_test(ranges_of_sizes_are_bridged),
    plugin_test(memory_of_others_is_left_out),
    plugin_test(anything_is_anything),
#if HAVE_DMA_DRM
    plugin_test(linear_drm_formats_may_be_called_by_name),
    plugin_test(other_drm_formats_have_no_other_name),
#endif
    plugin_test(each_kind_is_parsed),
    plugin_test(nonsense_is_told),
#if HAVE_DMA_DRM
    plugin_test(a_modifier_that_is_not_linear_is_told),
    plugin_test(a_modifier_is_parsed_where_it_may_be),
#endif
    plugin_test(each_format_is_one_of_the_library),
    plugin_test(each_format_of_the_library_is_one),
    plugin_test(templates_have_the_tables_formats),
    plugin_test(both_lay_a_format_out_alike),
#if HAVE_DMA_DRM
    plugin_test(both_call_a_format_alike),
#endif
    plugin_test(other_formats_are_none),
    plugin_test(colours_are_the_librarys),
};

PLUGIN_TEST_MAIN("plugin-caps", tests)
