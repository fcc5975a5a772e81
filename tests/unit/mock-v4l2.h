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

/* Frames a second. */
#define MOCK_RATE_HIGHEST 90

/* A size in a format. */
struct mock_size {
    uint32_t pixelformat, width, height;
};

extern struct mock_v4l2 {
    /* What the driver is. */
    const char *driver, *bus;
    uint32_t capabilities; /* 0: captures and streams */
    bool mplane;
    struct mock_size sizes[8]; /* none: 640x480 in each format */
    bool lists_no_sizes;
    uint32_t formats[8]; /* V4L2_PIX_FMT_*, 0 ends */
    uint32_t extra_stride;
    bool fixed_stride; /* it takes no wish, as uvcvideo */
    uint32_t colorspace;
    int qbuf_error;    /* errno that QBUF gives */
    bool contiguous;   /* it imports memory that is */
    int reqbufs_error; /* and REQBUFS */
    int dqbuf_error;
    bool copies; /* it says it holds another dma-buf than it was given */
    uint32_t buffer_flags;
    uint32_t data_offset[VIDEO_MAX_PLANES]; /* said of buffers that were queued, mplane */
    struct {
        uint32_t status, capabilities; /* V4L2_IN_ST_*, V4L2_IN_CAP_* */
        int query_error;               /* errno of QUERY_DV_TIMINGS */
        uint32_t width, set_width;     /* of the signal; of the mode that is set */
        v4l2_std_id standards, standard, set_standard; /* it has, it receives, is set */
        int events;                                    /* source changes to be read */
        bool subscribed;
        int asked; /* ENUMINPUT */
    } input;

    /* What it was asked. */
    bool open, streaming;
    int qbufs, dqbufs, attaches, memory, n_buffers;
    uint32_t pixelformat, width, height;
    int fd[MOCK_V4L2_BUFFERS][VIDEO_MAX_PLANES];
    bool prepared[MOCK_V4L2_BUFFERS];
    int queue[MOCK_V4L2_BUFFERS], n_queued;
    int done[MOCK_V4L2_BUFFERS], n_done;
    uint32_t done_sequence[MOCK_V4L2_BUFFERS];
    int64_t done_ns[MOCK_V4L2_BUFFERS];
    uint32_t sequence;
} mock_v4l2;

/** A camera of YUYV, NV12 and XR24, 640x480, at 60 frames a second. */
void mock_v4l2_reset(void);

/** Requests of inputs: all that mock-v4l2.c does not know. */
int mock_v4l2_input(unsigned long request, void *arg);

/** The driver finishes the frame queued first, at @ns; without one the sequence skips. */
bool mock_v4l2_finish(int64_t ns);

#endif
