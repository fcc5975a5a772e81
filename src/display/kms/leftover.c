/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftover - properties that are to have a neutral value while we show frames. What is
 * neutral already is not touched, so that a commit needs no modeset for it.
 */
#include "display/kms/leftover.h"

#include <string.h>

/* A row: whose property, and the output's copy of the blob in it. */
static const struct leftover {
    bool of_connector;
    int property;
    int copy; /* index in output->copies; -1: no blob */
} leftovers[] = {
    {true, CONNECTOR_HDR_OUTPUT_METADATA, 0},
    {true, CONNECTOR_COLORSPACE, -1},
    {false, CRTC_DEGAMMA_LUT, 1},
    {false, CRTC_CTM, 2},
    {false, CRTC_GAMMA_LUT, 3},
    {false, CRTC_VRR_ENABLED, -1},
};

#define LEFTOVERS ((int)(sizeof(leftovers) / sizeof(*leftovers)))

static const struct property *property_of(const struct output *output,
                                          const struct leftover *leftover)
{
    return leftover->of_connector ? &output->connector[leftover->property]
                                  : &output->crtc[leftover->property];
}

static uint32_t object_of(const struct output *output, const struct leftover *leftover)
{
    return leftover->of_connector ? output->connector_id : output->crtc_id;
}

/* 0 is no blob and no variable refresh. */
static uint64_t neutral(const struct property *property)
{
    return property->options ? property->option[0] : 0;
}

static uint32_t copy_blob(int fd, uint32_t id)
{
    drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(fd, id);
    uint32_t copy = 0;

    if (blob && drmModeCreatePropertyBlob(fd, blob->data, blob->length, &copy))
        copy = 0;
    drmModeFreePropertyBlob(blob);
    return copy;
}

void leftovers_keep(struct output *output)
{
    for (int i = 0; i < LEFTOVERS; i++) {
        const struct property *property = property_of(output, &leftovers[i]);

        if (leftovers[i].copy < 0 || !property->id || !property->value)
            continue;
        output->copies[leftovers[i].copy] = copy_blob(output->card->fd, property->value);
        zc_log(ZC_LOG_INFO,
               "%s, %s: a look-up table, matrix or HDR metadata of a "
               "program before us is put aside%s",
               output->card->path, output->name,
               output->copies[leftovers[i].copy] ? "" : " and cannot be restored");
    }
}

void leftovers_finish(struct output *output)
{
    for (int i = 0; i < OUTPUT_COPIES; i++) {
        if (output->copies[i])
            drmModeDestroyPropertyBlob(output->card->fd, output->copies[i]);
        output->copies[i] = 0;
    }
}

void leftovers_add_none(const struct output *output, struct atomic *atomic)
{
    for (int i = 0; i < LEFTOVERS; i++) {
        const struct property *property = property_of(output, &leftovers[i]);

        if (property->value != neutral(property))
            atomic_add_optional(atomic, object_of(output, &leftovers[i]), property,
                                neutral(property));
    }
}

void leftovers_add_back(const struct output *output, struct atomic *atomic)
{
    for (int i = 0; i < LEFTOVERS; i++) {
        const struct property *property = property_of(output, &leftovers[i]);
        int copy = leftovers[i].copy;

        if (property->value != neutral(property))
            atomic_add_optional(atomic, object_of(output, &leftovers[i]), property,
                                copy < 0 ? property->value : output->copies[copy]);
    }
}
