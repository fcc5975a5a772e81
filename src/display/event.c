/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event - a ring of them. */
#include "display/event.h"

static struct zc_display_event *at(struct events *events, int i)
{
    return &events->of[(events->first + i) % ZC_DISPLAY_EVENTS];
}

void events_add(struct events *events, const struct zc_display_event *event)
{
    if (events->n && event->kind == ZC_EVENT_MOTION &&
        at(events, events->n - 1)->kind == ZC_EVENT_MOTION)
        events->n--;
    if (events->n == ZC_DISPLAY_EVENTS) {
        events->first = (events->first + 1) % ZC_DISPLAY_EVENTS;
        events->n--;
    }
    *at(events, events->n++) = *event;
}

bool events_take(struct events *events, struct zc_display_event *event)
{
    if (!events->n)
        return false;
    *event = *at(events, 0);
    events->first = (events->first + 1) % ZC_DISPLAY_EVENTS;
    events->n--;
    return true;
}
