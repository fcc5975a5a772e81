/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trial on a converter that does as it should, and on those that do not. */
#include "probe/trials.h"

#include "fake-kernel.h"
#include "test.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define WIDTH 320
#define HEIGHT 240
#define STRIDE 704 /* its own, more than rows of two bytes a pixel need */
#define BYTES (STRIDE * HEIGHT)
#define APART (1 << 20) /* its two buffers, in whole pages */

/* What is wrong with it. */
static enum {
    NOTHING,
    READS_ELSEWHERE, /* what is in dma-bufs never reaches it */
    WRITES_NOTHING,
    MISSES_A_ROW,
    REFUSES,     /* the memory */
    WITHOUT_FDS, /* it takes no dma-bufs at all */
    DAMAGES,     /* and says so */
    HANGS,
    CODES,        /* other formats come out than go in */
    HAS_NO_SIZES, /* but one */
} fault;
static bool mplane;
static int own; /* its memory: of both sides, one behind the other */
static struct device converter;
static struct memory heap;

/* A queue of the driver: in, out. */
static struct {
    uint32_t memory;
    int fd;
    bool queued, streams;
} queue[2];
static int n_passes;

static bool stops(void)
{
    return false;
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

static int side_of(uint32_t type)
{
    return type == V4L2_BUF_TYPE_VIDEO_OUTPUT || type == V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE
               ? 0
               : 1;
}

static int query_cap(struct v4l2_capability *cap)
{
    strcpy((char *)cap->card, "mock converter");
    strcpy((char *)cap->driver, "mock");
    cap->capabilities = V4L2_CAP_DEVICE_CAPS;
    cap->device_caps =
        V4L2_CAP_STREAMING | (mplane ? V4L2_CAP_VIDEO_M2M_MPLANE : V4L2_CAP_VIDEO_M2M);
    return 0;
}

static int enum_format(struct v4l2_fmtdesc *desc)
{
    if (desc->index)
        return refuse(EINVAL);
    desc->pixelformat =
        fault == CODES && side_of(desc->type) ? V4L2_PIX_FMT_H264 : V4L2_PIX_FMT_YUYV;
    return 0;
}

static int set_format(struct v4l2_format *format)
{
    if (mplane) {
        format->fmt.pix_mp.num_planes = 1;
        format->fmt.pix_mp.plane_fmt[0].bytesperline = STRIDE;
        format->fmt.pix_mp.plane_fmt[0].sizeimage = BYTES;
        format->fmt.pix_mp.width += fault == HAS_NO_SIZES;
    } else {
        format->fmt.pix.bytesperline = STRIDE;
        format->fmt.pix.sizeimage = BYTES;
        format->fmt.pix.width += fault == HAS_NO_SIZES;
    }
    return 0;
}

static int request(struct v4l2_requestbuffers *request)
{
    if (fault == WITHOUT_FDS && request->memory == V4L2_MEMORY_DMABUF)
        return refuse(EINVAL);
    queue[side_of(request->type)].memory = request->count ? request->memory : 0;
    return 0;
}

static int query(struct v4l2_buffer *buffer)
{
    uint32_t offset = side_of(buffer->type) * APART;

    if (mplane) {
        buffer->m.planes[0].length = BYTES;
        buffer->m.planes[0].m.mem_offset = offset;
    } else {
        buffer->length = BYTES;
        buffer->m.offset = offset;
    }
    return 0;
}

static int put(const struct v4l2_buffer *buffer)
{
    int side = side_of(buffer->type);
    bool imports = buffer->memory == V4L2_MEMORY_DMABUF;
    uint32_t length = mplane ? buffer->m.planes[0].length : buffer->length;

    assert_int_equal(buffer->memory, queue[side].memory);
    assert_int_equal(length, BYTES);
    if (imports && fault == REFUSES)
        return refuse(EFAULT);
    queue[side].fd = !imports ? -1 : mplane ? buffer->m.planes[0].m.fd : buffer->m.fd;
    queue[side].queued = true;
    return 0;
}

static int take(struct v4l2_buffer *buffer)
{
    assert_int_equal(side_of(buffer->type), 1);
    buffer->flags = fault == DAMAGES ? V4L2_BUF_FLAG_ERROR : 0;
    return 0;
}

int ioctl(int fd, unsigned long request_code, ...)
{
    va_list args;
    void *arg;

    (void)fd;
    va_start(args, request_code);
    arg = va_arg(args, void *);
    va_end(args);
    switch (request_code) {
    case VIDIOC_QUERYCAP:
        return query_cap(arg);
    case VIDIOC_ENUM_FMT:
        return enum_format(arg);
    case VIDIOC_S_FMT:
        return set_format(arg);
    case VIDIOC_REQBUFS:
        return request(arg);
    case VIDIOC_QUERYBUF:
        return query(arg);
    case VIDIOC_QBUF:
        return put(arg);
    case VIDIOC_DQBUF:
        return take(arg);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        queue[side_of(*(uint32_t *)arg)].streams = request_code == VIDIOC_STREAMON;
        return 0;
    default:
        return refuse(ENOTTY);
    }
}

static uint8_t *map(int side)
{
    bool imports = queue[side].fd >= 0;
    void *at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
                    imports ? queue[side].fd : own, imports ? 0 : side * APART);

    assert_true(at != MAP_FAILED);
    return at;
}

/* It works as soon as somebody waits for it. */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    uint8_t *from, *to;

    (void)timeout_ms;
    assert_int_equal(n, 1);
    assert_true(queue[0].queued && queue[0].streams && queue[1].queued &&
                queue[1].streams);
    if (fault == HANGS)
        return 0;
    from = map(0);
    to = map(1);
    for (int row = 0; row < HEIGHT; row++) {
        if (fault == READS_ELSEWHERE && queue[0].fd >= 0)
            memset(to + row * STRIDE, 0, STRIDE);
        else if ((fault != WRITES_NOTHING && (fault != MISSES_A_ROW || row != 100)) ||
                 queue[1].fd < 0)
            memcpy(to + row * STRIDE, from + row * STRIDE, STRIDE);
    }
    munmap(from, BYTES);
    munmap(to, BYTES);
    n_passes++;
    fds[0].revents = POLLIN;
    return 1;
}

static int open_converter(void)
{
    char path[32];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", own);
    converter = (struct device){.kind = DEVICE_CONVERTER, .name = "m2m0"};
    return converter_open(&converter.converter, path);
}

static int setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    memset(queue, 0, sizeof(queue));
    fault = NOTHING;
    mplane = false;
    n_passes = 0;
    trials_stop = stops;
    cell_listen();
    own = memfd_create("converter", MFD_CLOEXEC);
    heap = (struct memory){.kind = MEMORY_HEAP, .name = "system"};
    return own < 0 || ftruncate(own, 2 * APART) || zc_heap_open(&heap.heap, FAKE_NODE) ||
           open_converter();
}

/* Nothing of a trial is left. */
static int teardown(void **state)
{
    (void)state;
    converter_close(converter.converter);
    zc_heap_close(heap.heap);
    zc_log_set(ZC_LOG_WARNING, NULL, NULL);
    close(own);
    return queue[0].memory || queue[1].memory || queue[0].streams || queue[1].streams ? -1
                                                                                      : 0;
}

static struct cell try_converter(enum use use)
{
    const struct zc_format *format = zc_format_by_name("YUYV");
    struct plain plain;
    struct cell cell;

    converter_plain_take(&plain, &converter, format, WIDTH, HEIGHT);
    cell_begin(&cell, "system", "m2m0", use, format, WIDTH, HEIGHT);
    converter_trial(&cell, &converter, &heap, &plain);
    plain_free(&plain);
    return cell;
}

static void expect(enum use use, enum outcome outcome, const char *step, const char *why)
{
    struct cell cell = try_converter(use);

    if (cell.outcome != outcome)
        fail_msg("%s: %s", cell_outcome_name(cell.outcome), cell.why);
    if (step)
        assert_string_equal(cell.step, step);
    else
        assert_null(cell.step);
    if (!strstr(cell.why, why))
        fail_msg("\"%s\" is not in \"%s\"", why, cell.why);
    cell_end(&cell);
}

static void test_one_that_works(void **state)
{
    struct cell cell;

    (void)state;
    for (int i = 0; i < 2; i++) {
        mplane = i;
        converter_close(converter.converter);
        assert_int_equal(open_converter(), 0);
        expect(USE_READ, CELL_WORKS, NULL, "came out");
        expect(USE_WRITE, CELL_WORKS, NULL, "came out");
    }
    cell = try_converter(USE_READ);
    assert_int_equal(cell.stride, STRIDE);
    cell_end(&cell);
    assert_int_equal(n_passes, 10);
}

static void test_one_that_reads_elsewhere(void **state)
{
    (void)state;
    fault = READS_ELSEWHERE;
    expect(USE_READ, CELL_WRONG, "content", "what it read there is not the picture");
    expect(USE_WRITE, CELL_WORKS, NULL, "came out");
}

static void test_one_that_writes_less(void **state)
{
    (void)state;
    fault = WRITES_NOTHING;
    expect(USE_WRITE, CELL_WRONG, "content", "first in plane 0, row 0, byte 0");
    fault = MISSES_A_ROW;
    expect(USE_WRITE, CELL_WRONG, "content", "row 100, byte 0");
    expect(USE_READ, CELL_WORKS, NULL, "came out");
}

static void test_refusals(void **state)
{
    (void)state;
    fault = REFUSES;
    expect(USE_READ, CELL_REFUSED, "import", "Bad address");
    expect(USE_WRITE, CELL_REFUSED, "import", "Bad address");
    fault = WITHOUT_FDS;
    expect(USE_READ, CELL_REFUSED, "import", "it takes no dma-bufs there");
    fault = HAS_NO_SIZES;
    expect(USE_READ, CELL_REFUSED, "mode", "");
    fault = DAMAGES;
    expect(USE_WRITE, CELL_REFUSED, "frames", "Input/output error");
    fault = HANGS;
    expect(USE_WRITE, CELL_REFUSED, "frames", "timed out");
}

static void test_a_coder_is_no_converter(void **state)
{
    struct device coder;
    char path[32];

    (void)state;
    fault = CODES;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", own);
    assert_int_equal(converter_open(&coder.converter, path), -ENOTSUP);
    assert_null(coder.converter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_that_works, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_that_reads_elsewhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_that_writes_less, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_coder_is_no_converter, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
