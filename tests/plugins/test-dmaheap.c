/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Element dmaheap: what it offers, what it passes on, and what it says of bad input. */
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

static void the_offer_is_a_pool_with_aligned_strides(void **state)
{
    GstCaps *caps = GREY;
    GstBufferPool *pool;
    GstAllocator *allocator;
    struct stand stand;
    GstBuffer *buffer;
    GstQuery *answer;

    (void)state;
    stand_up(&stand, "");
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    assert_true(gst_query_find_allocation_meta(answer, GST_VIDEO_META_API_TYPE, NULL));
    assert_int_equal(gst_query_get_n_allocation_params(answer), 1);
    gst_query_parse_nth_allocation_param(answer, 0, &allocator, NULL);
    assert_true(GST_IS_DMA_HEAP_ALLOCATOR(allocator));
    gst_object_unref(allocator);
    pool = stand_pool(answer);
    buffer = acquire(pool);
    assert_int_equal(gst_buffer_get_video_meta(buffer)->stride[0], 256);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
}

static void without_meta_downstream_strides_are_those_of_the_caps(void **state)
{
    GstCaps *caps = GREY;
    GstBufferPool *pool;
    struct stand stand;
    GstBuffer *buffer;
    GstQuery *answer;

    (void)state;
    stand_up(&stand, "");
    stand.reads_meta = FALSE;
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    assert_false(gst_query_find_allocation_meta(answer, GST_VIDEO_META_API_TYPE, NULL));
    pool = stand_pool(answer);
    buffer = acquire(pool);
    assert_int_equal(gst_buffer_get_video_meta(buffer)->stride[0], 60);
    assert_int_equal(gst_buffer_get_size(buffer), 1200);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
}

static void the_offer_has_as_many_buffers_as_both_need(void **state)
{
    static const struct {
        const char *properties;
        guint min, max;             /* downstream */
        guint their_min, their_max; /* that upstream is told */
    } cases[] = {{"", 0, 0, 3, 0},
                 {"", 7, 0, 7, 0},
                 {"min-buffers=9", 7, 12, 9, 12},
                 {"max-buffers=5", 2, 9, 3, 5},
                 {"min-buffers=4", 2, 3, 4, 0}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GstCaps *caps = GREY;
        struct stand stand;
        GstQuery *answer;
        guint min, max;

        stand_up(&stand, cases[i].properties);
        stand.min = cases[i].min;
        stand.max = cases[i].max;
        stand_set_caps(&stand, GREY, GREY);
        answer = stand_ask(&stand, caps);
        gst_query_parse_nth_allocation_pool(answer, 0, NULL, NULL, &min, &max);
        assert_int_equal(min, cases[i].their_min);
        assert_int_equal(max, cases[i].their_max);
        gst_query_unref(answer);
        gst_caps_unref(caps);
        stand_down(&stand);
    }
}

static void padding_that_downstream_needs_is_there(void **state)
{
    GstCaps *caps = GREY;
    GstBufferPool *pool;
    struct stand stand;
    GstBuffer *buffer;
    GstQuery *answer;
    GstVideoMeta *meta;

    (void)state;
    stand_up(&stand, "");
    stand.meta_params = gst_structure_new(
        "video-meta", "padding-top", G_TYPE_UINT, 2, "padding-bottom", G_TYPE_UINT, 3,
        "padding-left", G_TYPE_UINT, 0, "padding-right", G_TYPE_UINT, 200, NULL);
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    pool = stand_pool(answer);
    buffer = acquire(pool);
    meta = gst_buffer_get_video_meta(buffer);
    assert_int_equal(meta->stride[0], 512);
    assert_int_equal(meta->offset[0], 2 * 512);
    assert_int_equal(gst_buffer_get_size(buffer), 25 * 512);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
}

static void planes_are_apart_when_asked_for(void **state)
{
    GstCaps *caps = video_caps("NV12", 320, 240);
    GstBufferPool *pool;
    struct stand stand;
    GstBuffer *buffer;
    GstQuery *answer;

    (void)state;
    stand_up(&stand, "separate-planes=true");
    stand_set_caps(&stand, gst_caps_ref(caps), gst_caps_ref(caps));
    answer = stand_ask(&stand, caps);
    pool = stand_pool(answer);
    buffer = acquire(pool);
    assert_int_equal(gst_buffer_n_memory(buffer), 2);
    assert_int_equal(stand_push(&stand, buffer), GST_FLOW_OK);
    assert_ptr_equal(stand_pull(&stand), buffer);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
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
    assert_non_null(strstr(text, "cannot allocate 8192 bytes from heap null"));
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

static void pictures_that_are_too_large_are_an_error(void **state)
{
    static const int sizes[][2] = {{32768, 32768}, {30000, 10000}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        GstCaps *caps = video_caps("BGRx", sizes[i][0], sizes[i][1]);
        struct stand stand;
        char *text;

        stand_up(&stand, "");
        stand_set_caps(&stand, gst_caps_ref(caps), gst_caps_ref(caps));
        stand_messages(&stand, GST_MESSAGE_ERROR, NULL);
        assert_null(stand_ask(&stand, caps));
        assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
        assert_non_null(strstr(text, "cannot be had within 512 MiB"));
        g_free(text);
        /* What follows from it, or is tried again, is no other error. */
        assert_int_equal(stand_push(&stand, grey_picture(PAGE, 1)), GST_FLOW_ERROR);
        assert_null(stand_ask(&stand, caps));
        assert_int_equal(
            stand_messages(&stand, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING, NULL), 0);
        gst_caps_unref(caps);
        stand_down(&stand);
    }
}

static gpointer acquire_one(gpointer pool)
{
    GstBuffer *buffer = NULL;

    gst_buffer_pool_acquire_buffer(pool, &buffer, NULL);
    return buffer;
}

static void a_dry_pool_says_who_holds_its_buffers(void **state)
{
    GstCaps *caps = GREY;
    struct stand stand;
    GstMessage *message;
    GstBufferPool *pool;
    GstBuffer *first, *last;
    GstQuery *answer;
    GThread *thread;
    guint up, down;

    (void)state;
    stand_up(&stand, "min-buffers=2 max-buffers=2");
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    pool = stand_pool(answer);
    assert_int_equal(stand_push(&stand, acquire(pool)), GST_FLOW_OK);
    last = acquire(pool);
    thread = g_thread_new("source", acquire_one, pool);
    message = gst_bus_timed_pop_filtered(stand.bus, 10 * GST_SECOND, GST_MESSAGE_ELEMENT);
    assert_non_null(message);
    assert_true(gst_message_has_name(message, "dmaheap-pool-dry"));
    assert_true(gst_structure_get(gst_message_get_structure(message), "upstream",
                                  G_TYPE_UINT, &up, "downstream", G_TYPE_UINT, &down,
                                  NULL));
    assert_int_equal(up, 1);
    assert_int_equal(down, 1);
    gst_message_unref(message);
    first = stand_pull(&stand);
    gst_buffer_unref(first);
    gst_buffer_unref(g_thread_join(thread));
    gst_buffer_unref(last);
    free_pool(pool);
    gst_query_unref(answer);
    gst_caps_unref(caps);
    stand_down(&stand);
}

/* Whatever is asked twice: upstream may keep the first pool that it was offered. */
static void the_first_of_two_offers_is_counted_as_well(void **state)
{
    GstCaps *caps = GREY;
    GstQuery *answer, *again;
    struct stand stand;
    struct heard heard;
    GstBufferPool *pool;
    GThread *thread;

    (void)state;
    stand_up(&stand, "min-buffers=1 max-buffers=1");
    stand_set_caps(&stand, GREY, GREY);
    answer = stand_ask(&stand, caps);
    again = stand_ask(&stand, caps);
    pool = stand_pool(answer);
    heard_listen(&heard, pool, "dry");
    assert_int_equal(stand_push(&stand, acquire(pool)), GST_FLOW_OK);
    thread = g_thread_new("source", acquire_one, pool);
    for (int i = 0; i < 5000 && !g_atomic_int_get(&heard.times); i++)
        g_usleep(1000);
    assert_int_equal(heard.first, 0);
    assert_int_equal(heard.second, 1);
    gst_buffer_unref(stand_pull(&stand));
    gst_buffer_unref(g_thread_join(thread));
    free_pool(pool);
    gst_query_unref(answer);
    gst_query_unref(again);
    gst_caps_unref(caps);
    stand_down(&stand);
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
    plugin_test(buffers_of_the_heap_pass_untouched),
    plugin_test(dma_bufs_of_others_pass_and_are_told_of_once),
    plugin_test(the_offer_is_a_pool_with_aligned_strides),
    plugin_test(without_meta_downstream_strides_are_those_of_the_caps),
    plugin_test(the_offer_has_as_many_buffers_as_both_need),
    plugin_test(padding_that_downstream_needs_is_there),
    plugin_test(planes_are_apart_when_asked_for),
    plugin_test(caps_are_bridged),
#if GST_CHECK_VERSION(1, 24, 0)
    plugin_test(what_is_not_linear_is_refused),
#endif
    plugin_test(an_unknown_heap_is_an_error),
    plugin_test(an_exhausted_heap_is_an_error),
    plugin_test(pictures_that_are_too_large_are_an_error),
    plugin_test(a_dry_pool_says_who_holds_its_buffers),
    plugin_test(the_first_of_two_offers_is_counted_as_well),
    plugin_test(buffers_before_caps_are_no_crash),
    plugin_test(states_may_change_a_hundred_times),
    plugin_test(sizes_may_change_a_thousand_times),
    plugin_test(its_properties_say_what_they_are),
};

PLUGIN_TEST_MAIN("plugin-dmaheap", tests)
