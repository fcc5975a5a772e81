/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kms - the operations of a display on a card, through atomic KMS. */
#include "display/kms/kms.h"
#include "base/ioctl.h"
#include "display/kms/dumb.h"
#include "display/kms/restore.h"

#include <errno.h>
#include <string.h>

#define FENCE_TIMEOUT_MS 1000
#define VBLANK_QUESTIONS 3

static struct kms *kms_of(const struct zc_display *display)
{
    return (struct kms *)display;
}

/* Errors of a commit and what to do about them. */
static int commit_failed(const struct kms *kms, const char *what, int error)
{
    const char *advice = "";

    if (error == -EACCES || error == -EPERM)
        advice = " (another program became master: switch back to our virtual terminal)";
    else if (error == -ENODEV)
        advice = " (the card was unplugged)";
    zc_log(error == -EBUSY ? ZC_LOG_DEBUG : ZC_LOG_ERROR, "%s, %s: %s failed: %s%s",
           kms->card.path, kms->output.name, what, strerror(-error), advice);
    return error;
}

static int prepare(struct kms *kms, struct zc_frame *frame, struct placement **placement,
                   uint32_t *fb)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t reasons = 0;
    char text[80];
    int error;

    error =
        placements_find(&kms->placements, frame, &kms->base.rect, placement, &reasons);
    if (!error)
        error = framebuffers_get(&kms->framebuffers, frame, fb, &reasons);
    if (!error)
        return 0;
    if (error != -ENOTSUP)
        return commit_failed(kms, "import or test of a frame", error);
    zc_display_reason_text(reasons, text, sizeof(text));
    zc_log(ZC_LOG_ERROR, "%s, %s: cannot show a %s frame of %ux%u, stride %u%s%s: %s",
           kms->card.path, kms->output.name, layout->format->name, layout->width,
           layout->height, layout->plane[0].stride,
           reasons & ZC_REASON_COLOUR ? ", " : "",
           reasons & ZC_REASON_COLOUR ? zc_colour_text(&layout->colour) : "", text);
    return error;
}

static int kms_show(struct zc_display *display, struct zc_frame *frame,
                    int64_t *committed_ns)
{
    struct kms *kms = kms_of(display);
    int error, fence = zc_frame_fence(frame);
    struct placement *placement;
    uint32_t fb;

    error = prepare(kms, frame, &placement, &fb);
    if (error)
        return error;
    /* The kernel waits for the fence where the plane takes one; else we do. */
    if (fence >= 0 && !placement_takes_fence(placement)) {
        error = zc_fence_wait(fence, FENCE_TIMEOUT_MS);
        if (error)
            return commit_failed(kms, "waiting for a frame's fence", error);
        fence = -1;
    }
    *committed_ns = zc_now_ns();
    error = placements_commit(&kms->placements, placement, fb, fence, &kms->flip);
    if (error)
        return commit_failed(kms, kms->output.ours ? "flip" : "first commit", error);
    display->info.plane_id = placement->plane->id;
    flip_begin(&kms->flip, *committed_ns);
    return 0;
}

static int kms_test(struct zc_display *display, struct zc_frame *frame, uint32_t *reasons)
{
    struct kms *kms = kms_of(display);
    struct placement *placement;
    uint32_t fb;
    int error;

    kms->framebuffers.answer = 0;
    kms->placements.answer = 0;
    error = placements_find(&kms->placements, frame, &display->rect, &placement, reasons);
    if (!error)
        error = framebuffers_get(&kms->framebuffers, frame, &fb, reasons);
    if (error)
        display->info.test_answer = kms->framebuffers.answer ? kms->framebuffers.answer
                                                             : kms->placements.answer;
    else
        display->info.test_plane_id = placement->plane->id;
    return error;
}

/* A driver without vertical blanks sends its events when it likes. One that has them
 * can count them, but only while the CRTC is lit, and its first event may come
 * earlier: so it is asked several times. */
static void ask_vblank(struct kms *kms)
{
    if (kms->vblank_asked == VBLANK_QUESTIONS)
        return;
    kms->vblank_asked++;
    kms->base.info.vblank = kms->card.monotonic && output_counts_blanks(&kms->output);
    if (kms->base.info.vblank)
        kms->vblank_asked = VBLANK_QUESTIONS;
    else if (kms->vblank_asked == VBLANK_QUESTIONS)
        zc_log(ZC_LOG_INFO,
               "%s: %s has no vertical blanks of its own or no monotonic clock: flip "
               "times are only near",
               kms->card.path, kms->card.driver);
}

static int kms_dispatch(struct zc_display *display, int64_t *flipped_ns)
{
    struct kms *kms = kms_of(display);
    int error = flip_read(&kms->flip);

    if (error && error != -EAGAIN)
        return commit_failed(kms, "waiting for a flip", error);
    if (error)
        return error;
    ask_vblank(kms);
    *flipped_ns = kms->flip.flipped_ns;
    return 0;
}

static bool kms_has_format(const struct zc_display *display, uint32_t fourcc,
                           uint64_t modifier)
{
    return planes_have(&kms_of(display)->planes, fourcc, modifier);
}

static bool kms_modifier(const struct zc_display *display, uint32_t fourcc, int index,
                         uint64_t *modifier)
{
    return planes_modifier(&kms_of(display)->planes, fourcc, index, modifier);
}

static bool kms_mode(const struct zc_display *display, int index, uint32_t *width,
                     uint32_t *height)
{
    return output_mode(&kms_of(display)->output, index, width, height);
}

static int kms_connected(const struct zc_display *display)
{
    return output_connected(&kms_of(display)->output);
}

static int kms_verify(struct zc_display *display, const struct zc_frame *frame)
{
    return framebuffers_verify(&kms_of(display)->framebuffers, frame);
}

static int kms_capture(struct zc_display *display, struct zc_frame *into)
{
    struct kms *kms = kms_of(display);

    return writeback_capture(&kms->writeback, &kms->framebuffers, &kms->atomic, into);
}

static int kms_pool(struct zc_display *display, const struct zc_layout *layout, int n,
                    bool shared, struct zc_pool **pool)
{
    return dumb_pool(&kms_of(display)->framebuffers, layout, n, shared, pool);
}

/* Leaves mode and picture as they are, where the kernel can. */
static void leave(struct kms *kms)
{
    struct zc_frame *const frames[] = {kms->base.current, kms->base.committed[0]};
    uint32_t fb, reasons = 0;
    int error = 0;

    if (!kms->output.ours)
        return;
    for (int i = 0; i < 2 && !error; i++)
        if (frames[i] && !framebuffers_get(&kms->framebuffers, frames[i], &fb, &reasons))
            error = framebuffer_forget(&kms->card, fb);
    if (!error && kms->backdrop.fb)
        error = framebuffer_forget(&kms->card, kms->backdrop.fb);
    if (error)
        zc_log(ZC_LOG_INFO,
               "%s: the mode of %s is kept, its picture is not: it takes Linux 6.7 (%s)",
               kms->card.path, kms->output.name, strerror(-error));
}

static void kms_finish(struct zc_display *display)
{
    struct kms *kms = kms_of(display);

    flip_wait(&kms->flip);
    if (kms->keep)
        leave(kms);
    else
        restore(&kms->output, &kms->planes, &kms->atomic);
    framebuffers_finish(&kms->framebuffers);
    backdrop_finish(&kms->backdrop);
    output_finish(&kms->output);
    planes_finish(&kms->planes);
    atomic_finish(&kms->atomic);
    card_finish(&kms->card);
}

const struct zc_display_ops kms_ops = {
    .finish = kms_finish,
    .has_format = kms_has_format,
    .modifier = kms_modifier,
    .mode = kms_mode,
    .connected = kms_connected,
    .test = kms_test,
    .show = kms_show,
    .dispatch = kms_dispatch,
    .verify = kms_verify,
    .capture = kms_capture,
    .pool = kms_pool,
};
