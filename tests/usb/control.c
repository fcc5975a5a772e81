/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* control - endpoint 0 of the UVC camera. */
#include "control.h"

#include <errno.h>
#include <string.h>

/* bmRequestType: direction, whose request, to whom. */
enum { TO_HOST = 0x80, KIND = 0x60, STANDARD = 0x00, OF_CLASS = 0x20, TO_WHOM = 0x1f };
enum { TO_INTERFACE = 1, TO_ENDPOINT = 2 };

enum {
    GET_STATUS = 0,
    CLEAR_FEATURE = 1,
    SET_FEATURE = 3,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11,
};
enum {
    SET_CUR = 0x01,
    GET_CUR = 0x81,
    GET_MIN,
    GET_MAX,
    GET_RES,
    GET_LEN,
    GET_INFO,
    GET_DEF,
};
enum { VC_ERROR_CODE = 2, VS_PROBE = 1, VS_COMMIT = 2, STREAM_INTERFACE = 1 };
enum { INVALID_CONTROL = 6, INVALID_REQUEST = 7 };
/* What GET_INFO says: it can be got and set. */
#define GET_AND_SET 3

/* The structure of probe and commit: where its fields stand. */
#define PROBE_BYTES 34
enum { HINT = 0, FORMAT = 2, SIZE = 3, INTERVAL = 4, MAX_FRAME = 18, MAX_PAYLOAD = 22 };
#define FIX_THE_INTERVAL 1

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = value >> 8 * i & 255;
}

static uint32_t get32(const uint8_t *at)
{
    return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

static size_t write_choice(const struct control *control,
                           const struct control_choice *choice, uint8_t *out)
{
    const struct uvc_modes *modes = control->modes;

    memset(out, 0, PROBE_BYTES);
    out[HINT] = FIX_THE_INTERVAL;
    out[FORMAT] = choice->format + 1;
    out[SIZE] = choice->size + 1;
    put32(out + INTERVAL, UVC_INTERVALS / modes->rates[choice->rate]);
    put32(out + MAX_FRAME,
          pattern_room(modes->formats[choice->format], modes->sizes[choice->size].width,
                       modes->sizes[choice->size].height));
    put32(out + MAX_PAYLOAD, UVC_PAYLOAD);
    return PROBE_BYTES;
}

/* What is not there becomes the first that is. */
static void read_choice(struct control *control, const uint8_t *in)
{
    const struct uvc_modes *modes = control->modes;
    uint32_t interval = get32(in + INTERVAL);
    struct control_choice choice = {in[FORMAT] - 1, in[SIZE] - 1, 0};

    if (!uvc_modes_have(modes, choice.format, 0))
        choice.format = 0;
    if (!uvc_modes_have(modes, choice.format, choice.size))
        choice.size = 0;
    for (int i = 0; i < modes->n_rates; i++)
        if (UVC_INTERVALS / (uint32_t)modes->rates[i] == interval)
            choice.rate = i;
    control->choice = choice;
}

static void commit(struct control *control)
{
    const struct uvc_modes *modes = control->modes;
    const struct control_choice *choice = &control->choice;

    stream_start(control->stream, modes->formats[choice->format],
                 modes->sizes[choice->size].width, modes->sizes[choice->size].height,
                 modes->rates[choice->rate]);
}

static int refuse(struct control *control, int why)
{
    control->last_error = why;
    return -EPIPE;
}

static int set_mode(struct control *control, const struct usbip_request *request,
                    int selector)
{
    if (request->in || request->length < INTERVAL + 4)
        return refuse(control, INVALID_REQUEST);
    read_choice(control, request->out);
    if (selector == VS_COMMIT)
        commit(control);
    return 0;
}

/* The rates' list begins with the highest: the shortest interval. */
static int answer_mode(struct control *control, const struct usbip_request *request,
                       uint8_t *out, size_t *n)
{
    struct control_choice choice = control->choice;
    int selector = request->setup[3];

    if (selector != VS_PROBE && selector != VS_COMMIT)
        return refuse(control, INVALID_CONTROL);
    switch (request->setup[1]) {
    case SET_CUR:
        return set_mode(control, request, selector);
    case GET_LEN:
        out[0] = PROBE_BYTES;
        out[1] = 0;
        *n = 2;
        return 0;
    case GET_INFO:
        out[0] = GET_AND_SET;
        *n = 1;
        return 0;
    case GET_DEF:
        choice = (struct control_choice){0};
        break;
    case GET_MIN:
        choice.rate = 0;
        break;
    case GET_MAX:
        choice.rate = control->modes->n_rates - 1;
        break;
    case GET_CUR:
        break;
    default:
        return refuse(control, INVALID_REQUEST);
    }
    *n = write_choice(control, &choice, out);
    return 0;
}

static int answer_class(struct control *control, const struct usbip_request *request,
                        uint8_t *out, size_t *n)
{
    const uint8_t *setup = request->setup;

    if ((setup[0] & TO_WHOM) == TO_INTERFACE && setup[4] == STREAM_INTERFACE)
        return answer_mode(control, request, out, n);
    if (setup[1] == GET_CUR && setup[3] == VC_ERROR_CODE && !setup[5]) {
        out[0] = control->last_error;
        *n = 1;
        control->last_error = 0;
        return 0;
    }
    return refuse(control, INVALID_CONTROL);
}

/* A host that stops a stream of a bulk endpoint says so by clearing its halt. */
static int clear_feature(struct control *control, const uint8_t *setup)
{
    if ((setup[0] & TO_WHOM) == TO_ENDPOINT &&
        setup[4] == (TO_HOST | UVC_STREAM_ENDPOINT))
        stream_stop(control->stream);
    return 0;
}

static int answer_standard(struct control *control, const uint8_t *setup, uint8_t *out,
                           size_t *n)
{
    switch (setup[1]) {
    case GET_STATUS:
        out[0] = out[1] = 0;
        *n = 2;
        return 0;
    case GET_DESCRIPTOR:
        *n = descriptor_write(control->modes, setup[3], setup[2], out);
        return *n ? 0 : -EPIPE;
    case GET_CONFIGURATION:
        out[0] = control->configuration;
        *n = 1;
        return 0;
    case SET_CONFIGURATION:
        control->configuration = setup[2];
        return 0;
    case GET_INTERFACE:
        out[0] = 0;
        *n = 1;
        return 0;
    case CLEAR_FEATURE:
        return clear_feature(control, setup);
    case SET_FEATURE:
    case SET_ADDRESS:
    case SET_INTERFACE:
        return 0;
    default:
        return -EPIPE;
    }
}

int control_answer(struct control *control, const struct usbip_request *request,
                   uint8_t *out, size_t *n)
{
    int error = -EPIPE;

    *n = 0;
    if ((request->setup[0] & KIND) == STANDARD)
        error = answer_standard(control, request->setup, out, n);
    else if ((request->setup[0] & KIND) == OF_CLASS)
        error = answer_class(control, request, out, n);
    if (*n > request->length)
        *n = request->length;
    return error;
}
