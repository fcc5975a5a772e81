/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heap: what it says when there is none, and the lengths that it refuses. */
#include "fake-kernel.h"
#include "memory/heap-private.h"
#include "said.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
    const size_t page = sysconf(_SC_PAGESIZE);
    const struct {
        size_t bytes, align, got;
    } good[] = {
        {1, 0, page},
        {page, 0, page},
        {page + 1, 1, 2 * page},
        {page + 1000, 16 * page, 16 * page},
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

/* Machines as a folder of nodes and what the device tree reserves ("+" for reusable), from
 * the kernel's documents and vendors' trees; and the heap that is the best of a property. */
struct machine {
    const char *machine, *nodes[5], *reserved[3], *best;
};

static const struct machine contiguous[] = {
    {"Pi 4, the kernel of Raspberry Pi OS",
     {"linux,cma", "system", "vidbuf_cached", "system-contiguous"},
     {NULL},
     "linux,cma"},
    {"x86 or Linux 6.12 without a region in the device tree",
     {"reserved", "system", "system-contiguous"},
     {NULL},
     "reserved"},
    {"Linux 6.17, the default region",
     {"default_cma_region", "reserved", "system", "vpu@a0000000"},
     {"+vpu@a0000000"},
     "default_cma_region"},
    {"Linux 6.17, one region that is no default",
     {"system", "system-contiguous", "rproc@b0000000", "vpu@a0000000"},
     {"rproc@b0000000", "+vpu@a0000000"},
     "vpu@a0000000"},
    {"Rockchip", {"cma", "cma-uncached", "system"}, {NULL}, "cma"},
    {"no CMA",
     {"system", "system-contiguous", "system-dma32"},
     {NULL},
     "system-contiguous"},
    {"neither", {"system", "system-dma32"}, {NULL}, NULL},
};

static const struct machine cached[] = {
    {"the kernel's heap and the module's",
     {"system", "system-cacheable", "system-pooled", "system-dma32"},
     {NULL},
     "system-cacheable"},
    {"the kernel's heap and those of an older module",
     {"system", "system-pooled", "system-dma32"},
     {NULL},
     "system-pooled"},
    {"the kernel's heap alone", {"system"}, {NULL}, "system"},
};

static void prefers(const char *property, const struct machine *machine)
{
    const char *folders[] = {zc_heap_folder, zc_reserved_folder};
    char root[] = "/tmp/heaps-XXXXXX", nodes[64], reserved[64], command[256];
    struct zc_heap *heap = NULL;
    int error;

    assert_non_null(mkdtemp(root));
    snprintf(nodes, sizeof(nodes), "%s/heaps", root);
    snprintf(reserved, sizeof(reserved), "%s/reserved", root);
    assert_int_equal(mkdir(nodes, 0700) | mkdir(reserved, 0700), 0);
    for (int n = 0; machine->nodes[n]; n++) {
        snprintf(command, sizeof(command), "%s/%s", nodes, machine->nodes[n]);
        close(open(command, O_CREAT | O_RDWR, 0600));
    }
    for (int n = 0; machine->reserved[n]; n++) {
        bool reusable = machine->reserved[n][0] == '+';

        snprintf(command, sizeof(command), "d=%s/%s; mkdir $d && touch $d/%s", reserved,
                 machine->reserved[n] + reusable, reusable ? "reusable" : "no-map");
        assert_int_equal(system(command), 0);
    }
    zc_heap_folder = nodes;
    zc_reserved_folder = reserved;
    error = zc_heap_open(&heap, property);
    if (error != (machine->best ? 0 : -ENOENT) ||
        (heap && strcmp(zc_heap_name(heap), machine->best)))
        fail_msg("%s: %s, not %s", machine->machine,
                 heap ? zc_heap_name(heap) : strerror(-error), machine->best);
    zc_heap_close(heap);
    zc_heap_folder = folders[0];
    zc_reserved_folder = folders[1];
    snprintf(command, sizeof(command), "rm -r %s", root);
    assert_int_equal(system(command), 0);
}

static void test_contiguous_prefers_the_cma_area(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(contiguous) / sizeof(contiguous[0]); i++)
        prefers("contiguous", &contiguous[i]);
}

static void test_cached_prefers_the_module(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cached) / sizeof(cached[0]); i++)
        prefers("cached", &cached[i]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(test_missing_heap_is_named, setup),
    cmocka_unit_test_setup(test_lengths, setup),
    cmocka_unit_test_setup(test_contiguous_prefers_the_cma_area, setup),
    cmocka_unit_test_setup(test_cached_prefers_the_module, setup),
    cmocka_unit_test_setup(test_exhausted_heap_says_what_makes_room, setup),
};

TEST_MAIN("heap", tests)
