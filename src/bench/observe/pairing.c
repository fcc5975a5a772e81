/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pairing - one step a vertical blank. */
#include "bench/observe/pairing.h"

#include <string.h>

int pairing_init(struct pairing *pairing, const struct camera_trace *camera,
                 size_t frames)
{
    struct samples *samples[] = {&pairing->latency, &pairing->camera_part,
                                 &pairing->program_part, &pairing->time};
    int error = 0;

    memset(pairing, 0, sizeof(*pairing));
    pairing->camera = camera;
    for (int i = 0; i < 4 && !error; i++)
        error = samples_init(samples[i], frames);
    if (error)
        pairing_finish(pairing);
    return error;
}

void pairing_finish(struct pairing *pairing)
{
    samples_finish(&pairing->latency);
    samples_finish(&pairing->camera_part);
    samples_finish(&pairing->program_part);
    samples_finish(&pairing->time);
}

static bool is_same(const struct sight *a, const struct sight *b)
{
    return a->kind == b->kind && a->fb_id == b->fb_id && a->frame == b->frame;
}

/*
 * A commit changes the plane's state at once, but the screen only at the vertical blank
 * that completes it. That is this one, or a later one if the commit came after it or
 * waits for a fence. Between two completions there is one commit.
 */
static void decide(struct pairing *pairing, const struct vblank *vblank)
{
    const struct sight *seen = &vblank->seen;

    if (pairing->is_pending) {
        bool changed = !is_same(seen, &pairing->pending);

        /* The state changed twice without a completion: the driver does not report
         * completions. */
        pairing->uncertain += changed && !vblank->flipped;
        if (vblank->flipped || changed)
            pairing->on = pairing->pending;
        pairing->is_pending = changed || !vblank->flipped;
        pairing->pending = *seen;
    } else if (is_same(seen, &pairing->on)) {
        /* The same frame once more; or two commits, of which we saw the second too
         * early. */
        pairing->uncertain += vblank->flipped;
    } else if (vblank->flipped || seen->fb_id == pairing->on.fb_id) {
        /* Without a flip, the program drew into the buffer that is on screen. */
        pairing->on = *seen;
    } else {
        pairing->pending = *seen;
        pairing->is_pending = true;
    }
}

/* Frames between the last one shown and @frame that the program had. */
static uint64_t count_skipped(const struct pairing *pairing, uint32_t frame)
{
    uint64_t skipped = 0;

    if (frame - pairing->last_frame > CAMERA_TRACE_FRAMES)
        return 0;
    for (uint32_t i = pairing->last_frame + 1; i != frame; i++)
        skipped += camera_trace_find(pairing->camera, i) != NULL;
    return skipped;
}

static void follow(struct pairing *pairing, uint32_t frame, int64_t captured_ns)
{
    int32_t step = (int32_t)(frame - pairing->last_frame);

    if (!pairing->has_last)
        return;
    if (step > 0)
        pairing->skipped += count_skipped(pairing, frame);
    else if (captured_ns > pairing->last_captured_ns)
        pairing->restarts++;
    else
        pairing->out_of_order++;
}

static void show(struct pairing *pairing, uint32_t frame, int64_t time_ns)
{
    const struct capture *capture = camera_trace_find(pairing->camera, frame);
    int64_t captured_ns = capture ? capture->captured_ns : -1;

    follow(pairing, frame, captured_ns);
    pairing->shown++;
    pairing->has_last = true;
    pairing->last_frame = frame;
    if (captured_ns < 0 || captured_ns > time_ns) {
        pairing->untimed++;
        return;
    }
    pairing->last_captured_ns = captured_ns;
    samples_add(&pairing->latency, time_ns - captured_ns);
    samples_add(&pairing->camera_part, capture->dequeued_ns - captured_ns);
    samples_add(&pairing->program_part, time_ns - capture->dequeued_ns);
    samples_add(&pairing->time, time_ns - pairing->begin_ns);
}

void pairing_vblank(struct pairing *pairing, const struct vblank *vblank)
{
    bool first = !pairing->begin_ns;

    if (first) {
        /* Since when this one is on screen is not known. */
        pairing->begin_ns = vblank->time_ns;
        pairing->on = vblank->seen;
        pairing->has_last = vblank->seen.kind == SIGHT_FRAME;
        pairing->last_frame = vblank->seen.frame;
        pairing->last_sequence = vblank->sequence;
        return;
    }
    pairing->vblanks++;
    if (vblank->sequence > pairing->last_sequence + 1)
        pairing->missed_vblanks += vblank->sequence - pairing->last_sequence - 1;
    pairing->last_sequence = vblank->sequence;
    decide(pairing, vblank);
    if (pairing->on.kind == SIGHT_DARK)
        pairing->dark++;
    else if (pairing->on.kind == SIGHT_UNREAD)
        pairing->unread++;
    else if (pairing->has_last && pairing->on.frame == pairing->last_frame)
        pairing->repeated++;
    else
        show(pairing, pairing->on.frame, vblank->time_ns);
}
