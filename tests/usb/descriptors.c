/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* descriptors - what the UVC camera says of itself. */
#include "descriptors.h"

#include <string.h>

/* Of Linux' own gadgets: no product has it. */
#define VENDOR 0x1d6b
#define PRODUCT 0x0102
#define UVC_VERSION 0x0110
#define BULK 2
#define BULK_PACKET 512
#define CLOCK 1000000

enum { CONTROL_INTERFACE, STREAM_INTERFACE, INTERFACES };
enum { CAMERA_TERMINAL = 1, USB_TERMINAL };
enum { MANUFACTURER = 1, NAME, SERIAL };

/* Descriptor types, and subtypes of the class's own. */
enum { INTERFACE = 4, ENDPOINT = 5, ASSOCIATION = 0x0b, CLASS = 0x24 };
enum { VC_HEADER = 1, VC_INPUT, VC_OUTPUT };
enum { VS_INPUT = 1, VS_UNCOMPRESSED = 4, VS_MJPEG = 6, VS_COLOUR = 0x0d };
enum { VIDEO_CLASS = 0x0e, VIDEO_CONTROL = 1, VIDEO_STREAMING, VIDEO_COLLECTION };

struct writer {
    uint8_t *at;
};

static void u8(struct writer *writer, int value)
{
    *writer->at++ = value;
}

static void u16(struct writer *writer, int value)
{
    u8(writer, value & 255);
    u8(writer, value >> 8);
}

static void u32(struct writer *writer, uint32_t value)
{
    u16(writer, value & 0xffff);
    u16(writer, value >> 16);
}

static void zeros(struct writer *writer, int n)
{
    memset(writer->at, 0, n);
    writer->at += n;
}

/* A descriptor's length is known at its end. */
static uint8_t *begin(struct writer *writer, int kind)
{
    uint8_t *start = writer->at;

    u8(writer, 0);
    u8(writer, kind);
    return start;
}

static void end(struct writer *writer, uint8_t *start)
{
    start[0] = writer->at - start;
}

static void patch_total(uint8_t *total, size_t bytes)
{
    total[0] = bytes & 255;
    total[1] = bytes >> 8;
}

static void device(struct writer *writer)
{
    uint8_t *start = begin(writer, DESCRIPTOR_DEVICE);

    u16(writer, 0x0200);
    /* A device of several functions, each of which has an association. */
    u8(writer, 0xef);
    u8(writer, 2);
    u8(writer, 1);
    u8(writer, 64);
    u16(writer, VENDOR);
    u16(writer, PRODUCT);
    u16(writer, 0x0100);
    u8(writer, MANUFACTURER);
    u8(writer, NAME);
    u8(writer, SERIAL);
    u8(writer, 1);
    end(writer, start);
}

static void interface(struct writer *writer, int number, int n_endpoints, int subclass)
{
    uint8_t *start = begin(writer, INTERFACE);

    u8(writer, number);
    u8(writer, 0);
    u8(writer, n_endpoints);
    u8(writer, VIDEO_CLASS);
    u8(writer, subclass);
    zeros(writer, 2);
    end(writer, start);
}

static void association(struct writer *writer)
{
    uint8_t *start = begin(writer, ASSOCIATION);

    u8(writer, CONTROL_INTERFACE);
    u8(writer, INTERFACES);
    u8(writer, VIDEO_CLASS);
    u8(writer, VIDEO_COLLECTION);
    u8(writer, 0);
    u8(writer, NAME);
    end(writer, start);
}

static void terminals(struct writer *writer)
{
    uint8_t *start = begin(writer, CLASS);

    u8(writer, VC_INPUT);
    u8(writer, CAMERA_TERMINAL);
    u16(writer, 0x0201);
    zeros(writer, 2);
    /* No zoom, and none of a camera's controls. */
    zeros(writer, 6);
    u8(writer, 3);
    zeros(writer, 3);
    end(writer, start);

    start = begin(writer, CLASS);
    u8(writer, VC_OUTPUT);
    u8(writer, USB_TERMINAL);
    u16(writer, 0x0101);
    u8(writer, 0);
    u8(writer, CAMERA_TERMINAL);
    u8(writer, 0);
    end(writer, start);
}

static void control_part(struct writer *writer)
{
    uint8_t *start, *total;

    interface(writer, CONTROL_INTERFACE, 0, VIDEO_CONTROL);
    start = begin(writer, CLASS);
    u8(writer, VC_HEADER);
    u16(writer, UVC_VERSION);
    total = writer->at;
    u16(writer, 0);
    u32(writer, CLOCK);
    u8(writer, 1);
    u8(writer, STREAM_INTERFACE);
    end(writer, start);
    terminals(writer);
    patch_total(total, writer->at - start);
}

bool uvc_modes_have(const struct uvc_modes *modes, int format, int size)
{
    return format >= 0 && format < modes->n_formats && size >= 0 &&
           size < modes->n_sizes &&
           (!modes->sizes[size].mjpg_only || modes->formats[format] == PATTERN_MJPG);
}

static int count_sizes(const struct uvc_modes *modes, int format)
{
    int n = 0;

    for (int i = 0; i < modes->n_sizes; i++)
        n += uvc_modes_have(modes, format, i);
    return n;
}

static void format(struct writer *writer, const struct uvc_modes *modes, int index)
{
    /* The fourcc, and what follows it in all such names. */
    static const uint8_t tail[] = {0x00, 0x00, 0x10, 0x00, 0x80, 0x00,
                                   0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71};
    enum pattern_format pattern = modes->formats[index];
    uint8_t *start = begin(writer, CLASS);

    u8(writer, pattern == PATTERN_MJPG ? VS_MJPEG : VS_UNCOMPRESSED);
    u8(writer, index + 1);
    u8(writer, count_sizes(modes, index));
    if (pattern == PATTERN_MJPG) {
        /* Its samples have one size. */
        u8(writer, 1);
    } else {
        memcpy(writer->at, pattern == PATTERN_NV12 ? "NV12" : "YUY2", 4);
        memcpy(writer->at + 4, tail, sizeof(tail));
        writer->at += 4 + sizeof(tail);
        u8(writer, pattern == PATTERN_NV12 ? 12 : 16);
    }
    u8(writer, 1);
    zeros(writer, 4);
    end(writer, start);
}

static void size(struct writer *writer, const struct uvc_modes *modes, int format,
                 int index)
{
    enum pattern_format pattern = modes->formats[format];
    uint16_t width = modes->sizes[index].width, height = modes->sizes[index].height;
    uint32_t bytes = pattern_room(pattern, width, height);
    uint8_t *start = begin(writer, CLASS);

    u8(writer, (pattern == PATTERN_MJPG ? VS_MJPEG : VS_UNCOMPRESSED) + 1);
    u8(writer, index + 1);
    u8(writer, 0);
    u16(writer, width);
    u16(writer, height);
    u32(writer, bytes * 8 * modes->rates[modes->n_rates - 1]);
    u32(writer, bytes * 8 * modes->rates[0]);
    u32(writer, bytes);
    u32(writer, UVC_INTERVALS / modes->rates[0]);
    u8(writer, modes->n_rates);
    for (int i = 0; i < modes->n_rates; i++)
        u32(writer, UVC_INTERVALS / modes->rates[i]);
    end(writer, start);
}

/* BT.709's primaries and curve, BT.601's matrix. */
static void colour(struct writer *writer)
{
    uint8_t *start = begin(writer, CLASS);

    u8(writer, VS_COLOUR);
    u8(writer, 1);
    u8(writer, 1);
    u8(writer, 4);
    end(writer, start);
}

static void stream_part(struct writer *writer, const struct uvc_modes *modes)
{
    uint8_t *start, *total;

    interface(writer, STREAM_INTERFACE, 1, VIDEO_STREAMING);
    start = begin(writer, CLASS);
    u8(writer, VS_INPUT);
    u8(writer, modes->n_formats);
    total = writer->at;
    u16(writer, 0);
    u8(writer, 0x80 | UVC_STREAM_ENDPOINT);
    u8(writer, 0);
    u8(writer, USB_TERMINAL);
    zeros(writer, 3);
    u8(writer, 1);
    zeros(writer, modes->n_formats);
    end(writer, start);
    for (int i = 0; i < modes->n_formats; i++) {
        format(writer, modes, i);
        for (int j = 0; j < modes->n_sizes; j++)
            if (uvc_modes_have(modes, i, j))
                size(writer, modes, i, j);
        colour(writer);
    }
    patch_total(total, writer->at - start);
    start = begin(writer, ENDPOINT);
    u8(writer, 0x80 | UVC_STREAM_ENDPOINT);
    u8(writer, BULK);
    u16(writer, BULK_PACKET);
    u8(writer, 0);
    end(writer, start);
}

static void configuration(struct writer *writer, const struct uvc_modes *modes)
{
    uint8_t *start = begin(writer, DESCRIPTOR_CONFIGURATION), *total = writer->at;

    u16(writer, 0);
    u8(writer, INTERFACES);
    u8(writer, 1);
    u8(writer, 0);
    u8(writer, 0x80);
    u8(writer, 250);
    end(writer, start);
    association(writer);
    control_part(writer);
    stream_part(writer, modes);
    patch_total(total, writer->at - start);
}

/* In UTF-16; string 0 is the list of languages, which is US English. */
static void string(struct writer *writer, int index)
{
    static const char *const texts[] = {
        [MANUFACTURER] = "zerocopy",
        [NAME] = "Camera of patterns",
        [SERIAL] = "1",
    };
    uint8_t *start;

    if (index > SERIAL)
        return;
    start = begin(writer, DESCRIPTOR_STRING);
    if (!index)
        u16(writer, 0x0409);
    for (const char *at = index ? texts[index] : ""; *at; at++)
        u16(writer, *at);
    end(writer, start);
}

size_t descriptor_write(const struct uvc_modes *modes, int kind, int index, uint8_t *out)
{
    struct writer writer = {out};

    if (kind == DESCRIPTOR_DEVICE)
        device(&writer);
    else if (kind == DESCRIPTOR_CONFIGURATION && !index)
        configuration(&writer, modes);
    else if (kind == DESCRIPTOR_STRING)
        string(&writer, index);
    return writer.at - out;
}
