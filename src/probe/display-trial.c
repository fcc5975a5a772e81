/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-trial - does a display take this memory, and does it show what is there? */
#include "probe/trials.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define PATIENCE_MS 5000
#define STEP_MS 50
/* Of 255: planes count in fixed point. */
#define TOLERANCE 4
#define TOLERANCE_16_BITS 9

static int make(struct cell *cell, struct memory *memory, struct zc_pool **pool,
                struct zc_frame **frame)
{
    /* Of GPUs and cameras both take it; displays that do not are found out. */
    const struct zc_align align = {.stride = 64};
    int error = memory_frame(cell, memory, cell->format, &align, pool, frame);

    if (error)
        return error;
    cell->stride = zc_frame_layout(*frame)->plane[0].stride;
    error = pattern_draw(*frame);
    return error ? cell_refuse(cell, "map", error, "the CPU cannot map it: %s",
                               strerror(-error))
                 : 0;
}

/* What each reason of a display means for who looks for memory. */
static const char *meaning(uint32_t reasons)
{
    if (reasons & ZC_REASON_FORMAT)
        return "no plane lists that format";
    if (reasons & ZC_REASON_COLOUR)
        return "no plane turns YUV of these colours into RGB";
    if (reasons & ZC_REASON_IMPORT)
        return "it cannot reach this memory: most likely it must be contiguous, or the "
               "display's own";
    if (reasons & ZC_REASON_FRAMEBUFFER)
        return "it makes no framebuffer of that stride, offset or size, or of memory "
               "that "
               "is not its own";
    if (reasons & ZC_REASON_TEST)
        return "no plane takes a picture of that size, or of that memory";
    return "it does not scan this out";
}

static void refuse(struct cell *cell, const struct zc_display *display, int error,
                   uint32_t reasons)
{
    const struct zc_display_info *info = zc_display_info(display);
    const char *step = reasons & (ZC_REASON_FORMAT | ZC_REASON_COLOUR) ? "format"
                       : reasons & ZC_REASON_IMPORT                    ? "import"
                       : reasons & ZC_REASON_FRAMEBUFFER               ? "framebuffer"
                                                                       : "test";
    char name[24];

    cell->outcome = CELL_REFUSED;
    cell->step = step;
    cell->error = info->test_answer ? info->test_answer : reasons ? 0 : error;
    if (cell->error)
        cell_set(cell, CELL_REFUSED, step, "%s (%s): %s answers %s: %s", info->path,
                 info->driver, step, cell_errno_name(cell->error, name),
                 meaning(reasons));
    else
        cell_set(cell, CELL_REFUSED, step, "%s (%s): %s", info->path, info->driver,
                 meaning(reasons));
}

static int show(struct zc_display *display, struct zc_frame *frame)
{
    int error = zc_display_show(display, frame);

    for (int waited = 0; waited < PATIENCE_MS && !error && zc_display_pending(display);
         waited += STEP_MS) {
        struct pollfd wait = {.fd = zc_display_fd(display), .events = POLLIN};

        poll(&wait, 1, STEP_MS);
        error = zc_display_dispatch(display, NULL);
        error = error == -EAGAIN ? 0 : error;
    }
    return error || !zc_display_pending(display) ? error : -ETIMEDOUT;
}

/* The display reads back what it shows; in its middle is the frame. */
static int read_back(struct cell *cell, struct zc_display *display,
                     struct memory *reference, struct zc_pool **pool,
                     struct zc_frame **into)
{
    const struct zc_display_info *info = zc_display_info(display);
    const struct zc_align align = {.stride = 256};
    struct zc_layout layout;
    int error = zc_layout_solve(&layout, zc_format_by_name("XR24"), info->width,
                                info->height, &align);

    if (!error)
        error = memory_make(reference, &layout, 1, pool);
    if (!error) {
        *into = zc_pool_acquire(*pool);
        error = zc_display_capture(display, *into);
    }
    if (error)
        cell_set(cell, CELL_UNCHECKED, "read back",
                 "it was shown, and could not be read back: %s",
                 cell_first_error[0] ? cell_first_error : strerror(-error));
    return error;
}

static void judge(struct cell *cell, struct zc_display *display, struct zc_frame *into)
{
    const struct zc_display_info *info = zc_display_info(display);
    int tolerance =
        cell->format->plane[0].block_bytes == 2 ? TOLERANCE_16_BITS : TOLERANCE;
    char where[300];
    int good = pattern_check(into, (info->width - cell->width) / 2,
                             (info->height - cell->height) / 2, cell->width, cell->height,
                             tolerance, where, sizeof(where));

    if (good < 0)
        cell_set(cell, CELL_UNCHECKED, "read back",
                 "what was read back cannot be mapped");
    else if (!good)
        cell_set(cell, CELL_WRONG, "content",
                 "the display took the memory, and shows another picture: %s", where);
    else
        cell_set(cell, CELL_WORKS, NULL,
                 "what the display shows was read back, and is right");
}

/* What is on screen is replaced only where nobody sees another picture there. */
static void check(struct cell *cell, struct zc_display *display, struct zc_frame *frame,
                  struct memory *reference, bool may_show)
{
    const struct zc_display_info *info = zc_display_info(display);
    struct zc_pool *pool = NULL;
    struct zc_frame *into = NULL;
    int error;

    if (!info->writeback || !reference || !may_show) {
        cell_set(cell, CELL_UNCHECKED, NULL,
                 "it was imported, and a test commit passed; %s",
                 !may_show ? "the display is lit, and stays as it is without --take"
                           : "the display cannot be read back, so nobody looked");
        return;
    }
    cell_tell(cell, "it is imported, and a test commit on plane %u passed: it is shown",
              info->test_plane_id);
    error = show(display, frame);
    if (error)
        cell_refuse(cell, "show", error, "%s", strerror(-error));
    else if (!read_back(cell, display, reference, &pool, &into))
        judge(cell, display, into);
    zc_frame_unref(into);
    zc_pool_unref(pool);
    memory_done(reference);
}

void display_trial(struct cell *cell, struct device *device, struct memory *memory,
                   struct memory *reference, bool may_show)
{
    struct zc_pool *pool = NULL;
    struct zc_frame *frame = NULL;
    uint32_t reasons = 0;
    int error;

    if (!pattern_has(cell->format) || cell->format->separate) {
        cell_set(cell, CELL_NOT_TRIED, NULL, "no picture is known here in that format");
        return;
    }
    if (!make(cell, memory, &pool, &frame)) {
        error = zc_display_test(device->display, frame, &reasons);
        if (error)
            refuse(cell, device->display, error, reasons);
        else
            check(cell, device->display, frame, reference, may_show);
    }
    zc_frame_unref(frame);
    zc_pool_unref(pool);
    memory_done(memory);
}
