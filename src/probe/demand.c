/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* demand - bisection of strides, and memory that is in pieces. Knows no device. */
#include "probe/demand.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* As many pieces as the kernel takes by default (list_limit). */
#define PIECES 1024

struct search {
    demand_ask *ask;
    void *user;
    struct demand *out;
    struct demand_question usual; /* the others are like it, but for one thing */
    uint32_t row, pixel;          /* bytes */
};

static int ask(const struct search *search, const struct demand_question *question)
{
    search->out->asked++;
    return search->ask(search->user, question);
}

/* A stride that is a multiple of @align, and of nothing larger. */
static uint32_t stride_of(uint32_t row, uint32_t align)
{
    uint32_t whole = (row + DEMAND_LARGEST - 1) / DEMAND_LARGEST * DEMAND_LARGEST;

    return align == DEMAND_LARGEST ? whole : whole + align;
}

/* The question that has the one thing, a power of two, at @power. */
typedef void put_power(const struct search *search, struct demand_question *question,
                       uint32_t power);

static void put_stride(const struct search *search, struct demand_question *question,
                       uint32_t power)
{
    question->stride = stride_of(search->row, power);
}

static void put_offset(const struct search *search, struct demand_question *question,
                       uint32_t power)
{
    (void)search;
    question->offset = power;
}

static void put_rows(const struct search *search, struct demand_question *question,
                     uint32_t power)
{
    (void)search;
    question->rows = power;
}

static int exponent_of(uint32_t power)
{
    return __builtin_ctz(power);
}

/*
 * The smallest power that is taken, of those from @least to @most; @most is. Who takes one takes
 * all larger ones, so half of them are left at each question.
 */
static uint32_t bisect(const struct search *search, put_power *put, uint32_t least,
                       uint32_t most)
{
    int taken = exponent_of(most), refused = exponent_of(least) - 1;

    while (taken - refused > 1) {
        struct demand_question question = search->usual;
        int middle = (taken + refused + 1) / 2;

        put(search, &question, UINT32_C(1) << middle);
        if (ask(search, &question))
            refused = middle;
        else
            taken = middle;
    }
    return UINT32_C(1) << taken;
}

static uint32_t find_offset(const struct search *search)
{
    struct demand_question question = search->usual;

    question.offset = DEMAND_LARGEST;
    return ask(search, &question)
               ? 0
               : bisect(search, put_offset, search->pixel, DEMAND_LARGEST);
}

static uint32_t find_rows(const struct search *search)
{
    struct demand_question question = search->usual;

    question.rows = 0;
    return ask(search, &question) ? bisect(search, put_rows, 1, DEMAND_ROOM) : 0;
}

int demand_find(struct demand *out, uint32_t width, uint32_t height, uint32_t pixel,
                demand_ask *question, void *user)
{
    struct search search = {.ask = question,
                            .user = user,
                            .out = out,
                            .row = width * pixel,
                            .pixel = pixel,
                            .usual = {width, height, 0, 0, DEMAND_ROOM, false}};
    struct demand_question scattered;
    int error;

    *out = (struct demand){0};
    search.usual.stride = stride_of(search.row, DEMAND_LARGEST);
    if (!ask(&search, &search.usual)) {
        out->stride = bisect(&search, put_stride, pixel, DEMAND_LARGEST);
    } else {
        search.usual.stride = search.row;
        out->tight = !ask(&search, &search.usual);
        if (!out->tight)
            return -ENOTSUP;
    }
    scattered = search.usual;
    scattered.scattered = true;
    error = ask(&search, &scattered);
    out->asked_scattered = error != -ENODATA;
    out->contiguous = error && out->asked_scattered;
    out->offset = find_offset(&search);
    out->rows = find_rows(&search);
    return 0;
}

/* ------------------------------------------------------------ sizes */

uint32_t demand_most(uint32_t align, uint32_t other, uint32_t pixel, bool upright,
                     uint32_t step, demand_ask *question, void *user)
{
    uint32_t taken = 0, refused = DEMAND_MOST_SIDE + step;

    /* Doubled until it is refused, then halved between. */
    while (refused - taken > step) {
        uint32_t side = refused > DEMAND_MOST_SIDE ? (taken ? taken * 2 : step)
                                                   : (taken + refused) / 2 / step * step;
        struct demand_question large = {
            .width = upright ? other : side,
            .height = upright ? side : other,
            .rows = DEMAND_ROOM,
        };

        if (side > DEMAND_MOST_SIDE)
            break;
        large.stride = (large.width * pixel + align - 1) / align * align;
        if (question(user, &large))
            refused = side;
        else
            taken = side;
    }
    return taken;
}

/* ------------------------------------------------------------ in pieces */

static int make_list(int memory, uint64_t bytes, uint64_t piece, int *fd)
{
    uint64_t n = bytes / piece;
    struct udmabuf_create_list *list =
        calloc(1, sizeof(*list) + n * sizeof(struct udmabuf_create_item));
    int node = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), result = -ENODATA;

    if (list && node >= 0) {
        list->flags = UDMABUF_FLAGS_CLOEXEC;
        list->count = n;
        for (uint64_t i = 0; i < n; i++)
            list->list[i] = (struct udmabuf_create_item){
                .memfd = memory,
                .offset = piece * (i < (n + 1) / 2 ? 2 * i : 2 * (i - (n + 1) / 2) + 1),
                .size = piece,
            };
        result = zc_fd_ioctl(node, UDMABUF_CREATE_LIST, list);
    }
    zc_close(&node);
    free(list);
    *fd = result < 0 ? -1 : result;
    return result < 0 ? -ENODATA : 0;
}

int demand_scatter(uint64_t bytes, int *fd)
{
    uint64_t page = sysconf(_SC_PAGESIZE), piece = page;
    int memory = memfd_create("zc-probe", MFD_ALLOW_SEALING | MFD_CLOEXEC), error;

    *fd = -1;
    if (memory < 0)
        return -ENODATA;
    while (bytes / piece >= PIECES)
        piece += page;
    bytes = (bytes + piece - 1) / piece * piece;
    if (ftruncate(memory, bytes) || fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK))
        error = -ENODATA;
    else
        error = make_list(memory, bytes, piece, fd);
    zc_close(&memory);
    return error;
}
