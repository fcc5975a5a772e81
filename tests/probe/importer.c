/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * importer - devices with all combinations of demands, by the module zc_importer, and one that
 * takes a buffer and writes nothing: is each found exactly? Tells "ok NAME" or "FAIL NAME: why".
 *
 * Usage: importer
 */
#include "../importer/importer.h"

#include "base/fd.h"
#include "probe/demand.h"
#include "probe/pattern.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NODE "/dev/zc-importer"
#define WIDTH 250 /* pixels of four bytes: a row that no large number divides */
#define HEIGHT 64

struct made_up {
    struct zc_heap *heap; /* in one piece */
    uint32_t multiple;
    bool contiguous;
};

/* The device imports a buffer; it stays open in *device. */
static int import(int buffer, const struct zc_importer_import *wish, int *device)
{
    struct zc_importer_import answer = *wish;
    int error;

    *device = open(NODE, O_RDWR | O_CLOEXEC);
    if (*device < 0)
        return -errno;
    answer.fd = buffer;
    error = zc_fd_ioctl(*device, ZC_IMPORTER_IMPORT, &answer);
    if (error < 0)
        zc_close(device);
    return error < 0 ? error : 0;
}

static int ask(void *user, const struct demand_question *question)
{
    const struct made_up *made_up = user;
    const struct zc_importer_import wish = {
        .kind = ZC_IMPORTER_BUS,
        .direction = 3,
        .flags = made_up->contiguous ? ZC_IMPORTER_CONTIGUOUS : 0,
        .stride = question->stride,
        .stride_multiple = made_up->multiple,
    };
    uint64_t bytes = question->offset +
                     (uint64_t)question->stride * (question->height + question->rows);
    int buffer = -1, device = -1;
    int error = question->scattered
                    ? demand_scatter(bytes, &buffer)
                    : zc_heap_alloc(made_up->heap, bytes, 0, NULL, &buffer);

    if (!error)
        error = import(buffer, &wish, &device);
    zc_close(&device);
    zc_close(&buffer);
    return error;
}

static bool find(struct zc_heap *heap, uint32_t multiple, bool contiguous)
{
    struct made_up made_up = {heap, multiple, contiguous};
    struct demand found = {0};
    int error = demand_find(&found, WIDTH, HEIGHT, 4, ask, &made_up);
    bool good = !error && found.stride == multiple && !found.tight &&
                found.asked_scattered && found.contiguous == contiguous;

    printf("%s probe-demands-stride-%u%s", good ? "ok" : "FAIL", multiple,
           contiguous ? "-contiguous" : "");
    if (good)
        printf(" # %d questions\n", found.asked);
    else
        printf(": error %d, stride %u, tight %d, contiguous %d (asked: %d)\n", error,
               found.stride, found.tight, found.contiguous, found.asked_scattered);
    return good;
}

/* Whether the probe's canaries are gone once a device has written all of a frame. */
static bool is_written(struct zc_heap *heap, uint32_t flags)
{
    const struct zc_importer_import wish = {
        .kind = ZC_IMPORTER_BUS, .direction = 3, .flags = flags};
    struct canary_rest rest = {.left = 1};
    static uint8_t picture[WIDTH * 4 * HEIGHT];
    struct zc_frame *frame = NULL;
    struct zc_layout layout;
    int device = -1;

    memset(picture, 0x11, sizeof(picture));
    if (!zc_layout_solve(&layout, zc_format_by_name("XR24"), WIDTH, HEIGHT, NULL) &&
        !zc_frame_create(&frame, heap, &layout) && !canary_fill(frame, 0) &&
        !import(zc_frame_fd(frame, 0), &wish, &device) &&
        pwrite(device, picture, sizeof(picture), 0) == sizeof(picture))
        canary_look(frame, 0, &rest);
    zc_close(&device);
    zc_frame_unref(frame);
    return !rest.left;
}

static bool tells_zeroes(struct zc_heap *heap)
{
    bool good = is_written(heap, 0) && !is_written(heap, ZC_IMPORTER_ZEROES);

    printf("%s probe-demands-zeroes%s\n", good ? "ok" : "FAIL",
           good ? ""
                : ": a device that takes a buffer and writes nothing is not found out");
    return good;
}

int main(void)
{
    struct zc_heap *heap;
    bool good = true;

    if (access(NODE, F_OK) || zc_heap_open(&heap, "contiguous")) {
        printf("FAIL probe-demands: it takes " NODE " and a contiguous heap\n");
        return 1;
    }
    for (uint32_t multiple = 4; multiple <= DEMAND_LARGEST; multiple *= 2)
        for (int contiguous = 0; contiguous < 2; contiguous++)
            good &= find(heap, multiple, contiguous);
    good &= tells_zeroes(heap);
    zc_heap_close(heap);
    return !good;
}
