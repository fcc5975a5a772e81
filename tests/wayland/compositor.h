/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compositor.h - a small compositor for tests: it shows nothing, looks at dma-bufs' numbers
 * only, and does what it is told. It is a process of its own, that can die.
 */
#ifndef COMPOSITOR_H
#define COMPOSITOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** What a compositor does with timelines; @fd is a syncobj. */
struct timelines {
    bool (*is_reached)(int fd, uint64_t point);
    void (*reach)(int fd, uint64_t point);
};

/** What it offers, and how it is. */
struct script {
    int dmabuf_version;      /* of zwp_linux_dmabuf_v1; 0: none */
    const uint32_t *formats; /* DRM_FORMAT_*; NULL: XR24 and NV12 */
    int n_formats;
    bool implicit; /* it knows no modifiers */
    bool no_presentation, no_viewporter, no_shell, no_shm, no_subcompositor;
    bool no_decorations,
        no_server_side; /* it does not offer them; it leaves them to clients */
    uint32_t clock;     /* of the presentation's times; 0 is CLOCK_REALTIME */
    int width, height;  /* that windows are told; 0: theirs to choose */
    bool fullscreen;    /* as is that */
    uint32_t scale;     /* of fractional-scale-v1; 0: not offered */
    bool ticks;         /* it presents 60 times a second */
    uint32_t flags;     /* of what it presents then */
    bool colours; /* color-representation-v1, where that was known when this was built */
    /* linux-drm-syncobj-v1, where that was known when this was built; NULL: none */
    const struct timelines *timelines;
    uint32_t max_stride; /* it refuses buffers of a larger one; 0: none */
};

enum command {
    LOOK, /* nothing: only what is known is asked */
    TAKE, /* takes up what is committed */
    PRESENT, /* takes it up, if that was not done, and shows it; [0] ns, [1] refresh, [2] flags */
    DISCARD,   /* what was taken up is not shown */
    HOARD,     /* [0]: gives no buffer back any more, 2: reaches no point, 3: does so
            * again, but keeps what it has; 0: gives back all but what is on
            * screen */
    RESIZE,    /* [0] width, [1] height, [2] fullscreen */
    SCALE,     /* [0] in parts of 120 */
    CLOSE,     /* asks the window to close */
    KEY,       /* [0] Linux's key, [1] pressed */
    POINT,     /* [0] x, [1] y of the surface, [2] of the black one below it */
    LEAVE,     /* the pointer does */
    CLICK,     /* [0] Linux's button, [1] pressed, [2] at which ms */
    SCROLL,    /* [0] how far down */
    REFUSE,    /* [0]: refuses each new buffer */
    MUTE,      /* [0]: does not answer for new buffers at all */
    FEEDBACK,  /* tells its formats again, without the first */
    THROW_OUT, /* a protocol error for the client */
};

/** What it has seen. */
struct seen {
    int commits;  /* of the surface that shows frames, with a buffer */
    int creates;  /* dma-bufs that were to be buffers */
    int buffers;  /* that there are, of dma-bufs */
    int surfaces; /* that there are */
    int clients;
    int releases;
    uint64_t inode;    /* of the buffer on the surface; 0: of shared memory, or none */
    uint64_t modifier; /* of the last dma-buf */
    uint32_t stride;
    int width, height;  /* of the buffer on the surface */
    int destination[2]; /* of its viewport; -1: none */
    int geometry[4];    /* of the window */
    int bars[4];        /* x and y of the surface below it, and its viewport; 0: none */
    bool fullscreen_asked, decoration_asked;
    int moves, resizes;     /* by the pointer, that the client asked for */
    uint32_t edges, serial; /* of the last; and of the last press */
    bool serial_is_right;   /* the last was asked for with that */
    char title[32];
    int colours_said; /* how often the client told how its YUV is to be read */
    uint32_t coefficients, range; /* the last; 0: it took that back, or never said */
    int timelines;                /* that there are */
    int points;                   /* of release, that it has reached */
    uint64_t acquire, release;    /* the last that were set; 0: none were */
};

struct compositor {
    pid_t pid;
    int control;
    char socket[64]; /* its path */
};

/** Starts one, which listens when this returns. */
void compositor_start(struct compositor *compositor, const struct script *script);
/** Ends it, and takes its socket away. */
void compositor_stop(struct compositor *compositor);
/** Has it die at once. */
void compositor_kill(struct compositor *compositor);

/** Has it do something; what it has seen by then. It has handled all that was sent before. */
struct seen compositor_do(struct compositor *compositor, enum command command, int64_t a,
                          int64_t b, int64_t c);

#endif
