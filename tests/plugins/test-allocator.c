/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of a heap: allocated, refused, recycled and given back. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

static GstMemory *alloc(GstDmaHeapAllocator *allocator, gsize bytes)
{
    GstMemory *memory = gst_allocator_alloc(GST_ALLOCATOR(allocator), bytes, NULL);

    assert_non_null(memory);
    return memory;
}

static void allocates_as_any_allocator_does(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory;
    gsize offset, most;

    (void)state;
    assert_false(GST_OBJECT_FLAG_IS_SET(allocator, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC));
    memory = alloc(allocator, 1000);
    assert_int_equal(gst_memory_get_sizes(memory, &offset, &most), 1000);
    assert_int_equal(offset, 0);
    assert_int_equal(most, PAGE);
    assert_ptr_equal(memory->allocator, allocator);
    assert_int_equal(fake_kernel.allocations, 1);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void memory_is_a_dma_buf(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = alloc(allocator, PAGE);
    int fd = gst_dmabuf_memory_get_fd(memory);

    (void)state;
    assert_true(gst_is_dmabuf_memory(memory));
    assert_true(gst_is_fd_memory(memory));
    assert_true(gst_memory_is_type(memory, GST_ALLOCATOR_DMABUF));
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(lseek(fd, 0, SEEK_END), PAGE);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void dma_bufs_have_the_allocators_name(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    gst_object_set_name(GST_OBJECT(allocator), "front-camera");
    gst_memory_unref(alloc(allocator, PAGE));
    assert_string_equal(fake_kernel.name, "front-camera");
    gst_object_unref(allocator);
}

/* The kernel refuses names of more than 31 characters. */
static void a_long_name_is_cut(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    gst_object_set_name(GST_OBJECT(allocator),
                        "a-name-that-is-longer-than-the-kernel-takes");
    gst_memory_unref(alloc(allocator, PAGE));
    assert_string_equal(fake_kernel.name, "a-name-that-is-longer-than-the-");
    gst_object_unref(allocator);
}

static void prefix_and_padding_are_there(void **state)
{
    GstAllocationParams params = {.prefix = 100, .padding = 50};
    GstDmaHeapAllocator *allocator = new_allocator();
    gsize sizes[] = {10, PAGE - 150, PAGE - 149, 3 * PAGE};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        GstMemory *memory =
            gst_allocator_alloc(GST_ALLOCATOR(allocator), sizes[i], &params);
        gsize offset, most;

        assert_non_null(memory);
        assert_int_equal(gst_memory_get_sizes(memory, &offset, &most), sizes[i]);
        assert_int_equal(offset, 100);
        assert_true(most - offset - sizes[i] >= 50);
        assert_int_equal(lseek(gst_dmabuf_memory_get_fd(memory), 0, SEEK_END), most);
        gst_memory_unref(memory);
    }
    gst_object_unref(allocator);
}

static void alignment_up_to_a_page_is_had(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    for (gsize align = 1; align <= PAGE; align *= 2) {
        GstAllocationParams params = {.align = align - 1};
        GstMemory *memory = gst_allocator_alloc(GST_ALLOCATOR(allocator), 123, &params);
        GstMapInfo map;

        assert_non_null(memory);
        assert_true(gst_memory_map(memory, &map, GST_MAP_READ));
        assert_int_equal((guintptr)map.data & (align - 1), 0);
        gst_memory_unmap(memory, &map);
        gst_memory_unref(memory);
    }
    gst_object_unref(allocator);
}

static void alignment_above_a_page_is_refused(void **state)
{
    GstAllocationParams params = {.align = 2 * PAGE - 1};
    GstDmaHeapAllocator *allocator = new_allocator();
    g_autofree char *said = g_strdup_printf("aligned to %zu bytes", 2 * PAGE);
    GError *error = NULL;

    (void)state;
    assert_null(gst_allocator_alloc(GST_ALLOCATOR(allocator), 123, &params));
    assert_null(gst_dma_heap_allocator_alloc(allocator, 123, &params, &error));
    assert_true(g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS));
    assert_non_null(strstr(error->message, said));
    g_error_free(error);
    assert_int_equal(fake_kernel.allocations, 0);
    gst_object_unref(allocator);
}

static void nonsense_sizes_are_refused(void **state)
{
    GstAllocationParams params = {.prefix = G_MAXSIZE - 10};
    gsize sizes[] = {0, G_MAXSIZE, G_MAXSSIZE};
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        assert_null(gst_dma_heap_allocator_alloc(allocator, sizes[i], NULL, NULL));
    assert_null(gst_dma_heap_allocator_alloc(allocator, 123, &params, NULL));
    params =
        (GstAllocationParams){.prefix = G_MAXSIZE / 2, .padding = G_MAXSIZE / 2 + 10};
    assert_null(gst_dma_heap_allocator_alloc(allocator, 123, &params, NULL));
    assert_int_equal(fake_kernel.allocations, 0);
    gst_object_unref(allocator);
}

static void exhaustion_is_told(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    g_autofree char *failed =
        g_strdup_printf("cannot allocate %zu bytes from heap null", 3 * PAGE);
    g_autofree char *held = g_strdup_printf("cam holds 2 buffers of %zu bytes", 3 * PAGE);
    GstMemory *one, *other;
    struct heard heard;
    GError *error = NULL;

    (void)state;
    gst_object_set_name(GST_OBJECT(allocator), "cam");
    heard_listen(&heard, allocator, "exhausted");
    one = alloc(allocator, 2 * PAGE);
    other = alloc(allocator, PAGE);
    fake_kernel.alloc_error = -ENOMEM;
    assert_null(gst_allocator_alloc(GST_ALLOCATOR(allocator), 3 * PAGE, NULL));
    assert_int_equal(heard.times, 1);
    assert_non_null(strstr(heard.text, failed));
    assert_non_null(strstr(heard.text, held));
    assert_null(gst_dma_heap_allocator_alloc(allocator, PAGE, NULL, &error));
    assert_true(
        g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT));
    g_clear_error(&error);
    assert_int_equal(heard.times, 1);
    gst_memory_unref(one);
    gst_memory_unref(other);
    fake_kernel.alloc_error = 0;
    gst_memory_unref(alloc(allocator, 3 * PAGE));
    gst_object_unref(allocator);
    heard_clear(&heard);
}

/* What is kept must not stand in the way of another size. */
static void kept_memory_is_given_up_for_another_size(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    int before = count_fds();

    (void)state;
    for (int i = 0; i < 3; i++)
        gst_memory_unref(alloc(allocator, (1 + i) * PAGE));
    assert_int_equal(count_fds(), before + 3);
    fake_kernel.alloc_error = -ENOMEM;
    assert_null(gst_allocator_alloc(GST_ALLOCATOR(allocator), 9 * PAGE, NULL));
    assert_int_equal(count_fds(), before);
    gst_object_unref(allocator);
}

static void freed_memory_is_recycled(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = alloc(allocator, 1000);
    guint64 inode = inode_of_memory(memory);
    int fd = gst_dmabuf_memory_get_fd(memory);

    (void)state;
    for (int i = 0; i < 100; i++) {
        gst_memory_unref(memory);
        memory = alloc(allocator, i % 2 ? 1000 : PAGE);
        assert_int_equal(gst_dmabuf_memory_get_fd(memory), fd);
        assert_int_equal(inode_of_memory(memory), inode);
    }
    assert_int_equal(fake_kernel.allocations, 1);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

/* Zeroes that are asked for are there, in what another has written to as well. */
static void zeroed_memory_is_not_recycled(void **state)
{
    GstAllocationParams params = {.flags = GST_MEMORY_FLAG_ZERO_PADDED, .padding = 8};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = alloc(allocator, PAGE);
    GstMapInfo map;

    (void)state;
    assert_true(gst_memory_map(memory, &map, GST_MAP_WRITE));
    memset(map.data, 0xaa, PAGE);
    gst_memory_unmap(memory, &map);
    gst_memory_unref(memory);
    memory = gst_allocator_alloc(GST_ALLOCATOR(allocator), PAGE - 8, &params);
    assert_true(gst_memory_map(memory, &map, GST_MAP_READ));
    for (int i = 0; i < 8; i++)
        assert_int_equal(map.data[PAGE - 8 + i], 0);
    gst_memory_unmap(memory, &map);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void few_are_kept(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory[50];
    int before = count_fds();

    (void)state;
    for (int i = 0; i < 50; i++)
        memory[i] = alloc(allocator, PAGE);
    assert_int_equal(count_fds(), before + 50);
    for (int i = 0; i < 50; i++)
        gst_memory_unref(memory[i]);
    assert_int_equal(count_fds(), before + 32);
    gst_object_unref(allocator);
    /* The heap itself was open before. */
    assert_int_equal(count_fds(), before - 1);
}

/* The fake's memory is sparse: its size costs nothing. */
static void few_bytes_are_kept(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    gsize mib = 1 << 20;
    GstMemory *memory[5];
    int before = count_fds();

    (void)state;
    gst_memory_unref(alloc(allocator, 129 * mib));
    assert_int_equal(count_fds(), before);
    for (int i = 0; i < 5; i++)
        memory[i] = alloc(allocator, 40 * mib);
    for (int i = 0; i < 5; i++)
        gst_memory_unref(memory[i]);
    assert_int_equal(count_fds(), before + 3);
    gst_object_unref(allocator);
    assert_int_equal(count_fds(), before - 1);
}

/* Frames that go on flowing find that memory of another size is not used any more. */
static void what_is_kept_goes_after_a_while(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool =
        new_pool(allocator, video_caps("GRAY8", 64, 64), 1, 1, 64, FALSE);
    int before;

    (void)state;
    before = count_fds();
    gst_memory_unref(alloc(allocator, 3 * PAGE));
    gst_buffer_unref(acquire(pool));
    assert_int_equal(count_fds(), before + 1);
    gst_dma_heap_allocator_trim(allocator, G_USEC_PER_SEC);
    assert_int_equal(count_fds(), before + 1);
    gst_dma_heap_allocator_trim(allocator, 2 * G_USEC_PER_SEC);
    assert_int_equal(count_fds(), before);
    gst_memory_unref(alloc(allocator, 3 * PAGE));
    g_usleep(2 * G_USEC_PER_SEC + 1000);
    gst_buffer_unref(acquire(pool));
    assert_int_equal(count_fds(), before);
    free_pool(pool);
    gst_object_unref(allocator);
}

static char heard_by_program[256];

static void hear_program(enum zc_log_level level, const char *message, void *user)
{
    (void)level;
    (void)user;
    g_strlcpy(heard_by_program, message, sizeof(heard_by_program));
}

/* The program's own handler of the library's log goes on hearing, and errors say as much. */
static void the_programs_log_handler_stays(void **state)
{
    GError *error = NULL;

    (void)state;
    zc_log_set(ZC_LOG_ERROR, hear_program, NULL);
    assert_null(gst_dma_heap_allocator_new("nonsense", FALSE, &error));
    zc_log_set(ZC_LOG_ERROR, NULL, NULL);
    assert_non_null(strstr(error->message, "nonsense"));
    assert_non_null(strstr(heard_by_program, "nonsense"));
    g_error_free(error);
}

static void memory_may_outlive_who_allocated_it(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = alloc(allocator, PAGE);
    GstMapInfo map;

    (void)state;
    gst_object_unref(allocator);
    assert_true(gst_memory_map(memory, &map, GST_MAP_READWRITE));
    gst_memory_unmap(memory, &map);
    gst_memory_unref(memory);
    assert_int_equal(count_fds(), before);
}

/* An element may wrap its own dma-buf with the allocator that it was offered. */
static void a_foreign_fd_is_wrapped(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    int fd = memfd_create("foreign", MFD_CLOEXEC);
    GstMemory *memory;
    GstMapInfo map;

    (void)state;
    assert_return_code(ftruncate(fd, PAGE), 0);
    memory = gst_dmabuf_allocator_alloc(GST_ALLOCATOR(allocator), fd, PAGE);
    assert_true(gst_memory_map(memory, &map, GST_MAP_WRITE));
    map.data[5] = 17;
    gst_memory_unmap(memory, &map);
    gst_memory_unref(memory);
    /* It is closed, and is not handed out as the heap's. */
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    memory = alloc(allocator, PAGE);
    assert_int_equal(fake_kernel.allocations, 1);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
    assert_int_equal(count_fds(), before);
}

static void an_unknown_heap_is_told_with_those_there_are(void **state)
{
    GError *error = NULL;

    (void)state;
    assert_null(gst_dma_heap_allocator_new("no-such-heap", FALSE, &error));
    assert_true(g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND));
    assert_non_null(strstr(error->message, "\"no-such-heap\""));
    assert_non_null(strstr(error->message, "this kernel has "));
    g_error_free(error);
    assert_null(gst_dma_heap_allocator_new("no-such-heap", FALSE, NULL));
}

static void the_heap_is_named(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    assert_string_equal(gst_dma_heap_allocator_get_heap(allocator), "null");
    assert_string_equal(gst_dma_heap_allocator_get_reason(allocator), "asked for");
    gst_object_unref(allocator);
}

static gpointer churn(gpointer allocator)
{
    for (int i = 0; i < 2000; i++)
        gst_memory_unref(gst_allocator_alloc(allocator, (1 + i % 3) * PAGE, NULL));
    return NULL;
}

static void threads_may_allocate_at_once(void **state)
{
    int before = count_fds();
    GstDmaHeapAllocator *allocator = new_allocator();
    GThread *thread[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        thread[i] = g_thread_new("churn", churn, allocator);
    for (int i = 0; i < 3; i++)
        g_thread_join(thread[i]);
    assert_true(fake_kernel.allocations <= 9);
    gst_object_unref(allocator);
    assert_int_equal(count_fds(), before);
}

static const struct CMUnitTest tests[] = {
    plugin_test(allocates_as_any_allocator_does),
    plugin_test(memory_is_a_dma_buf),
    plugin_test(dma_bufs_have_the_allocators_name),
    plugin_test(a_long_name_is_cut),
    plugin_test(prefix_and_padding_are_there),
    plugin_test(alignment_up_to_a_page_is_had),
    plugin_test(alignment_above_a_page_is_refused),
    plugin_test(nonsense_sizes_are_refused),
    plugin_test(exhaustion_is_told),
    plugin_test(kept_memory_is_given_up_for_another_size),
    plugin_test(freed_memory_is_recycled),
    plugin_test(zeroed_memory_is_not_recycled),
    plugin_test(few_are_kept),
    plugin_test(few_bytes_are_kept),
    plugin_test(what_is_kept_goes_after_a_while),
    plugin_test(the_programs_log_handler_stays),
    plugin_test(memory_may_outlive_who_allocated_it),
    plugin_test(a_foreign_fd_is_wrapped),
    plugin_test(an_unknown_heap_is_told_with_those_there_are),
    plugin_test(the_heap_is_named),
    plugin_test(threads_may_allocate_at_once),
};

PLUGIN_TEST_MAIN("plugin-allocator", tests)
