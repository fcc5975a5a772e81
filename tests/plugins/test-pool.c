/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buffers that go round: handed out, waited for, flushed, and given back. */
#include "fixture.h"

#include <errno.h>

#define GREY "GRAY8", 64, 64

static void buffers_go_round(void **state)
{
    struct grey_pool *grey = *state;

    for (int i = 0; i < 100; i++) {
        GstBuffer *one = acquire(grey->pool), *other = acquire(grey->pool);

        assert_true(inode_of_memory(gst_buffer_peek_memory(one, 0)) !=
                    inode_of_memory(gst_buffer_peek_memory(other, 0)));
        assert_true(gst_buffer_is_writable(one));
        assert_true(gst_buffer_is_all_memory_writable(one));
        gst_buffer_unref(one);
        gst_buffer_unref(other);
    }
    assert_int_equal(fake_kernel.allocations, 2);
}

static void separate_memories_go_round(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool =
        new_pool(allocator, video_caps("NV12", 322, 241), 2, 2, 256, TRUE);

    (void)state;
    for (int i = 0; i < 10; i++)
        gst_buffer_unref(acquire(pool));
    assert_int_equal(fake_kernel.allocations, 4);
    free_pool(pool);
    gst_object_unref(allocator);
}

static void as_many_as_asked_for_are_there_at_once(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = new_pool(allocator, video_caps(GREY), 3, 5, 64, FALSE);
    GstBufferPoolAcquireParams at_once = {.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT};
    GstBuffer *buffer[5], *sixth = NULL;

    (void)state;
    assert_int_equal(fake_kernel.allocations, 3);
    for (int i = 0; i < 5; i++)
        buffer[i] = acquire(pool);
    assert_int_equal(fake_kernel.allocations, 5);
    assert_int_equal(gst_buffer_pool_acquire_buffer(pool, &sixth, &at_once),
                     GST_FLOW_EOS);
    assert_null(sixth);
    for (int i = 0; i < 5; i++)
        gst_buffer_unref(buffer[i]);
    free_pool(pool);
    gst_object_unref(allocator);
}

static void a_returned_buffer_is_as_it_was(void **state)
{
    struct grey_pool *grey = *state;
    GstBuffer *buffer = acquire(grey->pool);
    guint64 inode = inode_of_memory(gst_buffer_peek_memory(buffer, 0));
    GstCaps *caps = gst_caps_from_string("timestamp/x-test");

    gst_buffer_resize(buffer, 10, 100);
    GST_BUFFER_PTS(buffer) = 12345;
    gst_buffer_add_reference_timestamp_meta(buffer, caps, 1, 2);
    gst_buffer_unref(buffer);
    buffer = acquire(grey->pool);
    assert_int_equal(inode_of_memory(gst_buffer_peek_memory(buffer, 0)), inode);
    assert_int_equal(gst_buffer_get_size(buffer), 64 * 64);
    assert_false(GST_BUFFER_PTS_IS_VALID(buffer));
    assert_null(gst_buffer_get_reference_timestamp_meta(buffer, caps));
    assert_non_null(gst_buffer_get_video_meta(buffer));
    gst_buffer_unref(buffer);
    gst_caps_unref(caps);
}

/* Who replaces a buffer's memory has spoilt it: another is made. */
static void a_spoilt_buffer_is_replaced(void **state)
{
    struct grey_pool *grey = *state;
    GstBuffer *buffer = acquire(grey->pool);

    gst_buffer_replace_all_memory(buffer, gst_allocator_alloc(NULL, 64 * 64, NULL));
    gst_buffer_unref(buffer);
    buffer = acquire(grey->pool);
    assert_true(gst_is_dmabuf_memory(gst_buffer_peek_memory(buffer, 0)));
    gst_buffer_unref(buffer);
}

/* Each memory of a buffer is asked after, each time. */
static void devices_are_waited_for_before_reuse(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool =
        new_pool(allocator, video_caps("NV12", 320, 240), 1, 1, 64, TRUE);

    (void)state;
    for (int i = 1; i <= 5; i++) {
        gst_buffer_unref(acquire(pool));
        assert_int_equal(fake_sync.waits, 2 * i);
    }
    free_pool(pool);
    gst_object_unref(allocator);
}

struct waiter {
    GstBufferPool *pool;
    GstBuffer *buffer;
    GstFlowReturn result;
    gint done;
    GThread *thread;
};

static gpointer acquire_in_thread(gpointer user)
{
    struct waiter *waiter = user;

    waiter->result = gst_buffer_pool_acquire_buffer(waiter->pool, &waiter->buffer, NULL);
    g_atomic_int_set(&waiter->done, 1);
    return NULL;
}

static void start_waiter(struct waiter *waiter, GstBufferPool *pool)
{
    *waiter = (struct waiter){.pool = pool};
    waiter->thread = g_thread_new("waiter", acquire_in_thread, waiter);
}

static GstFlowReturn join_waiter(struct waiter *waiter)
{
    g_thread_join(waiter->thread);
    return waiter->result;
}

/* Until *what is at least @least; so long that a failure is one. */
static void wait_for(gint *what, gint least)
{
    for (int i = 0; i < 10000 && g_atomic_int_get(what) < least; i++)
        g_usleep(1000);
    assert_true(g_atomic_int_get(what) >= least);
}

static void a_buffer_is_handed_out_when_the_device_has_done(void **state)
{
    struct grey_pool *grey = *state;
    struct waiter waiter;

    fake_sync_block();
    start_waiter(&waiter, grey->pool);
    wait_for(&fake_sync.waits, 1);
    g_usleep(20000);
    assert_false(g_atomic_int_get(&waiter.done));
    fake_sync_finish();
    assert_int_equal(join_waiter(&waiter), GST_FLOW_OK);
    gst_buffer_unref(waiter.buffer);
}

static void flushing_ends_the_wait_for_a_device(void **state)
{
    struct grey_pool *grey = *state;
    struct waiter waiter;

    for (int i = 0; i < 3; i++) {
        fake_sync_reset();
        fake_sync_block();
        start_waiter(&waiter, grey->pool);
        wait_for(&fake_sync.waits, 1);
        gst_buffer_pool_set_flushing(grey->pool, TRUE);
        assert_int_equal(join_waiter(&waiter), GST_FLOW_FLUSHING);
        assert_null(waiter.buffer);
        gst_buffer_pool_set_flushing(grey->pool, FALSE);
    }
    /* The buffer was not lost: there is one only. */
    fake_sync_finish();
    gst_buffer_unref(acquire(grey->pool));
    assert_int_equal(fake_kernel.allocations, 1);
}

static void flushing_ends_the_wait_for_a_buffer(void **state)
{
    struct grey_pool *grey = *state;
    GstBuffer *only = acquire(grey->pool);
    struct waiter waiter;
    struct heard heard;

    heard_listen(&heard, grey->pool, "dry");
    start_waiter(&waiter, grey->pool);
    wait_for(&heard.times, 1);
    gst_buffer_pool_set_flushing(grey->pool, TRUE);
    assert_int_equal(join_waiter(&waiter), GST_FLOW_FLUSHING);
    gst_buffer_pool_set_flushing(grey->pool, FALSE);
    gst_buffer_unref(only);
    gst_buffer_unref(acquire(grey->pool));
}

static void stopping_ends_the_wait_for_a_device(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = new_pool(allocator, video_caps(GREY), 1, 1, 64, FALSE);
    struct waiter waiter;

    (void)state;
    fake_sync_block();
    start_waiter(&waiter, pool);
    wait_for(&fake_sync.waits, 1);
    assert_true(gst_buffer_pool_set_active(pool, FALSE));
    assert_int_equal(join_waiter(&waiter), GST_FLOW_FLUSHING);
    gst_object_unref(pool);
    gst_object_unref(allocator);
    fake_sync_reset();
    assert_int_equal(count_fds(), before);
}

static void a_device_that_fails_is_an_error(void **state)
{
    static const int errors[] = {-ETIME, -EIO};
    struct grey_pool *grey = *state;
    GstBuffer *buffer = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(errors); i++) {
        fake_sync.wait_error = errors[i];
        assert_int_equal(gst_buffer_pool_acquire_buffer(grey->pool, &buffer, NULL),
                         GST_FLOW_ERROR);
        assert_null(buffer);
    }
    fake_sync.wait_error = 0;
    gst_buffer_unref(acquire(grey->pool));
    assert_int_equal(fake_kernel.allocations, 1);
}

static void running_dry_is_told_with_who_holds_buffers(void **state)
{
    struct grey_pool *grey = *state;
    GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL(grey->pool);
    GstBuffer *buffer[3];
    struct waiter waiter;
    struct heard heard;

    heard_listen(&heard, grey->pool, "dry");
    for (int i = 0; i < 3; i++)
        buffer[i] = acquire(grey->pool);
    /* Passing twice counts once. */
    gst_dma_heap_buffer_pool_passed(self, buffer[1]);
    gst_dma_heap_buffer_pool_passed(self, buffer[1]);
    assert_int_equal(heard.times, 0);
    start_waiter(&waiter, grey->pool);
    wait_for(&heard.times, 1);
    assert_int_equal(heard.first, 2);
    assert_int_equal(heard.second, 1);
    gst_buffer_unref(buffer[1]);
    assert_int_equal(join_waiter(&waiter), GST_FLOW_OK);
    /* The one that came back is before the element again. */
    buffer[1] = waiter.buffer;
    start_waiter(&waiter, grey->pool);
    wait_for(&heard.times, 2);
    assert_int_equal(heard.first, 3);
    assert_int_equal(heard.second, 0);
    gst_buffer_unref(buffer[0]);
    assert_int_equal(join_waiter(&waiter), GST_FLOW_OK);
    gst_buffer_unref(waiter.buffer);
    gst_buffer_unref(buffer[1]);
    gst_buffer_unref(buffer[2]);
}

static void a_buffer_of_another_does_not_count(void **state)
{
    struct grey_pool *grey = *state;
    GstBufferPool *other = new_pool(grey->allocator, video_caps(GREY), 1, 1, 64, FALSE);
    GstBuffer *buffer = acquire(other), *none = gst_buffer_new(), *only;
    struct waiter waiter;
    struct heard heard;

    heard_listen(&heard, grey->pool, "dry");
    only = acquire(grey->pool);
    gst_dma_heap_buffer_pool_passed(GST_DMA_HEAP_BUFFER_POOL(grey->pool), buffer);
    gst_dma_heap_buffer_pool_passed(GST_DMA_HEAP_BUFFER_POOL(grey->pool), none);
    start_waiter(&waiter, grey->pool);
    wait_for(&heard.times, 1);
    assert_int_equal(heard.first, 1);
    assert_int_equal(heard.second, 0);
    gst_buffer_unref(only);
    join_waiter(&waiter);
    gst_buffer_unref(waiter.buffer);
    gst_buffer_unref(none);
    gst_buffer_unref(buffer);
    free_pool(other);
}

static void a_heap_without_memory_is_no_active_pool(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 64, 1, FALSE);
    GstCaps *caps = video_caps(GREY);
    struct heard heard;

    (void)state;
    heard_listen(&heard, allocator, "exhausted");
    assert_true(configure_pool(pool, caps, 0, 2, 2, NULL));
    fake_kernel.alloc_error = -ENOMEM;
    assert_false(gst_buffer_pool_set_active(pool, TRUE));
    assert_int_equal(heard.times, 1);
    fake_kernel.alloc_error = 0;
    assert_true(gst_buffer_pool_set_active(pool, TRUE));
    gst_buffer_unref(acquire(pool));
    gst_caps_unref(caps);
    free_pool(pool);
    gst_object_unref(allocator);
    heard_clear(&heard);
}

static void all_is_given_back_when_it_stops(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = new_pool(allocator, video_caps(GREY), 4, 4, 64, FALSE);
    GstBuffer *late = acquire(pool);

    (void)state;
    assert_true(gst_buffer_pool_set_active(pool, FALSE));
    gst_object_unref(pool);
    gst_object_unref(allocator);
    /* One that is still out brings the rest to its end. */
    gst_buffer_unref(late);
    assert_int_equal(count_fds(), before);
}

static void the_next_pool_of_that_size_has_the_same_memory(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    for (int i = 0; i < 5; i++) {
        GstBufferPool *pool =
            new_pool(allocator, video_caps(GREY), 3, 3, i % 2 ? 64 : 32, FALSE);

        free_pool(pool);
    }
    assert_int_equal(fake_kernel.allocations, 3);
    gst_object_unref(allocator);
}

static void a_pool_is_configured_anew(void **state)
{
    struct grey_pool *grey = *state;
    GstCaps *caps = video_caps("BGRx", 100, 10);
    GstBuffer *buffer;

    gst_buffer_unref(acquire(grey->pool));
    assert_true(gst_buffer_pool_set_active(grey->pool, FALSE));
    assert_true(configure_pool(grey->pool, caps, 0, 1, 1, NULL));
    assert_true(gst_buffer_pool_set_active(grey->pool, TRUE));
    buffer = acquire(grey->pool);
    assert_int_equal(gst_buffer_get_size(buffer), 448 * 10);
    assert_int_equal(gst_buffer_get_video_meta(buffer)->width, 100);
    gst_buffer_unref(buffer);
    gst_caps_unref(caps);
}

static void a_thousand_configurations_leak_no_fd(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 64, 1, FALSE);
    GstCaps *caps[] = {video_caps("NV12", 320, 240), video_caps("NV12", 160, 120),
                       video_caps("BGRx", 321, 241)};
    int after_ten = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_true(configure_pool(pool, caps[i % 3], 0, 2, 4, NULL));
        assert_true(gst_buffer_pool_set_active(pool, TRUE));
        gst_buffer_unref(acquire(pool));
        assert_true(gst_buffer_pool_set_active(pool, FALSE));
        if (i == 10)
            after_ten = count_fds();
    }
    assert_int_equal(count_fds(), after_ten);
    assert_int_equal(fake_kernel.allocations, 6);
    for (int i = 0; i < 3; i++)
        gst_caps_unref(caps[i]);
    gst_object_unref(pool);
    gst_object_unref(allocator);
}

static gpointer go_round(gpointer pool)
{
    for (int i = 0; i < 1000; i++) {
        GstBuffer *buffer = NULL;

        if (gst_buffer_pool_acquire_buffer(pool, &buffer, NULL) != GST_FLOW_OK)
            return NULL;
        gst_dma_heap_buffer_pool_passed(pool, buffer);
        gst_buffer_unref(buffer);
    }
    return pool;
}

static void threads_may_share_a_pool(void **state)
{
    struct grey_pool *grey = *state;
    GThread *thread[4];
    struct waiter waiter;
    struct heard heard;
    GstBuffer *out[2];

    for (int i = 0; i < 4; i++)
        thread[i] = g_thread_new("round", go_round, grey->pool);
    for (int i = 0; i < 4; i++)
        assert_ptr_equal(g_thread_join(thread[i]), grey->pool);
    assert_int_equal(fake_kernel.allocations, 2);
    /* After all that the figures are still right. */
    heard_listen(&heard, grey->pool, "dry");
    out[0] = acquire(grey->pool);
    out[1] = acquire(grey->pool);
    start_waiter(&waiter, grey->pool);
    wait_for(&heard.times, 1);
    assert_int_equal(heard.first, 2);
    assert_int_equal(heard.second, 0);
    gst_buffer_unref(out[0]);
    assert_int_equal(join_waiter(&waiter), GST_FLOW_OK);
    gst_buffer_unref(waiter.buffer);
    gst_buffer_unref(out[1]);
}

static const struct CMUnitTest tests[] = {
    grey_pool_test(buffers_go_round, 2),
    plugin_test(separate_memories_go_round),
    plugin_test(as_many_as_asked_for_are_there_at_once),
    grey_pool_test(a_returned_buffer_is_as_it_was, 1),
    grey_pool_test(a_spoilt_buffer_is_replaced, 1),
    plugin_test(devices_are_waited_for_before_reuse),
    grey_pool_test(a_buffer_is_handed_out_when_the_device_has_done, 1),
    grey_pool_test(flushing_ends_the_wait_for_a_device, 1),
    grey_pool_test(flushing_ends_the_wait_for_a_buffer, 1),
    plugin_test(stopping_ends_the_wait_for_a_device),
    grey_pool_test(a_device_that_fails_is_an_error, 1),
    grey_pool_test(running_dry_is_told_with_who_holds_buffers, 3),
    grey_pool_test(a_buffer_of_another_does_not_count, 1),
    plugin_test(a_heap_without_memory_is_no_active_pool),
    plugin_test(all_is_given_back_when_it_stops),
    plugin_test(the_next_pool_of_that_size_has_the_same_memory),
    grey_pool_test(a_pool_is_configured_anew, 2),
    plugin_test(a_thousand_configurations_leak_no_fd),
    grey_pool_test(threads_may_share_a_pool, 2),
};

PLUGIN_TEST_MAIN("plugin-pool", tests)
