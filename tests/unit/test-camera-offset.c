/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, on a mock of libv4l2: pixels that begin some bytes into their buffers. */
#include "camera-fixture.h"
#include "memory/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAMES 3
#define OFFSET 128

static struct zc_layout layout;

/* Another device, which has imported frames. */
static int dropped;

static void drop(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    (void)owner;
    dropped++;
    free(attachment);
}

static struct zc_attachments other = {.destroy = drop};

static int setup(void **state)
{
    if (camera_setup(state))
        return -1;
    mock_v4l2.mplane = true;
    mock_v4l2.data_offset[0] = OFFSET;
    dropped = 0;
    return 0;
}

static int teardown(void **state)
{
    zc_attachments_clear(&other);
    return camera_teardown(state);
}

static void open_camera(uint32_t format)
{
    struct zc_camera_mode mode = {0};

    mock_v4l2.formats[0] = format;
    assert_int_equal(zc_camera_open(&camera, FAKE_NODE), 0);
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, FRAMES), 0);
}

static void import_elsewhere(void)
{
    for (int i = 0; i < FRAMES; i++)
        assert_int_equal(zc_frame_attach(zc_pool_frame(pool, i), &other,
                                         calloc(1, sizeof(struct zc_attachment))),
                         0);
}

static void start(void)
{
    assert_int_equal(zc_camera_import(camera, pool), 0);
    assert_int_equal(zc_camera_start(camera), 0);
}

static void test_planes_of_a_shared_buffer_move_together(void **state)
{
    (void)state;
    open_camera(V4L2_PIX_FMT_NV12);
    start();
    for (int i = 0; i < FRAMES; i++) {
        const struct zc_layout *now = zc_frame_layout(zc_pool_frame(pool, i));

        assert_int_equal(now->plane[0].offset, OFFSET);
        assert_int_equal(now->plane[1].offset, OFFSET + 640 * 480);
        assert_int_equal(now->plane[0].stride, layout.plane[0].stride);
    }
}

static void test_buffers_have_offsets_of_their_own(void **state)
{
    const struct zc_layout *now;

    (void)state;
    mock_v4l2.data_offset[0] = 0;
    mock_v4l2.data_offset[1] = 64;
    open_camera(V4L2_PIX_FMT_NV12M);
    start();
    now = zc_frame_layout(zc_pool_frame(pool, FRAMES - 1));
    assert_int_equal(now->plane[0].offset, 0);
    assert_int_equal(now->plane[1].offset, 64);
}

static void test_what_others_imported_is_made_anew(void **state)
{
    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    import_elsewhere();
    start();
    assert_int_equal(dropped, FRAMES);
    assert_int_equal(mock_v4l2.attaches, FRAMES);
    assert_int_equal(zc_camera_verify(camera, zc_pool_frame(pool, 0)), 1);
}

static void test_the_same_offset_costs_nothing(void **state)
{
    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    start();
    import_elsewhere();
    for (int i = 0; i < 100; i++) {
        zc_frame_unref(camera_next());
        assert_int_equal(zc_camera_refill(camera), 0);
    }
    assert_int_equal(dropped, 0);
    assert_string_equal(said, "");
}

static void test_frames_follow_in_mid_stream(void **state)
{
    struct zc_frame *frame;

    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    start();
    import_elsewhere();
    mock_v4l2.data_offset[0] = 32;
    frame = camera_next();
    assert_int_equal(zc_frame_layout(frame)->plane[0].offset, 32);
    assert_int_equal(dropped, 1);
    assert_non_null(strstr(said, "from byte 128 to 32"));
    said_listen(ZC_LOG_WARNING);
    zc_frame_unref(frame);
    zc_frame_unref(camera_next());
    assert_int_equal(dropped, 2);
    assert_string_equal(said, "");
    assert_int_equal(mock_v4l2.attaches, FRAMES);
}

static void test_offsets_of_two_streams_do_not_add_up(void **state)
{
    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    start();
    zc_camera_stop(camera);
    start();
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 1))->plane[0].offset, OFFSET);
    zc_camera_stop(camera);
    mock_v4l2.data_offset[0] = 0;
    start();
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 1))->plane[0].offset, 0);
}

static void test_an_offset_beyond_the_buffer_is_refused(void **state)
{
    struct zc_frame *frame;

    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    mock_v4l2.data_offset[0] = OFFSET + 1;
    assert_int_equal(zc_camera_import(camera, pool), -EIO);
    assert_non_null(strstr(said, FAKE_NODE));
    assert_non_null(strstr(said, "begin 129 bytes into"));
    assert_int_equal(zc_pool_free(pool), FRAMES);
    mock_v4l2.data_offset[0] = UINT32_MAX;
    assert_int_equal(zc_camera_import(camera, pool), -EIO);

    mock_v4l2.data_offset[0] = OFFSET;
    start();
    mock_v4l2.data_offset[0] = UINT32_MAX - OFFSET;
    assert_true(mock_v4l2_finish(0));
    assert_int_equal(zc_camera_dequeue(camera, &frame), -EIO);
    assert_int_equal(zc_pool_free(pool), 1);
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 0))->plane[0].offset, OFFSET);
}

static void test_a_camera_of_one_plane_has_none(void **state)
{
    (void)state;
    mock_v4l2.mplane = false;
    open_camera(V4L2_PIX_FMT_YUYV);
    start();
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 0))->plane[0].offset, 0);
}

static void test_exported_frames_are_moved(void **state)
{
    struct zc_pool *own;

    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    assert_int_equal(zc_camera_export(camera, FRAMES, &own), 0);
    assert_int_equal(zc_frame_layout(zc_pool_frame(own, 2))->plane[0].offset, OFFSET);
    zc_camera_stop(camera);
    zc_pool_unref(own);
}

/* The copy begins where the pixels do. */
static void test_the_cpu_copies_from_there(void **state)
{
    static const char mark[] = "the first pixels";
    char found[sizeof(mark)] = "";
    struct zc_frame *frame, *copy;

    (void)state;
    open_camera(V4L2_PIX_FMT_YUYV);
    assert_int_equal(zc_frame_create(&copy, heap, &layout), 0);
    start();
    frame = camera_next();
    assert_int_equal(pwrite(zc_frame_fd(frame, 0), mark, sizeof(mark), OFFSET),
                     sizeof(mark));
    assert_int_equal(zc_copy_frame(frame, copy), 0);
    assert_int_equal(pread(zc_frame_fd(copy, 0), found, sizeof(mark), 0), sizeof(mark));
    assert_string_equal(found, mark);
    zc_frame_unref(frame);
    zc_frame_unref(copy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_planes_of_a_shared_buffer_move_together),
    TEST(test_buffers_have_offsets_of_their_own),
    TEST(test_what_others_imported_is_made_anew),
    TEST(test_the_same_offset_costs_nothing),
    TEST(test_frames_follow_in_mid_stream),
    TEST(test_offsets_of_two_streams_do_not_add_up),
    TEST(test_an_offset_beyond_the_buffer_is_refused),
    TEST(test_a_camera_of_one_plane_has_none),
    TEST(test_exported_frames_are_moved),
    TEST(test_the_cpu_copies_from_there),
};

TEST_MAIN("camera-offset", tests)
