/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tracer's verdicts of dmaheapsink in a window, by the word of a compositor of ours. */
#include "compositor.h"
#include "elements/gstdmaheapsink.h"
#include "tracer-rig.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of wp_presentation_feedback. */
#define ZERO_COPY 8
#define FRAMES "20"

/* The caller owns the report of a line that ends in a window. */
static json_t *show(const struct script *script)
{
    struct compositor compositor;
    json_t *report;
    char *line;

    compositor_start(&compositor, script);
    line = g_strdup_printf("videotestsrc num-buffers=" FRAMES
                           " ! video/x-raw,format=BGRx,width=64,height=32,framerate=60/1"
                           " ! dmaheapsink name=it heap=" FAKE_HEAP
                           " newest-frame=false display=%s",
                           compositor.socket);
    report = rig_run(line, NULL);
    compositor_stop(&compositor);
    g_free(line);
    return report;
}

/* A note of an element. */
static json_t *note_of(json_t *report, const char *element, const char *words)
{
    json_t *finding;
    size_t i;

    json_array_foreach(json_object_get(report, "findings"), i, finding)
        if (!strcmp(rig_text(finding, "element"), element) &&
            !strcmp(rig_text(finding, "kind"), "note") &&
            strstr(rig_text(finding, "what"), words))
            return finding;
    fail_msg("no note of %s has \"%s\"", element, words);
    return NULL;
}

static void what_a_plane_shows_is_clean(void **state)
{
    const struct script script = {
        .dmabuf_version = 3, .clock = CLOCK_MONOTONIC, .ticks = true, .flags = ZERO_COPY};
    json_t *report = show(&script), *note;

    (void)state;
    rig_assert_verdict(report, "ZERO-COPY");
    note = note_of(report, "it", "on a plane");
    assert_string_equal(rig_text(note, "signal"), "the compositor's word");
    assert_true(rig_number(note, "frames") > 0);
    json_decref(report);
}

static void what_it_draws_is_a_pass(void **state)
{
    const struct script script = {
        .dmabuf_version = 3, .clock = CLOCK_MONOTONIC, .ticks = true};
    json_t *report = show(&script);

    (void)state;
    rig_assert_verdict(report, "GPU PASSES 1");
    assert_int_equal(rig_number(report, "gpu-passes"), 1);
    assert_true(rig_number(note_of(report, "it", "draws them"), "frames") > 0);
    json_decref(report);
}

static void what_it_does_not_tell_is_a_doubt(void **state)
{
    const struct script script = {
        .dmabuf_version = 3, .no_presentation = true, .ticks = true};
    json_t *report = show(&script);

    (void)state;
    rig_assert_verdict(report, "CANNOT TELL");
    assert_string_equal(rig_text(rig_finding(report, "it"), "sure"), "cannot be seen");
    json_decref(report);
}

static const struct CMUnitTest tests[] = {
    plugin_test(what_a_plane_shows_is_clean),
    plugin_test(what_it_draws_is_a_pass),
    plugin_test(what_it_does_not_tell_is_a_doubt),
};

int main(void)
{
    int failed;

    unsetenv("WAYLAND_DISPLAY");
    fixture_start();
    g_assert_true(GST_ELEMENT_REGISTER(dmaheapsink, NULL));
    rig_start("report=json");
    failed = cmocka_run_group_tests_name("tracer-window", tests, NULL, NULL);
    rig_end();
    return failed;
}
