/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reach - heaps that differ only in where their pages may lie, beside each other. */
#include "probe/reach.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *cell, const char *key)
{
    const char *text = json_string_value(json_object_get(cell, key));

    return text ? text : "";
}

/* Heaps of single pages, wherever they are. */
static bool is_ordinary(const char *memory)
{
    return !strncmp(memory, "system", 6) && !strstr(memory, "dma32") &&
           !strstr(memory, "contiguous");
}

static bool is_low(const char *memory)
{
    return strstr(memory, "dma32") && !strstr(memory, "contiguous");
}

static bool works(const json_t *cell)
{
    const char *outcome = text_of(cell, "outcome");

    return !strcmp(outcome, "works") || !strcmp(outcome, "unchecked");
}

static bool fails(const json_t *cell)
{
    const char *outcome = text_of(cell, "outcome");

    return !strcmp(outcome, "refused") || !strcmp(outcome, "wrong pixels");
}

/* The same picture in the same use. */
static bool alike(const json_t *a, const json_t *b)
{
    return !strcmp(text_of(a, "device"), text_of(b, "device")) &&
           !strcmp(text_of(a, "use"), text_of(b, "use")) &&
           !strcmp(text_of(a, "format"), text_of(b, "format"));
}

static bool low_works(const json_t *cells, const json_t *ordinary)
{
    size_t index;
    json_t *cell;

    json_array_foreach((json_t *)cells, index, cell)
        if (alike(cell, ordinary) && is_low(text_of(cell, "memory")) && works(cell))
            return true;
    return false;
}

enum reach reach_of(const json_t *cells, const char *device)
{
    enum reach reach = REACH_UNKNOWN;
    size_t index;
    json_t *cell;

    json_array_foreach((json_t *)cells, index, cell) {
        if (strcmp(text_of(cell, "device"), device) ||
            !is_ordinary(text_of(cell, "memory")))
            continue;
        if (works(cell))
            reach = REACH_NO_LIMIT;
        else if (fails(cell) && low_works(cells, cell))
            return REACH_4_GIB;
    }
    return reach;
}

bool reach_can_be_seen(void)
{
    FILE *zones = fopen("/proc/zoneinfo", "re");
    unsigned long pages, most = 0;
    bool normal = false;
    char line[128];

    while (zones && fgets(line, sizeof(line), zones)) {
        if (!strncmp(line, "Node", 4))
            normal = strstr(line, "Normal");
        else if (normal && sscanf(line, " present %lu", &pages) == 1 && pages > most)
            most = pages;
    }
    if (zones)
        fclose(zones);
    return sizeof(void *) > 4 && most;
}
