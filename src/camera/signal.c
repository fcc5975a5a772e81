/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, its signal: what the input receives, and whether that fits the mode. */
#include "camera/camera-private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Pixel clocks that differ by less are the same mode: 59.94 Hz for 60. */
#define CLOCK_SLIP_HZ 250000

static const char *advice(enum zc_camera_signal signal)
{
    switch (signal) {
    case ZC_SIGNAL_NONE:
        return "plug the source in, and switch it on";
    case ZC_SIGNAL_NO_LOCK:
        return "there is a signal that the receiver does not lock on: look at the cable, "
               "and "
               "at the source's mode";
    default:
        return "the source sends a mode that the receiver cannot take: choose another "
               "there";
    }
}

/* The input that is chosen. Most capture devices have but one, and not all tell of it. */
static bool read_input(const struct zc_camera *camera, struct v4l2_input *input)
{
    int index = 0;

    *input = (struct v4l2_input){0};
    if (zc_camera_ioctl(camera, VIDIOC_G_INPUT, &index))
        return false;
    input->index = index;
    return !zc_camera_ioctl(camera, VIDIOC_ENUMINPUT, input);
}

static enum zc_camera_signal by_status(uint32_t status)
{
    if (status & (V4L2_IN_ST_NO_POWER | V4L2_IN_ST_NO_SIGNAL | V4L2_IN_ST_NO_CARRIER))
        return ZC_SIGNAL_NONE;
    if (status & (V4L2_IN_ST_NO_H_LOCK | V4L2_IN_ST_NO_V_LOCK | V4L2_IN_ST_NO_STD_LOCK |
                  V4L2_IN_ST_NO_SYNC))
        return ZC_SIGNAL_NO_LOCK;
    return ZC_SIGNAL_GOOD;
}

static enum zc_camera_signal ask(const struct zc_camera *camera,
                                 const struct v4l2_input *input)
{
    struct v4l2_dv_timings timings = {0};

    if (input->capabilities & V4L2_IN_CAP_DV_TIMINGS) {
        switch (zc_camera_ioctl(camera, VIDIOC_QUERY_DV_TIMINGS, &timings)) {
        case 0:
            return ZC_SIGNAL_GOOD;
        case -ENOLINK:
            return ZC_SIGNAL_NONE;
        case -ENOLCK:
            return ZC_SIGNAL_NO_LOCK;
        case -ERANGE:
            return ZC_SIGNAL_OUT_OF_RANGE;
        default:
            break;
        }
    }
    return by_status(input->status);
}

static void say_change(const struct zc_camera *camera, const struct v4l2_input *input)
{
    if (camera->signal == ZC_SIGNAL_GOOD)
        zc_log(ZC_LOG_WARNING, "camera %s: the signal of its input %s is back",
               camera->path, (const char *)input->name);
    else
        zc_log(ZC_LOG_WARNING, "camera %s: %s at its input %s: %s", camera->path,
               zc_camera_signal_text(camera->signal), (const char *)input->name,
               advice(camera->signal));
}

static uint64_t apart(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static bool same_timings(const struct v4l2_bt_timings *a, const struct v4l2_bt_timings *b)
{
    return a->width == b->width && a->height == b->height &&
           a->interlaced == b->interlaced &&
           apart(a->pixelclock, b->pixelclock) < CLOCK_SLIP_HZ;
}

/* Whether what comes in is another mode than the camera is set to. @otherwise: where the
 * driver cannot compare. */
static bool changed(const struct zc_camera *camera, const struct v4l2_input *input,
                    bool otherwise)
{
    struct v4l2_dv_timings now = {0}, set = {0};
    v4l2_std_id now_std = 0, set_std = 0;

    if ((input->capabilities & V4L2_IN_CAP_DV_TIMINGS) &&
        !zc_camera_ioctl(camera, VIDIOC_QUERY_DV_TIMINGS, &now) &&
        !zc_camera_ioctl(camera, VIDIOC_G_DV_TIMINGS, &set))
        return !same_timings(&now.bt, &set.bt);
    if (input->std && !zc_camera_ioctl(camera, VIDIOC_QUERYSTD, &now_std) &&
        !zc_camera_ioctl(camera, VIDIOC_G_STD, &set_std))
        return !(now_std & set_std);
    return otherwise;
}

enum zc_camera_signal zc_camera_signal(const struct zc_camera *camera)
{
    return camera->signal;
}

/* Asks, and says what is new. *back: the signal was bad before, and is good. */
static bool refresh(struct zc_camera *camera, struct v4l2_input *input, bool *back)
{
    enum zc_camera_signal before = camera->signal;

    *back = false;
    if (!read_input(camera, input))
        return false;
    camera->signal = ask(camera, input);
    *back = before != ZC_SIGNAL_GOOD && camera->signal == ZC_SIGNAL_GOOD;
    if (camera->signal != before)
        say_change(camera, input);
    return true;
}

static int refuse_mode(const struct zc_camera *camera)
{
    zc_log(
        ZC_LOG_WARNING,
        "camera %s: its signal is of another mode than the camera is set to: stop, set "
        "it to that mode, and start again",
        camera->path);
    return -ENOLINK;
}

void zc_camera_first_signal(struct zc_camera *camera)
{
    struct v4l2_input input;
    bool back;

    if (refresh(camera, &input, &back) && camera->signal == ZC_SIGNAL_GOOD &&
        changed(camera, &input, false))
        refuse_mode(camera);
}

int zc_camera_ask_signal(struct zc_camera *camera)
{
    struct v4l2_input input;
    bool back;

    if (!refresh(camera, &input, &back) || !back)
        return 0;
    return changed(camera, &input, false) ? refuse_mode(camera) : 0;
}

int zc_camera_signal_event(struct zc_camera *camera, uint32_t changes)
{
    bool resolution = changes & V4L2_EVENT_SRC_CH_RESOLUTION, back;
    struct v4l2_input input;

    if (!refresh(camera, &input, &back))
        return resolution ? refuse_mode(camera) : 0;
    if (camera->signal != ZC_SIGNAL_GOOD)
        return 0;
    return changed(camera, &input, resolution && !back) ? refuse_mode(camera) : 0;
}

void zc_camera_subscribe(const struct zc_camera *camera)
{
    struct v4l2_event_subscription change = {.type = V4L2_EVENT_SOURCE_CHANGE};
    int index = 0;

    /* Of a video node the event's id is its input. */
    if (!zc_camera_ioctl(camera, VIDIOC_G_INPUT, &index))
        change.id = index;
    zc_camera_ioctl(camera, VIDIOC_SUBSCRIBE_EVENT, &change);
}

static int refuse_to_follow(const struct zc_camera *camera, const char *mode, int error)
{
    zc_log(ZC_LOG_ERROR, "camera %s does not take the mode %s of its signal: %s%s",
           camera->path, mode, strerror(-error),
           error == -EBUSY ? " (it streams, here or for another program: fuser -v tells)"
                           : "");
    return error;
}

static int follow_timings(const struct zc_camera *camera)
{
    struct v4l2_dv_timings now = {0}, set = {0};
    char mode[32];
    int error;

    if (zc_camera_ioctl(camera, VIDIOC_QUERY_DV_TIMINGS, &now))
        return 0;
    if (!zc_camera_ioctl(camera, VIDIOC_G_DV_TIMINGS, &set) &&
        same_timings(&now.bt, &set.bt))
        return 0;
    snprintf(mode, sizeof(mode), "%ux%u", now.bt.width, now.bt.height);
    error = zc_camera_ioctl(camera, VIDIOC_S_DV_TIMINGS, &now);
    if (error)
        return refuse_to_follow(camera, mode, error);
    zc_log(ZC_LOG_INFO, "camera %s: set to its signal's mode, %s", camera->path, mode);
    return 0;
}

static int follow_standard(const struct zc_camera *camera)
{
    v4l2_std_id now = 0, set = 0;
    char mode[32];
    int error;

    if (zc_camera_ioctl(camera, VIDIOC_QUERYSTD, &now) || !now)
        return 0;
    if (!zc_camera_ioctl(camera, VIDIOC_G_STD, &set) && (now & set))
        return 0;
    snprintf(mode, sizeof(mode), "(standard 0x%" PRIx64 ")", (uint64_t)now);
    error = zc_camera_ioctl(camera, VIDIOC_S_STD, &now);
    return error ? refuse_to_follow(camera, mode, error) : 0;
}

int zc_camera_follow(struct zc_camera *camera)
{
    struct v4l2_input input;

    zc_camera_stop(camera);
    if (!read_input(camera, &input))
        return 0;
    if (input.capabilities & V4L2_IN_CAP_DV_TIMINGS)
        return follow_timings(camera);
    return input.std ? follow_standard(camera) : 0;
}
