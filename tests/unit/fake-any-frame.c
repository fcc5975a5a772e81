/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-any-frame - as much of a frame as an importing device sees. */
#include "fake-any-frame.h"
#include "ioctl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SLOTS 8

struct zc_frame {
    struct zc_layout layout;
    int fds[ZC_MAX_PLANES];
    int fence;
    struct zc_attachment *attached[SLOTS];
};

bool fake_frame_full;

struct zc_frame *fake_frame(const struct zc_layout *layout, const int *fds)
{
    struct zc_frame *frame = calloc(1, sizeof(*frame));

    if (!frame)
        abort();
    frame->layout = *layout;
    frame->fence = -1;
    for (int i = 0; i < layout->n_buffers; i++)
        frame->fds[i] = fds[i];
    return frame;
}

static void detach(struct zc_attachment *attachment)
{
    struct zc_frame *frame = attachment->frame;

    for (int i = 0; i < SLOTS; i++)
        if (frame->attached[i] == attachment)
            frame->attached[i] = NULL;
    *attachment->link = attachment->next;
    if (attachment->next)
        attachment->next->link = attachment->link;
    attachment->owner->destroy(attachment->owner, attachment);
}

void zc_frame_unref(struct zc_frame *frame)
{
    for (int i = 0; i < SLOTS; i++)
        if (frame->attached[i])
            detach(frame->attached[i]);
    zc_close(&frame->fence);
    free(frame);
}

struct zc_attachment *zc_frame_attachment(const struct zc_frame *frame,
                                          const struct zc_attachments *owner)
{
    for (int i = 0; i < SLOTS; i++)
        if (frame->attached[i] && frame->attached[i]->owner == owner)
            return frame->attached[i];
    return NULL;
}

int zc_frame_attach(struct zc_frame *frame, struct zc_attachments *owner,
                    struct zc_attachment *attachment)
{
    int slot = 0;

    while (slot < SLOTS && frame->attached[slot])
        slot++;
    if (slot == SLOTS || fake_frame_full)
        return -ENOSPC;
    frame->attached[slot] = attachment;
    attachment->owner = owner;
    attachment->frame = frame;
    attachment->next = owner->first;
    attachment->link = &owner->first;
    if (owner->first)
        owner->first->link = &attachment->next;
    owner->first = attachment;
    return 0;
}

void zc_attachments_clear(struct zc_attachments *owner)
{
    while (owner->first)
        detach(owner->first);
}

const struct zc_layout *zc_frame_layout(const struct zc_frame *frame)
{
    return &frame->layout;
}

int zc_frame_fd(const struct zc_frame *frame, int buffer)
{
    return frame->fds[buffer];
}

uint64_t zc_frame_identity(const struct zc_frame *frame, int buffer)
{
    struct stat info;

    return fstat(frame->fds[buffer], &info) ? 0 : info.st_ino;
}

uint64_t zc_frame_cpu_maps(const struct zc_frame *frame)
{
    (void)frame;
    return 0;
}

int zc_frame_fence(const struct zc_frame *frame)
{
    return frame->fence;
}

void zc_frame_set_fence(struct zc_frame *frame, int fence)
{
    zc_close(&frame->fence);
    frame->fence = fence;
}
