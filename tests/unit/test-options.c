/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options of camera-to-display: what is taken, and what nonsense is answered. */
#include "options.h"
#include "test.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char said[4096];

/* Parses a command line of words divided by blanks; what it prints goes to @said. */
static int parse(struct options *options, const char *line)
{
    static char words[256]; /* what is parsed points into it */
    char *argv[16] = {"camera-to-display"};
    int argc = 1, code, kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    size_t n;

    snprintf(words, sizeof(words), "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    optind = 0;
    code = options_parse(options, argc, argv);
    fflush(stdout);
    dup2(kept_out, STDOUT_FILENO);
    dup2(kept_err, STDERR_FILENO);
    close(kept_out);
    close(kept_err);
    rewind(file);
    n = fread(said, 1, sizeof(said) - 1, file);
    said[n] = '\0';
    fclose(file);
    return code;
}

static void test_nothing_is_the_tour(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(parse(&options, ""), -1);
    assert_true(options.tour);
    assert_true(options.seconds > 0);
    assert_string_equal(options.out, "zerocopy-out");
}

static void test_all_are_taken(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(parse(&options, "--heap system --camera /dev/video1 --display "
                                     "/dev/dri/card1 --size 1280x720 --fps 60000/1001 "
                                     "--format nv12 --commit once"),
                     -1);
    assert_string_equal(options.heap, "system");
    assert_string_equal(options.camera, "/dev/video1");
    assert_string_equal(options.display, "/dev/dri/card1");
    assert_int_equal(options.mode.width, 1280);
    assert_int_equal(options.mode.height, 720);
    assert_int_equal(options.mode.rate_num, 60000);
    assert_int_equal(options.mode.rate_den, 1001);
    assert_string_equal(options.mode.format->name, "NV12");
    assert_true(options.commit_at_once);
    assert_false(options.tour);
    assert_int_equal(options.path, ZC_PATH_AUTO);
    assert_int_equal(parse(&options,
                           "--path gpu --rotate 270 --flip h --flip v --frames 600 "
                           "--out somewhere --json"),
                     -1);
    assert_int_equal(options.path, ZC_PATH_GPU);
    assert_int_equal(options.op.rotate, 270);
    assert_true(options.op.flip_h && options.op.flip_v);
    assert_int_equal(options.frames, 600);
    assert_string_equal(options.out, "somewhere");
    assert_true(options.json);
    assert_true(options.seconds == 0);
}

static void test_work_for_the_gpu_ends_the_tour(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(parse(&options, "--rotate 90"), -1);
    assert_false(options.tour);
    assert_int_equal(options.path, ZC_PATH_AUTO);
}

static void test_help_and_version_end_well(void **state)
{
    struct options options;

    (void)state;
    assert_int_equal(parse(&options, "--help"), 0);
    assert_non_null(strstr(said, "--heap"));
    assert_non_null(strstr(said, "--rotate"));
    assert_int_equal(parse(&options, "--version"), 0);
    assert_non_null(strstr(said, zc_version()));
}

/* A command line that makes no sense, and what its message must hold. */
static const struct {
    const char *line, *message;
} nonsense[] = {
    {"--nonsense", "--help"},
    {"--heap", "--help"},
    {"stray", "stray"},
    {"--size 0x480", "WIDTHxHEIGHT"},
    {"--size 640", "WIDTHxHEIGHT"},
    {"--size 640x480x2", "WIDTHxHEIGHT"},
    {"--size -640x480", "WIDTHxHEIGHT"},
    {"--size 99999x99999", "WIDTHxHEIGHT"},
    {"--fps 0", "above 0"},
    {"--fps fast", "above 0"},
    {"--fps -5", "above 0"},
    {"--fps 60/0", "above 0"},
    {"--fps nan", "above 0"},
    {"--format MJPG", "YUYV"},
    {"--path sideways", "tour, auto, direct, gpu, copy"},
    {"--rotate 45", "0, 90, 180, 270"},
    {"--commit soon", "late or once"},
    {"--flip x", "choose h"},
    {"--shader /no/such/file", "/no/such/file"},
    {"--seconds 0", "above 0"},
    {"--seconds -1", "above 0"},
    {"--seconds inf", "above 0"},
    {"--frames 1.5", "whole number"},
    {"--frames 0", "whole number"},
    {"--frames 99999999999", "whole number"},
    {"--seconds 5 --frames 5", "not both"},
    {"--path direct --rotate 90", "only the GPU"},
    {"--path copy --flip h", "only the GPU"},
    {"--path tour --rotate 90", "only the GPU"},
    {"--path tour --format YUYV", "--format"},
};

static void test_nonsense_is_answered(void **state)
{
    struct options options;

    (void)state;
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        int code = parse(&options, nonsense[i].line);

        if (code != 2 || !strstr(said, nonsense[i].message))
            fail_msg("\"%s\" gave %d and said: %s", nonsense[i].line, code, said);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_nothing_is_the_tour),
    cmocka_unit_test(test_all_are_taken),
    cmocka_unit_test(test_work_for_the_gpu_ends_the_tour),
    cmocka_unit_test(test_help_and_version_end_well),
    cmocka_unit_test(test_nonsense_is_answered),
};

TEST_MAIN("options", tests)
