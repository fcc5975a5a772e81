/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Demands of devices that a test makes up, each found exactly, and by few questions. */
#include "probe/demand.h"
#include "probe/reach.h"

#include "test.h"

#include <errno.h>

#define WIDTH 250
#define HEIGHT 64
#define ROW (WIDTH * 4)
#define MOST_QUESTIONS 18

struct made_up {
    uint32_t multiple;      /* of strides; 0: any */
    uint32_t offset;        /* multiple of it; 0: any */
    uint32_t rows;          /* behind the picture */
    uint32_t width, height; /* the largest; 0: any */
    bool no_offset;
    bool tight, contiguous, nothing, no_scatter;
};

static int ask(void *user, const struct demand_question *question)
{
    const struct made_up *device = user;

    if (question->scattered && device->no_scatter)
        return -ENODATA;
    if (device->nothing || (device->tight && question->stride != ROW) ||
        (device->multiple && question->stride % device->multiple) ||
        (device->offset && question->offset % device->offset) ||
        (device->no_offset && question->offset) || question->rows < device->rows ||
        (device->width && question->width > device->width) ||
        (device->height && question->height > device->height))
        return -EINVAL;
    return device->contiguous && question->scattered ? -EFAULT : 0;
}

static void test_all_alignments(void **state)
{
    (void)state;
    for (uint32_t multiple = 4; multiple <= DEMAND_LARGEST; multiple *= 2)
        for (int contiguous = 0; contiguous < 2; contiguous++) {
            struct made_up device = {.multiple = multiple, .contiguous = contiguous};
            struct demand found;

            assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 4, ask, &device), 0);
            assert_int_equal(found.stride, multiple);
            assert_int_equal(found.contiguous, contiguous);
            assert_true(found.asked_scattered);
            assert_false(found.tight);
            assert_true(found.asked >= 1 && found.asked <= MOST_QUESTIONS);
        }
}

static void test_no_demands(void **state)
{
    struct made_up device = {0};
    struct demand found;

    (void)state;
    assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 1, ask, &device), 0);
    assert_int_equal(found.stride, 1);
    assert_false(found.contiguous);
    assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 2, ask, &device), 0);
    assert_int_equal(found.stride, 2);
}

static void test_offsets_and_rows(void **state)
{
    struct demand found;

    (void)state;
    for (uint32_t offset = 4; offset <= DEMAND_LARGEST; offset *= 2)
        for (uint32_t rows = 1; rows <= DEMAND_ROOM; rows *= 2) {
            struct made_up device = {.offset = offset, .rows = rows, .multiple = 64};

            assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 4, ask, &device), 0);
            assert_int_equal(found.offset, offset);
            assert_int_equal(found.rows, rows);
            assert_int_equal(found.stride, 64);
        }
    assert_int_equal(
        demand_find(&found, WIDTH, HEIGHT, 4, ask, &(struct made_up){.no_offset = true}),
        0);
    assert_int_equal(found.offset, 0);
    assert_int_equal(found.rows, 0);
}

static void test_largest_sides(void **state)
{
    struct made_up device = {.width = 4096, .height = 2050, .multiple = 64};

    (void)state;
    assert_int_equal(demand_most(64, 16, 4, false, 64, ask, &device), 4096);
    assert_int_equal(demand_most(64, 16, 4, true, 64, ask, &device), 2048);
    device.width = 5000;
    assert_int_equal(demand_most(64, 16, 4, false, 8, ask, &device), 5000);
    device = (struct made_up){0};
    assert_int_equal(demand_most(64, 16, 4, false, 64, ask, &device), DEMAND_MOST_SIDE);
    device.nothing = true;
    assert_int_equal(demand_most(64, 16, 4, false, 64, ask, &device), 0);
}

static void test_a_tight_stride(void **state)
{
    struct made_up device = {.tight = true, .contiguous = true};
    struct demand found;

    (void)state;
    assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 4, ask, &device), 0);
    assert_true(found.tight);
    assert_int_equal(found.stride, 0);
    assert_true(found.contiguous);
}

static void test_what_cannot_be_asked(void **state)
{
    struct made_up device = {.nothing = true};
    struct demand found;

    (void)state;
    assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 4, ask, &device), -ENOTSUP);
    device = (struct made_up){.no_scatter = true, .contiguous = true};
    assert_int_equal(demand_find(&found, WIDTH, HEIGHT, 4, ask, &device), 0);
    assert_false(found.asked_scattered);
    assert_false(found.contiguous);
}

static json_t *cell(const char *memory, const char *outcome)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "memory", memory, "device", "camera0",
                     "use", "writes", "format", "XR24", "outcome", outcome);
}

static enum reach reach_by(const char *system, const char *low, const char *contiguous)
{
    json_t *cells =
        json_pack("[o, o, o]", cell("system-dma32", low), cell("system", system),
                  cell("system-contiguous-dma32", contiguous));
    enum reach reach = reach_of(cells, "camera0");

    assert_int_equal(reach_of(cells, "gpu0"), REACH_UNKNOWN);
    json_decref(cells);
    return reach;
}

static void test_addresses(void **state)
{
    (void)state;
    assert_int_equal(reach_by("works", "works", "works"), REACH_NO_LIMIT);
    assert_int_equal(reach_by("refused", "works", "works"), REACH_4_GIB);
    assert_int_equal(reach_by("wrong pixels", "unchecked", "works"), REACH_4_GIB);
    assert_int_equal(reach_by("not tried", "works", "works"), REACH_UNKNOWN);
    /* It wants contiguous memory. */
    assert_int_equal(reach_by("refused", "refused", "works"), REACH_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_alignments),       cmocka_unit_test(test_no_demands),
        cmocka_unit_test(test_offsets_and_rows),     cmocka_unit_test(test_largest_sides),
        cmocka_unit_test(test_a_tight_stride),       cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_what_cannot_be_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
