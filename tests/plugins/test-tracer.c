/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tracer's verdicts, on memfds that stand for dma-bufs of a heap. */
#include "mutant.h"
#include "tracer-rig.h"
#include "tracer/gstzerocopyreport.h"

#include <gst/app/gstappsink.h>
#include <string.h>

#define GREY "video/x-raw,format=GRAY8,width=128,height=96"
#define SOURCE "videotestsrc num-buffers=20 ! " GREY " ! "
#define HEAP "dmaheap name=heap heap=" FAKE_HEAP " ! "
#define BYTES (128 * 96)

static void assert_clean(const char *line)
{
    json_t *report = rig_run(line, NULL);

    rig_assert_verdict(report, "ZERO-COPY");
    assert_int_equal(rig_number(report, "frames"), 20);
    assert_string_equal(rig_text(rig_link_to(report, "sink"), "memory"), "heap fake");
    assert_int_equal(
        json_object_size(json_object_get(rig_link_to(report, "sink"), "frames-are")), 1);
    json_decref(report);
}

static void frames_that_go_on_untouched_are_clean(void **state)
{
    (void)state;
    assert_clean(SOURCE HEAP "fakesink name=sink");
    assert_clean(SOURCE HEAP "queue ! identity ! queue ! fakesink name=sink");
    assert_clean(SOURCE HEAP
                 "tee name=t ! queue ! fakesink name=sink t. ! queue ! fakesink");
    assert_clean(SOURCE HEAP "mutant way=0 ! fakesink name=sink");
    assert_clean(SOURCE HEAP "videoconvert ! fakesink name=sink");
}

static void a_source_that_draws_is_no_copy_but_told(void **state)
{
    json_t *report = rig_run(SOURCE HEAP "fakesink", NULL), *note;

    (void)state;
    note = json_array_get(json_object_get(report, "findings"), 0);
    assert_string_equal(rig_text(note, "kind"), "note");
    assert_string_equal(rig_text(note, "factory"), "videotestsrc");
    assert_int_equal(rig_number(note, "frames"), 20);
    json_decref(report);
}

static void a_kernel_is_asked_once_for_a_dma_buf(void **state)
{
    json_t *report;

    (void)state;
    fake_exporter_asked = 0;
    report = rig_run("videotestsrc num-buffers=200 ! " GREY " ! " HEAP "queue ! fakesink",
                     NULL);
    assert_true(fake_exporter_asked >= 1 && fake_exporter_asked <= 60);
    json_decref(report);
}

/* Runs a line in which @element copies all frames. */
static json_t *assert_copies(const char *line, const char *element, guint64 bytes)
{
    json_t *report = rig_run(line, NULL), *finding;

    rig_assert_verdict(report, "COPIES");
    finding = rig_finding(report, element);
    assert_non_null(finding);
    assert_string_equal(rig_text(finding, "kind"), "copy");
    assert_int_equal(rig_number(finding, "frames"), 20);
    assert_int_equal(rig_number(finding, "bytes-a-frame"), bytes);
    assert_true(*rig_text(finding, "why"));
    return report;
}

static void assert_why(json_t *report, const char *element, const char *why)
{
    const char *said = rig_text(rig_finding(report, element), "why");

    if (!strstr(said, why))
        fail_msg("\"%s\" has no \"%s\"", said, why);
    json_decref(report);
}

static void a_converter_is_named_with_what_it_converts(void **state)
{
    (void)state;
    assert_why(assert_copies(SOURCE HEAP
                             "videoconvert name=it ! video/x-raw,format=RGB ! "
                             "fakesink",
                             "it", 3 * BYTES),
               "it", "GRAY8 128x96 to RGB 128x96");
    assert_why(assert_copies(SOURCE HEAP
                             "tee name=t ! queue ! fakesink t. ! queue ! "
                             "videoscale name=it ! video/x-raw,width=64 ! fakesink",
                             "it", BYTES),
               "it", "to GRAY8 64x96");
}

static void a_tee_whose_frames_are_written_is_named(void **state)
{
    (void)state;
    assert_why(assert_copies(SOURCE HEAP "tee name=t ! queue ! fakesink t. ! queue ! "
                                         "mutant way=5 name=it ! fakesink",
                             "it", BYTES),
               "it", "it ");
}

static void a_pool_that_is_lost_is_told(void **state)
{
    (void)state;
    assert_why(assert_copies(SOURCE "tee name=t ! " HEAP "fakesink", "heap", BYTES),
               "heap", "t hands no pool on");
    assert_why(assert_copies(SOURCE "identity name=i drop-allocation=true ! " HEAP
                                    "fakesink",
                             "heap", BYTES),
               "heap", "i kept the pool");
}

static void pull_and_map(GstElement *pipeline)
{
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    GstSample *sample;

    while ((sample = gst_app_sink_pull_sample(GST_APP_SINK(sink)))) {
        GstMapInfo map;

        assert_true(gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ));
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
        gst_sample_unref(sample);
    }
    gst_object_unref(sink);
}

static void an_application_that_maps_is_told_by_its_sink(void **state)
{
    json_t *report = rig_run(SOURCE HEAP "appsink name=sink sync=false", pull_and_map);
    json_t *finding = rig_finding(report, "sink");

    (void)state;
    rig_assert_verdict(report, "COPIES");
    assert_non_null(finding);
    assert_int_equal(rig_number(finding, "frames"), 20);
    assert_string_equal(rig_text(finding, "sure"), "inferred");
    assert_why(report, "sink", "application");
}

static void say_in_window(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    (void)object, (void)id, (void)spec;
    g_value_set_boolean(value, TRUE);
}

static void install_in_window(gpointer klass, gpointer data)
{
    (void)data;
    G_OBJECT_CLASS(klass)->get_property = say_in_window;
    g_object_class_install_property(
        klass, 1, g_param_spec_boolean("in-window", NULL, NULL, FALSE, G_PARAM_READABLE));
}

/* A fakesink under another's name. */
static void register_as(const char *name, const char *type, GClassInitFunc init)
{
    GstElement *sink = gst_element_factory_make("fakesink", NULL);
    GTypeQuery query;
    GTypeInfo info = {0};

    g_type_query(G_OBJECT_TYPE(sink), &query);
    info.class_size = query.class_size;
    info.instance_size = query.instance_size;
    info.class_init = init;
    g_assert_true(gst_element_register(
        NULL, name, GST_RANK_NONE, g_type_register_static(query.type, type, &info, 0)));
    gst_object_unref(sink);
}

static void check_in_window(const char *line)
{
    json_t *report = rig_run(line, NULL), *finding;

    rig_assert_verdict(report, "CANNOT TELL");
    finding = rig_finding(report, "it");
    assert_non_null(finding);
    assert_string_equal(rig_text(finding, "sure"), "cannot be seen");
    assert_int_equal(rig_number(finding, "frames"), 20);
    assert_why(report, "it", "compositor");
}

static void what_a_compositor_shows_is_not_called_clean(void **state)
{
    (void)state;
    check_in_window(SOURCE HEAP "waylandsink name=it");
    check_in_window(SOURCE HEAP "says-in-window name=it");
}

static void no_dma_buf_is_not_clean(void **state)
{
    json_t *report = rig_run(SOURCE "queue ! fakesink", NULL);

    (void)state;
    rig_assert_verdict(report, "CANNOT TELL");
    assert_non_null(strstr(rig_text(rig_finding(report, ""), "what"), "no frame was in"));
    json_decref(report);
    /* A file that is no dma-buf, whatever GStreamer calls it. */
    fake_exporter_refuses = 1;
    report = rig_run(SOURCE HEAP "fakesink", NULL);
    fake_exporter_refuses = 0;
    rig_assert_verdict(report, "CANNOT TELL");
    json_decref(report);
}

static void an_end_by_error_has_its_report(void **state)
{
    json_t *report =
        rig_run(SOURCE HEAP "identity error-after=5 name=it ! fakesink", NULL);

    (void)state;
    assert_non_null(strstr(rig_text(report, "end"), "it failed: "));
    assert_true(rig_number(report, "frames") >= 1 && rig_number(report, "frames") <= 6);
    json_decref(report);
}

/* Before its sink has a frame: the pipeline is never in PAUSED. The next has its own. */
static void an_end_before_the_first_frame_has_its_report(void **state)
{
    json_t *report =
        rig_run(SOURCE HEAP "identity error-after=1 name=it ! fakesink", NULL);

    (void)state;
    assert_non_null(strstr(rig_text(report, "end"), "it failed: "));
    json_decref(report);
    assert_clean(SOURCE HEAP "fakesink name=sink");
}

static void a_line_without_frames_is_not_clean(void **state)
{
    json_t *report = rig_run("videotestsrc num-buffers=0 ! fakesink", NULL);

    (void)state;
    rig_assert_verdict(report, "CANNOT TELL");
    json_decref(report);
}

/* What is gone within a frame is seen from outside alone: see tests/audit. */
static void each_hidden_copy_is_named_or_not_called_clean(void **state)
{
    static const struct {
        const char *name, *verdict;
    } ways[MUTANT_WAYS] = {
        [MUTANT_DEEP] = {"deep", "COPIES"},
        [MUTANT_MAPS] = {"maps", "COPIES"},
        [MUTANT_HIDDEN] = {"hidden", "CANNOT TELL"},
        [MUTANT_SAME_POOL] = {"same pool", "CANNOT TELL"},
        [MUTANT_IN_PLACE] = {"in place", "COPIES"},
        [MUTANT_LISTENS] = {"listens", "CANNOT TELL"},
        [MUTANT_HOLDS] = {"holds", "COPIES"},
        [MUTANT_THREAD] = {"thread", "COPIES"},
        [MUTANT_RARELY] = {"rarely", "COPIES"},
    };

    (void)state;
    for (int way = 1; way < MUTANT_GLANCES; way++) {
        char *line =
            g_strdup_printf(SOURCE HEAP "mutant name=it way=%d ! queue ! fakesink", way);
        json_t *report = rig_run(line, NULL);

        if (strcmp(rig_text(report, "verdict"), ways[way].verdict))
            print_message("way: %s\n", ways[way].name);
        rig_assert_verdict(report, ways[way].verdict);
        json_decref(report);
        g_free(line);
    }
}

static GString *drawn[2];

/* While frames pass, so that the book has them. */
static void draw(GstElement *pipeline)
{
    struct gst_zerocopy_audit *audit;

    gst_element_get_state(pipeline, NULL, NULL, 5 * GST_SECOND);
    gst_zerocopy_book_lock();
    audit = gst_zerocopy_audit_new();
    gst_zerocopy_report_text(audit, "it goes on", drawn[0]);
    gst_zerocopy_report_dot(audit, "\"it\" goes on", drawn[1]);
    gst_zerocopy_audit_free(audit);
    gst_zerocopy_book_unlock();
}

static void text_fits_a_terminal_and_a_graph_is_whole(void **state)
{
    char **lines;

    (void)state;
    drawn[0] = g_string_new(NULL);
    drawn[1] = g_string_new(NULL);
    json_decref(rig_run(SOURCE HEAP "videoconvert name=a-converter-with-a-long-name ! "
                                    "video/x-raw,format=RGB ! fakesink sync=true",
                        draw));
    lines = g_strsplit(drawn[0]->str, "\n", -1);
    for (int i = 0; lines[i]; i++)
        if (g_utf8_strlen(lines[i], -1) > 79)
            fail_msg("%d columns: %s", (int)g_utf8_strlen(lines[i], -1), lines[i]);
    g_strfreev(lines);
    assert_non_null(strstr(drawn[0]->str, "\nCOPIES\n"));
    assert_non_null(strstr(drawn[1]->str, "label=\"COPIES; \\\"it\\\" goes on\""));
    assert_true(g_str_has_suffix(drawn[1]->str, "}\n"));
    g_string_free(drawn[0], TRUE);
    g_string_free(drawn[1], TRUE);
}

static const struct CMUnitTest tests[] = {
    plugin_test(frames_that_go_on_untouched_are_clean),
    plugin_test(a_source_that_draws_is_no_copy_but_told),
    plugin_test(a_kernel_is_asked_once_for_a_dma_buf),
    plugin_test(a_converter_is_named_with_what_it_converts),
    plugin_test(a_tee_whose_frames_are_written_is_named),
    plugin_test(a_pool_that_is_lost_is_told),
    plugin_test(an_application_that_maps_is_told_by_its_sink),
    plugin_test(what_a_compositor_shows_is_not_called_clean),
    plugin_test(no_dma_buf_is_not_clean),
    plugin_test(an_end_by_error_has_its_report),
    plugin_test(an_end_before_the_first_frame_has_its_report),
    plugin_test(a_line_without_frames_is_not_clean),
    plugin_test(text_fits_a_terminal_and_a_graph_is_whole),
    plugin_test(each_hidden_copy_is_named_or_not_called_clean),
};

int main(void)
{
    int failed;

    fixture_start();
    fixture_load("libgstapp.so");
    fixture_load("libgstvideoconvertscale.so");
    g_assert_true(mutant_register(NULL));
    register_as("waylandsink", "TestWindowSink", NULL);
    register_as("says-in-window", "TestSaysInWindow", install_in_window);
    rig_start("report=json");
    failed = cmocka_run_group_tests_name("tracer", tests, NULL, NULL);
    rig_end();
    return failed;
}
