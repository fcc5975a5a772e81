/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-v4l2.h - stands in for libv4l2: one camera, whose frames the test finishes.
 */
#ifndef MOCK_V4L2_H
#define MOCK_V4L2_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdint.h>

#define MOCK_V4L2_BUFFERS 32

extern /* Frames a second. */
#define MOCK_RATE_HIGHEST 90

struct mock_v4l2 {
    /* What the driver is. */
    bool mplane;
    uint32_t formats[8]; /* V4L2_PIX_FMT_*, 0 ends */
    uint32_t extra_stride;
    uint32_t colorspace;
    int qbuf_error;    /* errno that QBUF gives */
    int reqbufs_error; /* and REQBUFS */
    int dqbuf_error;
    bool copies; /* it says it holds another dma-buf than it was given */
    uint32_t buffer_flags;

    /* What it was asked. */
    bool open, streaming;
    int qbufs, dqbufs, attaches, memory, n_buffers;
    uint32_t pixelformat, width, height;
    int fd[MOCK_V4L2_BUFFERS][VIDEO_MAX_PLANES];
    int queue[MOCK_V4L2_BUFFERS], n_queued;
    int done[MOCK_V4L2_BUFFERS], n_done;
    uint32_t done_sequence[MOCK_V4L2_BUFFERS];
    int64_t done_ns[MOCK_V4L2_BUFFERS];
    uint32_t sequence;
} mock_v4l2;

/** A camera of YUYV, NV12 and XR24, 640x480, at 60 frames a second. */
void mock_v4l2_reset(void);

/** The driver finishes the frame queued first, at @ns; without one the sequence skips. */
bool mock_v4l2_finish(int64_t ns);

#endif
