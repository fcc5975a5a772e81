/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heap: what it says when there is none, and the lengths that it refuses. */
#include "fake-kernel.h"
#include "said.h"
#include "test.h"
#include "zerocopy.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    said_listen(ZC_LOG_ERROR);
    return 0;
}

static void test_missing_heap_is_named(void **state)
{
    struct zc_heap *heap;

    (void)state;
    assert_int_equal(zc_heap_open(&heap, "no-such-heap"), -ENOENT);
    assert_non_null(strstr(said, "\"no-such-heap\""));
    assert_int_equal(zc_heap_open(&heap, "/dev/dma_heap/no-such-heap"), -ENOENT);
    assert_int_equal(zc_heap_open(&heap, "../null"), -ENOENT);
    assert_int_equal(zc_heap_open(&heap, ""), -ENOENT);
}

static void test_lengths(void **state)
{
    static const struct {
        size_t bytes, align, got;
    } good[] = {
        {1, 0, 4096},
        {4096, 0, 4096},
        {4097, 1, 8192},
        {5000, 65536, 65536},
    };
    struct zc_heap *heap;
    struct stat node;
    int fd;

    (void)state;
    assert_int_equal(zc_heap_open(&heap, FAKE_NODE), 0);
    assert_string_equal(zc_heap_name(heap), "null");
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(zc_heap_alloc(heap, good[i].bytes, good[i].align, NULL, &fd), 0);
        assert_int_equal(fstat(fd, &node), 0);
        assert_int_equal(node.st_size, good[i].got);
        close(fd);
    }
    assert_int_equal(zc_heap_alloc(heap, 0, 0, NULL, &fd), -EINVAL);
    assert_int_equal(zc_heap_alloc(heap, SIZE_MAX, 0, NULL, &fd), -EINVAL);
    assert_int_equal(zc_heap_alloc(heap, 4096, 3000, NULL, &fd), -EINVAL);
    zc_heap_close(heap);
}

static void test_exhausted_heap_says_what_makes_room(void **state)
{
    struct zc_heap *heap;
    int fd;

    (void)state;
    assert_int_equal(zc_heap_open(&heap, FAKE_NODE), 0);
    fake_kernel.alloc_error = -ENOMEM;
    assert_int_equal(zc_heap_alloc(heap, 1 << 20, 0, NULL, &fd), -ENOMEM);
    assert_non_null(strstr(said, "1048576 bytes"));
    assert_non_null(strstr(said, "exhausted"));
    assert_non_null(strstr(said, "kB of memory available"));
    zc_heap_close(heap);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_missing_heap_is_named, setup),
    cmocka_unit_test_setup(test_lengths, setup),
    cmocka_unit_test_setup(test_exhausted_heap_says_what_makes_room, setup),
};

TEST_MAIN("heap", tests)
