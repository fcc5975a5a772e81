/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* store - heaps, the camera's memory, the display's, the GPU's: pools of frames from any. */
#include "flow/store.h"

#include <errno.h>
#include <string.h>

static bool is_any(const struct zc_stores *stores)
{
    return stores->config->memory == ZC_MEMORY_ANY;
}

bool zc_store_serves_camera(const struct zc_stores *stores, enum zc_store store,
                            bool shown)
{
    enum zc_memory memory = stores->config->memory;
    bool heap = memory == ZC_MEMORY_HEAP || (memory == ZC_MEMORY_DISPLAY && !shown);

    switch (store) {
    case ZC_STORE_HEAP:
        return heap || (is_any(stores) && stores->config->heap);
    case ZC_STORE_CONTIGUOUS:
        return is_any(stores);
    case ZC_STORE_CAMERA:
        return is_any(stores) || memory == ZC_MEMORY_CAMERA;
    case ZC_STORE_GPU:
        return false;
    default:
        return shown && (is_any(stores) || memory == ZC_MEMORY_DISPLAY);
    }
}

bool zc_store_serves_gpu(const struct zc_stores *stores, enum zc_store store)
{
    enum zc_memory memory = stores->config->memory;

    if (stores->n_modifiers || store == ZC_STORE_GPU)
        return stores->n_modifiers && store == ZC_STORE_GPU;
    switch (store) {
    case ZC_STORE_HEAP:
        return is_any(stores) ? stores->config->heap != NULL
                              : memory != ZC_MEMORY_DISPLAY;
    case ZC_STORE_CONTIGUOUS:
        return is_any(stores);
    case ZC_STORE_CAMERA:
        return false;
    default:
        return is_any(stores) || memory == ZC_MEMORY_DISPLAY;
    }
}

static int pool_of_heap(struct zc_heap *heap, const struct zc_layout *layout, int n,
                        struct zc_pool **pool)
{
    if (heap)
        return zc_pool_create(pool, heap, layout, n);
    zc_log(ZC_LOG_ERROR, "these frames need a heap, and none is given");
    return -ENOTSUP;
}

static int open_contiguous(struct zc_stores *stores)
{
    const struct zc_heap *first = stores->config->heap;
    int error = stores->contiguous ? 0 : zc_heap_open(&stores->contiguous, "contiguous");

    if (!error && first &&
        !strcmp(zc_heap_name(first), zc_heap_name(stores->contiguous))) {
        zc_log(ZC_LOG_ERROR, "it is the same as the one before");
        error = -ENOENT;
    }
    return error;
}

int zc_store_pool(struct zc_stores *stores, enum zc_store store,
                  const struct zc_layout *layout, int n, struct zc_pool **pool)
{
    int error;

    switch (store) {
    case ZC_STORE_HEAP:
        return pool_of_heap(stores->config->heap, layout, n, pool);
    case ZC_STORE_CONTIGUOUS:
        error = open_contiguous(stores);
        return error ? error : pool_of_heap(stores->contiguous, layout, n, pool);
    case ZC_STORE_CAMERA:
        return zc_camera_export(stores->config->camera, n, pool);
    case ZC_STORE_GPU:
        return zc_gpu_pool(stores->config->gpu, layout, stores->modifiers,
                           stores->n_modifiers, n, pool);
    default:
        return zc_display_pool(stores->config->display, layout, n, pool);
    }
}

static const struct zc_heap *heap_of(const struct zc_stores *stores, enum zc_store store)
{
    return store == ZC_STORE_HEAP ? stores->config->heap : stores->contiguous;
}

const char *zc_store_name(const struct zc_stores *stores, enum zc_store store)
{
    const struct zc_heap *heap = heap_of(stores, store);

    if (store == ZC_STORE_CAMERA)
        return "camera";
    if (store == ZC_STORE_DISPLAY)
        return "display";
    if (store == ZC_STORE_GPU)
        return "gpu";
    return heap ? zc_heap_name(heap) : "contiguous";
}

const char *zc_store_reason(const struct zc_stores *stores, enum zc_store store)
{
    const struct zc_heap *heap = heap_of(stores, store);

    if (store == ZC_STORE_CAMERA)
        return "the camera's own memory, exported";
    if (store == ZC_STORE_DISPLAY)
        return "the display's own memory, exported";
    if (store == ZC_STORE_GPU)
        return "the GPU's own memory, exported";
    return heap ? zc_heap_reason(heap) : NULL;
}

void zc_stores_finish(struct zc_stores *stores)
{
    zc_heap_close(stores->contiguous);
    stores->contiguous = NULL;
}
