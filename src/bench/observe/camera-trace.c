/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera-trace - a table of the last frames, by their number. */
#include "bench/observe/camera-trace.h"

#include <linux/videodev2.h>
#include <string.h>

enum field { MINOR, TYPE, FLAGS, TIMESTAMP, SEQUENCE };

const struct trace_event camera_trace_event = {
    .system = "v4l2",
    .name = "v4l2_dqbuf",
    .fields = {"minor", "type", "flags", "timestamp", "sequence"},
};

void camera_trace_init(struct camera_trace *trace, int minor)
{
    memset(trace, 0, sizeof(*trace));
    trace->minor = minor;
    trace->other_minor = -1;
}

/*
 * Drivers give false timestamps. One that is later than the dequeue is of another clock,
 * or of a moment still to come. One that is no later than the last frame's was not yet
 * written when the driver handed the buffer out.
 */
static int64_t true_timestamp(const struct camera_trace *trace,
                              const struct trace_record *record)
{
    int64_t timestamp = record->value[TIMESTAMP];

    if ((record->value[FLAGS] & V4L2_BUF_FLAG_TIMESTAMP_MASK) !=
            V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC ||
        timestamp <= 0 || timestamp > record->time_ns)
        return -1;
    if (trace->last.known && timestamp <= trace->last.captured_ns)
        return -1;
    return timestamp;
}

void camera_trace_take(struct camera_trace *trace, const struct trace_record *record)
{
    struct capture capture = {
        .sequence = (uint32_t)record->value[SEQUENCE],
        .known = true,
        .captured_ns = true_timestamp(trace, record),
        .dequeued_ns = record->time_ns,
    };
    int32_t step = (int32_t)(capture.sequence - trace->last.sequence);

    if (record->value[TYPE] != V4L2_BUF_TYPE_VIDEO_CAPTURE &&
        record->value[TYPE] != V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE)
        return;
    if (trace->minor < 0)
        trace->minor = (int)record->value[MINOR];
    if (record->value[MINOR] != trace->minor) {
        trace->other_minor = (int)record->value[MINOR];
        return;
    }
    trace->captured++;
    trace->untimed += capture.captured_ns < 0;
    if (trace->last.known && step <= 0)
        trace->restarts++;
    else if (trace->last.known)
        trace->lost += (uint32_t)step - 1;
    trace->start_of_exposure = (record->value[FLAGS] & V4L2_BUF_FLAG_TSTAMP_SRC_MASK) ==
                               V4L2_BUF_FLAG_TSTAMP_SRC_SOE;
    trace->frame[capture.sequence % CAMERA_TRACE_FRAMES] = capture;
    /* The next one is compared with the last true time. */
    if (capture.captured_ns < 0)
        capture.captured_ns = trace->last.captured_ns;
    trace->last = capture;
}

const struct capture *camera_trace_find(const struct camera_trace *trace,
                                        uint32_t sequence)
{
    const struct capture *found = &trace->frame[sequence % CAMERA_TRACE_FRAMES];

    return found->known && found->sequence == sequence ? found : NULL;
}
