/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers of dma-bufs as frames of the library: made once, found again, given up. */
#include "fixture.h"
#include "memory/gstdmaheapframe.h"

#include <errno.h>
#include <string.h>

/* Three that ask for frames. */
static const int owner, other, third;

static GstVideoInfo info_of(GstVideoFormat format, int width, int height)
{
    GstVideoInfo info;

    gst_video_info_set_format(&info, format, width, height);
    return info;
}

static GstBuffer *buffer_of(GstDmaHeapAllocator *allocator, gsize bytes)
{
    GstBuffer *buffer = gst_buffer_new();

    gst_buffer_append_memory(buffer,
                             gst_allocator_alloc(GST_ALLOCATOR(allocator), bytes, NULL));
    return buffer;
}

static void the_same_memory_has_the_same_frame(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_BGRx, 64, 32);
    GstBuffer *buffer = buffer_of(allocator, 64 * 32 * 4), *again = gst_buffer_new();
    struct zc_frame *frame;
    GError *error = NULL;
    int fds;

    (void)state;
    frame = gst_dma_heap_frame_get(buffer, &info, &owner, &error);
    g_assert_no_error(error);
    assert_non_null(frame);
    fds = count_fds();
    for (int i = 0; i < 100; i++)
        assert_ptr_equal(gst_dma_heap_frame_get(buffer, &info, &owner, NULL), frame);
    /* The same memory in another buffer, as behind a tee. */
    gst_buffer_append_memory(again, gst_buffer_get_memory(buffer, 0));
    assert_ptr_equal(gst_dma_heap_frame_get(again, &info, &owner, NULL), frame);
    assert_int_equal(count_fds(), fds);
    gst_buffer_unref(again);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void a_frame_is_known_by_its_inode(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 32);
    GstBuffer *buffer = buffer_of(allocator, GST_VIDEO_INFO_SIZE(&info));
    struct zc_frame *frame = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    const struct zc_layout *layout = zc_frame_layout(frame);

    (void)state;
    assert_true(zc_frame_identity(frame, 0) ==
                inode_of_memory(gst_buffer_peek_memory(buffer, 0)));
    assert_string_equal(layout->format->name, "NV12");
    assert_int_equal(layout->width, 64);
    assert_int_equal(layout->height, 32);
    assert_int_equal(layout->n_buffers, 1);
    assert_int_equal(layout->plane[1].offset, 64 * 32);
    assert_int_equal(layout->plane[1].stride, 64);
    assert_true(layout->modifier == 0);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void the_meta_says_more_than_the_caps(void **state)
{
    gsize offset[GST_VIDEO_MAX_PLANES] = {512, 512 + 128 * 32};
    gint stride[GST_VIDEO_MAX_PLANES] = {128, 128};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 32);
    GstBuffer *buffer = buffer_of(allocator, 4 * PAGE);
    const struct zc_layout *layout;

    (void)state;
    gst_buffer_add_video_meta_full(buffer, 0, GST_VIDEO_FORMAT_NV12, 64, 32, 2, offset,
                                   stride);
    layout = zc_frame_layout(gst_dma_heap_frame_get(buffer, &info, &owner, NULL));
    assert_int_equal(layout->plane[0].offset, 512);
    assert_int_equal(layout->plane[1].offset, 512 + 128 * 32);
    assert_int_equal(layout->plane[1].stride, 128);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void other_strides_are_another_frame(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_BGRx, 60, 16);
    GstBuffer *buffer = buffer_of(allocator, 2 * PAGE);
    struct zc_frame *frame = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    gsize offset[GST_VIDEO_MAX_PLANES] = {0};
    gint stride[GST_VIDEO_MAX_PLANES] = {256};
    struct zc_frame *wider;
    int fds = count_fds();

    (void)state;
    assert_int_equal(zc_frame_layout(frame)->plane[0].stride, 240);
    zc_frame_ref(frame);
    gst_buffer_add_video_meta_full(buffer, 0, GST_VIDEO_FORMAT_BGRx, 60, 16, 1, offset,
                                   stride);
    wider = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    assert_ptr_not_equal(wider, frame);
    assert_int_equal(zc_frame_layout(wider)->plane[0].stride, 256);
    zc_frame_unref(frame);
    assert_int_equal(count_fds(), fds);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void each_owner_has_its_own_frame(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_BGRx, 64, 32);
    GstBuffer *buffer = buffer_of(allocator, 64 * 32 * 4);
    struct zc_frame *frame = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    struct zc_frame *others = gst_dma_heap_frame_get(buffer, &info, &other, NULL);

    (void)state;
    assert_ptr_not_equal(frame, others);
    assert_true(zc_frame_identity(frame, 0) == zc_frame_identity(others, 0));
    assert_ptr_equal(gst_dma_heap_frame_get(buffer, &info, &owner, NULL), frame);
    assert_ptr_equal(gst_dma_heap_frame_get(buffer, &info, &other, NULL), others);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void many_owners_do_not_grow_without_end(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_BGRx, 64, 32);
    GstBuffer *buffer = buffer_of(allocator, 64 * 32 * 4);
    static const char owners[100];
    int before = count_fds();

    (void)state;
    for (guint i = 0; i < sizeof(owners); i++)
        assert_non_null(gst_dma_heap_frame_get(buffer, &info, &owners[i], NULL));
    assert_int_equal(count_fds(), before + 8);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void two_memories_are_the_format_with_planes_apart(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 322, 241);
    GstBufferPool *pool =
        new_pool(allocator, video_caps("NV12", 322, 241), 1, 1, 256, TRUE);
    GstBuffer *buffer = acquire(pool);
    struct zc_frame *frame = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    const struct zc_layout *layout = zc_frame_layout(frame);

    (void)state;
    assert_string_equal(layout->format->name, "NV12M");
    assert_int_equal(layout->n_buffers, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(layout->plane[i].buffer, i);
        assert_int_equal(layout->plane[i].offset, 0);
        assert_int_equal(layout->plane[i].stride, 512);
        assert_true(zc_frame_identity(frame, i) ==
                    inode_of_memory(gst_buffer_peek_memory(buffer, i)));
    }
    /* It goes back to its pool with its frame, and comes out with it. */
    gst_buffer_unref(buffer);
    buffer = acquire(pool);
    assert_ptr_equal(gst_dma_heap_frame_get(buffer, &info, &owner, NULL), frame);
    assert_int_equal(fake_kernel.allocations, 2);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_object_unref(allocator);
}

static void another_second_memory_is_another_frame(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 64);
    GstBuffer *buffer = buffer_of(allocator, 64 * 64);
    struct zc_frame *frame, *next;
    guint64 chroma;

    (void)state;
    for (int i = 0; i < 2; i++)
        gst_buffer_append_memory(
            buffer, gst_allocator_alloc(GST_ALLOCATOR(allocator), 64 * 32, NULL));
    chroma = inode_of_memory(gst_buffer_peek_memory(buffer, 2));
    gst_buffer_remove_memory(buffer, 2);
    frame = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    assert_non_null(frame);
    assert_true(zc_frame_identity(frame, 1) != chroma);
    gst_buffer_replace_memory(
        buffer, 1, gst_allocator_alloc(GST_ALLOCATOR(allocator), 64 * 32, NULL));
    next = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    assert_true(zc_frame_identity(next, 1) ==
                inode_of_memory(gst_buffer_peek_memory(buffer, 1)));
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

/* A part of a larger dma-buf begins where it does in that. */
static void a_part_has_its_offset(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, 64, 32);
    GstBuffer *whole = buffer_of(allocator, 3 * PAGE), *part;
    struct zc_frame *frame;

    (void)state;
    part = gst_buffer_copy_region(whole, GST_BUFFER_COPY_MEMORY, PAGE, 64 * 32);
    frame = gst_dma_heap_frame_get(part, &info, &owner, NULL);
    assert_non_null(frame);
    assert_int_equal(zc_frame_layout(frame)->plane[0].offset, PAGE);
    gst_buffer_unref(part);
    gst_buffer_unref(whole);
    gst_object_unref(allocator);
}

static void a_modifier_is_of_the_layout(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 32);
    GstBuffer *buffer = buffer_of(allocator, GST_VIDEO_INFO_SIZE(&info));
    struct zc_frame *frame;

    (void)state;
    frame = gst_dma_heap_frame_get_tiled(buffer, &info, 77, &owner, NULL);
    assert_non_null(frame);
    assert_int_equal(zc_frame_layout(frame)->modifier, 77);
    assert_ptr_equal(gst_dma_heap_frame_get_tiled(buffer, &info, 77, &owner, NULL),
                     frame);
    frame = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);
    assert_int_equal(zc_frame_layout(frame)->modifier, 0);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static char *error_of(GstBuffer *buffer, GstVideoInfo *info)
{
    GError *error = NULL;
    char *text;

    assert_null(gst_dma_heap_frame_get(buffer, info, &owner, &error));
    assert_true(g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED));
    text = g_strdup(error->message);
    g_error_free(error);
    assert_null(gst_dma_heap_frame_get(buffer, info, &owner, NULL));
    return text;
}

static void assert_refused(GstBuffer *buffer, GstVideoInfo info, const char *why)
{
    char *text = error_of(buffer, &info);

    if (!strstr(text, why))
        fail_msg("\"%s\" does not say \"%s\"", text, why);
    g_free(text);
    gst_buffer_unref(buffer);
}

static void memory_that_is_no_dma_buf_is_refused(void **state)
{
    (void)state;
    assert_refused(gst_buffer_new_allocate(NULL, 64 * 32 * 4, NULL),
                   info_of(GST_VIDEO_FORMAT_BGRx, 64, 32),
                   "memory of \"SystemMemory\", which is no dma-buf");
    assert_refused(gst_buffer_new(), info_of(GST_VIDEO_FORMAT_BGRx, 64, 32),
                   "0 memories");
}

static void planes_outside_their_memory_are_refused(void **state)
{
    gsize offset[GST_VIDEO_MAX_PLANES] = {0, 64 * 32};
    gint stride[GST_VIDEO_MAX_PLANES] = {64, -64};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 32);
    int before = count_fds();
    GstBuffer *buffer;

    (void)state;
    /* The last rows are missing. */
    assert_refused(buffer_of(allocator, GST_VIDEO_INFO_SIZE(&info) - 1), info,
                   "plane 1 of a NV12 picture");
    /* All of the second plane is. */
    assert_refused(buffer_of(allocator, 64 * 32), info, "plane 1 of a NV12 picture");
    buffer = buffer_of(allocator, PAGE);
    gst_buffer_add_video_meta_full(buffer, 0, GST_VIDEO_FORMAT_NV12, 64, 32, 2, offset,
                                   stride);
    assert_refused(buffer, info, "stride -64");
    buffer = buffer_of(allocator, PAGE);
    offset[1] = G_MAXSIZE;
    stride[1] = 64;
    gst_buffer_add_video_meta_full(buffer, 0, GST_VIDEO_FORMAT_NV12, 64, 32, 2, offset,
                                   stride);
    assert_refused(buffer, info, "is not within its memory");
    gst_object_unref(allocator);
    gst_dma_heap_frame_forget(NULL);
    /* The heap itself was open before. */
    assert_int_equal(count_fds(), before - 1);
}

static void formats_that_the_library_has_not_are_refused(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo ayuv = info_of(GST_VIDEO_FORMAT_AYUV64, 64, 32);
    GstBuffer *two = buffer_of(allocator, 64 * 32 * 4);

    (void)state;
    assert_refused(buffer_of(allocator, GST_VIDEO_INFO_SIZE(&ayuv)), ayuv,
                   "AYUV64 in 1 dma-bufs is not supported");
    gst_buffer_append_memory(two,
                             gst_allocator_alloc(GST_ALLOCATOR(allocator), PAGE, NULL));
    assert_refused(two, info_of(GST_VIDEO_FORMAT_BGRx, 64, 32),
                   "BGRx in 2 dma-bufs is not supported");
    gst_object_unref(allocator);
}

static void a_frame_is_there_after_a_refusal(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo large = info_of(GST_VIDEO_FORMAT_BGRx, 640, 480);
    GstVideoInfo fits = info_of(GST_VIDEO_FORMAT_BGRx, 64, 16);
    GstBuffer *buffer = buffer_of(allocator, PAGE);

    (void)state;
    assert_null(gst_dma_heap_frame_get(buffer, &large, &owner, NULL));
    assert_non_null(gst_dma_heap_frame_get(buffer, &fits, &owner, NULL));
    assert_null(gst_dma_heap_frame_get(buffer, &large, &owner, NULL));
    assert_non_null(gst_dma_heap_frame_get(buffer, &fits, &owner, NULL));
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void frames_go_with_their_memory(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 64);
    const int *const owners[] = {&owner, &other, &third};

    (void)state;
    for (int i = 0; i < 30; i++) {
        GstBuffer *buffer = buffer_of(allocator, 64 * 64);

        gst_buffer_append_memory(
            buffer, gst_allocator_alloc(GST_ALLOCATOR(allocator), 64 * 32, NULL));
        for (guint k = 0; k < G_N_ELEMENTS(owners); k++)
            assert_non_null(gst_dma_heap_frame_get(buffer, &info, owners[k], NULL));
        gst_buffer_unref(buffer);
    }
    gst_object_unref(allocator);
    gst_dma_heap_frame_forget(NULL);
    assert_int_equal(count_fds(), before);
}

static void a_frame_that_is_held_outlives_its_buffer(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, 64, 64);
    GstBuffer *buffer = buffer_of(allocator, 64 * 64);
    guint64 inode = inode_of_memory(gst_buffer_peek_memory(buffer, 0));
    struct zc_frame *frame =
        zc_frame_ref(gst_dma_heap_frame_get(buffer, &info, &owner, NULL));

    (void)state;
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
    assert_true(inode_of(zc_frame_fd(frame, 0)) == inode);
    zc_frame_unref(frame);
    gst_dma_heap_frame_forget(NULL);
    assert_int_equal(count_fds(), before);
}

static GstBuffer *shared;

static gpointer get_often(gpointer asks)
{
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, 64, 64);
    struct zc_frame *frame = gst_dma_heap_frame_get(shared, &info, asks, NULL);

    for (int i = 0; i < 1000; i++)
        if (!frame || gst_dma_heap_frame_get(shared, &info, asks, NULL) != frame)
            return NULL;
    return frame;
}

static void branches_may_ask_at_once(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    const int *const owners[] = {&owner, &other, &third};
    GThread *thread[3];
    gpointer frame[3];

    (void)state;
    shared = buffer_of(allocator, 64 * 64);
    for (int i = 0; i < 3; i++)
        thread[i] = g_thread_new("branch", get_often, (gpointer)owners[i]);
    for (int i = 0; i < 3; i++) {
        frame[i] = g_thread_join(thread[i]);
        assert_non_null(frame[i]);
    }
    assert_ptr_not_equal(frame[0], frame[1]);
    assert_ptr_not_equal(frame[1], frame[2]);
    gst_buffer_unref(shared);
    gst_object_unref(allocator);
}

static const struct CMUnitTest tests[] = {
    plugin_test(the_same_memory_has_the_same_frame),
    plugin_test(a_modifier_is_of_the_layout),
    plugin_test(a_frame_is_known_by_its_inode),
    plugin_test(the_meta_says_more_than_the_caps),
    plugin_test(other_strides_are_another_frame),
    plugin_test(each_owner_has_its_own_frame),
    plugin_test(many_owners_do_not_grow_without_end),
    plugin_test(two_memories_are_the_format_with_planes_apart),
    plugin_test(another_second_memory_is_another_frame),
    plugin_test(a_part_has_its_offset),
    plugin_test(memory_that_is_no_dma_buf_is_refused),
    plugin_test(planes_outside_their_memory_are_refused),
    plugin_test(formats_that_the_library_has_not_are_refused),
    plugin_test(a_frame_is_there_after_a_refusal),
    plugin_test(frames_go_with_their_memory),
    plugin_test(a_frame_that_is_held_outlives_its_buffer),
    plugin_test(branches_may_ask_at_once),
};

PLUGIN_TEST_MAIN("plugin-frame", tests)
