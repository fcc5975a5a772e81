/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stand - element dmaheap by itself. */
#include "stand.h"

#include <string.h>

static GstPadProbeReturn answer(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    GstQuery *query = GST_PAD_PROBE_INFO_QUERY(info);
    struct stand *stand = user;

    (void)pad;
    if (GST_QUERY_TYPE(query) != GST_QUERY_ALLOCATION)
        return GST_PAD_PROBE_OK;
    stand->asked++;
    if (stand->reads_meta)
        gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, stand->meta_params);
    if (stand->min || stand->max)
        gst_query_add_allocation_pool(query, NULL, 4096, stand->min, stand->max);
    return GST_PAD_PROBE_HANDLED;
}

static GstElement *make_element(const char *properties)
{
    char *line = g_strdup_printf("dmaheap name=heap heap=" FAKE_HEAP " %s", properties);
    GError *error = NULL;
    GstElement *element = gst_parse_launch(line, &error);

    g_assert_no_error(error);
    g_free(line);
    return gst_object_ref_sink(element);
}

void stand_up(struct stand *stand, const char *properties)
{
    *stand = (struct stand){.reads_meta = TRUE};
    stand->element = make_element(properties);
    stand->bus = gst_bus_new();
    gst_element_set_bus(stand->element, stand->bus);
    stand->harness = gst_harness_new_with_element(stand->element, "sink", "src");
    gst_pad_add_probe(stand->harness->sinkpad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
                      answer, stand, NULL);
}

void stand_put_behind(struct stand *stand, GstElement *element)
{
    GstPad *src = gst_element_get_static_pad(element, "src");

    stand->behind = gst_object_ref_sink(element);
    gst_element_set_bus(element, stand->bus);
    gst_pad_unlink(GST_PAD_PEER(stand->harness->sinkpad), stand->harness->sinkpad);
    assert_true(gst_element_link(stand->element, element));
    assert_int_equal(gst_pad_link(src, stand->harness->sinkpad), GST_PAD_LINK_OK);
    assert_int_equal(gst_element_set_state(element, GST_STATE_PLAYING),
                     GST_STATE_CHANGE_SUCCESS);
    gst_object_unref(src);
}

static void take_behind(struct stand *stand)
{
    gst_element_set_state(stand->behind, GST_STATE_NULL);
    gst_pad_unlink(GST_PAD_PEER(stand->harness->sinkpad), stand->harness->sinkpad);
    gst_element_unlink(stand->element, stand->behind);
    gst_element_set_bus(stand->behind, NULL);
    gst_object_unref(stand->behind);
}

void stand_down(struct stand *stand)
{
    if (stand->behind)
        take_behind(stand);
    gst_harness_teardown(stand->harness);
    gst_element_set_bus(stand->element, NULL);
    gst_bus_set_flushing(stand->bus, TRUE);
    gst_object_unref(stand->bus);
    gst_object_unref(stand->element);
    if (stand->meta_params)
        gst_structure_free(stand->meta_params);
}

void stand_set_caps(struct stand *stand, GstCaps *in, GstCaps *out)
{
    gst_harness_set_caps(stand->harness, in, out);
}

GstQuery *stand_ask(struct stand *stand, GstCaps *caps)
{
    GstQuery *query = gst_query_new_allocation(caps, TRUE);

    if (gst_pad_peer_query(stand->harness->srcpad, query))
        return query;
    gst_query_unref(query);
    return NULL;
}

GstBufferPool *stand_pool(GstQuery *query)
{
    guint size, min, max;
    GstBufferPool *pool;
    GstStructure *config;
    GstCaps *caps;

    assert_int_equal(gst_query_get_n_allocation_pools(query), 1);
    gst_query_parse_allocation(query, &caps, NULL);
    gst_query_parse_nth_allocation_pool(query, 0, &pool, &size, &min, &max);
    assert_non_null(pool);
    config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps, size, min, max);
    assert_true(gst_buffer_pool_set_config(pool, config));
    assert_true(gst_buffer_pool_set_active(pool, TRUE));
    return pool;
}

GstFlowReturn stand_push(struct stand *stand, GstBuffer *buffer)
{
    return gst_harness_push(stand->harness, buffer);
}

GstBuffer *stand_pull(struct stand *stand)
{
    GstBuffer *buffer = gst_harness_try_pull(stand->harness);

    assert_non_null(buffer);
    return buffer;
}

GstBuffer *grey_picture(gsize bytes, guint8 value)
{
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, bytes, NULL);

    gst_buffer_memset(buffer, 0, value, bytes);
    return buffer;
}

static char *text_of(GstMessage *message)
{
    GError *error = NULL;
    char *text;

    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, NULL);
    else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING)
        gst_message_parse_warning(message, &error, NULL);
    else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_INFO)
        gst_message_parse_info(message, &error, NULL);
    else
        return gst_structure_to_string(gst_message_get_structure(message));
    text = g_strdup(error->message);
    g_error_free(error);
    return text;
}

int stand_messages(struct stand *stand, GstMessageType type, char **text)
{
    GstMessage *message;
    int n = 0;

    if (text)
        *text = NULL;
    while ((message = gst_bus_pop_filtered(stand->bus, type))) {
        n++;
        if (text) {
            g_free(*text);
            *text = text_of(message);
        }
        gst_message_unref(message);
    }
    return n;
}

guint64 stand_stat(struct stand *stand, const char *name)
{
    GstStructure *stats;
    guint64 figure = 0;

    g_object_get(stand->element, "stats", &stats, NULL);
    assert_true(gst_structure_get_uint64(stats, name, &figure));
    gst_structure_free(stats);
    return figure;
}
