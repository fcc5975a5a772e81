/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-private.h - what the files of the display share.
 *
 * display.c has the life of a frame on screen; display-setup.c the choice of card;
 * display-output.c of connector, CRTC and mode; display-restore.c the state that was
 * before; display-plane.c the planes; display-placement.c which of them takes a frame, and
 * where; display-import.c framebuffers; display-capture.c writeback; display-dumb.c buffers
 * of the card's own.
 */
#ifndef ZC_DISPLAY_PRIVATE_H
#define ZC_DISPLAY_PRIVATE_H

#include "display/atomic.h"
#include "memory/frame-private.h"
#include "zerocopy.h"

struct plane_format {
    uint32_t fourcc;
    uint64_t modifier;
};

/** A plane that our CRTC can use. prop[].value is what it was when we came. */
struct plane {
    uint32_t id;
    bool lit;     /* on our CRTC since the last commit, ours or another program's */
    bool touched; /* by a commit of ours */
    struct property prop[PLANE_PROPERTIES];
    struct plane_format *formats;
    int n_formats;
};

/** How frames of one layout get to one place on screen: found by TEST_ONLY, then kept. */
struct placement {
    struct zc_layout layout;
    struct zc_rect to;
    struct plane *plane;
    struct plane
        *backdrop; /* the primary, black below an overlay that wants one; or NULL */
};

#define DISPLAY_PLACEMENTS 8

struct zc_display {
    struct zc_display_info info;
    char path[128], driver[32], name[48];
    int fd;
    bool modifiers; /* AddFB2 takes them */
    bool monotonic; /* events are in CLOCK_MONOTONIC */

    uint32_t connector_id, crtc_id;
    int crtc_index;
    struct property connector[CONNECTOR_PROPERTIES], crtc[CRTC_PROPERTIES];
    uint32_t writeback_id; /* 0: none */
    struct property writeback[CONNECTOR_PROPERTIES];
    drmModeModeInfo mode, saved_mode;
    bool had_mode; /* saved_mode was set on the CRTC when we came */
    uint32_t mode_blob;
    struct plane *planes;
    int n_planes;
    uint32_t plane_id;   /* the only one for frames; 0: any */
    bool keep;           /* what is on screen at the end stays there */
    struct zc_rect rect; /* of the mode, where frames go; zero width: centred, unscaled */

    struct placement placements[DISPLAY_PLACEMENTS];
    int n_placements, next_placement;
    struct placement *active; /* of the last commit */
    uint32_t backdrop_fb;

    struct atomic atomic;
    bool ours;        /* a commit of ours went through: there is something to restore */
    int vblank_asked; /* how often */
    bool flipped;
    struct zc_frame *current,
        *next; /* on screen; committed and waiting. Own references */
    int64_t committed_ns;
    int64_t asked_ns; /* when the card was last seen to be there */
    struct zc_attachments imports;
};

/* display-setup.c */

/**
 * Finds and prepares the card, output and mode in a zeroed display. On failure what is in
 * it is to be freed by display_release(), and the log has said why.
 */
int display_setup(struct zc_display *display, const struct zc_display_config *config);
/** Frees what display_setup() got: planes, blob, master, fd. */
void display_release(struct zc_display *display);

/** Why a card does not fit: kept, and said once it is known that none does. */
struct why {
    char text[384];
};

/** Writes the reason. Returns @error. */
int refuse(struct why *why, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* display-output.c */

/**
 * Finds the connector and its CRTC, and reads their properties. The caller frees *out.
 * Returns 1 when it is lit, 0 when it is dark, or a negative errno value.
 */
int output_find(struct zc_display *display, const drmModeRes *resources,
                const struct zc_display_config *config, drmModeConnector **out,
                struct why *why);
/** Keeps the mode that is there, and makes a blob of the one to be used. */
int output_set_mode(struct zc_display *display, const drmModeConnector *connector,
                    bool lit, const struct zc_display_config *config, struct why *why);
/** Refreshes in 1000 seconds. */
uint32_t mode_blanking_ns(const drmModeModeInfo *mode);
uint32_t mode_refresh_mhz(const drmModeModeInfo *mode);

/* display-plane.c */

/** Reads the planes that the CRTC can use. */
int planes_read(struct zc_display *display);
void planes_free(struct zc_display *display);
/** Whether frames may go to @plane: no cursor, and the one asked for, if one was. */
bool plane_offered(const struct zc_display *display, const struct plane *plane);
bool plane_has(const struct plane *plane, uint32_t fourcc, uint64_t modifier);
/** Leaves plane @id as the only one offered. Errors: -ENOENT, with those there are. */
int plane_choose(struct zc_display *display, uint32_t id, struct why *why);
/** Adds a plane's showing @fb, of @width x @height pixels, at @to. */
void plane_add_on(struct zc_display *display, const struct plane *plane, uint32_t fb,
                  uint32_t width, uint32_t height, const struct zc_rect *to);
/** Adds a plane's going dark. */
void plane_add_off(struct zc_display *display, const struct plane *plane);

/* display-placement.c */

/** Adds the connector, CRTC and mode. */
void placement_add_output(struct zc_display *display);
/** Adds the whole state of all planes for a frame with framebuffer @fb. */
void placement_add_planes(struct zc_display *display, const struct placement *placement,
                          uint32_t fb);
/** Notes which planes are lit after a commit with @placement. */
void placement_committed(struct zc_display *display, struct placement *placement);
/**
 * The placement for @frame, which has framebuffer @fb: remembered, or found by TEST_ONLY.
 * Errors: -ENOTSUP with a bit set in *reasons, the kernel's.
 */
int placement_find(struct zc_display *display, struct zc_frame *frame,
                   struct placement **out, uint32_t *reasons);

/* display-import.c */

/**
 * The framebuffer of @frame, made at the first call.
 * Errors, silent: -ENOTSUP with *reasons set; -ENODEV unplugged, -ENOMEM, -ENOSPC.
 */
int display_import(struct zc_display *display, struct zc_frame *frame, uint32_t *fb,
                   uint32_t *reasons);
/** Makes a framebuffer of GEM @handles, one a buffer. Returns 0 or the kernel's answer. */
int framebuffer_create(struct zc_display *display, const struct zc_layout *layout,
                       const uint32_t *handles, uint32_t *fb);
/** Hangs @fb on @frame; takes it over, also on failure. */
int framebuffer_attach(struct zc_display *display, struct zc_frame *frame, uint32_t fb);
/** Whether the card itself was unplugged. */
bool display_gone(const struct zc_display *display);
/** Sets the imports' destroy function. */
void display_import_init(struct zc_display *display);

/* display-restore.c */

/** Copies the mode that is set on the CRTC. */
int display_save_mode(struct zc_display *display);
/** Puts back the state from before the first commit. */
void display_restore(struct zc_display *display);
/** Leaves mode and picture as they are, where the kernel can. */
void display_leave(struct zc_display *display);

/* display-dumb.c */

/** A black XR24 framebuffer of the mode's size, made at the first call; 0: cannot be had. */
uint32_t display_backdrop(struct zc_display *display);

/* display-capture.c */

/** Looks for the writeback connector of the CRTC. */
void writeback_find(struct zc_display *display, const drmModeRes *resources);

#endif
