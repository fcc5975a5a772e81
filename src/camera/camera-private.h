/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera-private.h - what the files of the camera share.
 */
#ifndef ZC_CAMERA_PRIVATE_H
#define ZC_CAMERA_PRIVATE_H

#include "memory/frame-private.h"
#include "zerocopy.h"

#include <linux/videodev2.h>

#define ZC_CAMERA_MAX_FRAMES VIDEO_MAX_FRAME
#define ZC_CAMERA_MAX_FORMATS 32

struct zc_camera {
    int fd;
    char path[64];
    char name[64];
    bool mplane;
    bool by_media_controller; /* V4L2_CAP_IO_MC */
    bool synced;              /* its driver writes with the CPU, and caches matter */
    uint32_t type;            /* V4L2_BUF_TYPE_VIDEO_CAPTURE or _MPLANE */
    const struct zc_format *formats[ZC_CAMERA_MAX_FORMATS];
    int n_formats;
    struct zc_layout layout;

    uint32_t memory; /* V4L2_MEMORY_*, 0: no buffers */
    int n_frames;
    struct zc_pool *pool; /* not ours */
    struct zc_attachments imports;
    struct zc_frame *queued[ZC_CAMERA_MAX_FRAMES]; /* by V4L2 index, with a reference */

    enum zc_camera_signal signal; /* as it was told last */
    bool first;
    bool moved;      /* it put pixels elsewhere in mid-stream; said once */
    bool distrusted; /* its timestamps were false; said once */
    uint32_t last_sequence;
    uint64_t lost;
};

/** ioctl through libv4l2, restarted on EINTR alone: EAGAIN is an answer here. 0 or
 * -errno. */
int zc_camera_ioctl(const struct zc_camera *camera, unsigned long request, void *arg);

/** What the driver says of its buffer @index; @planes: room for VIDEO_MAX_PLANES. */
int zc_camera_query(const struct zc_camera *camera, uint32_t index,
                    struct v4l2_buffer *buffer, struct v4l2_plane *planes);

/**
 * Moves the planes of all frames to where the driver writes pixels, which it says of its
 * buffer @index once that was queued. Errors: -EIO that is beyond the buffer.
 */
int zc_camera_learn_offset(struct zc_camera *camera, uint32_t index);

/** The same for one frame that was dequeued with @planes. Cheap where nothing changed. */
int zc_camera_follow_offset(struct zc_camera *camera, struct zc_frame *frame,
                            const struct v4l2_plane *planes);

/** Caches of CPU and devices are one: there is nothing to sync. */
#if defined(__x86_64__) || defined(__i386__)
#define ZC_COHERENT true
#else
#define ZC_COHERENT false
#endif

/**
 * Whether frames that this driver writes must be synced around it, as it writes with the
 * CPU. @driver, @bus: as VIDIOC_QUERYCAP says them. @coherent: no caches need that.
 */
bool zc_camera_needs_sync(const char *driver, const char *bus, bool coherent);

/** Before a frame is queued, and after it was dequeued; nothing where it needs no sync. */
int zc_camera_begin_sync(const struct zc_camera *camera, const struct zc_frame *frame);
int zc_camera_end_sync(const struct zc_camera *camera, const struct zc_frame *frame);

/** Changes *width and *height to the size of @format that is nearest, if any is listed. */
void zc_camera_nearest_size(const struct zc_camera *camera,
                            const struct zc_format *format, uint32_t *width,
                            uint32_t *height);

/** Says that there is no such size, and what there is. Returns -ERANGE. */
int zc_camera_refuse_size(const struct zc_camera *camera, const struct zc_format *format,
                          uint32_t width, uint32_t height);

/** Has the driver tell of changes of the signal. */
void zc_camera_subscribe(const struct zc_camera *camera);

/** Asks at the start; what is wrong with the signal is said, and is no error yet. */
void zc_camera_first_signal(struct zc_camera *camera);

/** The driver told of one, with V4L2_EVENT_SRC_CH_* bits. Returns as zc_camera_ask_signal(). */
int zc_camera_signal_event(struct zc_camera *camera, uint32_t changes);

/** Fills *out with the colour that V4L2's fields stand for, defaults resolved. */
void zc_camera_colour(struct zc_colour *out, uint32_t colorspace, uint32_t ycbcr_enc,
                      uint32_t quantization);

#endif
