/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * control.h - endpoint 0 of the UVC camera: the requests of USB 2.0 that a host makes of
 * every device, and those of USB Video Class 1.1 by which it chooses a mode.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "descriptors.h"
#include "stream.h"
#include "usbip.h"

/** The mode that is being chosen; numbers of formats, sizes and rates from 0 on. */
struct control_choice {
    int format, size, rate;
};

struct control {
    const struct uvc_modes *modes;
    struct stream *stream; /* started by the choice's commit */
    struct control_choice choice;
    int configuration;
    uint8_t last_error; /* of the class, for who asks after a stall */
};

/**
 * Does what is asked. Gives in @out (DESCRIPTOR_ROOM) the *n bytes of the answer, not more
 * than are wanted. Returns 0, or -EPIPE: the endpoint stalls, as it knows no such request.
 */
int control_answer(struct control *control, const struct usbip_request *request,
                   uint8_t *out, size_t *n);

#endif
