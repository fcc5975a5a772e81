/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * formats - of a compositor: told once by one with linux-dmabuf's version 3, and by later
 * ones in a feedback that is sent again whenever something changes.
 */
#include "display/wayland/formats.h"

#include "linux-dmabuf-client-protocol.h"

#include <drm_fourcc.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FIRST_LIST 64

/* As the protocol has it. */
struct table_row {
    uint32_t fourcc, padding;
    uint64_t modifier;
};

static bool lists(const struct format_list *list, uint32_t fourcc, uint64_t modifier)
{
    for (int i = 0; i < list->n; i++)
        if (list->of[i].fourcc == fourcc && list->of[i].modifier == modifier)
            return true;
    return false;
}

static void add(struct formats *formats, struct format_list *list, uint32_t fourcc,
                uint64_t modifier)
{
    if (lists(list, fourcc, modifier))
        return;
    if (list->n == list->room) {
        int room = list->room ? 2 * list->room : FIRST_LIST;
        struct listed *more = realloc(list->of, room * sizeof(*more));

        if (!more) {
            formats->failed = true;
            return;
        }
        list->of = more;
        list->room = room;
    }
    list->of[list->n++] = (struct listed){fourcc, modifier};
}

/* --------------------------------------------------------------- version 3 */

static void on_format(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t fourcc)
{
    (void)data;
    (void)dmabuf;
    (void)fourcc;
}

static void on_modifier(void *data, struct zwp_linux_dmabuf_v1 *dmabuf, uint32_t fourcc,
                        uint32_t high, uint32_t low)
{
    struct formats *formats = data;

    (void)dmabuf;
    add(formats, &formats->now, fourcc, (uint64_t)high << 32 | low);
    formats->told = true;
}

static const struct zwp_linux_dmabuf_v1_listener dmabuf_listener = {
    .format = on_format,
    .modifier = on_modifier,
};

/* ---------------------------------------------------------------- feedback */

static void drop_table(struct formats *formats)
{
    if (formats->table)
        munmap((void *)formats->table, formats->table_bytes);
    formats->table = NULL;
    formats->table_bytes = 0;
}

static void on_table(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback, int fd,
                     uint32_t bytes)
{
    struct formats *formats = data;
    void *table = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);

    (void)feedback;
    close(fd);
    drop_table(formats);
    if (table == MAP_FAILED) {
        formats->failed = true;
        return;
    }
    formats->table = table;
    formats->table_bytes = bytes;
}

/* The node to draw with, whichever of the device's the compositor named. */
static void find_gpu(struct formats *formats, dev_t device)
{
    char pattern[64];
    glob_t nodes = {0};

    formats->device = device;
    formats->gpu[0] = '\0';
    snprintf(pattern, sizeof(pattern), "/sys/dev/char/%u:%u/device/drm/renderD*",
             major(device), minor(device));
    if (!glob(pattern, 0, NULL, &nodes) && nodes.gl_pathc)
        snprintf(formats->gpu, sizeof(formats->gpu), "/dev/dri%s",
                 strrchr(nodes.gl_pathv[0], '/'));
    globfree(&nodes);
}

static void on_main_device(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback,
                           struct wl_array *told)
{
    dev_t device;

    (void)feedback;
    if (told->size != sizeof(device))
        return;
    memcpy(&device, told->data, sizeof(device));
    find_gpu(data, device);
}

static void on_tranche_device(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback,
                              struct wl_array *device)
{
    (void)data;
    (void)feedback;
    (void)device;
}

static void on_tranche_flags(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback,
                             uint32_t flags)
{
    (void)data;
    (void)feedback;
    (void)flags;
}

/* Tranches come in the order in which the compositor would have them. */
static void on_tranche_formats(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback,
                               struct wl_array *indices)
{
    struct formats *formats = data;
    size_t rows = formats->table_bytes / sizeof(*formats->table);
    const uint16_t *index = indices->data;

    (void)feedback;
    for (size_t i = 0; i < indices->size / sizeof(*index); i++)
        if (index[i] < rows)
            add(formats, &formats->next, formats->table[index[i]].fourcc,
                formats->table[index[i]].modifier);
}

static void on_tranche_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
    (void)data;
    (void)feedback;
}

static void on_done(void *data, struct zwp_linux_dmabuf_feedback_v1 *feedback)
{
    struct formats *formats = data;
    struct format_list before = formats->now;

    (void)feedback;
    formats->now = formats->next;
    formats->next = before;
    formats->next.n = 0;
    formats->changed = formats->told;
    formats->told = true;
}

static const struct zwp_linux_dmabuf_feedback_v1_listener feedback_listener = {
    .done = on_done,
    .format_table = on_table,
    .main_device = on_main_device,
    .tranche_done = on_tranche_done,
    .tranche_target_device = on_tranche_device,
    .tranche_formats = on_tranche_formats,
    .tranche_flags = on_tranche_flags,
};

/* -------------------------------------------------------------------- both */

void formats_init(struct formats *formats, struct connection *connection,
                  struct wl_surface *surface)
{
    struct zwp_linux_dmabuf_v1 *dmabuf = connection->dmabuf;

    zwp_linux_dmabuf_v1_add_listener(dmabuf, &dmabuf_listener, formats);
    if (zwp_linux_dmabuf_v1_get_version(dmabuf) < 4)
        return;
    formats->feedback = zwp_linux_dmabuf_v1_get_surface_feedback(dmabuf, surface);
    zwp_linux_dmabuf_feedback_v1_add_listener(formats->feedback, &feedback_listener,
                                              formats);
}

void formats_finish(struct formats *formats)
{
    if (formats->feedback)
        zwp_linux_dmabuf_feedback_v1_destroy(formats->feedback);
    drop_table(formats);
    free(formats->now.of);
    free(formats->next.of);
    *formats = (struct formats){0};
}

uint64_t formats_modifier(const struct formats *formats, uint32_t fourcc,
                          uint64_t modifier)
{
    if (modifier != DRM_FORMAT_MOD_LINEAR)
        return modifier;
    for (int i = 0; i < formats->now.n; i++)
        if (formats->now.of[i].fourcc == fourcc &&
            formats->now.of[i].modifier != DRM_FORMAT_MOD_INVALID)
            return modifier;
    return DRM_FORMAT_MOD_INVALID;
}

bool formats_have(const struct formats *formats, uint32_t fourcc, uint64_t modifier)
{
    return lists(&formats->now, fourcc, formats_modifier(formats, fourcc, modifier));
}

bool formats_nth(const struct formats *formats, uint32_t fourcc, int index,
                 uint64_t *modifier)
{
    uint64_t linear = formats_modifier(formats, fourcc, DRM_FORMAT_MOD_LINEAR);

    for (int i = 0; i < formats->now.n; i++) {
        const struct listed *listed = &formats->now.of[i];
        bool is_linear = listed->modifier == linear;

        if (listed->fourcc != fourcc ||
            (listed->modifier == DRM_FORMAT_MOD_INVALID && !is_linear) || index--)
            continue;
        *modifier = is_linear ? DRM_FORMAT_MOD_LINEAR : listed->modifier;
        return true;
    }
    return false;
}
