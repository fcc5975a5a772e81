/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of choices: kept, replaced, forgotten, and whatever somebody else wrote there. */
#include "flow/choice.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], file[128];

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/zerocopy-choice.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof(file), "%s/zerocopy/memory", folder);
    return setenv("XDG_CACHE_HOME", folder, 1);
}

static int teardown(void **state)
{
    char path[128];

    (void)state;
    chmod(folder, 0700);
    unlink(file);
    snprintf(path, sizeof(path), "%s/zerocopy", folder);
    rmdir(path);
    return rmdir(folder); /* no temporary is left in it */
}

static void write_file(const char *text)
{
    FILE *out;

    zc_choice_remember("first", "makes the folder");
    out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void assert_choice(const char *key, const char *value)
{
    char found[ZC_CHOICE_VALUE] = "";

    assert_int_equal(zc_choice_recall(key, found), value != NULL);
    if (value)
        assert_string_equal(found, value);
}

static void test_kept_replaced_forgotten(void **state)
{
    struct stat is;

    (void)state;
    assert_choice("a", NULL);
    zc_choice_remember("a", "one");
    zc_choice_remember("ab", "two");
    assert_choice("a", "one");
    assert_choice("ab", "two");
    zc_choice_remember("a", "three");
    assert_choice("a", "three");
    zc_choice_remember("a", NULL);
    assert_choice("a", NULL);
    assert_choice("ab", "two");
    assert_int_equal(stat(file, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0600);
}

static void test_the_oldest_go(void **state)
{
    char key[16], value[16];

    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof(key), "key %d", i);
        snprintf(value, sizeof(value), "value %d", i);
        zc_choice_remember(key, value);
    }
    assert_choice("key 35", NULL);
    assert_choice("key 36", "value 36");
    assert_choice("key 99", "value 99");
}

static void test_what_others_wrote(void **state)
{
    char *much = malloc(100000), found[ZC_CHOICE_VALUE];

    (void)state;
    write_file("no entry\n\n\t\na\nb\tgood");
    assert_choice("a", NULL);
    assert_choice("b", "good");
    memset(much, 'x', 99999);
    much[99999] = '\0';
    write_file(much);
    assert_choice("a", NULL);
    memcpy(much, "a\t", 2);
    write_file(much);
    assert_false(zc_choice_recall("a", found));
    zc_choice_remember("a", "small");
    assert_choice("a", "small");
    free(much);
}

static void test_no_place_for_it(void **state)
{
    (void)state;
    assert_int_equal(chmod(folder, 0500), 0);
    if (access(folder, W_OK)) { /* root may write anywhere */
        zc_choice_remember("a", "one");
        assert_choice("a", NULL);
    }
    setenv("XDG_CACHE_HOME", "/dev/null", 1);
    zc_choice_remember("a", "one");
    assert_choice("a", NULL);
    setenv("XDG_CACHE_HOME", "relative", 1);
    unsetenv("HOME");
    zc_choice_remember("a", "one");
    assert_choice("a", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept_replaced_forgotten),
        TEST(test_the_oldest_go),
        TEST(test_what_others_wrote),
        TEST(test_no_place_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
