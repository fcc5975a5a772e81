/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* observation - begins the program, waits for its first frame, and looks at each vblank. */
#include "bench/observe/observation.h"

#include "zerocopy.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS INT64_C(1000000000)
#define FIRST_FRAME_NS (60 * SECOND_NS)
#define SEARCH_NS (100 * INT64_C(1000000))
#define MOST_HZ 240
#define WINDOWS_A_SECOND 5
/* So many vertical blanks without a number, and the picture may have moved. */
#define UNREAD_LIMIT 30

enum event { EVENT_DEQUEUED, EVENT_QUEUED, EVENT_DELIVERED, EVENTS };

static void on_record(const struct trace_record *record, void *user)
{
    struct observation *o = user;

    if (record->event == EVENT_DEQUEUED)
        camera_trace_take(&o->captures, record);
    else
        screen_watch_note(&o->screen, record, record->event == EVENT_DELIVERED);
}

static void drain(struct observation *o)
{
    trace_drain(o->trace, on_record, o);
}

static void pause_ns(int64_t ns)
{
    struct timespec time = {.tv_nsec = ns};

    nanosleep(&time, NULL);
}

/* ---- before ---- */

static int prepare(struct observation *o)
{
    size_t vblanks = (size_t)o->seconds * MOST_HZ + MOST_HZ;
    const struct trace_event *const events[EVENTS] = {
        [EVENT_DEQUEUED] = &camera_trace_event,
        [EVENT_QUEUED] = &screen_watch_queued,
        [EVENT_DELIVERED] = &screen_watch_delivered,
    };
    int error;

    if (geteuid()) {
        zc_log(ZC_LOG_ERROR, "only root may look at another program's display and at the "
                             "kernel's trace: try sudo");
        return -EPERM;
    }
    error = camera_glyphs_learn(&o->glyphs, o->camera, &o->about);
    if (!error)
        error = screen_watch_open(&o->screen, o->display, &o->glyphs);
    if (!error)
        error = pairing_init(&o->pairing, &o->captures, vblanks);
    if (!error)
        error = samples_init(&o->cpu, (size_t)o->seconds * WINDOWS_A_SECOND + 1);
    if (!error)
        error = samples_init(&o->looks, vblanks);
    if (!error)
        error = trace_open(&o->trace, events, EVENTS);
    camera_trace_init(&o->captures, o->camera ? o->about.minor : -1);
    return error;
}

static int begin_command(struct observation *o)
{
    int error = child_prepare(&o->child, o->command);

    if (error)
        return error;
    usage_open(&o->meter, o->child.pid);
    usage_open(&o->own_meter, 0);
    return child_begin(&o->child);
}

/* Says why nothing is on screen that could be measured. */
static int no_frame(struct observation *o, int error)
{
    const char *path = o->screen.path;
    char how[80];

    if (child_has_ended(&o->child)) {
        child_describe(&o->child, how, sizeof(how));
        zc_log(ZC_LOG_ERROR, "the command ended before a frame was seen: %s", how);
        return -ECHILD;
    }
    if (!o->captures.captured)
        zc_log(ZC_LOG_ERROR, "the command has taken no frame of %s%s",
               o->captures.minor < 0 ? "any camera" : o->about.path,
               o->captures.other_minor < 0 ? "" : ", but of another: see --camera");
    else if (error == -ENOTSUP)
        zc_log(ZC_LOG_ERROR,
               "what is on display %s cannot be read: its format %s or "
               "modifier has no plain pixels",
               path, o->screen.format);
    else if (error != -ENOENT)
        zc_log(ZC_LOG_ERROR, "what is on display %s cannot be read: %s", path,
               strerror(-error));
    else
        zc_log(ZC_LOG_ERROR,
               "no frame number of the camera is on display %s: is it shown "
               "there, neither scaled nor turned? (see --display)",
               path);
    return -ETIMEDOUT;
}

static int wait_first_frame(struct observation *o, bool (*stop)(void))
{
    int64_t end = zc_now_ns() + FIRST_FRAME_NS;
    int error = screen_watch_find(&o->screen);

    /* A number that was there already was the last program's: it takes a frame first. */
    while ((error || !o->captures.captured) && !stop()) {
        if (child_has_ended(&o->child) || zc_now_ns() > end)
            return no_frame(o, error);
        pause_ns(SEARCH_NS);
        drain(o);
        if (o->captures.captured)
            error = screen_watch_find(&o->screen);
    }
    return 0;
}

/* ---- while it is observed ---- */

static void begin_windows(struct observation *o, int64_t now)
{
    usage_read(&o->meter, &o->begin);
    usage_read(&o->own_meter, &o->own_begin);
    o->captured = o->captures.captured;
    o->camera_lost = o->captures.lost;
    o->first_capture = o->captures.last;
    o->window_ns = now;
    o->window_cpu_ns = usage_read_cpu(&o->meter);
}

static void next_window(struct observation *o, int64_t now)
{
    uint64_t frames = o->pairing.shown - o->window_shown;
    int64_t cpu_ns = usage_read_cpu(&o->meter);

    if (cpu_ns >= 0 && frames)
        samples_add(&o->cpu, (cpu_ns - o->window_cpu_ns) / (int64_t)frames);
    o->window_ns = now;
    o->window_cpu_ns = cpu_ns;
    o->window_shown = o->pairing.shown;
}

/*
 * A vertical blank is paired when the next one comes: drivers may tell of a completion a
 * little later than of the blank itself.
 */
static void pair_last(struct observation *o)
{
    drain(o);
    if (!o->has_last)
        return;
    o->last.flipped = screen_watch_flipped(&o->screen, o->last.sequence);
    pairing_vblank(&o->pairing, &o->last);
}

static void take_vblank(struct observation *o, const struct vblank *vblank)
{
    samples_add(&o->looks, zc_now_ns() - vblank->time_ns);
    pair_last(o);
    o->last = *vblank;
    if (!o->has_last)
        begin_windows(o, vblank->time_ns);
    else if (vblank->time_ns - o->window_ns >= SECOND_NS / WINDOWS_A_SECOND)
        next_window(o, vblank->time_ns);
    o->has_last = true;
}

static bool is_over(struct observation *o, bool (*stop)(void), int64_t end)
{
    o->interrupted = stop();
    if (!o->interrupted && child_has_ended(&o->child))
        o->ended = true;
    return o->interrupted || o->ended || zc_now_ns() >= end;
}

/* The display is off, or the picture elsewhere: looks again until it is there. */
static int look_again(struct observation *o)
{
    int error = screen_watch_find(&o->screen);

    if (!error)
        error = screen_watch_arm(&o->screen);
    if (error)
        pause_ns(SEARCH_NS);
    return error;
}

static int observe(struct observation *o, bool (*stop)(void))
{
    int64_t end = zc_now_ns() + o->seconds * SECOND_NS;
    int error = screen_watch_arm(&o->screen), unread = 0;

    if (error) {
        zc_log(ZC_LOG_ERROR, "display %s (%s) tells of no vertical blanks: %s",
               o->screen.path, o->screen.driver, strerror(-error));
        return error;
    }
    while (!is_over(o, stop, end)) {
        struct pollfd display = {.fd = o->screen.fd, .events = POLLIN};
        struct vblank vblank;

        if (error) {
            error = look_again(o);
            continue;
        }
        if (poll(&display, 1, 100) < 1 || screen_watch_take(&o->screen, &vblank, &error))
            continue;
        take_vblank(o, &vblank);
        unread = vblank.seen.kind == SIGHT_FRAME ? 0 : unread + 1;
        if (unread == UNREAD_LIMIT) {
            screen_watch_find(&o->screen);
            unread = 0;
        }
    }
    pair_last(o);
    return 0;
}

/* ---- after ---- */

/* The camera's period, by what it numbered and stamped. */
static int64_t frame_time(const struct capture *first, const struct capture *last)
{
    int32_t frames = (int32_t)(last->sequence - first->sequence);

    if (!first->known || first->captured_ns < 0 || frames <= 0 ||
        last->captured_ns <= first->captured_ns)
        return 0;
    return (last->captured_ns - first->captured_ns) / frames;
}

static void read_end(struct observation *o)
{
    struct usage now;

    o->elapsed_ns = o->has_last ? o->last.time_ns - o->pairing.begin_ns : 0;
    usage_read(&o->meter, &now);
    o->usage = usage_since(&o->begin, &now);
    usage_read(&o->own_meter, &now);
    o->own = usage_since(&o->own_begin, &now);
    o->captured = o->captures.captured - o->captured;
    o->camera_lost = o->captures.lost - o->camera_lost;
    o->trace_lost = trace_lost(o->trace);
    o->frame_ns = frame_time(&o->first_capture, &o->captures.last);
    o->look_ns = samples_percentile(&o->looks, 50);
    o->look_most_ns = samples_percentile(&o->looks, 100);
}

int observation_run(struct observation *o, bool (*stop)(void))
{
    struct sched_param priority = {.sched_priority = 1}, none = {0};
    int error;

    o->screen.fd = -1;
    usage_init(&o->meter);
    usage_init(&o->own_meter);
    error = prepare(o);
    if (!error)
        error = begin_command(o);
    if (!error)
        error = wait_first_frame(o, stop);
    if (error || stop()) {
        o->interrupted = stop();
        return error;
    }
    o->realtime = !sched_setscheduler(0, SCHED_FIFO, &priority);
    error = observe(o, stop);
    if (o->realtime)
        sched_setscheduler(0, SCHED_OTHER, &none);
    read_end(o);
    return error;
}

void observation_finish(struct observation *o)
{
    child_end(&o->child);
    usage_close(&o->meter);
    usage_close(&o->own_meter);
    trace_close(o->trace);
    screen_watch_close(&o->screen);
    pairing_finish(&o->pairing);
    samples_finish(&o->cpu);
    samples_finish(&o->looks);
}
