/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bounce.h - bounce buffers (swiotlb): which devices have memory behind them while a program
 * runs, by the kernel's trace event. It takes root.
 */
#ifndef AUDIT_BOUNCE_H
#define AUDIT_BOUNCE_H

#include <stddef.h>
#include <stdint.h>

#define BOUNCE_DEVICES 32

struct bounce {
    int pipe;          /* -1: it is not watched; can be read when something was bounced */
    int error;         /* why it is not watched, a negative errno value, or 0 */
    char instance[96]; /* of tracefs, that is ours, or "" */
    int n_devices;
    uint64_t
        lost; /* lines that the kernel dropped, or for whose device there was no room */
    struct {
        char name[48];
        uint64_t times, bytes; /* of mappings */
    } device[BOUNCE_DEVICES];
    size_t used; /* of the line that is not whole yet */
    char line[512];
};

/**
 * Begins to watch all devices, till bounce_finish(). Where it cannot, error says why: -EACCES,
 * -EPERM for who is not root, -ENOENT where no tracefs is mounted, -ENODEV where the kernel
 * has no such event.
 */
void bounce_begin(struct bounce *bounce);

/** Takes what the kernel has told so far. Does not wait. */
void bounce_take(struct bounce *bounce);

/** Takes the rest, and has the kernel stop. */
void bounce_finish(struct bounce *bounce);

/** Takes a part of what the kernel tells, as bounce_take() reads it. */
void bounce_read(struct bounce *bounce, const char *text, size_t size);

/** Why it is not watched, in words, with what to do; NULL: it is. */
const char *bounce_unseen(const struct bounce *bounce);

#endif
