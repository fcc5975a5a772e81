/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display - frames on a screen through atomic KMS: committed, flipped, released. Touches
 * the card's fd; knows frames, not where they come from.
 */
#include "display/display-private.h"
#include "base/ioctl.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

#define HOLDER "display"
#define FENCE_TIMEOUT_MS 1000
/* How long close waits for a flip, and after how long dispatch asks whether the card is
 * still there: a card that was unplugged sends no event and no error. */
#define FLIP_TIMEOUT_MS 500
#define NS_PER_MS INT64_C(1000000)
#define VBLANK_QUESTIONS 3

int zc_display_open(struct zc_display **out, const struct zc_display_config *config)
{
    static const struct zc_display_config any;
    struct zc_display *display = calloc(1, sizeof(*display));
    int error;

    if (!display)
        return -ENOMEM;
    error = display_setup(display, config ? config : &any);
    if (error) {
        free(display);
        return error;
    }
    display_import_init(display);
    *out = display;
    return 0;
}

const struct zc_display_info *zc_display_info(const struct zc_display *display)
{
    return &display->info;
}

bool zc_display_pending(const struct zc_display *display)
{
    return display->next != NULL;
}

int zc_display_connected(const struct zc_display *display)
{
    drmModeConnector *connector;
    int connected;

    errno = 0;
    connector = drmModeGetConnectorCurrent(display->fd, display->connector_id);
    if (!connector)
        return errno == ENOENT ? 0 : errno ? -errno : -ENOMEM;
    connected = connector->connection == DRM_MODE_CONNECTED;
    drmModeFreeConnector(connector);
    return connected;
}

int zc_display_fd(const struct zc_display *display)
{
    return display->fd;
}

void zc_display_reason_text(uint32_t reasons, char *text, size_t size)
{
    static const char *const words[] = {"no dma-buf",  "format", "import",
                                        "framebuffer", "test",   "scale"};
    size_t used = 0;

    if (!size)
        return;
    snprintf(text, size, "%s", reasons ? "" : "none");
    for (size_t i = 0; i < sizeof(words) / sizeof(*words) && used < size; i++)
        if (reasons & (1u << i))
            used +=
                snprintf(text + used, size - used, "%s%s", used ? ", " : "", words[i]);
}

/* Errors of a commit and what to do about them. */
static int commit_failed(const struct zc_display *display, const char *what, int error)
{
    const char *advice = "";

    if (error == -EACCES || error == -EPERM)
        advice = " (another program became master: switch back to our virtual terminal)";
    else if (error == -ENODEV)
        advice = " (the card was unplugged)";
    zc_log(error == -EBUSY ? ZC_LOG_DEBUG : ZC_LOG_ERROR, "%s, %s: %s failed: %s%s",
           display->path, display->name, what, strerror(-error), advice);
    return error;
}

static int prepare(struct zc_display *display, struct zc_frame *frame,
                   struct placement **placement, uint32_t *fb)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t reasons = 0;
    char text[64];
    int error;

    error = placement_find(display, frame, placement, &reasons);
    if (!error)
        error = display_import(display, frame, fb, &reasons);
    if (!error)
        return 0;
    if (error != -ENOTSUP)
        return commit_failed(display, "import or test of a frame", error);
    zc_display_reason_text(reasons, text, sizeof(text));
    zc_log(ZC_LOG_ERROR, "%s, %s: cannot show a %s frame of %ux%u, stride %u: %s",
           display->path, display->name, layout->format->name, layout->width,
           layout->height, layout->plane[0].stride, text);
    return error;
}

static bool takes_fence(const struct placement *placement)
{
    return placement->plane->prop[PLANE_IN_FENCE_FD].id;
}

/* The first frame, and one that is placed otherwise than the one before. */
static int commit_anew(struct zc_display *display, struct placement *placement,
                       uint32_t fb, int fence)
{
    uint32_t flags = DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK;
    struct atomic *atomic = &display->atomic;
    int error;

    atomic_begin(atomic);
    if (!display->ours)
        placement_add_output(display);
    placement_add_planes(display, placement, fb);
    if (fence >= 0)
        atomic_add(atomic, placement->plane->id,
                   &placement->plane->prop[PLANE_IN_FENCE_FD], fence);
    if (display->ours)
        return atomic_commit(atomic, display->fd, flags, display);
    flags |= DRM_MODE_ATOMIC_ALLOW_MODESET;
    error = atomic_commit(atomic, display->fd, flags, display);
    if (error != -EBUSY)
        return error;
    /* Some drivers, or an unfinished commit of the master before, refuse to set a mode
     * without waiting. */
    flags &= ~DRM_MODE_ATOMIC_NONBLOCK;
    return atomic_commit(atomic, display->fd, flags, display);
}

static int commit(struct zc_display *display, struct placement *placement, uint32_t fb,
                  int fence)
{
    const struct plane *plane = placement->plane;

    if (display->ours && placement == display->active)
        return atomic_flip(display->fd, plane->id, plane->prop, fb, fence, display);
    return commit_anew(display, placement, fb, fence);
}

int zc_display_show(struct zc_display *display, struct zc_frame *frame)
{
    struct placement *placement;
    int64_t committed_ns;
    int error, fence = zc_frame_fence(frame);
    uint32_t fb;

    if (display->next)
        return -EBUSY;
    error = prepare(display, frame, &placement, &fb);
    if (error)
        return error;
    /* The kernel waits for the fence where the plane takes one; else we do. */
    if (fence >= 0 && !takes_fence(placement)) {
        error = zc_fence_wait(fence, FENCE_TIMEOUT_MS);
        if (error)
            return commit_failed(display, "waiting for a frame's fence", error);
        fence = -1;
    }
    committed_ns = zc_now_ns();
    error = commit(display, placement, fb, fence);
    if (error)
        return commit_failed(display, display->ours ? "flip" : "first commit", error);
    placement_committed(display, placement);
    display->committed_ns = display->asked_ns = committed_ns;
    display->next = zc_frame_ref(frame);
    zc_frame_meta(frame)->at_ns[ZC_STAGE_COMMIT] = committed_ns;
    zc_frame_set_holder(frame, HOLDER);
    return 0;
}

static void on_flip(int fd, unsigned int sequence, unsigned int seconds,
                    unsigned int microseconds, unsigned int crtc, void *user)
{
    struct zc_display *display = user;
    int64_t at_ns = seconds * INT64_C(1000000000) + microseconds * INT64_C(1000);

    (void)fd;
    (void)sequence;
    (void)crtc;
    if (!display->next)
        return;
    /* vkms stamps its first flip with the blank before the commit: it cannot be that. */
    if (!display->monotonic || at_ns < display->committed_ns)
        at_ns = zc_now_ns();
    zc_frame_meta(display->next)->at_ns[ZC_STAGE_FLIP] = at_ns;
    zc_frame_unref(display->current);
    display->current = display->next;
    display->next = NULL;
    display->flipped = true;
}

/* A driver without vertical blanks sends its events when it likes; one that has them can
 * count them, but only while the CRTC is lit, and it may send the first event before. */
static void ask_vblank(struct zc_display *display)
{
    uint64_t sequence, ns;

    if (display->vblank_asked == VBLANK_QUESTIONS)
        return;
    display->vblank_asked++;
    display->info.vblank =
        display->monotonic &&
        !drmCrtcGetSequence(display->fd, display->crtc_id, &sequence, &ns);
    if (display->info.vblank)
        display->vblank_asked = VBLANK_QUESTIONS;
    else if (display->vblank_asked == VBLANK_QUESTIONS)
        zc_log(ZC_LOG_INFO,
               "%s: %s has no vertical blanks of its own or no monotonic clock: flip "
               "times are only near",
               display->path, display->driver);
}

/* Every so often while a flip is overdue. */
static bool is_gone(struct zc_display *display)
{
    int64_t now = zc_now_ns();

    if (now - display->asked_ns < FLIP_TIMEOUT_MS * NS_PER_MS)
        return false;
    display->asked_ns = now;
    return display_gone(display);
}

/* Silent: 0 a flip happened, -EAGAIN none, or what is wrong. */
static int read_flip(struct zc_display *display)
{
    drmEventContext events = {.version = 3, .page_flip_handler2 = on_flip};
    int result;

    display->flipped = false;
    do {
        errno = 0;
        result = drmHandleEvent(display->fd, &events);
    } while (result < 0 && errno == EINTR);
    if (display->flipped)
        return 0;
    if (result < 0 && errno != EAGAIN)
        return errno ? -errno : -EIO;
    return display->next && is_gone(display) ? -ENODEV : -EAGAIN;
}

int zc_display_dispatch(struct zc_display *display, struct zc_frame **shown)
{
    int error = read_flip(display);

    if (error && error != -EAGAIN)
        return commit_failed(display, "waiting for a flip", error);
    if (error)
        return error;
    ask_vblank(display);
    if (shown)
        *shown = display->current;
    return 0;
}

/* Waits in short polls, so that a card whose fd is always readable is no busy loop for
 * ever, and one that sends nothing holds us for a bounded time. */
static void finish_flip(struct zc_display *display)
{
    int64_t until = zc_now_ns() + FLIP_TIMEOUT_MS * NS_PER_MS;
    int error = -EAGAIN;

    while (display->next && error == -EAGAIN && zc_now_ns() < until) {
        struct pollfd wait = {.fd = display->fd, .events = POLLIN};

        poll(&wait, 1, 20);
        error = read_flip(display);
    }
}

void zc_display_close(struct zc_display *display)
{
    if (!display)
        return;
    finish_flip(display);
    if (display->keep)
        display_leave(display);
    else
        display_restore(display);
    zc_frame_unref(display->next);
    zc_frame_unref(display->current);
    zc_attachments_clear(&display->imports);
    if (display->backdrop_fb)
        drmModeRmFB(display->fd, display->backdrop_fb);
    display_release(display);
    free(display);
}
