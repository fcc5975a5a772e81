/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch.h - what a program and what it starts do with dma-bufs, cameras and displays: the
 * kernel asks us before some system calls are done (seccomp), so that none is missed, however
 * short. No root is needed.
 */
#ifndef AUDIT_WATCH_H
#define AUDIT_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define WATCH_FILES 4096
#define WATCH_DEVICES 16

enum watch_kind {
    WATCH_DMABUF,
    WATCH_CAMERA,  /* /dev/videoN */
    WATCH_DISPLAY, /* /dev/dri/cardN: buffers of its own */
    WATCH_KINDS,
};

struct watch {
    int listener; /* -1: this kernel cannot; can be read when there is a question */
    bool works;
    int n_files;
    uint64_t lost;                     /* of files for which there was no room */
    uint64_t mappings[WATCH_KINDS];    /* mmap() of each kind */
    uint64_t queues;                   /* VIDIOC_QBUF, asked for */
    uint64_t imports;                  /* dma-bufs given to a GPU or a display */
    uint64_t unread;                   /* of these, which dma-buf it was cannot be told */
    bool looked_for_gpu, software_gpu; /* a renderer in software, and no GPU beside it */
    int n_devices;
    struct {
        dev_t number;
        char driver[32];     /* "" where it has none */
        char path[256];      /* of the node in sysfs */
    } device[WATCH_DEVICES]; /* cameras, displays and GPUs that were used */
    struct {
        uint64_t inode, mappings, syncs; /* syncs: begins and ends of a CPU's access */
        bool filled;                     /* by a camera, or what writes as one */
        bool imported;                   /* by a GPU or a display */
    } file[WATCH_FILES];                 /* dma-bufs */
};

/**
 * In the program's process, before exec: from now on it is watched. Allocates nothing.
 * Returns the listener, which is to be given to who watches, or a negative errno value.
 */
int watch_begin(void);

/** Takes the listener over, or -1. */
void watch_init(struct watch *watch, int listener);
void watch_finish(struct watch *watch);

/** Notes one call that was asked for, and lets it be done. Does not wait for the next. */
void watch_take(struct watch *watch);

/** How often a dma-buf was mapped. */
uint64_t watch_mappings(const struct watch *watch, uint64_t inode);

/** How many dma-bufs the CPU accesses again and again. */
int watch_accessed(const struct watch *watch);

/** How many are mapped, and no access is ever begun: what is done there cannot be seen. */
int watch_unsynced(const struct watch *watch);

/** How many dma-bufs a camera fills and a GPU, also one in software, or a display reads. */
int watch_shared(const struct watch *watch);

#endif
