/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera-trial - does a camera write each byte of a picture into this memory? */
#include "probe/trials.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define FRAMES 4
#define LOOKED_AT 2
/* More than the slowest camera's frame, and the first comes late. */
#define PATIENCE_MS 3000
#define STEP_MS 50
/* Some cameras' first frames are bad. */
#define DAMAGED 8
/* A scene that moves more than this tells nothing. */
#define STILL 80

bool (*trials_stop)(void);

/* The next frame that is not damaged. Errors: -ETIMEDOUT, -EINTR, the camera's. */
static int next_frame(struct zc_camera *camera, struct zc_frame **out)
{
    int damaged = 0;

    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        struct pollfd wait = {.fd = zc_camera_fd(camera), .events = POLLIN};
        int error = zc_camera_dequeue(camera, out);

        if (!error && (!zc_frame_meta(*out)->damaged || damaged++ == DAMAGED))
            return 0;
        if (!error) {
            zc_frame_unref(*out);
            error = zc_camera_refill(camera);
        }
        if (error && error != -EAGAIN)
            return error;
        if (trials_stop())
            return -EINTR;
        poll(&wait, 1, STEP_MS);
    }
    return -ETIMEDOUT;
}

static int stream(struct zc_camera *camera, struct zc_frame *frames[LOOKED_AT])
{
    int error = zc_camera_start(camera);

    for (int i = 0; i < LOOKED_AT && !error; i++)
        error = next_frame(camera, &frames[i]);
    return error;
}

static void drop(struct zc_frame *frames[LOOKED_AT])
{
    for (int i = 0; i < LOOKED_AT; i++)
        zc_frame_unref(frames[i]);
}

static int set_mode(struct zc_camera *camera, const struct zc_format *format,
                    uint32_t width, uint32_t height, struct zc_layout *layout)
{
    const struct zc_align align = {.stride = 64};
    struct zc_camera_mode mode = {.format = format, .width = width, .height = height};

    zc_camera_stop(camera);
    return zc_camera_set_mode(camera, &mode, &align, layout);
}

/* ------------------------------------------------------------ the plain picture */

int plain_take(struct plain *plain, struct device *device, const struct zc_format *format,
               uint32_t width, uint32_t height)
{
    struct zc_camera *camera = device->camera;
    struct zc_frame *frames[LOOKED_AT] = {0};
    struct zc_pool *pool = NULL;
    struct zc_layout layout;
    struct copy next = {0};
    int error = set_mode(camera, format, width, height, &layout);

    *plain = (struct plain){.alike = -1};
    if (!error)
        error = zc_camera_mmap(camera, FRAMES, &pool);
    if (!error)
        error = stream(camera, frames);
    if (!error)
        error = copy_make(&plain->picture, frames[0]);
    if (!error && !copy_make(&next, frames[1]))
        plain->alike = copy_alike(&plain->picture, &next);
    copy_free(&next);
    drop(frames);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
    return error;
}

void plain_free(struct plain *plain)
{
    copy_free(&plain->picture);
}

/* ------------------------------------------------------------ the trial */

/* Which of the pool's frames it is: its canary's number. */
static uint32_t number_of(const struct zc_pool *pool, const struct zc_frame *frame)
{
    uint32_t i = 0;

    while (i < FRAMES && zc_pool_frame(pool, i) != frame)
        i++;
    return i;
}

static int fill(struct cell *cell, struct zc_pool *pool)
{
    int error = 0;

    for (int i = 0; i < zc_pool_size(pool) && !error; i++)
        error = canary_fill(zc_pool_frame(pool, i), i < FRAMES ? i : FRAMES);
    return error ? cell_refuse(cell, "map", error, "the CPU cannot map it: %s",
                               strerror(-error))
                 : 0;
}

/* Frames that the camera is to write into; the camera holds them. */
static int give_frames(struct cell *cell, struct device *device, struct memory *memory,
                       struct zc_layout *layout, struct zc_pool **pool)
{
    bool own = memory->owner == device;
    uint32_t stride;
    int error = own ? zc_camera_export(device->camera, FRAMES, pool)
                    : memory_make(memory, layout, FRAMES, pool);

    if (error && own)
        return cell_refuse(cell, "export", error, "%s", strerror(-error));
    if (error)
        return memory_refused(cell, memory, error);
    stride = zc_frame_layout(zc_pool_frame(*pool, 0))->plane[0].stride;
    if (stride != layout->plane[0].stride)
        return cell_refuse(cell, "stride", -ENOTSUP,
                           "the memory has a stride of its own, %u bytes, and the camera "
                           "writes %u",
                           stride, layout->plane[0].stride);
    error = fill(cell, *pool);
    if (!error)
        cell_tell(cell, "%d frames of %zu bytes are %s, and full of noise",
                  zc_pool_size(*pool), zc_frame_layout(zc_pool_frame(*pool, 0))->bytes[0],
                  own ? "exported" : "allocated");
    if (error || own)
        return error;
    error = zc_camera_import(device->camera, *pool);
    return error ? cell_refuse(cell, "import", error, "%s", strerror(-error)) : 0;
}

/* 0, or it is told what is wrong. */
static int look(struct cell *cell, struct zc_pool *pool, struct zc_frame *frame)
{
    struct canary_rest rest;
    int error = canary_look(frame, number_of(pool, frame), &rest);

    if (error)
        return cell_refuse(cell, "map", error, "%s", strerror(-error));
    cell_tell(cell,
              "frame %u is there: of %llu groups of eight bytes %llu are still noise",
              zc_frame_meta(frame)->sequence, (unsigned long long)rest.looked,
              (unsigned long long)rest.left);
    if (!rest.left)
        return 0;
    if (rest.left == rest.looked)
        cell_set(cell, CELL_WRONG, "content",
                 "the camera took the memory, gave it back as a frame, and wrote nothing "
                 "into it");
    else
        cell_set(cell, CELL_WRONG, "content",
                 "the camera did not write all of it: %llu of %llu groups of eight bytes "
                 "are as they were, first in plane %d, row %u, byte %u",
                 (unsigned long long)rest.left, (unsigned long long)rest.looked,
                 rest.plane, rest.row, rest.byte);
    return -EIO;
}

static void compare(struct cell *cell, struct zc_frame *frame, const struct plain *plain)
{
    static const char written[] = "it wrote each byte of two frames";
    struct copy copy;
    int alike = -1;

    if (!copy_make(&copy, frame))
        alike = copy_alike(&copy, &plain->picture);
    copy_free(&copy);
    if (plain->alike < STILL || alike < 0)
        cell_set(cell, CELL_WORKS, NULL, "%s; the scene moves, and is not compared",
                 written);
    else if (alike < plain->alike / 2)
        cell_set(cell, CELL_WRONG, "content",
                 "%s, and only %d of a hundred are those of the picture that it gives to "
                 "plain memory, where %d stay the same from frame to frame",
                 written, alike, plain->alike);
    else
        cell_set(
            cell, CELL_WORKS, NULL,
            "%s, and %d of a hundred are those of the picture that it gives to plain "
            "memory",
            written, alike);
}

static void run(struct cell *cell, struct device *device, struct memory *memory,
                const struct plain *plain, struct zc_pool **pool,
                struct zc_frame *frames[LOOKED_AT])
{
    struct zc_layout layout;
    int error =
        set_mode(device->camera, cell->format, cell->width, cell->height, &layout);

    if (error) {
        cell_refuse(cell, "mode", error, "%s", strerror(-error));
        return;
    }
    cell->stride = layout.plane[0].stride;
    cell_tell(cell, "the camera is set to %s %ux%u, and writes rows of %u bytes",
              cell->format->name, cell->width, cell->height, cell->stride);
    if (give_frames(cell, device, memory, &layout, pool))
        return;
    error = stream(device->camera, frames);
    if (error == -EINTR)
        cell_set(cell, CELL_NOT_TRIED, NULL, "it was interrupted");
    else if (error == -ETIMEDOUT)
        cell_refuse(cell, "frames", error, "it sent no frame for %d s: %s",
                    PATIENCE_MS / 1000,
                    zc_camera_signal_text(zc_camera_signal(device->camera)));
    else if (error)
        cell_refuse(cell, "frames", error, "%s", strerror(-error));
    else if (!look(cell, *pool, frames[0]) && !look(cell, *pool, frames[1]))
        compare(cell, frames[1], plain);
}

void camera_trial(struct cell *cell, struct device *camera, struct memory *memory,
                  const struct plain *plain)
{
    struct zc_frame *frames[LOOKED_AT] = {0};
    struct zc_pool *pool = NULL;

    run(cell, camera, memory, plain, &pool, frames);
    drop(frames);
    zc_camera_stop(camera->camera);
    zc_pool_unref(pool);
    memory_done(memory);
}
