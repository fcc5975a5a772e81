/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream.h - the pictures of the UVC camera on their way: a payload for each transfer
 * that the host has asked for, at the rate that it has chosen; and what goes wrong in
 * it on purpose.
 */
#ifndef STREAM_H
#define STREAM_H

#include "descriptors.h"

#include <stdbool.h>

#define STREAM_MAX_TRANSFERS 64

/** How a payload is spoilt. */
enum stream_fault {
    STREAM_ERROR,   /* its header has the error bit */
    STREAM_SHORT,   /* the picture ends after half of it */
    STREAM_GARBAGE, /* its header names a length that cannot be */
};

/** What goes wrong; 0: never. Numbers of frames count from 1, from the stream's begin. */
struct stream_faults {
    uint32_t corrupt_every;
    enum stream_fault corrupt_how;
    uint32_t stall_after;  /* the frame, only in the first stream */
    uint32_t stall_ms;     /* how long nothing is sent */
    uint32_t unplug_after; /* the frame: gone in the middle of the next */
};

struct stream {
    int fd;
    struct stream_faults faults;
    /* Transfers that the host waits for, the oldest first. */
    struct {
        uint32_t seqnum, length;
    } transfers[STREAM_MAX_TRANSFERS];
    int n_transfers;
    bool running;
    enum pattern_format format;
    uint32_t width, height;
    int64_t interval_ns, next_ns;
    uint32_t number; /* frames begun */
    uint8_t *picture;
    size_t bytes, sent; /* of the picture; sent == bytes: none has begun */
};

/** Begins to send frames from number 0 on. */
void stream_start(struct stream *stream, enum pattern_format format, uint32_t width,
                  uint32_t height, int fps);

void stream_stop(struct stream *stream);

/** Takes a transfer that the host waits for; false: there are too many. */
bool stream_take(struct stream *stream, uint32_t seqnum, uint32_t length);

/** Forgets a transfer; false: it is not here. */
bool stream_forget(struct stream *stream, uint32_t seqnum);

/** Answers one transfer if it is time. Returns 0, -ENODEV when it is time to be unplugged,
 * or -EPIPE when the host is gone. */
int stream_run(struct stream *stream);

/** Milliseconds until stream_run() has something to do; -1: not before a request. */
int stream_wait_ms(const struct stream *stream);

#endif
