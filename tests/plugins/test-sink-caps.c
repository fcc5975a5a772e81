/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink on a mock of libdrm: which sizes it takes, and who may ask meanwhile. */
#include "sink-stand.h"

#define LARGE "video/x-raw,format=BGRx,width=1080,height=720"
#define SIDEWAYS "video/x-raw,format=BGRx,width=480,height=640"
#define WHOLE "video/x-raw,format=BGRx,width=1024,height=768"

static GstCaps *ask(const gchar *filter)
{
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    GstCaps *asked = filter ? gst_caps_from_string(filter) : NULL;
    GstCaps *caps = gst_pad_query_caps(pad, asked);

    gst_clear_caps(&asked);
    gst_object_unref(pad);
    return caps;
}

static gboolean takes(const gchar *text)
{
    GstCaps *caps = ask(NULL), *one = gst_caps_from_string(text);
    gboolean is = gst_caps_can_intersect(caps, one);

    gst_caps_unref(one);
    gst_caps_unref(caps);
    return is;
}

static void set_state(GstState state)
{
    fail_unless_equals_int(gst_element_set_state(sink, state), GST_STATE_CHANGE_SUCCESS);
}

GST_START_TEST(test_what_fits_where_no_plane_scales)
{
    mock_drm_light();
    set_state(GST_STATE_READY);
    fail_if(takes(LARGE));
    fail_unless(takes(WHOLE) && takes(CAPS) && takes(SIDEWAYS));
    fail_unless_equals_int(mock_drm.commits, 0);
    fail_unless_equals_int(mock_drm.modesets, 0);
}
GST_END_TEST;

/* A scaler before it, or a source that has several sizes, takes the nearest that fits. */
GST_START_TEST(test_nearest_size_is_within_the_mode)
{
    GstStructure *structure;
    gint width, height;
    GstCaps *caps;

    mock_drm_light();
    set_state(GST_STATE_READY);
    caps = gst_caps_truncate(ask("video/x-raw,format=BGRx"));
    structure = gst_caps_get_structure(caps, 0);
    gst_structure_fixate_field_nearest_int(structure, "width", 3840);
    gst_structure_fixate_field_nearest_int(structure, "height", 2160);
    fail_unless(gst_structure_get_int(structure, "width", &width));
    fail_unless(gst_structure_get_int(structure, "height", &height));
    fail_unless(width == 1024 && height == 768, "%dx%d", width, height);
    /* As pixels are shown as they come, a scaler makes them square. */
    fail_unless(
        gst_structure_get_fraction(structure, "pixel-aspect-ratio", &width, &height));
    fail_unless(width == 1 && height == 1);
    fail_unless(takes(CAPS ",pixel-aspect-ratio=16/15"));
    gst_caps_unref(caps);
}
GST_END_TEST;

GST_START_TEST(test_all_where_a_plane_scales)
{
    mock_drm_light();
    mock_drm.scaling_plane = MOCK_OVERLAY;
    set_state(GST_STATE_READY);
    fail_unless(takes(LARGE) && takes(CAPS));
    g_object_set(sink, "can-scale", FALSE, NULL);
    fail_if(takes(LARGE));
    fail_unless(takes(CAPS));
}
GST_END_TEST;

/* What was found out holds for all who ask. */
GST_START_TEST(test_it_is_tried_once)
{
    gint tests, dumbs;

    set_state(GST_STATE_READY);
    tests = mock_drm.tests;
    dumbs = mock_drm.dumbs;
    fail_unless(tests > 0);
    fail_unless(dumbs > 0);
    for (guint i = 0; i < 5; i++)
        fail_if(takes(LARGE));
    fail_unless_equals_int(mock_drm.tests, tests);
    fail_unless_equals_int(mock_drm.dumbs, dumbs);
}
GST_END_TEST;

/* As the primary plane of vkms in Linux 6.1. */
GST_START_TEST(test_modes_alone_where_a_plane_must_fill)
{
    mock_drm.must_fill = true;
    mock_drm.refused_plane = MOCK_OVERLAY;
    set_state(GST_STATE_READY);
    fail_unless(takes(WHOLE) && takes(CAPS));
    fail_if(takes("video/x-raw,format=BGRx,width=320,height=240") || takes(LARGE));
}
GST_END_TEST;

GST_START_TEST(test_mode_and_force_keep_their_meaning)
{
    mock_drm_light();
    g_object_set(sink, "mode", "640x480", NULL);
    set_state(GST_STATE_READY);
    fail_unless(takes(CAPS));
    fail_if(takes(WHOLE) || takes(SIDEWAYS));
    set_state(GST_STATE_NULL);
    g_object_set(sink, "mode", NULL, "force-modesetting", TRUE, NULL);
    set_state(GST_STATE_READY);
    fail_unless(takes(LARGE) && takes(WHOLE));
}
GST_END_TEST;

/* Where nothing is lit, the mode is the video's, and until a frame is shown another may be. */
GST_START_TEST(test_dark_display_takes_what_fits_into_any_mode)
{
    GstBuffer *buffer = make_buffer(BYTES);
    gint width;

    sink_start(CAPS);
    g_object_get(sink, "display-width", &width, NULL);
    fail_unless_equals_int(width, 640);
    fail_unless(takes(WHOLE) && takes(SIDEWAYS));
    fail_if(takes(LARGE));
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fail_unless(takes(CAPS));
    fail_if(takes(WHOLE) || takes(SIDEWAYS));
    gst_buffer_unref(buffer);
}
GST_END_TEST;

GST_START_TEST(test_says_that_the_size_is_refused)
{
    GstCaps *none;

    mock_drm_light();
    set_state(GST_STATE_READY);
    set_state(GST_STATE_READY);
    none = ask(LARGE);
    fail_unless(gst_caps_is_empty(none));
    gst_caps_unref(none);
    expect(GST_MESSAGE_WARNING, "of 1024x768, cannot show pictures as large as upstream "
                                "offers: no plane scales it: dmaheapgpu");
    gst_caps_unref(ask(LARGE));
    expect_nothing(GST_MESSAGE_WARNING);
}
GST_END_TEST;

/* ------------------------------------------------------------ other threads */

#define ROUNDS 300

static gint ends; /* atomic */

static gpointer ask_always(gpointer user)
{
    guint n = 0;

    while (!g_atomic_int_get(&ends))
        gst_caps_unref(ask(n++ % 2 ? NULL : LARGE));
    return GUINT_TO_POINTER(n);
}

/* The display is closed and opened while others ask what it takes. */
GST_START_TEST(test_asked_while_the_state_changes)
{
    GThread *thread[2];
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS(thread); i++)
        thread[i] = g_thread_new("asks", ask_always, NULL);
    for (guint i = 0; i < ROUNDS; i++) {
        set_state(GST_STATE_READY);
        g_usleep(1000);
        set_state(GST_STATE_NULL);
    }
    g_atomic_int_set(&ends, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(thread); i++)
        n += GPOINTER_TO_UINT(g_thread_join(thread[i]));
    fail_unless(n > ROUNDS);
    fail_if(mock_drm.master);
}
GST_END_TEST;

static Suite *sink_caps_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-caps", &tests);

    tcase_add_test(tests, test_what_fits_where_no_plane_scales);
    tcase_add_test(tests, test_nearest_size_is_within_the_mode);
    tcase_add_test(tests, test_all_where_a_plane_scales);
    tcase_add_test(tests, test_it_is_tried_once);
    tcase_add_test(tests, test_modes_alone_where_a_plane_must_fill);
    tcase_add_test(tests, test_mode_and_force_keep_their_meaning);
    tcase_add_test(tests, test_dark_display_takes_what_fits_into_any_mode);
    tcase_add_test(tests, test_says_that_the_size_is_refused);
    tcase_add_test(tests, test_asked_while_the_state_changes);
    return suite;
}

GST_CHECK_MAIN(sink_caps);
