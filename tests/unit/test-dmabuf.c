/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmabuf - what the kernel is asked, by a zc_ioctl() that stands here in its place. */
#include "base/ioctl.h"
#include "test.h"
#include "zerocopy.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <string.h>

#define DMABUF 7
#define FENCE 9

static struct {
    int calls, answer, fd;
    unsigned long request;
    uint64_t sync;
    struct dma_buf_export_sync_file export;
    struct dma_buf_import_sync_file import;
} kernel;

int zc_ioctl(int fd, unsigned long request, void *arg)
{
    kernel.calls++;
    kernel.fd = fd;
    kernel.request = request;
    if (request == DMA_BUF_IOCTL_SYNC) {
        kernel.sync = ((struct dma_buf_sync *)arg)->flags;
    } else if (request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE) {
        kernel.export = *(struct dma_buf_export_sync_file *)arg;
        ((struct dma_buf_export_sync_file *)arg)->fd = kernel.answer ? -1 : FENCE;
    } else if (request == DMA_BUF_IOCTL_IMPORT_SYNC_FILE) {
        kernel.import = *(struct dma_buf_import_sync_file *)arg;
    }
    return kernel.answer;
}

static int begin(void **state)
{
    (void)state;
    memset(&kernel, 0, sizeof(kernel));
    return 0;
}

static void assert_asked(unsigned long request)
{
    assert_int_equal(kernel.calls, 1);
    assert_int_equal(kernel.fd, DMABUF);
    assert_int_equal(kernel.request, request);
    kernel.calls = 0;
}

static void access_by_the_cpu_begins_and_ends(void **state)
{
    static const struct {
        int access;
        uint64_t flags;
    } cases[] = {{ZC_CPU_READ, DMA_BUF_SYNC_READ},
                 {ZC_CPU_WRITE, DMA_BUF_SYNC_WRITE},
                 {ZC_CPU_READ | ZC_CPU_WRITE, DMA_BUF_SYNC_RW}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(zc_dmabuf_begin_cpu(DMABUF, cases[i].access), 0);
        assert_asked(DMA_BUF_IOCTL_SYNC);
        assert_int_equal(kernel.sync, DMA_BUF_SYNC_START | cases[i].flags);
        assert_int_equal(zc_dmabuf_end_cpu(DMABUF, cases[i].access), 0);
        assert_asked(DMA_BUF_IOCTL_SYNC);
        assert_int_equal(kernel.sync, DMA_BUF_SYNC_END | cases[i].flags);
    }
}

static void a_fence_comes_out(void **state)
{
    int fence = -1;

    (void)state;
    assert_int_equal(zc_dmabuf_get_fence(DMABUF, false, &fence), 0);
    assert_asked(DMA_BUF_IOCTL_EXPORT_SYNC_FILE);
    assert_int_equal(kernel.export.flags, DMA_BUF_SYNC_READ);
    assert_int_equal(fence, FENCE);
    assert_int_equal(zc_dmabuf_get_fence(DMABUF, true, &fence), 0);
    assert_int_equal(kernel.export.flags, DMA_BUF_SYNC_WRITE);
}

static void a_fence_goes_in(void **state)
{
    (void)state;
    assert_int_equal(zc_dmabuf_add_fence(DMABUF, true, FENCE), 0);
    assert_asked(DMA_BUF_IOCTL_IMPORT_SYNC_FILE);
    assert_int_equal(kernel.import.flags, DMA_BUF_SYNC_WRITE);
    assert_int_equal(kernel.import.fd, FENCE);
    assert_int_equal(zc_dmabuf_add_fence(DMABUF, false, FENCE), 0);
    assert_int_equal(kernel.import.flags, DMA_BUF_SYNC_READ);
}

static void what_the_kernel_answers_is_passed_on(void **state)
{
    int fence = -2;

    (void)state;
    kernel.answer = -ENOTTY;
    assert_int_equal(zc_dmabuf_begin_cpu(DMABUF, ZC_CPU_READ), -ENOTTY);
    assert_int_equal(zc_dmabuf_end_cpu(DMABUF, ZC_CPU_READ), -ENOTTY);
    assert_int_equal(zc_dmabuf_get_fence(DMABUF, false, &fence), -ENOTTY);
    assert_int_equal(fence, -2);
    assert_int_equal(zc_dmabuf_add_fence(DMABUF, false, FENCE), -ENOTTY);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(access_by_the_cpu_begins_and_ends, begin),
    cmocka_unit_test_setup(a_fence_comes_out, begin),
    cmocka_unit_test_setup(a_fence_goes_in, begin),
    cmocka_unit_test_setup(what_the_kernel_answers_is_passed_on, begin),
};
TEST_MAIN("dmabuf", tests)
