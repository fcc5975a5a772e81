/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test-gpu - what the GPU makes, keeps and frees, and what it says where it cannot. */
#include "fake-any-frame.h"
#include "gpu-import.h"
#include "ioctl.h"
#include "mock-gl.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define FRAMES 4
#define ROUNDS 600

static const struct zc_format xr24 = {"XR24", DRM_FORMAT_XRGB8888,
                                      0,      ZC_MODEL_RGB,
                                      NULL,   false,
                                      1,      {{4, 1, 1, DRM_FORMAT_XRGB8888}}};
static const struct zc_format ar24 = {"AR24", DRM_FORMAT_ARGB8888,
                                      0,      ZC_MODEL_RGB,
                                      NULL,   false,
                                      1,      {{4, 1, 1, DRM_FORMAT_ARGB8888}}};
static const struct zc_format yvyu = {
    "YVYU", DRM_FORMAT_YVYU, 0, ZC_MODEL_YUV,
    "yvyu", false,           1, {{4, 2, 1, DRM_FORMAT_ABGR8888}}};
static const struct zc_format nv21 = {
    "NV21", DRM_FORMAT_NV21, 0, ZC_MODEL_YUV,
    "vu",   false,           2, {{1, 1, 1, DRM_FORMAT_R8}, {2, 2, 2, DRM_FORMAT_GR88}}};
static const struct zc_format yuv3 = {
    "YV12",
    DRM_FORMAT_YVU420,
    0,
    ZC_MODEL_YUV,
    NULL,
    false,
    3,
    {{1, 1, 1, DRM_FORMAT_R8}, {1, 2, 2, DRM_FORMAT_R8}, {1, 2, 2, DRM_FORMAT_R8}}};
static const struct zc_format strange = {
    "WHAT", 0x20203030, 0, ZC_MODEL_YUV,
    NULL,   false,      1, {{4, 2, 1, DRM_FORMAT_ABGR8888}}};

static int64_t now_ns;
static char said[8192];

int64_t zc_now_ns(void)
{
    return now_ns;
}

static void listen(enum zc_log_level level, const char *message, void *user)
{
    size_t length = strlen(said);

    (void)user;
    snprintf(said + length, sizeof(said) - length, "%d %s\n", level, message);
}

static struct zc_frame *make(const struct zc_format *format, uint32_t width,
                             uint32_t height)
{
    struct zc_layout layout = {.format = format,
                               .width = width,
                               .height = height,
                               .n_planes = format->n_planes,
                               .n_buffers = 1};
    uint32_t offset = 0;
    int fd = 100;

    for (int i = 0; i < format->n_planes; i++) {
        const struct zc_format_plane *plane = &format->plane[i];
        uint32_t columns = (width + plane->block_width - 1) / plane->block_width;
        uint32_t rows = (height + plane->block_height - 1) / plane->block_height;

        layout.plane[i].offset = offset;
        layout.plane[i].stride = columns * plane->block_bytes;
        offset += rows * layout.plane[i].stride;
    }
    layout.bytes[0] = offset;
    return fake_frame(&layout, &fd);
}

static int reset(void **state)
{
    (void)state;
    mock_gl_reset();
    said[0] = '\0';
    fake_frame_full = false;
    now_ns = 1000000000;
    zc_log_set(ZC_LOG_WARNING, listen, NULL);
    return 0;
}

static struct zc_gpu *open_gpu(void)
{
    struct zc_gpu *gpu = NULL;

    assert_int_equal(zc_gpu_open(&gpu, NULL), 0);
    return gpu;
}

static void assert_nothing_lives(void)
{
    for (int i = 0; i < MOCK_THINGS; i++)
        if (mock_gl.live[i])
            fail_msg("%d things of kind %d live on", mock_gl.live[i], i);
    assert_int_equal(mock_gl.foreign_deletes, 0);
}

static uint64_t imports(void)
{
    struct zc_counters counters;

    zc_counters_read(&counters);
    return counters.gpu_imports;
}

/* ------------------------------------------------------------------ costs */

static void test_imports_once(void **state)
{
    struct zc_frame *src[FRAMES], *dst[FRAMES];
    struct zc_gpu *gpu = open_gpu();
    uint64_t before = imports();
    int made[MOCK_THINGS];

    (void)state;
    for (int i = 0; i < FRAMES; i++) {
        src[i] = make(&nv21, 640, 480);
        dst[i] = make(&xr24, 640, 480);
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
    struct zc_frame *src = make(&yvyu, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_gpu *gpu = open_gpu();

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
    struct zc_frame *src = make(&yvyu, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_gpu *one = open_gpu(), *two = open_gpu();
    EGLContext second = eglGetCurrentContext();

    (void)state;
    assert_int_equal(zc_gpu_convert(one, src, dst, NULL), 0);
    assert_ptr_not_equal(eglGetCurrentContext(), second);
    assert_int_equal(zc_gpu_convert(two, src, dst, NULL), 0);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 4);
    zc_gpu_close(one);
    assert_ptr_equal(eglGetCurrentContext(), second);
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
    struct zc_frame *src = make(&nv21, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_frame *next = make(&nv21, 64, 48);
    struct zc_gpu *gpu = open_gpu();
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

/* --------------------------------------------------------------- refusals */

static void test_import_fails(void **state)
{
    struct zc_frame *src = make(&nv21, 642, 480), *dst = make(&xr24, 642, 480);
    struct zc_gpu *gpu = open_gpu();

    (void)state;
    mock_gl.image_fails_at = 2;
    mock_gl.image_error = EGL_BAD_MATCH;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOTSUP);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 0);
    assert_int_equal(mock_gl.live[MOCK_TEXTURE], 0);
    assert_non_null(strstr(said, "plane 1 of a 642x480 NV21 frame, as 321x240 texels of "
                                 "GR88, stride 642, offset 308160, modifier 0x0: "
                                 "EGL_BAD_MATCH"));
    assert_non_null(strstr(said, "multiples of 64 bytes"));

    /* XR24 is tried as AR24 and as itself. */
    mock_gl.image_fails_at = 3;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[5], DRM_FORMAT_XRGB8888);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_refuses(void **state)
{
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_frame *grey = make(&nv21, 64, 48), *odd = make(&strange, 64, 48);
    struct zc_gpu *gpu = open_gpu();
    struct zc_layout layout = *zc_frame_layout(src);
    struct zc_frame *memory = fake_frame(&layout, &(int){-1});

    (void)state;
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
    fake_frame_full = true;
    zc_frame_unref(src);
    src = make(&xr24, 64, 48);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), -ENOSPC);
    assert_int_equal(mock_gl.draws, 0);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(grey);
    zc_frame_unref(odd);
    zc_frame_unref(memory);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_modifiers(void **state)
{
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 48), *tiled;
    struct zc_layout layout = *zc_frame_layout(src);
    struct zc_gpu *gpu = open_gpu();
    struct zc_frame *plain = make(&xr24, 64, 48);

    (void)state;
    layout.modifier = 77;
    tiled = fake_frame(&layout, &(int){100});
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[12], EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT);
    assert_int_equal(zc_gpu_convert(gpu, tiled, dst, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "modifier 0x4d"));
    assert_int_equal(zc_gpu_convert(gpu, src, tiled, NULL), -ENOTSUP);
    mock_gl.modifiers_listed = false;
    assert_int_equal(zc_gpu_convert(gpu, plain, dst, NULL), 0);
    assert_int_equal(mock_gl.image_attribs[12], EGL_NONE);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(tiled);
    zc_frame_unref(plain);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_external(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct zc_frame *src = make(&nv21, 64, 48), *dst = make(&xr24, 64, 48);
        struct zc_gpu *gpu;

        reset(NULL);
        gpu = open_gpu();
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
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_frame *last = make(&xr24, 64, 48);
    struct zc_gpu *gpu = open_gpu();

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

/* --------------------------------------------------------------- pictures */

/* Where in a 64x48 source the drawn picture's corners come from: left top, right top, ...
 */
static void assert_corners(const struct zc_gpu_op *op, const char *expected)
{
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 64);
    struct zc_gpu *gpu = open_gpu();
    const float *map = mock_gl.map;
    char corners[12] = "";

    assert_int_equal(zc_gpu_convert(gpu, src, dst, op), 0);
    for (int i = 0; i < 4; i++) {
        float x = i % 2, y = i / 2;
        float from_x = map[0] * x + map[1] * y + map[2];
        float from_y = map[3] * x + map[4] * y + map[5];

        assert_true((from_x == 0 || from_x == 1) && (from_y == 0 || from_y == 1));
        strcat(corners,
               from_y == 0 ? (from_x == 0 ? "a" : "b") : (from_x == 0 ? "c" : "d"));
    }
    assert_string_equal(corners, expected);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
}

static void test_turns(void **state)
{
    /* The source is "ab" above "cd". */
    static const struct {
        int rotate;
        bool flip_h, flip_v;
        const char *corners;
    } turns[] = {
        {0, false, false, "abcd"},   {0, true, false, "badc"},
        {0, false, true, "cdab"},    {90, false, false, "cadb"},
        {180, false, false, "dcba"}, {270, false, false, "bdac"},
        {90, true, false, "dbca"},   {90, false, true, "acbd"},
        {270, true, true, "cadb"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
        assert_corners(&(struct zc_gpu_op){.rotate = turns[i].rotate,
                                           .flip_h = turns[i].flip_h,
                                           .flip_v = turns[i].flip_v},
                       turns[i].corners);
}

static void test_places(void **state)
{
    struct zc_frame *src = make(&nv21, 63, 47), *dst = make(&xr24, 640, 480);
    struct zc_frame *alpha = make(&ar24, 47, 63);
    struct zc_gpu *gpu = open_gpu();
    static const int whole[] = {0, 0, 640, 480}, part[] = {-5, 7, 47, 63};

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_memory_equal(mock_gl.viewport, whole, sizeof(whole));
    assert_non_null(strstr(mock_gl.source, "mix("));
    assert_true(mock_gl.size[0] == 63 && mock_gl.size[1] == 47);
    assert_true(mock_gl.texels[2] == 32 && mock_gl.texels[3] == 24);
    assert_true(mock_gl.opaque == 1);

    assert_int_equal(
        zc_gpu_convert(gpu, src, alpha,
                       &(struct zc_gpu_op){.rotate = 90, .to = {-5, 7, 47, 63}}),
        0);
    assert_memory_equal(mock_gl.viewport, part, sizeof(part));
    assert_null(strstr(mock_gl.source, "mix("));
    assert_true(mock_gl.opaque == 0);
    assert_int_equal(mock_gl.clears, 2);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(alpha);
    zc_gpu_close(gpu);
}

static void test_components(void **state)
{
    static const struct {
        const struct zc_format *format;
        const char *text[3];
    } cases[] = {
        {&yvyu, {"? b0.r : b0.b", "float u = b0.a;", "float v = b0.g;"}},
        {&nv21, {"float y = b0.r;", "float u = b1.g;", "float v = b1.r;"}},
        {&yuv3, {"float y = b0.r;", "float u = b2.r;", "float v = b1.r;"}},
        {&xr24, {"vec4(b0.rgb, 1.0)", "", ""}},
        {&ar24, {"vec4(b0.rgb, b0.a)", "", ""}},
    };
    struct zc_gpu *gpu = open_gpu();

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zc_frame *src = make(cases[i].format, 8, 8), *dst = make(&xr24, 8, 8);

        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        for (int k = 0; k < 3; k++)
            assert_non_null(strstr(mock_gl.source, cases[i].text[k]));
        zc_frame_unref(src);
        zc_frame_unref(dst);
    }
    zc_gpu_close(gpu);
}

/* ---------------------------------------------------------------- effects */

static const char good[] = "vec4 zc_effect(vec2 at) { return zc_sample(at); }\n";

static void test_effect(void **state)
{
    struct zc_frame *src = make(&yvyu, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_gpu *gpu = open_gpu();

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(zc_gpu_set_shader(gpu, good, "good.frag"), 0);
    assert_int_equal(mock_gl.live[MOCK_PROGRAM], 2);
    now_ns += 2500000000;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_true(mock_gl.time == 2.5f);
    assert_int_equal(mock_gl.made[MOCK_PROGRAM], 2);
    assert_int_equal(zc_gpu_set_shader(gpu, good, NULL), 0);
    assert_int_equal(mock_gl.live[MOCK_PROGRAM], 2);
    assert_int_equal(zc_gpu_set_shader(gpu, NULL, NULL), 0);
    assert_int_equal(mock_gl.live[MOCK_PROGRAM], 1);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_effect_fails(void **state)
{
    static const char bad[] =
        "// one\n// two\nvec4 zc_effect(vec2 at) { return wrong; }\n";
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 48);
    char *large = calloc(1, 70000);

    (void)state;
    memset(large, ' ', 69999);
    for (int i = 0; i < 2; i++) {
        struct zc_gpu *gpu;
        int made;

        reset(NULL);
        mock_gl.lines_from_next = i;
        gpu = open_gpu();
        assert_int_equal(zc_gpu_set_shader(gpu, good, "good.frag"), 0);
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        made = mock_gl.made[MOCK_PROGRAM];
        assert_int_equal(zc_gpu_set_shader(gpu, bad, "bad.frag"), -EINVAL);
        assert_non_null(strstr(said, "0 bad.frag: 0:3(1): error: `wrong' undeclared\n"));
        assert_non_null(strstr(said, "0 bad.frag does not compile"));
        assert_int_equal(zc_gpu_set_shader(gpu, large, "large.frag"), -EINVAL);
        assert_non_null(strstr(said, "large.frag is longer than 65536 bytes"));
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        assert_int_equal(mock_gl.made[MOCK_PROGRAM], made);
        zc_gpu_close(gpu);
        assert_nothing_lives();
    }
    free(large);
    zc_frame_unref(src);
    zc_frame_unref(dst);
}

/* ----------------------------------------------------------------- fences */

static int open_fds(void)
{
    int n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void test_fences(void **state)
{
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_gpu *gpu = open_gpu();
    int before = open_fds();

    (void)state;
    assert_true(zc_gpu_info(gpu)->native_fence);
    zc_frame_set_fence(src, open("/dev/null", O_RDONLY));
    for (int i = 0; i < 3; i++)
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.waits, 3);
    assert_true(zc_frame_fence(dst) >= 0);
    assert_true(zc_frame_fence(src) >= 0);
    assert_int_equal(open_fds(), before + 2);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_int_equal(open_fds(), before);
    assert_nothing_lives();
}

static void test_no_fences(void **state)
{
    struct zc_frame *src = make(&xr24, 64, 48), *dst = make(&xr24, 64, 48);
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.dup_fails = true;
    gpu = open_gpu();
    assert_false(zc_gpu_info(gpu)->native_fence);
    /* /dev/null is always ready, as a fence that has signalled. */
    zc_frame_set_fence(src, open("/dev/null", O_RDONLY));
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.waits, 0);
    assert_int_equal(mock_gl.finishes, 1);
    assert_int_equal(zc_frame_fence(dst), -1);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

/* ---------------------------------------------------------------- devices */

static void test_devices(void **state)
{
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.n_devices = 3;
    gpu = open_gpu();
    assert_string_equal(zc_gpu_info(gpu)->device, "/dev/zero");
    assert_string_equal(zc_gpu_info(gpu)->renderer, "Mali-G52");
    assert_false(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);

    /* A render node that draws in software is passed over. */
    mock_gl.devices[2].renderer = "llvmpipe (LLVM 19)";
    gpu = open_gpu();
    assert_string_equal(zc_gpu_info(gpu)->device, "software");
    zc_gpu_close(gpu);

    /* Unless it is asked for. */
    assert_int_equal(zc_gpu_open(&gpu, "/dev/zero"), 0);
    assert_true(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);
    assert_int_equal(zc_gpu_open(&gpu, "software"), 0);
    assert_string_equal(zc_gpu_info(gpu)->device, "software");
    zc_gpu_close(gpu);
    assert_int_equal(zc_gpu_open(&gpu, "/dev/full"), -ENODEV);
    assert_nothing_lives();
}

static void test_no_device(void **state)
{
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.n_devices = 0;
    assert_int_equal(zc_gpu_open(&gpu, NULL), -ENODEV);
    mock_gl.n_devices = 1;
    mock_gl.devices[0].display_extensions =
        "EGL_KHR_image_base EGL_KHR_surfaceless_context EGL_KHR_no_config_context "
        "EGL_EXT_image_dma_buf_import_modifiers";
    assert_int_equal(zc_gpu_open(&gpu, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "software lacks EGL_EXT_image_dma_buf_import;"));
    /* Old Mesa imports in software through a node that only keeps memory. */
    mock_gl.n_devices = 2;
    assert_int_equal(zc_gpu_open(&gpu, NULL), 0);
    assert_string_equal(zc_gpu_info(gpu)->device, "/dev/null");
    assert_true(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

/* ------------------------------------------------------------------ proof */

static void test_verify(void **state)
{
    struct zc_frame *src, *dst = make(&xr24, 64, 48), *template = make(&nv21, 64, 48);
    FILE *own = tmpfile(), *other = tmpfile();
    int fd = fileno(own), before;
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.n_devices = 3;
    gpu = open_gpu();
    src = fake_frame(zc_frame_layout(template), &fd);
    assert_int_equal(zc_gpu_verify(gpu, src), -ENOENT);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(zc_gpu_verify(gpu, src), -ENOTSUP);
    before = open_fds();
    mock_gl.export_fd = fd;
    assert_int_equal(zc_gpu_verify(gpu, src), 1);
    mock_gl.export_fd = fileno(other);
    assert_int_equal(zc_gpu_verify(gpu, src), 0);
    assert_int_equal(open_fds(), before);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_frame_unref(template);
    zc_gpu_close(gpu);
    fclose(own);
    fclose(other);
    assert_nothing_lives();
}

static void test_verify_maps(void **state)
{
    static char maps[] =
        "7f0000000000-7f0000001000 rw-s 00000000 00:01 4711       /memfd:x (deleted)\n"
        "7f0000001000-7f0000002000 rw-p 00000000 00:00 0 \n"
        "7f0000002000-7f0000003000 rw-s 00000000 00:0b 815        /dmabuf:zerocopy\n";
    static const struct {
        uint64_t identity;
        bool found;
    } cases[] = {{815, true}, {4711, false}, {81, false}, {0, false}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        FILE *file = fmemopen(maps, strlen(maps), "r");

        assert_int_equal(zc_maps_have(file, cases[i].identity), cases[i].found);
        fclose(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_imports_once, reset),
        cmocka_unit_test_setup(test_gpu_goes_first, reset),
        cmocka_unit_test_setup(test_two_gpus, reset),
        cmocka_unit_test_setup(test_frame_goes_elsewhere, reset),
        cmocka_unit_test_setup(test_import_fails, reset),
        cmocka_unit_test_setup(test_refuses, reset),
        cmocka_unit_test_setup(test_modifiers, reset),
        cmocka_unit_test_setup(test_external, reset),
        cmocka_unit_test_setup(test_framebuffers, reset),
        cmocka_unit_test_setup(test_turns, reset),
        cmocka_unit_test_setup(test_places, reset),
        cmocka_unit_test_setup(test_components, reset),
        cmocka_unit_test_setup(test_effect, reset),
        cmocka_unit_test_setup(test_effect_fails, reset),
        cmocka_unit_test_setup(test_fences, reset),
        cmocka_unit_test_setup(test_no_fences, reset),
        cmocka_unit_test_setup(test_devices, reset),
        cmocka_unit_test_setup(test_no_device, reset),
        cmocka_unit_test_setup(test_verify, reset),
        cmocka_unit_test_setup(test_verify_maps, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
