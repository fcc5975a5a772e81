/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trial - refusals, kept until it is known that there is no other way. */
#include "flow/trial.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* How much of each refusal is told where there were several. */
#define SHORT 150

void zc_trial_begin(struct zc_trial *trial)
{
    zc_log_hold(trial->why, sizeof(trial->why));
}

void zc_trial_end(struct zc_trial *trial)
{
    (void)trial;
    zc_log_hold(NULL, 0);
}

void zc_trial_failed(struct zc_trial *trial, const char *memory, uint32_t stride,
                     int error)
{
    size_t used = strlen(trial->all);

    /* A display that cannot is a reason for another path. */
    if (!trial->n || error == -ENOTSUP)
        trial->error = error;
    trial->n++;
    if (!trial->why[0])
        snprintf(trial->why, sizeof(trial->why), "%s", strerror(-error));
    snprintf(trial->all + used, sizeof(trial->all) - used, "%s%s, stride %u: %.*s",
             used ? "; " : "", memory, stride, SHORT,
             strcmp(trial->why, trial->before) ? trial->why : "the same");
    snprintf(trial->before, sizeof(trial->before), "%s", trial->why);
    zc_log(ZC_LOG_DEBUG, "not with frames in memory of %s, stride %u: %s", memory, stride,
           trial->why);
}

void zc_trial_refused(struct zc_trial *trial, const struct zc_refusal *refusal)
{
    const char *answer = strerror(-refusal->error);
    size_t known = strlen(refusal->device);

    if (refusal->taker)
        snprintf(trial->second, sizeof(trial->second),
                 "%s takes memory of %s, stride %u, which %s refuses at %s: %s",
                 refusal->taker, refusal->memory, refusal->stride, refusal->device,
                 refusal->step, answer);
    else if (strncmp(trial->first, refusal->device, known))
        snprintf(trial->first, sizeof(trial->first),
                 "%s refuses memory of %s, stride %u, at %s: %s", refusal->device,
                 refusal->memory, refusal->stride, refusal->step, answer);
}

int zc_trial_report(const struct zc_trial *trial, enum zc_path path,
                    enum zc_log_level level)
{
    if (trial->n == 1)
        zc_log(level, "%s", trial->why);
    else
        zc_log(level,
               "the %s path has no memory that all its devices take: %s%s%s (tried: %s)",
               zc_path_name(path), trial->first,
               trial->first[0] && trial->second[0] ? "; " : "", trial->second,
               trial->all);
    return trial->error;
}
