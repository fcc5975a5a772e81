/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland, on a compositor of ours that draws nothing around windows: how one is held. */
#include "wayland-fixture.h"

#include <linux/input-event-codes.h>

/* As xdg-shell numbers them. */
enum { TOP = 1, BOTTOM = 2, LEFT = 4, RIGHT = 8 };

static int setup(void **state)
{
    int error = fixture_setup(state);

    script.no_decorations = true;
    return error;
}

/* A window of 640x480 that its frame fills. */
static void start_shown(void)
{
    start();
    show(0);
    present(0, zc_now_ns(), 0);
    while (has_event())
        ;
}

static struct seen point(int x, int y)
{
    return tell(POINT, x, y, 0);
}

static struct seen press(int64_t at_ms)
{
    return tell(CLICK, BTN_LEFT, 1, at_ms);
}

static struct seen release(void)
{
    return tell(CLICK, BTN_LEFT, 0, 0);
}

/* The buttons that the program is told of: "+" pressed, "-" released. */
static void assert_told(const char *what)
{
    struct zc_display_event told;
    char text[16] = "";
    int n = 0;

    while (zc_display_next_event(display, &told))
        if (told.kind == ZC_EVENT_BUTTON && n < 15)
            text[n++] = told.pressed ? '+' : '-';
    assert_string_equal(text, what);
}

static void test_drag_moves_the_window(void **state)
{
    struct seen seen;

    (void)state;
    start_shown();
    point(300, 200);
    press(0);
    assert_int_equal(point(303, 204).moves, 0);
    seen = point(310, 200);
    assert_int_equal(seen.moves, 1);
    assert_true(seen.serial_is_right);
    /* The compositor keeps the release to itself; whoever was told of the press is told. */
    assert_told("+-");
    assert_int_equal(point(400, 300).moves, 1);
    /* And if it does not, it is not told twice. */
    release();
    assert_told("");
    press(5000);
    release();
    assert_told("+-");
    assert_int_equal(look().resizes, 0);
}

static void test_click_is_the_programs(void **state)
{
    (void)state;
    start_shown();
    point(300, 200);
    press(0);
    release();
    assert_int_equal(point(500, 400).moves, 0);
    tell(CLICK, BTN_RIGHT, 1, 0);
    assert_int_equal(point(300, 200).moves, 0);
    tell(CLICK, BTN_RIGHT, 0, 0);
    assert_told("+-+-");
    assert_false(look().fullscreen_asked);
}

/* Nothing is held by a pointer that went away with the button down. */
static void test_pointer_that_leaves_holds_nothing(void **state)
{
    (void)state;
    start_shown();
    point(300, 200);
    press(0);
    tell(LEAVE, 0, 0, 0);
    assert_int_equal(point(400, 300).moves, 0);
}

static void test_edges_resize(void **state)
{
    static const struct {
        int x, y;
        uint32_t edges;
    } cases[] = {
        {2, 200, LEFT},          {637, 200, RIGHT},
        {300, 2, TOP},           {300, 477, BOTTOM},
        {2, 2, LEFT | TOP},      {2, 15, LEFT | TOP},
        {15, 2, LEFT | TOP},     {639, 0, RIGHT | TOP},
        {0, 479, LEFT | BOTTOM}, {625, 478, RIGHT | BOTTOM},
    };
    int n = 0;

    (void)state;
    start_shown();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct seen seen;

        point(cases[i].x, cases[i].y);
        seen = press(1000 * i);
        assert_int_equal(seen.resizes, ++n);
        assert_int_equal(seen.edges, cases[i].edges);
        assert_true(seen.serial_is_right);
        release();
    }
    /* Beside them it is the picture's. */
    point(15, 15);
    press(50000);
    release();
    assert_int_equal(look().resizes, n);
    assert_told("+-");
    assert_int_equal(look().moves, 0);
}

/* Where the picture leaves something of the window free, that is held, too. */
static void test_bars_are_of_the_window(void **state)
{
    struct zc_display_event told;

    (void)state;
    start_shown();
    tell(RESIZE, 1280, 480, 0);
    while (has_event())
        ;
    tell(POINT, 2, 240, 1);
    assert_true(zc_display_next_event(display, &told));
    assert_int_equal(told.kind, ZC_EVENT_MOTION);
    assert_true(told.x == 2 && told.y == 240);
    assert_int_equal(press(0).edges, LEFT);
    release();
    tell(POINT, 100, 240, 1);
    press(1000);
    assert_int_equal(tell(POINT, 140, 240, 1).moves, 1);
    /* The picture's edge is not the window's. */
    point(2, 240);
    assert_int_equal(press(2000).resizes, 1);
}

static void test_second_click_fills_the_screen(void **state)
{
    (void)state;
    start_shown();
    point(300, 200);
    for (int i = 0; i < 2; i++) {
        press(1000 + 300 * i);
        release();
        assert_int_equal(look().fullscreen_asked, i == 1);
    }
    assert_told("+-+-");
    tell(RESIZE, 1920, 1080, 1);
    assert_true(zc_display_info(display)->fullscreen);
    /* Where it is neither moved nor resized. */
    point(1, 200);
    press(2000);
    point(100, 200);
    release();
    assert_int_equal(look().moves + look().resizes, 0);
    /* And back by two more. */
    point(300, 200);
    press(3000);
    release();
    assert_false(press(3300).fullscreen_asked);
    release();
    tell(RESIZE, 640, 480, 0);
    assert_false(zc_display_info(display)->fullscreen);
}

static void test_slow_and_distant_clicks_are_one_each(void **state)
{
    (void)state;
    start_shown();
    point(300, 200);
    for (int i = 0; i < 3; i++) {
        press(1000 + 500 * i);
        release();
    }
    point(320, 200);
    press(2100);
    release();
    assert_false(look().fullscreen_asked);
    /* A third at once is the first of others. */
    press(2200);
    release();
    assert_true(look().fullscreen_asked);
    tell(RESIZE, 640, 480, 1);
    press(2300);
    release();
    assert_true(look().fullscreen_asked);
}

static void test_scaled_window_is_held_in_its_units(void **state)
{
    (void)state;
    script.scale = 180;
    start_shown();
    point(635, 200);
    assert_int_equal(press(0).edges, RIGHT);
    release();
    point(630, 200);
    assert_int_equal(press(1000).resizes, 1);
}

static void drag_and_pull(int moves, int resizes)
{
    start_shown();
    point(300, 200);
    press(0);
    point(400, 200);
    release();
    point(2, 200);
    press(1000);
    release();
    assert_int_equal(look().moves, moves);
    assert_int_equal(look().resizes, resizes);
}

static void test_decorated_window_is_held_by_its_decoration(void **state)
{
    (void)state;
    script.no_decorations = false;
    drag_and_pull(0, 0);
    assert_told("+-+-");
}

static void test_window_whose_decoration_is_left_to_us(void **state)
{
    (void)state;
    script.no_decorations = false;
    script.no_server_side = true;
    drag_and_pull(1, 1);
    assert_told("+-");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_drag_moves_the_window),
    TEST(test_click_is_the_programs),
    TEST(test_pointer_that_leaves_holds_nothing),
    TEST(test_edges_resize),
    TEST(test_bars_are_of_the_window),
    TEST(test_second_click_fills_the_screen),
    TEST(test_slow_and_distant_clicks_are_one_each),
    TEST(test_scaled_window_is_held_in_its_units),
    TEST(test_decorated_window_is_held_by_its_decoration),
    TEST(test_window_whose_decoration_is_left_to_us),
};

TEST_MAIN("wayland-grip", tests)
