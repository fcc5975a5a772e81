/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, its colours: how planes read YUV, and what others left that would tint it. */
#include "display-fixture.h"

#include <errno.h>
#include <string.h>

static const char *const encodings[] = {
    [ZC_MATRIX_BT601] = "ITU-R BT.601 YCbCr",
    [ZC_MATRIX_BT709] = "ITU-R BT.709 YCbCr",
    [ZC_MATRIX_BT2020] = "ITU-R BT.2020 YCbCr",
};

static const char *const ranges[] = {
    [ZC_RANGE_LIMITED] = "YCbCr limited range",
    [ZC_RANGE_FULL] = "YCbCr full range",
};

static struct zc_frame *make_frame(const char *format, enum zc_matrix matrix,
                                   enum zc_range range)
{
    struct zc_layout layout;
    struct zc_frame *frame;

    assert_int_equal(zc_layout_solve(&layout, zc_format_by_name(format), 640, 480, NULL),
                     0);
    layout.colour = (struct zc_colour){matrix, range};
    assert_int_equal(zc_frame_create(&frame, heap, &layout), 0);
    return held[n_held++] = frame;
}

static void assert_option(uint32_t object, const char *property, const char *option)
{
    assert_int_equal(value(object, property), mock_drm_option(option));
}

static void test_each_colour_is_set(void **state)
{
    (void)state;
    open_display();
    for (int i = 0; i < 6; i++) {
        show_and_flip(make_frame("NV12", i / 2, i % 2));
        assert_option(MOCK_OVERLAY, "COLOR_ENCODING", encodings[i / 2]);
        assert_option(MOCK_OVERLAY, "COLOR_RANGE", ranges[i % 2]);
    }
    assert_int_equal(mock_drm.tests, 6);
    show_and_flip(held[0]); /* found before: no test again */
    assert_option(MOCK_OVERLAY, "COLOR_ENCODING", encodings[ZC_MATRIX_BT601]);
    assert_int_equal(mock_drm.tests, 6);
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_frames_of_one_colour_only_flip(void **state)
{
    (void)state;
    open_display();
    show_and_flip(make_frame("NV12", ZC_MATRIX_BT709, ZC_RANGE_FULL));
    show_and_flip(make_frame("NV12", ZC_MATRIX_BT709, ZC_RANGE_FULL));
    assert_int_equal(mock_drm.last_items, 1);
}

static void refused_as_colour(const char *text)
{
    struct zc_frame *frame = make_frame("NV12", ZC_MATRIX_BT2020, ZC_RANGE_FULL);

    open_display();
    assert_int_equal(reasons_of(frame), ZC_REASON_COLOUR);
    assert_int_equal(mock_drm.tests + mock_drm.primes, 0);
    assert_int_equal(zc_display_show(display, frame), -ENOTSUP);
    assert_non_null(strstr(said, text));
    close_display();
}

static void test_a_plane_without_that_colour_is_none(void **state)
{
    (void)state;
    mock_drm.no_option = "ITU-R BT.2020 YCbCr";
    refused_as_colour("BT.2020 full: colour");
    mock_drm.no_option = "YCbCr full range";
    refused_as_colour("BT.2020 full: colour");
    mock_drm.no_option = NULL;
    mock_drm.absent = "COLOR_ENCODING";
    refused_as_colour("BT.2020 full: colour");
    mock_drm.absent = "COLOR_RANGE";
    refused_as_colour("BT.2020 full: colour");
}

static void test_other_colours_and_rgb_go_on(void **state)
{
    (void)state;
    mock_drm.no_option = "ITU-R BT.2020 YCbCr";
    open_display();
    show_and_flip(make_frame("NV12", ZC_MATRIX_BT709, ZC_RANGE_FULL));
    close_display();
    mock_drm.absent = "COLOR_ENCODING";
    open_display();
    show_and_flip(make_frame("XR24", ZC_MATRIX_BT2020, ZC_RANGE_FULL));
}

static void test_a_fixed_colour_serves_its_own_frames(void **state)
{
    (void)state;
    mock_drm.fixed = "COLOR_ENCODING";
    open_display();
    show_and_flip(make_frame("NV12", ZC_MATRIX_BT601, ZC_RANGE_FULL));
    assert_int_equal(reasons_of(make_frame("NV12", ZC_MATRIX_BT709, ZC_RANGE_FULL)),
                     ZC_REASON_COLOUR);
}

static void test_nothing_of_a_program_before_us_tints(void **state)
{
    static const char *const of_crtc[] = {"DEGAMMA_LUT", "CTM", "GAMMA_LUT",
                                          "VRR_ENABLED"};

    (void)state;
    mock_drm_light();
    mock_drm_tint();
    *mock_drm_value(MOCK_PRIMARY, "alpha") = 0x1000;
    *mock_drm_value(MOCK_PRIMARY, "pixel blend mode") = mock_drm_option("Coverage");
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    for (int i = 0; i < 4; i++)
        assert_int_equal(value(MOCK_CRTC, of_crtc[i]), 0);
    assert_int_equal(value(MOCK_CONNECTOR, "HDR_OUTPUT_METADATA"), 0);
    assert_option(MOCK_CONNECTOR, "Colorspace", "Default");
    assert_int_equal(value(MOCK_PRIMARY, "alpha"), 0xffff);
    assert_option(MOCK_PRIMARY, "pixel blend mode", "Pre-multiplied");
    /* Their program is gone, and the kernel has dropped what it made. */
    for (int i = 0; i < MOCK_BLOBS; i++)
        if (!mock_drm.blob[i].ours)
            mock_drm.blob[i].id = 0;
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_string_equal(said, "");
}

static void test_what_is_neutral_is_not_touched(void **state)
{
    (void)state;
    mock_drm_light();
    mock_drm.fixed = "GAMMA_LUT";
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.modesets, 0);
}

/* ----------------------------------------------------------------- height */

static void open_over_black(void)
{
    mock_drm.needs_primary = true;
    *mock_drm_value(MOCK_PRIMARY, "zpos") = 5;
    *mock_drm_value(MOCK_OVERLAY, "zpos") = 2;
    open_display();
}

static void test_black_is_below(void **state)
{
    (void)state;
    open_over_black();
    show_and_flip(make_frame("NV12", ZC_MATRIX_BT601, ZC_RANGE_FULL));
    assert_int_not_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
    assert_true(value(MOCK_PRIMARY, "zpos") < value(MOCK_OVERLAY, "zpos"));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_black_that_covers_is_no_way(void **state)
{
    (void)state;
    mock_drm.fixed = "zpos";
    open_over_black();
    assert_int_equal(reasons_of(make_frame("NV12", ZC_MATRIX_BT601, ZC_RANGE_FULL)),
                     ZC_REASON_TEST);
}

static void test_no_zpos_is_the_kernels_order(void **state)
{
    (void)state;
    mock_drm.absent = "zpos";
    open_over_black();
    show_and_flip(make_frame("NV12", ZC_MATRIX_BT601, ZC_RANGE_FULL));
    assert_int_not_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_each_colour_is_set),
    TEST(test_frames_of_one_colour_only_flip),
    TEST(test_a_plane_without_that_colour_is_none),
    TEST(test_other_colours_and_rgb_go_on),
    TEST(test_a_fixed_colour_serves_its_own_frames),
    TEST(test_nothing_of_a_program_before_us_tints),
    TEST(test_what_is_neutral_is_not_touched),
    TEST(test_black_is_below),
    TEST(test_black_that_covers_is_no_way),
    TEST(test_no_zpos_is_the_kernels_order),
};

TEST_MAIN("display-colour", tests)
