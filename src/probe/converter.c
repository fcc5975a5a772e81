/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* converter - one frame through both queues of a V4L2 device. */
#include "probe/converter.h"

#include "base/fd.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MOST_FORMATS 32
/* More than the slowest takes for a frame. */
#define PATIENCE_MS 3000
/* What devices that convert may want of rows. */
#define STRIDE 64

struct queue {
    uint32_t type;
    struct zc_layout layout;
    uint32_t memory;        /* V4L2_MEMORY_*; 0: it has none */
    struct zc_frame *frame; /* the caller's */
    void *map;              /* of its own memory */
    size_t bytes;
};

struct converter {
    int fd;
    char name[64];
    bool mplane;
    const struct zc_format *format[MOST_FORMATS];
    int n_formats;
    struct queue queue[SIDES];
};

static int ask(const struct converter *converter, unsigned long request, void *arg)
{
    int result = zc_fd_ioctl(converter->fd, request, arg);

    return result < 0 ? result : 0;
}

/* ------------------------------------------------------------ what it is */

static int check(struct converter *converter)
{
    struct v4l2_capability cap = {0};
    int error = ask(converter, VIDIOC_QUERYCAP, &cap);
    uint32_t caps =
        cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;

    if (error || !(caps & V4L2_CAP_STREAMING) ||
        !(caps & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)))
        return -ENOTSUP;
    converter->mplane = !(caps & V4L2_CAP_VIDEO_M2M);
    snprintf(converter->name, sizeof(converter->name), "%.31s (%.15s)",
             (const char *)cap.card, (const char *)cap.driver);
    converter->queue[SIDE_IN].type = converter->mplane ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE
                                                       : V4L2_BUF_TYPE_VIDEO_OUTPUT;
    converter->queue[SIDE_OUT].type = converter->mplane
                                          ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
                                          : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return 0;
}

static bool side_has(const struct converter *converter, enum side side,
                     const struct zc_format *format)
{
    struct v4l2_fmtdesc desc = {.type = converter->queue[side].type};

    for (; !ask(converter, VIDIOC_ENUM_FMT, &desc); desc.index++)
        if (desc.pixelformat == format->v4l2)
            return true;
    return false;
}

/* Planes in buffers of their own are left out: one buffer a side tells as much of a memory. */
static int list_formats(struct converter *converter)
{
    for (const struct zc_format *format = zc_formats;
         format->name && converter->n_formats < MOST_FORMATS; format++)
        if (!format->separate && side_has(converter, SIDE_IN, format) &&
            side_has(converter, SIDE_OUT, format))
            converter->format[converter->n_formats++] = format;
    return converter->n_formats ? 0 : -ENOTSUP;
}

int converter_open(struct converter **out, const char *path)
{
    struct converter *converter = calloc(1, sizeof(*converter));
    int error = 0;

    if (!converter)
        return -ENOMEM;
    converter->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (converter->fd < 0)
        error = -errno;
    if (!error)
        error = check(converter);
    if (!error)
        error = list_formats(converter);
    if (error) {
        converter_close(converter);
        converter = NULL;
    }
    *out = converter;
    return error;
}

void converter_close(struct converter *converter)
{
    if (!converter)
        return;
    converter_stop(converter);
    zc_close(&converter->fd);
    free(converter);
}

const char *converter_name(const struct converter *converter)
{
    return converter->name;
}

const struct zc_format *converter_format(const struct converter *converter, int index)
{
    return index < converter->n_formats ? converter->format[index] : NULL;
}

bool converter_has_format(const struct converter *converter,
                          const struct zc_format *format)
{
    for (int i = 0; i < converter->n_formats; i++)
        if (converter->format[i] == format)
            return true;
    return false;
}

/* ------------------------------------------------------------ its mode */

static void wish(const struct converter *converter, const struct zc_layout *layout,
                 struct v4l2_format *v4l2)
{
    struct v4l2_pix_format_mplane *multi = &v4l2->fmt.pix_mp;
    struct v4l2_pix_format *single = &v4l2->fmt.pix;

    if (converter->mplane) {
        multi->width = layout->width;
        multi->height = layout->height;
        multi->pixelformat = layout->format->v4l2;
        multi->field = V4L2_FIELD_NONE;
        multi->num_planes = 1;
        multi->plane_fmt[0].bytesperline = layout->plane[0].stride;
    } else {
        single->width = layout->width;
        single->height = layout->height;
        single->pixelformat = layout->format->v4l2;
        single->field = V4L2_FIELD_NONE;
        single->bytesperline = layout->plane[0].stride;
    }
}

/* What the driver made of the wish: other strides are fine, another picture is none. */
static int follow(const struct converter *converter, struct zc_layout *layout,
                  const struct v4l2_format *v4l2)
{
    const struct v4l2_pix_format_mplane *multi = &v4l2->fmt.pix_mp;
    const struct v4l2_pix_format *single = &v4l2->fmt.pix;
    bool mplane = converter->mplane;
    uint32_t width = mplane ? multi->width : single->width;
    uint32_t height = mplane ? multi->height : single->height;
    uint32_t fourcc = mplane ? multi->pixelformat : single->pixelformat;
    uint32_t bytes = mplane ? multi->plane_fmt[0].sizeimage : single->sizeimage;
    int error;

    if (width != layout->width || height != layout->height ||
        fourcc != layout->format->v4l2 || (mplane && multi->num_planes != 1))
        return -ERANGE;
    error = zc_layout_set_stride(layout, mplane ? multi->plane_fmt[0].bytesperline
                                                : single->bytesperline);
    if (!error && bytes > layout->bytes[0])
        layout->bytes[0] = bytes;
    return error;
}

int converter_set_mode(struct converter *converter, const struct zc_format *format,
                       uint32_t width, uint32_t height, struct zc_layout layout[SIDES])
{
    const struct zc_align align = {.stride = STRIDE};

    converter_stop(converter);
    for (enum side side = 0; side < SIDES; side++) {
        struct v4l2_format v4l2 = {.type = converter->queue[side].type};
        int error = zc_layout_solve(&layout[side], format, width, height, &align);

        if (error)
            return error;
        wish(converter, &layout[side], &v4l2);
        error = ask(converter, VIDIOC_S_FMT, &v4l2);
        if (!error)
            error = follow(converter, &layout[side], &v4l2);
        if (error)
            return error;
        converter->queue[side].layout = layout[side];
    }
    return 0;
}

/* ------------------------------------------------------------ its memory */

/* The driver's only buffer; @plane: its plane where it is multi-planar. */
static struct v4l2_buffer buffer_of(const struct converter *converter,
                                    const struct queue *queue, struct v4l2_plane *plane)
{
    struct v4l2_buffer buffer = {.type = queue->type, .memory = queue->memory};

    *plane = (struct v4l2_plane){0};
    if (converter->mplane) {
        buffer.m.planes = plane;
        buffer.length = 1;
    }
    return buffer;
}

static int map(const struct converter *converter, struct queue *queue)
{
    struct v4l2_plane plane;
    struct v4l2_buffer buffer = buffer_of(converter, queue, &plane);
    int error = ask(converter, VIDIOC_QUERYBUF, &buffer);
    void *at;

    if (error)
        return error;
    queue->bytes = converter->mplane ? plane.length : buffer.length;
    if (queue->bytes < queue->layout.bytes[0])
        return -ERANGE;
    at = mmap(NULL, queue->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, converter->fd,
              converter->mplane ? plane.m.mem_offset : buffer.m.offset);
    if (at == MAP_FAILED)
        return -errno;
    queue->map = at;
    return 0;
}

int converter_give(struct converter *converter, enum side side, struct zc_frame *frame)
{
    struct queue *queue = &converter->queue[side];
    struct v4l2_requestbuffers request = {
        .count = 1,
        .type = queue->type,
        .memory = frame ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_MMAP,
    };
    int error = ask(converter, VIDIOC_REQBUFS, &request);

    if (error)
        return error;
    queue->memory = request.memory;
    queue->frame = frame;
    return frame ? 0 : map(converter, queue);
}

void converter_planes(const struct converter *converter, enum side side,
                      void *plane[ZC_MAX_PLANES])
{
    const struct queue *queue = &converter->queue[side];

    for (int i = 0; i < queue->layout.n_planes; i++)
        plane[i] = (char *)queue->map + queue->layout.plane[i].offset;
}

/* ------------------------------------------------------------ a pass */

static int put(const struct converter *converter, enum side side)
{
    const struct queue *queue = &converter->queue[side];
    const struct zc_layout *layout = &queue->layout;
    struct v4l2_plane plane;
    struct v4l2_buffer buffer = buffer_of(converter, queue, &plane);
    uint32_t used = side == SIDE_IN ? layout->bytes[0] : 0;

    buffer.field = V4L2_FIELD_NONE;
    if (converter->mplane) {
        plane.bytesused = used;
        plane.length = layout->bytes[0];
        if (queue->frame)
            plane.m.fd = zc_frame_fd(queue->frame, 0);
    } else {
        buffer.bytesused = used;
        buffer.length = layout->bytes[0];
        if (queue->frame)
            buffer.m.fd = zc_frame_fd(queue->frame, 0);
    }
    return ask(converter, VIDIOC_QBUF, &buffer);
}

/* POLLERR: a queue has ended by itself. */
static int wait_for_frame(const struct converter *converter)
{
    struct pollfd wait = {.fd = converter->fd, .events = POLLIN};
    int n;

    do
        n = poll(&wait, 1, PATIENCE_MS);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    if (!n)
        return -ETIMEDOUT;
    return wait.revents & POLLIN ? 0 : -EIO;
}

int converter_pass(struct converter *converter, bool *importing)
{
    struct queue *out = &converter->queue[SIDE_OUT];
    struct v4l2_plane plane;
    struct v4l2_buffer buffer = buffer_of(converter, out, &plane);
    int error = 0;

    *importing = true;
    for (enum side side = 0; side < SIDES && !error; side++)
        error = put(converter, side);
    for (enum side side = 0; side < SIDES && !error; side++)
        error = ask(converter, VIDIOC_STREAMON, &converter->queue[side].type);
    if (error)
        return error;
    *importing = false;
    error = wait_for_frame(converter);
    if (!error)
        error = ask(converter, VIDIOC_DQBUF, &buffer);
    if (!error && buffer.flags & V4L2_BUF_FLAG_ERROR)
        error = -EIO;
    return error;
}

void converter_stop(struct converter *converter)
{
    for (enum side side = 0; side < SIDES; side++) {
        struct queue *queue = &converter->queue[side];
        struct v4l2_requestbuffers none = {.type = queue->type, .memory = queue->memory};

        if (!queue->memory)
            continue;
        ask(converter, VIDIOC_STREAMOFF, &queue->type);
        if (queue->map)
            munmap(queue->map, queue->bytes);
        ask(converter, VIDIOC_REQBUFS, &none);
        queue->memory = 0;
        queue->map = NULL;
        queue->frame = NULL;
    }
}
