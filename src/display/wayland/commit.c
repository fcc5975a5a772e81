/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commit - paced by frame callbacks, timed by presentation feedback. A window that nobody
 * sees gets neither: its last commit then waits, for as long as that takes.
 */
#include "display/wayland/commit.h"

#include "presentation-time-client-protocol.h"

#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_KILOSECOND INT64_C(1000000000000) /* over a period: millihertz */
#define REAL_BLANK                                                                       \
    (WP_PRESENTATION_FEEDBACK_KIND_VSYNC | WP_PRESENTATION_FEEDBACK_KIND_HW_CLOCK)

static struct commit *commit_at(struct commits *commits, int i)
{
    return &commits->of[(commits->first + i) % ZC_DISPLAY_COMMITS];
}

/* Nothing more is asked of it. */
static void resolve(struct commit *commit, int state, int64_t at_ns)
{
    if (commit->feedback)
        wp_presentation_feedback_destroy(commit->feedback);
    commit->feedback = NULL;
    commit->state = state;
    commit->at_ns = at_ns;
}

static void forget_callback(struct commit *commit)
{
    if (commit->taken)
        wl_callback_destroy(commit->taken);
    commit->taken = NULL;
}

/* ---------------------------------------------------------------- answers */

/* What is older and has no answer gets none. */
static void shown(struct commit *commit, int64_t at_ns)
{
    struct commits *commits = commit->all;

    /* Compositors without a display stamp what they like. */
    if (at_ns < commit->committed_ns)
        at_ns = zc_now_ns();
    resolve(commit, COMMIT_SHOWN, at_ns);
    for (int i = 0; i < commits->n && commit_at(commits, i) != commit; i++)
        if (commit_at(commits, i)->state == COMMIT_WAITS)
            resolve(commit_at(commits, i), COMMIT_DROPPED, 0);
}

static void on_taken(void *data, struct wl_callback *callback, uint32_t time_ms)
{
    struct commit *commit = data;

    (void)callback;
    (void)time_ms;
    forget_callback(commit);
    if (commit->all->connection->presentation || commit->state != COMMIT_WAITS)
        return;
    commit->all->info->composition.untold++;
    shown(commit, zc_now_ns());
}

static const struct wl_callback_listener taken_listener = {.done = on_taken};

static void on_sync_output(void *data, struct wp_presentation_feedback *feedback,
                           struct wl_output *output)
{
    (void)data;
    (void)feedback;
    (void)output;
}

static int64_t now_by(clockid_t clock)
{
    struct timespec time;

    return clock_gettime(clock, &time) ? 0 : time.tv_sec * NS_PER_S + time.tv_nsec;
}

static void on_presented(void *data, struct wp_presentation_feedback *feedback,
                         uint32_t seconds_high, uint32_t seconds_low, uint32_t ns,
                         uint32_t refresh_ns, uint32_t count_high, uint32_t count_low,
                         uint32_t flags)
{
    struct commit *commit = data;
    struct commits *commits = commit->all;
    struct zc_display_info *info = commits->info;
    int64_t at_ns = (int64_t)((uint64_t)seconds_high << 32 | seconds_low) * NS_PER_S + ns;
    bool ours = commits->clock == CLOCK_MONOTONIC;

    (void)feedback;
    (void)count_high;
    (void)count_low;
    if (!ours)
        at_ns += now_by(CLOCK_MONOTONIC) - now_by(commits->clock);
    info->vblank = ours && (flags & REAL_BLANK) == REAL_BLANK;
    info->refresh_mhz =
        refresh_ns ? (NS_PER_KILOSECOND + refresh_ns / 2) / refresh_ns : 0;
    if (flags & WP_PRESENTATION_FEEDBACK_KIND_ZERO_COPY)
        info->composition.plane++;
    else
        info->composition.pass++;
    shown(commit, at_ns);
}

static void on_discarded(void *data, struct wp_presentation_feedback *feedback)
{
    (void)feedback;
    resolve(data, COMMIT_DROPPED, 0);
}

static const struct wp_presentation_feedback_listener feedback_listener = {
    .sync_output = on_sync_output,
    .presented = on_presented,
    .discarded = on_discarded,
};

static void on_clock(void *data, struct wp_presentation *presentation, uint32_t clock)
{
    struct commits *commits = data;

    (void)presentation;
    commits->clock = clock;
}

static const struct wp_presentation_listener presentation_listener = {
    .clock_id = on_clock,
};

/* -------------------------------------------------------------- questions */

void commits_init(struct commits *commits, struct connection *connection,
                  struct zc_display_info *info)
{
    *commits = (struct commits){
        .connection = connection,
        .info = info,
        .clock = CLOCK_MONOTONIC,
    };
    if (connection->presentation)
        wp_presentation_add_listener(connection->presentation, &presentation_listener,
                                     commits);
}

void commits_finish(struct commits *commits)
{
    for (int i = 0; i < commits->n; i++) {
        resolve(commit_at(commits, i), COMMIT_DROPPED, 0);
        forget_callback(commit_at(commits, i));
    }
    commits->n = 0;
}

void commits_begin(struct commits *commits, struct wl_surface *surface, int64_t now_ns)
{
    struct wp_presentation *presentation = commits->connection->presentation;
    struct commit *commit = commit_at(commits, commits->n++);

    *commit = (struct commit){.all = commits, .committed_ns = now_ns};
    commit->taken = wl_surface_frame(surface);
    if (commit->taken)
        wl_callback_add_listener(commit->taken, &taken_listener, commit);
    if (!presentation)
        return;
    commit->feedback = wp_presentation_feedback(presentation, surface);
    if (commit->feedback)
        wp_presentation_feedback_add_listener(commit->feedback, &feedback_listener,
                                              commit);
}

bool commits_pending(const struct commits *commits)
{
    int last = (commits->first + commits->n - 1) % ZC_DISPLAY_COMMITS;

    return commits->n && commits->of[last].taken &&
           commits->of[last].state == COMMIT_WAITS;
}

bool commits_take(struct commits *commits, int64_t *shown_ns)
{
    struct commit *commit = commit_at(commits, 0);

    if (!commits->n || commit->state == COMMIT_WAITS)
        return false;
    *shown_ns = commit->at_ns;
    forget_callback(commit);
    commits->first = (commits->first + 1) % ZC_DISPLAY_COMMITS;
    commits->n--;
    return true;
}
