/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink on a mock of libdrm: frames and events that wait for the display. */
#include "sink-stand.h"

static gpointer push_in_thread(gpointer buffer)
{
    return GINT_TO_POINTER(push(buffer));
}

GST_START_TEST(test_flush_wakes_a_frame_that_waits)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);
    GstBuffer *c = make_buffer(BYTES);
    GThread *thread;

    g_object_set(sink, "newest-frame", FALSE, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.keeps_events = true;
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    thread = g_thread_new("push", push_in_thread, c);
    g_usleep(200000);
    fail_unless_equals_uint64(stat_of("rendered"), 2);
    gst_harness_push_event(harness, gst_event_new_flush_start());
    fail_unless_equals_int(GPOINTER_TO_INT(g_thread_join(thread)), GST_FLOW_FLUSHING);
    gst_harness_push_event(harness, gst_event_new_flush_stop(TRUE));
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(c), 1);
    fail_unless_equals_uint64(stat_of("discarded"), 1);
    mock_drm.keeps_events = false;
    gst_buffer_unref(a);
    gst_buffer_unref(b);
    gst_buffer_unref(c);
}
GST_END_TEST;

GST_START_TEST(test_pause_wakes_and_the_frame_is_shown_after)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);
    GstBuffer *c = make_buffer(BYTES);
    GThread *thread;

    g_object_set(sink, "newest-frame", FALSE, NULL);
    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.keeps_events = true;
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    thread = g_thread_new("push", push_in_thread, c);
    g_usleep(200000);
    gst_element_set_state(sink, GST_STATE_PAUSED);
    mock_drm.keeps_events = false;
    gst_element_set_state(sink, GST_STATE_PLAYING);
    fail_unless_equals_int(GPOINTER_TO_INT(g_thread_join(thread)), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 3);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
    gst_buffer_unref(c);
}
GST_END_TEST;

GST_START_TEST(test_each_frame_waits_for_the_connector)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);
    GThread *thread;

    g_object_set(sink, "newest-frame", FALSE, NULL);
    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.disconnected = true;
    expect(GST_MESSAGE_WARNING, "nothing is plugged");
    thread = g_thread_new("push", push_in_thread, b);
    g_usleep(500000);
    fail_unless_equals_uint64(stat_of("rendered"), 1);
    mock_drm.disconnected = false;
    fail_unless_equals_int(GPOINTER_TO_INT(g_thread_join(thread)), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 2);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

GST_START_TEST(test_eos_comes_after_the_last_frame)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);
    GstMessage *message;

    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    gst_harness_push_event(harness, gst_event_new_eos());
    message = gst_bus_timed_pop_filtered(bus, 5 * GST_SECOND, GST_MESSAGE_EOS);
    fail_unless(message != NULL);
    gst_message_unref(message);
    fail_unless_equals_uint64(stat_of("shown") + stat_of("superseded"), 2);
    fail_unless(stat_of("shown") >= 1);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

static Suite *sink_waits_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-waits", &tests);

    tcase_add_test(tests, test_flush_wakes_a_frame_that_waits);
    tcase_add_test(tests, test_pause_wakes_and_the_frame_is_shown_after);
    tcase_add_test(tests, test_each_frame_waits_for_the_connector);
    tcase_add_test(tests, test_eos_comes_after_the_last_frame);
    return suite;
}

GST_CHECK_MAIN(sink_waits);
