/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmaheapsink on a mock of libdrm: what it is before one is open, and what opening says. */
#include "memory/gstdmaheapformat.h"
#include "sink-stand.h"

#include <fcntl.h>
#include <unistd.h>

GST_START_TEST(test_properties_are_those_of_kmssink)
{
    const struct {
        const gchar *name;
        GType type;
    } expected[] = {
        {"driver-name", G_TYPE_STRING},
        {"bus-id", G_TYPE_STRING},
        {"fd", G_TYPE_INT},
        {"connector-properties", GST_TYPE_STRUCTURE},
        {"plane-properties", GST_TYPE_STRUCTURE},
        {"skip-vsync", G_TYPE_BOOLEAN},
        {"connector-id", G_TYPE_INT},
        {"plane-id", G_TYPE_INT},
        {"force-modesetting", G_TYPE_BOOLEAN},
        {"restore-crtc", G_TYPE_BOOLEAN},
        {"can-scale", G_TYPE_BOOLEAN},
        {"display-width", G_TYPE_INT},
        {"display-height", G_TYPE_INT},
        {"render-rectangle", GST_TYPE_ARRAY},
    };
    gboolean restore, scale, force, newest, messages;
    gint connector, plane, width;

    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        GParamSpec *spec =
            g_object_class_find_property(G_OBJECT_GET_CLASS(sink), expected[i].name);

        fail_unless(spec != NULL, "no property %s", expected[i].name);
        fail_unless(spec->value_type == expected[i].type, "%s", expected[i].name);
    }
    g_object_get(sink, "connector-id", &connector, "plane-id", &plane, "restore-crtc",
                 &restore, "can-scale", &scale, "force-modesetting", &force,
                 "display-width", &width, "newest-frame", &newest, "flip-messages",
                 &messages, NULL);
    fail_unless(connector == -1 && plane == -1 && width == 0);
    fail_unless(restore && scale && newest);
    fail_if(force || messages);
    fail_unless_equals_uint64(stat_of("rendered"), 0);
    fail_unless(stat_of("shown") == G_MAXUINT64);
}
GST_END_TEST;

GST_START_TEST(test_template_opens_nothing)
{
    static const gchar *const takes[] = {
        CAPS,
        "video/x-raw(memory:DMABuf),format=NV12,width=64,height=64",
#if GST_CHECK_VERSION(1, 24, 0)
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=NV12,width=64,height=64",
#endif
    };
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    GstCaps *caps = gst_pad_query_caps(pad, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(takes); i++) {
        GstCaps *one = gst_caps_from_string(takes[i]);

        fail_unless(gst_caps_can_intersect(caps, one), "%s", takes[i]);
        gst_caps_unref(one);
    }
    for (guint i = 0; gst_dma_heap_formats[i].zc; i++) {
        GstCaps *one = gst_caps_new_simple(
            "video/x-raw", "format", G_TYPE_STRING,
            gst_video_format_to_string(gst_dma_heap_formats[i].gst), NULL);

        fail_unless(gst_caps_can_intersect(caps, one), "%" GST_PTR_FORMAT, one);
        gst_caps_unref(one);
    }
    gst_caps_unref(caps);
    gst_object_unref(pad);
    fail_if(mock_drm.master);
    fail_unless_equals_int(mock_drm.probes, 0);
}
GST_END_TEST;

static void expect_failing_open(const gchar *text)
{
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_FAILURE);
    expect(GST_MESSAGE_ERROR, text);
    expect_nothing(GST_MESSAGE_ERROR);
    gst_element_set_state(sink, GST_STATE_NULL);
}

GST_START_TEST(test_errors_of_opening)
{
    g_object_set(sink, "device", "/nowhere/card0", NULL);
    expect_failing_open("cannot open display /nowhere/card0: cannot open it");
    g_object_set(sink, "device", mock_drm.path[0], "driver-name", "vkms", NULL);
    expect_failing_open("its driver is mock, not vkms");
    mock_drm.bus_id = "pci:0000:00:02.0";
    g_object_set(sink, "driver-name", NULL, "bus-id", "pci:0000:01:00.0", NULL);
    expect_failing_open("its bus id is pci:0000:00:02.0, not pci:0000:01:00.0");
    g_object_set(sink, "bus-id", NULL, "connector-id", 7, NULL);
    expect_failing_open("no connector 7; there are: 50 (HDMI-A-1, connected)");
    g_object_set(sink, "connector-id", -1, "plane-id", 7, NULL);
    expect_failing_open("plane 7 of its own; there are: 61 (overlay), 60");
    g_object_set(sink, "plane-id", -1, "mode", "1x1", NULL);
    expect_failing_open("no mode of 1x1; it has: 1024x768, 640x480");
    g_object_set(sink, "mode", NULL, "device", NULL, NULL);
    mock_drm.n_cards = 0;
    expect_failing_open("no KMS driver is loaded");
    mock_drm.n_cards = 1;
    mock_drm.busy[0] = true;
    expect_failing_open("another program is its master");
    mock_drm.busy[0] = false;
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
}
GST_END_TEST;

static void set_structure(const gchar *property, const gchar *text)
{
    GstStructure *structure = gst_structure_from_string(text, NULL);

    g_object_set(sink, property, structure, NULL);
    gst_structure_free(structure);
}

GST_START_TEST(test_properties_of_the_kernel_are_set_and_restored)
{
    GstStructure *back = NULL;

    set_structure("connector-properties", "props,link-status=(int)1");
    set_structure("plane-properties", "props,zpos=(guint64)7,alpha=(int)77");
    sink_start(CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(BYTES)), GST_FLOW_OK);
    WAIT_FOR(value_of(MOCK_PRIMARY, "zpos") == 7);
    fail_unless_equals_uint64(value_of(MOCK_PRIMARY, "alpha"), 77);
    fail_unless_equals_uint64(value_of(MOCK_CONNECTOR, "link-status"), 1);
    g_object_get(sink, "plane-properties", &back, NULL);
    fail_unless(gst_structure_n_fields(back) == 2);
    gst_structure_free(back);
    sink_end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

GST_START_TEST(test_properties_that_the_kernel_has_not)
{
    set_structure("plane-properties", "props,nonsense=(int)1");
    expect_failing_open("no plane of HDMI-A-1 has a property \"nonsense\"");
    set_structure("plane-properties", "props,zpos=(string)high");
    expect_failing_open(
        "the property \"zpos\" of connector or plane is set to no number");
}
GST_END_TEST;

GST_START_TEST(test_an_open_card_stays_the_applications)
{
    gint fd = open(mock_drm.path[0], O_RDWR | O_CLOEXEC);
    gint drops = mock_drm.drop_masters;

    g_object_set(sink, "device", "/nowhere/card0", "fd", fd, NULL);
    sink_start(CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(BYTES)), GST_FLOW_OK);
    sink_end();
    fail_unless_equals_int(mock_drm.drop_masters, drops);
    fail_unless(fcntl(fd, F_GETFD) >= 0);
    close(fd);
    mock_drm.master = FALSE;
}
GST_END_TEST;

GST_START_TEST(test_modes_that_are_no_size)
{
    static const gchar *const wrong[] = {"1280",        "1280x", "x720", "0x0",
                                         "1280x720@60", "-1x-1", "big"};

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_object_set(sink, "mode", wrong[i], NULL);
        expect_failing_open("write it as 1280x720");
    }
    g_object_set(sink, "mode", "", NULL);
    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
}
GST_END_TEST;

GST_START_TEST(test_ready_tells_of_the_display)
{
    static const gchar *const refused[] = {
        "video/x-raw,format=RGB16",
        "video/x-raw(memory:DMABuf),format=YUY2",
#if GST_CHECK_VERSION(1, 24, 0)
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=YUYV",
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24:0x0100000000000001",
#endif
    };
    gint connector, plane, width;
    GstCaps *caps;
    GstPad *pad;

    fail_unless_equals_int(gst_element_set_state(sink, GST_STATE_READY),
                           GST_STATE_CHANGE_SUCCESS);
    g_object_get(sink, "connector-id", &connector, "plane-id", &plane, "display-width",
                 &width, NULL);
    fail_unless_equals_int(connector, MOCK_CONNECTOR);
    fail_unless_equals_int(plane, -1);
    fail_unless_equals_int(width, 1024);
    pad = gst_element_get_static_pad(sink, "sink");
    caps = gst_pad_query_caps(pad, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        GstCaps *one = gst_caps_from_string(refused[i]);

        fail_if(gst_caps_can_intersect(caps, one), "%s", refused[i]);
        gst_caps_unref(one);
    }
    gst_caps_unref(caps);
    caps =
        gst_caps_from_string("video/x-raw,format=NV12,width=64,height=64,framerate=30/1");
    fail_unless(gst_pad_query_accept_caps(pad, caps));
    gst_caps_unref(caps);
    gst_object_unref(pad);
    fail_unless_equals_int(mock_drm.commits, 0);
}
GST_END_TEST;

static Suite *sink_open_suite(void)
{
    TCase *tests;
    Suite *suite = sink_suite("sink-open", &tests);

    tcase_add_test(tests, test_properties_are_those_of_kmssink);
    tcase_add_test(tests, test_template_opens_nothing);
    tcase_add_test(tests, test_errors_of_opening);
    tcase_add_test(tests, test_properties_of_the_kernel_are_set_and_restored);
    tcase_add_test(tests, test_properties_that_the_kernel_has_not);
    tcase_add_test(tests, test_an_open_card_stays_the_applications);
    tcase_add_test(tests, test_modes_that_are_no_size);
    tcase_add_test(tests, test_ready_tells_of_the_display);
    return suite;
}

GST_CHECK_MAIN(sink_open);
