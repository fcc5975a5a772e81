/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* memory - frames of heaps, of a camera's own memory, and of a display's. */
#include "probe/inventory.h"

#include "probe/cell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of a frame that tells whether a GPU has memory of its own. */
#define SIDE 64

const char *memory_kind_name(enum memory_kind kind)
{
    static const char *const names[] = {"heap", "camera", "display", "gpu"};

    return names[kind];
}

static struct memory *add_memory(struct inventory *all, enum memory_kind kind,
                                 const char *name, const char *path)
{
    struct memory *memory = &all->memory[all->n_memories];

    if (all->n_memories == MOST_MEMORIES)
        return NULL;
    all->n_memories++;
    *memory = (struct memory){.kind = kind};
    snprintf(memory->name, sizeof(memory->name), "%s", name);
    snprintf(memory->path, sizeof(memory->path), "%s", path);
    return memory;
}

static void add_heap(struct inventory *all, const char *name, const char *path)
{
    struct memory *memory = add_memory(all, MEMORY_HEAP, name, path);

    if (!memory)
        return;
    cell_first_error[0] = '\0';
    memory->error = zc_heap_open(&memory->heap, path);
    if (memory->error)
        snprintf(memory->why, sizeof(memory->why), "%s", cell_first_error);
    else
        snprintf(memory->name, sizeof(memory->name), "%s", zc_heap_name(memory->heap));
}

/* The best ordinary heap and the best contiguous one, by the library's own order. */
static bool is_best(const char *name, const char *property)
{
    struct zc_heap *heap;
    bool best;

    if (zc_heap_open(&heap, property))
        return false;
    best = !strcmp(zc_heap_name(heap), name);
    zc_heap_close(heap);
    return best;
}

/*
 * The smaller the better: the library's favourite, then what any CPU reads fast, then what is
 * scarce (contiguous, below 4 GiB), and last what the CPU reads slowly or what costs more to
 * make (udmabuf).
 */
static int rank_of(const char *name)
{
    if (is_best(name, "cached"))
        return 0;
    if (!strcmp(name, "udmabuf"))
        return 4;
    if (strstr(name, "uncached"))
        return 5;
    if (is_best(name, "contiguous"))
        return 2;
    return strstr(name, "dma32") || strstr(name, "contiguous") ? 3 : 1;
}

/* Names or paths, with commas between. */
static void add_wanted(struct inventory *all, const char *list,
                       const struct zc_heap_entry *entry, int n)
{
    char names[512], *rest = names, *name;

    snprintf(names, sizeof(names), "%s", list);
    while ((name = strsep(&rest, ","))) {
        const char *path = name;

        for (int i = 0; i < n; i++)
            if (!strcmp(name, entry[i].name))
                path = entry[i].path;
        if (*name)
            add_heap(all, name, path);
    }
}

static void add_heaps(struct inventory *all, const struct wanted *wanted)
{
    struct zc_heap_entry entry[MOST_MEMORIES];
    int n, rank[MOST_MEMORIES];

    n = zc_heap_list(entry, MOST_MEMORIES);
    n = n < MOST_MEMORIES ? n : MOST_MEMORIES;
    if (wanted->heap) {
        add_wanted(all, wanted->heap, entry, n);
        return;
    }
    for (int i = 0; i < n; i++)
        rank[i] = rank_of(entry[i].name);
    for (int wave = 0; wave <= 5; wave++)
        for (int i = 0; i < n; i++)
            if (rank[i] == wave)
                add_heap(all, entry[i].name, entry[i].path);
}

static void follow(struct memory *memory, const struct device *owner)
{
    memory->error = owner->error;
    snprintf(memory->why, sizeof(memory->why), "%s", owner->why);
}

void memories_follow(struct inventory *all, const struct device *owner)
{
    for (int i = 0; i < all->n_memories; i++)
        if (all->memory[i].owner == owner)
            follow(&all->memory[i], owner);
}

/* Many have none: no node, or a libgbm that is not of their driver. One frame tells. */
static void try_own(struct memory *memory)
{
    struct zc_pool *pool = NULL;
    struct zc_layout layout;

    if (memory->error ||
        zc_layout_solve(&layout, zc_format_by_name("XR24"), SIDE, SIDE, NULL))
        return;
    cell_first_error[0] = '\0';
    memory->error = memory_make(memory, &layout, 1, &pool);
    zc_pool_unref(pool);
    if (memory->error)
        snprintf(memory->why, sizeof(memory->why), "%s",
                 cell_first_error[0] ? cell_first_error : strerror(-memory->error));
}

/* The memory of a device that has some. */
static void add_own(struct inventory *all, struct device *device)
{
    static const enum memory_kind kinds[] = {
        [DEVICE_CAMERA] = MEMORY_CAMERA,
        [DEVICE_GPU] = MEMORY_GPU,
        [DEVICE_DISPLAY] = MEMORY_DISPLAY,
    };
    struct memory *memory;

    if (device->kind == DEVICE_CONVERTER)
        return;
    memory = add_memory(all, kinds[device->kind], device->name, device->path);
    if (!memory)
        return;
    memory->owner = device;
    follow(memory, device);
    if (memory->kind == MEMORY_GPU)
        try_own(memory);
}

void memories_open(struct inventory *all, const struct wanted *wanted)
{
    add_heaps(all, wanted);
    for (int i = 0; i < all->n_devices; i++)
        add_own(all, &all->device[i]);
}

void memories_close(struct inventory *all)
{
    for (int i = 0; i < all->n_memories; i++)
        zc_heap_close(all->memory[i].heap);
}

/* The camera writes as it was told last; another layout it does not have. */
static int make_of_camera(struct zc_camera *camera, const struct zc_layout *layout, int n,
                          struct zc_pool **pool)
{
    const struct zc_align align = {.stride = 0};
    struct zc_camera_mode mode = {
        .format = layout->format, .width = layout->width, .height = layout->height};
    struct zc_layout own;
    int error;

    zc_camera_stop(camera);
    error = zc_camera_set_mode(camera, &mode, &align, &own);
    return error ? error : zc_camera_export(camera, n, pool);
}

int memory_make(struct memory *memory, const struct zc_layout *layout, int n,
                struct zc_pool **pool)
{
    static const uint64_t linear = 0; /* DRM_FORMAT_MOD_LINEAR */

    switch (memory->kind) {
    case MEMORY_HEAP:
        return zc_pool_create(pool, memory->heap, layout, n);
    case MEMORY_CAMERA:
        return make_of_camera(memory->owner->camera, layout, n, pool);
    case MEMORY_GPU:
        return zc_gpu_pool(memory->owner->gpu, layout, &linear, 1, n, pool);
    default:
        return zc_display_pool(memory->owner->display, layout, n, pool);
    }
}

void memory_done(struct memory *memory)
{
    if (memory->kind == MEMORY_CAMERA)
        zc_camera_stop(memory->owner->camera);
}

int memory_refused(struct cell *cell, const struct memory *memory, int error)
{
    if (memory->kind == MEMORY_CAMERA && (error == -ENOTSUP || error == -ERANGE))
        cell_set(cell, CELL_NOT_TRIED, NULL, "%s",
                 cell_first_error[0] ? cell_first_error : strerror(-error));
    else
        cell_refuse(cell, "allocate", error, "%s", strerror(-error));
    return error;
}

int memory_frame(struct cell *cell, struct memory *memory, const struct zc_format *format,
                 const struct zc_align *align, struct zc_pool **pool,
                 struct zc_frame **frame)
{
    struct zc_layout layout;
    int error = zc_layout_solve(&layout, format, cell->width, cell->height, align);

    if (!error)
        error = memory_make(memory, &layout, 2, pool);
    if (error)
        return memory_refused(cell, memory, error);
    *frame = zc_pool_acquire(*pool);
    if (!*frame)
        return cell_refuse(cell, "allocate", -ENOMEM, "its device keeps all frames");
    return 0;
}
