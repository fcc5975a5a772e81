/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* latch, beside a display whose vertical blanks are reckoned here. */
#include "flow/latch.h"
#include "test.h"

#include <string.h>

#define US INT64_C(1000)
#define MS (1000 * US)
#define REFRESH (INT64_C(50) * MS / 3)
#define BLANKING (600 * US)
#define FIRST_FLIP (INT64_C(5000) * MS)

static struct zc_latch latch;

/* A newer frame is always expected: each waits as long as it may. */
static int setup(void **state)
{
    (void)state;
    zc_latch_begin(&latch, REFRESH, BLANKING);
    zc_latch_flipped(&latch, FIRST_FLIP);
    latch.period_ns = 1;
    return 0;
}

/* Nothing is known of frames. */
static int setup_unexpected(void **state)
{
    setup(state);
    latch.period_ns = 0;
    return 0;
}

/* The flip that a display makes whose driver has a commit done @work after it was taken. */
static int64_t flip_of(int64_t taken, int64_t work)
{
    int64_t since = taken + work + BLANKING - FIRST_FLIP;

    return FIRST_FLIP + (since / REFRESH + 1) * REFRESH;
}

/* A frame that is ready at @now. Returns its flip. */
static int64_t show(int64_t now, int64_t took, int64_t work)
{
    int64_t flip;

    now += zc_latch_wait_ns(&latch, now);
    zc_latch_committed(&latch, now, now + took);
    flip = flip_of(now + took, work);
    zc_latch_flipped(&latch, flip);
    return flip;
}

static void nothing_is_known(void **state)
{
    struct zc_latch unknown = {0}, dark;

    (void)state;
    assert_int_equal(zc_latch_wait_ns(&unknown, FIRST_FLIP), 0);
    zc_latch_committed(&unknown, FIRST_FLIP, FIRST_FLIP + MS);
    zc_latch_flipped(&unknown, FIRST_FLIP + REFRESH);
    assert_int_equal(zc_latch_wait_ns(&unknown, FIRST_FLIP + REFRESH + MS), 0);

    zc_latch_begin(&dark, REFRESH, BLANKING);
    assert_int_equal(zc_latch_wait_ns(&dark, FIRST_FLIP), 0);
}

static void waits_for_the_next_blank(void **state)
{
    int64_t wait = zc_latch_wait_ns(&latch, FIRST_FLIP + MS);

    (void)state;
    assert_int_equal(wait, REFRESH - MS - BLANKING - latch.margin_ns);
    /* However long ago the last flip was. */
    assert_int_equal(zc_latch_wait_ns(&latch, FIRST_FLIP + 1000 * REFRESH + MS), wait);
}

static void a_frame_within_the_margin_is_due(void **state)
{
    (void)state;
    assert_int_equal(zc_latch_wait_ns(&latch, FIRST_FLIP + REFRESH - BLANKING - MS), 0);
    /* In the blanking it is the next blank's. */
    assert_true(zc_latch_wait_ns(&latch, FIRST_FLIP + REFRESH - BLANKING / 2) > 10 * MS);
}

static void a_clock_that_went_back_is_due(void **state)
{
    (void)state;
    assert_int_equal(zc_latch_wait_ns(&latch, FIRST_FLIP - MS), 0);
}

static void margin_follows_commits(void **state)
{
    int64_t now = FIRST_FLIP, slow, quick;

    (void)state;
    for (int i = 0; i < 20; i++)
        now = show(now + MS, 4 * MS, 0);
    slow = latch.margin_ns;
    assert_true(slow >= 5 * MS && slow <= 10 * MS);
    for (int i = 0; i < 2000; i++)
        now = show(now + MS, 100 * US, 0);
    quick = latch.margin_ns;
    assert_true(quick >= 100 * US && quick <= 2 * MS);
}

/* Commits that the driver works on long after it took them: seen only by late flips. */
static void a_missed_blank_widens_the_margin(void **state)
{
    int64_t now = FIRST_FLIP;
    int missed = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t begin = now + MS, flip = show(begin, 100 * US, 6 * MS);

        missed += flip - now > REFRESH + REFRESH / 2;
        now = flip;
    }
    assert_true(missed >= 1 && missed <= 30);
}

/* A frame whose turn came late, as the process slept: the margin makes room for it. */
static void late_wake_ups_widen_the_margin(void **state)
{
    int64_t now = FIRST_FLIP;

    (void)state;
    for (int i = 0; i < 20; i++) {
        int64_t due = now + MS + zc_latch_wait_ns(&latch, now + MS);

        zc_latch_committed(&latch, due + 3 * MS, due + 3 * MS + 100 * US);
        now = flip_of(due + 3 * MS + 100 * US, 0);
        zc_latch_flipped(&latch, now);
    }
    assert_true(latch.margin_ns >= 3 * MS && latch.margin_ns <= 7 * MS);
}

static void margin_is_at_most_a_refresh(void **state)
{
    int64_t now = FIRST_FLIP;

    (void)state;
    for (int i = 0; i < 100; i++) {
        now = show(now + MS, 100 * US, 3 * REFRESH);
        assert_true(latch.margin_ns <= REFRESH);
    }
    assert_true(latch.margin_ns > REFRESH - REFRESH / 8);
}

/* Of a frame that came within the margin: it was too late for the flip before. */
static void a_gamble_that_is_lost_teaches_nothing(void **state)
{
    int64_t begin = FIRST_FLIP + REFRESH - BLANKING - 100 * US, margin = latch.margin_ns;

    (void)state;
    assert_int_equal(zc_latch_wait_ns(&latch, begin), 0);
    zc_latch_committed(&latch, begin, begin + 200 * US);
    zc_latch_flipped(&latch, FIRST_FLIP + 2 * REFRESH);
    assert_true(latch.margin_ns <= margin);
}

static void a_frame_that_nobody_follows_is_due(void **state)
{
    (void)state;
    assert_int_equal(zc_latch_wait_ns(&latch, FIRST_FLIP + MS), 0);
    zc_latch_ready(&latch, FIRST_FLIP + MS);
    assert_int_equal(zc_latch_wait_ns(&latch, FIRST_FLIP + MS), 0);
}

/* At twice the display's rate each second frame waits for none. */
static void it_waits_for_the_next_frame_only(void **state)
{
    int64_t now = FIRST_FLIP + MS;
    int waited = 0;

    (void)state;
    for (int i = 0; i < 100; i++, now += REFRESH / 2) {
        zc_latch_ready(&latch, now);
        if (zc_latch_wait_ns(&latch, now)) {
            waited++;
            continue;
        }
        zc_latch_committed(&latch, now, now + 100 * US);
        zc_latch_flipped(&latch, flip_of(now + 100 * US, 0));
    }
    assert_true(waited >= 48 && waited <= 50);
}

/* Frames of the display's own rate that come up to @jitter off, @before its blanks; the
 * first finds a flip pending. How many of @n waited for a flip behind the next. */
static int overtaken(int64_t before, int64_t jitter, int n)
{
    int64_t busy_until = FIRST_FLIP + REFRESH, waiting = 0, now;
    int late = 0;

    for (int i = 1; i <= n; i++) {
        int64_t came = FIRST_FLIP + i * REFRESH - before + (i % 3 - 1) * jitter;
        int64_t until = came + REFRESH;

        zc_latch_ready(&latch, came);
        waiting = came;
        /* The loop's rounds until the next frame. */
        for (now = came; now < until; now += 100 * US) {
            int64_t flip;

            if (now < busy_until || !waiting || zc_latch_wait_ns(&latch, now))
                continue;
            if (busy_until)
                zc_latch_flipped(&latch, busy_until);
            zc_latch_committed(&latch, now, now + 50 * US);
            flip = flip_of(now + 50 * US, 0);
            late += flip - waiting > REFRESH;
            busy_until = flip;
            waiting = 0;
        }
    }
    return late;
}

static void it_leaves_a_bad_phase(void **state)
{
    (void)state;
    assert_true(overtaken(5 * MS, 0, 300) <= 3);
}

static void it_leaves_a_bad_phase_with_jitter(void **state)
{
    (void)state;
    assert_true(overtaken(6 * MS, 300 * US, 300) <= 10);
}

/* ------------------------------------------------------------- a compositor */

/* It takes what was committed at one moment, and shows that with the blank after it. */
#define REPAINT (7 * MS)
#define STEP (100 * US)

struct commit {
    int64_t frame, aim;
};

static struct {
    int64_t waiting;                /* when the frame came that waits; 0: none does */
    struct commit committed, taken; /* of the same; .frame 0: none is */
    int64_t latency;
    int shown;
} desk;

static void commit_at(int64_t now)
{
    if (!desk.waiting || desk.committed.frame || zc_latch_wait_ns(&latch, now))
        return;
    zc_latch_committed(&latch, now, now);
    desk.committed = (struct commit){desk.waiting, latch.aim_ns};
    desk.waiting = 0;
}

static void blank_at(int64_t now)
{
    if (!desk.taken.frame)
        return;
    latch.aim_ns = desk.taken.aim;
    zc_latch_flipped(&latch, now);
    desk.latency += now - desk.taken.frame;
    desk.shown++;
    desk.taken.frame = 0;
}

/* Whether a moment that comes each refresh, @after blanks, lies in the step before @now. */
static bool passes(int64_t now, int64_t after)
{
    return (now - FIRST_FLIP - after) / REFRESH !=
           (now - STEP - FIRST_FLIP - after) / REFRESH;
}

/* Goes on at @now, for so many refreshes. */
static int64_t run_desk(int64_t now, int64_t phase, int refreshes)
{
    int64_t end = now + refreshes * REFRESH;

    desk.latency = desk.shown = 0;
    for (; now < end; now += STEP) {
        if (passes(now, phase)) {
            zc_latch_ready(&latch, now);
            desk.waiting = now;
        }
        if (passes(now, 0))
            blank_at(now);
        if (passes(now, REFRESH - REPAINT) && desk.committed.frame) {
            desk.taken = desk.committed;
            desk.committed.frame = 0;
        }
        commit_at(now);
    }
    return now;
}

/* Whenever in the refresh frames come: it learns when the compositor takes them, though each is
 * committed before the one before has been seen. No frame waits for a blank more than it
 * must. */
static void compositor_is_met_in_time(void **state)
{
    int64_t now;

    (void)state;
    for (int64_t phase = 0; phase < REFRESH; phase += REFRESH / 16) {
        zc_latch_begin(&latch, REFRESH, 0);
        zc_latch_flipped(&latch, FIRST_FLIP);
        latch.is_repainted = true;
        memset(&desk, 0, sizeof(desk));
        now = run_desk(FIRST_FLIP + MS, phase, 100);
        /* One more than there should be: each then finds the one before in its way. */
        desk.committed = (struct commit){now, 0};
        run_desk(run_desk(now, phase, 100), phase, 300);
        assert_true(desk.shown >= 290);
        assert_true(desk.latency / desk.shown < REPAINT + REFRESH + 3 * MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known),
        cmocka_unit_test(compositor_is_met_in_time),
        cmocka_unit_test_setup(waits_for_the_next_blank, setup),
        cmocka_unit_test_setup(a_frame_within_the_margin_is_due, setup),
        cmocka_unit_test_setup(a_clock_that_went_back_is_due, setup),
        cmocka_unit_test_setup(margin_follows_commits, setup),
        cmocka_unit_test_setup(a_missed_blank_widens_the_margin, setup),
        cmocka_unit_test_setup(late_wake_ups_widen_the_margin, setup),
        cmocka_unit_test_setup(margin_is_at_most_a_refresh, setup),
        cmocka_unit_test_setup(a_gamble_that_is_lost_teaches_nothing, setup),
        cmocka_unit_test_setup(a_frame_that_nobody_follows_is_due, setup_unexpected),
        cmocka_unit_test_setup(it_waits_for_the_next_frame_only, setup_unexpected),
        cmocka_unit_test_setup(it_leaves_a_bad_phase, setup_unexpected),
        cmocka_unit_test_setup(it_leaves_a_bad_phase_with_jitter, setup_unexpected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
