/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * open - which card. Reads the state that is there and changes nothing on screen.
 */
#include "display/kms/open.h"
#include "display/kms/kms.h"
#include "display/kms/mode.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CARDS "/dev/dri/card[0-9]*"
#define NO_CARD                                                                          \
    "there is no " CARDS                                                                 \
    ": no KMS driver is loaded (modprobe vkms gives a virtual display)"

static void fill_info(struct kms *kms)
{
    struct zc_display_info *info = &kms->base.info;
    const struct output *output = &kms->output;

    *info = (struct zc_display_info){
        .path = kms->card.path,
        .driver = kms->card.driver,
        .connector = output->name,
        .connector_id = output->connector_id,
        .width = output->mode.hdisplay,
        .height = output->mode.vdisplay,
        .refresh_mhz = mode_refresh_mhz(&output->mode),
        .blanking_ns = mode_blanking_ns(&output->mode),
        .mode_kept = output->mode_kept,
        .vblank =
            output->mode_kept && kms->card.monotonic && output_counts_blanks(output),
        .writeback = kms->writeback.id != 0,
    };
    zc_log(ZC_LOG_INFO, "display %s (%s), %s: %ux%u at %u.%03u Hz, %s", info->path,
           info->driver, info->connector, info->width, info->height,
           info->refresh_mhz / 1000, info->refresh_mhz % 1000,
           info->mode_kept    ? "the mode that was lit"
           : output->had_mode ? "in place of the mode that was lit"
                              : "which was dark");
}

static int set_up_output(struct kms *kms, const struct zc_display_config *config,
                         struct why *why)
{
    drmModeRes *resources = drmModeGetResources(kms->card.fd);
    int error;

    if (!resources)
        return refuse(why, -ENODEV, "%s lists no outputs: %s", kms->card.driver,
                      strerror(errno));
    error = output_find(&kms->output, resources, config, why);
    if (!error) {
        error = planes_read(&kms->planes);
        if (error)
            refuse(why, error, "cannot read its planes: %s", strerror(-error));
    }
    if (!error && config->plane_id)
        error = planes_choose(&kms->planes, config->plane_id, why);
    if (!error)
        error = planes_set(&kms->planes, config, why);
    if (!error)
        writeback_find(&kms->writeback, resources);
    drmModeFreeResources(resources);
    return error;
}

/* Makes the parts known to each other. */
static void wire(struct kms *kms)
{
    *kms = (struct kms){
        .base.ops = &kms_ops,
        .card.fd = -1,
        .output.card = &kms->card,
        .planes.output = &kms->output,
        .backdrop.output = &kms->output,
        .placements = {.output = &kms->output,
                       .planes = &kms->planes,
                       .framebuffers = &kms->framebuffers,
                       .backdrop = &kms->backdrop,
                       .atomic = &kms->atomic},
        .writeback.output = &kms->output,
        .flip.card = &kms->card,
    };
    framebuffers_init(&kms->framebuffers, &kms->card);
}

/* Opens the card at @path, or the one of the config's fd. What is there after a failure
 * is for the finish operation. */
static int set_up_card(struct kms *kms, const char *path,
                       const struct zc_display_config *config, struct why *why)
{
    int error;

    wire(kms);
    kms->keep = config->keep;
    error = path
                ? card_open(&kms->card, path, config->driver, config->bus_id, why)
                : card_adopt(&kms->card, config->fd, config->driver, config->bus_id, why);
    if (!error)
        error = set_up_output(kms, config, why);
    if (error)
        return error;
    kms->base.fd = kms->card.fd;
    fill_info(kms);
    return 0;
}

/* Of several cards' answers, the one that the user can do most about. */
static int more_useful(int a, int b)
{
    static const int order[] = {-EBUSY, -EACCES, -EPERM, -ENOTSUP, -ERANGE, -ENOENT};

    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a;
}

static int set_up_first(struct kms *kms, const struct zc_display_config *config)
{
    char reasons[900] = "";
    glob_t cards = {0};
    int error = -ENODEV, answer = 0;
    size_t used = 0;

    if (glob(CARDS, 0, NULL, &cards) || !cards.gl_pathc) {
        globfree(&cards);
        zc_log(ZC_LOG_ERROR, "cannot open a display: " NO_CARD);
        return -ENODEV;
    }
    for (size_t i = 0; i < cards.gl_pathc && error; i++) {
        struct why why;

        error = set_up_card(kms, cards.gl_pathv[i], config, &why);
        if (!error)
            break;
        answer = answer ? more_useful(answer, error) : error;
        if (used < sizeof(reasons))
            used += snprintf(reasons + used, sizeof(reasons) - used, "%s%s: %s",
                             used ? "; " : "", kms->card.path, why.text);
        kms_ops.finish(&kms->base);
    }
    globfree(&cards);
    if (!error)
        return 0;
    zc_log(ZC_LOG_ERROR, "cannot open a display: %s", reasons);
    return answer;
}

static int set_up_one(struct kms *kms, const struct zc_display_config *config)
{
    struct why why;
    int error = set_up_card(kms, config->use_fd ? NULL : config->path, config, &why);

    if (!error)
        return 0;
    zc_log(ZC_LOG_ERROR, "cannot open display %s: %s", kms->card.path, why.text);
    kms_ops.finish(&kms->base);
    return error;
}

int zc_kms_open(struct zc_display **out, const struct zc_display_config *config)
{
    struct kms *kms = malloc(sizeof(*kms));
    int error;

    if (!kms)
        return -ENOMEM;
    error = config->use_fd || config->path ? set_up_one(kms, config)
                                           : set_up_first(kms, config);
    if (error)
        free(kms);
    else
        *out = &kms->base;
    return error;
}
