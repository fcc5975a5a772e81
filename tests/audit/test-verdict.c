/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What zc-audit makes of reports, and of system calls where there are none. */
#include "../unit/test.h"
#include "audit/verdict.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPORT(passes, findings)                                                         \
    "{\"gpu-passes\":" passes                                                            \
    ",\"dma-bufs\":[{\"inode\":7,\"maps\":1}],\"findings\":[" findings "]}\n"
#define FINDING(kind, element)                                                           \
    "{\"kind\":\"" kind "\",\"element\":" element                                        \
    ",\"factory\":\"videoconvert\",\"what\":\"does\"}"

static struct watch watch;

/* Through a file, as the tracer writes it. */
static enum audit_exit judge(const char *text, const struct audit_rules *rules)
{
    char path[] = "/tmp/zc-test-audit-XXXXXX";
    int fd = mkstemp(path);
    json_t *why = json_array(), *reports;
    enum audit_exit result;

    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    reports = verdict_read(path);
    unlink(path);
    if (!reports) {
        json_decref(why);
        return AUDIT_FAILED;
    }
    result = verdict_of(reports, &watch, rules, why);
    json_decref(reports);
    json_decref(why);
    return result;
}

static int new_watch(void **state)
{
    (void)state;
    watch_init(&watch, -1);
    watch.works = true;
    return 0;
}

static void the_worst_finding_counts(void **state)
{
    static const struct audit_rules none;

    (void)state;
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    assert_int_equal(judge(REPORT("0", FINDING("note", "\"a\"")), &none), AUDIT_CLEAN);
    assert_int_equal(judge(REPORT("0", FINDING("doubt", "null")), &none), AUDIT_UNKNOWN);
    assert_int_equal(
        judge(REPORT("0", FINDING("doubt", "null") "," FINDING("copy", "\"a\"")), &none),
        AUDIT_COPIES);
    /* Of all runs. */
    assert_int_equal(judge(REPORT("0", FINDING("copy", "\"a\"")) REPORT("0", ""), &none),
                     AUDIT_COPIES);
}

static void elements_are_allowed_by_name_or_factory(void **state)
{
    static const char *const names[] = {"a", "videoconvert"};
    const struct audit_rules first = {.allowed = names, .n_allowed = 1};
    const struct audit_rules second = {.allowed = names + 1, .n_allowed = 1};

    (void)state;
    assert_int_equal(judge(REPORT("0", FINDING("copy", "\"a\"")), &first), AUDIT_CLEAN);
    assert_int_equal(judge(REPORT("0", FINDING("copy", "\"b\"")), &first), AUDIT_COPIES);
    assert_int_equal(judge(REPORT("0", FINDING("copy", "\"b\"")), &second), AUDIT_CLEAN);
}

static void passes_of_the_gpu_are_allowed_unless_forbidden(void **state)
{
    const struct audit_rules none = {0}, strict = {.no_gpu_pass = true};

    (void)state;
    assert_int_equal(judge(REPORT("2", ""), &none), AUDIT_CLEAN);
    assert_int_equal(judge(REPORT("2", ""), &strict), AUDIT_COPIES);
}

static void a_mapping_beside_gstreamer_is_a_doubt(void **state)
{
    static const struct audit_rules none;

    (void)state;
    watch.n_files = 1;
    watch.file[0].inode = 7;
    watch.file[0].mappings = 1;
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    watch.file[0].mappings = 2;
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_UNKNOWN);
}

static void a_damaged_report_is_none(void **state)
{
    static const struct audit_rules none;

    (void)state;
    assert_int_equal(judge("{\"gpu-passes\":", &none), AUDIT_FAILED);
    assert_int_equal(judge("nonsense", &none), AUDIT_FAILED);
}

static void a_program_without_gstreamer_is_judged_by_its_calls(void **state)
{
    static const struct audit_rules none;

    (void)state;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
    watch.dequeues = watch.imports = 5;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch.n_files = 1;
    watch.mappings[WATCH_DMABUF] = watch.file[0].mappings = 1;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
    watch.software_gpu = true;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch.file[0].syncs = 60;
    assert_int_equal(judge("", &none), AUDIT_COPIES);
    watch.file[0].syncs = 2;
    watch.software_gpu = false;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch.mappings[WATCH_CAMERA] = 4;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
    watch.mappings[WATCH_DISPLAY] = 2;
    assert_int_equal(judge("", &none), AUDIT_COPIES);
}

/* Nothing was watched: nothing is known. */
static void what_is_not_watched_is_not_clean(void **state)
{
    static const struct audit_rules none;

    (void)state;
    watch.works = false;
    watch.dequeues = watch.imports = 5;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
}

#define audit_test(function)                                                             \
    {                                                                                    \
#function, function, new_watch, NULL, NULL                                       \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        audit_test(the_worst_finding_counts),
        audit_test(elements_are_allowed_by_name_or_factory),
        audit_test(passes_of_the_gpu_are_allowed_unless_forbidden),
        audit_test(a_mapping_beside_gstreamer_is_a_doubt),
        audit_test(a_damaged_report_is_none),
        audit_test(a_program_without_gstreamer_is_judged_by_its_calls),
        audit_test(what_is_not_watched_is_not_clean),
    };

    return cmocka_run_group_tests_name("audit verdict", tests, NULL, NULL);
}
