/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of a heap: copied, shared in parts, and put together again. */
#include "fixture.h"

#include <errno.h>
#include <string.h>

/* Memory of @bytes in which each byte tells where it is. */
static GstMemory *pattern(GstDmaHeapAllocator *allocator, gsize bytes,
                          GstAllocationParams *params)
{
    GstMemory *memory = gst_allocator_alloc(GST_ALLOCATOR(allocator), bytes, params);
    GstMapInfo map;

    assert_non_null(memory);
    assert_true(gst_memory_map(memory, &map, GST_MAP_WRITE));
    assert_int_equal(map.size, bytes);
    for (gsize i = 0; i < bytes; i++)
        map.data[i] = i % 251;
    gst_memory_unmap(memory, &map);
    return memory;
}

static void assert_pattern(GstMemory *memory, gsize from, gsize bytes)
{
    GstMapInfo map;

    assert_true(gst_memory_map(memory, &map, GST_MAP_READ));
    assert_int_equal(map.size, bytes);
    for (gsize i = 0; i < bytes; i++)
        assert_int_equal(map.data[i], (from + i) % 251);
    gst_memory_unmap(memory, &map);
}

static void a_copy_is_of_the_heap(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = pattern(allocator, 5000, NULL);
    static const struct {
        gssize offset, size;
        gsize bytes;
    } parts[] = {
        {0, -1, 5000}, {0, 5000, 5000}, {7, -1, 4993}, {7, 100, 100}, {4999, 1, 1}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        GstMemory *copy = gst_memory_copy(memory, parts[i].offset, parts[i].size);

        assert_ptr_equal(copy->allocator, allocator);
        assert_true(inode_of_memory(copy) != inode_of_memory(memory));
        assert_null(copy->parent);
        assert_pattern(copy, parts[i].offset, parts[i].bytes);
        gst_memory_unref(copy);
    }
    assert_int_equal(fake_sync_open(), 0);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void a_copy_of_memory_with_a_prefix_begins_at_its_data(void **state)
{
    GstAllocationParams params = {.prefix = 33, .padding = 12};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = pattern(allocator, 100, &params);
    GstMemory *copy = gst_memory_copy(memory, 10, -1);

    (void)state;
    assert_pattern(copy, 10, 90);
    gst_memory_unref(copy);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void a_copy_beyond_the_end_is_none(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = pattern(allocator, 100, NULL);
    struct heard heard;

    (void)state;
    heard_listen(&heard, allocator, "exhausted");
    assert_null(gst_memory_copy(memory, 101, -1));
    assert_null(gst_memory_copy(memory, 100, -1));
    assert_null(gst_memory_copy(memory, 90, 11));
    assert_null(gst_memory_copy(memory, 0, PAGE * 3));
    assert_int_equal(heard.times, 0);
    assert_int_equal(fake_sync_open(), 0);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
    heard_clear(&heard);
}

static void a_copy_without_memory_fails_whole(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = pattern(allocator, 100, NULL);
    int before = count_fds();

    (void)state;
    fake_kernel.alloc_error = -ENOMEM;
    assert_null(gst_memory_copy(memory, 0, -1));
    fake_kernel.alloc_error = 0;
    fake_sync.start_error = -EIO;
    assert_null(gst_memory_copy(memory, 0, -1));
    fake_sync.start_error = 0;
    assert_int_equal(fake_sync_open(), 0);
    assert_int_equal(count_fds(), before);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static void a_deep_copy_of_a_buffer_is_of_the_heap(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBuffer *buffer = gst_buffer_new(), *copy;

    (void)state;
    gst_buffer_append_memory(buffer, pattern(allocator, 500, NULL));
    gst_buffer_append_memory(buffer, pattern(allocator, 300, NULL));
    copy = gst_buffer_copy_deep(buffer);
    assert_int_equal(gst_buffer_n_memory(copy), 2);
    assert_ptr_equal(gst_buffer_peek_memory(copy, 1)->allocator, allocator);
    assert_pattern(gst_buffer_peek_memory(copy, 0), 0, 500);
    assert_pattern(gst_buffer_peek_memory(copy, 1), 0, 300);
    gst_buffer_unref(copy);
    gst_buffer_unref(buffer);
    gst_object_unref(allocator);
}

static void a_part_is_of_the_same_dma_buf(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, NULL);
    GstMemory *part = gst_memory_share(whole, 1000, 200);
    GstMemory *rest = gst_memory_share(whole, 4000, -1);
    gsize offset;

    (void)state;
    assert_ptr_equal(part->parent, whole);
    assert_int_equal(inode_of_memory(part), inode_of_memory(whole));
    assert_int_equal(gst_memory_get_sizes(part, &offset, NULL), 200);
    assert_int_equal(offset, 1000);
    assert_int_equal(gst_memory_get_sizes(rest, &offset, NULL), 1000);
    assert_int_equal(offset, 4000);
    assert_pattern(part, 1000, 200);
    assert_pattern(rest, 4000, 1000);
    gst_memory_unref(rest);
    gst_memory_unref(part);
    assert_int_equal(fake_kernel.allocations, 1);
    gst_memory_unref(whole);
    gst_object_unref(allocator);
}

static void parts_are_read_only(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, NULL);
    GstMemory *part = gst_memory_share(whole, 1000, 200);
    GstMapInfo map;

    (void)state;
    assert_true(GST_MEMORY_IS_READONLY(part));
    assert_false(gst_memory_map(part, &map, GST_MAP_WRITE));
    assert_int_equal(fake_sync_open(), 0);
    gst_memory_unref(part);
    assert_true(gst_memory_map(whole, &map, GST_MAP_WRITE));
    gst_memory_unmap(whole, &map);
    gst_memory_unref(whole);
    gst_object_unref(allocator);
}

static void parts_of_parts_are_of_the_whole(void **state)
{
    GstAllocationParams params = {.prefix = 64};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, &params);
    GstMemory *part = gst_memory_share(whole, 1000, 500);
    GstMemory *small = gst_memory_share(part, 100, 50);
    GstMemory *least = gst_memory_share(small, 10, -1);

    (void)state;
    assert_ptr_equal(least->parent, whole);
    gst_memory_unref(part);
    gst_memory_unref(small);
    gst_memory_unref(whole);
    assert_pattern(least, 1110, 40);
    gst_memory_unref(least);
    gst_object_unref(allocator);
}

static void the_whole_lives_as_long_as_its_parts(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, NULL);
    GstMemory *part = gst_memory_share(whole, 1000, 200);
    GstMemory *other;

    (void)state;
    gst_memory_unref(whole);
    other = gst_allocator_alloc(GST_ALLOCATOR(allocator), 5000, NULL);
    assert_true(inode_of_memory(other) != inode_of_memory(part));
    assert_int_equal(fake_kernel.allocations, 2);
    assert_pattern(part, 1000, 200);
    gst_memory_unref(part);
    gst_memory_unref(other);
    other = gst_allocator_alloc(GST_ALLOCATOR(allocator), 5000, NULL);
    assert_int_equal(fake_kernel.allocations, 2);
    gst_memory_unref(other);
    gst_object_unref(allocator);
}

static void only_neighbours_span(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, NULL);
    GstMemory *other = pattern(allocator, 5000, NULL);
    GstMemory *a = gst_memory_share(whole, 1000, 200);
    GstMemory *b = gst_memory_share(whole, 1200, 300);
    GstMemory *c = gst_memory_share(whole, 1501, 10);
    GstMemory *d = gst_memory_share(other, 1200, 300);
    gsize offset = 0;

    (void)state;
    assert_true(gst_memory_is_span(a, b, &offset));
    assert_int_equal(offset, 1000);
    assert_true(gst_memory_is_span(a, b, NULL));
    assert_false(gst_memory_is_span(b, a, &offset));
    assert_false(gst_memory_is_span(b, c, &offset));
    assert_false(gst_memory_is_span(a, d, &offset));
    assert_false(gst_memory_is_span(whole, other, &offset));
    assert_false(gst_memory_is_span(whole, a, &offset));
    gst_memory_unref(a);
    gst_memory_unref(b);
    gst_memory_unref(c);
    gst_memory_unref(d);
    gst_memory_unref(whole);
    gst_memory_unref(other);
    gst_object_unref(allocator);
}

static void assert_buffer(GstBuffer *buffer, gsize from, gsize bytes)
{
    GstMapInfo map;

    assert_true(gst_buffer_map(buffer, &map, GST_MAP_READ));
    assert_int_equal(map.size, bytes);
    for (gsize i = 0; i < bytes; i++)
        assert_int_equal(map.data[i], (from + i) % 251);
    gst_buffer_unmap(buffer, &map);
}

static void neighbours_are_mapped_as_one(void **state)
{
    GstAllocationParams params = {.prefix = 40};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, &params);
    GstBuffer *buffer = gst_buffer_new();

    (void)state;
    gst_buffer_append_memory(buffer, gst_memory_share(whole, 1000, 200));
    gst_buffer_append_memory(buffer, gst_memory_share(whole, 1200, 300));
    assert_buffer(buffer, 1000, 500);
    /* No copy was made of them. */
    assert_int_equal(fake_kernel.allocations, 1);
    assert_int_equal(fake_sync_open(), 0);
    gst_buffer_unref(buffer);
    gst_memory_unref(whole);
    gst_object_unref(allocator);
}

/* That copies them, and where the buffer may be written, its memories with them. */
static void memories_apart_are_mapped_with_all_their_bytes(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *whole = pattern(allocator, 5000, NULL);
    GstBuffer *buffer = gst_buffer_new();
    GstMapInfo map;

    (void)state;
    gst_buffer_append_memory(buffer, gst_memory_copy(whole, 0, 251 * 4));
    gst_buffer_append_memory(buffer, gst_memory_copy(whole, 251 * 4, 251 * 2));
    gst_buffer_ref(buffer);
    assert_buffer(buffer, 0, 251 * 6);
    gst_buffer_unref(buffer);
    /* Each by itself is still the heap's. */
    assert_int_equal(gst_buffer_n_memory(buffer), 2);
    assert_true(gst_buffer_map_range(buffer, 1, 1, &map, GST_MAP_READWRITE));
    assert_int_equal(map.data[0], 0);
    gst_buffer_unmap(buffer, &map);
    assert_int_equal(fake_sync_open(), 0);
    gst_buffer_unref(buffer);
    gst_memory_unref(whole);
    gst_object_unref(allocator);
}

static void a_region_of_a_buffer_is_a_part(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBuffer *buffer = gst_buffer_new(), *region;

    (void)state;
    gst_buffer_append_memory(buffer, pattern(allocator, 3000, NULL));
    region = gst_buffer_copy_region(buffer, GST_BUFFER_COPY_MEMORY, 500, 700);
    assert_int_equal(inode_of_memory(gst_buffer_peek_memory(region, 0)),
                     inode_of_memory(gst_buffer_peek_memory(buffer, 0)));
    assert_buffer(region, 500, 700);
    gst_buffer_unref(buffer);
    assert_buffer(region, 500, 700);
    gst_buffer_unref(region);
    gst_object_unref(allocator);
}

static void a_resized_memory_shows_its_range(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstMemory *memory = pattern(allocator, 3000, NULL);

    (void)state;
    gst_memory_resize(memory, 100, 500);
    assert_pattern(memory, 100, 500);
    gst_memory_resize(memory, -50, 200);
    assert_pattern(memory, 50, 200);
    gst_memory_unref(memory);
    gst_object_unref(allocator);
}

static const struct CMUnitTest tests[] = {
    plugin_test(a_copy_is_of_the_heap),
    plugin_test(a_copy_of_memory_with_a_prefix_begins_at_its_data),
    plugin_test(a_copy_beyond_the_end_is_none),
    plugin_test(a_copy_without_memory_fails_whole),
    plugin_test(a_deep_copy_of_a_buffer_is_of_the_heap),
    plugin_test(a_part_is_of_the_same_dma_buf),
    plugin_test(parts_are_read_only),
    plugin_test(parts_of_parts_are_of_the_whole),
    plugin_test(the_whole_lives_as_long_as_its_parts),
    plugin_test(only_neighbours_span),
    plugin_test(neighbours_are_mapped_as_one),
    plugin_test(memories_apart_are_mapped_with_all_their_bytes),
    plugin_test(a_region_of_a_buffer_is_a_part),
    plugin_test(a_resized_memory_shows_its_range),
};

PLUGIN_TEST_MAIN("plugin-memory", tests)
