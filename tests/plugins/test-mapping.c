/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One mapping of a dma-buf: what the kernel is told of accesses that overlap. */
#include "fixture.h"
#include "memory/gstdmaheapmapping.h"

#include <errno.h>
#include <sys/mman.h>

struct mapped {
    int fd;
    struct gst_dma_heap_mapping *mapping;
};

static struct mapped map_memfd(void)
{
    struct mapped mapped = {.fd = memfd_create("mapped", MFD_CLOEXEC)};

    assert_return_code(ftruncate(mapped.fd, PAGE), 0);
    mapped.mapping = gst_dma_heap_mapping_new(mapped.fd, PAGE);
    return mapped;
}

static void unmap_memfd(struct mapped *mapped)
{
    gst_dma_heap_mapping_free(mapped->mapping);
    close(mapped->fd);
}

static gpointer begin(struct mapped *mapped, GstMapFlags flags)
{
    gpointer data = NULL;

    assert_int_equal(gst_dma_heap_mapping_begin(mapped->mapping, flags, &data), 0);
    assert_non_null(data);
    return data;
}

static void end(struct mapped *mapped, GstMapFlags flags)
{
    assert_int_equal(gst_dma_heap_mapping_end(mapped->mapping, flags), 0);
}

static void assert_told(int start_reads, int start_writes, int end_reads, int end_writes)
{
    assert_int_equal(fake_sync.start_reads, start_reads);
    assert_int_equal(fake_sync.start_writes, start_writes);
    assert_int_equal(fake_sync.end_reads, end_reads);
    assert_int_equal(fake_sync.end_writes, end_writes);
}

static void it_is_mapped_once(void **state)
{
    struct mapped mapped = map_memfd();
    guint8 *data = begin(&mapped, GST_MAP_WRITE);

    (void)state;
    data[7] = 42;
    end(&mapped, GST_MAP_WRITE);
    assert_ptr_equal(begin(&mapped, GST_MAP_READ), data);
    assert_int_equal(data[7], 42);
    end(&mapped, GST_MAP_READ);
    unmap_memfd(&mapped);
}

static void a_wider_access_starts_what_was_not(void **state)
{
    struct mapped mapped = map_memfd();

    (void)state;
    begin(&mapped, GST_MAP_READ);
    begin(&mapped, GST_MAP_READWRITE);
    assert_told(1, 1, 0, 0);
    begin(&mapped, GST_MAP_WRITE);
    assert_told(1, 1, 0, 0);
    end(&mapped, GST_MAP_WRITE);
    assert_told(1, 1, 0, 0);
    end(&mapped, GST_MAP_READWRITE);
    assert_told(1, 1, 0, 1);
    end(&mapped, GST_MAP_READ);
    assert_told(1, 1, 1, 1);
    unmap_memfd(&mapped);
    assert_told(1, 1, 1, 1);
}

static void accesses_may_end_in_any_order(void **state)
{
    struct mapped mapped = map_memfd();

    (void)state;
    begin(&mapped, GST_MAP_READ);
    begin(&mapped, GST_MAP_WRITE);
    end(&mapped, GST_MAP_READ);
    assert_told(1, 1, 1, 0);
    begin(&mapped, GST_MAP_READ);
    assert_told(2, 1, 1, 0);
    end(&mapped, GST_MAP_WRITE);
    assert_told(2, 1, 1, 1);
    end(&mapped, GST_MAP_READ);
    assert_told(2, 1, 2, 1);
    unmap_memfd(&mapped);
}

static void a_wider_access_that_cannot_start_leaves_the_first(void **state)
{
    struct mapped mapped = map_memfd();
    gpointer data;

    (void)state;
    begin(&mapped, GST_MAP_READ);
    fake_sync.start_error = -EIO;
    assert_int_equal(gst_dma_heap_mapping_begin(mapped.mapping, GST_MAP_READWRITE, &data),
                     -EIO);
    fake_sync.start_error = 0;
    end(&mapped, GST_MAP_READ);
    assert_told(1, 0, 1, 0);
    unmap_memfd(&mapped);
    assert_told(1, 0, 1, 0);
}

static void an_end_that_fails_is_told(void **state)
{
    struct mapped mapped = map_memfd();

    (void)state;
    begin(&mapped, GST_MAP_READ);
    fake_sync.end_error = -EIO;
    assert_int_equal(gst_dma_heap_mapping_end(mapped.mapping, GST_MAP_READ), -EIO);
    fake_sync.end_error = 0;
    unmap_memfd(&mapped);
}

static void what_is_open_is_ended_with_the_mapping(void **state)
{
    struct mapped mapped = map_memfd();

    (void)state;
    begin(&mapped, GST_MAP_READWRITE);
    begin(&mapped, GST_MAP_READ);
    unmap_memfd(&mapped);
    assert_told(1, 1, 1, 1);
}

static void what_cannot_be_mapped_says_why(void **state)
{
    struct gst_dma_heap_mapping *mapping = gst_dma_heap_mapping_new(-1, PAGE);
    gpointer data;

    (void)state;
    assert_int_equal(gst_dma_heap_mapping_begin(mapping, GST_MAP_READ, &data), -EBADF);
    assert_told(0, 0, 0, 0);
    gst_dma_heap_mapping_free(mapping);
}

static const struct CMUnitTest tests[] = {
    plugin_test(it_is_mapped_once),
    plugin_test(a_wider_access_starts_what_was_not),
    plugin_test(accesses_may_end_in_any_order),
    plugin_test(a_wider_access_that_cannot_start_leaves_the_first),
    plugin_test(an_end_that_fails_is_told),
    plugin_test(what_is_open_is_ended_with_the_mapping),
    plugin_test(what_cannot_be_mapped_says_why),
};

PLUGIN_TEST_MAIN("plugin-mapping", tests)
