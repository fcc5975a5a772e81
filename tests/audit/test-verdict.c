/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What zc-audit makes of reports, and of system calls where there are none. */
#include "../unit/test.h"
#include "audit/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPORT(passes, findings)                                                         \
    "{\"gpu-passes\":" passes                                                            \
    ",\"dma-bufs\":[{\"inode\":7,\"maps\":1}],\"findings\":[" findings "]}\n"
#define FINDING(kind, element)                                                           \
    "{\"kind\":\"" kind "\",\"element\":" element                                        \
    ",\"factory\":\"videoconvert\",\"what\":\"does\"}"

static struct audit_seen seen;
static struct watch *const watch = &seen.watch;

/* Through a file, as the tracer writes it. */
static json_t *said; /* of the last verdict */

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
    result = verdict_of(reports, &seen, rules, why);
    json_decref(reports);
    json_decref(said);
    said = why;
    return result;
}

static int times_said(const char *words)
{
    json_t *sentence;
    size_t i;
    int n = 0;

    json_array_foreach(said, i, sentence)
        n += strstr(json_string_value(sentence), words) != NULL;
    return n;
}

static int new_watch(void **state)
{
    (void)state;
    seen = (struct audit_seen){0};
    watch_init(watch, -1);
    watch->works = true;
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
    watch->n_files = 1;
    watch->file[0].inode = 7;
    watch->file[0].mappings = 1;
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    watch->file[0].mappings = 2;
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
    watch->queues = watch->imports = 5;
    /* Other dma-bufs are shown than the camera fills. */
    watch->n_files = 2;
    watch->file[0].filled = watch->file[1].imported = true;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
    assert_int_equal(times_said("no dma-buf that the camera fills was imported"), 1);
    watch->file[0].imported = true;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    /* A GPU in software reads by a mapping. */
    watch->file[0].imported = false;
    watch->mappings[WATCH_DMABUF] = watch->file[0].mappings = 1;
    watch->software_gpu = true;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch->software_gpu = false;
    watch->mappings[WATCH_DMABUF] = watch->file[0].mappings = 0;
    watch->n_files = 1;
    watch->unread = 1;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch->mappings[WATCH_DMABUF] = watch->file[0].mappings = 1;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
    watch->software_gpu = true;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch->file[0].syncs = 60;
    assert_int_equal(judge("", &none), AUDIT_COPIES);
    watch->file[0].syncs = 2;
    watch->software_gpu = false;
    assert_int_equal(judge("", &none), AUDIT_CLEAN);
    watch->mappings[WATCH_CAMERA] = 4;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
    watch->mappings[WATCH_DISPLAY] = 2;
    assert_int_equal(judge("", &none), AUDIT_COPIES);
}

/* Nothing was watched: nothing is known. */
static void what_is_not_watched_is_not_clean(void **state)
{
    static const struct audit_rules none;

    (void)state;
    watch->works = false;
    watch->queues = watch->imports = 5;
    assert_int_equal(judge("", &none), AUDIT_UNKNOWN);
}

static void use(const char *driver, const char *path)
{
    int i = watch->n_devices++;

    snprintf(watch->device[i].driver, sizeof(watch->device[i].driver), "%s", driver);
    snprintf(watch->device[i].path, sizeof(watch->device[i].path), "%s", path);
}

/* The devices are made up: no such hardware is here. */
static void drivers_are_named_for_what_they_do(void **state)
{
    static const struct audit_rules none;

    (void)state;
    use("vc4-drm", "/sys/devices/platform/gpu/drm/card0");
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    assert_int_equal(times_said("driver "), 0);
    use("v3d", "/sys/devices/platform/axi/v3d/drm/renderD128");
    use("uvcvideo", "/sys/devices/pci0000:00/0000:00:14.0/usb3/3-1/video4linux/video0");
    use("uvcvideo", "/sys/devices/pci0000:00/0000:00:14.0/usb3/3-1/video4linux/video1");
    use("made-up", "/sys/devices/pci0000:00/0000:00:14.0/usb3/3-2/video4linux/video2");
    use("made-up-2", "/sys/devices/pci0000:00/0000:00:15.0/video4linux/video3");
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    assert_int_equal(times_said("driver v3d draws"), 1);
    assert_int_equal(times_said("driver uvcvideo copies each picture out of USB"), 1);
    assert_int_equal(times_said("driver made-up copies each picture out of USB"), 1);
    assert_int_equal(times_said("made-up-2"), 0);
}

static void tell_bounces(const char *text)
{
    bounce_read(&seen.bounce, text, strlen(text));
}

static void bounces_of_its_devices_are_copies(void **state)
{
    static const struct audit_rules none;

    (void)state;
    use("made-up", "/sys/devices/platform/camera.1/video4linux/video1");
    tell_bounces("  gst-12 [000] .... 1.5: swiotlb_bounced: dev_name: virtio0 "
                 "dma_mask=ffffffff dev_addr=7f000 size=512 FORCE\n");
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    assert_int_equal(times_said("none of the program's cameras, displays and GPUs: 512"),
                     1);
    /* In parts, as it may be read. */
    tell_bounces("  gst-12 [000] .... 1.6: swiotlb_bounced: dev_name: camera.1 dma_");
    tell_bounces("mask=ffffffff dev_addr=8f000 size=4096 NORMAL\n  gst-12 [000] ....");
    tell_bounces(
        " 1.7: swiotlb_bounced: dev_name: camera.1 dma_mask=0 dev_addr=0 size=1 X\n");
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_COPIES);
    assert_int_equal(times_said("camera.1 has bounce buffers"), 1);
    assert_int_equal(times_said("4097 bytes in 2 mappings"), 1);
    /* Of a device whose name is only the beginning of another's. */
    assert_int_equal(seen.bounce.n_devices, 2);
    tell_bounces("x swiotlb_bounced: dev_name: camera dma_mask=0 dev_addr=0 size=1 X\n");
    assert_int_equal(seen.bounce.n_devices, 3);
    judge(REPORT("0", ""), &none);
    assert_int_equal(times_said("has bounce buffers"), 1);
}

static void lost_lines_are_a_doubt(void **state)
{
    static const struct audit_rules none;

    (void)state;
    tell_bounces("CPU:0 [LOST 3 EVENTS]\n");
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_UNKNOWN);
}

static void what_is_not_seen_is_said(void **state)
{
    static const struct audit_rules none;

    (void)state;
    seen.bounce.error = -EACCES;
    assert_int_equal(judge(REPORT("0", ""), &none), AUDIT_CLEAN);
    assert_int_equal(
        times_said("bounce buffers (swiotlb) cannot be seen: that needs root"), 1);
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
        audit_test(drivers_are_named_for_what_they_do),
        audit_test(bounces_of_its_devices_are_copies),
        audit_test(lost_lines_are_a_doubt),
        audit_test(what_is_not_seen_is_said),
    };

    return cmocka_run_group_tests_name("audit verdict", tests, NULL, NULL);
}
