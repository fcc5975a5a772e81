/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parts - where a frame spent its time between capture and flip. Knows its stamps only. */
#include "zerocopy.h"

const char *zc_part_name(enum zc_part part)
{
    static const char *const names[] = {
        [ZC_PART_DEQUEUE] = "capture to dequeue", [ZC_PART_SUBMIT] = "dequeue to submit",
        [ZC_PART_WORK] = "GPU or copy",           [ZC_PART_WAIT] = "ready to commit",
        [ZC_PART_FLIP] = "commit to flip",
    };

    return names[part];
}

int64_t zc_frame_ready_ns(const struct zc_frame_meta *meta)
{
    if (!meta->at_ns[ZC_STAGE_SUBMIT])
        return meta->at_ns[ZC_STAGE_DEQUEUE];
    /* Work whose end nobody has seen was under way when the frame was committed. */
    return meta->at_ns[meta->at_ns[ZC_STAGE_FINISH] ? ZC_STAGE_FINISH : ZC_STAGE_COMMIT];
}

bool zc_frame_part(const struct zc_frame_meta *meta, enum zc_part part, int64_t *ns)
{
    const int64_t *at = meta->at_ns;
    int64_t ready = zc_frame_ready_ns(meta);
    bool worked = at[ZC_STAGE_SUBMIT];

    /*
     * A fence lets the display be told of a frame before the GPU has finished it. Such a
     * frame does not wait for its commit, however long after the submission that comes: a
     * commit before it would have been shown no sooner. So all until the commit is work.
     */
    if (ready > at[ZC_STAGE_COMMIT])
        ready = at[ZC_STAGE_COMMIT];
    switch (part) {
    case ZC_PART_DEQUEUE:
        *ns = at[ZC_STAGE_DEQUEUE] - at[ZC_STAGE_CAPTURE];
        return meta->clock != ZC_CAPTURE_UNKNOWN;
    case ZC_PART_SUBMIT:
        *ns = at[ZC_STAGE_SUBMIT] - at[ZC_STAGE_DEQUEUE];
        return worked;
    case ZC_PART_WORK:
        *ns = ready - at[ZC_STAGE_SUBMIT];
        return worked;
    case ZC_PART_WAIT:
        *ns = at[ZC_STAGE_COMMIT] - ready;
        return true;
    default:
        *ns = at[ZC_STAGE_FLIP] - at[ZC_STAGE_COMMIT];
        return true;
    }
}
