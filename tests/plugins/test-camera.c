/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Element dmaheap behind a camera: in which strides it writes, and where in its buffers. */
#include "../unit/mock-v4l2.h"
#include "camera-line.h"
#include "memory/gstdmaheapframe.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The strides of a buffer that the writer is offered, and how often it is told of them. */
static void assert_offers(struct line *line, int first, int second, int infos)
{
    GstBufferPool *pool = line_offered(line);
    GstBuffer *buffer;
    GstVideoMeta *meta;

    assert_non_null(pool);
    buffer = acquire(pool);
    meta = gst_buffer_get_video_meta(buffer);
    assert_int_equal(meta->stride[0], first);
    assert_int_equal(meta->stride[1], second);
    if (second)
        assert_int_equal(meta->offset[1], first * meta->height);
    assert_int_equal(stand_messages(&line->stand, GST_MESSAGE_INFO, NULL), infos);
    assert_int_equal(
        stand_messages(&line->stand, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL), 0);
    gst_buffer_unref(buffer);
    free_pool(pool);
}

static void assert_strides(const char *format, int width, int height, int first,
                           int second, int infos)
{
    struct line line;

    line_up(&line, format, width, height);
    assert_offers(&line, first, second, infos);
    line_down(&line);
}

static void strides_are_a_multiple_where_the_camera_takes_a_wish(void **state)
{
    (void)state;
    assert_strides("YUY2", 320, 240, 768, 0, 0);
    assert_strides("NV12", 640, 480, 768, 768, 0);
}

/* As uvcvideo answers; see its uvc_try_frame_uncompressed(). */
static void strides_are_the_cameras_where_it_takes_none(void **state)
{
    (void)state;
    mock_v4l2.fixed_stride = true;
    assert_strides("YUY2", 320, 240, 640, 0, 1);
    assert_strides("YUY2", 800, 600, 1600, 0, 1);
    assert_strides("YUY2", 848, 480, 1696, 0, 1);
    assert_strides("YUY2", 960, 540, 1920, 0, 1);
    assert_strides("NV12", 1920, 1080, 1920, 1920, 1);
    /* What fits anyhow is nothing to tell of. */
    assert_strides("YUY2", 640, 480, 1280, 0, 0);
}

/* As of a format that nothing here knows: v4l2src knows it. */
static void strides_are_those_of_the_caps_where_nobody_can_be_asked(void **state)
{
    (void)state;
    assert_strides("RGB", 324, 240, 972, 0, 0);
    mock_v4l2.capabilities = V4L2_CAP_VIDEO_OUTPUT;
    assert_strides("YUY2", 320, 240, 640, 0, 0);
}

/* As vicodec answers; it is asked by the element's own fd, and nothing else is. */
static void a_converter_is_asked_as_a_camera_is(void **state)
{
    struct line line;

    (void)state;
    mock_v4l2.fixed_stride = true;
    mock_v4l2.capabilities = V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING;
    camera_line_fd = open(FAKE_NODE, O_RDONLY);
    line_begin(&line, "converter", "");
    line_send_caps(&line, "NV12", 1864, 1080);
    assert_offers(&line, 1864, 1864, 1);
    line_down(&line);
    assert_int_equal(mock_v4l2.pixelformat, V4L2_PIX_FMT_YUYV);
    assert_int_equal(mock_v4l2.qbufs, 0);
    assert_false(mock_v4l2.input.subscribed);
    assert_int_equal(close(camera_line_fd), 0);
}

/* It reads rows as vicodec does: dmaheap's wish is another. */
static void an_encoder_is_asked_what_it_reads(void **state)
{
    GstCaps *caps = video_caps("NV12", 640, 480);
    GstElement *encoder = gst_element_factory_make("converter", NULL);
    GstBufferPool *pool;
    GstBuffer *buffer;
    GstQuery *answer;
    struct stand stand;

    (void)state;
    mock_v4l2.fixed_stride = true;
    mock_v4l2.capabilities = V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING;
    camera_line_fd = open(FAKE_NODE, O_RDONLY);
    stand_up(&stand, "");
    stand_put_behind(&stand, encoder);
    gst_harness_set_src_caps(stand.harness, gst_caps_ref(caps));
    answer = stand_ask(&stand, caps);
    pool = stand_pool(answer);
    gst_query_unref(answer);
    buffer = acquire(pool);
    assert_int_equal(gst_buffer_get_video_meta(buffer)->stride[0], 640);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_caps_unref(caps);
    stand_down(&stand);
    assert_int_equal(close(camera_line_fd), 0);
}

static void a_reader_of_other_strides_is_named(void **state)
{
    struct line line;
    char *text;

    (void)state;
    mock_v4l2.extra_stride = 64;
    line_up(&line, "YUY2", 320, 240);
    line.stand.reads_meta = FALSE;
    assert_null(line_offered(&line));
    assert_int_equal(stand_messages(&line.stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, FAKE_NODE " writes YUY2 of 320x240 in rows of 704 "
                                           "bytes and takes no other"));
    assert_non_null(strstr(text, "reads rows of 640 bytes only"));
    g_free(text);
    line_down(&line);
}

/* Caps' own strides do for who reads no meta. */
static void without_meta_the_cameras_strides_may_be_those_of_the_caps(void **state)
{
    struct line line;
    GstBufferPool *pool;
    GstBuffer *buffer;

    (void)state;
    line_up(&line, "YUY2", 320, 240);
    line.stand.reads_meta = FALSE;
    pool = line_offered(&line);
    assert_non_null(pool);
    buffer = acquire(pool);
    assert_int_equal(gst_buffer_get_video_meta(buffer)->stride[0], 640);
    gst_buffer_unref(buffer);
    free_pool(pool);
    line_down(&line);
}

/* What came through, in a frame of the library. */
static uint32_t plane_offset(GstBuffer *buffer, GstCaps *caps)
{
    GstVideoInfo info;
    struct zc_frame *frame;

    assert_true(gst_video_info_from_caps(&info, caps));
    frame = gst_dma_heap_frame_get(buffer, &info, caps, NULL);
    assert_non_null(frame);
    return zc_frame_layout(frame)->plane[0].offset;
}

static void frames_begin_where_the_camera_begins_to_write(void **state)
{
    struct line line;
    GstBufferPool *pool;

    (void)state;
    mock_v4l2.mplane = true;
    mock_v4l2.data_offset[0] = 128;
    line_up(&line, "YUY2", 320, 240);
    pool = line_offered(&line);
    assert_non_null(pool);
    mock_v4l2.prepared[0] = true;
    for (int i = 0; i < 3; i++) {
        GstBuffer *buffer = acquire(pool);
        gsize size = gst_buffer_get_size(buffer);

        /* The camera is given the whole of it. */
        assert_int_equal(gst_buffer_peek_memory(buffer, 0)->offset, 0);
        assert_true(size >= 768 * 240 + 128);
        assert_int_equal(gst_pad_push(line.pad, buffer), GST_FLOW_OK);
        buffer = stand_pull(&line.stand);
        assert_int_equal(gst_buffer_peek_memory(buffer, 0)->offset, 128);
        assert_int_equal(gst_buffer_get_size(buffer), size - 128);
        assert_int_equal(plane_offset(buffer, line.caps), 128);
        gst_buffer_unref(buffer);
    }
    free_pool(pool);
    line_down(&line);
}

static void frames_that_leave_their_buffer_are_an_error(void **state)
{
    struct line line;
    GstBufferPool *pool;
    char *text;

    (void)state;
    mock_v4l2.mplane = true;
    line_up(&line, "YUY2", 320, 240);
    pool = line_offered(&line);
    mock_v4l2.prepared[0] = true;
    mock_v4l2.data_offset[0] = 3 * 4096;
    assert_int_equal(gst_pad_push(line.pad, acquire(pool)), GST_FLOW_ERROR);
    assert_int_equal(stand_messages(&line.stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, "begin at byte 12288"));
    assert_non_null(strstr(text, "a YUY2 picture of 320x240 does not fit"));
    g_free(text);
    free_pool(pool);
    line_down(&line);
}

/* At the end of the stream; there it is asked once. */
static void a_camera_that_is_gone_is_told_of(void **state)
{
    struct line line;
    char *text;

    (void)state;
    line_up(&line, "YUY2", 320, 240);
    gst_pad_push_event(line.pad, gst_event_new_eos());
    assert_int_equal(stand_messages(&line.stand, GST_MESSAGE_WARNING, NULL), 0);
    line_down(&line);
    line_up(&line, "YUY2", 320, 240);
    camera_line_node = "/nowhere/video7";
    gst_pad_push_event(line.pad, gst_event_new_eos());
    assert_int_equal(stand_messages(&line.stand, GST_MESSAGE_WARNING, &text), 1);
    assert_string_equal(text, "camera /nowhere/video7 was unplugged: its node is gone");
    g_free(text);
    line_down(&line);
    camera_line_node = FAKE_NODE;
}

static const struct CMUnitTest tests[] = {
    camera_test(strides_are_a_multiple_where_the_camera_takes_a_wish),
    camera_test(strides_are_the_cameras_where_it_takes_none),
    camera_test(strides_are_those_of_the_caps_where_nobody_can_be_asked),
    camera_test(a_converter_is_asked_as_a_camera_is),
    camera_test(an_encoder_is_asked_what_it_reads),
    camera_test(a_reader_of_other_strides_is_named),
    camera_test(without_meta_the_cameras_strides_may_be_those_of_the_caps),
    camera_test(frames_begin_where_the_camera_begins_to_write),
    camera_test(a_camera_that_is_gone_is_told_of),
    camera_test(frames_that_leave_their_buffer_are_an_error),
};

CAMERA_TEST_MAIN("plugin-camera", tests, NULL, NULL)
