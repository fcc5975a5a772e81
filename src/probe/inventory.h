/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inventory.h - the memories and devices of this machine: those that are open, and of the
 * others why they are not.
 */
#ifndef PROBE_INVENTORY_H
#define PROBE_INVENTORY_H

#include "probe/converter.h"
#include "zerocopy.h"

#define MOST_DEVICES 12
#define MOST_MEMORIES 32

enum device_kind {
    DEVICE_CAMERA,
    DEVICE_CONVERTER, /* from memory to memory */
    DEVICE_GPU,
    DEVICE_DISPLAY,
};

struct device {
    enum device_kind kind;
    char name[16]; /* "camera0", "m2m1", "gpu0", "card0" */
    char path[64];
    char about[192]; /* what it is */
    int error;       /* it cannot be tried; 0: it is open */
    char why[700];   /* then why */
    union {
        struct zc_camera *camera;
        struct converter *converter;
        struct zc_gpu *gpu;
        struct zc_display *display;
    };
    struct zc_layout before; /* of a camera: how it was set; no format: not known */
};

enum memory_kind {
    MEMORY_HEAP,    /* of /dev/dma_heap, or udmabuf */
    MEMORY_CAMERA,  /* a camera's own, by VIDIOC_EXPBUF */
    MEMORY_DISPLAY, /* a display's dumb buffers, by PRIME */
    MEMORY_GPU,     /* a GPU's own, linear, by GBM */
};

struct memory {
    enum memory_kind kind;
    char name[64]; /* a heap's, or the device's */
    char path[128];
    int error; /* it cannot be tried */
    char why[700];
    struct zc_heap *heap;
    struct device *owner; /* of a device's own memory */
};

/* What the user wants to be looked at; NULL: all there is. */
struct wanted {
    const char *camera, *display, *heap;
    const char *gpu, *converter; /* "none": none */
    bool take; /* cameras that others have open, and displays that are lit, too */
};

struct inventory {
    struct device device[MOST_DEVICES];
    int n_devices;
    struct memory memory[MOST_MEMORIES]; /* the best first */
    int n_memories;
    int n_passed_over; /* nodes that are no camera */
    char passed_over[600];
};

/** Opens all that is there. Nothing is changed on any of them. inventory_close() it. */
void inventory_open(struct inventory *inventory, const struct wanted *wanted);
/** Closes all, and sets cameras to what they were set to before. */
void inventory_close(struct inventory *inventory);

/**
 * Has dark displays in a mode of that size where they have one, else in the preferred one: a
 * plane may have to fill the screen. Nobody may hold frames of theirs. One that can no longer
 * be opened has an error from then on, and so has its memory.
 */
void inventory_fit(struct inventory *inventory, uint32_t width, uint32_t height);

/** The part of them that is memory; devices are there already. */
void memories_open(struct inventory *inventory, const struct wanted *wanted);
void memories_close(struct inventory *inventory);
/** The memory of a device is as little open as the device is now. */
void memories_follow(struct inventory *inventory, const struct device *owner);

/**
 * @n frames of @layout in @memory, which memory_done() is to be called for after the pool is
 * given up. A memory whose strides are its own may give another layout: look at the frames'.
 * Errors: those of the library's call.
 */
int memory_make(struct memory *memory, const struct zc_layout *layout, int n,
                struct zc_pool **pool);
void memory_done(struct memory *memory);

struct cell;
/**
 * Says in @cell that memory_make() failed with @error, which it returns. A camera that has not
 * that format or size is no refusal: there is nothing to try.
 */
int memory_refused(struct cell *cell, const struct memory *memory, int error);

/**
 * A frame of @format, of the cell's size, in @memory: its pool has one more, and is to be given
 * up in any case. Errors are told in @cell.
 */
int memory_frame(struct cell *cell, struct memory *memory, const struct zc_format *format,
                 const struct zc_align *align, struct zc_pool **pool,
                 struct zc_frame **frame);

/** "heap", "camera", "display" or "gpu"; "camera", "converter", "gpu" or "display". */
const char *memory_kind_name(enum memory_kind kind);
const char *device_kind_name(enum device_kind kind);

#endif
