/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink on a mock of libdrm: what it offers upstream, and what it refuses. */
#include "sink-stand.h"

#include <errno.h>

GST_START_TEST(test_allocation)
{
    GstCaps *caps = gst_caps_from_string(CAPS);
    GstQuery *query = gst_query_new_allocation(caps, FALSE);

    sink_start(CAPS);
    fail_unless(gst_pad_peer_query(harness->srcpad, query));
    fail_unless(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL));
    gst_query_unref(query);
    /* A heap that was asked for and is not there is an error. */
    g_object_set(sink, "heap", "/nowhere/heap", NULL);
    query = gst_query_new_allocation(caps, TRUE);
    fail_if(gst_pad_peer_query(harness->srcpad, query));
    expect(GST_MESSAGE_ERROR, "/nowhere/heap");
    gst_query_unref(query);
    gst_caps_unref(caps);
}
GST_END_TEST;

/* Frames in other memory are what comes of it, and no other error. */
GST_START_TEST(test_refused_pool_is_told_once)
{
    GstCaps *caps = gst_caps_from_string(CAPS);
    GstQuery *query = gst_query_new_allocation(caps, TRUE);

    g_object_set(sink, "heap", "/nowhere/heap", NULL);
    sink_start(CAPS);
    fail_if(gst_pad_peer_query(harness->srcpad, query));
    expect(GST_MESSAGE_ERROR, "/nowhere/heap");
    fail_if(gst_pad_peer_query(harness->srcpad, query));
    fail_unless_equals_int(
        gst_harness_push(harness, gst_buffer_new_allocate(NULL, BYTES, NULL)),
        GST_FLOW_ERROR);
    expect_nothing(GST_MESSAGE_ERROR);
    /* Those of another's heap need no pool. */
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(BYTES)), GST_FLOW_OK);
    gst_query_unref(query);
    gst_caps_unref(caps);
}
GST_END_TEST;

GST_START_TEST(test_memory_is_named_and_its_lack_told_of)
{
    GstCaps *caps = gst_caps_from_string(CAPS);
    GstQuery *query = gst_query_new_allocation(caps, TRUE);
    GstAllocator *allocator;
    GstBufferPool *pool;

    gst_object_set_name(GST_OBJECT(sink), "screen");
    g_object_set(sink, "heap", FAKE_NODE, NULL);
    sink_start(CAPS);
    fail_unless(gst_pad_peer_query(harness->srcpad, query));
    gst_query_parse_nth_allocation_param(query, 0, &allocator, NULL);
    fail_unless_equals_string(GST_OBJECT_NAME(allocator), "screen");
    gst_object_unref(allocator);
    gst_query_parse_nth_allocation_pool(query, 0, &pool, NULL, NULL, NULL);
    fake_kernel.alloc_error = -ENOMEM;
    fail_if(gst_buffer_pool_set_active(pool, TRUE));
    expect(GST_MESSAGE_ERROR, "from heap null");
    fail_if(gst_buffer_pool_set_active(pool, TRUE));
    expect_nothing(GST_MESSAGE_ERROR);
    gst_object_unref(pool);
    gst_query_unref(query);
    gst_caps_unref(caps);
}
GST_END_TEST;

GST_START_TEST(test_memory_that_is_no_dmabuf)
{
    sink_start(CAPS);
    fail_unless_equals_int(
        gst_harness_push(harness, gst_buffer_new_allocate(NULL, BYTES, NULL)),
        GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "put dmaheap before this element");
    expect_nothing(GST_MESSAGE_ERROR);
    fail_unless_equals_int(
        gst_harness_push(harness, gst_buffer_new_allocate(NULL, BYTES, NULL)),
        GST_FLOW_ERROR);
    expect_nothing(GST_MESSAGE_ERROR);
}
GST_END_TEST;

GST_START_TEST(test_buffer_that_is_too_small)
{
    sink_start(CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(4096)), GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "within its");
}
GST_END_TEST;

GST_START_TEST(test_frames_that_no_plane_takes)
{
    mock_drm_light();
    sink_start("video/x-raw,format=BGRx,width=1280,height=720,framerate=60/1");
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(1280 * 720 * 4)),
                           GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "scale (no plane scales it");
}
GST_END_TEST;

GST_START_TEST(test_formats_that_no_plane_has)
{
    GstCaps *caps = gst_caps_from_string(
        "video/x-raw,format=YUY2,width=640,height=480,framerate=60/1");

    sink_start(NULL);
    gst_harness_push_event(harness, gst_event_new_stream_start("test"));
    gst_harness_push_event(harness, gst_event_new_caps(caps));
    expect(GST_MESSAGE_ERROR, "has no plane for YUY2; its planes have BGRx, NV12");
    gst_harness_push_event(harness, gst_event_new_caps(caps));
    expect_nothing(GST_MESSAGE_ERROR);
    gst_caps_unref(caps);
}
GST_END_TEST;

GST_START_TEST(test_refused_mode_is_told_once)
{
    g_object_set(sink, "force-modesetting", TRUE, NULL);
    sink_start("video/x-raw,format=BGRx,width=320,height=240,framerate=60/1");
    expect(GST_MESSAGE_ERROR, "no mode of 320x240");
    gst_harness_push(harness, make_buffer(BYTES));
    expect_nothing(GST_MESSAGE_ERROR);
}
GST_END_TEST;

GST_START_TEST(test_refusals_of_the_driver)
{
    GstBuffer *buffer = make_buffer(BYTES);

    mock_drm.prime_error = ENODEV;
    sink_start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "import (the display cannot reach that memory");
    sink_end();
    mock_drm.prime_error = 0;
    gst_buffer_unref(buffer);
}
GST_END_TEST;

/* After an error, a pipeline that is started again gets a display that works. */
GST_START_TEST(test_started_again_after_an_error)
{
    sink_start(CAPS);
    fail_unless_equals_int(
        gst_harness_push(harness, gst_buffer_new_allocate(NULL, BYTES, NULL)),
        GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "no dma-buf");
    gst_element_set_state(sink, GST_STATE_READY);
    gst_element_set_state(sink, GST_STATE_PLAYING);
    gst_harness_play(harness);
    gst_harness_set_src_caps_str(harness, CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(BYTES)), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
}
GST_END_TEST;

static Suite *sink_refusals_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-refusals", &tests);

    tcase_add_test(tests, test_allocation);
    tcase_add_test(tests, test_refused_pool_is_told_once);
    tcase_add_test(tests, test_memory_is_named_and_its_lack_told_of);
    tcase_add_test(tests, test_memory_that_is_no_dmabuf);
    tcase_add_test(tests, test_buffer_that_is_too_small);
    tcase_add_test(tests, test_frames_that_no_plane_takes);
    tcase_add_test(tests, test_formats_that_no_plane_has);
    tcase_add_test(tests, test_refused_mode_is_told_once);
    tcase_add_test(tests, test_refusals_of_the_driver);
    tcase_add_test(tests, test_started_again_after_an_error);
    return suite;
}

GST_CHECK_MAIN(sink_refusals);
