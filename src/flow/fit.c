/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fit - as a line of text: what it depends on, and what it is. */
#include "flow/fit.h"
#include "flow/choice.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static const char *const stores[ZC_STORES] = {
    [ZC_STORE_HEAP] = "heap",     [ZC_STORE_CONTIGUOUS] = "contiguous",
    [ZC_STORE_CAMERA] = "camera", [ZC_STORE_DISPLAY] = "display",
    [ZC_STORE_GPU] = "gpu",
};

/* Names of devices are theirs to choose. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = '?';
}

static void key_of(const struct zc_flow *flow, enum zc_path path, char key[ZC_CHOICE_KEY])
{
    const struct zc_flow_config *config = &flow->config;
    const struct zc_display_info *display = zc_display_info(config->display);
    const struct zc_camera_mode *mode = &config->mode;
    struct utsname kernel = {0};

    uname(&kernel);
    snprintf(key, ZC_CHOICE_KEY, "%s: %s %s %ux%u -> %.100s -> %s %s %ux%u; %s; %s %s",
             zc_path_name(path), zc_camera_name(config->camera),
             mode->format ? mode->format->name : "any", mode->width, mode->height,
             config->gpu ? zc_gpu_info(config->gpu)->renderer : "no GPU", display->driver,
             display->connector, display->width, display->height,
             config->heap ? zc_heap_name(config->heap) : "no heap", kernel.release,
             zc_version());
    make_printable(key);
}

static int store_by_name(const char *name)
{
    for (int i = 0; i < ZC_STORES; i++)
        if (!strcmp(name, stores[i]))
            return i;
    return -1;
}

/* Anybody may have written to the file. */
static bool parse(const char *text, struct zc_fit *out)
{
    char source[16], target[16], extra;
    struct zc_fit fit = {0};

    if (sscanf(text, "source %15[a-z] %1d target %15[a-z] %1d%c", source,
               &fit.source_stride, target, &fit.target_stride, &extra) != 4)
        return false;
    fit.source = store_by_name(source);
    fit.target = store_by_name(target);
    if (fit.source < 0 || fit.target < 0 || fit.source_stride >= ZC_STRIDES ||
        fit.target_stride >= ZC_STRIDES || fit.source_stride < 0 || fit.target_stride < 0)
        return false;
    *out = fit;
    return true;
}

static bool is_chosen(const struct zc_flow *flow, enum zc_path path)
{
    return flow->config.memory == ZC_MEMORY_ANY && path != ZC_PATH_COPY;
}

struct zc_fit zc_fit_recall(const struct zc_flow *flow, enum zc_path path)
{
    char key[ZC_CHOICE_KEY], value[ZC_CHOICE_VALUE];
    struct zc_fit fit = {0};

    if (!is_chosen(flow, path))
        return fit;
    key_of(flow, path, key);
    if (zc_choice_recall(key, value) && !parse(value, &fit))
        zc_log(ZC_LOG_DEBUG, "what is remembered to fit makes no sense: %s", value);
    return fit;
}

bool zc_fit_is_usual(const struct zc_fit *fit)
{
    return !fit->source && !fit->source_stride && !fit->target && !fit->target_stride;
}

void zc_fit_remember(const struct zc_flow *flow, enum zc_path path,
                     const struct zc_fit *recalled, const struct zc_fit *taken)
{
    char key[ZC_CHOICE_KEY], value[ZC_CHOICE_VALUE];

    if (!is_chosen(flow, path) || !memcmp(recalled, taken, sizeof(*taken)))
        return;
    key_of(flow, path, key);
    snprintf(value, sizeof(value), "source %s %d target %s %d", stores[taken->source],
             taken->source_stride, stores[taken->target], taken->target_stride);
    zc_choice_remember(key, zc_fit_is_usual(taken) ? NULL : value);
}
