/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program's log handler and those who listen beside it. */
#include "zerocopy.h"
#include "test.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static char heard[3][64];

static void hear(enum zc_log_level level, const char *message, void *user)
{
    (void)level;
    strncpy(user, message, sizeof(heard[0]) - 1);
}

static void forget(void)
{
    memset(heard, 0, sizeof(heard));
}

/* What is written to stderr meanwhile. */
static ssize_t log_to_stderr(char *text, size_t size)
{
    int pipes[2], old = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    zc_log(ZC_LOG_ERROR, "to stderr?");
    dup2(old, STDERR_FILENO);
    close(old);
    close(pipes[1]);
    n = read(pipes[0], text, size - 1);
    close(pipes[0]);
    text[n > 0 ? n : 0] = '\0';
    return n;
}

/* In this order: once somebody listens, that is so for the whole process. */
static void test_a_listener_leaves_the_handler_alone(void **state)
{
    char text[64];

    (void)state;
    assert_true(log_to_stderr(text, sizeof(text)) > 0);
    assert_string_equal(text, "zerocopy: error: to stderr?\n");
    assert_int_equal(zc_log_listen(ZC_LOG_DEBUG, hear, heard[0]), 0);
    assert_int_equal(log_to_stderr(text, sizeof(text)), 0);
    assert_string_equal(heard[0], "to stderr?");

    /* The program may set its own before or after: both hear. */
    zc_log_set(ZC_LOG_WARNING, hear, heard[1]);
    assert_int_equal(zc_log_listen(ZC_LOG_ERROR, hear, heard[2]), 0);
    forget();
    zc_log(ZC_LOG_WARNING, "a warning");
    assert_string_equal(heard[0], "a warning");
    assert_string_equal(heard[1], "a warning");
    assert_string_equal(heard[2], "");
    zc_log(ZC_LOG_DEBUG, "a detail");
    assert_string_equal(heard[0], "a detail");
    assert_string_equal(heard[1], "a warning");

    /* stderr, where the program asks for it. */
    zc_log_set(ZC_LOG_ERROR, NULL, NULL);
    assert_true(log_to_stderr(text, sizeof(text)) > 0);
}

static void test_there_are_places_for_some(void **state)
{
    int error = 0;

    (void)state;
    for (int i = 0; i < 16 && !error; i++)
        error = zc_log_listen(ZC_LOG_ERROR, hear, heard[2]);
    assert_int_equal(error, -ENOSPC);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_a_listener_leaves_the_handler_alone),
    cmocka_unit_test(test_there_are_places_for_some),
};

TEST_MAIN("log", tests)
