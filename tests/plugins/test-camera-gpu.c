/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A camera that needs contiguous memory, dmaheap, and dmaheapgpu, whose own heap gives
 * scattered memory.
 */
#include "../unit/mock-gl.h"
#include "../unit/mock-v4l2.h"
#include "camera-line.h"
#include "elements/gstdmaheapgpu.h"
#include "memory/heap-private.h"

#include <string.h>

static char *folder;
static const char *folder_before;

/* Two heaps by name, in place of /dev/dma_heap. */
static int make_heaps(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("zerocopy-heaps.XXXXXX", NULL);
    if (!folder || chdir(folder) || symlink(FAKE_CONTIGUOUS_NODE, "system-contiguous") ||
        symlink(FAKE_NODE, "system"))
        return -1;
    folder_before = zc_heap_folder;
    zc_heap_folder = folder;
    return 0;
}

static int remove_heaps(void **state)
{
    (void)state;
    zc_heap_folder = folder_before;
    if (unlink("system-contiguous") || unlink("system") || chdir("/") || rmdir(folder))
        return -1;
    g_free(folder);
    return 0;
}

static void line_up_with_gpu(struct line *line, const char *properties)
{
    mock_gl_reset();
    mock_v4l2.contiguous = true;
    line_begin(line, "v4l2src", properties);
    stand_put_behind(&line->stand,
                     g_object_new(GST_TYPE_DMA_HEAP_GPU, "heap", "system", NULL));
    line_send_caps(line, "YUY2", 320, 240);
}

static int errors(struct line *line, char **text)
{
    return stand_messages(&line->stand, GST_MESSAGE_ERROR, text);
}

static bool is_contiguous(GstBuffer *buffer)
{
    return fake_kernel_gave_contiguous(
        gst_dmabuf_memory_get_fd(gst_buffer_peek_memory(buffer, 0)));
}

/* What the GPU draws into is no matter of the camera's: it is asked for dmaheap's heap. */
static void the_camera_is_asked_for_the_heap_before_the_gpu(void **state)
{
    struct line line;
    GstBufferPool *pool;
    GstBuffer *buffer;

    (void)state;
    line_up_with_gpu(&line, "heap=system-contiguous");
    pool = line_offered(&line);
    assert_non_null(pool);
    assert_int_equal(mock_v4l2.qbufs, 1);
    buffer = acquire(pool);
    assert_true(is_contiguous(buffer));
    assert_int_equal(gst_pad_push(line.pad, buffer), GST_FLOW_OK);
    buffer = stand_pull(&line.stand);
    assert_int_equal(mock_gl.draws, 1);
    assert_false(is_contiguous(buffer));
    gst_buffer_unref(buffer);
    assert_int_equal(errors(&line, NULL), 0);
    free_pool(pool);
    line_down(&line);
}

static void a_heap_that_the_camera_refuses_is_told_once(void **state)
{
    struct line line;
    char *text = NULL;

    (void)state;
    line_up_with_gpu(&line, "heap=system");
    assert_null(line_offered(&line));
    assert_int_equal(errors(&line, &text), 1);
    assert_non_null(strstr(text, "refuses frames of the heap"));
    assert_non_null(strstr(text, "it takes memory of heap system-contiguous: dmaheap "
                                 "heap=system-contiguous"));
    g_free(text);
    line_down(&line);
}

/* One that it takes is found, and told of. */
static void without_a_heap_the_camera_has_its_way(void **state)
{
    static const char *const properties[] = {"heap=auto", "heap=\"\""};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++) {
        struct line line;
        GstBufferPool *pool;
        GstBuffer *buffer;
        char *text = NULL;

        line_up_with_gpu(&line, properties[i]);
        pool = line_offered(&line);
        assert_non_null(pool);
        buffer = acquire(pool);
        assert_true(is_contiguous(buffer));
        assert_int_equal(gst_pad_push(line.pad, buffer), GST_FLOW_OK);
        gst_buffer_unref(stand_pull(&line.stand));
        assert_true(stand_messages(&line.stand, GST_MESSAGE_INFO, &text) > 0);
        assert_non_null(strstr(text,
                               "frames are in heap system-contiguous, as the camera "
                               "refuses memory of system"));
        g_free(text);
        free_pool(pool);
        line_down(&line);
    }
}

static const struct CMUnitTest tests[] = {
    camera_test(the_camera_is_asked_for_the_heap_before_the_gpu),
    camera_test(a_heap_that_the_camera_refuses_is_told_once),
    camera_test(without_a_heap_the_camera_has_its_way),
};

CAMERA_TEST_MAIN("plugin-camera-gpu", tests, make_heaps, remove_heaps)
