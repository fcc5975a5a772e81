/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame-private.h - what the devices of this library hang on a frame.
 *
 * An attachment is one device's import of one frame: made when the device first sees the
 * frame, found again at each later turn, destroyed with the frame or with the device,
 * whichever goes first.
 */
#ifndef ZC_FRAME_PRIVATE_H
#define ZC_FRAME_PRIVATE_H

#include "zerocopy.h"

#include <stdatomic.h>

struct zc_attachment;

/** The attachments of one device in one role; its address is the key. Zeroed at first. */
struct zc_attachments {
    struct zc_attachment *first;
    int going; /* unlinked, and not yet destroyed */
    /** Frees the device's part and the attachment itself. It is unlinked already. */
    void (*destroy)(struct zc_attachments *owner, struct zc_attachment *attachment);
};

/** Embedded as the first member of the device's own import struct. */
struct zc_attachment {
    struct zc_attachments *owner;
    struct zc_attachment_slot *slot;    /* of the frame */
    struct zc_attachment *next, **link; /* in owner's list */
};

/* One for each role of a device that a frame can meet at once: camera, GPU source, GPU
 * target, display, and as many again for a second set of devices. */
#define ZC_ATTACHMENT_SLOTS 8

/** A place on a frame: free where @attachment is NULL. */
struct zc_attachment_slot {
    _Atomic(struct zc_attachments *) owner; /* whose it is, to be compared only */
    struct zc_attachment *attachment;
};

/** The attachments of one frame. Zeroed at first. */
struct zc_attachment_slots {
    struct zc_attachment_slot slot[ZC_ATTACHMENT_SLOTS];
};

/** What zc_frame_attachment() and zc_frame_attach() do. */
struct zc_attachment *zc_slots_find(const struct zc_attachment_slots *slots,
                                    const struct zc_attachments *owner);
int zc_slots_add(struct zc_attachment_slots *slots, struct zc_attachments *owner,
                 struct zc_attachment *attachment);

/** Destroys all attachments of a frame but those of @keeper; NULL: all. */
void zc_slots_clear(struct zc_attachment_slots *slots,
                    const struct zc_attachments *keeper);

/**
 * The attachment of @owner on @frame, or NULL. Costs a scan of at most as many slots as
 * roles of devices.
 */
struct zc_attachment *zc_frame_attachment(const struct zc_frame *frame,
                                          const struct zc_attachments *owner);

/** Hangs @attachment on @frame. Returns 0, or -ENOSPC when all slots are taken. */
int zc_frame_attach(struct zc_frame *frame, struct zc_attachments *owner,
                    struct zc_attachment *attachment);

/** Destroys all attachments of a device that closes; none is being destroyed after it. */
void zc_attachments_clear(struct zc_attachments *owner);

/**
 * A frame in CPU memory that is no dma-buf: @buffers mapped by the caller, one for each
 * of layout->n_buffers, who keeps them mapped while the frame lives. @unmap is called
 * when the frame is destroyed, with @user.
 */
int zc_frame_create_cpu(struct zc_frame **out, const struct zc_layout *layout,
                        void *const *buffers, void (*unmap)(void *user), void *user);

/**
 * How many bytes into each buffer its planes are moved: what a driver calls data_offset.
 * Zeroes at first.
 */
const uint32_t *zc_frame_data_offset(const struct zc_frame *frame);

/**
 * Moves the planes of each buffer to @offset bytes beyond where the frame was made to have
 * them. Devices have imported them where they were: their attachments are destroyed, except
 * those of @keeper, and made anew when they meet the frame again. Threads: the holder of the
 * only reference, or of a pool that nobody uses yet. Returns 0, or -EINVAL, silently, where a
 * plane would not lie within its buffer: nothing is changed then.
 */
int zc_frame_set_data_offset(struct zc_frame *frame, const uint32_t offset[ZC_MAX_PLANES],
                             const struct zc_attachments *keeper);

/** The literal that zc_frame_set_holder() set last, or NULL. */
const char *zc_frame_holder(const struct zc_frame *frame);

/** A pool of @n frames that exist; takes over one reference of each on success only. */
int zc_pool_create_from(struct zc_pool **out, struct zc_frame *const *frames, int n);

/** Names the dma-bufs of a frame to the log and to debugfs. */
#define ZC_FRAME_NAME "zerocopy"

#endif
