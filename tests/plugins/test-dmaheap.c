/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Element dmaheap: what it passes on, and what it says of bad input. */
#include "stand.h"

#include <errno.h>
#include <string.h>

#define GREY video_caps("GRAY8", 60, 20)

static void buffers_of_the_heap_pass_untouched(void **state)
{
    GstCaps *caps = GREY;
    struct stand stand;
    GstBufferPool *pool;
    GstQuery *answer;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    pool = stand_pool(answer);
    for (int i = 0; i < 5; i++) {
        GstBuffer *buffer = acquire(pool), *out;
        guint64 inode = inode_of_memory(gst_buffer_peek_memory(buffer, 0));

        assert_int_equal(stand_push(&stand, buffer), GST_FLOW_OK);
        out = stand_pull(&stand);
        assert_ptr_equal(out, buffer);
        assert_true(inode_of_memory(gst_buffer_peek_memory(out, 0)) == inode);
        gst_buffer_unref(out);
    }
    assert_int_equal(stand_stat(&stand, "passed"), 5);
    assert_int_equal(stand_stat(&stand, "foreign"), 0);
    assert_int_equal(stand_stat(&stand, "copied"), 0);
    assert_int_equal(stand_stat(&stand, "cpu-maps"), 0);
    assert_int_equal(
        stand_messages(&stand, GST_MESSAGE_WARNING | GST_MESSAGE_ERROR, NULL), 0);
    free_pool(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
}

static void dma_bufs_of_others_pass_and_are_told_of_once(void **state)
{
    GstDmaHeapAllocator *others = new_allocator();
    struct stand stand;
    char *text;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    stand_messages(&stand, GST_MESSAGE_INFO, NULL);
    for (int i = 0; i < 3; i++) {
        GstBuffer *buffer = gst_buffer_new(), *out;

        gst_buffer_append_memory(buffer,
                                 gst_allocator_alloc(GST_ALLOCATOR(others), 1200, NULL));
        assert_int_equal(stand_push(&stand, buffer), GST_FLOW_OK);
        out = stand_pull(&stand);
        assert_ptr_equal(out, buffer);
        gst_buffer_unref(out);
    }
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_INFO, &text), 1);
    assert_non_null(strstr(text, "passed on as they are"));
    g_free(text);
    assert_int_equal(stand_stat(&stand, "foreign"), 3);
    assert_int_equal(stand_stat(&stand, "copied"), 0);
    stand_down(&stand);
    gst_object_unref(others);
}

static void caps_are_bridged(void **state)
{
    static const char dma_bufs[] =
        "video/x-raw(memory:DMABuf),format=GRAY8,width=60,height=20,framerate=30/1";
    GstDmaHeapAllocator *others = new_allocator();
    struct stand stand;
    GstCaps *caps;

    (void)state;
    for (int i = 0; i < 2; i++) {
        GstCaps *wanted = i ? gst_caps_from_string(dma_bufs) : GREY;
        GstBuffer *buffer = gst_buffer_new();

        stand_up(&stand, "");
        stand_set_caps(&stand, i ? GREY : gst_caps_from_string(dma_bufs),
                       gst_caps_ref(wanted));
        gst_buffer_append_memory(buffer,
                                 gst_allocator_alloc(GST_ALLOCATOR(others), 1200, NULL));
        assert_int_equal(stand_push(&stand, buffer), GST_FLOW_OK);
        assert_ptr_equal(stand_pull(&stand), buffer);
        gst_buffer_unref(buffer);
        caps = gst_pad_get_current_caps(stand.harness->sinkpad);
        assert_true(gst_caps_is_equal(caps, wanted));
        gst_caps_unref(caps);
        gst_caps_unref(wanted);
        stand_down(&stand);
    }
    gst_object_unref(others);
}

#if GST_CHECK_VERSION(1, 24, 0)
static void what_is_not_linear_is_refused(void **state)
{
    static const char tiled[] = "video/x-raw(memory:DMABuf),format=DMA_DRM,"
                                "drm-format=NV12:0x0100000000000002,width=64,height=64,"
                                "framerate=30/1";
    struct stand stand;
    char *text;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, gst_caps_from_string(tiled), gst_caps_from_string(tiled));
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, "NV12:0x0100000000000002 is not linear"));
    g_free(text);
    stand_push(&stand, grey_picture(PAGE, 1));
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, NULL), 0);
    stand_down(&stand);
}
#endif

static void an_unknown_heap_is_an_error(void **state)
{
    GstElement *element = gst_element_factory_make("dmaheap", NULL);
    struct stand stand = {.bus = gst_bus_new()};
    char *text;

    (void)state;
    gst_element_set_bus(element, stand.bus);
    g_object_set(element, "heap", "no-such-heap", NULL);
    assert_int_equal(gst_element_set_state(element, GST_STATE_PAUSED),
                     GST_STATE_CHANGE_FAILURE);
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, "heap \"no-such-heap\": "));
    assert_non_null(strstr(text, "this kernel has "));
    g_free(text);
    /* It may be put right, and tried again. */
    g_object_set(element, "heap", FAKE_HEAP, NULL);
    assert_int_equal(gst_element_set_state(element, GST_STATE_PAUSED),
                     GST_STATE_CHANGE_SUCCESS);
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_INFO, &text), 1);
    assert_string_equal(text, "frames are in heap null (asked for)");
    g_free(text);
    gst_element_set_state(element, GST_STATE_NULL);
    gst_element_set_bus(element, NULL);
    gst_object_unref(element);
    gst_object_unref(stand.bus);
}

static void an_exhausted_heap_is_an_error(void **state)
{
    g_autofree char *said =
        g_strdup_printf("cannot allocate %zu bytes from heap null", MAX(PAGE, 8192));
    GstCaps *caps = GREY;
    struct stand stand;
    GstBufferPool *pool;
    GstQuery *answer;
    char *text;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    fake_kernel.alloc_error = -ENOMEM;
    gst_query_parse_nth_allocation_pool(answer, 0, &pool, NULL, NULL, NULL);
    assert_false(gst_buffer_pool_set_active(pool, TRUE));
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
    assert_non_null(strstr(text, "heap holds 0 buffers of 0 bytes"));
    assert_non_null(strstr(text, said));
    g_free(text);
    assert_false(gst_buffer_pool_set_active(pool, TRUE));
    assert_int_equal(stand_push(&stand, grey_picture(1200, 1)), GST_FLOW_ERROR);
    assert_int_equal(
        stand_messages(&stand, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING, NULL), 0);
    gst_object_unref(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
}

static GstBuffer *corrupted_buffer(GstDmaHeapAllocator *allocator)
{
    GstBuffer *buffer = gst_buffer_new();

    gst_buffer_append_memory(buffer,
                             gst_allocator_alloc(GST_ALLOCATOR(allocator), 1200, NULL));
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_CORRUPTED);
    return buffer;
}

static void corrupted_frames_are_dropped_and_counted(void **state)
{
    GstDmaHeapAllocator *others = new_allocator();
    struct stand stand;
    guint64 corrupted;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    stand_messages(&stand, GST_MESSAGE_INFO, NULL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(stand_push(&stand, corrupted_buffer(others)), GST_FLOW_OK);
    assert_null(gst_harness_try_pull(stand.harness));
    assert_int_equal(stand_messages(&stand, GST_MESSAGE_INFO, NULL), 1);
    g_object_set(stand.element, "show-corrupted", TRUE, NULL);
    assert_int_equal(stand_push(&stand, corrupted_buffer(others)), GST_FLOW_OK);
    gst_buffer_unref(stand_pull(&stand));
    g_object_get(stand.element, "corrupted", &corrupted, NULL);
    assert_true(corrupted == 4);
    assert_int_equal(stand_stat(&stand, "corrupted"), 4);
    assert_int_equal(stand_stat(&stand, "foreign"), 1);
    stand_down(&stand);
    gst_object_unref(others);
}

static void buffers_before_caps_are_no_crash(void **state)
{
    struct stand stand;
    GstSegment segment;

    (void)state;
    stand_up(&stand, "");
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(stand.harness->srcpad, gst_event_new_stream_start("test"));
    gst_pad_push_event(stand.harness->srcpad, gst_event_new_segment(&segment));
    assert_int_equal(gst_pad_push(stand.harness->srcpad, grey_picture(1200, 1)),
                     GST_FLOW_NOT_NEGOTIATED);
    stand_down(&stand);
}

static void states_may_change_a_hundred_times(void **state)
{
    GstElement *element = gst_element_factory_make("dmaheap", NULL);
    int before;

    (void)state;
    g_object_set(element, "heap", FAKE_HEAP, NULL);
    gst_element_set_state(element, GST_STATE_PLAYING);
    gst_element_set_state(element, GST_STATE_NULL);
    before = count_fds();
    for (int i = 0; i < 100; i++) {
        assert_int_equal(gst_element_set_state(element, GST_STATE_PLAYING),
                         GST_STATE_CHANGE_SUCCESS);
        if (i % 2)
            gst_element_set_state(element, GST_STATE_READY);
        assert_int_equal(gst_element_set_state(element, GST_STATE_NULL),
                         GST_STATE_CHANGE_SUCCESS);
    }
    assert_int_equal(count_fds(), before);
    gst_object_unref(element);
}

static void sizes_may_change_a_thousand_times(void **state)
{
    struct stand stand;
    int after_ten = 0;

    (void)state;
    stand_up(&stand, "");
    for (int i = 0; i < 1000; i++) {
        GstCaps *caps = video_caps("GRAY8", 64 + i % 2 * 256, 16);
        GstBufferPool *pool;
        GstBuffer *buffer;
        GstQuery *answer;

        stand_set_caps(&stand, gst_caps_ref(caps), gst_caps_ref(caps));
        answer = stand_ask(&stand, caps);
        pool = stand_pool(answer);
        assert_int_equal(stand_push(&stand, acquire(pool)), GST_FLOW_OK);
        buffer = stand_pull(&stand);
        assert_int_equal(gst_buffer_get_video_meta(buffer)->width, 64 + i % 2 * 256);
        gst_buffer_unref(buffer);
        free_pool(pool);
        gst_query_unref(answer);
        gst_caps_unref(caps);
        if (i == 10)
            after_ten = count_fds();
    }
    assert_int_equal(count_fds(), after_ten);
    assert_true(fake_kernel.allocations <= 6);
    stand_down(&stand);
}

static void its_properties_say_what_they_are(void **state)
{
    GstElement *element = gst_element_factory_make("dmaheap", NULL);
    GParamSpec **specs;
    guint n, own = 0;

    (void)state;
    specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &n);
    for (guint i = 0; i < n; i++) {
        GValue value = G_VALUE_INIT;

        if (specs[i]->owner_type != G_OBJECT_TYPE(element))
            continue;
        own++;
        assert_true(strlen(g_param_spec_get_blurb(specs[i])) > 20);
        g_object_get_property(G_OBJECT(element), specs[i]->name, &value);
        if (specs[i]->flags & G_PARAM_WRITABLE) {
            assert_true(g_param_value_defaults(specs[i], &value));
            g_object_set_property(G_OBJECT(element), specs[i]->name, &value);
        }
        g_value_unset(&value);
    }
    assert_true(own >= 8);
    g_free(specs);
    gst_object_unref(element);
}

static const struct CMUnitTest tests[] = {
    plugin_test(corrupted_frames_are_dropped_and_counted),
    plugin_test(buffers_of_the_heap_pass_untouched),
    plugin_test(dma_bufs_of_others_pass_and_are_told_of_once),
    plugin_test(caps_are_bridged),
#if GST_CHECK_VERSION(1, 24, 0)
    plugin_test(what_is_not_linear_is_refused),
#endif
    plugin_test(an_unknown_heap_is_an_error),
    plugin_test(an_exhausted_heap_is_an_error),
    plugin_test(buffers_before_caps_are_no_crash),
    plugin_test(states_may_change_a_hundred_times),
    plugin_test(sizes_may_change_a_thousand_times),
    plugin_test(its_properties_say_what_they_are),
};

PLUGIN_TEST_MAIN("plugin-dmaheap", tests)
