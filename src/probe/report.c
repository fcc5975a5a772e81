/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report - memories, devices and cells as members of the document. */
#include "probe/report.h"

#include "tools/document/host.h"

#include <string.h>

static void put(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, host_text(text));
}

void report_inventory(struct document *document, const struct inventory *inventory)
{
    for (int i = 0; i < inventory->n_memories; i++) {
        const struct memory *memory = &inventory->memory[i];
        json_t *object = json_object();

        put(object, "name", memory->name);
        put(object, "kind", memory_kind_name(memory->kind));
        put(object, "path", memory->path);
        put(object, "why", memory->error ? memory->why : NULL);
        document_add(document, "probe.memories", object);
    }
    for (int i = 0; i < inventory->n_devices; i++) {
        const struct device *device = &inventory->device[i];
        json_t *object = json_object();

        put(object, "name", device->name);
        put(object, "kind", device_kind_name(device->kind));
        put(object, "path", device->path);
        put(object, "about", device->about);
        put(object, "why", device->error ? device->why : NULL);
        document_add(document, "probe.devices", object);
    }
}

void report_cell(struct document *document, const struct cell *cell)
{
    json_t *object = json_object();
    char name[24];

    put(object, "memory", cell->memory);
    put(object, "device", cell->device);
    put(object, "use", cell_use_name(cell->use));
    put(object, "format", cell->format->name);
    json_object_set_new(object, "width", json_integer(cell->width));
    json_object_set_new(object, "height", json_integer(cell->height));
    put(object, "outcome", cell_outcome_name(cell->outcome));
    json_object_set_new(object, "why", host_text(cell->why));
    put(object, "step", cell->step);
    if (cell->error)
        put(object, "errno", cell_errno_name(cell->error, name));
    if (cell->stride)
        json_object_set_new(object, "stride", json_integer(cell->stride));
    if (json_array_size(cell->story))
        json_object_set(object, "story", cell->story);
    document_add(document, "probe.cells", object);
}

static bool is(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value && !strcmp(value, text);
}

const json_t *report_cell_of(const struct document *document, const char *memory,
                             const char *device, enum use use,
                             const struct zc_format *format)
{
    const json_t *probe = json_object_get(document_json(document), "probe");
    size_t index;
    json_t *cell;

    json_array_foreach(json_object_get(probe, "cells"), index, cell)
        if (is(cell, "memory", memory) && is(cell, "device", device) &&
            is(cell, "use", cell_use_name(use)) && is(cell, "format", format->name))
            return cell;
    return NULL;
}

enum outcome report_outcome(const struct document *document, const char *memory,
                            const char *device, enum use use,
                            const struct zc_format *format)
{
    const json_t *cell = report_cell_of(document, memory, device, use, format);

    for (enum outcome outcome = 0; cell && outcome < CELL_OUTCOMES; outcome++)
        if (is(cell, "outcome", cell_outcome_name(outcome)))
            return outcome;
    return CELL_NOT_TRIED;
}
