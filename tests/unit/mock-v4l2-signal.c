/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-v4l2-signal - the mock camera's input: its status, timings, standard and events. */
#include "mock-v4l2.h"

#include <errno.h>
#include <stdio.h>

#define INPUT 2
#define HZ 60

static int fail(int error)
{
    errno = error;
    return -1;
}

static int enum_input(struct v4l2_input *input)
{
    if (input->index != INPUT)
        return fail(EINVAL);
    snprintf((char *)input->name, sizeof(input->name), "HDMI 0");
    input->status = mock_v4l2.input.status;
    input->capabilities = mock_v4l2.input.capabilities;
    input->std = mock_v4l2.input.standards;
    mock_v4l2.input.asked++;
    return 0;
}

static struct v4l2_dv_timings timings(uint32_t width)
{
    return (struct v4l2_dv_timings){
        .type = V4L2_DV_BT_656_1120,
        .bt = {.width = width, .height = 480, .pixelclock = (uint64_t)width * 500 * HZ},
    };
}

static int query_timings(struct v4l2_dv_timings *out)
{
    *out = timings(mock_v4l2.input.width);
    return mock_v4l2.input.query_error ? fail(mock_v4l2.input.query_error) : 0;
}

/* Of a video node, an event's id is the input that it is of. */
static int dequeue_event(struct v4l2_event *event)
{
    if (!mock_v4l2.input.events)
        return fail(ENOENT);
    mock_v4l2.input.events--;
    event->type = V4L2_EVENT_SOURCE_CHANGE;
    event->id = INPUT;
    event->u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION;
    return 0;
}

static int set_timings(const struct v4l2_dv_timings *set)
{
    if (mock_v4l2.n_buffers)
        return fail(EBUSY);
    mock_v4l2.input.set_width = mock_v4l2.width = set->bt.width;
    return 0;
}

int mock_v4l2_input(unsigned long request, void *arg)
{
    switch (request) {
    case VIDIOC_G_INPUT:
        *(int *)arg = INPUT;
        return 0;
    case VIDIOC_ENUMINPUT:
        return enum_input(arg);
    case VIDIOC_QUERY_DV_TIMINGS:
        return query_timings(arg);
    case VIDIOC_G_DV_TIMINGS:
        *(struct v4l2_dv_timings *)arg = timings(mock_v4l2.input.set_width);
        return 0;
    case VIDIOC_S_DV_TIMINGS:
        return set_timings(arg);
    case VIDIOC_QUERYSTD:
        *(v4l2_std_id *)arg = mock_v4l2.input.standard;
        return 0;
    case VIDIOC_G_STD:
        *(v4l2_std_id *)arg = mock_v4l2.input.set_standard;
        return 0;
    case VIDIOC_S_STD:
        mock_v4l2.input.set_standard = *(v4l2_std_id *)arg;
        return 0;
    case VIDIOC_SUBSCRIBE_EVENT:
        mock_v4l2.input.subscribed = ((struct v4l2_event_subscription *)arg)->id == INPUT;
        return 0;
    case VIDIOC_DQEVENT:
        return dequeue_event(arg);
    default:
        return fail(ENOTTY);
    }
}
