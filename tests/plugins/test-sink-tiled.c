/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dmaheapsink on a mock of libdrm: formats that are not linear. The card's RGB planes show
 * XR24 compressed by AFBC alone, as Cluster windows do; see Linux rockchip_vop2_mod_supported().
 */
#include "sink-stand.h"

#include <drm_fourcc.h>

#define AFBC DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16)
#define AFBC_TEXT "XR24:0x0800000000000001"

GST_START_TEST(test_what_is_not_linear_is_no_plain_format)
{
    mock_drm.only_modifier = AFBC;
    sink_start(CAPS);
    expect(GST_MESSAGE_ERROR, "has no plane for BGRx; its planes have NV12, " AFBC_TEXT);
    expect_nothing(GST_MESSAGE_ERROR);
}
GST_END_TEST;

#if GST_CHECK_VERSION(1, 24, 0)
#define TILED                                                                            \
    "video/x-raw(memory:DMABuf),format=DMA_DRM,width=640,height=480,framerate=60/1,"     \
    "drm-format="

static gboolean takes(const gchar *text)
{
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    GstCaps *caps = gst_pad_query_caps(pad, NULL), *one = gst_caps_from_string(text);
    gboolean is = gst_caps_can_intersect(caps, one);

    gst_caps_unref(one);
    gst_caps_unref(caps);
    gst_object_unref(pad);
    return is;
}

GST_START_TEST(test_caps_name_what_planes_do)
{
    mock_drm.only_modifier = AFBC;
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
    fail_unless(takes(TILED AFBC_TEXT) && takes(TILED "RG16:0x0100000000000001"));
    fail_unless(takes(TILED "NV12"));
    fail_if(takes(TILED "XR24") || takes(TILED "XR24:0x0100000000000001"));
    fail_if(takes(TILED "NV12:0x0800000000000001") || takes(CAPS));
}
GST_END_TEST;

GST_START_TEST(test_frames_are_shown_with_their_modifier)
{
    GstBuffer *buffer;

    mock_drm.only_modifier = AFBC;
    sink_start(TILED AFBC_TEXT);
    buffer = make_buffer(BYTES);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless(mock_drm_fb(value_of(MOCK_PRIMARY, "FB_ID"))->modifier == AFBC);
    fail_unless(mock_drm_fb(value_of(MOCK_PRIMARY, "FB_ID"))->with_modifiers);
    fail_unless_equals_int(mock_drm.primes, 1);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

/* The same memory, first linear, then not. */
GST_START_TEST(test_a_modifier_that_changes_is_another_framebuffer)
{
    GstBuffer *buffer = make_buffer(640 * 480 * 2);

    mock_drm_light();
    mock_drm.only_modifier = AFBC;
    sink_start(TILED "RG16:0x0100000000000001");
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless(mock_drm_fb(value_of(MOCK_PRIMARY, "FB_ID"))->modifier ==
                I915_FORMAT_MOD_X_TILED);
    gst_buffer_unref(buffer);
    buffer = make_buffer(BYTES);
    gst_harness_set_src_caps_str(harness, TILED AFBC_TEXT);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 2);
    gst_buffer_unref(buffer);
}
GST_END_TEST;

/* Only who writes tiles has memory for them; how much, the display knows. */
GST_START_TEST(test_no_pool_is_offered)
{
    GstCaps *caps = gst_caps_from_string(TILED AFBC_TEXT);
    GstQuery *query = gst_query_new_allocation(caps, TRUE);
    GstBufferPool *pool;
    guint min;

    mock_drm.only_modifier = AFBC;
    sink_start(TILED AFBC_TEXT);
    fail_unless(gst_pad_peer_query(harness->srcpad, query));
    fail_unless_equals_int(gst_query_get_n_allocation_pools(query), 1);
    gst_query_parse_nth_allocation_pool(query, 0, &pool, NULL, &min, NULL);
    fail_unless(!pool && min >= 4);
    fail_unless(gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL));
    gst_query_unref(query);
    gst_caps_unref(caps);
    expect_nothing(GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
}
GST_END_TEST;

GST_START_TEST(test_another_modifier_is_refused)
{
    sink_start(TILED AFBC_TEXT);
    expect(GST_MESSAGE_ERROR, "has no plane for BGRx with that modifier; its planes have "
                              "BGRx, NV12, RG16:0x0100000000000001");
}
GST_END_TEST;
#endif

static Suite *sink_tiled_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-tiled", &tests);

    tcase_add_test(tests, test_what_is_not_linear_is_no_plain_format);
#if GST_CHECK_VERSION(1, 24, 0)
    tcase_add_test(tests, test_caps_name_what_planes_do);
    tcase_add_test(tests, test_frames_are_shown_with_their_modifier);
    tcase_add_test(tests, test_a_modifier_that_changes_is_another_framebuffer);
    tcase_add_test(tests, test_no_pool_is_offered);
    tcase_add_test(tests, test_another_modifier_is_refused);
#endif
    return suite;
}

GST_CHECK_MAIN(sink_tiled);
