/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unplugs - the UVC camera is plugged in, streams, and is unplugged in mid-stream, many
 * times in the life of one program: nothing of it may stay.
 *
 * Usage: unplugs [--direct] ROUNDS UVC-CAMERA
 * Frames go from the camera by the GPU to the display; with --direct, without a GPU, they
 * come from the camera and go back.
 */
#include "../device/device.h"
#include "../open-fds.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READY "unplugs.ready"
#define READY_WAITS 600
#define READY_WAIT_US 50000
#define FRAMES 4
#define STEPS 600
#define STEP_MS 100
/* Caches of kernel and libraries are filled by then. */
#define SETTLED_ROUNDS 2
/* What others in the system may take meanwhile. A buffer of each round would be more. */
#define OTHERS_KIB 8192

/* What must not grow. */
struct held {
    int fds;
    char dma_bufs[128];
    long available_kib;
};

/* The last line of a file that has @begin; empty if there is none. */
static void find_line(const char *path, const char *begin, char *line, size_t room)
{
    FILE *file = fopen(path, "re");
    char next[256];

    line[0] = '\0';
    while (file && fgets(next, sizeof(next), file))
        if (!strncmp(next, begin, strlen(begin)))
            snprintf(line, room, "%.*s", (int)strcspn(next, "\n"), next);
    if (file)
        fclose(file);
}

static struct held look(void)
{
    struct held held = {.fds = open_fds()};
    char line[128];

    find_line("/sys/kernel/debug/dma_buf/bufinfo", "Total", held.dma_bufs,
              sizeof(held.dma_bufs));
    find_line("/proc/meminfo", "MemAvailable:", line, sizeof(line));
    sscanf(line, "%*s %ld", &held.available_kib);
    return held;
}

static int compare(const struct held *before, const struct held *after, int rounds)
{
    printf(
        "# after %d rounds: %d fds, %s, %ld KiB available; after %d: %d, %s, %ld KiB\n",
        SETTLED_ROUNDS, before->fds, before->dma_bufs, before->available_kib, rounds,
        after->fds, after->dma_bufs, after->available_kib);
    if (!before->dma_bufs[0] || !before->available_kib)
        FAIL("the kernel does not tell its dma-bufs (debugfs) or memory");
    if (after->fds > before->fds)
        FAIL("%d fds, then %d", before->fds, after->fds);
    if (strcmp(before->dma_bufs, after->dma_bufs))
        FAIL("dma-bufs: %s, then %s", before->dma_bufs, after->dma_bufs);
    if (after->available_kib + OTHERS_KIB < before->available_kib)
        FAIL("%ld KiB of memory are gone", before->available_kib - after->available_kib);
    return 0;
}

static pid_t plug(const char *program)
{
    pid_t child = fork();

    if (!child) {
        execl(program, program, "--formats", "yuyv", "--sizes", "320x240", "--fps", "10",
              "--unplug", "5", "--ready", READY, (char *)NULL);
        _exit(127);
    }
    return child;
}

static int wait_for_node(char *node, size_t room)
{
    for (int i = 0; i < READY_WAITS; i++) {
        FILE *file = fopen(READY, "re");
        bool read = file && fgets(node, room, file);

        if (file)
            fclose(file);
        if (read) {
            node[strcspn(node, "\n")] = '\0';
            unlink(READY);
            return 0;
        }
        usleep(READY_WAIT_US);
    }
    FAIL("the camera was not there in time");
}

static int expect_unplug(int error, int frames)
{
    if (!error)
        FAIL("no error, though the camera is gone");
    if (error != -ENODEV)
        FAIL("\"%s\", not that the camera is gone", strerror(-error));
    if (!frames)
        FAIL("no frame came before");
    return 0;
}

static int stream_by_flow(struct devices *devices, struct zc_camera *camera)
{
    const struct zc_flow_config config = {
        .camera = camera,
        .heap = devices->heap,
        .gpu = devices->gpu,
        .display = devices->display,
        .path = ZC_PATH_GPU,
    };
    struct zc_flow_snapshot now = {0};
    struct zc_flow *flow;
    int error;

    if (zc_flow_create(&flow, &config))
        FAIL("the flow cannot be made");
    error = zc_flow_start(flow);
    for (int i = 0; !error && i < STEPS; i++)
        error = zc_flow_step(flow, STEP_MS);
    zc_flow_snapshot(flow, &now);
    zc_flow_destroy(flow);
    return expect_unplug(error, now.captured);
}

static int take_frame(struct zc_camera *camera, int *frames)
{
    struct pollfd ready = {zc_camera_fd(camera), POLLIN, 0};
    struct zc_frame *frame;
    int error;

    if (poll(&ready, 1, STEP_MS) < 1)
        return 0;
    error = zc_camera_dequeue(camera, &frame);
    if (error)
        return error == -EAGAIN ? 0 : error;
    zc_frame_unref(frame);
    (*frames)++;
    return zc_camera_refill(camera);
}

static int stream_alone(struct devices *devices, struct zc_camera *camera)
{
    struct zc_camera_mode mode = {0};
    struct zc_layout layout;
    struct zc_pool *pool = NULL;
    int frames = 0, error = zc_camera_set_mode(camera, &mode, NULL, &layout);

    if (!error)
        error = zc_pool_create(&pool, devices->heap, &layout, FRAMES);
    if (!error)
        error = zc_camera_import(camera, pool);
    if (!error)
        error = zc_camera_start(camera);
    for (int i = 0; !error && i < STEPS; i++)
        error = take_frame(camera, &frames);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
    return expect_unplug(error, frames);
}

static int round_of(struct devices *devices, const char *program)
{
    pid_t child = plug(program);
    struct zc_camera *camera;
    char node[64];
    int failed = wait_for_node(node, sizeof(node)), status;

    if (!failed && zc_camera_open(&camera, node)) {
        snprintf(device_why, sizeof(device_why), "%s cannot be opened", node);
        failed = 1;
    }
    if (!failed) {
        failed = devices->gpu ? stream_by_flow(devices, camera)
                              : stream_alone(devices, camera);
        zc_camera_close(camera);
    }
    if (failed)
        kill(child, SIGTERM);
    if (waitpid(child, &status, 0) != child || (!failed && status))
        FAIL("the camera's program ended with status 0x%x", status);
    return failed;
}

static int test(struct devices *devices, int rounds, const char *program)
{
    struct held before = {0}, after;
    time_t began = time(NULL);

    for (int i = 0; i < rounds; i++) {
        int failed = round_of(devices, program);

        if (failed)
            return failed;
        if (i + 1 == SETTLED_ROUNDS)
            before = look();
    }
    after = look();
    printf("# %d rounds in %ld s\n", rounds, (long)(time(NULL) - began));
    return compare(&before, &after, rounds);
}

/* Each unplug is an error that the library tells of: once is enough. */
static void say(enum zc_log_level level, const char *message, void *user)
{
    static char last[512];

    (void)user;
    if (level == ZC_LOG_ERROR && strncmp(message, last, sizeof(last) - 1)) {
        snprintf(last, sizeof(last), "%s", message);
        fprintf(stderr, "error: %s\n", message);
    }
}

int main(int argc, char **argv)
{
    bool direct = argc > 1 && !strcmp(argv[1], "--direct");
    const struct zc_display_config config = {0};
    int rounds = argc == 3 + direct ? atoi(argv[1 + direct]) : 0;
    struct devices devices = {0};
    char name[64];

    if (rounds <= SETTLED_ROUNDS) {
        fprintf(stderr, "usage: unplugs [--direct] ROUNDS UVC-CAMERA\n");
        return 2;
    }
    zc_log_set(ZC_LOG_ERROR, say, NULL);
    snprintf(name, sizeof(name), "usb-unplugs-%s-%d", direct ? "alone" : "gpu", rounds);
    if (zc_heap_open(&devices.heap, NULL) ||
        (!direct && (zc_gpu_open(&devices.gpu, NULL) ||
                     zc_display_open(&devices.display, &config)))) {
        printf("FAIL %s: a device cannot be opened\n", name);
        return 1;
    }
    device_report(name, test(&devices, rounds, argv[2 + direct]));
    zc_display_close(devices.display);
    zc_gpu_close(devices.gpu);
    zc_heap_close(devices.heap);
    return device_exit_code();
}
