/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers of several memories of one dma-buf, and of new memory for known dma-bufs. */
#include "fixture.h"
#include "memory/gstdmaheapframe.h"
#include "memory/gstdmaheaporphans.h"

#include <sys/mman.h>

/* Two that ask for frames. */
static const int owner, other;

static GstVideoInfo info_of(GstVideoFormat format, int width, int height)
{
    GstVideoInfo info;

    gst_video_info_set_format(&info, format, width, height);
    return info;
}

/* A buffer of new memory for @fd, a part of which each of @n memories is: as
 * libcamerasrc gives planes, and unixfdsrc the same dma-bufs again and again. */
static GstBuffer *wrap_anew(GstAllocator *fds, int fd, gsize offset, const gsize *sizes,
                            int n)
{
    GstBuffer *buffer = gst_buffer_new();

    for (int i = 0; i < n; i++) {
        GstMemory *memory = gst_dmabuf_allocator_alloc(fds, dup(fd), offset + sizes[i]);

        gst_memory_resize(memory, offset, sizes[i]);
        gst_buffer_append_memory(buffer, memory);
        offset += sizes[i];
    }
    return buffer;
}

static void planes_of_one_dma_buf_are_one_buffer(void **state)
{
    static const gsize nv12[] = {64 * 32, 64 * 16}, i420[] = {64 * 32, 32 * 16, 32 * 16};
    GstAllocator *fds = gst_dmabuf_allocator_new();
    int fd = memfd_create("planes", MFD_CLOEXEC);
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_NV12, 64, 32);
    const struct zc_layout *layout;
    GstBuffer *buffer;

    (void)state;
    assert_return_code(ftruncate(fd, 2 * PAGE), 0);
    buffer = wrap_anew(fds, fd, 512, nv12, 2);
    layout = zc_frame_layout(gst_dma_heap_frame_get(buffer, &info, &owner, NULL));
    assert_string_equal(layout->format->name, "NV12");
    assert_int_equal(layout->n_buffers, 1);
    assert_int_equal(layout->bytes[0], 512 + 64 * 32 + 64 * 16);
    assert_int_equal(layout->plane[0].offset, 512);
    assert_int_equal(layout->plane[1].offset, 512 + 64 * 32);
    gst_buffer_unref(buffer);

    buffer = wrap_anew(fds, fd, 0, i420, 3);
    info = info_of(GST_VIDEO_FORMAT_I420, 64, 32);
    layout = zc_frame_layout(gst_dma_heap_frame_get(buffer, &info, &owner, NULL));
    assert_string_equal(layout->format->name, "YU12");
    assert_int_equal(layout->n_buffers, 1);
    assert_int_equal(layout->plane[2].offset, 64 * 32 + 32 * 16);
    gst_buffer_unref(buffer);
    close(fd);
    gst_object_unref(fds);
}

/* Each frame that is made is an import by each device. */
static void new_memory_of_a_known_dma_buf_has_its_frame(void **state)
{
    static const gsize size[] = {64 * 32 * 4};
    GstAllocator *fds = gst_dmabuf_allocator_new();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_BGRx, 64, 32);
    struct zc_frame *frame[4];
    int fd[4], before = count_fds();

    (void)state;
    for (int i = 0; i < 4; i++) {
        fd[i] = memfd_create("passed", MFD_CLOEXEC);
        assert_return_code(ftruncate(fd[i], size[0]), 0);
    }
    for (int i = 0; i < 40; i++) {
        GstBuffer *buffer = wrap_anew(fds, fd[i % 4], 0, size, 1);
        struct zc_frame *got = gst_dma_heap_frame_get(buffer, &info, &owner, NULL);

        if (i < 4)
            frame[i] = got;
        assert_ptr_equal(got, frame[i % 4]);
        gst_buffer_unref(buffer);
    }
    /* Other places in it, or another who asks, are other frames. */
    {
        GstBuffer *buffer = wrap_anew(fds, fd[0], 0, size, 1);
        GstVideoInfo lower = info_of(GST_VIDEO_FORMAT_BGRx, 64, 16);

        assert_ptr_not_equal(gst_dma_heap_frame_get(buffer, &lower, &owner, NULL),
                             frame[0]);
        assert_ptr_not_equal(gst_dma_heap_frame_get(buffer, &info, &other, NULL),
                             frame[0]);
        gst_buffer_unref(buffer);
    }
    for (int i = 0; i < 4; i++)
        close(fd[i]);
    gst_dma_heap_frame_forget(&owner);
    gst_dma_heap_frame_forget(&other);
    assert_int_equal(count_fds(), before);
    gst_object_unref(fds);
}

static void few_wait_and_not_for_long(void **state)
{
    static const gsize size[] = {64 * 32 * 4};
    GstAllocator *fds = gst_dmabuf_allocator_new();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_BGRx, 64, 32);
    int before = count_fds();

    (void)state;
    for (int i = 0; i < 100; i++) {
        int fd = memfd_create("passed", MFD_CLOEXEC);
        GstBuffer *buffer;

        assert_return_code(ftruncate(fd, size[0]), 0);
        buffer = wrap_anew(fds, fd, 0, size, 1);
        close(fd);
        assert_non_null(gst_dma_heap_frame_get(buffer, &info, &owner, NULL));
        gst_buffer_unref(buffer);
    }
    assert_int_equal(count_fds(), before + GST_DMA_HEAP_ORPHANS);
    gst_dma_heap_orphans_trim(G_USEC_PER_SEC);
    assert_int_equal(count_fds(), before + GST_DMA_HEAP_ORPHANS);
    gst_dma_heap_orphans_trim(2 * G_USEC_PER_SEC);
    assert_int_equal(count_fds(), before);
    gst_object_unref(fds);
}

/* Memory that goes back to a pool with its buffer comes again itself. */
static void nothing_waits_for_memory_of_a_pool(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoInfo info = info_of(GST_VIDEO_FORMAT_GRAY8, 64, 64);
    int before = count_fds();
    GstBufferPool *pool =
        new_pool(allocator, video_caps("GRAY8", 64, 64), 1, 1, 64, FALSE);
    GstBuffer *buffer = acquire(pool);

    (void)state;
    assert_non_null(gst_dma_heap_frame_get(buffer, &info, &owner, NULL));
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_dma_heap_allocator_trim(allocator, 2 * G_USEC_PER_SEC);
    assert_int_equal(count_fds(), before);
    gst_object_unref(allocator);
}

static const struct CMUnitTest tests[] = {
    plugin_test(planes_of_one_dma_buf_are_one_buffer),
    plugin_test(new_memory_of_a_known_dma_buf_has_its_frame),
    plugin_test(few_wait_and_not_for_long),
    plugin_test(nothing_waits_for_memory_of_a_pool),
};

PLUGIN_TEST_MAIN("plugin-orphans", tests)
