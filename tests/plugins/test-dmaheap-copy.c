/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Element dmaheap where it must copy. */
#include "stand.h"

#include <string.h>

#define GREY video_caps("GRAY8", 60, 20)
#define BYTES 1200

static void assert_rows(GstBuffer *buffer, const char *format, int width, int height,
                        guint8 first)
{
    GstCaps *caps = video_caps(format, width, height);
    GstVideoFrame frame;
    GstVideoInfo info;
    guint8 value = first;

    assert_true(gst_video_info_from_caps(&info, caps));
    assert_true(gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ));
    for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); plane++) {
        int rows = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane);

        for (int row = 0; row < rows; row++, value++) {
            guint8 *bytes = (guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&frame, plane) +
                            row * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);

            for (int x = 0; x < width; x++)
                assert_int_equal(bytes[x], value);
        }
    }
    gst_video_frame_unmap(&frame);
    gst_caps_unref(caps);
}

/* A picture whose rows are 0, 1, 2, … in the caps' own strides. */
static GstBuffer *striped(const char *format, int width, int height, guint8 first)
{
    GstCaps *caps = video_caps(format, width, height);
    GstVideoFrame frame;
    GstVideoInfo info;
    GstBuffer *buffer;
    guint8 value = first;

    assert_true(gst_video_info_from_caps(&info, caps));
    buffer = gst_buffer_new_allocate(NULL, GST_VIDEO_INFO_SIZE(&info), NULL);
    assert_true(gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE));
    for (guint plane = 0; plane < GST_VIDEO_FRAME_N_PLANES(&frame); plane++)
        for (int row = 0; row < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane); row++)
            memset((guint8 *)GST_VIDEO_FRAME_PLANE_DATA(&frame, plane) +
                       row * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane),
                   value++, width);
    gst_video_frame_unmap(&frame);
    gst_caps_unref(caps);
    return buffer;
}

static void system_memory_is_copied_with_one_warning(void **state)
{
    struct stand stand;
    char *text;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    for (int i = 0; i < 4; i++) {
        GstBuffer *out;

        assert_int_equal(stand_push(&stand, striped("GRAY8", 60, 20, i)), GST_FLOW_OK);
        out = stand_pull(&stand);
        assert_true(gst_is_dmabuf_memory(gst_buffer_peek_memory(out, 0)));
        assert_int_equal(gst_buffer_get_video_meta(out)->stride[0], 256);
        assert_rows(out, "GRAY8", 60, 20, i);
        gst_buffer_unref(out);
    }
    assert_int_equal(stand_stat(&stand, "copied"), 4);
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_WARNING, &text), 1);
    assert_non_null(strstr(text, "each frame is copied into the heap"));
    g_free(text);
    assert_int_equal(fake_sync_open(), 0);
    stand_down(&stand);
}

static void all_planes_are_copied(void **state)
{
    static const char *const properties[] = {"", "separate-planes=true"};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(properties); i++) {
        struct stand stand;
        GstBuffer *out;

        stand_up(&stand, properties[i]);
        stand_set_caps(&stand, video_caps("NV12", 70, 20), video_caps("NV12", 70, 20));
        assert_int_equal(stand_push(&stand, striped("NV12", 70, 20, 5)), GST_FLOW_OK);
        out = stand_pull(&stand);
        assert_int_equal(gst_buffer_n_memory(out), 1 + i);
        assert_rows(out, "NV12", 70, 20, 5);
        gst_buffer_unref(out);
        stand_down(&stand);
    }
}

static void without_meta_downstream_the_copy_is_as_the_caps_say(void **state)
{
    struct stand stand;
    GstBuffer *out;
    GstMapInfo map;

    (void)state;
    stand_up(&stand, "");
    stand.reads_meta = FALSE;
    stand_set_caps(&stand, GREY, GREY);
    assert_int_equal(stand_push(&stand, striped("GRAY8", 60, 20, 1)), GST_FLOW_OK);
    out = stand_pull(&stand);
    assert_true(gst_buffer_map(out, &map, GST_MAP_READ));
    assert_int_equal(map.size, BYTES);
    for (int i = 0; i < BYTES; i++)
        assert_int_equal(map.data[i], 1 + i / 60);
    gst_buffer_unmap(out, &map);
    gst_buffer_unref(out);
    stand_down(&stand);
}

static void a_copy_keeps_times_flags_and_metas(void **state)
{
    GstCaps *clock = gst_caps_from_string("timestamp/x-unix");
    GstBuffer *buffer = striped("GRAY8", 60, 20, 1), *out;
    GstReferenceTimestampMeta *reference;
    GstVideoCropMeta *crop;
    struct stand stand;

    (void)state;
    stand_up(&stand, "show-corrupted=true");
    stand_set_caps(&stand, GREY, GREY);
    GST_BUFFER_PTS(buffer) = 100;
    GST_BUFFER_DTS(buffer) = 90;
    GST_BUFFER_DURATION(buffer) = 33;
    GST_BUFFER_OFFSET(buffer) = 7;
    GST_BUFFER_OFFSET_END(buffer) = 8;
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_CORRUPTED);
    gst_buffer_add_reference_timestamp_meta(buffer, clock, 4711, 12);
    crop = gst_buffer_add_video_crop_meta(buffer);
    crop->x = 3;
    assert_int_equal(stand_push(&stand, buffer), GST_FLOW_OK);
    out = stand_pull(&stand);
    assert_int_equal(GST_BUFFER_PTS(out), 100);
    assert_int_equal(GST_BUFFER_DTS(out), 90);
    assert_int_equal(GST_BUFFER_DURATION(out), 33);
    assert_int_equal(GST_BUFFER_OFFSET(out), 7);
    assert_int_equal(GST_BUFFER_OFFSET_END(out), 8);
    assert_true(GST_BUFFER_FLAG_IS_SET(out, GST_BUFFER_FLAG_CORRUPTED));
    reference = gst_buffer_get_reference_timestamp_meta(out, clock);
    assert_non_null(reference);
    assert_int_equal(reference->timestamp, 4711);
    crop = gst_buffer_get_video_crop_meta(out);
    assert_non_null(crop);
    assert_int_equal(crop->x, 3);
    /* Its own, and the only one of that kind. */
    assert_int_equal(gst_buffer_get_n_meta(out, GST_VIDEO_META_API_TYPE), 1);
    gst_buffer_unref(out);
    gst_caps_unref(clock);
    stand_down(&stand);
}

/* The meta says that the source's memory is of another buffer, which the copy's is not. */
static void a_copy_holds_nothing_of_the_source(void **state)
{
    GstBuffer *parent = gst_buffer_new(), *buffer = striped("GRAY8", 60, 20, 1), *out;
    struct stand stand;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    gst_buffer_add_parent_buffer_meta(buffer, parent);
    assert_int_equal(GST_MINI_OBJECT_REFCOUNT_VALUE(parent), 2);
    assert_int_equal(stand_push(&stand, buffer), GST_FLOW_OK);
    out = stand_pull(&stand);
    assert_int_equal(GST_MINI_OBJECT_REFCOUNT_VALUE(parent), 1);
    gst_buffer_unref(out);
    gst_buffer_unref(parent);
    stand_down(&stand);
}

static void copies_go_round(void **state)
{
    struct stand stand;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(stand_push(&stand, grey_picture(BYTES, 1)), GST_FLOW_OK);
        gst_buffer_unref(stand_pull(&stand));
    }
    assert_int_equal(fake_kernel.allocations, 3);
    stand_down(&stand);
}

static void a_new_size_is_copied_as_well(void **state)
{
    struct stand stand;
    GstBuffer *out;

    (void)state;
    stand_up(&stand, "");
    for (int i = 0; i < 6; i++) {
        int width = 60 + i % 3 * 250;

        stand_set_caps(&stand, video_caps("GRAY8", width, 20),
                       video_caps("GRAY8", width, 20));
        assert_int_equal(stand_push(&stand, striped("GRAY8", width, 20, i)), GST_FLOW_OK);
        out = stand_pull(&stand);
        assert_rows(out, "GRAY8", width, 20, i);
        gst_buffer_unref(out);
    }
    stand_down(&stand);
}

static void denied_it_does_not_copy(void **state)
{
    struct stand stand;
    char *text;

    (void)state;
    stand_up(&stand, "cpu-access=deny");
    stand_set_caps(&stand, GREY, GREY);
    assert_int_equal(stand_push(&stand, grey_picture(BYTES, 1)), GST_FLOW_ERROR);
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, "cpu-access=deny forbids"));
    g_free(text);
    assert_int_equal(stand_push(&stand, grey_picture(BYTES, 1)), GST_FLOW_ERROR);
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, NULL), 0);
    assert_int_equal(stand_stat(&stand, "copied"), 0);
    stand_down(&stand);
}

static void a_frame_that_is_too_short_is_an_error(void **state)
{
    gsize sizes[] = {0, 1, BYTES - 1};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct stand stand;
        char *text;

        stand_up(&stand, "");
        stand_set_caps(&stand, GREY, GREY);
        assert_int_equal(
            stand_push(&stand, sizes[i] ? grey_picture(sizes[i], 1) : gst_buffer_new()),
            GST_FLOW_ERROR);
        assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
        assert_non_null(strstr(text, "cannot copy a frame"));
        g_free(text);
        assert_int_equal(fake_sync_open(), 0);
        stand_down(&stand);
    }
}

struct pusher {
    struct stand *stand;
    GstFlowReturn result;
};

static gpointer push_in_thread(gpointer user)
{
    struct pusher *pusher = user;

    pusher->result = stand_push(pusher->stand, grey_picture(BYTES, 1));
    return NULL;
}

/* Pushes until every copy is out and the next one waits. */
static GThread *fill(struct stand *stand, struct pusher *pusher)
{
    GThread *thread;

    stand_set_caps(stand, GREY, GREY);
    for (int i = 0; i < 2; i++)
        assert_int_equal(stand_push(stand, grey_picture(BYTES, 1)), GST_FLOW_OK);
    *pusher = (struct pusher){stand, GST_FLOW_OK};
    thread = g_thread_new("pusher", push_in_thread, pusher);
    g_usleep(50000);
    assert_int_equal(stand_stat(stand, "copied"), 2);
    return thread;
}

static void a_flush_ends_the_wait_for_a_copy(void **state)
{
    struct pusher pusher;
    struct stand stand;
    GstSegment segment;
    GThread *thread;

    (void)state;
    stand_up(&stand, "min-buffers=2 max-buffers=2");
    thread = fill(&stand, &pusher);
    gst_pad_push_event(stand.harness->srcpad, gst_event_new_flush_start());
    g_thread_join(thread);
    assert_int_equal(pusher.result, GST_FLOW_FLUSHING);
    gst_pad_push_event(stand.harness->srcpad, gst_event_new_flush_stop(TRUE));
    for (int i = 0; i < 2; i++)
        gst_buffer_unref(stand_pull(&stand));
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(stand.harness->srcpad, gst_event_new_segment(&segment));
    assert_int_equal(stand_push(&stand, grey_picture(BYTES, 1)), GST_FLOW_OK);
    gst_buffer_unref(stand_pull(&stand));
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, NULL), 0);
    stand_down(&stand);
}

static void stopping_ends_the_wait_for_a_copy(void **state)
{
    struct pusher pusher;
    struct stand stand;
    GThread *thread;

    (void)state;
    stand_up(&stand, "min-buffers=2 max-buffers=2");
    thread = fill(&stand, &pusher);
    assert_int_equal(gst_element_set_state(stand.element, GST_STATE_READY),
                     GST_STATE_CHANGE_SUCCESS);
    g_thread_join(thread);
    assert_int_equal(pusher.result, GST_FLOW_FLUSHING);
    stand_down(&stand);
}

/* Copies that all are held are told of as the pool that is offered is. */
static void copies_that_run_out_are_told_of(void **state)
{
    struct pusher pusher;
    struct stand stand;
    GstMessage *message;
    GThread *thread;
    guint down = 0;

    (void)state;
    stand_up(&stand, "min-buffers=2 max-buffers=2");
    thread = fill(&stand, &pusher);
    message = gst_bus_timed_pop_filtered(stand.bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT);
    assert_non_null(message);
    assert_true(
        gst_structure_get_uint(gst_message_get_structure(message), "downstream", &down));
    assert_int_equal(down, 2);
    gst_message_unref(message);
    gst_buffer_unref(stand_pull(&stand));
    g_thread_join(thread);
    assert_int_equal(pusher.result, GST_FLOW_OK);
    stand_down(&stand);
}

static const struct CMUnitTest tests[] = {
    plugin_test(system_memory_is_copied_with_one_warning),
    plugin_test(all_planes_are_copied),
    plugin_test(without_meta_downstream_the_copy_is_as_the_caps_say),
    plugin_test(a_copy_keeps_times_flags_and_metas),
    plugin_test(a_copy_holds_nothing_of_the_source),
    plugin_test(copies_go_round),
    plugin_test(a_new_size_is_copied_as_well),
    plugin_test(denied_it_does_not_copy),
    plugin_test(a_frame_that_is_too_short_is_an_error),
    plugin_test(a_flush_ends_the_wait_for_a_copy),
    plugin_test(stopping_ends_the_wait_for_a_copy),
    plugin_test(copies_that_run_out_are_told_of),
};

PLUGIN_TEST_MAIN("plugin-dmaheap-copy", tests)
