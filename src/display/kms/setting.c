/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setting - found by name once, then numbers. */
#include "display/kms/setting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

/* Fills in the rows of @wanted that have the name of property @id. */
static int match(struct settings *settings, int fd, uint32_t id, uint64_t value,
                 const struct zc_display_setting *wanted)
{
    drmModePropertyRes *property = drmModeGetProperty(fd, id);

    if (!property)
        return errno ? -errno : -ENOMEM;
    for (int i = 0; i < settings->n; i++)
        if (!strcmp(property->name, wanted[i].name) &&
            !(property->flags & DRM_MODE_PROP_IMMUTABLE))
            settings->of[i] = (struct setting){.property = {.id = id, .value = value},
                                               .value = wanted[i].value};
    drmModeFreeProperty(property);
    return 0;
}

int settings_read(struct settings *settings, int fd, uint32_t object, uint32_t type,
                  const struct zc_display_setting *wanted, int n, const char **missing)
{
    drmModeObjectProperties *list;
    int error = 0;

    *settings = (struct settings){0};
    *missing = NULL;
    if (!n)
        return 0;
    settings->of = calloc(n, sizeof(*settings->of));
    if (!settings->of)
        return -ENOMEM;
    settings->n = n;
    errno = 0;
    list = drmModeObjectGetProperties(fd, object, type);
    if (!list)
        return errno ? -errno : -ENOMEM;
    for (uint32_t i = 0; i < list->count_props && !error; i++)
        error = match(settings, fd, list->props[i], list->prop_values[i], wanted);
    drmModeFreeObjectProperties(list);
    for (int i = 0; i < n && !error; i++) {
        if (settings->of[i].property.id)
            continue;
        *missing = wanted[i].name;
        error = -ENOENT;
    }
    return error;
}

void settings_finish(struct settings *settings)
{
    free(settings->of);
    *settings = (struct settings){0};
}

void settings_add(const struct settings *settings, struct atomic *atomic, uint32_t object)
{
    for (int i = 0; i < settings->n; i++)
        atomic_add_optional(atomic, object, &settings->of[i].property,
                            settings->of[i].value);
}

void settings_add_back(const struct settings *settings, struct atomic *atomic,
                       uint32_t object)
{
    for (int i = 0; i < settings->n; i++)
        atomic_add_optional(atomic, object, &settings->of[i].property,
                            settings->of[i].property.value);
}
