/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, what the user chooses: card, connector, plane, mode, place, and how it ends. */
#include "display-fixture.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

/* Opens the one card with @config, which must fail with @error and say @text. */
static void refused(struct zc_display_config config, int error, const char *text)
{
    said[0] = '\0';
    config.path = mock_drm.path[0];
    assert_int_equal(open_config(&config), error);
    assert_non_null(strstr(said, mock_drm.path[0]));
    assert_non_null(strstr(said, text));
}

static void opened(struct zc_display_config config)
{
    assert_int_equal(open_config(&config), 0);
}

/* ------------------------------------------------------- card and connector */

static void test_driver(void **state)
{
    (void)state;
    refused((struct zc_display_config){.driver = "vkms"}, -ENODEV,
            "its driver is mock, not vkms");
    opened((struct zc_display_config){.driver = "mock"});
}

static void test_bus_id(void **state)
{
    (void)state;
    mock_drm.bus_id = "pci:0000:00:02.0";
    refused((struct zc_display_config){.bus_id = "pci:0000:01:00.0"}, -ENODEV,
            "its bus id is pci:0000:00:02.0, not pci:0000:01:00.0");
    opened((struct zc_display_config){.bus_id = "0000:00:02.0"});
    close_display();
    mock_drm.bus_id = "vkms"; /* a bus without a word for it */
    opened((struct zc_display_config){.bus_id = "platform:vkms"});
    close_display();
    mock_drm.bus_id = NULL;
    refused((struct zc_display_config){.bus_id = "vkms"}, -ENODEV, "not told");
}

/* ---------------------------------------------------- properties by their names */

static void test_settings(void **state)
{
    static const struct zc_display_setting of_connector = {"link-status", 1},
                                           of_plane[] = {{"zpos", 7}, {"alpha", 77}};

    (void)state;
    mock_drm_light();
    opened((struct zc_display_config){.connector_settings = &of_connector,
                                      .n_connector_settings = 1,
                                      .plane_settings = of_plane,
                                      .n_plane_settings = 2});
    make_pool("XR24", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_CONNECTOR, "link-status"), 1);
    assert_int_equal(value(MOCK_PRIMARY, "zpos"), 7);
    assert_int_equal(value(MOCK_PRIMARY, "alpha"), 77);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_int_equal(mock_drm.last_items, 1);
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_string_equal(said, "");
}

static void test_settings_that_there_are_not(void **state)
{
    static const struct zc_display_setting none = {"nonsense", 1}, fixed = {"zpos", 1};

    (void)state;
    refused((struct zc_display_config){.connector_settings = &none,
                                       .n_connector_settings = 1},
            -ENOENT, "its connector HDMI-A-1 has no property \"nonsense\"");
    refused((struct zc_display_config){.plane_settings = &none, .n_plane_settings = 1},
            -ENOENT, "no plane of HDMI-A-1 has a property \"nonsense\"");
    mock_drm.fixed = "zpos";
    refused((struct zc_display_config){.plane_settings = &fixed, .n_plane_settings = 1},
            -ENOENT, "no plane of HDMI-A-1 has a property \"zpos\" that can be set");
}

static void test_connector(void **state)
{
    (void)state;
    refused((struct zc_display_config){.connector_id = 77}, -ENOENT,
            "no connector 77; there are: 50 (HDMI-A-1, connected)");
    refused((struct zc_display_config){.connector_id = MOCK_WRITEBACK}, -ENOENT,
            "no connector 51; there are: 50");
    mock_drm.disconnected = true;
    refused((struct zc_display_config){.connector_id = MOCK_CONNECTOR}, -ENODEV,
            "plugged into its connector 50");
    mock_drm.disconnected = false;
    mock_drm.probes = 0;
    opened((struct zc_display_config){.connector_id = MOCK_CONNECTOR});
    assert_int_equal(zc_display_info(display)->connector_id, MOCK_CONNECTOR);
    assert_int_equal(mock_drm.probes, 2); /* it, and the writeback connector */
}

/* ---------------------------------------------------------------------- plane */

static void test_plane_that_there_is_not(void **state)
{
    (void)state;
    refused((struct zc_display_config){.plane_id = 77}, -ENOENT,
            "plane 77 of its own; there are: 61 (overlay), 60 (primary)");
    refused((struct zc_display_config){.plane_id = MOCK_CURSOR}, -ENOENT,
            "there are: 61");
}

static void test_plane(void **state)
{
    (void)state;
    mock_drm_light();
    opened((struct zc_display_config){.plane_id = MOCK_OVERLAY});
    assert_int_equal(zc_display_info(display)->plane_id, 0);
    assert_false(
        zc_display_has_format(display, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
    make_pool("XR24", 640, 480, 1);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_info(display)->plane_id, MOCK_OVERLAY);
    assert_int_not_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
}

static void test_a_plane_that_was_asked_for_has_no_substitute(void **state)
{
    (void)state;
    opened((struct zc_display_config){.plane_id = MOCK_PRIMARY});
    make_pool("NV12", 640, 480, 1);
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_FORMAT);
    zc_pool_unref(pool);
    make_pool("XR24", 640, 480, 1);
    mock_drm.refused_plane = MOCK_PRIMARY;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_TEST);
    assert_int_equal(mock_drm.tests, 1);
}

/* ----------------------------------------------------------------------- mode */

static void test_forced_mode(void **state)
{
    (void)state;
    mock_drm_light();
    opened((struct zc_display_config){.width = 640, .height = 480, .force_mode = true});
    assert_false(zc_display_info(display)->mode_kept);
    assert_int_equal(zc_display_info(display)->width, 640);
    assert_int_equal(zc_display_info(display)->refresh_mhz, 75000);
    make_pool("XR24", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.modesets, 1);
    show_and_flip(zc_pool_frame(pool, 1));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_forced_mode_that_is_lit_already(void **state)
{
    (void)state;
    mock_drm_light();
    opened((struct zc_display_config){.width = 1024, .height = 768, .force_mode = true});
    assert_true(zc_display_info(display)->mode_kept);
    make_pool("XR24", 640, 480, 1);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.modesets, 0);
}

static void test_forced_mode_of_any_size_is_the_preferred(void **state)
{
    (void)state;
    mock_drm_light();
    opened((struct zc_display_config){.force_mode = true});
    assert_false(zc_display_info(display)->mode_kept);
    assert_int_equal(zc_display_info(display)->refresh_mhz, 60004);
}

static void test_forced_mode_that_there_is_not(void **state)
{
    (void)state;
    refused((struct zc_display_config){.width = 641, .height = 480, .force_mode = true},
            -ERANGE, "HDMI-A-1 has no mode of 641x480; it has: 1024x768, 640x480");
    opened((struct zc_display_config){.width = 641, .height = 480});
    assert_int_equal(zc_display_info(display)->width, 1024);
}

/* ---------------------------------------------------------------------- place */

static void assert_place(uint32_t plane, int64_t x, int64_t y, uint32_t w, uint32_t h)
{
    assert_int_equal((int64_t)value(plane, "CRTC_X"), x);
    assert_int_equal((int64_t)value(plane, "CRTC_Y"), y);
    assert_int_equal(value(plane, "CRTC_W"), w);
    assert_int_equal(value(plane, "CRTC_H"), h);
}

static void test_rectangle_is_scaled_to(void **state)
{
    const struct zc_rect wide = {0, 96, 1024, 576}, none = {3, 3, 0, 576};

    (void)state;
    mock_drm.scaling_plane = MOCK_PRIMARY;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_place(MOCK_PRIMARY, 192, 144, 640, 480);
    zc_display_set_rect(display, &wide);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_place(MOCK_PRIMARY, 0, 96, 1024, 576);
    assert_int_equal(value(MOCK_PRIMARY, "SRC_W"), 640 << 16);
    show_and_flip(zc_pool_frame(pool, 2));
    assert_int_equal(mock_drm.last_items, 1);
    zc_display_set_rect(display, &none);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_place(MOCK_PRIMARY, 192, 144, 640, 480);
    assert_int_equal(mock_drm.tests, 2); /* both places are remembered */
    assert_int_equal(mock_drm.modesets, 1);
}

static void test_rectangle_goes_to_the_plane_that_scales(void **state)
{
    const struct zc_rect half = {512, 0, 512, 384};

    (void)state;
    mock_drm.scaling_plane = MOCK_OVERLAY;
    mock_drm.needs_primary = true;
    start();
    zc_display_set_rect(display, &half);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_place(MOCK_OVERLAY, 512, 0, 512, 384);
    assert_place(MOCK_PRIMARY, 0, 0, 1024, 768);
}

static void test_rectangle_of_the_same_size_only_moves(void **state)
{
    const struct zc_rect corner = {384, 288, 640, 480}, outside = {-100, 0, 640, 480};

    (void)state;
    start();
    zc_display_set_rect(display, &corner);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_place(MOCK_PRIMARY, 384, 288, 640, 480);
    zc_display_set_rect(display, &outside); /* this card cuts no planes */
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_TEST);
}

static void test_what_cannot_be_scaled(void **state)
{
    const struct zc_rect whole = {0, 0, 1024, 768};

    (void)state;
    start();
    zc_display_set_rect(display, &whole);
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_SCALE);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENOTSUP);
    assert_non_null(strstr(said, "scale"));
    zc_display_set_rect(display, NULL);
    show_and_flip(zc_pool_frame(pool, 0));
    zc_display_set_rect(display, &whole);
    mock_drm.refused_plane = MOCK_PRIMARY;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 1)),
                     ZC_REASON_SCALE); /* the overlay */
    mock_drm.needs_primary = true;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 1)), ZC_REASON_TEST);
}

static void test_frames_larger_than_the_mode_want_scaling(void **state)
{
    const struct zc_rect whole = {0, 0, 1024, 576};

    (void)state;
    open_display();
    make_pool("XR24", 1280, 720, 1);
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_TEST);
    assert_int_equal(mock_drm.tests, 0);
    zc_display_set_rect(display, &whole);
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_SCALE);
    mock_drm.scaling_plane = MOCK_OVERLAY;
    show_and_flip(zc_pool_frame(pool, 0));
    assert_place(MOCK_OVERLAY, 0, 0, 1024, 576);
}

/* ------------------------------------------------------------- hotplug and end */

static void test_modes(void **state)
{
    static const uint32_t sizes[][2] = {
        {1024, 768}, {1024, 768}, {640, 480}, {640, 480}, {1368, 768}};
    const int n = sizeof(sizes) / sizeof(*sizes);
    uint32_t width, height;

    (void)state;
    opened((struct zc_display_config){.width = 640, .height = 480});
    for (int i = 0; i < n; i++) {
        assert_true(zc_display_mode(display, i, &width, &height));
        assert_int_equal(width, sizes[i][0]);
        assert_int_equal(height, sizes[i][1]);
    }
    assert_false(zc_display_mode(display, n, &width, &height));
    assert_false(zc_display_mode(display, -1, &width, &height));
    mock_drm.connector_gone = true;
    assert_false(zc_display_mode(display, 0, &width, &height));
    mock_drm.connector_gone = false;
}

static void test_connected(void **state)
{
    (void)state;
    start();
    mock_drm.probes = 0;
    assert_int_equal(zc_display_connected(display), 1);
    mock_drm.disconnected = true;
    assert_int_equal(zc_display_connected(display), 0);
    mock_drm.disconnected = false;
    assert_int_equal(zc_display_connected(display), 1);
    mock_drm.connector_gone = true;
    assert_int_equal(zc_display_connected(display), 0);
    mock_drm.unplugged = true;
    assert_int_equal(zc_display_connected(display), -ENODEV);
    assert_int_equal(mock_drm.probes, 0);
    assert_string_equal(said, "");
}

/* What comes back may want its link trained anew: the first commit says so. */
static void test_reopened_after_an_unplug(void **state)
{
    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.disconnected = true;
    *mock_drm_value(MOCK_CONNECTOR, "link-status") = DRM_MODE_LINK_STATUS_BAD;
    show_and_flip(zc_pool_frame(pool, 1)); /* the card does not mind */
    assert_int_equal(zc_display_connected(display), 0);
    mock_drm.disconnected = false;
    close_display();
    open_display();
    show_and_flip(zc_pool_frame(pool, 1));
    assert_int_equal(value(MOCK_CONNECTOR, "link-status"), DRM_MODE_LINK_STATUS_GOOD);
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 1);
    *mock_drm_value(MOCK_CONNECTOR, "link-status") = 0;
}

static void test_keep(void **state)
{
    uint32_t fb;

    (void)state;
    mock_drm_light();
    opened((struct zc_display_config){
        .width = 640, .height = 480, .force_mode = true, .keep = true});
    make_pool("XR24", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    show_and_flip(zc_pool_frame(pool, 1));
    fb = value(MOCK_PRIMARY, "FB_ID");
    close_display();
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), fb);
    assert_true(mock_drm_fb(fb)->forgotten);
    assert_int_equal(mock_drm.commits, 2);
    assert_int_equal(mock_drm.rmfbs, 1); /* of the frame that is not on screen */
    assert_string_equal(said, "");
}

static void test_keep_before_the_first_show(void **state)
{
    (void)state;
    opened((struct zc_display_config){.keep = true});
    close_display();
    assert_int_equal(mock_drm.commits, 0);
    assert_true(mock_drm_same(&before, &mock_drm));
}

/* The kernel takes off the screen what is removed: the mode stays, and it is said. */
static void test_keep_on_an_old_kernel(void **state)
{
    (void)state;
    mock_drm.no_closefb = true;
    said_listen(ZC_LOG_INFO);
    opened((struct zc_display_config){.keep = true});
    make_pool("XR24", 640, 480, 1);
    show_and_flip(zc_pool_frame(pool, 0));
    close_display();
    assert_non_null(strstr(said, "Linux 6.7"));
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 1);
    assert_int_equal(mock_drm.rmfbs, 1);
    mock_drm.rmfbs_in_use = 0; /* as must be there */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_driver),
    TEST(test_bus_id),
    TEST(test_settings),
    TEST(test_settings_that_there_are_not),
    TEST(test_connector),
    TEST(test_plane_that_there_is_not),
    TEST(test_plane),
    TEST(test_a_plane_that_was_asked_for_has_no_substitute),
    TEST(test_forced_mode),
    TEST(test_forced_mode_that_is_lit_already),
    TEST(test_forced_mode_of_any_size_is_the_preferred),
    TEST(test_forced_mode_that_there_is_not),
    TEST(test_rectangle_is_scaled_to),
    TEST(test_rectangle_goes_to_the_plane_that_scales),
    TEST(test_rectangle_of_the_same_size_only_moves),
    TEST(test_what_cannot_be_scaled),
    TEST(test_frames_larger_than_the_mode_want_scaling),
    TEST(test_modes),
    TEST(test_connected),
    TEST(test_reopened_after_an_unplug),
    TEST(test_keep),
    TEST(test_keep_before_the_first_show),
    TEST(test_keep_on_an_old_kernel),
};

TEST_MAIN("display-choice", tests)
