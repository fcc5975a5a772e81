/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* attachment - what devices hang on frames: each is in a list of both. */
#include "memory/frame-private.h"

#include <errno.h>
#include <pthread.h>

/*
 * Guards all lists: a frame may die on one thread while its device attaches another on a
 * second, and while a third device closes. Looking one up takes no lock: only the thread
 * that uses a device looks for what the device attached, and that thread alone takes it
 * away again while the frame lives. What it meets of other devices may go at any time, so
 * it looks at their address in the slot and not behind it.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_less = PTHREAD_COND_INITIALIZER;

/* With the lock held. */
static void unlink_it(struct zc_attachment *attachment)
{
    atomic_store_explicit(&attachment->slot->owner, NULL, memory_order_release);
    attachment->slot->attachment = NULL;
    *attachment->link = attachment->next;
    if (attachment->next)
        attachment->next->link = attachment->link;
}

struct zc_attachment *zc_slots_find(const struct zc_attachment_slots *slots,
                                    const struct zc_attachments *owner)
{
    for (int i = 0; i < ZC_ATTACHMENT_SLOTS; i++)
        if (atomic_load_explicit(&slots->slot[i].owner, memory_order_acquire) == owner)
            return slots->slot[i].attachment;
    return NULL;
}

/* With the lock held. */
static void link_it(struct zc_attachment_slot *slot, struct zc_attachments *owner,
                    struct zc_attachment *attachment)
{
    attachment->slot = slot;
    attachment->owner = owner;
    attachment->next = owner->first;
    attachment->link = &owner->first;
    if (owner->first)
        owner->first->link = &attachment->next;
    owner->first = attachment;
    slot->attachment = attachment;
    atomic_store_explicit(&slot->owner, owner, memory_order_release);
}

int zc_slots_add(struct zc_attachment_slots *slots, struct zc_attachments *owner,
                 struct zc_attachment *attachment)
{
    int i = 0;

    pthread_mutex_lock(&lock);
    while (i < ZC_ATTACHMENT_SLOTS && slots->slot[i].attachment)
        i++;
    if (i < ZC_ATTACHMENT_SLOTS)
        link_it(&slots->slot[i], owner, attachment);
    pthread_mutex_unlock(&lock);
    return i < ZC_ATTACHMENT_SLOTS ? 0 : -ENOSPC;
}

/* Takes what stands at @place out of both lists and has it destroyed, unless it is
 * @keeper's. False: nothing. */
static bool destroy_at(struct zc_attachment **place, const struct zc_attachments *keeper)
{
    struct zc_attachments *owner;
    struct zc_attachment *attachment;

    pthread_mutex_lock(&lock);
    attachment = *place;
    if (attachment && attachment->owner == keeper)
        attachment = NULL;
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

void zc_slots_clear(struct zc_attachment_slots *slots,
                    const struct zc_attachments *keeper)
{
    for (int i = 0; i < ZC_ATTACHMENT_SLOTS; i++)
        destroy_at(&slots->slot[i].attachment, keeper);
}

void zc_attachments_clear(struct zc_attachments *owner)
{
    while (destroy_at(&owner->first, NULL))
        ;
    /* Wait for frames that other threads are destroying: they still need the device. */
    pthread_mutex_lock(&lock);
    while (owner->going)
        pthread_cond_wait(&one_less, &lock);
    pthread_mutex_unlock(&lock);
}
