/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera-fixture - a camera on a mock of libv4l2. */
#include "camera-fixture.h"

struct zc_camera *camera;
struct zc_heap *heap;
struct zc_pool *pool;

int camera_setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    mock_v4l2_reset();
    said_listen(ZC_LOG_WARNING);
    return zc_heap_open(&heap, FAKE_NODE);
}

int camera_teardown(void **state)
{
    (void)state;
    zc_camera_close(camera);
    zc_pool_unref(pool);
    camera = NULL;
    pool = NULL;
    zc_heap_close(heap);
    return mock_v4l2.open || mock_v4l2.streaming ? -1 : 0;
}

void camera_stream(int n)
{
    struct zc_camera_mode mode = {0};
    struct zc_layout layout;

    zc_camera_stop(camera);
    zc_pool_unref(pool);
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, n), 0);
    assert_int_equal(zc_camera_import(camera, pool), 0);
    assert_int_equal(zc_camera_start(camera), 0);
}

struct zc_frame *camera_next(void)
{
    struct zc_frame *frame;

    assert_true(mock_v4l2_finish(0));
    assert_int_equal(zc_camera_dequeue(camera, &frame), 0);
    return frame;
}
