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
    uint32_t type; /* V4L2_BUF_TYPE_VIDEO_CAPTURE or _MPLANE */
    const struct zc_format *formats[ZC_CAMERA_MAX_FORMATS];
    int n_formats;
    struct zc_layout layout;

    uint32_t memory; /* V4L2_MEMORY_*, 0: no buffers */
    int n_frames;
    struct zc_pool *pool; /* not ours */
    struct zc_attachments imports;
    struct zc_frame *queued[ZC_CAMERA_MAX_FRAMES]; /* by V4L2 index, with a reference */

    bool first;
    bool distrusted; /* its timestamps were false; said once */
    uint32_t last_sequence;
    uint64_t lost;
};

/** ioctl through libv4l2, restarted on EINTR alone: EAGAIN is an answer here. 0 or
 * -errno. */
int zc_camera_ioctl(const struct zc_camera *camera, unsigned long request, void *arg);

/** Fills *out with the colour that V4L2's fields stand for, defaults resolved. */
void zc_camera_colour(struct zc_colour *out, uint32_t colorspace, uint32_t ycbcr_enc,
                      uint32_t quantization);

#endif
