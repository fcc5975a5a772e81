/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu - dmaheapgpu where there is no device: what it offers, chooses, and refuses. */
#include "memory/gstdmaheapfence.h"
#include "elements/gstdmaheapgpu.h"
#include "elements/gstdmaheapgpucaps.h"
#include "memory/gstdmaheaplog.h"
#include "elements/gstdmaheapshader.h"

#include <gst/check/gstcheck.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static GstElement *make(void)
{
    return gst_object_ref_sink(g_object_new(GST_TYPE_DMA_HEAP_GPU, NULL));
}

/* --------------------------------------------------------------- templates */

static GstCaps *template_of(GstElement *element, const char *pad)
{
    return gst_pad_template_get_caps(gst_element_get_pad_template(element, pad));
}

static void assert_accepts(GstCaps *caps, const char *text, gboolean accepts)
{
    GstCaps *one = gst_caps_from_string(text);

    fail_unless_equals_int(gst_caps_can_intersect(caps, one), accepts);
    gst_caps_unref(one);
}

GST_START_TEST(test_templates)
{
    GstElement *element = make();
    GstCaps *sink = template_of(element, "sink"), *src = template_of(element, "src");

    for (const struct gst_dma_heap_format *f = gst_dma_heap_formats; f->zc; f++) {
        const struct zc_format *format = zc_format_by_name(f->zc);
        char *caps =
            g_strdup_printf("video/x-raw,format=%s", gst_video_format_to_string(f->gst));

        fail_unless(format != NULL, "%s", f->zc);
        assert_accepts(sink, caps, TRUE);
        assert_accepts(src, caps,
                       format->model == ZC_MODEL_RGB || g_str_equal(f->zc, "NV12"));
        g_free(caps);
    }
    assert_accepts(sink, "video/x-raw(memory:DMABuf),format=NV12", TRUE);
    assert_accepts(sink, "video/x-raw(memory:GLMemory),format=NV12", FALSE);
    assert_accepts(sink, "video/x-raw,format=P010_10LE", FALSE);
    assert_accepts(src, "video/x-raw(memory:DMABuf),format=BGRx", TRUE);
#if GST_CHECK_VERSION(1, 24, 0)
    assert_accepts(src, "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24",
                   TRUE);
#endif
    gst_caps_unref(sink);
    gst_caps_unref(src);
    gst_object_unref(element);
}
GST_END_TEST;

/* The formats that GStreamer and libzerocopy call so are the same bytes. */
GST_START_TEST(test_format_names)
{
    for (const struct gst_dma_heap_format *f = gst_dma_heap_formats; f->zc; f++) {
        const struct zc_format *format = zc_format_by_name(f->zc);
        struct zc_layout layout;
        GstVideoInfo info;

        gst_video_info_set_format(&info, f->gst, 64, 48);
        fail_unless_equals_int(zc_layout_solve(&layout, format, 64, 48, NULL), 0);
        fail_unless_equals_int(GST_VIDEO_INFO_N_PLANES(&info), layout.n_planes);
        fail_unless_equals_uint64(GST_VIDEO_INFO_SIZE(&info), layout.bytes[0]);
        for (int i = 0; i < layout.n_planes; i++) {
            fail_unless_equals_int(info.stride[i], (int)layout.plane[i].stride);
            fail_unless_equals_uint64(info.offset[i], layout.plane[i].offset);
        }
#if GST_CHECK_VERSION(1, 24, 0)
        if (f->gst != GST_VIDEO_FORMAT_GRAY8)
            fail_unless_equals_int(gst_video_dma_drm_fourcc_from_format(f->gst),
                                   format->fourcc);
#endif
    }
}
GST_END_TEST;

/* -------------------------------------------------------------- properties */

GST_START_TEST(test_properties)
{
    static const int angles[] = {0, 90, 180, 270};
    GstElement *element = make();
    int rotation, flip;
    char *shader;

    for (size_t i = 0; i < G_N_ELEMENTS(angles); i++) {
        char *text = g_strdup_printf("%d", angles[i]);

        g_object_set(element, "rotation", 0, NULL);
        g_object_set(element, "rotation", angles[i], NULL);
        g_object_get(element, "rotation", &rotation, NULL);
        fail_unless_equals_int(rotation, angles[i]);
        g_object_set(element, "rotation", 0, NULL);
        gst_util_set_object_arg(G_OBJECT(element), "rotation", text);
        g_object_get(element, "rotation", &rotation, NULL);
        fail_unless_equals_int(rotation, angles[i]);
        g_free(text);
    }
    fail_unless(GST_IS_VIDEO_DIRECTION(element));
    gst_util_set_object_arg(G_OBJECT(element), "video-direction", "auto");
    g_object_get(element, "video-direction", &flip, NULL);
    fail_unless_equals_int(flip, GST_VIDEO_ORIENTATION_AUTO);
    gst_util_set_object_arg(G_OBJECT(element), "flip", "both");
    g_object_get(element, "flip", &flip, NULL);
    fail_unless_equals_int(flip, GST_DMA_HEAP_FLIP_BOTH);
    g_object_set(element, "shader", "a.frag", NULL);
    g_object_get(element, "shader", &shader, NULL);
    fail_unless_equals_string(shader, "a.frag");
    g_free(shader);
    gst_object_unref(element);
}
GST_END_TEST;

/* -------------------------------------------------------------------- caps */

static GstCaps *transform(GstElement *element, GstPadDirection direction,
                          const char *text)
{
    GstBaseTransform *trans = GST_BASE_TRANSFORM(element);
    GstCaps *caps = gst_caps_from_string(text), *other;

    other =
        GST_BASE_TRANSFORM_GET_CLASS(trans)->transform_caps(trans, direction, caps, NULL);
    gst_caps_unref(caps);
    return other;
}

GST_START_TEST(test_transform)
{
    GstElement *element = make();
    GstCaps *caps;

    caps = transform(element, GST_PAD_SINK,
                     "video/x-raw,format=NV12,width=64,height=48,framerate=30/1,"
                     "colorimetry=bt709,chroma-site=mpeg2");
    assert_accepts(caps, "video/x-raw,format=BGRx,width=1000,height=3", TRUE);
    assert_accepts(caps, "video/x-raw(memory:DMABuf),format=RGB16", TRUE);
    assert_accepts(caps, "video/x-raw,format=BGRx,framerate=25/1", FALSE);
    assert_accepts(caps, "video/x-raw,format=BGRx,colorimetry=sRGB", TRUE);
    assert_accepts(caps, "video/x-raw,format=NV12,colorimetry=bt601", TRUE);
    assert_accepts(caps, "video/x-raw,format=NV12,chroma-site=mpeg2", FALSE);
    assert_accepts(caps, "video/x-raw,format=NV16", FALSE);
#if GST_CHECK_VERSION(1, 24, 0)
    assert_accepts(caps, "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24",
                   TRUE);
    assert_accepts(caps, "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12",
                   TRUE);
    assert_accepts(caps, "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV16",
                   FALSE);
#endif
    gst_caps_unref(caps);

    caps = transform(element, GST_PAD_SRC, "video/x-raw,format=BGRx,width=64,height=48");
    assert_accepts(caps, "video/x-raw,format=YUY2,width=7,height=9", TRUE);
    assert_accepts(caps, "video/x-raw(memory:DMABuf),format=NV12", TRUE);
    assert_accepts(caps, "video/x-raw(memory:GLMemory),format=NV12", FALSE);
    gst_caps_unref(caps);

    /* What nobody draws leads nowhere. */
    caps = transform(element, GST_PAD_SRC, "video/x-raw,format=NV16");
    fail_unless(gst_caps_is_empty(caps));
    gst_caps_unref(caps);
    caps = transform(element, GST_PAD_SINK, "video/x-raw(memory:GLMemory),format=NV12");
    fail_unless(gst_caps_is_empty(caps));
    gst_caps_unref(caps);
    gst_object_unref(element);
}
GST_END_TEST;

/* What comes of @in where downstream takes @out, at @rotation. */
static void assert_fixates(GstElement *element, int rotation, const char *in,
                           const char *out, const char *want)
{
    GstBaseTransform *trans = GST_BASE_TRANSFORM(element);
    GstBaseTransformClass *klass = GST_BASE_TRANSFORM_GET_CLASS(trans);
    GstCaps *caps = gst_caps_from_string(in), *peer = gst_caps_from_string(out);
    GstCaps *wanted = gst_caps_from_string(want), *other, *both;

    g_object_set(element, "rotation", rotation, NULL);
    other = klass->transform_caps(trans, GST_PAD_SINK, caps, NULL);
    both = gst_caps_intersect_full(peer, other, GST_CAPS_INTERSECT_FIRST);
    fail_if(gst_caps_is_empty(both), "%s -> %s", in, out);
    both = klass->fixate_caps(trans, GST_PAD_SINK, caps, both);
    fail_unless(gst_caps_is_fixed(both));
    fail_unless(gst_caps_is_subset(both, wanted), "%s -> %s: %" GST_PTR_FORMAT, in, out,
                both);
    gst_caps_unref(both);
    gst_caps_unref(other);
    gst_caps_unref(wanted);
    gst_caps_unref(peer);
    gst_caps_unref(caps);
}

#define HD "video/x-raw,format=NV12,width=1920,height=1080,framerate=30/1"
#define VGA "video/x-raw,format=YUY2,width=640,height=480,framerate=30/1"
#define SQUARE ",pixel-aspect-ratio=1/1"

GST_START_TEST(test_fixates_size)
{
    static const struct {
        int rotation;
        const char *in, *out, *want;
    } cases[] = {
        {0, HD, "ANY", "ANY,width=1920,height=1080" SQUARE},
        {90, HD, "ANY", "ANY,width=1080,height=1920" SQUARE},
        {270, HD, "ANY", "ANY,width=1080,height=1920" SQUARE},
        {180, HD, "ANY", "ANY,width=1920,height=1080" SQUARE},
        /* One length given, the other follows. */
        {0, HD, "R,width=640", "ANY,width=640,height=360" SQUARE},
        {0, HD, "R,height=720", "ANY,width=1280,height=720" SQUARE},
        {90, HD, "R,height=640", "ANY,width=360,height=640" SQUARE},
        {0, HD, "R,width=321", "ANY,width=321,height=181" SQUARE},
        /* Within bounds, the largest of the right shape. */
        {0, HD, "R,width=[1,640],height=[1,640]", "ANY,width=640,height=360" SQUARE},
        {90, HD, "R,width=[1,640],height=[1,640]", "ANY,width=360,height=640" SQUARE},
        {0, "video/x-raw,format=UYVY,width=1080,height=720",
         "R,width=[1,1024],height=[1,768]", "ANY,width=1024,height=683" SQUARE},
        {90, VGA, "R,width=[1,640],height=[1,480]", "ANY,width=360,height=480" SQUARE},
        {270, VGA, "R,width=[1,640],height=[1,480]", "ANY,width=360,height=480" SQUARE},
        {180, VGA, "R,width=[1,1024],height=[1,768]", "ANY,width=640,height=480" SQUARE},
        {0, HD, "R,width=[1,1024],height=[1,768]", "ANY,width=1024,height=576" SQUARE},
        {90, HD, "R,width=[1,1024],height=[1,768]", "ANY,width=432,height=768" SQUARE},
        /* Rather than that, as it is. */
        {0, HD, "R,width=[1,1024],height=[1,768];video/x-raw,width=1920,height=1080",
         "ANY,width=1920,height=1080" SQUARE},
        {90, HD, "R,width=[1,1024],height=[1,768];video/x-raw,width=1920,height=1080",
         "ANY,width=432,height=768" SQUARE},
        /* Both given: pixels take the shape, unless that is given too. */
        {0, HD, "R,width=320,height=240",
         "ANY,width=320,height=240,pixel-aspect-ratio=4/3"},
        {0, HD, "R,width=320,height=240" SQUARE, "ANY,width=320,height=240" SQUARE},
        /* Pixels that are not square turn with the picture. */
        {90, "video/x-raw,format=NV12,width=720,height=576,pixel-aspect-ratio=16/15", "R",
         "ANY,width=576,height=720,pixel-aspect-ratio=15/16"},
        {0, "video/x-raw,format=NV12,width=720,height=576,pixel-aspect-ratio=16/15",
         "R" SQUARE, "ANY,width=768,height=576" SQUARE},
    };
    GstElement *element = make();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *out = cases[i].out[0] == 'R'
                        ? g_strconcat("video/x-raw", cases[i].out + 1, NULL)
                        : g_strdup("video/x-raw");
        char *want = g_strconcat("video/x-raw", cases[i].want + 3, NULL);

        assert_fixates(element, cases[i].rotation, cases[i].in, out, want);
        g_free(want);
        g_free(out);
    }
    gst_object_unref(element);
}
GST_END_TEST;

GST_START_TEST(test_fixates_format)
{
#define SMALL ",width=64,height=48,framerate=30/1"
    static const struct {
        const char *in, *out, *want;
    } cases[] = {
        {"NV12", "{RGB16,RGBA,BGRA,BGRx}", "BGRx"},
        {"NV12", "{RGB16,RGBA}", "RGBA"},
        {"NV12", "RGB16", "RGB16"},
        {"RGBA", "{BGRx,BGRA}", "BGRA"},
        {"RGB16", "{BGRx,RGB16}", "RGB16"},
        {"YUY2", "{NV12,BGRx}", "BGRx"},
        {"YUY2", "NV12", "NV12"},
        {"YUY2", "{NV12,NV16}", "NV12"},
        {"BGRx", "{RGBA,BGRx}", "BGRx"},
    };
    GstElement *element = make();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *in = g_strconcat("video/x-raw,format=", cases[i].in, SMALL, NULL);
        char *out = g_strconcat("video/x-raw,format=", cases[i].out, NULL);
        char *want = g_strconcat("video/x-raw,format=", cases[i].want, SMALL, NULL);

        assert_fixates(element, 180, in, out, want);
        g_free(in);
        g_free(out);
        g_free(want);
    }
    assert_fixates(element, 0, "video/x-raw,format=NV12,colorimetry=bt709" SMALL,
                   "video/x-raw", "video/x-raw,format=BGRx,colorimetry=sRGB");
    /* YUV keeps its colour, and RGB becomes what YUV of its size is by default. */
    assert_fixates(element, 0, "video/x-raw,format=YUY2,colorimetry=bt709" SMALL,
                   "video/x-raw,format=NV12",
                   "video/x-raw,format=NV12,colorimetry=bt709,chroma-site=jpeg");
    assert_fixates(element, 0, "video/x-raw,format=BGRx,colorimetry=sRGB" SMALL,
                   "video/x-raw,format=NV12",
                   "video/x-raw,format=NV12,colorimetry=bt601,chroma-site=jpeg");
    assert_fixates(element, 0, "video/x-raw,format=BGRx" SMALL,
                   "video/x-raw,format=NV12,colorimetry=bt709",
                   "video/x-raw,format=NV12,colorimetry=bt709");
    /* Nothing to do: the same caps, so that frames can pass. */
    assert_fixates(element, 0, "video/x-raw,format=RGBx" SMALL, "video/x-raw",
                   "video/x-raw,format=RGBx" SMALL);
#if GST_CHECK_VERSION(1, 24, 0)
    assert_fixates(
        element, 90, "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=YUYV" SMALL,
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format={NV12}",
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12,colorimetry=bt601,"
        "chroma-site=jpeg,width=48,height=64");
    assert_fixates(
        element, 90, "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12" SMALL,
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format={AB24,XR24}",
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24,width=48,height=64");
    /* A decoder's tiles keep their size; what is drawn is linear. */
    assert_fixates(element, 90,
                   "video/x-raw(memory:DMABuf),format=DMA_DRM,"
                   "drm-format=NV12:0x0700000000006004" SMALL,
                   "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format={AB24,XR24}",
                   "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24,width=48,"
                   "height=64");
#endif
    gst_object_unref(element);
}
GST_END_TEST;

/* ------------------------------------------------------------------- start */

GST_START_TEST(test_no_device)
{
    GstElement *element = make();
    GstBus *bus = gst_bus_new();
    GError *error = NULL;
    GstMessage *message;

    gst_element_set_bus(element, bus);
    g_object_set(element, "device", "/dev/null", NULL);
    for (int i = 0; i < 3; i++) {
        fail_unless_equals_int(gst_element_set_state(element, GST_STATE_PAUSED),
                               GST_STATE_CHANGE_FAILURE);
        message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
        fail_unless(message != NULL);
        gst_message_parse_error(message, &error, NULL);
        fail_unless(strstr(error->message, "no GPU /dev/null") != NULL, "%s",
                    error->message);
        g_clear_error(&error);
        gst_message_unref(message);
        gst_element_set_state(element, GST_STATE_NULL);
    }
    gst_element_set_bus(element, NULL);
    gst_object_unref(bus);
    gst_object_unref(element);
}
GST_END_TEST;

/* ------------------------------------------------------------ shader files */

static void write_file(const char *path, const char *text, gssize length)
{
    fail_unless(g_file_set_contents(path, text, length, NULL));
}

static void assert_refuses(const char *path, const char *why)
{
    GError *error = NULL;

    fail_unless(gst_dma_heap_shader_read(path, &error) == NULL);
    fail_unless(strstr(error->message, path) != NULL, "%s", error->message);
    fail_unless(strstr(error->message, why) != NULL, "%s", error->message);
    g_error_free(error);
}

GST_START_TEST(test_shader_files)
{
    char *folder = g_dir_make_tmp("zc-shaders-XXXXXX", NULL);
    char *path = g_build_filename(folder, "a.frag", NULL), *text;
    char *pipe = g_build_filename(folder, "pipe", NULL);
    char *large = g_malloc(65537);

    write_file(path, "vec4 x;\n", -1);
    text = gst_dma_heap_shader_read(path, NULL);
    fail_unless_equals_string(text, "vec4 x;\n");
    g_free(text);
    write_file(path, "", 0);
    text = gst_dma_heap_shader_read(path, NULL);
    fail_unless_equals_string(text, "");
    g_free(text);
    memset(large, ' ', 65537);
    write_file(path, large, 65536);
    text = gst_dma_heap_shader_read(path, NULL);
    fail_unless_equals_int(strlen(text), 65536);
    g_free(text);
    write_file(path, large, 65537);
    assert_refuses(path, "longer than 65536 bytes");
    write_file(path, "a\0b", 3);
    assert_refuses(path, "zero byte");
    unlink(path);
    assert_refuses(path, "No such file");
    assert_refuses(folder, "no ordinary file");
    assert_refuses("/dev/zero", "no ordinary file");
    fail_unless_equals_int(mkfifo(pipe, 0600), 0);
    assert_refuses(pipe, "no ordinary file");
    unlink(pipe);
    rmdir(folder);
    g_free(large);
    g_free(pipe);
    g_free(path);
    g_free(folder);
}
GST_END_TEST;

static Suite *gpu_suite(void)
{
    Suite *suite = suite_create("gpu");
    TCase *core = tcase_create("core");

    gst_dma_heap_log_init();
    suite_add_tcase(suite, core);
    tcase_add_test(core, test_templates);
    tcase_add_test(core, test_format_names);
    tcase_add_test(core, test_properties);
    tcase_add_test(core, test_transform);
    tcase_add_test(core, test_fixates_size);
    tcase_add_test(core, test_fixates_format);
    tcase_add_test(core, test_no_device);
    tcase_add_test(core, test_shader_files);
    return suite;
}

GST_CHECK_MAIN(gpu);
