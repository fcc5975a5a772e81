/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holders: who has buffers of a heap, by what the kernel tells of programs and dma-bufs. */
#include "memory/holders.h"
#include "test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char proc[] = "/tmp/zerocopy-holders.XXXXXX", bufinfo[64], text[512];

__attribute__((format(printf, 2, 3))) static void put(const char *name,
                                                      const char *format, ...)
{
    char path[128];
    va_list values;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", proc, name);
    file = fopen(path, "w");
    assert_non_null(file);
    va_start(values, format);
    vfprintf(file, format, values);
    va_end(values);
    fclose(file);
}

static void program(int pid, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%d", proc, pid);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/%d/fdinfo", proc, pid);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%d/comm", pid);
    put(path, "%s\n", name);
}

static void has(int pid, int fd, int inode, int mib, const char *exporter)
{
    char path[128];

    snprintf(path, sizeof(path), "%d/fdinfo/%d", pid, fd);
    put(path, "pos:\t0\nflags:\t02\nino:\t%d\nsize:\t%d\ncount:\t2\nexp_name:\t%s\n",
        inode, mib << 20, exporter);
}

static int setup(void **state)
{
    (void)state;
    strcpy(proc + strlen(proc) - 6, "XXXXXX");
    assert_non_null(mkdtemp(proc));
    snprintf(bufinfo, sizeof(bufinfo), "%s/bufinfo", proc);
    zc_proc_folder = proc;
    zc_bufinfo_file = bufinfo;
    return 0;
}

static int teardown(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", proc);
    return system(command);
}

static void test_nobody_is_no_word(void **state)
{
    (void)state;
    program(10, "sh");
    put("10/fdinfo/0", "pos:\t0\nino:\t7\n");
    has(10, 3, 8, 5, "system");
    zc_holders_text("reserved", text, sizeof(text));
    assert_string_equal(text, "");
}

/* One buffer by two fds is one; one of two programs is each one's. */
static void test_programs_by_bytes(void **state)
{
    (void)state;
    program(10, "small");
    has(10, 3, 1, 1, "reserved");
    has(10, 4, 1, 1, "reserved");
    program(20, "large\033[1m");
    has(20, 3, 2, 4, "reserved");
    has(20, 4, 1, 1, "reserved");
    has(20, 5, 3, 64, "reserved2");
    zc_holders_text("reserved", text, sizeof(text));
    assert_string_equal(
        text,
        "; large?[1m (pid 20) holds 2 of its buffers, 5.0 MiB; small (pid 10) holds 1 "
        "of its buffers, 1.0 MiB");
}

static void test_many_programs(void **state)
{
    (void)state;
    for (int i = 1; i <= 5; i++) {
        program(i, "one");
        has(i, 3, i, i, "cma");
    }
    zc_holders_text("cma", text, sizeof(text));
    assert_non_null(
        strstr(text, "; one (pid 5) holds 1 of its buffers, 5.0 MiB; one (pid 4)"));
    assert_null(strstr(text, "(pid 2)"));
    assert_non_null(strstr(text, "; 2 more programs hold fewer"));
}

static void test_what_no_program_has_open(void **state)
{
    (void)state;
    program(10, "sh");
    has(10, 3, 6, 1, "cma");
    put("bufinfo",
        "\nDma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     "
        "\tname\n01048576\t00000002\t00080007\t00000004\tcma\t00000006\tzerocopy\n"
        "\tAttached Devices:\n\tvkms\nTotal 1 devices attached\n\n"
        "02097152\t00000002\t00080007\t00000004\tcma\t00000009\t<none>\n"
        "02097152\t00000002\t00080007\t00000004\tsystem\t00000010\t<none>\n");
    zc_holders_text("cma", text, sizeof(text));
    assert_string_equal(text, "; sh (pid 10) holds 1 of its buffers, 1.0 MiB; devices or "
                              "mappings keep 1 that no program has open, 2.0 MiB");
}

/* A text that has no room for all ends early. */
static void test_short_text(void **state)
{
    char little[20];

    (void)state;
    program(10, "sh");
    has(10, 3, 6, 1, "cma");
    zc_holders_text("cma", little, sizeof(little));
    assert_int_equal(strlen(little), sizeof(little) - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nobody_is_no_word, setup, teardown),
        cmocka_unit_test_setup_teardown(test_programs_by_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_programs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_no_program_has_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_text, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
