/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setting.h - properties of an object that the user sets, whatever they mean. */
#ifndef ZC_KMS_SETTING_H
#define ZC_KMS_SETTING_H

#include "display/kms/atomic.h"
#include "zerocopy.h"

struct settings {
    int n; /* 0: nothing is set */
    struct setting {
        struct property property; /* with the value it had */
        uint64_t value;
    } * of;
};

/**
 * Finds what is @wanted (@n of them) of an object of DRM_MODE_OBJECT_@type. settings_finish()
 * is to be called in any case. Returns 0, or a negative errno value: -ENOENT with *missing
 * named where the object has no such property, or one that cannot be set.
 */
int settings_read(struct settings *settings, int fd, uint32_t object, uint32_t type,
                  const struct zc_display_setting *wanted, int n, const char **missing);
void settings_finish(struct settings *settings);

/** Adds to a commit what is wanted, or what was there. */
void settings_add(const struct settings *settings, struct atomic *atomic,
                  uint32_t object);
void settings_add_back(const struct settings *settings, struct atomic *atomic,
                       uint32_t object);

#endif
