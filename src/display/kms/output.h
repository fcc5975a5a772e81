/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output.h - one connector, the CRTC that drives it, and the mode it is to have. */
#ifndef ZC_KMS_OUTPUT_H
#define ZC_KMS_OUTPUT_H

#include "display/kms/atomic.h"
#include "display/kms/card.h"
#include "display/kms/setting.h"
#include "zerocopy.h"

#define OUTPUT_COPIES 4

struct output {
    const struct card *card;
    uint32_t connector_id, crtc_id;
    int crtc_index;
    char name[48]; /* "HDMI-A-1" */
    /* Their values are those from when we came. */
    struct property connector[CONNECTOR_PROPERTIES], crtc[CRTC_PROPERTIES];
    bool had_mode; /* the CRTC, when we came: @mode_before */
    drmModeModeInfo mode_before, mode;
    bool mode_kept; /* @mode is the one that was lit */
    uint32_t mode_blob;
    struct settings settings;       /* the user's, of the connector */
    uint32_t copies[OUTPUT_COPIES]; /* blobs, as leftover.h says */
    bool ours;                      /* a commit of ours lit it */
};

/**
 * Finds connector and CRTC among @resources and chooses the mode, in an output of which
 * only the card is set. output_finish() is to be called in any case.
 * Returns 0, or a negative errno value.
 */
int output_find(struct output *output, const drmModeRes *resources,
                const struct zc_display_config *config, struct why *why);

/** Frees what output_find() made. */
void output_finish(struct output *output);

/**
 * Adds connector, CRTC and mode to a commit, unless one of ours has lit them already.
 * Returns the DRM_MODE_ATOMIC_* flags that the commit needs for it.
 */
uint32_t output_add(const struct output *output, struct atomic *atomic);

/** Whether the CRTC counts its vertical blanks; false, too, while it is dark. */
bool output_counts_blanks(const struct output *output);

/** As zc_display_mode(). */
bool output_mode(const struct output *output, int index, uint32_t *width,
                 uint32_t *height);

/** Whether something is plugged in, or a negative errno value. */
int output_connected(const struct output *output);

#endif
