/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream - the pictures of the UVC camera on their way. */
#include "stream.h"
#include "usbip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS 1000000
#define NS_PER_S 1000000000

/* A payload's header: its length, and flags. */
#define HEADER 2
enum { FRAME_ID = 1, END_OF_FRAME = 2, ERROR = 0x40, END_OF_HEADER = 0x80 };

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
}

void stream_start(struct stream *stream, enum pattern_format format, uint32_t width,
                  uint32_t height, int fps)
{
    stream_stop(stream);
    stream->picture = malloc(pattern_room(format, width, height));
    if (!stream->picture)
        abort();
    stream->format = format;
    stream->width = width;
    stream->height = height;
    stream->interval_ns = NS_PER_S / fps;
    stream->next_ns = now_ns();
    stream->number = 0;
    stream->running = true;
}

void stream_stop(struct stream *stream)
{
    /* What was stalled once is well in the next stream. */
    if (stream->number >= stream->faults.stall_after)
        stream->faults.stall_after = 0;
    free(stream->picture);
    stream->picture = NULL;
    stream->bytes = stream->sent = 0;
    stream->running = false;
}

bool stream_take(struct stream *stream, uint32_t seqnum, uint32_t length)
{
    if (stream->n_transfers == STREAM_MAX_TRANSFERS)
        return false;
    stream->transfers[stream->n_transfers].seqnum = seqnum;
    stream->transfers[stream->n_transfers++].length = length;
    return true;
}

static void remove_transfer(struct stream *stream, int i)
{
    stream->n_transfers--;
    memmove(&stream->transfers[i], &stream->transfers[i + 1],
            (stream->n_transfers - i) * sizeof(stream->transfers[0]));
}

bool stream_forget(struct stream *stream, uint32_t seqnum)
{
    for (int i = 0; i < stream->n_transfers; i++) {
        if (stream->transfers[i].seqnum == seqnum) {
            remove_transfer(stream, i);
            return true;
        }
    }
    return false;
}

static bool spoilt(const struct stream *stream, enum stream_fault how)
{
    const struct stream_faults *faults = &stream->faults;

    return faults->corrupt_every && faults->corrupt_how == how &&
           stream->number % faults->corrupt_every == 0;
}

/* The numbers in pictures are those of V4L2: they count from 0. */
static void begin_picture(struct stream *stream)
{
    stream->bytes = pattern_draw(stream->format, stream->number, stream->width,
                                 stream->height, stream->picture);
    stream->sent = 0;
    stream->number++;
    if (spoilt(stream, STREAM_SHORT))
        stream->bytes /= 2;
}

static void end_picture(struct stream *stream)
{
    int64_t now = now_ns();

    stream->next_ns += stream->interval_ns;
    /* Who is late has lost that time. */
    if (stream->next_ns < now)
        stream->next_ns = now;
    if (stream->faults.stall_after && stream->number == stream->faults.stall_after)
        stream->next_ns = now + stream->faults.stall_ms * (int64_t)NS_PER_MS;
}

static int send_payload(struct stream *stream)
{
    uint8_t payload[UVC_PAYLOAD];
    uint32_t room = stream->transfers[0].length, seqnum = stream->transfers[0].seqnum;
    size_t left = stream->bytes - stream->sent, n;

    room = room > UVC_PAYLOAD ? UVC_PAYLOAD : room;
    n = left < room - HEADER ? left : room - HEADER;
    payload[0] = spoilt(stream, STREAM_GARBAGE) ? 1 : HEADER;
    payload[1] = END_OF_HEADER | (stream->number % 2 ? FRAME_ID : 0) |
                 (n == left ? END_OF_FRAME : 0) |
                 (spoilt(stream, STREAM_ERROR) ? ERROR : 0);
    memcpy(payload + HEADER, stream->picture + stream->sent, n);
    stream->sent += n;
    remove_transfer(stream, 0);
    if (n == left)
        end_picture(stream);
    return usbip_answer(stream->fd, seqnum, 0, payload, HEADER + n);
}

static bool is_time_to_go(const struct stream *stream)
{
    return stream->faults.unplug_after && stream->number > stream->faults.unplug_after &&
           stream->sent >= stream->bytes / 2;
}

int stream_run(struct stream *stream)
{
    if (stream_wait_ms(stream) != 0)
        return 0;
    if (stream->sent == stream->bytes)
        begin_picture(stream);
    if (is_time_to_go(stream))
        return -ENODEV;
    return send_payload(stream);
}

int stream_wait_ms(const struct stream *stream)
{
    int64_t left;

    if (!stream->running || !stream->n_transfers)
        return -1;
    if (stream->sent < stream->bytes)
        return 0;
    left = stream->next_ns - now_ns();
    return left <= 0 ? 0 : left / NS_PER_MS + 1;
}
