/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latch - the margin before a vertical blank, learned: as long as commits took of late, with
 * room to spare, and longer for a while after one that came too late. The idea is that of
 * compositors (mutter, gamescope).
 */
#include "latch.h"

#include <stdbool.h>

/* What scheduling and the driver's own work may take beside what is seen of a commit. */
#define GUARD_NS INT64_C(1500000)
/* Each commit lets a margin that was too long shrink by so little. */
#define SHRINK 128
/* A commit that came too late makes the margin longer by such a part of a refresh. */
#define GROWTH 4

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

static int64_t at_least(int64_t value, int64_t limit)
{
    return value > limit ? value : limit;
}

void zc_latch_begin(struct zc_latch *latch, int64_t refresh_ns, int64_t blanking_ns)
{
    *latch = (struct zc_latch){
        .refresh_ns = refresh_ns,
        .blanking_ns = blanking_ns,
        .margin_ns = 2 * GUARD_NS,
    };
}

static bool can_reckon(const struct zc_latch *latch, int64_t now_ns)
{
    return latch->refresh_ns && latch->flip_ns && now_ns >= latch->flip_ns;
}

/* The first flip that a commit at @at_ns may still make, reckoned on from the last. */
static int64_t flip_after(const struct zc_latch *latch, int64_t at_ns)
{
    int64_t since = at_ns + latch->blanking_ns - latch->flip_ns;

    return latch->flip_ns + (since / latch->refresh_ns + 1) * latch->refresh_ns;
}

int64_t zc_latch_wait_ns(struct zc_latch *latch, int64_t now_ns)
{
    int64_t due;

    if (!can_reckon(latch, now_ns))
        return 0;
    due = flip_after(latch, now_ns) - latch->blanking_ns - latch->margin_ns;
    if (due <= now_ns)
        return 0;
    latch->due_ns = due;
    return due - now_ns;
}

void zc_latch_committed(struct zc_latch *latch, int64_t began_ns, int64_t taken_ns)
{
    /* A frame that had to wait shows how late its turn came, too. */
    bool waited = latch->due_ns && latch->due_ns <= began_ns;
    int64_t needed = taken_ns - (waited ? latch->due_ns : began_ns) + GUARD_NS;

    latch->due_ns = 0;
    if (!can_reckon(latch, began_ns))
        return;
    latch->aim_ns = flip_after(latch, began_ns);
    if (needed > latch->margin_ns)
        latch->margin_ns = needed;
    else
        latch->margin_ns -= at_least((latch->margin_ns - needed) / SHRINK, 1);
    latch->margin_ns = at_most(latch->margin_ns, latch->refresh_ns);
}

void zc_latch_flipped(struct zc_latch *latch, int64_t flip_ns)
{
    int64_t late = latch->aim_ns ? flip_ns - latch->aim_ns : 0;

    latch->flip_ns = flip_ns;
    latch->aim_ns = 0;
    if (latch->refresh_ns && late > latch->refresh_ns / 2)
        latch->margin_ns =
            at_most(latch->margin_ns + latch->refresh_ns / GROWTH, latch->refresh_ns);
}
