/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compare-counts - counts of two measurements; what they mean for it is in compare.h. */
#include "tools/compare/compare-private.h"

#include "tools/compare/compare.h"
#include "tools/view/view.h"

#include <math.h>
#include <string.h>

enum judged {
    NOT,
    FORBIDDEN, /* should not be there at all */
    CHANCE,    /* happens, now and then */
};

static enum judged judged_as(const char *key)
{
    static const char *const forbidden[] = {"bytes_copied", "copies", "cpu_maps",
                                            "imports", "allocations"};
    static const char *const chance[] = {"lost", "missed_vblanks", "stalled", "damaged"};

    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
        if (!strcmp(key, forbidden[i]))
            return FORBIDDEN;
    for (size_t i = 0; i < sizeof(chance) / sizeof(chance[0]); i++)
        if (!strcmp(key, chance[i]))
            return CHANCE;
    return NOT;
}

/* The sum of counts over the runs; false where not all have it. */
static bool sum_of(const json_t *runs, const char *key, double *sum)
{
    size_t index;
    json_t *run;

    *sum = 0;
    json_array_foreach((json_t *)runs, index, run) {
        const json_t *count = json_object_get(json_object_get(run, "counts"), key);

        if (!json_is_integer(count))
            return false;
        *sum += (double)json_integer_value(count);
    }
    return json_array_size(runs);
}

/* Among how many frames @count happened; 1 where the documents do not say it. */
static double frames_of(const json_t *runs, const struct view_count *count)
{
    double frames = 0;
    size_t index;
    json_t *run;

    json_array_foreach((json_t *)runs, index, run)
        frames += (double)view_count_frames(run, count);
    if (frames > 0)
        return frames;
    if ((sum_of(runs, "captured", &frames) || sum_of(runs, "shown", &frames)) &&
        frames > 0)
        return frames;
    return 1;
}

/*
 * How likely @hits or more of @n happen in B by chance, when each is as likely in B as B's
 * share of the frames is. Above some thousands the binomial is a normal distribution.
 */
static double chance_of(double hits, double n, double share)
{
    double sum = 0;

    if (n > 1e4) {
        double deviation = sqrt(n * share * (1 - share));

        return 0.5 * erfc((hits - 0.5 - n * share) / deviation / M_SQRT2);
    }
    for (double k = hits; k <= n; k++)
        sum += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(share) +
                   (n - k) * log1p(-share));
    return sum;
}

static enum compare_verdict by_chance(double a, double b, double frames_a,
                                      double frames_b)
{
    const double rare = (1 - COMPARE_CONFIDENCE) / 2;
    double share = frames_b / (frames_a + frames_b);

    if (chance_of(b, a + b, share) < rare)
        return COMPARE_WORSE;
    if (chance_of(a, a + b, 1 - share) < rare)
        return COMPARE_BETTER;
    return COMPARE_SAME;
}

/* @a, @b: of a frame. */
static enum compare_verdict by_ratio(double a, double b)
{
    if (b > a * (1 + COMPARE_RESOLUTION))
        return COMPARE_WORSE;
    return a > b * (1 + COMPARE_RESOLUTION) ? COMPARE_BETTER : COMPARE_SAME;
}

static void compare_count(struct comparison *comparison, const json_t *a, const json_t *b,
                          const char *key)
{
    double frames_a, frames_b, count_a, count_b;
    enum compare_verdict verdict = COMPARE_UNJUDGED;
    struct view_count fallback;
    const struct view_count *count;
    view_text name, text;
    bool a_frame;

    if (!sum_of(a, key, &count_a) || !sum_of(b, key, &count_b))
        return;
    count = view_count_for(key, &fallback, name);
    frames_a = frames_of(a, count);
    frames_b = frames_of(b, count);
    if (judged_as(key) == CHANCE)
        verdict = by_chance(count_a, count_b, frames_a, frames_b);
    else if (judged_as(key) == FORBIDDEN)
        verdict = by_ratio(count_a / frames_a, count_b / frames_b);
    a_frame = count->a_frame && frames_a > 1 && frames_b > 1;
    table_add_row(&comparison->table);
    table_set(&comparison->table, 0, "%s%s", count->name, a_frame ? " a frame" : "");
    view_quantity(text, count->unit, a_frame ? count_a / frames_a : count_a);
    table_set(&comparison->table, 1, "%s", text);
    view_quantity(text, count->unit, a_frame ? count_b / frames_b : count_b);
    table_set(&comparison->table, 2, "%s", text);
    compare_put_ratio(comparison, count_a / frames_a, count_b / frames_b);
    compare_put_verdict(comparison, verdict);
}

void compare_counts(struct comparison *comparison, const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;

    json_object_foreach(json_object_get(json_array_get(a, 0), "counts"), key, value) {
        /* How long it ran is no result. */
        if (strcmp(key, "captured") && strcmp(key, "shown"))
            compare_count(comparison, a, b, key);
    }
}
