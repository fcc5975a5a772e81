/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-sink - element dmaheapsink with no device: what it is before one is open, and
 * what it does on a mock of libdrm, whose card shows 1024x768 or 640x480.
 */
#include "fake-kernel.h"
#include "gstdmaheapformat.h"
#include "gstdmaheaplog.h"
#include "gstdmaheapsink.h"
#include "mock-drm.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <gst/allocators/allocators.h>
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gst/video/videooverlay.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 640
#define HEIGHT 480
#define BYTES (WIDTH * HEIGHT * 4)
#define CAPS "video/x-raw,format=BGRx,width=640,height=480,framerate=60/1"

static GstAllocator *dmabufs;
static GstElement *sink;
static GstHarness *harness;
static GstBus *bus;
static struct mock_drm before;

/* The C library's declaration says that poll does not read its first parameter. */
int own_poll(struct pollfd *fds, nfds_t n, int timeout_ms) __asm__("poll");

/* The card's node is a file, and always readable: a poll of it would not wait. */
int own_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    struct timespec time = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    struct timespec soon = {0, 1000000};
    struct stat node;
    int ready;

    if (n != 2 || fstat(fds[1].fd, &node) || !S_ISREG(node.st_mode))
        return syscall(SYS_ppoll, fds, n, timeout_ms < 0 ? NULL : &time, NULL, 8);
    ready = syscall(SYS_ppoll, fds, 1, &soon, NULL, 8);
    fds[1].revents = POLLIN;
    return ready + 1;
}

/* ---------------------------------------------------------------- helpers */

static void setup(void)
{
    fake_kernel = (struct fake_kernel){.now_ns = 1000000000};
    mock_drm_reset();
    dmabufs = gst_dmabuf_allocator_new();
    bus = gst_bus_new();
    sink = gst_element_factory_make("dmaheapsink", NULL);
    g_object_set(sink, "sync", FALSE, "device", mock_drm.path[0], NULL);
    gst_element_set_bus(sink, bus);
}

static void end(void)
{
    if (harness) {
        gst_harness_teardown(harness);
        harness = NULL;
        gst_element_set_bus(sink, NULL);
        gst_object_unref(sink);
    } else if (sink) {
        gst_element_set_state(sink, GST_STATE_NULL);
        gst_element_set_bus(sink, NULL);
        gst_object_unref(sink);
    }
    sink = NULL;
}

static void teardown(void)
{
    end();
    gst_object_unref(bus);
    gst_object_unref(dmabufs);
    mock_drm_finish();
    fail_unless_equals_int(mock_drm_leaks(), 0);
    fail_unless_equals_int(mock_drm.bad_handles + mock_drm.rmfbs_in_use, 0);
    fail_if(mock_drm.master);
}

static void start(const gchar *caps)
{
    before = mock_drm;
    harness = gst_harness_new_with_element(sink, "sink", NULL);
    if (caps)
        gst_harness_set_src_caps_str(harness, caps);
}

static GstBuffer *make_buffer(gsize bytes)
{
    gint fd = memfd_create("frame", MFD_CLOEXEC);
    GstBuffer *buffer = gst_buffer_new();

    fail_unless(fd >= 0 && !ftruncate(fd, bytes));
    gst_buffer_append_memory(buffer, gst_dmabuf_allocator_alloc(dmabufs, fd, bytes));
    return buffer;
}

/* Pushes @buffer and keeps a reference. */
static GstFlowReturn push(GstBuffer *buffer)
{
    return gst_harness_push(harness, gst_buffer_ref(buffer));
}

static guint64 stat_of(const gchar *name)
{
    GstStructure *stats;
    guint64 value = G_MAXUINT64;

    g_object_get(sink, "stats", &stats, NULL);
    gst_structure_get_uint64(stats, name, &value);
    gst_structure_free(stats);
    return value;
}

static guint64 value_of(guint object, const gchar *name)
{
    return *mock_drm_value(object, name);
}

#define WAIT_FOR(condition)                                                              \
    G_STMT_START                                                                         \
    {                                                                                    \
        for (gint i = 0; i < 5000 && !(condition); i++)                                  \
            g_usleep(1000);                                                              \
        fail_unless(condition, "not within five seconds: " #condition);                  \
    }                                                                                    \
    G_STMT_END

/* The next message of @type must be there within 8 s and hold @text. */
static void expect(GstMessageType type, const gchar *text)
{
    GstMessage *message = gst_bus_timed_pop_filtered(bus, 8 * GST_SECOND, type);
    GError *error = NULL;
    gchar *debug = NULL;

    fail_unless(message != NULL, "no message with \"%s\"", text);
    if (type == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, &debug);
    else if (type == GST_MESSAGE_WARNING)
        gst_message_parse_warning(message, &error, &debug);
    else
        gst_message_parse_info(message, &error, &debug);
    fail_unless(strstr(error->message, text) != NULL, "no \"%s\" in \"%s\"", text,
                error->message);
    g_error_free(error);
    g_free(debug);
    gst_message_unref(message);
}

static void expect_nothing(GstMessageType types)
{
    GstMessage *message = gst_bus_pop_filtered(bus, types);

    fail_unless(message == NULL, "%" GST_PTR_FORMAT, message);
}

/* ------------------------------------------------------- without a display */

GST_START_TEST(test_properties_are_those_of_kmssink)
{
    const struct {
        const gchar *name;
        GType type;
    } expected[] = {
        {"driver-name", G_TYPE_STRING},
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
    g_object_set(sink, "driver-name", NULL, "connector-id", 7, NULL);
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

/* -------------------------------------------------------------- on a display */

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

GST_START_TEST(test_each_frame_is_shown_and_released)
{
    GstQuery *drain = gst_query_new_drain();
    GstBuffer *buffer[8];

    g_object_set(sink, "newest-frame", FALSE, "enable-last-sample", FALSE, NULL);
    start(CAPS);
    for (guint i = 0; i < 8; i++)
        buffer[i] = make_buffer(BYTES);
    for (guint i = 0; i < 24; i++)
        fail_unless_equals_int(push(buffer[i % 8]), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 24);
    fail_unless_equals_uint64(stat_of("superseded"), 0);
    fail_unless_equals_int(mock_drm.commits, 24);
    fail_unless_equals_int(mock_drm.primes, 8);
    fail_unless_equals_int(mock_drm.tests, 1);
    for (guint i = 0; i < 7; i++)
        fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[i]), 1);
    /* The last is on screen; a drain lets it go, and the picture stays. */
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[7]), 2);
    fail_unless(gst_pad_peer_query(harness->srcpad, drain));
    gst_query_unref(drain);
    fail_unless_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(buffer[7]), 1);
    fail_unless(value_of(MOCK_PRIMARY, "FB_ID") != 0);
    for (guint i = 0; i < 8; i++)
        gst_buffer_unref(buffer[i]);
    end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

GST_START_TEST(test_the_newest_supersedes)
{
    GstBuffer *buffer[6];

    g_object_set(sink, "enable-last-sample", FALSE, NULL);
    start(CAPS);
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

    start(CAPS);
    for (guint i = 0; i < 3; i++) {
        fail_unless_equals_int(push(buffer), GST_FLOW_OK);
        WAIT_FOR(stat_of("shown") == 1);
    }
    g_usleep(50000);
    fail_unless_equals_int(mock_drm.commits, 1);
    gst_buffer_unref(buffer);
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
    start(CAPS);
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

    start(CAPS);
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
    start(CAPS);
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
    end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

GST_START_TEST(test_scales_where_a_plane_can)
{
    GstBuffer *buffer = make_buffer(BYTES);
    gboolean can_scale;

    mock_drm_light();
    mock_drm.scaling_plane = MOCK_PRIMARY;
    start(CAPS ",pixel-aspect-ratio=2/1");
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
    start(CAPS);
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
    start(CAPS);
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

/* ------------------------------------------------------------------ bad input */

GST_START_TEST(test_memory_that_is_no_dmabuf)
{
    start(CAPS);
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
    start(CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(4096)), GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "within its");
}
GST_END_TEST;

GST_START_TEST(test_frames_that_no_plane_takes)
{
    mock_drm_light();
    start("video/x-raw,format=BGRx,width=1280,height=720,framerate=60/1");
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(1280 * 720 * 4)),
                           GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "scale (no plane scales it");
}
GST_END_TEST;

GST_START_TEST(test_formats_that_no_plane_has)
{
    GstCaps *caps = gst_caps_from_string(
        "video/x-raw,format=YUY2,width=640,height=480,framerate=60/1");

    start(NULL);
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
    start("video/x-raw,format=BGRx,width=320,height=240,framerate=60/1");
    expect(GST_MESSAGE_ERROR, "no mode of 320x240");
    gst_harness_push(harness, make_buffer(BYTES));
    expect_nothing(GST_MESSAGE_ERROR);
}
GST_END_TEST;

GST_START_TEST(test_refusals_of_the_driver)
{
    GstBuffer *buffer = make_buffer(BYTES);

    mock_drm.prime_error = ENODEV;
    start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_ERROR);
    expect(GST_MESSAGE_ERROR, "import (the display cannot reach that memory");
    end();
    mock_drm.prime_error = 0;
    gst_buffer_unref(buffer);
}
GST_END_TEST;

/* ----------------------------------------------------- what happens to displays */

GST_START_TEST(test_unplugged_connector)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);
    gint commits;

    start(CAPS);
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
    mock_drm.disconnected = false;
    expect(GST_MESSAGE_INFO, "there is a display on HDMI-A-1 again");
    WAIT_FOR(stat_of("shown") == 2);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 3);
    expect_nothing(GST_MESSAGE_WARNING | GST_MESSAGE_ERROR);
    gst_buffer_unref(a);
    gst_buffer_unref(b);
    end();
    fail_unless(mock_drm_same(&before, &mock_drm));
}
GST_END_TEST;

/* What was on screen comes there again, though no frame follows. */
GST_START_TEST(test_still_picture_comes_back)
{
    GstBuffer *buffer = make_buffer(BYTES);

    start(CAPS);
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

    start(CAPS);
    fail_unless_equals_int(push(buffer), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.unplugged = true;
    expect(GST_MESSAGE_ERROR, "is gone: the card was unplugged");
    fail_unless_equals_int(push(buffer), GST_FLOW_ERROR);
    expect_nothing(GST_MESSAGE_ERROR);
    gst_buffer_unref(buffer);
    end();
    mock_drm.unplugged = false;
}
GST_END_TEST;

GST_START_TEST(test_flip_that_never_comes)
{
    GstBuffer *a = make_buffer(BYTES), *b = make_buffer(BYTES);

    start(CAPS);
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

    start(CAPS);
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

    start(CAPS);
    fail_unless_equals_int(push(a), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    mock_drm.commit_error = EACCES;
    fail_unless_equals_int(push(b), GST_FLOW_OK);
    expect(GST_MESSAGE_ERROR, "another program became master");
    gst_buffer_unref(a);
    gst_buffer_unref(b);
}
GST_END_TEST;

/* --------------------------------------------------------------- waiting, states */

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
    start(CAPS);
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
    start(CAPS);
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
    start(CAPS);
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

    start(CAPS);
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

/* After an error, a pipeline that is started again gets a display that works. */
GST_START_TEST(test_started_again_after_an_error)
{
    start(CAPS);
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

GST_START_TEST(test_restore_crtc_false_keeps_the_picture)
{
    guint fb;

    g_object_set(sink, "restore-crtc", FALSE, NULL);
    start(CAPS);
    fail_unless_equals_int(gst_harness_push(harness, make_buffer(BYTES)), GST_FLOW_OK);
    WAIT_FOR(stat_of("shown") == 1);
    fb = value_of(MOCK_PRIMARY, "FB_ID");
    end();
    fail_unless_equals_int(value_of(MOCK_PRIMARY, "FB_ID"), fb);
    fail_unless_equals_int(value_of(MOCK_CRTC, "ACTIVE"), 1);
}
GST_END_TEST;

GST_START_TEST(test_allocation)
{
    GstCaps *caps = gst_caps_from_string(CAPS);
    GstQuery *query = gst_query_new_allocation(caps, FALSE);

    start(CAPS);
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
    start(CAPS);
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
    start(CAPS);
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

static Suite *sink_suite(void)
{
    Suite *suite = suite_create("dmaheapsink");
    TCase *tests = tcase_create("all");

    gst_dma_heap_log_init();
    GST_ELEMENT_REGISTER(dmaheapsink, NULL);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_properties_are_those_of_kmssink);
    tcase_add_test(tests, test_template_opens_nothing);
    tcase_add_test(tests, test_errors_of_opening);
    tcase_add_test(tests, test_modes_that_are_no_size);
    tcase_add_test(tests, test_ready_tells_of_the_display);
    tcase_add_test(tests, test_each_frame_is_shown_and_released);
    tcase_add_test(tests, test_the_newest_supersedes);
    tcase_add_test(tests, test_the_same_buffer_twice_is_one_frame);
    tcase_add_test(tests, test_flip_messages);
    tcase_add_test(tests, test_dark_display_gets_the_mode_of_the_video);
    tcase_add_test(tests, test_lit_display_keeps_its_mode_unless_forced);
    tcase_add_test(tests, test_scales_where_a_plane_can);
    tcase_add_test(tests, test_centres_where_no_plane_scales);
    tcase_add_test(tests, test_expose_and_render_rectangle);
    tcase_add_test(tests, test_memory_that_is_no_dmabuf);
    tcase_add_test(tests, test_buffer_that_is_too_small);
    tcase_add_test(tests, test_frames_that_no_plane_takes);
    tcase_add_test(tests, test_formats_that_no_plane_has);
    tcase_add_test(tests, test_refusals_of_the_driver);
    tcase_add_test(tests, test_unplugged_connector);
    tcase_add_test(tests, test_still_picture_comes_back);
    tcase_add_test(tests, test_card_that_goes);
    tcase_add_test(tests, test_flip_that_never_comes);
    tcase_add_test(tests, test_busy_driver_is_asked_again);
    tcase_add_test(tests, test_lost_master);
    tcase_add_test(tests, test_flush_wakes_a_frame_that_waits);
    tcase_add_test(tests, test_pause_wakes_and_the_frame_is_shown_after);
    tcase_add_test(tests, test_each_frame_waits_for_the_connector);
    tcase_add_test(tests, test_eos_comes_after_the_last_frame);
    tcase_add_test(tests, test_started_again_after_an_error);
    tcase_add_test(tests, test_restore_crtc_false_keeps_the_picture);
    tcase_add_test(tests, test_allocation);
    tcase_add_test(tests, test_refused_pool_is_told_once);
    tcase_add_test(tests, test_memory_is_named_and_its_lack_told_of);
    tcase_add_test(tests, test_refused_mode_is_told_once);
    return suite;
}

GST_CHECK_MAIN(sink);
