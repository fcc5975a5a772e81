/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, its planes: which take a frame, and why others do not. */
#include "display-fixture.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void test_formats_are_those_of_the_usable_planes(void **state)
{
    (void)state;
    open_display();
    assert_true(zc_display_has_format(display, DRM_FORMAT_XRGB8888, 0));
    assert_true(zc_display_has_format(display, DRM_FORMAT_NV12, 0));
    assert_true(
        zc_display_has_format(display, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
    assert_false(zc_display_has_format(display, DRM_FORMAT_RGB565, 0));
    assert_false(zc_display_has_format(display, DRM_FORMAT_ARGB8888, 0));
}

static void test_no_in_formats_means_linear(void **state)
{
    (void)state;
    mock_drm.no_in_formats = true;
    open_display();
    assert_true(zc_display_has_format(display, DRM_FORMAT_RGB565, 0));
    assert_false(
        zc_display_has_format(display, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
}

static void test_overlay_takes_what_the_primary_lacks(void **state)
{
    (void)state;
    mock_drm_light();
    open_display();
    make_pool("NV12", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_not_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_ID"), 0);
    assert_int_equal(mock_drm.tests_passed, 1);
    assert_int_equal(mock_drm.primes, 1); /* two planes in one buffer */
    assert_int_equal(mock_drm.dumbs, 0);
}

static void test_overlay_is_tried_after_a_refusing_primary(void **state)
{
    (void)state;
    mock_drm.refused_plane = MOCK_PRIMARY;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_not_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(mock_drm.tests, 2);
    assert_int_equal(mock_drm.tests_passed, 1);
}

static void test_overlay_gets_black_below_where_the_card_insists(void **state)
{
    (void)state;
    mock_drm.needs_primary = true;
    open_display();
    make_pool("NV12", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_W"), 1024);
    assert_int_equal(value(MOCK_OVERLAY, "CRTC_W"), 640);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_int_equal(mock_drm.last_items, 1);
    assert_int_equal(mock_drm.dumbs, 1);
    assert_int_equal(mock_drm.tests_passed, 1);
}

static void test_layouts_may_change_on_the_way(void **state)
{
    struct zc_pool *first;

    (void)state;
    start();
    first = pool;
    make_pool("NV12", 320, 240, 2);
    show_and_flip(zc_pool_frame(first, 0));
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
    show_and_flip(zc_pool_frame(first, 1));
    assert_int_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_W"), 640);
    assert_int_equal(mock_drm.tests_passed, 2);
    assert_int_equal(mock_drm.modesets, 1);
    zc_pool_unref(first);
}

static void test_more_layouts_than_are_remembered(void **state)
{
    struct zc_pool *pools[12];

    (void)state;
    open_display();
    for (int i = 0; i < 12; i++) {
        make_pool("XR24", 640, 40 * (i + 1), 1);
        pools[i] = pool;
    }
    for (int i = 0; i < 24; i++) {
        show_and_flip(zc_pool_frame(pools[i % 12], 0));
        assert_int_equal(value(MOCK_PRIMARY, "CRTC_H"), 40 * (i % 12 + 1));
    }
    for (int i = 0; i < 11; i++)
        zc_pool_unref(pools[i]);
}

/* ------------------------------------------------------------------- reasons */

static void test_reasons(void **state)
{
    char text[64];

    (void)state;
    start();
    mock_drm.prime_error = ENODEV; /* a driver without import, still plugged in */
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_IMPORT);
    assert_int_equal(zc_display_info(display)->test_answer, -ENODEV);
    mock_drm.prime_error = 0;
    mock_drm.addfb_error = EINVAL;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_FRAMEBUFFER);
    assert_int_equal(zc_display_info(display)->test_answer, -EINVAL);
    assert_int_equal(zc_display_info(display)->test_plane_id, 0);
    mock_drm.addfb_error = 0;
    mock_drm.refused_plane = MOCK_PRIMARY;
    mock_drm.needs_primary = true;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_TEST);
    assert_string_equal(said, "");
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENOTSUP);
    assert_non_null(strstr(said, "test"));
    zc_display_reason_text(ZC_REASON_FORMAT | ZC_REASON_TEST, text, sizeof(text));
    assert_string_equal(text, "format, test commit");
    zc_display_reason_text(0, text, sizeof(text));
    assert_string_equal(text, "none");
    zc_display_reason_text(ZC_REASON_NO_DMABUF | ZC_REASON_FORMAT, text, 12);
    assert_string_equal(text, "no dma-buf,");
}

static void test_what_is_obvious_is_not_asked(void **state)
{
    (void)state;
    open_display();
    make_pool("AR24", 1280, 720, 1);
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)),
                     ZC_REASON_FORMAT | ZC_REASON_TEST);
    assert_int_equal(mock_drm.primes + mock_drm.tests, 0);
    assert_int_equal(zc_display_info(display)->test_answer, 0);
}

static void test_every_frame_of_a_pool_is_imported_and_one_tested(void **state)
{
    uint32_t reasons = 1;

    (void)state;
    start();
    for (int i = 0; i < N; i++) {
        assert_int_equal(zc_display_test(display, zc_pool_frame(pool, i), &reasons), 0);
        assert_int_equal(reasons, 0);
    }
    assert_int_equal(mock_drm.primes, N);
    assert_int_equal(mock_drm.tests, 1);
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_int_equal(zc_display_info(display)->test_plane_id, MOCK_PRIMARY);
    assert_int_equal(zc_display_info(display)->plane_id, 0);
}

static void make_tiled_frame(const char *format)
{
    struct zc_layout layout;
    struct zc_heap *heap;

    zc_layout_solve(&layout, zc_format_by_name(format), 640, 480, NULL);
    layout.modifier = I915_FORMAT_MOD_X_TILED;
    assert_int_equal(zc_heap_open(&heap, FAKE_NODE), 0);
    zc_pool_unref(pool);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, 1), 0);
    zc_heap_close(heap);
}

static void test_modifiers_are_carried_where_a_plane_lists_them(void **state)
{
    const struct mock_fb *fb;

    (void)state;
    open_display();
    make_tiled_frame("RG16");
    show_and_flip(zc_pool_frame(pool, 0));
    fb = mock_drm_fb(value(MOCK_PRIMARY, "FB_ID"));
    assert_true(fb->with_modifiers);
    assert_true(fb->modifier == I915_FORMAT_MOD_X_TILED);
    make_tiled_frame("XR24");
    assert_true(reasons_of(zc_pool_frame(pool, 0)) & ZC_REASON_FORMAT);
}

static void test_drivers_without_modifiers(void **state)
{
    (void)state;
    mock_drm.no_modifiers = true;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_false(mock_drm_fb(value(MOCK_PRIMARY, "FB_ID"))->with_modifiers);
}

static void test_verify_asks_the_kernel(void **state)
{
    (void)state;
    open_display();
    make_pool("NV12", 640, 480, 2);
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), -EINVAL);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), 1);
    mock_drm.copies = true;
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), 0);
    mock_drm.hides_handles = true;
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), -ENOTSUP);
}

/* -------------------------------------------------------------- restoration */

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_formats_are_those_of_the_usable_planes),
    TEST(test_no_in_formats_means_linear),
    TEST(test_overlay_takes_what_the_primary_lacks),
    TEST(test_overlay_is_tried_after_a_refusing_primary),
    TEST(test_overlay_gets_black_below_where_the_card_insists),
    TEST(test_layouts_may_change_on_the_way),
    TEST(test_more_layouts_than_are_remembered),
    TEST(test_reasons),
    TEST(test_what_is_obvious_is_not_asked),
    TEST(test_every_frame_of_a_pool_is_imported_and_one_tested),
    TEST(test_modifiers_are_carried_where_a_plane_lists_them),
    TEST(test_drivers_without_modifiers),
    TEST(test_verify_asks_the_kernel),
};

TEST_MAIN("display-plane", tests)
