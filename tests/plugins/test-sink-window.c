/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink in a window, on a compositor of ours. */
#include "compositor.h"
#include "sink-stand.h"
#include "window-stand.h"

#include <gst/allocators/allocators.h>
#include <gst/video/navigation.h>
#include <gst/video/videooverlay.h>
#include <linux/input-event-codes.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FRAMES 6

static GstBuffer *buffer[FRAMES];

static void make_buffers(void)
{
    for (guint i = 0; i < FRAMES; i++)
        buffer[i] = make_buffer(BYTES);
}

static void drop_buffers(void)
{
    for (guint i = 0; i < FRAMES; i++)
        gst_buffer_unref(buffer[i]);
}

/* Each frame is shown, as none is superseded. */
static void start_showing_all(void)
{
    window_script.ticks = true;
    window_start();
    g_object_set(sink, "newest-frame", FALSE, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    make_buffers();
}

static gint int_of(const gchar *name)
{
    gint value;

    g_object_get(sink, name, &value, NULL);
    return value;
}

static guint64 inode_of(GstBuffer *frame)
{
    struct stat node;

    fail_if(fstat(gst_fd_memory_get_fd(gst_buffer_peek_memory(frame, 0)), &node));
    return node.st_ino;
}

/* -------------------------------------------------------------------- frames */

GST_START_TEST(test_each_frame_is_handed_over_once)
{
    struct seen seen;

    start_showing_all();
    for (guint i = 0; i < 4 * FRAMES; i++)
        fail_unless_equals_int(push(buffer[i % FRAMES]), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 4 * FRAMES);
    seen = window_look();
    fail_unless_equals_int(seen.creates, FRAMES);
    fail_unless_equals_int(seen.commits, 4 * FRAMES);
    fail_unless_equals_uint64(seen.inode, inode_of(buffer[FRAMES - 1]));
    for (guint k = 0; k < FRAMES - 1; k++)
        WAIT_FOR(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[k]) == 1);
    sink_end();
    drop_buffers();
    window_is_left();
}
GST_END_TEST;

GST_START_TEST(test_window_is_as_large_as_the_video)
{
    window_start();
    sink_start("video/x-raw,format=BGRx,width=320,height=240,framerate=60/1");
    fail_unless_equals_int(int_of("display-width"), 320);
    fail_unless(int_of("in-window"));
    fail_unless_equals_int(int_of("display-height"), 240);
    /* A later one is scaled into it. */
    gst_harness_set_src_caps_str(harness, CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    WAIT_FOR(window_look().commits == 1);
    fail_unless_equals_int(window_look().destination[0], 320);
    fail_unless_equals_int(int_of("display-width"), 320);
    drop_buffers();
}
GST_END_TEST;

GST_START_TEST(test_resize_is_followed_while_no_frame_comes)
{
    window_start();
    sink_start(CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    WAIT_FOR(window_look().commits == 1);
    compositor_do(&window_compositor, PRESENT, 2000000000, 16666667, 0);
    WAIT_FOR(stat_of("shown") == 1);
    compositor_do(&window_compositor, RESIZE, 1280, 600, 0);
    WAIT_FOR(int_of("display-width") == 1280);
    WAIT_FOR(window_look().destination[0] == 800 && window_look().destination[1] == 600);
    fail_unless_equals_uint64(stat_of("shown"), 1);
    drop_buffers();
}
GST_END_TEST;

/* As many as a compositor likes: what comes then is not shown, and later frames are. */
GST_START_TEST(test_compositor_that_gives_nothing_back)
{
    GstBuffer *many[40];
    guint64 shown;

    start_showing_all();
    g_object_set(sink, "newest-frame", TRUE, NULL);
    compositor_do(&window_compositor, HOARD, 1, 0, 0);
    for (guint i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = make_buffer(BYTES);
        fail_unless_equals_int(push(many[i]), GST_FLOW_OK);
        g_usleep(20000);
    }
    shown = stat_of("shown");
    fail_unless(shown >= 4 && shown < G_N_ELEMENTS(many));
    compositor_do(&window_compositor, HOARD, 0, 0, 0);
    for (guint i = 0; i < FRAMES; i++) {
        fail_unless_equals_int(push(buffer[i]), GST_FLOW_OK);
        g_usleep(20000);
    }
    WAIT_FOR(window_look().inode == inode_of(buffer[FRAMES - 1]));
    expect_nothing(GST_MESSAGE_ERROR);
    for (guint i = 0; i < G_N_ELEMENTS(many); i++)
        gst_buffer_unref(many[i]);
    drop_buffers();
}
GST_END_TEST;

GST_START_TEST(test_other_formats_are_negotiated_anew)
{
    GstEvent *event;
    gboolean is_reconfigure = FALSE;
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    GstCaps *caps = gst_caps_from_string(CAPS), *now;

    window_script.dmabuf_version = 4;
    window_start();
    sink_start(CAPS);
    while ((event = gst_harness_try_pull_upstream_event(harness)))
        gst_event_unref(event);
    compositor_do(&window_compositor, FEEDBACK, 0, 0, 0);
    for (guint i = 0; i < 1000 && !is_reconfigure; i++) {
        g_usleep(1000);
        event = gst_harness_try_pull_upstream_event(harness);
        is_reconfigure = event && GST_EVENT_TYPE(event) == GST_EVENT_RECONFIGURE;
        if (event)
            gst_event_unref(event);
    }
    fail_unless(is_reconfigure);
    now = gst_pad_query_caps(pad, NULL);
    fail_if(gst_caps_can_intersect(now, caps));
    gst_caps_unref(now);
    gst_caps_unref(caps);
    gst_object_unref(pad);
}
GST_END_TEST;

/* ---------------------------------------------------------------------- ends */

GST_START_TEST(test_closing_the_window_is_an_error)
{
    window_start();
    sink_start(CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    compositor_do(&window_compositor, CLOSE, 0, 0, 0);
    expect(GST_MESSAGE_ERROR, "was closed");
    fail_unless_equals_int(push(buffer[1]), GST_FLOW_ERROR);
    drop_buffers();
}
GST_END_TEST;

/* Whatever is on its way there comes back. */
GST_START_TEST(test_death_of_the_compositor_is_an_error)
{
    window_start();
    g_object_set(sink, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    compositor_kill(&window_compositor);
    expect(GST_MESSAGE_ERROR, "is gone");
    fail_unless_equals_int(push(buffer[1]), GST_FLOW_ERROR);
    sink_end();
    for (guint i = 0; i < FRAMES; i++)
        fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[i]), 1);
    drop_buffers();
}
GST_END_TEST;

GST_START_TEST(test_compositor_without_dma_bufs_is_told_of)
{
    window_script.dmabuf_version = 0;
    window_start();
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_FAILURE);
    expect(GST_MESSAGE_ERROR, "takes no dma-bufs");
}
GST_END_TEST;

GST_START_TEST(test_cards_and_windows_are_told_apart)
{
    window_start();
    setenv("WAYLAND_DISPLAY", window_compositor.socket, 1);
    /* A card is named by its device. */
    g_object_set(sink, "display", NULL, NULL);
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int(window_look().clients, 0);
    gst_element_set_state(sink, GST_STATE_NULL);
    g_object_set(sink, "device", NULL, NULL);
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int(window_look().clients, 1);
    gst_element_set_state(sink, GST_STATE_NULL);
    g_object_set(sink, "display", "kms", "device", mock_drm.path[0], NULL);
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int(window_look().clients, 0);
    unsetenv("WAYLAND_DISPLAY");
}
GST_END_TEST;

/* ------------------------------------------------------- keys and the pointer */

/* The next navigation event that came upstream. */
static GstEvent *navigation(void)
{
    GstEvent *event = NULL;

    for (guint i = 0; i < 5000; i++) {
        event = gst_harness_try_pull_upstream_event(harness);
        if (event && GST_EVENT_TYPE(event) == GST_EVENT_NAVIGATION)
            return event;
        if (event)
            gst_event_unref(event);
        else
            g_usleep(1000);
    }
    fail("no navigation event came");
    return NULL;
}

static void expect_at(GstEvent *event, gdouble x, gdouble y)
{
    gdouble at_x, at_y;

    fail_unless(gst_navigation_event_get_coordinates(event, &at_x, &at_y));
    fail_unless(at_x == x && at_y == y, "at %g,%g", at_x, at_y);
}

GST_START_TEST(test_keys_and_pointer_go_upstream)
{
    const gchar *key;
    GstEvent *event;
    gint button;

    /* Twice as large as the video, and bars on both sides. */
    window_script.width = 1480;
    window_script.height = 960;
    window_start();
    sink_start(CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    WAIT_FOR(window_look().commits == 1);
    compositor_do(&window_compositor, KEY, KEY_ENTER, 1, 0);
    event = navigation();
    fail_unless_equals_int(gst_navigation_event_get_type(event),
                           GST_NAVIGATION_EVENT_KEY_PRESS);
    fail_unless(gst_navigation_event_parse_key_event(event, &key));
    fail_unless_equals_string(key, "Return");
    gst_event_unref(event);
    /* In units of the surface that shows frames, which begins at 100. */
    compositor_do(&window_compositor, POINT, 640, 480, 0);
    event = navigation();
    fail_unless_equals_int(gst_navigation_event_get_type(event),
                           GST_NAVIGATION_EVENT_MOUSE_MOVE);
    expect_at(event, 320, 240);
    gst_event_unref(event);
    compositor_do(&window_compositor, CLICK, BTN_RIGHT, 1, 0);
    do
        event = navigation();
    while (gst_navigation_event_get_type(event) == GST_NAVIGATION_EVENT_MOUSE_MOVE);
    fail_unless(
        gst_navigation_event_parse_mouse_button_event(event, &button, NULL, NULL));
    fail_unless_equals_int(button, 3);
    expect_at(event, 320, 240);
    gst_event_unref(event);
    compositor_do(&window_compositor, SCROLL, 10, 0, 0);
    event = navigation();
    fail_unless_equals_int(gst_navigation_event_get_type(event),
                           GST_NAVIGATION_EVENT_MOUSE_SCROLL);
    gst_event_unref(event);
    drop_buffers();
}
GST_END_TEST;

GST_START_TEST(test_no_navigation_where_the_application_wants_none)
{
    const gchar *key;
    GstEvent *event;

    window_start();
    gst_video_overlay_handle_events(GST_VIDEO_OVERLAY(sink), FALSE);
    sink_start(CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    WAIT_FOR(window_look().commits == 1);
    compositor_do(&window_compositor, KEY, KEY_ENTER, 1, 0);
    /* What came before the second is told by then. */
    for (gint width = 800; width < 802; width++) {
        compositor_do(&window_compositor, RESIZE, width, 600, 0);
        WAIT_FOR(int_of("display-width") == width);
    }
    gst_video_overlay_handle_events(GST_VIDEO_OVERLAY(sink), TRUE);
    compositor_do(&window_compositor, KEY, KEY_ESC, 1, 0);
    event = navigation();
    fail_unless(gst_navigation_event_parse_key_event(event, &key));
    fail_unless_equals_string(key, "Escape");
    gst_event_unref(event);
    drop_buffers();
}
GST_END_TEST;

/* ------------------------------------------------- the application's surface */

/* What the application answers with. */
static const gchar *context_type, *context_field;
static struct application application;

static GstBusSyncReply answer(GstBus *from, GstMessage *message, gpointer user)
{
    GstElement *element = GST_ELEMENT(GST_MESSAGE_SRC(message));
    const gchar *type;

    (void)from;
    (void)user;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_NEED_CONTEXT &&
        gst_message_parse_context_type(message, &type) &&
        g_str_equal(type, context_type)) {
        GstContext *context = gst_context_new(type, TRUE);

        gst_structure_set(gst_context_writable_structure(context), context_field,
                          G_TYPE_POINTER, application.display, NULL);
        gst_element_set_context(element, context);
        gst_context_unref(context);
    } else if (gst_is_video_overlay_prepare_window_handle_message(message)) {
        gst_video_overlay_set_window_handle(GST_VIDEO_OVERLAY(element),
                                            (guintptr)application.surface);
    }
    return GST_BUS_PASS;
}

/* Of applications written for older and newer GStreamers; then it has its surface back. */
static void show_in_surface(const gchar *type, const gchar *field)
{
    GstVideoOverlay *overlay = GST_VIDEO_OVERLAY(sink);
    struct seen seen;

    context_type = type;
    context_field = field;
    window_start();
    application_begin(&application, window_compositor.socket);
    g_object_set(sink, "display", "auto", "enable-last-sample", FALSE, NULL);
    gst_bus_set_sync_handler(bus, answer, NULL, NULL);
    gst_video_overlay_set_render_rectangle(overlay, 40, 30, 320, 240);
    sink_start(CAPS);
    make_buffers();
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    WAIT_FOR(window_look().commits == 1);
    seen = window_look();
    fail_unless_equals_int(seen.clients, 1);
    fail_unless_equals_uint64(seen.inode, inode_of(buffer[0]));
    fail_unless(seen.geometry[0] == 40 && seen.geometry[1] == 30);
    fail_unless(seen.destination[0] == 320 && seen.destination[1] == 240);
    gst_video_overlay_set_window_handle(overlay, 0);
    wl_surface_destroy(application.surface);
    application.surface = NULL;
    WAIT_FOR(window_look().commits == 2);
    fail_unless_equals_string(window_look().title, "zerocopy");
    sink_end();
    fail_unless_equals_int(window_look().surfaces, 0);
    application_end(&application);
    drop_buffers();
    window_is_left();
}

GST_START_TEST(test_surface_of_an_application)
{
    show_in_surface("GstWlDisplayHandleContextType", "display");
}
GST_END_TEST;

GST_START_TEST(test_surface_of_an_older_application)
{
    show_in_surface("GstWaylandDisplayHandleContextType", "handle");
}
GST_END_TEST;

GST_START_TEST(test_surface_without_its_connection_is_refused)
{
    window_start();
    gst_video_overlay_set_window_handle(GST_VIDEO_OVERLAY(sink), 1);
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_FAILURE);
    expect(GST_MESSAGE_ERROR, "no connection to its compositor");
}
GST_END_TEST;

static Suite *sink_window_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-window", &tests);

    tcase_add_checked_fixture(tests, window_setup, window_teardown);
    tcase_add_test(tests, test_each_frame_is_handed_over_once);
    tcase_add_test(tests, test_window_is_as_large_as_the_video);
    tcase_add_test(tests, test_resize_is_followed_while_no_frame_comes);
    tcase_add_test(tests, test_compositor_that_gives_nothing_back);
    tcase_add_test(tests, test_other_formats_are_negotiated_anew);
    tcase_add_test(tests, test_closing_the_window_is_an_error);
    tcase_add_test(tests, test_death_of_the_compositor_is_an_error);
    tcase_add_test(tests, test_compositor_without_dma_bufs_is_told_of);
    tcase_add_test(tests, test_cards_and_windows_are_told_apart);
    tcase_add_test(tests, test_keys_and_pointer_go_upstream);
    tcase_add_test(tests, test_no_navigation_where_the_application_wants_none);
    tcase_add_test(tests, test_surface_of_an_application);
    tcase_add_test(tests, test_surface_of_an_older_application);
    tcase_add_test(tests, test_surface_without_its_connection_is_refused);
    return suite;
}

GST_CHECK_MAIN(sink_window);
