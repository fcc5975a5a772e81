/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen-watch.h - what a card's plane names at each vertical blank, beside the program that
 * is master of the card. Changes nothing there; it keeps vertical blanks going.
 */
#ifndef BENCH_SCREEN_WATCH_H
#define BENCH_SCREEN_WATCH_H

#include "bench/observe/frame-id.h"
#include "bench/observe/pairing.h"
#include "bench/observe/screen-buffer.h"
#include "bench/observe/trace.h"

#define SCREEN_WATCH_SEQUENCES 64

struct screen_watch {
    int fd;
    char path[32], driver[32];
    const struct glyphs *glyphs;
    struct screen_buffers buffers;
    /* What was found: */
    uint32_t plane_id, crtc_id;
    int pipe;             /* the CRTC's place among the card's */
    uint32_t refresh_mhz; /* millihertz; 0 unknown */
    uint32_t x, y;        /* of the text in the framebuffer */
    char format[5];
    uint32_t width, height; /* of the framebuffer */
    int64_t blanking_ns;    /* from the last line of a picture to the next one's first */
    /* Completions by the sequence number of their vertical blank: */
    struct {
        uint32_t sequence;
        int delivered, asked;
    } at[SCREEN_WATCH_SEQUENCES];
};

/** The events that are to be recorded for it: of what was asked for and what came. */
extern const struct trace_event screen_watch_queued, screen_watch_delivered;

/**
 * Opens a card beside its master. @path: NULL for the first with a connected output.
 * @glyphs stays the caller's. Errors, with a message: -ENODEV, -EACCES, the kernel's.
 */
int screen_watch_open(struct screen_watch *watch, const char *path,
                      const struct glyphs *glyphs);
void screen_watch_close(struct screen_watch *watch);

/**
 * Looks for a plane with a number in its picture, on all of them. Returns 0, or a negative
 * errno value, silently: -ENOENT none yet; what hinders it else.
 */
int screen_watch_find(struct screen_watch *watch);

/** Asks for an event at the next vertical blank. Returns 0, or a negative errno value. */
int screen_watch_arm(struct screen_watch *watch);

/**
 * Takes that event, once watch->fd can be read, asks for the next one and looks at the
 * plane; allocates nothing. *error: why the next one cannot be had, or 0. Sets all of
 * @vblank but whether it was flipped. Returns 0, or -EAGAIN there was none.
 */
int screen_watch_take(struct screen_watch *watch, struct vblank *vblank, int *error);

/** Takes a record of the two events above. */
void screen_watch_note(struct screen_watch *watch, const struct trace_record *record,
                       bool delivered);

/** Whether a commit was completed at a vertical blank that screen_watch_take() told of. */
bool screen_watch_flipped(const struct screen_watch *watch, uint64_t sequence);

#endif
