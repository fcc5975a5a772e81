/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Demands of devices that a test makes up, each found exactly, and by few questions. */
#include "probe/demand.h"

#include "test.h"

#include <errno.h>

#define ROW 1000
#define MOST_QUESTIONS 8

struct made_up {
    uint32_t multiple; /* of strides; 0: any */
    bool tight, contiguous, nothing, no_scatter;
};

static int ask(void *user, const struct demand_question *question)
{
    const struct made_up *device = user;

    if (question->scattered && device->no_scatter)
        return -ENODATA;
    if (device->nothing || (device->tight && question->stride != ROW) ||
        (device->multiple && question->stride % device->multiple))
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

            assert_int_equal(demand_find(&found, ROW, 4, ask, &device), 0);
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
    assert_int_equal(demand_find(&found, ROW, 1, ask, &device), 0);
    assert_int_equal(found.stride, 1);
    assert_false(found.contiguous);
    assert_int_equal(demand_find(&found, ROW, 2, ask, &device), 0);
    assert_int_equal(found.stride, 2);
}

static void test_a_tight_stride(void **state)
{
    struct made_up device = {.tight = true, .contiguous = true};
    struct demand found;

    (void)state;
    assert_int_equal(demand_find(&found, ROW, 4, ask, &device), 0);
    assert_true(found.tight);
    assert_int_equal(found.stride, 0);
    assert_true(found.contiguous);
}

static void test_what_cannot_be_asked(void **state)
{
    struct made_up device = {.nothing = true};
    struct demand found;

    (void)state;
    assert_int_equal(demand_find(&found, ROW, 4, ask, &device), -ENOTSUP);
    device = (struct made_up){.no_scatter = true, .contiguous = true};
    assert_int_equal(demand_find(&found, ROW, 4, ask, &device), 0);
    assert_false(found.asked_scattered);
    assert_false(found.contiguous);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_alignments),
        cmocka_unit_test(test_no_demands),
        cmocka_unit_test(test_a_tight_stride),
        cmocka_unit_test(test_what_cannot_be_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
