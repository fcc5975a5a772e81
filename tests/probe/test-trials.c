/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trials on cameras that write what they should, less, or nothing; and the known picture. */
#include "probe/holder.h"
#include "probe/trials.h"

#include "fake-kernel.h"
#include "mock-v4l2.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WIDTH 640
#define HEIGHT 480
#define MS INT64_C(1000000)

/* What the driver does with a frame before it hands it out. */
static enum { WRITES, WRITES_NOTHING, MISSES_THE_END, MISSES_A_ROW } driver;
static struct device camera;
static struct memory heap;
static int stop_after; /* polls; 0: never */

static bool stops(void)
{
    return stop_after && !--stop_after;
}

static void write_frame(int fd)
{
    size_t row = WIDTH * 2, bytes = row * HEIGHT;
    uint8_t *to;

    if (driver == WRITES_NOTHING)
        return;
    to = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(to != MAP_FAILED);
    if (driver == MISSES_THE_END)
        memset(to, 0x80, bytes - 8);
    else if (driver == MISSES_A_ROW) {
        memset(to, 0x80, 100 * row);
        memset(to + 101 * row, 0x80, bytes - 101 * row);
    } else {
        memset(to, 0x80, bytes);
    }
    munmap(to, bytes);
}

/* The camera's next frame is there as soon as somebody waits for it. */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    (void)timeout_ms;
    if (mock_v4l2.n_queued)
        write_frame(mock_v4l2.fd[mock_v4l2.queue[0]][0]);
    mock_v4l2_finish(0);
    for (nfds_t i = 0; i < n; i++)
        fds[i].revents = POLLIN;
    return n;
}

static int setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    mock_v4l2_reset();
    driver = WRITES;
    stop_after = 0;
    trials_stop = stops;
    cell_listen();
    camera = (struct device){.kind = DEVICE_CAMERA, .name = "camera0"};
    heap = (struct memory){.kind = MEMORY_HEAP, .name = "system"};
    return zc_camera_open(&camera.camera, FAKE_NODE) ||
           zc_heap_open(&heap.heap, FAKE_NODE);
}

static int teardown(void **state)
{
    (void)state;
    zc_camera_close(camera.camera);
    zc_heap_close(heap.heap);
    zc_log_set(ZC_LOG_WARNING, NULL, NULL);
    return mock_v4l2.streaming ? -1 : 0;
}

static struct cell try_camera(void)
{
    const struct plain plain = {.alike = -1};
    struct cell cell;

    cell_begin(&cell, "system", "camera0", USE_WRITE, zc_format_by_name("YUYV"), WIDTH,
               HEIGHT);
    camera_trial(&cell, &camera, &heap, &plain);
    return cell;
}

static void test_a_camera_that_writes_all(void **state)
{
    struct cell cell = try_camera();

    (void)state;
    assert_int_equal(cell.outcome, CELL_WORKS);
    assert_int_equal(cell.stride, WIDTH * 2);
    cell_end(&cell);
}

static void test_a_camera_that_writes_nothing(void **state)
{
    struct cell cell;

    (void)state;
    driver = WRITES_NOTHING;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_WRONG);
    assert_string_equal(cell.step, "content");
    assert_non_null(strstr(cell.why, "wrote nothing"));
    cell_end(&cell);
}

static void test_a_camera_that_misses_some(void **state)
{
    struct cell cell;

    (void)state;
    driver = MISSES_THE_END;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_WRONG);
    assert_non_null(strstr(cell.why, "plane 0, row 479, byte 1272"));
    cell_end(&cell);
    driver = MISSES_A_ROW;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_WRONG);
    assert_non_null(strstr(cell.why, "plane 0, row 100, byte 0"));
    cell_end(&cell);
}

static void test_a_camera_that_refuses(void **state)
{
    struct cell cell;

    (void)state;
    mock_v4l2.qbuf_error = EFAULT;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_string_equal(cell.step, "import");
    assert_int_equal(cell.error, -EFAULT);
    assert_non_null(strstr(cell.why, "contiguous"));
    assert_true(json_array_size(cell.story) > 0);
    cell_end(&cell);
    mock_v4l2.qbuf_error = 0;
    mock_v4l2.reqbufs_error = EBUSY;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_int_equal(cell.error, -EBUSY);
    cell_end(&cell);
    mock_v4l2.reqbufs_error = 0;
    fake_kernel.alloc_error = -ENOMEM;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_string_equal(cell.step, "allocate");
    assert_int_equal(cell.error, -ENOMEM);
    cell_end(&cell);
}

static void test_an_interrupt(void **state)
{
    struct cell cell;

    (void)state;
    stop_after = 1;
    cell = try_camera();
    assert_int_equal(cell.outcome, CELL_NOT_TRIED);
    cell_end(&cell);
}

/* ------------------------------------------------------------ who holds a device */

static void test_a_holder_is_named(void **state)
{
    char text[400], pid[32];
    int ready[2];
    pid_t child;
    char byte;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (!child) {
        if (open("/dev/full", O_RDWR) >= 0 && write(ready[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_true(holder_find("/dev/full", text, sizeof(text)));
    snprintf(pid, sizeof(pid), "(pid %d)", (int)child);
    assert_non_null(strstr(text, pid));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    holder_find("/dev/full", text, sizeof(text));
    assert_null(strstr(text, pid));
    assert_false(holder_find("/nonexistent", text, sizeof(text)));
    close(ready[0]);
    close(ready[1]);
}

/* ------------------------------------------------------------ pictures */

static struct zc_frame *make_frame(const char *format, uint32_t width, uint32_t height)
{
    const struct zc_align align = {.stride = 64, .rows = 4};
    struct zc_layout layout;
    struct zc_frame *frame;

    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, &align), 0);
    assert_int_equal(zc_frame_create(&frame, heap.heap, &layout), 0);
    return frame;
}

static int check(struct zc_frame *frame, char why[200])
{
    const struct zc_layout *layout = zc_frame_layout(frame);

    return pattern_check(frame, 0, 0, layout->width, layout->height, 0, why, 200);
}

static void test_the_picture_is_itself(void **state)
{
    struct zc_frame *frame = make_frame("XR24", 200, 100);
    void *plane[ZC_MAX_PLANES];
    char why[200];

    (void)state;
    assert_int_equal(check(frame, why), 0);
    assert_int_equal(pattern_draw(frame), 0);
    assert_int_equal(check(frame, why), 1);
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
    ((uint8_t *)plane[0])[50 * zc_frame_layout(frame)->plane[0].stride + 10 * 4] ^= 0x40;
    zc_frame_end_cpu(frame);
    assert_int_equal(check(frame, why), 0);
    assert_non_null(strstr(why, "pixel 10,50,"));
    assert_non_null(strstr(why, "; 1 pixels differ"));
    zc_frame_unref(frame);
}

/* The top left pixel of a frame of @format, as YUV. */
static void first_pixel(const char *format, uint8_t yuv[3])
{
    struct zc_frame *frame = make_frame(format, 64, 64);
    const struct zc_format *is = zc_format_by_name(format);
    void *plane[ZC_MAX_PLANES];

    assert_true(pattern_has(is));
    assert_int_equal(pattern_draw(frame), 0);
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_READ, plane), 0);
    for (int p = 0; p < is->n_planes; p++)
        for (int i = 0; i < is->plane[p].block_bytes; i++) {
            char component = is->n_planes == 1   ? is->order[i]
                             : !p                ? 'y'
                             : is->n_planes == 2 ? is->order[i]
                                                 : is->order[p - 1];

            yuv[strchr("yuv", component) - "yuv"] = ((uint8_t *)plane[p])[i];
        }
    zc_frame_end_cpu(frame);
    zc_frame_unref(frame);
}

static void test_yuv_is_the_same_in_all_formats(void **state)
{
    static const char *const formats[] = {"YUYV", "UYVY", "YVYU", "VYUY", "NV12",
                                          "NV21", "NV16", "YU12", "YV12", "NV12M"};
    uint8_t first[3], other[3];

    (void)state;
    first_pixel(formats[0], first);
    /* Grey of level 48 in limited range. */
    assert_true(first[0] >= 56 && first[0] <= 58);
    assert_true(first[1] >= 127 && first[1] <= 129);
    for (size_t i = 1; i < sizeof(formats) / sizeof(*formats); i++) {
        first_pixel(formats[i], other);
        assert_memory_equal(first, other, 3);
    }
    assert_false(pattern_has(zc_format_by_name("GREY")));
}

static void test_canaries(void **state)
{
    /* Rows of 33 pixels: no whole groups. */
    struct zc_frame *frame = make_frame("NV12", 34, 10);
    struct canary_rest rest;
    void *plane[ZC_MAX_PLANES];
    uint8_t *chroma;

    (void)state;
    assert_int_equal(canary_fill(frame, 1), 0);
    assert_int_equal(canary_look(frame, 1, &rest), 0);
    assert_int_equal(rest.left, rest.looked);
    assert_int_equal(canary_look(frame, 2, &rest), 0);
    assert_int_equal(rest.left, 0);
    /* All but the end of one row of chroma. */
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
    chroma = plane[1];
    memset(plane[0], 7, chroma - (uint8_t *)plane[0]);
    memset(chroma, 7, 3 * 64 + 26);
    memset(chroma + 4 * 64, 7, 34);
    zc_frame_end_cpu(frame);
    assert_int_equal(canary_look(frame, 1, &rest), 0);
    assert_int_equal(rest.left, 1);
    assert_int_equal(rest.plane, 1);
    assert_int_equal(rest.row, 3);
    assert_int_equal(rest.byte, 26);
    zc_frame_unref(frame);
}

static void test_pictures_beside_each_other(void **state)
{
    struct zc_frame *a = make_frame("GREY", 100, 100), *b = make_frame("GREY", 100, 100);
    void *plane[ZC_MAX_PLANES];
    struct copy of_a, of_b;

    (void)state;
    assert_int_equal(zc_frame_begin_cpu(b, ZC_CPU_WRITE, plane), 0);
    for (int row = 0; row < 25; row++)
        memset((uint8_t *)plane[0] + row * zc_frame_layout(b)->plane[0].stride, 200, 100);
    zc_frame_end_cpu(b);
    assert_int_equal(copy_make(&of_a, a), 0);
    assert_int_equal(copy_make(&of_b, b), 0);
    assert_int_equal(copy_alike(&of_a, &of_a), 100);
    assert_int_equal(copy_alike(&of_a, &of_b), 75);
    of_b.bytes--;
    assert_int_equal(copy_alike(&of_a, &of_b), -1);
    copy_free(&of_a);
    copy_free(&of_b);
    zc_frame_unref(a);
    zc_frame_unref(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_camera_that_writes_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_camera_that_writes_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_camera_that_misses_some, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_camera_that_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_interrupt, setup, teardown),
        cmocka_unit_test(test_a_holder_is_named),
        cmocka_unit_test_setup_teardown(test_the_picture_is_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(test_yuv_is_the_same_in_all_formats, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_canaries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pictures_beside_each_other, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
