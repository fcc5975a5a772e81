/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a pipeline with dmaheap leaves alive, as GStreamer's own tracer "leaks" sees it. */
#define GST_USE_UNSTABLE_API
#include "fixture.h"
#include "memory/gstdmaheapculprit.h"

#include <gst/gsttracer.h>
#include <gst/gsttracerfactory.h>

#define LINE(properties)                                                                 \
    "videotestsrc num-buffers=5 ! video/x-raw,format=GRAY8,width=64,height=48 ! "        \
    "dmaheap name=heap heap=" FAKE_HEAP " " properties " ! queue ! fakesink"
/* A tee passes no pool on, so that frames are copied. */
#define COPIES                                                                           \
    "videotestsrc num-buffers=5 ! video/x-raw,format=GRAY8,width=64,height=48 ! "        \
    "tee ! dmaheap name=heap heap=" FAKE_HEAP " ! fakesink"

static GstTracer *tracer;

/* It looks on from here; the registry is not there to start it with. */
static void start_tracer(void)
{
    GstPluginFeature *feature;

    fixture_load("libgstcoretracers.so");
    feature =
        gst_registry_find_feature(gst_registry_get(), "leaks", GST_TYPE_TRACER_FACTORY);
    g_assert_nonnull(feature);
    tracer = g_object_new(gst_tracer_factory_get_tracer_type(GST_TRACER_FACTORY(feature)),
                          NULL);
    gst_object_unref(feature);
}

/* Gives how many frames were copied. */
static guint64 run(const char *line)
{
    GError *error = NULL;
    GstElement *pipeline = gst_parse_launch(line, &error), *heap;
    GstStructure *stats;
    guint64 copied = 0;
    GstBus *bus = gst_element_get_bus(pipeline);
    GstMessage *message;

    g_assert_no_error(error);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND,
                                         GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    assert_non_null(message);
    gst_message_unref(message);
    heap = gst_bin_get_by_name(GST_BIN(pipeline), "heap");
    g_object_get(heap, "stats", &stats, NULL);
    gst_structure_get_uint64(stats, "copied", &copied);
    gst_structure_free(stats);
    gst_object_unref(heap);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(pipeline);
    return copied;
}

/* Adds @step for each object of a list of a checkpoint, by type and address. */
static void count_objects(GHashTable *counts, const GstStructure *checkpoint,
                          const char *list, int step)
{
    const GValue *objects = gst_structure_get_value(checkpoint, list);

    for (guint i = 0; i < gst_value_list_get_size(objects); i++) {
        const GstStructure *object =
            gst_value_get_structure(gst_value_list_get_value(objects, i));
        char *key = g_strconcat(gst_structure_get_string(object, "type-name"), " ",
                                gst_structure_get_string(object, "address"), NULL);
        int count = GPOINTER_TO_INT(g_hash_table_lookup(counts, key)) + step;

        g_hash_table_insert(counts, key, GINT_TO_POINTER(count));
    }
}

static int report_alive(GHashTable *counts, gboolean aloud)
{
    GHashTableIter iter;
    gpointer key, count;
    int alive = 0;

    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &key, &count)) {
        if (GPOINTER_TO_INT(count) <= 0)
            continue;
        alive++;
        if (aloud)
            print_message("still there: %s\n", (char *)key);
    }
    return alive;
}

/* What was made since the tracking began, and is still there. A thread of a pool may have
 * a moment left to end in. */
static int count_alive(void)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int alive;

    for (int i = 0; i < 100; i++) {
        GstStructure *checkpoint = NULL;

        g_signal_emit_by_name(tracer, "activity-get-checkpoint", &checkpoint);
        assert_non_null(checkpoint);
        count_objects(counts, checkpoint, "objects-created-list", 1);
        count_objects(counts, checkpoint, "objects-removed-list", -1);
        gst_structure_free(checkpoint);
        if (!report_alive(counts, FALSE))
            break;
        g_usleep(10000);
    }
    alive = report_alive(counts, TRUE);
    g_hash_table_unref(counts);
    return alive;
}

static void assert_leaves_nothing(const char *line)
{
    int alive;

    /* What is made once for all is made now. */
    run(line);
    g_signal_emit_by_name(tracer, "activity-start-tracking");
    run(line);
    alive = count_alive();
    g_signal_emit_by_name(tracer, "activity-stop-tracking");
    assert_int_equal(alive, 0);
}

static void a_pipeline_leaves_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(LINE(""));
    assert_leaves_nothing(LINE("separate-planes=true min-buffers=8"));
}

static void a_pipeline_that_copies_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(run(COPIES), 5);
    assert_leaves_nothing(COPIES);
}

static void a_pipeline_that_warns_leaves_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(LINE("cpu-access=warn"));
}

static void a_pipeline_that_fails_leaves_nothing(void **state)
{
    (void)state;
    assert_leaves_nothing(LINE("cpu-access=deny"));
}

/* That it would be seen. */
static void what_is_left_is_seen(void **state)
{
    GstDmaHeapAllocator *allocator;
    int alive;

    (void)state;
    g_signal_emit_by_name(tracer, "activity-start-tracking");
    run(LINE(""));
    allocator = new_allocator();
    alive = count_alive();
    g_signal_emit_by_name(tracer, "activity-stop-tracking");
    gst_object_unref(allocator);
    assert_int_equal(alive, 1);
}

static const struct CMUnitTest tests[] = {
    plugin_test(a_pipeline_leaves_nothing),
    plugin_test(a_pipeline_that_copies_leaves_nothing),
    plugin_test(a_pipeline_that_warns_leaves_nothing),
    plugin_test(a_pipeline_that_fails_leaves_nothing),
    plugin_test(what_is_left_is_seen),
};

int main(void)
{
    int result;

    fixture_start();
    start_tracer();
    result = cmocka_run_group_tests_name("plugin-leaks", tests, NULL, NULL);
    gst_object_unref(tracer);
    return result;
}
