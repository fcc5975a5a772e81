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
    int (*ask)(void *user, const struct demand_question *question);
    void *user;
    struct demand *out;
};

static int ask(const struct search *search, uint32_t stride, bool scattered)
{
    const struct demand_question question = {stride, scattered};

    search->out->asked++;
    return search->ask(search->user, &question);
}

/* A stride that is a multiple of @align, and of nothing larger. */
static uint32_t stride_of(uint32_t row, uint32_t align)
{
    uint32_t whole = (row + DEMAND_LARGEST - 1) / DEMAND_LARGEST * DEMAND_LARGEST;

    return align == DEMAND_LARGEST ? whole : whole + align;
}

static int exponent_of(uint32_t power)
{
    return __builtin_ctz(power);
}

/* Who takes an alignment takes all larger ones, so half of them are left at each question. */
static void bisect(const struct search *search, uint32_t row, uint32_t pixel)
{
    int taken = exponent_of(DEMAND_LARGEST), refused = exponent_of(pixel) - 1;

    while (taken - refused > 1) {
        int middle = (taken + refused + 1) / 2;

        if (ask(search, stride_of(row, UINT32_C(1) << middle), false))
            refused = middle;
        else
            taken = middle;
    }
    search->out->stride = UINT32_C(1) << taken;
}

int demand_find(struct demand *out, uint32_t row, uint32_t pixel,
                int (*question)(void *user, const struct demand_question *question),
                void *user)
{
    const struct search search = {question, user, out};
    uint32_t good = stride_of(row, DEMAND_LARGEST);
    int error;

    *out = (struct demand){0};
    if (!ask(&search, good, false)) {
        bisect(&search, row, pixel);
    } else {
        good = row;
        out->tight = !ask(&search, row, false);
        if (!out->tight)
            return -ENOTSUP;
    }
    error = ask(&search, good, true);
    out->asked_scattered = error != -ENODATA;
    out->contiguous = error && out->asked_scattered;
    return 0;
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
