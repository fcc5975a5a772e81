/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trial - a device that cannot draw into a linear frame is of no use here, whatever else it
 * can: NVIDIA's, for one, lists linear images as to be sampled only. What the memory holds
 * counts more than what is listed.
 */
#include "gpu/trial.h"
#include "gpu/import.h"
#include "gpu/modifier.h"
#include "memory/heap-private.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 64 /* pixels, each way */
#define FORMAT DRM_FORMAT_XRGB8888
#define TOLERANCE 1

/* The colour that is drawn, and what is then in memory: blue first. */
static const uint8_t drawn[] = {0x33, 0x66, 0x99};

static bool is_drawn(const uint8_t *pixel)
{
    for (size_t i = 0; i < sizeof(drawn); i++)
        if (abs(pixel[i] - drawn[i]) > TOLERANCE)
            return false;
    return true;
}

/* Whether the first and the last pixel of @frame are what was drawn. */
static bool holds(struct zc_frame *frame, char *why, size_t size)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    size_t last = (size_t)(SIZE - 1) * layout->plane[0].stride +
                  (SIZE - 1) * layout->format->plane[0].block_bytes;
    void *plane[ZC_MAX_PLANES];
    uint8_t *pixels;
    bool good;

    if (zc_frame_begin_cpu(frame, ZC_CPU_READ, plane))
        return true; /* nobody can look */
    pixels = plane[0];
    good = is_drawn(pixels) && is_drawn(pixels + last);
    if (!good)
        snprintf(why, size,
                 "what it draws does not arrive in memory: %02x%02x%02x, not "
                 "%02x%02x%02x",
                 pixels[2], pixels[1], pixels[0], drawn[2], drawn[1], drawn[0]);
    zc_frame_end_cpu(frame);
    return good;
}

/* 0, -ENOTSUP and why, or what the heap gives. */
static int draw_into(const struct zc_egl *egl, struct zc_heap *heap, char *why,
                     size_t size)
{
    const struct zc_align align = {.stride = 256};
    struct zc_imports imports;
    struct zc_import *target;
    struct zc_layout layout;
    struct zc_frame *frame;
    int error = zc_layout_solve(&layout, zc_format_by_drm(FORMAT), SIZE, SIZE, &align);

    if (!error)
        error = zc_frame_create(&frame, heap, &layout);
    if (error)
        return error;
    zc_imports_init(&imports, egl);
    imports.level = ZC_LOG_DEBUG;
    error = zc_import_target(&imports, frame, &target);
    if (error) {
        snprintf(why, size, "it does not draw into a linear %s frame of heap %s: %s",
                 layout.format->name, zc_heap_name(heap), imports.refusal);
    } else {
        glBindFramebuffer(GL_FRAMEBUFFER, target->framebuffer[0]);
        glClearColor(drawn[2] / 255.f, drawn[1] / 255.f, drawn[0] / 255.f, 1);
        glClear(GL_COLOR_BUFFER_BIT);
        glFinish();
        error = holds(frame, why, size) ? 0 : -ENOTSUP;
        glBindFramebuffer(GL_FRAMEBUFFER, 0);
    }
    zc_imports_finish(&imports);
    zc_frame_unref(frame);
    return error;
}

/* By the driver's word alone. */
static int ask(const struct zc_egl *egl, char *why, size_t size)
{
    bool external;

    if (!zc_egl_lists_modifier(egl, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR,
                               &external) ||
        !external)
        return 0;
    snprintf(why, size,
             "it takes linear images to sample only, not to draw into "
             "(EGL_EXT_image_dma_buf_import_modifiers: external only)");
    return -ENOTSUP;
}

int zc_gpu_try(const struct zc_egl *egl, char *why, size_t size)
{
    /* Some reach only memory in one piece: one that it can draw into is enough. */
    static const char *const memories[] = {"cached", "contiguous"};
    int result = 0;

    for (size_t i = 0; i < sizeof(memories) / sizeof(memories[0]); i++) {
        struct zc_heap *heap;
        int error;

        if (zc_heap_find(&heap, memories[i]))
            continue;
        error = draw_into(egl, heap, why, size);
        zc_heap_close(heap);
        if (!error)
            return 0;
        if (error == -ENOTSUP)
            result = error;
    }
    return result ? result : ask(egl, why, size);
}
