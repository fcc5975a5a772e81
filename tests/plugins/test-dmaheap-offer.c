/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Element dmaheap: the pool that it offers, by what it and those behind it need. */
#include "stand.h"

#include <string.h>

#define GREY video_caps("GRAY8", 60, 20)

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

/* The reason is a property, or who is downstream, and not the memory. */
static void too_few_buffers_allowed_is_an_error_that_says_by_whom(void **state)
{
    static const struct {
        const char *properties;
        guint min; /* downstream */
        const char *text;
    } cases[] = {{"max-buffers=2", 0,
                  "max-buffers=2 allows fewer buffers than the 3 that min-buffers asks"},
                 {"max-buffers=4", 7,
                  "max-buffers=4 allows fewer buffers than the 7 that the element "
                  "downstream asks"}};

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GstCaps *caps = GREY;
        struct stand stand;
        char *text;

        stand_up(&stand, cases[i].properties);
        stand.min = cases[i].min;
        stand_set_caps(&stand, gst_caps_ref(caps), gst_caps_ref(caps));
        stand_messages(&stand, GST_MESSAGE_ERROR, NULL);
        assert_null(stand_ask(&stand, caps));
        assert_int_equal(stand_messages(&stand, GST_MESSAGE_ERROR, &text), 1);
        if (!strstr(text, cases[i].text) || strstr(text, "MiB"))
            fail_msg("it says: %s", text);
        g_free(text);
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

static const struct CMUnitTest tests[] = {
    plugin_test(the_offer_is_a_pool_with_aligned_strides),
    plugin_test(without_meta_downstream_strides_are_those_of_the_caps),
    plugin_test(the_offer_has_as_many_buffers_as_both_need),
    plugin_test(padding_that_downstream_needs_is_there),
    plugin_test(planes_are_apart_when_asked_for),
    plugin_test(pictures_that_are_too_large_are_an_error),
    plugin_test(too_few_buffers_allowed_is_an_error_that_says_by_whom),
    plugin_test(a_dry_pool_says_who_holds_its_buffers),
    plugin_test(the_first_of_two_offers_is_counted_as_well),
};

PLUGIN_TEST_MAIN("plugin-dmaheap-offer", tests)
