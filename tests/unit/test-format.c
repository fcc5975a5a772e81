/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* format - the table against the kernel's headers, and the lookups. */
#include "test.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <linux/videodev2.h>
#include <string.h>

static void table_pairs_drm_and_v4l2(void **state)
{
    static const struct {
        const char *name;
        uint32_t drm, v4l2;
    } expected[] = {
        {"XR24", DRM_FORMAT_XRGB8888, V4L2_PIX_FMT_XBGR32},
        {"AR24", DRM_FORMAT_ARGB8888, V4L2_PIX_FMT_ABGR32},
        {"XB24", DRM_FORMAT_XBGR8888, V4L2_PIX_FMT_RGBX32},
        {"AB24", DRM_FORMAT_ABGR8888, V4L2_PIX_FMT_RGBA32},
        {"RG16", DRM_FORMAT_RGB565, V4L2_PIX_FMT_RGB565},
        {"YUYV", DRM_FORMAT_YUYV, V4L2_PIX_FMT_YUYV},
        {"UYVY", DRM_FORMAT_UYVY, V4L2_PIX_FMT_UYVY},
        {"YVYU", DRM_FORMAT_YVYU, V4L2_PIX_FMT_YVYU},
        {"VYUY", DRM_FORMAT_VYUY, V4L2_PIX_FMT_VYUY},
        {"NV12", DRM_FORMAT_NV12, V4L2_PIX_FMT_NV12},
        {"NV12M", DRM_FORMAT_NV12, V4L2_PIX_FMT_NV12M},
        {"NV21", DRM_FORMAT_NV21, V4L2_PIX_FMT_NV21},
        {"NV16", DRM_FORMAT_NV16, V4L2_PIX_FMT_NV16},
        {"YU12", DRM_FORMAT_YUV420, V4L2_PIX_FMT_YUV420},
        {"YV12", DRM_FORMAT_YVU420, V4L2_PIX_FMT_YVU420},
        {"GREY", DRM_FORMAT_R8, V4L2_PIX_FMT_GREY},
    };
    size_t n = sizeof(expected) / sizeof(expected[0]);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(zc_formats[i].name, expected[i].name);
        assert_int_equal(zc_formats[i].fourcc, expected[i].drm);
        assert_int_equal(zc_formats[i].v4l2, expected[i].v4l2);
    }
    assert_null(zc_formats[n].name);
}

static void table_is_consistent(void **state)
{
    (void)state;
    for (const struct zc_format *f = zc_formats; f->name; f++) {
        assert_true(f->n_planes >= 1 && f->n_planes <= ZC_MAX_PLANES);
        assert_int_equal(f->separate, !strcmp(f->name, "NV12M"));
        assert_int_equal(f->order != NULL, f->model == ZC_MODEL_YUV);
        for (int i = 0; i < ZC_MAX_PLANES; i++) {
            bool used = i < f->n_planes;

            assert_int_equal(f->plane[i].block_bytes != 0, used);
            assert_int_equal(f->plane[i].block_width != 0, used);
            assert_int_equal(f->plane[i].block_height != 0, used);
            assert_int_equal(f->plane[i].gl_fourcc != 0, used);
        }
    }
}

static void planes_are_importable_texels(void **state)
{
    const struct zc_format *yuyv = zc_format_by_name("YUYV");
    const struct zc_format *nv16 = zc_format_by_name("NV16");

    (void)state;
    assert_int_equal(yuyv->plane[0].gl_fourcc, DRM_FORMAT_ABGR8888);
    assert_int_equal(yuyv->plane[0].block_width, 2);
    assert_string_equal(yuyv->order, "yuyv");
    assert_int_equal(nv16->plane[0].gl_fourcc, DRM_FORMAT_R8);
    assert_int_equal(nv16->plane[1].gl_fourcc, DRM_FORMAT_GR88);
    assert_int_equal(nv16->plane[1].block_height, 1);
    assert_int_equal(zc_format_by_name("NV12")->plane[1].block_height, 2);
    assert_string_equal(zc_format_by_name("NV21")->order, "vu");
    assert_int_equal(zc_format_by_name("GREY")->plane[0].gl_fourcc, DRM_FORMAT_R8);
    assert_int_equal(zc_format_by_name("RG16")->plane[0].gl_fourcc, DRM_FORMAT_RGB565);
}

static void lookups_find_every_row(void **state)
{
    (void)state;
    for (const struct zc_format *f = zc_formats; f->name; f++) {
        assert_ptr_equal(zc_format_by_name(f->name), f);
        assert_ptr_equal(zc_format_by_v4l2(f->v4l2), f);
        if (!f->separate)
            assert_ptr_equal(zc_format_by_drm(f->fourcc), f);
    }
    assert_ptr_equal(zc_format_by_name("nv12m"), zc_format_by_v4l2(V4L2_PIX_FMT_NV12M));
}

static void drm_lookup_prefers_one_buffer(void **state)
{
    (void)state;
    assert_string_equal(zc_format_by_drm(DRM_FORMAT_NV12)->name, "NV12");
}

static void lookups_of_unknown_give_null(void **state)
{
    (void)state;
    assert_null(zc_format_by_name("H264"));
    assert_null(zc_format_by_name(""));
    assert_null(zc_format_by_name(NULL));
    assert_null(zc_format_by_v4l2(V4L2_PIX_FMT_MJPEG));
    assert_null(zc_format_by_v4l2(0));
    assert_null(zc_format_by_drm(DRM_FORMAT_XRGB2101010));
    assert_null(zc_format_by_drm(0));
}

static void fourcc_text_is_printable(void **state)
{
    char text[5];

    (void)state;
    zc_fourcc_text(DRM_FORMAT_XRGB8888, text);
    assert_string_equal(text, "XR24");
    zc_fourcc_text(DRM_FORMAT_R8, text);
    assert_string_equal(text, "R8  ");
    zc_fourcc_text(0x7f1f8041, text);
    assert_string_equal(text, "A???");
    zc_fourcc_text(0, text);
    assert_string_equal(text, "????");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(table_pairs_drm_and_v4l2),
    cmocka_unit_test(table_is_consistent),
    cmocka_unit_test(planes_are_importable_texels),
    cmocka_unit_test(lookups_find_every_row),
    cmocka_unit_test(drm_lookup_prefers_one_buffer),
    cmocka_unit_test(lookups_of_unknown_give_null),
    cmocka_unit_test(fourcc_text_is_printable),
};
TEST_MAIN("format", tests)
