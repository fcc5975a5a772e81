/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu, with frames that are not linear: read, drawn into, and of its own memory. */
#include "../open-fds.h"
#include "gpu-fixture.h"

#include <drm_fourcc.h>
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <errno.h>
#include <string.h>

static void test_modifiers(void **state)
{
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 48),
                    *tiled;
    struct zc_layout layout = *zc_frame_layout(src);
    struct zc_gpu *gpu = gpu_open();
    struct zc_frame *plain = frame_by("XR24", 64, 48);

    (void)state;
    layout.modifier = 77;
    tiled = frame_laid(&layout);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[12], EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT);
    assert_int_equal(zc_gpu_convert(gpu, tiled, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "modifier 0x4d"));
    assert_int_equal(zc_gpu_convert(gpu, src, tiled, NULL), -ENOTSUP);
    mock_gl.tiled = layout.modifier;
    mock_gl.tiled_fourcc = DRM_FORMAT_ARGB8888;
    assert_int_equal(zc_gpu_convert(gpu, src, tiled, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "nothing draws into XR24 with modifier 0x4d"));
    mock_gl.tiled_drawn = true;
    assert_int_equal(zc_gpu_convert(gpu, src, tiled, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[13], layout.modifier);
    mock_gl.modifiers_listed = false;
    mock_gl.tiled = 0;
    assert_int_equal(zc_gpu_convert(gpu, plain, dst, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[12], EGL_NONE);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(tiled);
    zc_frame_unref(plain);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

/* The value of attribute @name of the last image, or -1. */
static int attribute(int name)
{
    for (int i = 0; mock_gl.image_attribs[i] != EGL_NONE; i += 2)
        if (mock_gl.image_attribs[i] == name)
            return mock_gl.image_attribs[i + 1];
    return -1;
}

/* As v3d lists SAND128 for NV12: a column of both planes, which only the driver can read. */
static void test_tiled_yuv_is_read_by_the_driver(void **state)
{
    const uint64_t modifier = DRM_FORMAT_MOD_BROADCOM_SAND128_COL_HEIGHT(96);
    struct zc_frame *like = frame_by("NV12", 128, 48), *dst = frame_by("XR24", 128, 48);
    struct zc_layout layout = *zc_frame_layout(like);
    struct zc_gpu *gpu = gpu_open();
    struct zc_frame *src;

    (void)state;
    assert_true(zc_gpu_has_format(gpu, layout.format, DRM_FORMAT_MOD_LINEAR));
    assert_false(zc_gpu_has_format(gpu, layout.format, modifier));
    layout.modifier = modifier;
    layout.colour = (struct zc_colour){ZC_MATRIX_BT709, ZC_RANGE_FULL};
    src = frame_laid(&layout);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "takes no images of that format and modifier"));
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 0);

    mock_gl.tiled = modifier;
    mock_gl.tiled_fourcc = DRM_FORMAT_NV12;
    assert_true(zc_gpu_has_format(gpu, layout.format, modifier));
    assert_false(zc_gpu_has_format(gpu, zc_format_by_name("NV21"), modifier));
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_non_null(strstr(mock_gl.source, "samplerExternalOES zc_plane0;"));
    assert_null(strstr(mock_gl.source, "zc_plane1"));
    assert_non_null(strstr(mock_gl.source, "return vec4(b0.rgb, 1.0);"));
    assert_true(mock_gl.texels[0] == 1.0f / 128 && mock_gl.texels[1] == 1.0f / 48);
    zc_frame_unref(src);
    src = frame_laid(&layout);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(attribute(EGL_LINUX_DRM_FOURCC_EXT), DRM_FORMAT_NV12);
    assert_int_equal(attribute(EGL_WIDTH), 128);
    assert_int_equal(attribute(EGL_HEIGHT), 48);
    assert_int_equal(attribute(EGL_DMA_BUF_PLANE1_OFFSET_EXT), layout.plane[1].offset);
    assert_int_equal(attribute(EGL_DMA_BUF_PLANE1_PITCH_EXT), layout.plane[1].stride);
    assert_int_equal(attribute(EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT),
                     modifier & 0xffffffff);
    assert_int_equal(attribute(EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT), modifier >> 32);
    assert_int_equal(attribute(EGL_YUV_COLOR_SPACE_HINT_EXT), EGL_ITU_REC709_EXT);
    assert_int_equal(attribute(EGL_SAMPLE_RANGE_HINT_EXT), EGL_YUV_FULL_RANGE_EXT);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 3);
    zc_frame_unref(src);
    zc_frame_unref(like);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

/* ------------------------------------------------------- of its own memory */

#define TILED DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16)
#define COMPRESSED I915_FORMAT_MOD_Y_TILED_CCS

static void list_both(void)
{
    mock_gl.tiled = TILED;
    mock_gl.compressed = COMPRESSED;
    mock_gl.tiled_fourcc = DRM_FORMAT_ARGB8888;
    mock_gl.tiled_drawn = true;
}

/* What has a plane for compression is left out: a layout has no place for it. */
static void test_what_it_draws_is_listed(void **state)
{
    const struct zc_format *format = zc_format_by_name("XR24");
    struct zc_gpu *gpu = gpu_open();
    uint64_t modifier;

    (void)state;
    assert_false(zc_gpu_modifier(gpu, format, 0, &modifier));
    list_both();
    assert_true(zc_gpu_modifier(gpu, format, 0, &modifier));
    assert_true(modifier == TILED);
    assert_false(zc_gpu_modifier(gpu, format, 1, &modifier));
    assert_false(zc_gpu_modifier(gpu, zc_format_by_name("NV12"), 0, &modifier));
    assert_false(zc_gpu_modifier(gpu, zc_format_by_name("YUYV"), 0, &modifier));
    mock_gl.tiled_drawn = false;
    assert_false(zc_gpu_modifier(gpu, format, 0, &modifier));
    zc_gpu_close(gpu);
}

static void test_frames_of_its_own(void **state)
{
    const uint64_t modifier = TILED;
    struct zc_frame *src = frame_by("YUYV", 64, 48), *dst;
    struct zc_gpu *gpu = gpu_open();
    struct zc_layout layout;
    struct zc_pool *pool;

    (void)state;
    list_both();
    assert_int_equal(zc_layout_solve(&layout, zc_format_by_name("XR24"), 64, 48, NULL),
                     0);
    assert_int_equal(zc_gpu_pool(gpu, &layout, &modifier, 1, 3, &pool), 0);
    assert_int_equal(zc_pool_size(pool), 3);
    assert_int_equal(mock_gl.live_gbm, 1);
    for (int i = 0; i < 3; i++) {
        dst = zc_pool_acquire(pool);
        assert_true(zc_frame_layout(dst)->modifier == TILED);
        assert_int_equal(zc_frame_layout(dst)->n_buffers, 1);
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        zc_frame_unref(dst);
    }
    zc_pool_unref(pool);
    zc_frame_unref(src);
    zc_gpu_close(gpu);
    assert_nothing_lives();
    assert_int_equal(mock_gl.live_gbm, 0);
}

static void test_refusals_of_its_own_memory(void **state)
{
    const uint64_t modifier = COMPRESSED;
    int before = open_fds();
    struct zc_gpu *gpu = gpu_open();
    struct zc_layout layout;
    struct zc_pool *pool;

    (void)state;
    list_both();
    zc_layout_solve(&layout, zc_format_by_name("XR24"), 64, 48, NULL);
    assert_int_equal(zc_gpu_pool(gpu, &layout, &modifier, 1, 2, &pool), -ENOTSUP);
    assert_non_null(strstr(said, "GBM allocates no XR24 of 64x48 that is laid out in one "
                                 "plane, of 1 modifiers, the first 0x1000000"));
    assert_int_equal(zc_gpu_pool(gpu, &layout, &modifier, 1, 0, &pool), -EINVAL);
    zc_gpu_close(gpu);
    mock_gl.gbm_error = -ELIBACC;
    gpu = gpu_open();
    assert_int_equal(zc_gpu_pool(gpu, &layout, &modifier, 1, 2, &pool), -ELIBACC);
    assert_non_null(strstr(said, "no memory of its own to draw into: libgbm: "));
    zc_gpu_close(gpu);
    assert_int_equal(open_fds(), before);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_modifiers, gpu_reset),
    cmocka_unit_test_setup(test_tiled_yuv_is_read_by_the_driver, gpu_reset),
    cmocka_unit_test_setup(test_what_it_draws_is_listed, gpu_reset),
    cmocka_unit_test_setup(test_frames_of_its_own, gpu_reset),
    cmocka_unit_test_setup(test_refusals_of_its_own_memory, gpu_reset),
};

TEST_MAIN("gpu-tiled", tests)
