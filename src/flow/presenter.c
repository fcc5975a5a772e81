/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* presenter - the newest frame goes to a display. Knows frames, a display and the clock. */
#include "flow/presenter-private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_KILOSECOND INT64_C(1000000000000) /* over millihertz: a period */
/* A flip waits for the frame's fences, and those for the GPU. */
#define FLIP_TIMEOUT_NS (5000 * NS_PER_MS)
#define LAST_FLIP_NS (1000 * NS_PER_MS)
#define WINDOW_NS (1000 * NS_PER_MS)
/* Who is told of an unplug sees nothing come on screen after it: a flip under way is waited
 * for so long. */
#define SETTLE_NS (100 * NS_PER_MS)
/* How often the connector is looked at, and how often when it is unplugged. */
#define LOOK_EVERY_NS (1000 * NS_PER_MS)
#define LOOK_EVERY_UNPLUGGED_NS (250 * NS_PER_MS)
/* How soon a driver that was busy without a flip of ours is asked again. */
#define BUSY_RETRY_NS (2 * NS_PER_MS)

int zc_presenter_create(struct zc_presenter **out,
                        const struct zc_presenter_config *config)
{
    struct zc_presenter *presenter = calloc(1, sizeof(*presenter));

    if (!presenter)
        return -ENOMEM;
    presenter->config = *config;
    presenter->latency_ns = -1;
    presenter->looked_ns = presenter->committed_ns = zc_now_ns();
    *out = presenter;
    return 0;
}

void zc_presenter_destroy(struct zc_presenter *presenter)
{
    if (!presenter)
        return;
    zc_mailbox_empty(&presenter->mailbox);
    while (presenter->n_committed > 0)
        zc_frame_unref(presenter->committed[--presenter->n_committed].frame);
    zc_frame_unref(presenter->on_screen);
    free(presenter);
}

void zc_presenter_set_await(struct zc_presenter *presenter, bool await)
{
    presenter->config.await = await;
}

void zc_presenter_set_commit_at_once(struct zc_presenter *presenter, bool commit_at_once)
{
    if (commit_at_once)
        zc_latch_begin(&presenter->latch, 0, 0);
    presenter->config.commit_at_once = commit_at_once;
}

/* The frame that is on screen when no other is committed any more, or NULL; *again: it was
 * there before. */
static struct zc_frame *newest(const struct zc_presenter *presenter, bool *again)
{
    int n = presenter->n_committed;

    *again = !n || presenter->committed[n - 1].again;
    return n ? presenter->committed[n - 1].frame : presenter->on_screen;
}

/* What is on screen, or about to be, is to come there again. */
static void requeue(struct zc_presenter *presenter)
{
    bool again;
    struct zc_frame *frame = newest(presenter, &again);

    if (frame && !presenter->mailbox.newest) {
        zc_mailbox_put(&presenter->mailbox, zc_frame_ref(frame));
        presenter->waits_again = again;
    }
    while (presenter->n_committed > 0)
        zc_frame_unref(presenter->committed[--presenter->n_committed].frame);
    zc_frame_unref(presenter->on_screen);
    presenter->on_screen = NULL;
}

void zc_presenter_set_display(struct zc_presenter *presenter, struct zc_display *display)
{
    requeue(presenter);
    presenter->config.display = display;
    presenter->latch = (struct zc_latch){0};
    presenter->busy = false;
    if (display || presenter->untold)
        presenter->unplugged = false;
    presenter->untold = false;
    if (!display)
        return;
    presenter->looked_ns = presenter->committed_ns = zc_now_ns();
}

/* ------------------------------------------------------------- connector */

static int tell_unplugged(struct zc_presenter *presenter, bool at_once)
{
    const struct zc_presenter_config *config = &presenter->config;

    if (!presenter->untold || (!at_once && zc_display_pending(config->display) &&
                               zc_now_ns() - presenter->committed_ns < SETTLE_NS))
        return 0;
    presenter->untold = false;
    return config->plugged(false, config->user);
}

static int look_at_connector(struct zc_presenter *presenter)
{
    const struct zc_presenter_config *config = &presenter->config;
    int connected = config->display ? zc_display_connected(config->display) : 1, error;

    presenter->looked_ns = zc_now_ns();
    if (connected == -ENODEV)
        return connected;
    if (!connected && !presenter->unplugged)
        presenter->unplugged = presenter->untold = true;
    error = tell_unplugged(presenter, connected > 0);
    if (error || connected <= 0 || !presenter->unplugged)
        return error;
    return config->plugged(true, config->user);
}

static int64_t until_look_ns(const struct zc_presenter *presenter)
{
    int64_t every = presenter->unplugged ? LOOK_EVERY_UNPLUGGED_NS : LOOK_EVERY_NS;
    int64_t left = presenter->looked_ns + every - zc_now_ns();

    return left > 0 ? left : 0;
}

/* Something went wrong: that is @error, unless it is for want of a display. */
static int look_for_cause(struct zc_presenter *presenter, int error)
{
    int result = presenter->config.plugged ? look_at_connector(presenter) : 0;

    return result || presenter->unplugged ? result : error;
}

/* Whether the display has more to say than flips, and may leave those out while nobody sees
 * it. */
static bool is_window(const struct zc_presenter *presenter)
{
    return zc_display_info(presenter->config.display)->kind == ZC_DISPLAY_WAYLAND;
}

static int check_overdue(struct zc_presenter *presenter, int64_t now)
{
    int error;

    if (presenter->unplugged || is_window(presenter) ||
        now - presenter->committed_ns <= FLIP_TIMEOUT_NS)
        return 0;
    error = look_for_cause(presenter, -ETIMEDOUT);
    if (error == -ETIMEDOUT) {
        const struct zc_display_info *info = zc_display_info(presenter->config.display);

        zc_log(ZC_LOG_ERROR,
               "display %s (%s), %s: no flip for %d s: either the driver hangs, or what "
               "draws the frame never finishes it (its fence)",
               info->path, info->driver, info->connector,
               (int)(FLIP_TIMEOUT_NS / (1000 * NS_PER_MS)));
    }
    return error;
}

/* ----------------------------------------------------------------- flips */

/* A display tells of its vertical blanks only once it is lit. */
static void begin_latch(struct zc_presenter *presenter)
{
    const struct zc_display_info *info = zc_display_info(presenter->config.display);

    if (!presenter->config.commit_at_once && !presenter->latch.refresh_ns &&
        info->vblank && info->refresh_mhz)
        zc_latch_begin(&presenter->latch, NS_PER_KILOSECOND / info->refresh_mhz,
                       info->blanking_ns);
    presenter->latch.is_repainted = is_window(presenter);
}

static void count_flip(struct zc_presenter *presenter, const struct zc_frame_meta *meta)
{
    int64_t flip = meta->at_ns[ZC_STAGE_FLIP], since = flip - presenter->window_ns;

    presenter->shown++;
    if (meta->clock != ZC_CAPTURE_UNKNOWN && meta->at_ns[ZC_STAGE_CAPTURE]) {
        presenter->latency_ns = flip - meta->at_ns[ZC_STAGE_CAPTURE];
        zc_histogram_add(&presenter->latency, presenter->latency_ns);
    }
    if (presenter->window_ns && since < WINDOW_NS)
        return;
    if (presenter->window_ns)
        presenter->fps = (presenter->shown - presenter->window_shown) * 1e9 / since;
    presenter->window_ns = flip;
    presenter->window_shown = presenter->shown;
}

/* The frame that was committed first is on screen, or never came there. */
static void end_commit(struct zc_presenter *presenter, bool shown)
{
    struct zc_frame *frame = presenter->committed[0].frame;
    bool again = presenter->committed[0].again;

    presenter->n_committed--;
    memmove(presenter->committed, presenter->committed + 1,
            presenter->n_committed * sizeof(*presenter->committed));
    if (!shown) {
        presenter->mailbox.superseded += !again;
        zc_frame_unref(frame);
        return;
    }
    zc_frame_unref(presenter->on_screen);
    presenter->on_screen = frame;
    if (again)
        return;
    count_flip(presenter, zc_frame_meta(frame));
    if (presenter->config.shown)
        presenter->config.shown(frame, presenter->config.user);
}

static int take_flip(struct zc_presenter *presenter)
{
    struct zc_frame *shown;
    int error = zc_display_dispatch(presenter->config.display, &shown);

    if (error)
        return error;
    if (shown) {
        begin_latch(presenter);
        if (presenter->n_committed)
            presenter->latch.aim_ns = presenter->committed[0].aim_ns;
        zc_latch_flipped(&presenter->latch, zc_frame_meta(shown)->at_ns[ZC_STAGE_FLIP]);
    }
    if (presenter->n_committed && (!shown || shown == presenter->committed[0].frame))
        end_commit(presenter, shown);
    return 0;
}

/* Whether anything waits for what the display has to say. */
static bool is_awaited(const struct zc_presenter *presenter)
{
    return is_window(presenter) || (zc_display_pending(presenter->config.display) &&
                                    (presenter->mailbox.newest || presenter->redraw ||
                                     presenter->untold || presenter->config.await));
}

/* --------------------------------------------------------------- commits */

void zc_presenter_offer(struct zc_presenter *presenter, struct zc_frame *frame,
                        int64_t at_ns)
{
    zc_latch_ready(&presenter->latch, at_ns ? at_ns : zc_now_ns());
    if (presenter->waits_again)
        zc_mailbox_empty(&presenter->mailbox);
    presenter->waits_again = false;
    zc_mailbox_put(&presenter->mailbox, frame);
}

void zc_presenter_redraw(struct zc_presenter *presenter)
{
    presenter->redraw = presenter->n_committed || presenter->on_screen;
}

void zc_presenter_flush(struct zc_presenter *presenter)
{
    presenter->discarded += presenter->mailbox.newest && !presenter->waits_again;
    presenter->waits_again = false;
    zc_mailbox_empty(&presenter->mailbox);
}

/* Whether a frame is there to be committed. */
static bool has_next(struct zc_presenter *presenter)
{
    bool again;
    struct zc_frame *frame = newest(presenter, &again);

    if (!presenter->mailbox.newest && presenter->redraw && frame) {
        zc_mailbox_put(&presenter->mailbox, zc_frame_ref(frame));
        presenter->waits_again = true;
    }
    presenter->redraw = false;
    return presenter->mailbox.newest;
}

/* The frame waits on. */
static int commit_failed(struct zc_presenter *presenter, int error, int64_t now)
{
    if (error != -EBUSY)
        return look_for_cause(presenter, error);
    /* Something of the driver's own is under way. */
    if (!presenter->busy)
        presenter->committed_ns = now;
    presenter->busy = true;
    return check_overdue(presenter, now);
}

static int commit_next(struct zc_presenter *presenter)
{
    const struct zc_presenter_config *config = &presenter->config;
    struct zc_frame *frame;
    int64_t now;
    int error = 0;

    if (!config->display || presenter->unplugged || zc_display_pending(config->display))
        return 0;
    if (!has_next(presenter)) {
        presenter->busy = false;
        return 0;
    }
    now = zc_now_ns();
    if (!presenter->busy && zc_latch_wait_ns(&presenter->latch, now))
        return 0;
    frame = presenter->mailbox.newest;
    if (config->prepare)
        error = config->prepare(frame, config->user);
    if (!error)
        error = zc_display_show(config->display, frame);
    if (error)
        return commit_failed(presenter, error, now);
    zc_latch_committed(&presenter->latch, now, zc_now_ns());
    presenter->committed[presenter->n_committed].aim_ns = presenter->latch.aim_ns;
    presenter->committed[presenter->n_committed].frame =
        zc_mailbox_take(&presenter->mailbox);
    presenter->committed[presenter->n_committed++].again = presenter->waits_again;
    presenter->waits_again = presenter->busy = false;
    presenter->committed_ns = now;
    return 0;
}

/* ------------------------------------------------------------------ loop */

int zc_presenter_fd(const struct zc_presenter *presenter)
{
    struct zc_display *display = presenter->config.display;

    return display && is_awaited(presenter) ? zc_display_fd(display) : -1;
}

/* Of two times to wait, of which each may be for ever. */
static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

int64_t zc_presenter_wait_ns(struct zc_presenter *presenter)
{
    struct zc_display *display = presenter->config.display;
    int64_t look = presenter->config.plugged ? until_look_ns(presenter) : -1, wait = -1;

    if (presenter->unplugged || !display)
        return look;
    if (presenter->busy)
        wait = BUSY_RETRY_NS;
    else if ((presenter->mailbox.newest || presenter->redraw) &&
             !zc_display_pending(display))
        wait = zc_latch_wait_ns(&presenter->latch, zc_now_ns());
    return sooner(sooner(wait, look), zc_display_wait_ns(display));
}

static int read_display(struct zc_presenter *presenter, bool readable)
{
    struct zc_display *display = presenter->config.display;
    int error;

    if (!display || !(readable || is_awaited(presenter)) ||
        !(is_window(presenter) || zc_display_pending(display)))
        return 0;
    do
        error = take_flip(presenter);
    while (!error && presenter->n_committed);
    if (error != -EAGAIN)
        return error;
    if (!zc_display_pending(display))
        return 0;
    /* A card that goes makes its fd readable, or says nothing for ever. */
    if (readable)
        presenter->looked_ns = 0;
    return check_overdue(presenter, zc_now_ns());
}

int zc_presenter_dispatch(struct zc_presenter *presenter, bool readable)
{
    int error = read_display(presenter, readable);

    if (!error)
        error = tell_unplugged(presenter, false);
    if (!error && presenter->config.plugged && !until_look_ns(presenter))
        error = look_at_connector(presenter);
    return error ? error : commit_next(presenter);
}

void zc_presenter_stop(struct zc_presenter *presenter)
{
    struct zc_display *display = presenter->config.display;
    int64_t end = zc_now_ns() + LAST_FLIP_NS;
    int error = 0;

    while (display && (!error || error == -EAGAIN) &&
           (presenter->n_committed || zc_display_pending(display)) && zc_now_ns() < end) {
        struct pollfd wait = {zc_display_fd(display), POLLIN, 0};

        poll(&wait, 1, 100);
        error = take_flip(presenter);
    }
    zc_mailbox_empty(&presenter->mailbox);
    presenter->waits_again = presenter->redraw = false;
}

void zc_presenter_state(const struct zc_presenter *presenter,
                        struct zc_presenter_state *out)
{
    int n = presenter->n_committed;

    *out = (struct zc_presenter_state){
        .waiting = presenter->mailbox.newest,
        .committed = n ? presenter->committed[n - 1].frame : NULL,
        .on_screen = presenter->on_screen,
        .unplugged = presenter->unplugged,
        .shown = presenter->shown,
        .superseded = presenter->mailbox.superseded,
        .discarded = presenter->discarded,
        .fps = presenter->fps,
        .latency_ns = presenter->latency_ns,
    };
}

const struct zc_histogram *zc_presenter_latency(const struct zc_presenter *presenter)
{
    return &presenter->latency;
}
