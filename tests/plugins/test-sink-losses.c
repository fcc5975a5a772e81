/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink on a mock of libdrm: displays that go, come back, or do not answer. */
#include "sink-stand.h"

#include <errno.h>

GST_START_TEST(test_unplugged_connector)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);
    GstEvent *event;
    gint commits;

    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.disconnected = true;
    expect(GST_MESSAGE_WARNING, "nothing is plugged into HDMI-A-1 any more");
    commits = mock_drm.commits;
    for (guint i = 0; i < 10; i++) {
        fail_unless_equals_int(push(i % 2 ? b : a), GST_FLOW_OK);
        g_usleep(50000);
    }
    fail_unless_equals_int(mock_drm.commits, commits);
    while (gst_harness_upstream_events_in_queue(harness))
        gst_event_unref(gst_harness_pull_upstream_event(harness));
    mock_drm.disconnected = false;
    expect(GST_MESSAGE_INFO, "there is a display on HDMI-A-1 again");
    event = gst_harness_pull_upstream_event(harness);
    fail_unless_equals_int(GST_EVENT_TYPE(event), GST_EVENT_RECONFIGURE);
    gst_event_unref(event);
    WAIT_FOR(stat_of("shown") == 2);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 3);
    expect_nothing(GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
    sink_end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

/* What was on screen comes there again, though no frame follows. */
GST_START_TEST(test_still_picture_comes_back)
{
    GstBuffer *buffer = make_buffer(BYTES);

    sink_start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.disconnected = true;
    expect(GST_MESSAGE_WARNING, "nothing is plugged");
    mock_drm.disconnected = false;
    WAIT_FOR(mock_drm.modesets >= 3); /* lit, restored, lit */
    WAIT_FOR(value_of(MOCK_PRIMARY, "FB_ID") != 0);
    fail_unless_equals_uint64(stat_of("shown"), 1);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_card_that_goes)
{
    GstBuffer *buffer = make_buffer(BYTES);

    sink_start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.unplugged = true;
    expect(GST_MESSAGE_ERROR, "is gone: the card was unplugged");
    fail_unless_equals_int(push(buffer), GST_FLOW_ERROR);
    expect_nothing(GST_MESSAGE_ERROR);
    gst_buffer_unref(buffer);
    sink_end();
    mock_drm.unplugged = false;
}
GST_END_TEST;

GST_START_TEST(test_flip_that_never_comes)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);

    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.keeps_events = true;
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    expect(GST_MESSAGE_ERROR, "no flip for 5 s");
    fail_unless_equals_int(push(a), GST_FLOW_ERROR);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

GST_START_TEST(test_busy_driver_is_asked_again)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);

    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.commit_error = EBUSY;
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 2);
    expect_nothing(GST_MESSAGE_ERROR);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

GST_START_TEST(test_lost_master)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);

    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.commit_error = EACCES;
    push(b);
    expect(GST_MESSAGE_ERROR, "another program became master");
    fail_unless_equals_int(push(a), GST_FLOW_ERROR);
    expect_nothing(GST_MESSAGE_ERROR);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

static Suite *sink_losses_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-losses", &tests);

    tcase_add_test(tests, test_unplugged_connector);
    tcase_add_test(tests, test_still_picture_comes_back);
    tcase_add_test(tests, test_card_that_goes);
    tcase_add_test(tests, test_flip_that_never_comes);
    tcase_add_test(tests, test_busy_driver_is_asked_again);
    tcase_add_test(tests, test_lost_master);
    return suite;
}

GST_CHECK_MAIN(sink_losses);
