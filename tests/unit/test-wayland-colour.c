/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland, on a compositor of ours that has color-representation-v1: YUV in its colours. */
#include "wayland-fixture.h"

#include <errno.h>

/* As the protocol numbers them. */
enum { BT709 = 2, BT601 = 4 };
enum { FULL = 1, LIMITED = 2 };

static void set_colour(int index, enum zc_matrix matrix, enum zc_range range)
{
    struct zc_layout *layout = (struct zc_layout *)zc_frame_layout(frame[index]);

    layout->colour = (struct zc_colour){matrix, range};
}

static struct seen show_and_look(int index)
{
    show(index);
    present(index, zc_now_ns(), 0);
    return look();
}

static void test_compositor_is_told_how_to_read_yuv(void **state)
{
    struct seen seen;

    (void)state;
    script.colours = true;
    start_compositor();
    assert_int_equal(open_display(), 0);
    make_frames("NV12", 640, 480);
    set_colour(0, ZC_MATRIX_BT601, ZC_RANGE_LIMITED);
    set_colour(1, ZC_MATRIX_BT709, ZC_RANGE_LIMITED);
    set_colour(2, ZC_MATRIX_BT709, ZC_RANGE_LIMITED);
    set_colour(3, ZC_MATRIX_BT601, ZC_RANGE_FULL);
    /* What all assume is not said. */
    assert_int_equal(show_and_look(0).colours_said, 0);
    seen = show_and_look(1);
    assert_int_equal(seen.coefficients, BT709);
    assert_int_equal(seen.range, LIMITED);
    /* Once, while it stays so. */
    assert_int_equal(show_and_look(2).colours_said, 1);
    seen = show_and_look(3);
    assert_int_equal(seen.coefficients, BT601);
    assert_int_equal(seen.range, FULL);
    /* And is taken back. */
    assert_int_equal(show_and_look(0).coefficients, 0);
}

static void test_colours_that_it_lacks_have_a_reason(void **state)
{
    uint32_t reasons = 0;

    (void)state;
    script.colours = true;
    start_compositor();
    assert_int_equal(open_display(), 0);
    make_frames("NV12", 640, 480);
    set_colour(0, ZC_MATRIX_BT2020, ZC_RANGE_LIMITED);
    assert_int_equal(zc_display_test(display, frame[0], &reasons), -ENOTSUP);
    assert_int_equal(reasons, ZC_REASON_COLOUR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_compositor_is_told_how_to_read_yuv),
    TEST(test_colours_that_it_lacks_have_a_reason),
};

TEST_MAIN("wayland-colour", tests)
