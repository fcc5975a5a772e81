/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland, on a compositor of ours: the window's size, what is black in it, keys and pointer. */
#include "application.h"
#include "wayland-fixture.h"

#include <errno.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <time.h>
#include <wayland-client.h>

static void assert_box(const int box[4], int x, int y, int width, int height)
{
    const int want[4] = {x, y, width, height};

    for (int i = 0; i < 4; i++)
        if (box[i] != want[i])
            fail_msg("%d,%d %dx%d in place of %d,%d %dx%d", box[0], box[1], box[2],
                     box[3], x, y, width, height);
}

static void show_and_present(int index)
{
    show(index);
    present(index, zc_now_ns(), 0);
}

/* The size that the compositor gives holds before the first frame. */
static void test_size_is_the_compositors(void **state)
{
    (void)state;
    script.width = 1024;
    script.height = 768;
    script.fullscreen = true;
    start_compositor();
    assert_int_equal(open_display(), 0);
    assert_int_equal(zc_display_info(display)->width, 1024);
    assert_int_equal(zc_display_info(display)->height, 768);
    dispatch();
    assert_false(has_event());
}

static void test_frame_as_large_as_the_window_is_all_of_it(void **state)
{
    struct seen seen;

    (void)state;
    start();
    show_and_present(0);
    seen = look();
    assert_int_equal(seen.destination[0], 640);
    assert_int_equal(seen.destination[1], 480);
    assert_box(seen.geometry, 0, 0, 640, 480);
    assert_box(seen.bars, 0, 0, 0, 0);
    assert_int_equal(seen.surfaces, 1);
}

/* The picture that is there follows at once, black on both sides. */
static void test_resize_is_followed_and_told(void **state)
{
    struct seen seen;

    (void)state;
    start();
    show_and_present(0);
    seen = tell(RESIZE, 1280, 480, 0);
    assert_int_equal(event().kind, ZC_EVENT_RESIZE);
    assert_false(has_event());
    assert_int_equal(zc_display_info(display)->width, 1280);
    assert_int_equal(zc_display_info(display)->height, 480);
    assert_int_equal(seen.destination[0], 640);
    assert_int_equal(seen.destination[1], 480);
    assert_box(seen.geometry, -320, 0, 1280, 480);
    assert_box(seen.bars, -320, 0, 1280, 480);
    assert_int_equal(seen.commits, 1);
    /* Back again: nothing is black. */
    seen = tell(RESIZE, 320, 240, 0);
    assert_int_equal(event().kind, ZC_EVENT_RESIZE);
    assert_box(seen.geometry, 0, 0, 320, 240);
    assert_box(seen.bars, 0, 0, 0, 0);
    /* The same size is no news. */
    tell(RESIZE, 320, 240, 0);
    assert_false(has_event());
}

/* Of a screen that is filled the compositor blackens the rest: so the frame is alone. */
static void test_fullscreen_leaves_the_rest_to_the_compositor(void **state)
{
    struct seen seen;

    (void)state;
    start();
    show_and_present(0);
    assert_int_equal(zc_display_set_fullscreen(display, true), 0);
    assert_true(look().fullscreen_asked);
    seen = tell(RESIZE, 1920, 1080, 1);
    assert_int_equal(event().kind, ZC_EVENT_RESIZE);
    assert_int_equal(seen.destination[0], 1440);
    assert_int_equal(seen.destination[1], 1080);
    assert_box(seen.geometry, 0, 0, 1440, 1080);
    assert_box(seen.bars, 0, 0, 0, 0);
    assert_int_equal(zc_display_set_fullscreen(display, false), 0);
    assert_false(look().fullscreen_asked);
    /* As large, and no longer a filled screen. */
    seen = tell(RESIZE, 1920, 1080, 0);
    assert_box(seen.bars, -240, 0, 1920, 1080);
}

/* As weston does: it says that the size is ours again, and not which it was. */
static void test_window_is_as_large_as_before_it_filled_the_screen(void **state)
{
    (void)state;
    start();
    show_and_present(0);
    tell(RESIZE, 500, 400, 0);
    for (int i = 0; i < 2; i++) {
        tell(RESIZE, 1920, 1080, 1);
        assert_int_equal(zc_display_info(display)->width, 1920);
        while (has_event())
            ;
        tell(RESIZE, 0, 0, 0);
        assert_int_equal(event().kind, ZC_EVENT_RESIZE);
        assert_int_equal(zc_display_info(display)->width, 500);
        assert_int_equal(zc_display_info(display)->height, 400);
    }
}

static void test_rectangle_places_the_frame(void **state)
{
    struct seen seen;

    (void)state;
    start();
    zc_display_set_rect(display, &(struct zc_rect){100, 50, 320, 240});
    show_and_present(0);
    seen = look();
    assert_int_equal(seen.destination[0], 320);
    assert_int_equal(seen.destination[1], 240);
    assert_box(seen.bars, -100, -50, 640, 480);
    zc_display_set_rect(display, NULL);
    show_and_present(1);
    assert_box(look().bars, 0, 0, 0, 0);
}

static void test_scale_gives_more_pixels(void **state)
{
    struct seen seen;

    (void)state;
    script.scale = 180;
    start();
    dispatch();
    while (has_event())
        ;
    assert_int_equal(zc_display_info(display)->width, 960);
    assert_int_equal(zc_display_info(display)->height, 720);
    show_and_present(0);
    seen = look();
    /* In the compositor's units, of which there are fewer. */
    assert_int_equal(seen.destination[0], 640);
    assert_int_equal(seen.destination[1], 480);
    seen = tell(SCALE, 120, 0, 0);
    assert_int_equal(event().kind, ZC_EVENT_RESIZE);
    assert_int_equal(zc_display_info(display)->width, 640);
    assert_box(seen.geometry, 0, 0, 640, 480);
}

/* No viewport: a picture is as large as its buffer. */
static void test_compositor_that_scales_nothing(void **state)
{
    uint32_t reasons = 0;
    struct seen seen;

    (void)state;
    script.no_viewporter = true;
    start();
    tell(RESIZE, 800, 600, 0);
    show_and_present(0);
    seen = look();
    assert_int_equal(seen.destination[0], -1);
    assert_box(seen.geometry, 0, 0, 640, 480);
    zc_display_set_rect(display, &(struct zc_rect){0, 0, 320, 240});
    assert_int_equal(zc_display_test(display, frame[1], &reasons), -ENOTSUP);
    assert_int_equal(reasons, ZC_REASON_SCALE);
}

static void test_hundred_resizes_leave_nothing(void **state)
{
    (void)state;
    start();
    show_and_present(0);
    for (int i = 0; i < 100; i++) {
        struct seen seen = tell(RESIZE, 300 + 7 * i, 200 + 3 * (i % 11), 0);

        assert_int_equal(event().kind, ZC_EVENT_RESIZE);
        assert_int_equal(seen.surfaces, 2);
        assert_int_equal(seen.buffers, 1);
        if (i % 10 == 0)
            show_and_present(0);
    }
}

static void test_close_is_told(void **state)
{
    (void)state;
    start();
    tell(CLOSE, 0, 0, 0);
    assert_int_equal(event().kind, ZC_EVENT_CLOSE);
    assert_false(has_event());
}

/* -------------------------------------------------------------------- input */

/* By the user's keymap: where France has its a, others have their q. */
static void test_keys_have_their_names(void **state)
{
    static const struct {
        int key;
        const char *name;
    } cases[] = {{KEY_ESC, "Escape"}, {KEY_A, "q"}, {KEY_Q, "a"}, {KEY_F, "f"}};

    (void)state;
    start();
    dispatch();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct zc_display_event key;

        tell(KEY, cases[i].key, 1, 0);
        key = event();
        assert_int_equal(key.kind, ZC_EVENT_KEY);
        assert_string_equal(key.key, cases[i].name);
        assert_true(key.pressed);
        tell(KEY, cases[i].key, 0, 0);
        assert_false(event().pressed);
    }
}

/* In pixels of the window, not of the picture in it. */
static void test_pointer_is_in_pixels_of_the_window(void **state)
{
    struct zc_display_event what;

    (void)state;
    start();
    show_and_present(0);
    tell(RESIZE, 1280, 480, 0);
    event();
    tell(POINT, 10, 20, 0);
    what = event();
    assert_int_equal(what.kind, ZC_EVENT_MOTION);
    assert_true(what.x == 330 && what.y == 20);
    assert_false(has_event());
    tell(CLICK, BTN_LEFT, 1, 0);
    what = event();
    assert_int_equal(what.kind, ZC_EVENT_BUTTON);
    assert_int_equal(what.code, BTN_LEFT);
    assert_true(what.pressed && what.x == 330);
    tell(SCROLL, 10, 0, 0);
    what = event();
    assert_int_equal(what.kind, ZC_EVENT_SCROLL);
    assert_true(what.scroll_y == 10 && what.scroll_x == 0);
}

static void test_events_that_nobody_takes_are_bounded(void **state)
{
    int n = 0;

    (void)state;
    start();
    for (int i = 0; i < 50; i++)
        tell(CLICK, BTN_LEFT, i % 2, 0);
    tell(CLICK, BTN_RIGHT, 1, 0);
    for (struct zc_display_event last; zc_display_next_event(display, &last); n++)
        if (n == 31)
            assert_int_equal(last.code, BTN_RIGHT);
    assert_int_equal(n, 32);
}

/* ------------------------------------------------- the application's surface */

/* The application's connection lives on after the display. */
static void test_frames_in_a_surface_of_the_application(void **state)
{
    struct application application = {0};
    struct zc_display_config config = {.width = 640, .height = 480};
    struct seen seen;

    (void)state;
    start_compositor();
    application_begin(&application, compositor.socket);
    config.wl_display = application.display;
    config.wl_surface = application.surface;
    assert_int_equal(zc_display_open(&display, &config), 0);
    assert_string_equal(zc_display_info(display)->connector, "surface");
    assert_int_equal(zc_display_set_fullscreen(display, true), -ENOTSUP);
    make_frames("XR24", 640, 480);
    zc_display_set_rect(display, &(struct zc_rect){40, 30, 320, 240});
    show_and_present(0);
    seen = look();
    assert_true(seen.inode == zc_frame_identity(frame[0], 0));
    assert_box(seen.geometry, 40, 30, 0, 0);
    assert_int_equal(seen.destination[0], 320);
    close_display();
    assert_int_equal(look().surfaces, 1);
    application_end(&application);
}

/* What its own reads bring of ours is taken all the same, and it does not wait for ours. */
static void test_application_reads_its_connection_itself(void **state)
{
    struct application application = {0};
    struct zc_display_config config = {.width = 640, .height = 480};

    (void)state;
    start_compositor();
    application_begin(&application, compositor.socket);
    config.wl_display = application.display;
    config.wl_surface = application.surface;
    assert_int_equal(zc_display_open(&display, &config), 0);
    make_frames("XR24", 640, 480);
    show(0);
    assert_true(zc_display_wait_ns(display) > 0);
    compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
    assert_true(wl_display_roundtrip(application.display) >= 0);
    assert_int_equal(zc_display_wait_ns(display), 0);
    assert_ptr_equal(dispatch(), frame[0]);
    assert_int_equal(zc_display_wait_ns(display), -1);
    close_display();
    application_end(&application);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_size_is_the_compositors),
    TEST(test_frame_as_large_as_the_window_is_all_of_it),
    TEST(test_resize_is_followed_and_told),
    TEST(test_fullscreen_leaves_the_rest_to_the_compositor),
    TEST(test_window_is_as_large_as_before_it_filled_the_screen),
    TEST(test_rectangle_places_the_frame),
    TEST(test_scale_gives_more_pixels),
    TEST(test_compositor_that_scales_nothing),
    TEST(test_hundred_resizes_leave_nothing),
    TEST(test_close_is_told),
    TEST(test_keys_have_their_names),
    TEST(test_pointer_is_in_pixels_of_the_window),
    TEST(test_events_that_nobody_takes_are_bounded),
    TEST(test_frames_in_a_surface_of_the_application),
    TEST(test_application_reads_its_connection_itself),
};

TEST_MAIN("wayland-window", tests)
