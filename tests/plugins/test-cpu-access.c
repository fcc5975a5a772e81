/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CPU's accesses to memory of a heap: paired, counted, and told of. */
#include "fixture.h"
#include "memory/gstdmaheapculprit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

static void assert_starts(int reads, int writes)
{
    assert_int_equal(fake_sync.start_reads, reads);
    assert_int_equal(fake_sync.start_writes, writes);
}

static void assert_ends(int reads, int writes)
{
    assert_int_equal(fake_sync.end_reads, reads);
    assert_int_equal(fake_sync.end_writes, writes);
}

static void each_access_starts_and_ends_by_direction(void **state)
{
    static const struct {
        GstMapFlags flags;
        int reads, writes;
    } cases[] = {{GST_MAP_READ, 1, 0}, {GST_MAP_WRITE, 0, 1}, {GST_MAP_READWRITE, 1, 1}};
    struct page *page = *state;
    GstMapInfo map;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        fake_sync_reset();
        assert_true(gst_memory_map(page->memory, &map, cases[i].flags));
        assert_starts(cases[i].reads, cases[i].writes);
        assert_ends(0, 0);
        gst_memory_unmap(page->memory, &map);
        assert_starts(cases[i].reads, cases[i].writes);
        assert_ends(cases[i].reads, cases[i].writes);
    }
}

static void an_access_within_another_is_no_second_one(void **state)
{
    struct page *page = *state;
    GstMapInfo outer, inner;

    assert_true(gst_memory_map(page->memory, &outer, GST_MAP_READ));
    assert_true(gst_memory_map(page->memory, &inner, GST_MAP_READ));
    assert_ptr_equal(outer.data, inner.data);
    assert_starts(1, 0);
    gst_memory_unmap(page->memory, &inner);
    assert_ends(0, 0);
    gst_memory_unmap(page->memory, &outer);
    assert_ends(1, 0);
}

/* GStreamer's lock allows only what the first map asked for; parts have a lock each. */
static void a_wider_access_within_another_starts_the_rest(void **state)
{
    struct page *page = *state;
    GstMemory *part = gst_memory_share(page->memory, 0, 100);
    GstMapInfo outer, inner;

    assert_true(gst_memory_map(part, &outer, GST_MAP_READ));
    assert_starts(1, 0);
    gst_memory_unmap(part, &outer);
    gst_memory_unref(part);
    fake_sync_reset();
    assert_true(gst_memory_map(page->memory, &outer, GST_MAP_READWRITE));
    assert_true(gst_memory_map(page->memory, &inner, GST_MAP_WRITE));
    assert_starts(1, 1);
    gst_memory_unmap(page->memory, &outer);
    /* Interleaved: the first to begin is the first to end. */
    assert_ends(1, 0);
    gst_memory_unmap(page->memory, &inner);
    assert_ends(1, 1);
}

static void parts_and_whole_share_one_access(void **state)
{
    struct page *page = *state;
    GstMemory *one = gst_memory_share(page->memory, 0, 100);
    GstMemory *other = gst_memory_share(page->memory, 100, 100);
    GstMapInfo a, b;

    assert_true(gst_memory_map(one, &a, GST_MAP_READ));
    assert_true(gst_memory_map(other, &b, GST_MAP_READ));
    assert_ptr_equal(a.data + 100, b.data);
    assert_starts(1, 0);
    gst_memory_unmap(one, &a);
    assert_ends(0, 0);
    gst_memory_unmap(other, &b);
    assert_ends(1, 0);
    assert_int_equal(gst_dma_heap_allocator_get_cpu_maps(page->allocator), 2);
    gst_memory_unref(one);
    gst_memory_unref(other);
}

static gpointer read_often(gpointer memory)
{
    for (int i = 0; i < 2000; i++) {
        GstMapInfo map;

        if (!gst_memory_map(memory, &map, GST_MAP_READ) || map.data[0] != 77)
            return NULL;
        gst_memory_unmap(memory, &map);
    }
    return memory;
}

static void threads_may_read_at_once(void **state)
{
    struct page *page = *state;
    GThread *thread[3];
    GstMapInfo map;

    assert_true(gst_memory_map(page->memory, &map, GST_MAP_WRITE));
    map.data[0] = 77;
    gst_memory_unmap(page->memory, &map);
    for (int i = 0; i < 3; i++)
        thread[i] = g_thread_new("reader", read_often, page->memory);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(g_thread_join(thread[i]), page->memory);
    assert_int_equal(fake_sync_open(), 0);
    assert_int_equal(fake_sync.start_reads, fake_sync.end_reads);
    assert_int_equal(gst_dma_heap_allocator_get_cpu_maps(page->allocator), 6001);
}

static void an_access_that_cannot_start_is_none(void **state)
{
    struct page *page = *state;
    GstMapInfo map;

    fake_sync.start_error = -EIO;
    assert_false(gst_memory_map(page->memory, &map, GST_MAP_READWRITE));
    assert_int_equal(gst_dma_heap_allocator_get_cpu_maps(page->allocator), 0);
    fake_sync.start_error = 0;
    assert_true(gst_memory_map(page->memory, &map, GST_MAP_READ));
    assert_starts(1, 0);
    gst_memory_unmap(page->memory, &map);
    assert_ends(1, 0);
}

/* A log function of our own would leave a list that GStreamer never frees. */
static char *stderr_of_unmap(GstMemory *memory, GstMapInfo *map)
{
    int keep = dup(STDERR_FILENO), file = memfd_create("stderr", MFD_CLOEXEC);
    char *text = g_malloc0(4096);

    gst_debug_set_colored(FALSE);
    gst_debug_set_active(TRUE);
    gst_debug_set_threshold_for_name("dmaheapallocator", GST_LEVEL_ERROR);
    dup2(file, STDERR_FILENO);
    gst_memory_unmap(memory, map);
    dup2(keep, STDERR_FILENO);
    gst_debug_set_active(FALSE);
    assert_return_code(pread(file, text, 4095, 0), errno);
    close(file);
    close(keep);
    return text;
}

static void an_access_that_cannot_end_is_said(void **state)
{
    struct page *page = *state;
    GstMapInfo map;
    char *text;

    assert_true(gst_memory_map(page->memory, &map, GST_MAP_READ));
    fake_sync.end_error = -EIO;
    text = stderr_of_unmap(page->memory, &map);
    fake_sync.end_error = 0;
    assert_non_null(strstr(text, "cannot end the CPU's access to a dma-buf: "
                                 "Input/output error"));
    g_free(text);
    /* The next access begins anew. */
    assert_true(gst_memory_map(page->memory, &map, GST_MAP_READ));
    gst_memory_unmap(page->memory, &map);
    assert_starts(2, 0);
    assert_ends(1, 0);
}

static void a_dma_buf_that_cannot_be_mapped_gives_no_access(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    GstMemory *memory;
    GstMapInfo map;

    (void)state;
    assert_return_code(ftruncate(fd, PAGE), 0);
    assert_return_code(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
    memory = gst_dmabuf_allocator_alloc(GST_ALLOCATOR(allocator), fd, PAGE);
    assert_false(gst_memory_map(memory, &map, GST_MAP_READ));
    assert_starts(0, 0);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void allowed_accesses_are_not_told_of(void **state)
{
    struct page *page = *state;
    struct heard heard;
    GstMapInfo map;

    heard_listen(&heard, page->allocator, "cpu-access");
    for (int i = 0; i < 5; i++) {
        assert_true(gst_memory_map(page->memory, &map, GST_MAP_READ));
        gst_memory_unmap(page->memory, &map);
    }
    assert_int_equal(heard.times, 0);
    assert_int_equal(gst_dma_heap_allocator_get_cpu_maps(page->allocator), 5);
}

static void accesses_with_a_warning_are_told_of(void **state)
{
    struct page *page = *state;
    struct heard heard;
    GstMapInfo map;

    heard_listen(&heard, page->allocator, "cpu-access");
    gst_dma_heap_allocator_set_cpu_access(page->allocator, GST_DMA_HEAP_CPU_ACCESS_WARN);
    assert_true(gst_memory_map(page->memory, &map, GST_MAP_WRITE));
    gst_memory_unmap(page->memory, &map);
    assert_int_equal(heard.times, 1);
    assert_int_equal(heard.first, GST_MAP_WRITE);
    assert_int_equal(gst_dma_heap_allocator_get_cpu_maps(page->allocator), 1);
    heard_clear(&heard);
}

static void denied_accesses_fail_and_are_told_of(void **state)
{
    struct page *page = *state;
    struct heard heard;
    GstMapInfo map;

    heard_listen(&heard, page->allocator, "cpu-access");
    gst_dma_heap_allocator_set_cpu_access(page->allocator, GST_DMA_HEAP_CPU_ACCESS_DENY);
    assert_false(gst_memory_map(page->memory, &map, GST_MAP_READ));
    assert_null(gst_memory_copy(page->memory, 0, -1));
    assert_int_equal(heard.times, 2);
    assert_int_equal(gst_dma_heap_allocator_get_cpu_maps(page->allocator), 0);
    assert_starts(0, 0);
    gst_dma_heap_allocator_set_cpu_access(page->allocator, GST_DMA_HEAP_CPU_ACCESS_ALLOW);
    assert_true(gst_memory_map(page->memory, &map, GST_MAP_READ));
    gst_memory_unmap(page->memory, &map);
    heard_clear(&heard);
}

static gpointer map_once(gpointer memory)
{
    GstMapInfo map;

    if (gst_memory_map(memory, &map, GST_MAP_READ))
        gst_memory_unmap(memory, &map);
    return NULL;
}

static void a_thread_is_named_where_no_element_runs(void **state)
{
    struct page *page = *state;
    struct heard heard;

    heard_listen(&heard, page->allocator, "cpu-access");
    gst_dma_heap_allocator_set_cpu_access(page->allocator, GST_DMA_HEAP_CPU_ACCESS_WARN);
    g_thread_join(g_thread_new("my-reader", map_once, page->memory));
    assert_string_equal(heard.text, "the thread \"my-reader\"");
    heard_clear(&heard);
}

/* What an element in the middle and one at the end of a pipeline is called. */
static void map_in_element(GstElement *element, GstBuffer *buffer, GstMemory *memory)
{
    (void)element, (void)buffer;
    map_once(memory);
}

static void map_in_sink(GstElement *element, GstBuffer *buffer, GstPad *pad,
                        GstMemory *memory)
{
    (void)pad;
    map_in_element(element, buffer, memory);
}

/* Runs @line with the element named "reader" mapping memory; gives what was heard. */
static void run_reader(const char *line, GCallback reads, struct heard *heard)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = alloc_page(allocator);
    GstElement *pipeline = gst_parse_launch(line, NULL), *reader;
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message;

    heard_listen(heard, allocator, "cpu-access");
    gst_dma_heap_allocator_set_cpu_access(allocator, GST_DMA_HEAP_CPU_ACCESS_WARN);
    reader = gst_bin_get_by_name(GST_BIN(pipeline), "reader");
    g_object_set(reader, "signal-handoffs", TRUE, NULL);
    g_signal_connect(reader, "handoff", reads, memory);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND,
                                         GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    assert_non_null(message);
    assert_int_equal(GST_MESSAGE_TYPE(message), GST_MESSAGE_EOS);
    gst_message_unref(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(reader);
    gst_object_unref(bus);
    gst_object_unref(pipeline);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void an_element_in_the_middle_is_named(void **state)
{
    struct heard heard;

    (void)state;
    run_reader("fakesrc num-buffers=3 ! identity name=reader ! identity ! fakesink",
               G_CALLBACK(map_in_element), &heard);
    assert_int_equal(heard.times, 3);
    assert_string_equal(heard.text, "reader");
    heard_clear(&heard);
}

static void an_element_behind_a_queue_is_named(void **state)
{
    struct heard heard;

    (void)state;
    run_reader("fakesrc num-buffers=3 ! queue ! identity ! fakesink name=reader",
               G_CALLBACK(map_in_sink), &heard);
    assert_int_equal(heard.times, 3);
    assert_string_equal(heard.text, "reader");
    heard_clear(&heard);
}

static void a_source_is_named_by_its_thread(void **state)
{
    struct heard heard;

    (void)state;
    run_reader("fakesrc name=reader num-buffers=3 ! identity ! fakesink",
               G_CALLBACK(map_in_sink), &heard);
    assert_string_equal(heard.text, "the thread \"reader:src\"");
    heard_clear(&heard);
}

static const struct CMUnitTest tests[] = {
    page_test(each_access_starts_and_ends_by_direction),
    page_test(an_access_within_another_is_no_second_one),
    page_test(a_wider_access_within_another_starts_the_rest),
    page_test(parts_and_whole_share_one_access),
    page_test(threads_may_read_at_once),
    page_test(an_access_that_cannot_start_is_none),
    page_test(an_access_that_cannot_end_is_said),
    plugin_test(a_dma_buf_that_cannot_be_mapped_gives_no_access),
    page_test(allowed_accesses_are_not_told_of),
    page_test(accesses_with_a_warning_are_told_of),
    page_test(denied_accesses_fail_and_are_told_of),
    page_test(a_thread_is_named_where_no_element_runs),
    plugin_test(an_element_in_the_middle_is_named),
    plugin_test(an_element_behind_a_queue_is_named),
    plugin_test(a_source_is_named_by_its_thread),
};

PLUGIN_TEST_MAIN("plugin-cpu-access", tests)
