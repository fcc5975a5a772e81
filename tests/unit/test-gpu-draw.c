/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu - where pixels come from and how they are read, and the user's effect. */
#include "gpu-fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void assert_corners(const struct zc_gpu_op *op, const char *expected)
{
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 64);
    struct zc_gpu *gpu = gpu_open();
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
    struct zc_frame *src = frame_by("NV21", 63, 47), *dst = frame_by("XR24", 640, 480);
    struct zc_frame *alpha = frame_by("AR24", 48, 64);
    struct zc_gpu *gpu = gpu_open();
    static const int whole[] = {0, 0, 640, 480}, part[] = {-5, 7, 47, 63};

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_memory_equal(mock_gl.viewport, whole, sizeof(whole));
    assert_non_null(strstr(mock_gl.source, "mix("));
    assert_true(mock_gl.size[0] == 63 && mock_gl.size[1] == 47);
    assert_true(mock_gl.texels[2] == 1.0f / 32 && mock_gl.texels[3] == 1.0f / 24);
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
        const char *name;
        const char *text[3];
    } cases[] = {
        {"YVYU", {"? b0.r : b0.b", "float u = b0.a;", "float v = b0.g;"}},
        {"NV21", {"float y = b0.r;", "float u = b1.g;", "float v = b1.r;"}},
        {"YU12", {"float y = b0.r;", "float u = b1.r;", "float v = b2.r;"}},
        {"YV12", {"float y = b0.r;", "float u = b2.r;", "float v = b1.r;"}},
        {"XR24", {"vec4(b0.rgb, 1.0)", "", ""}},
        {"AR24", {"vec4(b0.rgb, b0.a)", "", ""}},
    };
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zc_frame *src = frame_by(cases[i].name, 8, 8);
        struct zc_frame *dst = frame_by("XR24", 8, 8);

        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        for (int k = 0; k < 3; k++)
            assert_non_null(strstr(mock_gl.source, cases[i].text[k]));
        zc_frame_unref(src);
        zc_frame_unref(dst);
    }
    zc_gpu_close(gpu);
}

static const char good[] = "vec4 zc_effect(vec2 at) { return zc_sample(at); }\n";

static void test_effect(void **state)
{
    struct zc_frame *src = frame_by("YVYU", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(zc_gpu_set_shader(gpu, good, "good.frag"), 0);
    assert_int_equal(mock_gl.live[MOCK_PROGRAM], 2);
    fake_kernel.now_ns += 2500000000;
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
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 48);
    char *large = calloc(1, 70000);

    (void)state;
    memset(large, ' ', 69999);
    for (int i = 0; i < 2; i++) {
        struct zc_gpu *gpu;
        int made;

        gpu_reset(NULL);
        mock_gl.lines_from_next = i;
        gpu = gpu_open();
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_turns, gpu_reset),
        cmocka_unit_test_setup(test_places, gpu_reset),
        cmocka_unit_test_setup(test_components, gpu_reset),
        cmocka_unit_test_setup(test_effect, gpu_reset),
        cmocka_unit_test_setup(test_effect_fails, gpu_reset),
    };

    return cmocka_run_group_tests_name("gpu-draw", tests, NULL, NULL);
}
