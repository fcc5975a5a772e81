/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Element dmaheap in pipelines: sources that draw into the heap, and who reads frames. */
#include "stand.h"

#include <string.h>

/* Reads each frame that an identity or a fakesink hands on. */
static void map_frame(GstElement *element, GstBuffer *buffer)
{
    GstMapInfo map;

    (void)element;
    if (gst_buffer_map(buffer, &map, GST_MAP_READ))
        gst_buffer_unmap(buffer, &map);
}

/* Runs @line until its end or an error; its messages are then on the stand's bus. */
static GstElement *run(struct stand *stand, const char *line)
{
    GError *error = NULL;
    GstElement *pipeline = gst_parse_launch(line, &error), *reader;
    GstMessage *message;

    g_assert_no_error(error);
    *stand = (struct stand){.bus = gst_bus_new()};
    reader = gst_bin_get_by_name(GST_BIN(pipeline), "reader");
    if (reader) {
        g_object_set(reader, "signal-handoffs", TRUE, NULL);
        g_signal_connect(reader, "handoff", G_CALLBACK(map_frame), NULL);
        gst_object_unref(reader);
    }
    stand->element = gst_bin_get_by_name(GST_BIN(pipeline), "heap");
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    /* All are put on another bus, where they may be looked through. */
    for (;;) {
        gboolean over;

        message = gst_bus_timed_pop(GST_ELEMENT_BUS(pipeline), 20 * GST_SECOND);
        assert_non_null(message);
        over = GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS ||
               GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
        gst_bus_post(stand->bus, message);
        if (over)
            return pipeline;
    }
}

static void end(struct stand *stand, GstElement *pipeline)
{
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(stand->element);
    gst_object_unref(pipeline);
    gst_bus_set_flushing(stand->bus, TRUE);
    gst_object_unref(stand->bus);
}

#define HEAP "dmaheap name=heap heap=" FAKE_HEAP " "
/* Of one plane, which is mapped once a frame. */
#define SOURCE                                                                           \
    "videotestsrc name=drawer num-buffers=10 ! "                                         \
    "video/x-raw,format=GRAY8,width=64,height=48 ! "

static void a_source_draws_into_the_heap(void **state)
{
    struct stand stand;
    GstElement *pipeline = run(&stand, SOURCE HEAP "! fakesink");

    (void)state;
    assert_int_equal(stand_stat(&stand, "passed"), 10);
    assert_int_equal(stand_stat(&stand, "copied"), 0);
    assert_int_equal(stand_stat(&stand, "cpu-maps"), 10);
    assert_int_equal(
        stand_messages(&stand, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL), 0);
    assert_int_equal(fake_sync_open(), 0);
    end(&stand, pipeline);
}

/* As libcamerasrc sends them, to an element that takes pixels of all shapes. */
static void pixels_of_no_named_shape_are_square(void **state)
{
    GstHarness *harness = gst_harness_new_parse(
        HEAP "! capsfilter caps=video/x-raw,pixel-aspect-ratio=[1/100,100/1]");
    gint n = 0, d = 0;
    GstCaps *caps;

    (void)state;
    gst_harness_set_src_caps_str(harness, "video/x-raw,format=GRAY8,width=64,height=48");
    gst_harness_push(harness, gst_harness_create_buffer(harness, 64 * 48));
    caps = gst_pad_get_current_caps(harness->sinkpad);
    assert_non_null(caps);
    gst_structure_get_fraction(gst_caps_get_structure(caps, 0), "pixel-aspect-ratio", &n,
                               &d);
    assert_int_equal(n, 1);
    assert_int_equal(d, 1);
    gst_caps_unref(caps);
    gst_harness_teardown(harness);
}

static void two_heaps_in_line_copy_nothing(void **state)
{
    struct stand stand;
    GstElement *pipeline =
        run(&stand, SOURCE HEAP "! dmaheap heap=" FAKE_HEAP " ! fakesink");

    (void)state;
    assert_int_equal(stand_stat(&stand, "copied"), 0);
    assert_int_equal(stand_stat(&stand, "passed"), 10);
    end(&stand, pipeline);
}

static void behind_a_tee_and_queues_it_goes_on(void **state)
{
    struct stand stand;
    GstElement *pipeline =
        run(&stand, SOURCE "queue ! " HEAP "! tee name=t t. ! queue ! fakesink "
                           "t. ! queue ! fakesink");

    (void)state;
    assert_int_equal(stand_stat(&stand, "passed"), 10);
    assert_int_equal(stand_stat(&stand, "copied"), 0);
    end(&stand, pipeline);
}

static void who_reads_is_warned_of_once(void **state)
{
    struct stand stand;
    GstElement *pipeline = run(&stand, SOURCE HEAP "cpu-access=warn ! identity ! queue ! "
                                                   "identity name=reader ! fakesink");
    GstMessage *message;
    int readers = 0, all = 0;

    (void)state;
    while ((message = gst_bus_pop_filtered(stand.bus, GST_MESSAGE_WARNING))) {
        GError *error = NULL;

        gst_message_parse_warning(message, &error, NULL);
        readers += strcmp(error->message, "reader reads frames with the CPU") == 0;
        all++;
        g_error_free(error);
        gst_message_unref(message);
    }
    assert_int_equal(readers, 1);
    /* The other is the source, which draws. */
    assert_int_equal(all, 2);
    assert_int_equal(stand_stat(&stand, "cpu-maps"), 20);
    end(&stand, pipeline);
}

static void who_may_not_write_is_named(void **state)
{
    struct stand stand;
    GstElement *pipeline = run(&stand, SOURCE HEAP "cpu-access=deny ! fakesink");
    char *text;

    (void)state;
    assert_true(stand_messages(&stand, GST_MESSAGE_ERROR, &text) >= 1);
    assert_string_equal(text,
                        "the thread \"drawer:src\" writes a frame with the CPU, which "
                        "cpu-access=deny forbids");
    g_free(text);
    assert_int_equal(stand_stat(&stand, "cpu-maps"), 0);
    end(&stand, pipeline);
}

/* Who was warned of is told of again when it is denied. */
static void denying_later_is_told(void **state)
{
    struct stand stand;
    GstElement *pipeline =
        run(&stand, SOURCE HEAP "cpu-access=warn ! identity name=reader ! "
                                "fakesink name=end enable-last-sample=true");
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "end");
    GstSample *sample;
    GstMapInfo map;
    char *text;

    (void)state;
    g_object_get(sink, "last-sample", &sample, NULL);
    assert_true(gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ));
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    stand_messages(&stand, GST_MESSAGE_ANY, NULL);
    g_object_set(stand.element, "cpu-access", GST_DMA_HEAP_CPU_ACCESS_DENY, NULL);
    for (int i = 0; i < 3; i++)
        assert_false(gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ));
    gst_object_unref(stand.bus);
    stand.bus = gst_element_get_bus(pipeline);
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, "reads a frame with the CPU, which cpu-access=deny"));
    g_free(text);
    gst_sample_unref(sample);
    gst_object_unref(sink);
    end(&stand, pipeline);
}

static void a_source_without_video_is_an_error(void **state)
{
    struct stand stand;
    GstElement *pipeline = run(
        &stand, "fakesrc num-buffers=3 sizetype=fixed sizemax=4096 ! " HEAP "! fakesink");

    (void)state;
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, NULL), 1);
    end(&stand, pipeline);
}

static void pipelines_leave_no_fd_open(void **state)
{
    struct stand stand;
    int before;

    (void)state;
    end(&stand, run(&stand, SOURCE HEAP "! fakesink"));
    before = count_fds();
    for (int i = 0; i < 20; i++)
        end(&stand, run(&stand, SOURCE HEAP "! queue ! fakesink"));
    /* A thread of the first may close its own only after these were counted. */
    assert_true(count_fds() <= before);
}

static const struct CMUnitTest tests[] = {
    plugin_test(a_source_draws_into_the_heap),
    plugin_test(pixels_of_no_named_shape_are_square),
    plugin_test(two_heaps_in_line_copy_nothing),
    plugin_test(behind_a_tee_and_queues_it_goes_on),
    plugin_test(who_reads_is_warned_of_once),
    plugin_test(who_may_not_write_is_named),
    plugin_test(denying_later_is_told),
    plugin_test(a_source_without_video_is_an_error),
    plugin_test(pipelines_leave_no_fd_open),
};

PLUGIN_TEST_MAIN("plugin-dmaheap-line", tests)
