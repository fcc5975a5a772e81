/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu - what is made, kept and freed, and what is said where nothing can be. */
#include "memory/frame-private.h"
#include "gpu-fixture.h"

#include <drm_fourcc.h>
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#define FRAMES 4
#define ROUNDS 600

static uint64_t imports(void)
{
    struct zc_counters counters;

    zc_counters_read(&counters);
    return counters.gpu_imports;
}

static void test_imports_once(void **state)
{
    struct zc_frame *src[FRAMES], *dst[FRAMES];
    struct zc_gpu *gpu = gpu_open();
    uint64_t before = imports();
    int made[MOCK_THINGS];

    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        src[i] = frame_by("NV21", 640, 480);
        dst[i] = frame_by("XR24", 640, 480);
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (round == FRAMES)
            memcpy(made, mock_gl.made, sizeof(made));
        assert_int_equal(
            zc_gpu_convert(gpu, src[round % FRAMES], dst[round % FRAMES], NULL), 0);
    }
    assert_int_equal(mock_gl.draws, ROUNDS);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], FRAMES * 3);
    assert_int_equal(imports() - before, FRAMES * 3);
    assert_int_equal(mock_gl.made[MOCK_PROGRAM], 1);
    assert_int_equal(mock_gl.made[MOCK_TEXTURE], FRAMES * 2);
    for (int i = 0; i < MOCK_THINGS; i++)
        if (i != MOCK_SYNC)
            assert_int_equal(mock_gl.made[i], made[i]);
    assert_int_equal(mock_gl.live[MOCK_SYNC], 0);
    assert_int_equal(mock_gl.finishes, 0);

    for (int i = 0; i < FRAMES; i++)
        zc_frame_unref(src[i]);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], FRAMES);
    assert_int_equal(mock_gl.live[MOCK_TEXTURE], 0);
    for (int i = 0; i < FRAMES; i++)
        zc_frame_unref(dst[i]);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 0);
    zc_gpu_close(gpu);
    assert_nothing_lives();
    assert_string_equal(said, "");
}

static void test_gpu_goes_first(void **state)
{
    struct zc_frame *src = frame_by("YVYU", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    zc_gpu_close(gpu);
    assert_nothing_lives();
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(NULL);
}

static void test_two_gpus(void **state)
{
    struct zc_frame *src = frame_by("YVYU", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_gpu *one = gpu_open(), *two = gpu_open();

    (void)state;
    assert_int_equal(zc_gpu_convert(one, src, dst, NULL), 0);
    assert_int_equal(zc_gpu_convert(two, src, dst, NULL), 0);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 4);
    zc_gpu_close(one);
    assert_ptr_equal(eglGetCurrentContext(), EGL_NO_CONTEXT);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 2);
    assert_int_equal(zc_gpu_convert(two, src, dst, NULL), 0);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 4);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(two);
    assert_nothing_lives();
}

static void *drop(void *frame)
{
    zc_frame_unref(frame);
    return NULL;
}

static void test_frame_goes_elsewhere(void **state)
{
    struct zc_frame *src = frame_by("NV21", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_frame *next = frame_by("NV21", 64, 48);
    struct zc_gpu *gpu = gpu_open();
    pthread_t thread;

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, drop, src), 0);
    pthread_join(thread, NULL);
    assert_int_equal(mock_gl.foreign_deletes, 0);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 3);
    assert_int_equal(zc_gpu_convert(gpu, next, dst, NULL), 0);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 3);
    assert_int_equal(mock_gl.live[MOCK_TEXTURE], 2);
    pthread_create(&thread, NULL, drop, next);
    pthread_join(thread, NULL);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_import_fails(void **state)
{
    struct zc_frame *src = frame_by("NV21", 642, 480), *dst = frame_by("XR24", 640, 480);
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    mock_gl.image_fails_at = 2;
    mock_gl.image_error = EGL_BAD_MATCH;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 0);
    assert_int_equal(mock_gl.live[MOCK_TEXTURE], 0);
    assert_non_null(strstr(said, "plane 1 of a 642x480 NV21 frame, as 321x240 texels of "
                                 "GR88, stride 642, offset 308160, modifier 0x0: "
                                 "EGL_BAD_MATCH"));
    assert_non_null(strstr(said, "takes no images of that format"));

    /* XR24 is tried as AR24 and as itself. */
    mock_gl.image_fails_at = 3;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[5], DRM_FORMAT_XRGB8888);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

/* By the specification of EGL_EXT_image_dma_buf_import and Mesa's sources. */
static const struct {
    const char *renderer;
    uint32_t width, height;
    EGLint error;
    const char *advice;
} advices[] = {
    {"Mali-G52", 642, 480, EGL_BAD_ALLOC, "multiples of 64 bytes"},
    {"Mali-G52", 640, 480, EGL_BAD_ALLOC, "try another heap"},
    {"Mali-G52", 640, 480, EGL_BAD_MATCH, "choose another format"},
    {"Mali-G52", 640, 480, EGL_BAD_ACCESS, "multiples of 256 bytes may do"},
    {"AMD Radeon (radeonsi)", 320, 240, EGL_BAD_ALLOC, "multiples of 256 bytes"},
    {"AMD Radeon (radeonsi)", 1280, 1068, EGL_BAD_ALLOC, "multiple of 16 behind"},
    {"AMD Radeon (radeonsi)", 1280, 1072, EGL_BAD_ALLOC, "try another heap"},
    {"llvmpipe", 642, 480, EGL_BAD_ALLOC, "maps the memory"},
};

static void test_advice_is_for_the_renderer(void **state)
{
    for (unsigned i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        struct zc_frame *src, *dst;
        struct zc_gpu *gpu;

        gpu_reset(state);
        mock_gl.devices[1].renderer = advices[i].renderer;
        mock_gl.n_devices = 2;
        mock_gl.null_driver = "some";
        assert_int_equal(zc_gpu_open(&gpu, FAKE_NODE), 0);
        src = frame_by("GREY", advices[i].width, advices[i].height);
        dst = frame_by("XR24", 640, 480);
        mock_gl.image_fails_at = 1;
        mock_gl.image_error = advices[i].error;
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
        if (!strstr(said, advices[i].advice))
            fail_msg("%s: no \"%s\" in %s", advices[i].renderer, advices[i].advice, said);
        zc_frame_unref(src);
        zc_frame_unref(dst);
        zc_gpu_close(gpu);
        assert_nothing_lives();
    }
}

static const struct zc_format strange = {
    "WHAT", 0x20203030, 0, ZC_MODEL_YUV,
    NULL,   false,      1, {{4, 2, 1, DRM_FORMAT_ABGR8888}}};

/* A software renderer draws in blocks, and would write behind the buffer. */
static void test_room_for_blocks(void **state)
{
    const struct zc_align rows = {.rows = 4}, both = {.stride = 16, .rows = 4};
    const struct zc_format *format = zc_format_by_name("XR24");
    struct zc_frame *src = frame_by("XR24", 322, 242), *dst;
    struct zc_gpu *gpu = gpu_open();
    struct zc_layout layout;

    (void)state;
    assert_true(zc_gpu_info(gpu)->software);
    dst = frame_by("XR24", 320, 242);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "blocks of 4x4 pixels"));
    zc_frame_unref(dst);
    assert_int_equal(zc_layout_solve(&layout, format, 322, 242, &rows), 0);
    dst = frame_laid(&layout);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
    zc_frame_unref(dst);
    assert_int_equal(mock_gl.draws, 0);
    assert_int_equal(zc_layout_solve(&layout, format, 322, 242, &both), 0);
    dst = frame_laid(&layout);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.draws, 1);
    zc_frame_unref(dst);
    zc_frame_unref(src);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_refuses(void **state)
{
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_frame *grey = frame_by("NV21", 64, 48), *odd = frame_of(&strange, 64, 48);
    struct zc_gpu *gpu = gpu_open();
    struct zc_frame *memory;
    void *pixels = &src; /* never looked at */

    (void)state;
    assert_int_equal(
        zc_frame_create_cpu(&memory, zc_frame_layout(src), &pixels, NULL, NULL), 0);
    assert_int_equal(zc_gpu_convert(gpu, src, src, NULL), -EINVAL);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, &(struct zc_gpu_op){.rotate = 45}),
                     -EINVAL);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, &(struct zc_gpu_op){.to.width = 9}),
                     -EINVAL);
    assert_int_equal(
        zc_gpu_convert(gpu, src, dst, &(struct zc_gpu_op){.to = {0, 0, 9000, 9}}),
        -EINVAL);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 0);
    assert_int_equal(zc_gpu_convert(gpu, src, grey, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "nothing draws into NV21"));
    assert_int_equal(zc_gpu_convert(gpu, odd, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "no shader that reads WHAT"));
    assert_int_equal(zc_gpu_convert(gpu, memory, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "CPU memory"));
    assert_int_equal(mock_gl.draws, 0);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(grey);
    zc_frame_unref(odd);
    zc_frame_unref(memory);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void keep(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    (void)owner, (void)attachment;
}

static void test_no_room(void **state)
{
    struct zc_frame *src = frame_by("NV12", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_attachments owners[16] = {0};
    struct zc_attachment attachments[16];
    struct zc_gpu *gpu = gpu_open();
    int n = 0;

    (void)state;
    do
        owners[n].destroy = keep;
    while (!zc_frame_attach(src, &owners[n], &attachments[n]) && ++n < 16);
    assert_true(n < 16);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOSPC);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 2);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 0);
    zc_gpu_close(gpu);
    assert_nothing_lives();
    zc_frame_unref(src);
    zc_frame_unref(dst);
}

static void test_external(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct zc_frame *src = frame_by("NV21", 64, 48), *dst = frame_by("XR24", 64, 48);
        struct zc_gpu *gpu;

        gpu_reset(NULL);
        gpu = gpu_open();
        mock_gl.external_only = i;
        mock_gl.texture_2d_refused = !i;
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        assert_non_null(strstr(mock_gl.source, "#extension GL_OES_EGL_image_external"));
        assert_non_null(strstr(mock_gl.source, "samplerExternalOES zc_plane1;"));
        assert_null(strstr(mock_gl.source, "sampler2D"));
        zc_frame_unref(src);
        zc_frame_unref(dst);
        zc_gpu_close(gpu);
        assert_nothing_lives();
    }
}

static void test_framebuffers(void **state)
{
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_frame *last = frame_by("XR24", 64, 48);
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    mock_gl.renderbuffer_refused = true;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.live[MOCK_TEXTURE], 2);
    mock_gl.framebuffer_refused = true;
    assert_int_equal(zc_gpu_convert(gpu, src, last, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "cannot be drawn into: GL status 0x8cdd"));
    assert_int_equal(mock_gl.live[MOCK_FRAMEBUFFER], 1);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(last);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

/* Luma whole, chroma at half the size, each in its place. */
static void test_into_nv12(void **state)
{
    static const int half[] = {2, 3, 10, 8};
    const struct zc_align align = {.stride = 64, .rows = 4};
    const char *const names[] = {"NV12", "NV12M"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct zc_frame *src = frame_by("YUYV", 64, 48), *dst;
        struct zc_gpu *gpu;
        struct zc_layout layout;
        int made;

        gpu_reset(NULL);
        gpu = gpu_open();
        assert_int_equal(
            zc_layout_solve(&layout, zc_format_by_name(names[i]), 64, 50, &align), 0);
        dst = frame_laid(&layout);
        assert_int_equal(
            zc_gpu_convert(gpu, src, dst, &(struct zc_gpu_op){.to = {4, 6, 19, 15}}), 0);
        assert_int_equal(mock_gl.draws, 2);
        assert_int_equal(mock_gl.clears, 2);
        assert_int_equal(mock_gl.live[MOCK_FRAMEBUFFER], 2);
        assert_memory_equal(mock_gl.viewport, half, sizeof(half));
        /* The last texel of chroma is half outside. */
        assert_float_equal(mock_gl.map[0], 20.0 / 19, 1e-6);
        assert_float_equal(mock_gl.map[4], 16.0 / 15, 1e-6);
        assert_non_null(strstr(mock_gl.source, "zc_step[1]"));
        made = mock_gl.made[MOCK_IMAGE] + mock_gl.made[MOCK_PROGRAM];
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        assert_int_equal(mock_gl.made[MOCK_IMAGE] + mock_gl.made[MOCK_PROGRAM], made);
        assert_int_equal(
            zc_gpu_convert(gpu, src, dst, &(struct zc_gpu_op){.to = {4, 5, 8, 8}}),
            -EINVAL);
        assert_non_null(strstr(said, "at 4,5: its chroma wants even places"));
        zc_frame_unref(src);
        zc_frame_unref(dst);
        zc_gpu_close(gpu);
        assert_nothing_lives();
    }
}

/* Whole blocks of luma would reach into chroma's rows. */
static void test_room_in_nv12(void **state)
{
    struct zc_frame *src = frame_by("YUYV", 64, 48), *dst = frame_by("NV12", 64, 50);
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "cannot draw plane 0 of NV12"));
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_imports_once, gpu_reset),
        cmocka_unit_test_setup(test_gpu_goes_first, gpu_reset),
        cmocka_unit_test_setup(test_two_gpus, gpu_reset),
        cmocka_unit_test_setup(test_frame_goes_elsewhere, gpu_reset),
        cmocka_unit_test_setup(test_import_fails, gpu_reset),
        cmocka_unit_test_setup(test_advice_is_for_the_renderer, gpu_reset),
        cmocka_unit_test_setup(test_room_for_blocks, gpu_reset),
        cmocka_unit_test_setup(test_into_nv12, gpu_reset),
        cmocka_unit_test_setup(test_room_in_nv12, gpu_reset),
        cmocka_unit_test_setup(test_refuses, gpu_reset),
        cmocka_unit_test_setup(test_no_room, gpu_reset),
        cmocka_unit_test_setup(test_external, gpu_reset),
        cmocka_unit_test_setup(test_framebuffers, gpu_reset),
    };

    return cmocka_run_group_tests_name("gpu", tests, NULL, NULL);
}
