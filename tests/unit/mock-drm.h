/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-drm.h - stands in for libdrm: a card with one output, one CRTC, a primary, an
 * overlay and a cursor plane, and a writeback connector. It checks commits as the kernel
 * does, and counts what it was asked for and what of that it was not given back.
 */
#ifndef MOCK_DRM_H
#define MOCK_DRM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <xf86drmMode.h>

enum {
    MOCK_CRTC = 40,
    MOCK_CONNECTOR = 50,
    MOCK_WRITEBACK = 51,
    MOCK_PRIMARY = 60,
    MOCK_OVERLAY = 61,
    MOCK_CURSOR = 62,
    MOCK_LOWEST = 1, /* of zpos */
    MOCK_HIGHEST = 9,
    MOCK_FOREIGN_FB = 90, /* what another program showed */
};

#define MOCK_CARDS 2
#define MOCK_FBS 64
#define MOCK_BLOBS 16
#define MOCK_HANDLES 32
#define MOCK_DUMBS 48
#define MOCK_OBJECTS 6

struct mock_prop {
    const char *name;
    uint64_t value;
};

struct mock_object {
    uint32_t id, type;
    struct mock_prop prop[24];
    int n;
};

struct mock_fb {
    uint32_t offset; /* of its first plane */
    uint32_t id, width, height, fourcc;
    uint64_t modifier;
    bool with_modifiers;
    bool forgotten; /* by CLOSEFB: on screen, and nobody's */
    int n_planes;
    ino_t object[4];
};

struct mock_blob {
    uint32_t id, length;
    char data[128];
    bool ours;
};

extern struct mock_drm {
    /* What the card is. */
    char path[MOCK_CARDS][64];
    int n_cards;
    bool not_kms[MOCK_CARDS], busy[MOCK_CARDS];
    bool disconnected, no_atomic, no_modifiers, not_monotonic, no_vblank, unplugged;
    bool no_writeback, no_in_formats, hides_handles, copies;
    bool needs_primary;      /* the CRTC is not lit without it */
    uint64_t only_modifier;  /* planes list XR24 with this, and not linear; 0: linear */
    uint32_t refused_plane;  /* commits that light it fail */
    uint32_t scaling_plane;  /* the one that can scale */
    bool must_fill; /* the primary takes nothing smaller than the mode */
    bool no_closefb;         /* as Linux before 6.7 */
    bool connector_gone;     /* as a dock's connectors go */
    const char *bus_id;      /* as the kernel tells it */
    const char *absent;      /* a property that no object has */
    const char *no_option;   /* an enumeration lacks it */
    const char *fixed;       /* a property that cannot be set */
    bool lease;              /* only CRTC, connector and primary plane are listed */
    uint32_t pitch_align;    /* of dumb buffers */
    uint32_t pitch_multiple; /* framebuffers have no other pitch */
    bool pitch_tight;        /* nor one that is not their width's */

    /* What fails, as errno. */
    int scattered_error;     /* PRIME import of what a heap gave: it is not contiguous */
    int foreign_error;       /* AddFB2 of memory that is not the card's own */
    int export_error;        /* PRIME export */
    int event_modeset_error; /* a modeset with an event */
    int prime_error, addfb_error, blob_error, commit_error, nonblock_modeset_error;
    int fail_add_at;   /* the n-th property that is added; counts down to 0 */
    bool keeps_events; /* flips never end */
    bool flips_now;    /* they are stamped with the clock */

    /* What it was asked. */
    int primes, addfbs, rmfbs, dumbs, tests, tests_passed, commits, modesets;
    int last_items; /* properties in the last real commit */
    uint32_t last_flags;
    int last_in_fence; /* -1: none */
    int captures, probes, set_masters, drop_masters;
    ino_t captured_into;
    bool master;

    /* What went wrong. */
    int bad_handles, rmfbs_in_use;
    int hangs; /* reads without an event of an fd that waits for one */

    /* Its state. */
    struct mock_object object[MOCK_OBJECTS];
    struct mock_fb fb[MOCK_FBS];
    struct mock_blob blob[MOCK_BLOBS];
    int dumb_fd[MOCK_DUMBS];    /* the last dumb buffers: memfds, so that they have inodes */
    ino_t handle[MOCK_HANDLES]; /* handle n is n - 1 here; 0: free */
    uint32_t next_id;
    void *event;
    uint64_t sequence;
    int64_t dumb_end;
    int reqs;
} mock_drm;

/** A dark card; its device nodes are files that are removed by mock_drm_finish(). */
void mock_drm_reset(void);
void mock_drm_finish(void);

/** Another program shows a 1024x768 mode of its own on primary and cursor. */
void mock_drm_light(void);

/** Handles, framebuffers, blobs and requests that we made and that are still there. */
int mock_drm_leaks(void);

struct mock_object *mock_drm_object(uint32_t id);
uint64_t *mock_drm_value(uint32_t object, const char *name);
struct mock_fb *mock_drm_fb(uint32_t id);
struct mock_blob *mock_drm_blob(uint32_t id);
bool mock_drm_plane_has(uint32_t plane, uint32_t fourcc, uint64_t modifier);
const drmModeModeInfo *mock_drm_modes(int *n);
/** A commit that asks the kernel itself. Returns 0 or a negative errno value. */
int mock_drm_atomic(int fd, const struct drm_mode_atomic *commit);
/** The value by which the card means @option of an enumeration. */
uint64_t mock_drm_option(const char *option);
/** A look-up table, matrix or HDR metadata of another program's, in every place for one. */
void mock_drm_tint(void);
/** The name of a property from its id. */
const char *mock_drm_name(uint32_t id);

/** Whether two states show the same: modes are compared by their data. */
bool mock_drm_same(const struct mock_drm *a, const struct mock_drm *b);

#endif
