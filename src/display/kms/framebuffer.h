/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* framebuffer.h - frames as framebuffers of a card, each made once. */
#ifndef ZC_KMS_FRAMEBUFFER_H
#define ZC_KMS_FRAMEBUFFER_H

#include "display/kms/card.h"
#include "memory/frame-private.h"

struct framebuffers {
    const struct card *card;
    struct zc_attachments imports;
    int answer; /* the kernel's, to the last import that it refused */
};

void framebuffers_init(struct framebuffers *all, const struct card *card);
/** Removes all from their frames and from the card. */
void framebuffers_finish(struct framebuffers *all);

/**
 * The framebuffer of @frame, made at the first call.
 * Errors, silent: -ENOTSUP with *reasons set; -ENODEV unplugged, -ENOMEM, -ENOSPC.
 */
int framebuffers_get(struct framebuffers *all, struct zc_frame *frame, uint32_t *fb,
                     uint32_t *reasons);
/**
 * Hangs @fb on @frame, with the handle of the dumb buffer behind it (0: none); takes both over,
 * also on failure.
 */
int framebuffers_add(struct framebuffers *all, struct zc_frame *frame, uint32_t fb,
                     uint32_t dumb);
bool framebuffers_have(const struct framebuffers *all, const struct zc_frame *frame);
/** As zc_display_verify(). */
int framebuffers_verify(const struct framebuffers *all, const struct zc_frame *frame);

/** Makes a framebuffer of GEM @handles, one a buffer. Returns 0 or the kernel's answer. */
int framebuffer_create(const struct card *card, const struct zc_layout *layout,
                       const uint32_t *handles, uint32_t *fb);
/** Leaves @fb on screen when it is removed. Returns 0 or the kernel's answer. */
int framebuffer_forget(const struct card *card, uint32_t fb);

#endif
