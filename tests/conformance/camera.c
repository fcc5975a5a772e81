/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera - vivid writes pictures into buffers of the heap: into memory that any device
 * can reach (its vmalloc cameras) and as a device that needs it in one piece (dma-contig).
 * The test pattern is one plain colour, so that each byte of the picture is known.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 320
#define HEIGHT 180
#define BUFFERS 3
#define FRAMES 8
#define PATIENCE_MS 20000

struct camera {
    int fd;
    bool contiguous;
    uint32_t bytes;  /* of a picture */
    uint64_t length; /* of a buffer: some more */
    int buffer[BUFFERS];
    uint8_t *memory[BUFFERS];
};

/* The allocator of vivid's @instance: its parameter is a list, 1 is dma-contig. */
static bool is_contiguous(unsigned instance)
{
    char list[512], *rest = list, *item = NULL;

    if (read_text("/sys/module/vivid/parameters/allocators", list, sizeof(list)))
        return false;
    for (unsigned i = 0; i <= instance; i++)
        item = strsep(&rest, ",");
    return item && atoi(item) == 1;
}

/* Opens the first single-planar vivid camera of the kind. */
static enum result open_camera(struct camera *camera, bool contiguous)
{
    for (int minor = 0; minor < 64; minor++) {
        struct v4l2_capability about = {0};
        char node[32];
        unsigned instance;

        snprintf(node, sizeof(node), "/dev/video%d", minor);
        camera->fd = open(node, O_RDWR | O_CLOEXEC | O_NONBLOCK);
        if (camera->fd < 0)
            continue;
        if (!buffer_ioctl(camera->fd, VIDIOC_QUERYCAP, &about) &&
            !strcmp((char *)about.driver, "vivid") &&
            (about.device_caps & V4L2_CAP_VIDEO_CAPTURE) &&
            sscanf((char *)about.bus_info, "platform:vivid-%u", &instance) == 1 &&
            is_contiguous(instance) == contiguous)
            return PASSED;
        close(camera->fd);
    }
    SKIP("no vivid camera with %s memory", contiguous ? "contiguous" : "vmalloc");
}

static bool is_named(const void *name, const char *wanted)
{
    return !strcasecmp(name, wanted);
}

/* Chooses an entry of a menu control, both by their names. */
static enum result choose(int fd, const char *control, const char *entry)
{
    struct v4l2_queryctrl query = {.id = V4L2_CTRL_FLAG_NEXT_CTRL};

    while (!buffer_ioctl(fd, VIDIOC_QUERYCTRL, &query)) {
        struct v4l2_querymenu menu = {.id = query.id};

        for (menu.index = 0;
             is_named(query.name, control) && menu.index <= (uint32_t)query.maximum;
             menu.index++) {
            struct v4l2_control value = {query.id, menu.index};

            if (buffer_ioctl(fd, VIDIOC_QUERYMENU, &menu) || !is_named(menu.name, entry))
                continue;
            if (buffer_ioctl(fd, VIDIOC_S_CTRL, &value))
                FAIL("%s cannot be set: %s", control, strerror(errno));
            return PASSED;
        }
        query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
    }
    FAIL("vivid has no \"%s\" for \"%s\"", entry, control);
}

static enum result set_format(struct camera *camera)
{
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};

    format.fmt.pix.width = WIDTH;
    format.fmt.pix.height = HEIGHT;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_RGB24;
    if (buffer_ioctl(camera->fd, VIDIOC_S_FMT, &format))
        FAIL("S_FMT: %s", strerror(errno));
    camera->bytes = format.fmt.pix.sizeimage;
    camera->length = camera->bytes / page_size() * page_size() + 2 * page_size();
    return PASSED;
}

static struct v4l2_buffer describe(const struct camera *camera, unsigned index)
{
    struct v4l2_buffer buffer = {
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_DMABUF,
        .index = index,
        .length = camera->length,
    };

    buffer.m.fd = camera->buffer[index];
    return buffer;
}

static enum result get_buffers(struct camera *camera, const struct heap *heap)
{
    struct v4l2_requestbuffers request = {
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_DMABUF,
        .count = BUFFERS,
    };

    if (buffer_ioctl(camera->fd, VIDIOC_REQBUFS, &request) || request.count < BUFFERS)
        FAIL("vivid gives no %d buffers for dma-bufs", BUFFERS);
    for (unsigned i = 0; i < BUFFERS; i++)
        TRY(buffer_get_mapped(heap, camera->length, &camera->buffer[i],
                              &camera->memory[i]));
    return PASSED;
}

/* Gives the camera all buffers and starts it: here is where it refuses memory. */
static int start(struct camera *camera)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE, error = 0;

    for (unsigned i = 0; i < BUFFERS && !error; i++) {
        struct v4l2_buffer buffer = describe(camera, i);

        memset(camera->memory[i], DIRT, camera->length);
        error = buffer_ioctl(camera->fd, VIDIOC_QBUF, &buffer);
    }
    return error ? error : buffer_ioctl(camera->fd, VIDIOC_STREAMON, &type);
}

static enum result is_picture(const struct camera *camera, unsigned index, uint8_t colour)
{
    const uint8_t *memory = camera->memory[index];
    uint64_t rest = camera->length - camera->bytes;
    size_t at;

    if (buffer_sync(camera->buffer[index], DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ))
        FAIL("sync to read failed");
    at = find_other(memory, camera->bytes, colour);
    if (at < camera->bytes)
        FAIL("byte %zu of the picture is 0x%02x, not 0x%02x", at, memory[at], colour);
    at = find_other(memory + camera->bytes, rest, DIRT);
    if (at < rest)
        FAIL("the camera wrote %zu bytes behind its picture", at);
    buffer_sync(camera->buffer[index], DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
    return PASSED;
}

static enum result capture(struct camera *camera, uint8_t colour)
{
    for (int i = 0; i < FRAMES; i++) {
        struct pollfd ready = {camera->fd, POLLIN, 0};
        struct v4l2_buffer buffer = describe(camera, 0);

        if (poll(&ready, 1, PATIENCE_MS) != 1)
            FAIL("no frame came");
        if (buffer_ioctl(camera->fd, VIDIOC_DQBUF, &buffer))
            FAIL("DQBUF: %s", strerror(errno));
        TRY(is_picture(camera, buffer.index, colour));
        memset(camera->memory[buffer.index], DIRT, camera->length);
        buffer = describe(camera, buffer.index);
        if (buffer_ioctl(camera->fd, VIDIOC_QBUF, &buffer))
            FAIL("QBUF again: %s", strerror(errno));
    }
    return PASSED;
}

static void stop(struct camera *camera)
{
    struct v4l2_requestbuffers none = {
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_DMABUF,
    };
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

    buffer_ioctl(camera->fd, VIDIOC_STREAMOFF, &type);
    buffer_ioctl(camera->fd, VIDIOC_REQBUFS, &none);
    for (unsigned i = 0; i < BUFFERS; i++)
        buffer_put(camera->buffer[i], camera->memory[i], camera->length);
}

static enum result set_up(struct camera *camera, const struct heap *heap, bool contiguous,
                          const char *pattern)
{
    TRY(open_camera(camera, contiguous));
    TRY(choose(camera->fd, "Test Pattern", pattern));
    TRY(choose(camera->fd, "OSD Text Mode", "None"));
    TRY(set_format(camera));
    return get_buffers(camera, heap);
}

static enum result put_back(struct camera *camera)
{
    stop(camera);
    TRY(choose(camera->fd, "Test Pattern", "75% Colorbar"));
    TRY(choose(camera->fd, "OSD Text Mode", "All"));
    close(camera->fd);
    return PASSED;
}

static enum result any_memory(struct heap *heap)
{
    struct camera camera;
    int error;

    TRY(set_up(&camera, heap, false, "100% White"));
    error = start(&camera);
    if (error)
        FAIL("a camera that takes any memory refuses the heap's: %s", strerror(-error));
    TRY(capture(&camera, 0xff));
    stop(&camera);
    TRY(choose(camera.fd, "Test Pattern", "100% Black"));
    TRY(get_buffers(&camera, heap));
    error = start(&camera);
    if (error)
        FAIL("the second start: %s", strerror(-error));
    TRY(capture(&camera, 0));
    return put_back(&camera);
}

/* Memory in pieces may be refused; what is taken must be written to. */
static enum result one_piece(struct heap *heap)
{
    struct camera camera;
    int error;

    TRY(set_up(&camera, heap, true, "100% White"));
    error = start(&camera);
    if (error && heap_is_contiguous(heap))
        FAIL("a camera that needs contiguous memory refuses the heap's: %s",
             strerror(-error));
    if (error && error != -EFAULT && error != -EINVAL)
        FAIL("a camera that needs contiguous memory answers %s", strerror(-error));
    if (!error)
        TRY(capture(&camera, 0xff));
    return put_back(&camera);
}

const struct check camera_checks[] = {
    {"camera-any-memory", any_memory, 0, 0},
    {"camera-contiguous", one_piece, 0, 0},
    {0},
};
