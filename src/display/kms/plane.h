/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plane.h - the planes that an output can use. */
#ifndef ZC_KMS_PLANE_H
#define ZC_KMS_PLANE_H

#include "display/kms/atomic.h"
#include "display/kms/output.h"

struct plane_format {
    uint32_t fourcc;
    uint64_t modifier;
};

/** One plane. prop[].value is what it was when we came. */
struct plane {
    uint32_t id;
    bool lit;     /* on our CRTC since the last commit, ours or another program's */
    bool touched; /* by a commit of ours */
    struct property prop[PLANE_PROPERTIES];
    struct plane_format *formats;
    int n_formats;
    struct settings settings; /* the user's, for the one that shows frames */
    bool lacks_settings;      /* so it cannot be that */
};

struct plane_set {
    const struct output *output;
    struct plane *plane;
    int n;
    uint32_t only; /* the one that frames go to; 0: any */
};

/**
 * Reads the planes that the CRTC can use into a set of which the output is set.
 * planes_finish() is to be called in any case. Returns 0, or a negative errno value.
 */
int planes_read(struct plane_set *set);
void planes_finish(struct plane_set *set);

/** Leaves plane @id as the only one offered. Errors: -ENOENT, with those there are. */
int planes_choose(struct plane_set *set, uint32_t id, struct why *why);

/** Finds the user's settings on each plane. Errors: -ENOENT no plane offered has them. */
int planes_set(struct plane_set *set, const struct zc_display_config *config,
               struct why *why);

/** Whether frames may go to @plane: no cursor, the one chosen, if one was, and
 * one that has the user's settings. */
bool planes_offer(const struct plane_set *set, const struct plane *plane);

/** Whether a plane that is offered lists this format and modifier. */
bool planes_have(const struct plane_set *set, uint32_t fourcc, uint64_t modifier);

/** The @index-th modifier with which planes that are offered list the format, each once. */
bool planes_modifier(const struct plane_set *set, uint32_t fourcc, int index,
                     uint64_t *modifier);

/** Notes that a commit left @plane and @below (or NULL) lit, and no other. */
void planes_committed(struct plane_set *set, const struct plane *plane,
                      const struct plane *below);

bool plane_has(const struct plane *plane, uint32_t fourcc, uint64_t modifier);

/** Whether it turns frames of @layout into RGB by the layout's matrix and range. */
bool plane_converts(const struct plane *plane, const struct zc_layout *layout);

/** Whether a plane that is offered lists the format of @layout and converts it. */
bool planes_convert(const struct plane_set *set, const struct zc_layout *layout);

/** Whether @plane is, or can be put, above @below; true, too, where neither tells. */
bool plane_goes_above(const struct plane *plane, const struct plane *below);

/** Adds to a commit that @plane is above @below. */
void plane_add_above(const struct plane *plane, const struct plane *below,
                     struct atomic *atomic);

/** Adds to a commit how the plane is to read YUV frames of @layout; nothing for others. */
void plane_add_colour(const struct plane *plane, struct atomic *atomic,
                      const struct zc_layout *layout);

/** Adds to a commit that the plane shows @fb, of @width x @height pixels, at @to. */
void plane_add_on(const struct plane *plane, struct atomic *atomic, uint32_t crtc_id,
                  uint32_t fb, uint32_t width, uint32_t height, const struct zc_rect *to);

/** Adds to a commit that the plane goes dark. */
void plane_add_off(const struct plane *plane, struct atomic *atomic);

#endif
