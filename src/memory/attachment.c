/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* attachment - what devices hang on frames: each is in a list of both. */
#include "memory/frame-private.h"

#include <errno.h>
#include <pthread.h>

/* Guards all lists: a frame may die on one thread while its device attaches another on a
 * second. Looking one up takes no lock: a frame is used by one thread at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_less = PTHREAD_COND_INITIALIZER;

/* With the lock held. */
static void unlink_it(struct zc_attachment *attachment)
{
    *attachment->slot = NULL;
    *attachment->link = attachment->next;
    if (attachment->next)
        attachment->next->link = attachment->link;
}

struct zc_attachment *zc_slots_find(const struct zc_attachment_slots *slots,
                                    const struct zc_attachments *owner)
{
    for (int i = 0; i < ZC_ATTACHMENT_SLOTS; i++)
        if (slots->slot[i] && slots->slot[i]->owner == owner)
            return slots->slot[i];
    return NULL;
}

int zc_slots_add(struct zc_attachment_slots *slots, struct zc_attachments *owner,
                 struct zc_attachment *attachment)
{
    int i = 0;

    while (i < ZC_ATTACHMENT_SLOTS && slots->slot[i])
        i++;
    if (i == ZC_ATTACHMENT_SLOTS)
        return -ENOSPC;
    pthread_mutex_lock(&lock);
    slots->slot[i] = attachment;
    attachment->slot = &slots->slot[i];
    attachment->owner = owner;
    attachment->next = owner->first;
    attachment->link = &owner->first;
    if (owner->first)
        owner->first->link = &attachment->next;
    owner->first = attachment;
    pthread_mutex_unlock(&lock);
    return 0;
}

/* Takes what stands at @place out of both lists and has it destroyed. False: nothing. */
static bool destroy_at(struct zc_attachment **place)
{
    struct zc_attachments *owner;
    struct zc_attachment *attachment;

    pthread_mutex_lock(&lock);
    attachment = *place;
    if (attachment) {
        owner = attachment->owner;
        owner->going++;
        unlink_it(attachment);
    }
    pthread_mutex_unlock(&lock);
    if (!attachment)
        return false;
    owner->destroy(owner, attachment);
    pthread_mutex_lock(&lock);
    owner->going--;
    pthread_cond_broadcast(&one_less);
    pthread_mutex_unlock(&lock);
    return true;
}

void zc_slots_clear(struct zc_attachment_slots *slots)
{
    for (int i = 0; i < ZC_ATTACHMENT_SLOTS; i++)
        destroy_at(&slots->slot[i]);
}

void zc_attachments_clear(struct zc_attachments *owner)
{
    while (destroy_at(&owner->first))
        ;
    /* Frames may be dying on other threads: they still need the device. */
    pthread_mutex_lock(&lock);
    while (owner->going)
        pthread_cond_wait(&one_less, &lock);
    pthread_mutex_unlock(&lock);
}
