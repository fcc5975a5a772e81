/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latch - when a frame is committed. It learns two things. The first is when the next
 * frame comes: it follows the intervals between frames, as TCP follows round-trip times.
 * The second is the margin before a vertical blank: as long as recent commits took, with
 * room to spare. After a commit that came too late the margin is longer for a while, as
 * compositors do it (mutter, gamescope). A program that commits each frame at once may be
 * caught for minutes, at equal rates, in a phase where each frame finds the one before
 * still pending and waits a whole refresh.
 */
#include "flow/latch.h"

/* Room for what the measured time of a commit does not show: scheduling, and the
 * driver's own work. */
#define GUARD_NS INT64_C(500000)
/* A commit that needed less than the margin shortens it by one part in so many of the
 * difference. */
#define SHRINK 256
/* Each new interval moves the period and the spread by one part in so many of the
 * difference. */
#define PERIOD_GAIN 8
#define SPREAD_GAIN 4
/* The next frame is expected this many spreads after its period has passed. */
#define SPREADS 1
/* A commit that came too late lengthens the margin by one part in so many of a
 * refresh. */
#define GROWTH 8

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
        .margin_ns = 4 * GUARD_NS,
    };
}

static bool can_reckon(const struct zc_latch *latch, int64_t now_ns)
{
    return latch->refresh_ns && latch->flip_ns && now_ns >= latch->flip_ns;
}

/* The first flip that a commit at @at_ns can still reach, computed from the last flip. */
static int64_t flip_after(const struct zc_latch *latch, int64_t at_ns)
{
    int64_t since = at_ns + latch->blanking_ns - latch->flip_ns;

    return latch->flip_ns + (since / latch->refresh_ns + 1) * latch->refresh_ns;
}

void zc_latch_ready(struct zc_latch *latch, int64_t at_ns)
{
    int64_t interval = at_ns - latch->ready_ns, off = interval - latch->period_ns;

    if (latch->ready_ns && !latch->period_ns) {
        latch->period_ns = interval;
    } else if (latch->ready_ns) {
        latch->period_ns += off / PERIOD_GAIN;
        latch->spread_ns += ((off < 0 ? -off : off) - latch->spread_ns) / SPREAD_GAIN;
    }
    latch->ready_ns = at_ns;
}

/* The latest time to commit for the first flip that can still be reached. */
static int64_t due_at(const struct zc_latch *latch, int64_t at_ns)
{
    return flip_after(latch, at_ns) - latch->blanking_ns - latch->margin_ns;
}

/* Whether a newer frame than the last is expected by then. */
static bool is_expected(const struct zc_latch *latch, int64_t due_ns)
{
    return latch->period_ns &&
           latch->ready_ns + latch->period_ns + SPREADS * latch->spread_ns < due_ns;
}

int64_t zc_latch_wait_ns(struct zc_latch *latch, int64_t now_ns)
{
    int64_t due;

    if (!can_reckon(latch, now_ns))
        return 0;
    due = due_at(latch, now_ns);
    if (latch->is_repainted && due <= now_ns)
        due += latch->refresh_ns;
    if (due <= now_ns || !is_expected(latch, due))
        return 0;
    latch->due_ns = due;
    return due - now_ns;
}

void zc_latch_committed(struct zc_latch *latch, int64_t began_ns, int64_t taken_ns)
{
    /* For a frame that waited, the time since it was due counts as well: it shows how
     * late we woke up. */
    bool waited = latch->due_ns && latch->due_ns <= began_ns;
    int64_t begin = waited ? latch->due_ns : began_ns;
    int64_t needed = taken_ns - begin + GUARD_NS;

    latch->due_ns = 0;
    if (!can_reckon(latch, began_ns))
        return;
    /* A commit that began later than the margin allows may flip late for that reason
     * alone. It says nothing about the margin, so it has no aim. */
    latch->aim_ns = begin <= due_at(latch, begin) ? flip_after(latch, began_ns) : 0;
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
