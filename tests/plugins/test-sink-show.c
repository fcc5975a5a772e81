/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink on a mock of libdrm: how frames are shown. */
#include "sink-stand.h"

#include <gst/video/videooverlay.h>

GST_START_TEST(test_each_frame_is_shown_and_released)
{
    GstQuery *drain = gst_query_new_drain();
    GstBuffer *buffer[8];
    gint tests;

    g_object_set(sink, "newest-frame", FALSE, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    tests = mock_drm.tests;
    for (guint i = 0; i < 8; i++)
        buffer[i] = make_buffer(BYTES);
    for (guint i = 0; i < 24; i++)
        fail_unless_equals_int(push(buffer[i % 8]), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 24);
    fail_unless_equals_uint64(stat_of("superseded"), 0);
    fail_unless_equals_int(mock_drm.commits, 24);
    fail_unless_equals_int(mock_drm.primes, 8);
    fail_unless_equals_int(mock_drm.tests, tests + 1);
    for (guint k = 0; k < 7; k++)
        WAIT_FOR(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[k]) == 1);
    /* The last is on screen; a drain lets it go, and the picture stays. */
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[7]), 2);
    fail_unless(gst_pad_peer_query(harness->srcpad, drain));
    gst_query_unref(drain);
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[7]), 1);
    fail_unless(value_of(MOCK_PRIMARY, "FB_ID") != 0);
    for (guint i = 0; i < 8; i++)
        gst_buffer_unref(buffer[i]);
    sink_end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

GST_START_TEST(test_corrupted_frames_are_dropped_and_counted)
{
    GstBuffer *good, *bad;
    guint64 corrupted;

    g_object_set(sink, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    good = make_buffer(BYTES);
    bad = make_buffer(BYTES);
    GST_BUFFER_FLAG_SET(bad, GST_BUFFER_FLAG_CORRUPTED);
    fail_unless_equals_int(push(good), GST_FLOW_OK);
    fail_unless_equals_int(push(bad), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(bad), 1);
    g_object_get(sink, "corrupted", &corrupted, NULL);
    fail_unless_equals_uint64(corrupted, 1);
    g_object_set(sink, "show-corrupted", TRUE, NULL);
    fail_unless_equals_int(push(bad), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 2);
    gst_buffer_unref(good);
    gst_buffer_unref(bad);
}
GST_END_TEST;

GST_START_TEST(test_the_newest_supersedes)
{
    GstBuffer *buffer[6];

    g_object_set(sink, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    for (guint i = 0; i < 6; i++)
        buffer[i] = make_buffer(BYTES);
    fail_unless_equals_int(push(buffer[0]), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.keeps_events = true;
    fail_unless_equals_int(push(buffer[1]), GST_FLOW_OK);
    WAIT_FOR(mock_drm.commits == 2);
    for (guint i = 2; i < 6; i++)
        fail_unless_equals_int(push(buffer[i]), GST_FLOW_OK);
    fail_unless_equals_uint64(stat_of("superseded"), 3);
    for (guint i = 2; i < 5; i++)
        fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[i]), 1);
    mock_drm.keeps_events = false;
    WAIT_FOR(stat_of("shown") == 3);
    fail_unless_equals_int(mock_drm.commits, 3);
    for (guint i = 0; i < 6; i++)
        gst_buffer_unref(buffer[i]);
}
GST_END_TEST;

GST_START_TEST(test_the_same_buffer_twice_is_one_frame)
{
    GstBuffer *buffer = make_buffer(BYTES);

    sink_start(CAPS);
    for (guint i = 0; i < 3; i++) {
        fail_unless_equals_int(push(buffer), GST_FLOW_OK);
        WAIT_FOR(stat_of("shown") == 1);
    }
    g_usleep(50000);
    fail_unless_equals_int(mock_drm.commits, 1);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

/* As still pictures come: the display has the memory already. */
GST_START_TEST(test_the_same_memory_in_another_buffer)
{
    GstBuffer *a = make_buffer(BYTES), *b = gst_buffer_new();

    gst_buffer_append_memory(b, gst_buffer_get_memory(a, 0));
    g_object_set(sink, "enable-last-sample", FALSE, NULL);
    sink_start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(a), 2);
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 2);
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(a), 1);
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(b), 2);
    fail_unless_equals_int(mock_drm.primes, 1);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

/* Pushes 100 frames, a millisecond apart. Returns how many of them were committed. */
static gint commits_of(GstBuffer **buffer, const gchar *commit)
{
    gint commits = mock_drm.commits;

    gst_util_set_object_arg(G_OBJECT(sink), "commit", commit);
    for (guint i = 0; i < 100; i++) {
        fail_unless_equals_int(push(buffer[i % 2]), GST_FLOW_OK);
        g_usleep(1000);
    }
    return mock_drm.commits - commits;
}

/* Where newer ones come in time for the blank, they are not committed one by one. A machine
 * that is busy may bring them too slowly for that to be seen at once. */
GST_START_TEST(test_late_commits_wait_for_the_newest)
{
    GstBuffer *buffer[] = {make_buffer(BYTES), make_buffer(BYTES)};
    gboolean waits = FALSE;

    mock_drm.flips_now = true;
    sink_start(CAPS);
    for (guint i = 0; i < 20 && !waits; i++)
        waits = 2 * commits_of(buffer, "late") < commits_of(buffer, "once");
    fail_unless(waits);
    WAIT_FOR(stat_of("shown") + stat_of("superseded") >= 200);
    for (guint i = 0; i < 2; i++)
        gst_buffer_unref(buffer[i]);
}
GST_END_TEST;

GST_START_TEST(test_qos_only_where_frames_may_be_late)
{
    gboolean qos;

    g_object_get(sink, "qos", &qos, NULL); /* sync=false */
    fail_if(qos);
    g_object_set(sink, "qos", TRUE, NULL);
    g_object_get(sink, "qos", &qos, NULL);
    fail_unless(qos);
    g_object_set(sink, "sync", TRUE, NULL);
    g_object_get(sink, "qos", &qos, NULL);
    fail_unless(qos);
}
GST_END_TEST;

GST_START_TEST(test_flip_messages)
{
    GstBuffer *buffer = make_buffer(BYTES);
    const GstStructure *structure;
    GstMessage *message;
    guint64 sequence, pts;
    gint64 flip_ns;

    g_object_set(sink, "flip-messages", TRUE, NULL);
    sink_start(CAPS);
    GST_BUFFER_PTS(buffer) = 7;
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    message = gst_bus_timed_pop_filtered(bus, 5 * GST_SECOND, GST_MESSAGE_ELEMENT);
    fail_unless(message != NULL);
    structure = gst_message_get_structure(message);
    fail_unless(gst_structure_has_name(structure, "dmaheapsink-flip"));
    fail_unless(gst_structure_get(structure, "sequence", G_TYPE_UINT64, &sequence, "pts",
                                  G_TYPE_UINT64, &pts, "flip-monotonic-ns", G_TYPE_INT64,
                                  &flip_ns, NULL));
    fail_unless(sequence == 1 && pts == 7 && flip_ns >= 1000000000);
    fail_if(gst_structure_has_field(structure, "latency-ns"));
    gst_message_unref(message);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_dark_display_gets_the_mode_of_the_video)
{
    GstBuffer *buffer = make_buffer(BYTES);
    gint width, plane;

    sink_start(CAPS);
    g_object_get(sink, "display-width", &width, NULL);
    fail_unless_equals_int(width, 640);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    g_object_get(sink, "plane-id", &plane, NULL);
    fail_unless_equals_int(plane, MOCK_PRIMARY);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_lit_display_keeps_its_mode_unless_forced)
{
    GstBuffer *buffer = make_buffer(BYTES);
    gint width;

    mock_drm_light();
    sink_start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless_equals_int(mock_drm.modesets, 0);
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "CRTC_X"), 192);
    g_object_set(sink, "force-modesetting", TRUE, NULL);
    gst_harness_set_src_caps_str(harness, CAPS ",pixel-aspect-ratio=1/1");
    g_object_get(sink, "display-width", &width, NULL);
    fail_unless_equals_int(width, 640);
    WAIT_FOR(value_of(MOCK_PRIMARY, "CRTC_X") == 0 && mock_drm.modesets);
    gst_buffer_unref(buffer);
    sink_end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

GST_START_TEST(test_scales_where_a_plane_can)
{
    GstBuffer *buffer = make_buffer(BYTES);
    gboolean can_scale;

    mock_drm_light();
    mock_drm.scaling_plane = MOCK_PRIMARY;
    sink_start(CAPS ",pixel-aspect-ratio=2/1");
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "CRTC_W"), 1024);
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "CRTC_H"), 384);
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "CRTC_Y"), 192);
    g_object_get(sink, "can-scale", &can_scale, NULL);
    fail_unless(can_scale);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_centres_where_no_plane_scales)
{
    GstBuffer *buffer = make_buffer(BYTES);
    gboolean can_scale;

    mock_drm_light();
    sink_start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "CRTC_W"), 640);
    g_object_get(sink, "can-scale", &can_scale, NULL);
    fail_if(can_scale);
    expect_nothing(GST_MESSAGE_ERROR);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_expose_and_render_rectangle)
{
    GstVideoOverlay *overlay = GST_VIDEO_OVERLAY(sink);
    GstBuffer *buffer = make_buffer(BYTES);

    mock_drm_light();
    gst_video_overlay_expose(overlay); /* nothing is open */
    sink_start(CAPS);
    gst_video_overlay_expose(overlay); /* nothing to show */
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    gst_video_overlay_set_render_rectangle(overlay, 300, 200, 640, 480);
    gst_video_overlay_expose(overlay);
    WAIT_FOR(value_of(MOCK_PRIMARY, "CRTC_X") == 300);
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "CRTC_Y"), 200);
    gst_video_overlay_set_render_rectangle(overlay, -1, -1, -1, -1);
    gst_video_overlay_expose(overlay);
    WAIT_FOR(value_of(MOCK_PRIMARY, "CRTC_X") == 192);
    fail_unless_equals_uint64(stat_of("shown"), 1);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_restore_crtc_false_keeps_the_picture)
{
    guint fb;

    g_object_set(sink, "restore-crtc", FALSE, NULL);
    sink_start(CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(BYTES)), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fb = value_of(MOCK_PRIMARY, "FB_ID");
    sink_end();
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "FB_ID"), fb);
    fail_unless_equals_int(value_of(MOCK_CRTC, "ACTIVE"), 1);
}
GST_END_TEST;

static Suite *sink_show_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-show", &tests);

    tcase_add_test(tests, test_each_frame_is_shown_and_released);
    tcase_add_test(tests, test_corrupted_frames_are_dropped_and_counted);
    tcase_add_test(tests, test_the_newest_supersedes);
    tcase_add_test(tests, test_the_same_buffer_twice_is_one_frame);
    tcase_add_test(tests, test_the_same_memory_in_another_buffer);
    tcase_add_test(tests, test_late_commits_wait_for_the_newest);
    tcase_add_test(tests, test_qos_only_where_frames_may_be_late);
    tcase_add_test(tests, test_flip_messages);
    tcase_add_test(tests, test_dark_display_gets_the_mode_of_the_video);
    tcase_add_test(tests, test_lit_display_keeps_its_mode_unless_forced);
    tcase_add_test(tests, test_scales_where_a_plane_can);
    tcase_add_test(tests, test_centres_where_no_plane_scales);
    tcase_add_test(tests, test_expose_and_render_rectangle);
    tcase_add_test(tests, test_restore_crtc_false_keeps_the_picture);
    return suite;
}

GST_CHECK_MAIN(sink_show);
