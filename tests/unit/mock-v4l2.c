/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-v4l2 - one camera behind libv4l2's functions. */
#include "mock-v4l2.h"
#include "fake-kernel.h"

#include <errno.h>
#include <libv4l2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct mock_v4l2 mock_v4l2;

void mock_v4l2_reset(void)
{
    mock_v4l2 = (struct mock_v4l2){
        .driver = "mock",
        .bus = "platform:mock",
        .formats = {V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_XBGR32},
        .colorspace = V4L2_COLORSPACE_SMPTE170M,
        .buffer_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC,
        .pixelformat = V4L2_PIX_FMT_YUYV,
        .width = 640,
        .height = 480,
    };
}

bool mock_v4l2_finish(int64_t ns)
{
    int n = mock_v4l2.n_done;
    uint32_t sequence = mock_v4l2.sequence++;

    if (!mock_v4l2.n_queued)
        return false;
    mock_v4l2.done[n] = mock_v4l2.queue[0];
    mock_v4l2.done_sequence[n] = sequence;
    mock_v4l2.done_ns[n] = ns;
    mock_v4l2.n_done++;
    mock_v4l2.n_queued--;
    memmove(mock_v4l2.queue, mock_v4l2.queue + 1, mock_v4l2.n_queued * sizeof(int));
    return true;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static int query_cap(struct v4l2_capability *cap)
{
    strcpy((char *)cap->card, "mock");
    snprintf((char *)cap->driver, sizeof(cap->driver), "%s", mock_v4l2.driver);
    snprintf((char *)cap->bus_info, sizeof(cap->bus_info), "%s", mock_v4l2.bus);
    cap->capabilities = V4L2_CAP_DEVICE_CAPS;
    cap->device_caps =
        V4L2_CAP_STREAMING |
        (mock_v4l2.mplane ? V4L2_CAP_VIDEO_CAPTURE_MPLANE : V4L2_CAP_VIDEO_CAPTURE);
    if (mock_v4l2.capabilities)
        cap->device_caps = mock_v4l2.capabilities;
    return 0;
}

static int enum_format(struct v4l2_fmtdesc *desc)
{
    if (desc->index >= 8 || !mock_v4l2.formats[desc->index])
        return fail(EINVAL);
    desc->pixelformat = mock_v4l2.formats[desc->index];
    desc->flags = desc->pixelformat == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
    return 0;
}

static bool has(uint32_t pixelformat)
{
    for (int i = 0; i < 8; i++)
        if (mock_v4l2.formats[i] == pixelformat)
            return true;
    return false;
}

/* Bytes of a row and of a frame, as a driver computes them. */
static void sizes(uint32_t pixelformat, uint32_t width, uint32_t height, uint32_t *stride,
                  uint32_t *bytes)
{
    uint32_t row = pixelformat == V4L2_PIX_FMT_XBGR32 ? width * 4
                   : pixelformat == V4L2_PIX_FMT_YUYV ? width * 2
                                                      : width;

    if (mock_v4l2.fixed_stride || *stride < row)
        *stride = row;
    *stride += mock_v4l2.extra_stride;
    *bytes = *stride * height;
    if (pixelformat == V4L2_PIX_FMT_NV12)
        *bytes += *stride * height / 2;
}

/* The @index-th size of a format, or NULL. */
static const struct mock_size *size_of(uint32_t pixelformat, uint32_t index)
{
    static const struct mock_size usual = {0, 640, 480};
    bool any = false;

    for (int i = 0; i < 8 && mock_v4l2.sizes[i].pixelformat; i++) {
        any = true;
        if (mock_v4l2.sizes[i].pixelformat == pixelformat && !index--)
            return &mock_v4l2.sizes[i];
    }
    return any || index ? NULL : &usual;
}

static int enum_size(struct v4l2_frmsizeenum *size)
{
    const struct mock_size *found = size_of(size->pixel_format, size->index);

    if (!found || mock_v4l2.lists_no_sizes)
        return fail(EINVAL);
    size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    size->discrete.width = found->width;
    size->discrete.height = found->height;
    return 0;
}

/* As uvcvideo does: of a size that a format lacks, another of its sizes. */
static void choose_size(struct v4l2_pix_format *pix)
{
    const struct mock_size *size;

    if (!mock_v4l2.sizes[0].pixelformat)
        return;
    for (uint32_t i = 0; (size = size_of(pix->pixelformat, i)); i++)
        if (size->width == pix->width && size->height == pix->height)
            return;
    size = size_of(pix->pixelformat, 0);
    pix->width = size->width;
    pix->height = size->height;
}

static int try_format(struct v4l2_format *format)
{
    if (mock_v4l2.mplane) {
        struct v4l2_pix_format_mplane *pix = &format->fmt.pix_mp;
        uint32_t stride = pix->plane_fmt[0].bytesperline, bytes;

        sizes(pix->pixelformat, pix->width, pix->height, &stride, &bytes);
        pix->num_planes = 1;
        pix->plane_fmt[0].sizeimage = bytes;
        pix->plane_fmt[0].bytesperline = stride;
        if (pix->pixelformat == V4L2_PIX_FMT_NV12M) {
            pix->num_planes = 2;
            pix->plane_fmt[1].bytesperline = stride;
            pix->plane_fmt[1].sizeimage = stride * pix->height / 2;
        }
        for (int i = 0; i < VIDEO_MAX_PLANES; i++)
            pix->plane_fmt[i].sizeimage += mock_v4l2.data_offset[i];
        pix->colorspace = mock_v4l2.colorspace;
    } else {
        struct v4l2_pix_format *pix = &format->fmt.pix;

        if (!has(pix->pixelformat))
            pix->pixelformat = mock_v4l2.formats[0];
        if (pix->width > 1920)
            pix->width = 1920;
        choose_size(pix);
        sizes(pix->pixelformat, pix->width, pix->height, &pix->bytesperline,
              &pix->sizeimage);
        pix->colorspace = mock_v4l2.colorspace;
    }
    return 0;
}

static int set_format(struct v4l2_format *format)
{
    try_format(format);
    if (mock_v4l2.mplane) {
        mock_v4l2.pixelformat = format->fmt.pix_mp.pixelformat;
    } else {
        mock_v4l2.pixelformat = format->fmt.pix.pixelformat;
        mock_v4l2.width = format->fmt.pix.width;
        mock_v4l2.height = format->fmt.pix.height;
    }
    return 0;
}

static int get_format(struct v4l2_format *format)
{
    if (mock_v4l2.mplane) {
        format->fmt.pix_mp.pixelformat = mock_v4l2.formats[0];
        format->fmt.pix_mp.width = mock_v4l2.width;
        format->fmt.pix_mp.height = mock_v4l2.height;
        format->fmt.pix_mp.plane_fmt[0].bytesperline = 0;
    } else {
        format->fmt.pix.pixelformat = mock_v4l2.pixelformat;
        format->fmt.pix.width = mock_v4l2.width;
        format->fmt.pix.height = mock_v4l2.height;
        format->fmt.pix.bytesperline = 0;
    }
    return try_format(format);
}

static int request_buffers(struct v4l2_requestbuffers *request)
{
    if (request->count && mock_v4l2.reqbufs_error)
        return fail(mock_v4l2.reqbufs_error);
    mock_v4l2.memory = request->count ? (int)request->memory : 0;
    mock_v4l2.n_buffers = request->count;
    mock_v4l2.n_queued = mock_v4l2.n_done = 0;
    memset(mock_v4l2.prepared, 0, sizeof(mock_v4l2.prepared));
    memset(mock_v4l2.fd, -1, sizeof(mock_v4l2.fd));
    return 0;
}

/* As vb2 does: what the driver's buf_prepare() set, and nothing before that. */
static void tell_offsets(struct v4l2_buffer *buffer)
{
    for (int i = 0; mock_v4l2.mplane && i < VIDEO_MAX_PLANES; i++)
        buffer->m.planes[i].data_offset =
            mock_v4l2.prepared[buffer->index] ? mock_v4l2.data_offset[i] : 0;
}

static int queue_buffer(const struct v4l2_buffer *buffer)
{
    int n = mock_v4l2.mplane ? (int)buffer->length : 1;

    if (mock_v4l2.qbuf_error)
        return fail(mock_v4l2.qbuf_error);
    for (int i = 0; i < n && mock_v4l2.memory == V4L2_MEMORY_DMABUF; i++) {
        int fd = mock_v4l2.mplane ? buffer->m.planes[i].m.fd : buffer->m.fd;

        /* As vb2_dma_contig does. */
        if (mock_v4l2.contiguous && !fake_kernel_gave_contiguous(fd))
            return fail(EFAULT);
        if (mock_v4l2.fd[buffer->index][i] != fd)
            mock_v4l2.attaches++;
        mock_v4l2.fd[buffer->index][i] = fd;
    }
    mock_v4l2.prepared[buffer->index] = true;
    mock_v4l2.queue[mock_v4l2.n_queued++] = buffer->index;
    mock_v4l2.qbufs++;
    return 0;
}

static int dequeue_buffer(struct v4l2_buffer *buffer)
{
    int n = --mock_v4l2.n_done;

    if (mock_v4l2.dqbuf_error || n < 0) {
        mock_v4l2.n_done++;
        return fail(mock_v4l2.dqbuf_error ? mock_v4l2.dqbuf_error : EAGAIN);
    }
    buffer->index = mock_v4l2.done[0];
    buffer->sequence = mock_v4l2.done_sequence[0];
    buffer->timestamp.tv_sec = mock_v4l2.done_ns[0] / 1000000000;
    buffer->timestamp.tv_usec = mock_v4l2.done_ns[0] / 1000 % 1000000;
    buffer->flags = mock_v4l2.buffer_flags;
    tell_offsets(buffer);
    memmove(mock_v4l2.done, mock_v4l2.done + 1, n * sizeof(int));
    memmove(mock_v4l2.done_sequence, mock_v4l2.done_sequence + 1, n * sizeof(uint32_t));
    memmove(mock_v4l2.done_ns, mock_v4l2.done_ns + 1, n * sizeof(int64_t));
    mock_v4l2.dqbufs++;
    return 0;
}

static int query_buffer(struct v4l2_buffer *buffer)
{
    const int *fd =
        mock_v4l2.fd[mock_v4l2.copies ? (buffer->index + 1) % mock_v4l2.n_buffers
                                      : buffer->index];

    buffer->length = 1920 * 1080 * 4;
    tell_offsets(buffer);
    if (mock_v4l2.mplane)
        for (int i = 0; i < VIDEO_MAX_PLANES; i++)
            buffer->m.planes[i].m.fd = fd[i];
    else if (mock_v4l2.memory == V4L2_MEMORY_DMABUF)
        buffer->m.fd = fd[0];
    return 0;
}

static int export_buffer(struct v4l2_exportbuffer *export)
{
    export->fd = memfd_create("exported", MFD_CLOEXEC);
    return ftruncate(export->fd, 1920 * 1080 * 4);
}

/* Any whole number of frames a second, up to the highest. */
static int rate(struct v4l2_streamparm *parm)
{
    struct v4l2_fract *interval = &parm->parm.capture.timeperframe;
    uint32_t asked = interval->numerator ? interval->denominator / interval->numerator
                                         : MOCK_RATE_HIGHEST;

    interval->numerator = 1;
    interval->denominator = asked < MOCK_RATE_HIGHEST ? asked : MOCK_RATE_HIGHEST;
    return 0;
}

int v4l2_ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    void *arg;

    (void)fd;
    va_start(args, request);
    arg = va_arg(args, void *);
    va_end(args);
    switch (request) {
    case VIDIOC_QUERYCAP:
        return query_cap(arg);
    case VIDIOC_ENUM_FMT:
        return enum_format(arg);
    case VIDIOC_S_FMT:
        return set_format(arg);
    case VIDIOC_TRY_FMT:
        return try_format(arg);
    case VIDIOC_G_FMT:
        return get_format(arg);
    case VIDIOC_ENUM_FRAMESIZES:
        return enum_size(arg);
    case VIDIOC_S_PARM:
    case VIDIOC_G_PARM:
        return rate(arg);
    case VIDIOC_REQBUFS:
        return request_buffers(arg);
    case VIDIOC_QBUF:
        return queue_buffer(arg);
    case VIDIOC_DQBUF:
        return dequeue_buffer(arg);
    case VIDIOC_QUERYBUF:
        return query_buffer(arg);
    case VIDIOC_EXPBUF:
        return export_buffer(arg);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        mock_v4l2.streaming = request == VIDIOC_STREAMON;
        return 0;
    default:
        return mock_v4l2_input(request, arg);
    }
}

int v4l2_fd_open(int fd, int flags)
{
    (void)flags;
    mock_v4l2.open = true;
    return fd;
}

int v4l2_close(int fd)
{
    mock_v4l2.open = false;
    return close(fd);
}
