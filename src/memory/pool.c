/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pool - a fixed number of frames of one layout that go round for ever. */
#include "memory/frame-private.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct zc_pool {
    pthread_mutex_t lock;
    bool abandoned;
    int n;
    struct zc_frame **frames;
    /* A ring, so that the frame that came home first goes out first and all of them take
     * their turn. */
    struct zc_frame **free;
    int first, n_free;
};

static void pool_destroy(struct zc_pool *pool)
{
    for (int i = 0; i < pool->n; i++)
        zc_frame_unkeep(pool->frames[i]);
    pthread_mutex_destroy(&pool->lock);
    free(pool->frames);
    free(pool->free);
    free(pool);
}

/* The last reference of a frame is gone: it waits for its next turn. */
static void take_back(struct zc_frame *frame, void *user)
{
    struct zc_pool *pool = user;
    bool last;

    *zc_frame_meta(frame) = (struct zc_frame_meta){0};
    zc_frame_set_holder(frame, NULL);
    zc_frame_set_fence(frame, -1);
    pthread_mutex_lock(&pool->lock);
    pool->free[(pool->first + pool->n_free++) % pool->n] = frame;
    last = pool->abandoned && pool->n_free == pool->n;
    pthread_mutex_unlock(&pool->lock);
    if (last)
        pool_destroy(pool);
}

int zc_pool_create_from(struct zc_pool **out, struct zc_frame *const *frames, int n)
{
    struct zc_pool *pool = calloc(1, sizeof(*pool));

    if (!pool)
        return -ENOMEM;
    pool->frames = calloc(n, sizeof(*pool->frames));
    pool->free = calloc(n, sizeof(*pool->free));
    if (!pool->frames || !pool->free) {
        free(pool->frames);
        free(pool->free);
        free(pool);
        return -ENOMEM;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pool->n = n;
    for (int i = 0; i < n; i++) {
        pool->frames[i] = frames[i];
        zc_frame_keep(frames[i]);
        zc_frame_set_release(frames[i], take_back, pool);
        zc_frame_unref(frames[i]);
    }
    *out = pool;
    return 0;
}

int zc_pool_create(struct zc_pool **out, struct zc_heap *heap,
                   const struct zc_layout *layout, int n)
{
    struct zc_frame **frames;
    int made = 0, error = 0;

    if (n < 1)
        return -EINVAL;
    frames = calloc(n, sizeof(struct zc_frame *));
    if (!frames)
        return -ENOMEM;
    while (made < n && !error) {
        error = zc_frame_create(&frames[made], heap, layout);
        made += !error;
    }
    if (!error)
        error = zc_pool_create_from(out, frames, n);
    while (error && made > 0)
        zc_frame_unref(frames[--made]);
    free(frames);
    return error;
}

void zc_pool_unref(struct zc_pool *pool)
{
    bool last;

    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->abandoned = true;
    last = pool->n_free == pool->n;
    pthread_mutex_unlock(&pool->lock);
    if (last)
        pool_destroy(pool);
}

struct zc_frame *zc_pool_acquire(struct zc_pool *pool)
{
    struct zc_frame *frame = NULL;

    pthread_mutex_lock(&pool->lock);
    if (pool->n_free > 0) {
        frame = zc_frame_ref(pool->free[pool->first]);
        zc_frame_set_release(frame, take_back, pool);
        pool->first = (pool->first + 1) % pool->n;
        pool->n_free--;
    }
    pthread_mutex_unlock(&pool->lock);
    return frame;
}

int zc_pool_size(const struct zc_pool *pool)
{
    return pool->n;
}

int zc_pool_free(const struct zc_pool *pool)
{
    struct zc_pool *unlocked = (struct zc_pool *)pool;
    int n;

    pthread_mutex_lock(&unlocked->lock);
    n = pool->n_free;
    pthread_mutex_unlock(&unlocked->lock);
    return n;
}

struct zc_frame *zc_pool_frame(const struct zc_pool *pool, int index)
{
    return index >= 0 && index < pool->n ? pool->frames[index] : NULL;
}

void zc_pool_describe(const struct zc_pool *pool, char *text, size_t size)
{
    const char *names[8];
    int counts[8], n = 0, unnamed = pool->n - zc_pool_free(pool);
    size_t used = 0;

    for (int i = 0; i < pool->n; i++) {
        const char *holder = zc_frame_holder(pool->frames[i]);
        int k = 0;

        if (!holder)
            continue;
        while (k < n && strcmp(names[k], holder))
            k++;
        if (k == n && n == 8)
            continue;
        if (k == n) {
            names[n] = holder;
            counts[n++] = 0;
        }
        counts[k]++;
        unnamed--;
    }
    text[0] = '\0';
    for (int k = 0; k < n && used < size; k++)
        used += snprintf(text + used, size - used, "%s %d, ", names[k], counts[k]);
    if (unnamed > 0 && used < size)
        used += snprintf(text + used, size - used, "others %d, ", unnamed);
    if (used < size)
        snprintf(text + used, size - used, "free %d", zc_pool_free(pool));
}
