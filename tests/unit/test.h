/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test.h - cmocka with what it needs before it, and the frame of a test program.
 */
#ifndef TEST_H
#define TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/** main() of a test program: runs the array @tests, named @name. */
#define TEST_MAIN(name, tests)                                                           \
    int main(void)                                                                       \
    {                                                                                    \
        return cmocka_run_group_tests_name(name, tests, NULL, NULL);                     \
    }

#endif
