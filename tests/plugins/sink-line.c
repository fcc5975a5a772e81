/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sink-line - a launch line that ends in dmaheapsink. */
#include "sink-line.h"

#include <gst/allocators/allocators.h>
#include <stdio.h>
#include <sys/stat.h>

const gchar *card, *test;
gboolean failed;
GstElement *line, *sink;
struct flow flow;

void fail(const gchar *format, ...)
{
    va_list args;

    if (failed)
        return;
    failed = TRUE;
    g_print("FAIL %s: ", test);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    g_print("\n");
}

static GstPadProbeReturn on_buffer(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    GstMemory *memory = gst_buffer_peek_memory(buffer, 0);
    struct stat node = {0};

    if (gst_is_dmabuf_memory(memory))
        fstat(gst_dmabuf_memory_get_fd(memory), &node);

    g_mutex_lock(&flow.lock);
    g_hash_table_add(flow.inodes, GSIZE_TO_POINTER((gsize)node.st_ino));
    g_mutex_unlock(&flow.lock);
    return GST_PAD_PROBE_OK;
}

static void note_flip(const GstStructure *flip)
{
    gboolean vblank = FALSE;
    gint64 latency;

    flow.flips++;
    gst_structure_get_boolean(flip, "vblank", &vblank);
    flow.vblanks += vblank;
    if (!gst_structure_get_int64(flip, "latency-ns", &latency))
        return;
    flow.with_latency++;
    flow.worst_latency = MAX(flow.worst_latency, latency);
}

static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer user)
{
    const GstStructure *structure = gst_message_get_structure(message);

    if (structure && gst_structure_has_name(structure, "dmaheapsink-flip")) {
        g_mutex_lock(&flow.lock);
        note_flip(structure);
        g_mutex_unlock(&flow.lock);
        gst_message_unref(message);
        return GST_BUS_DROP;
    }
    return GST_BUS_PASS;
}

void make_line(const gchar *source, const gchar *properties)
{
    gchar *text = g_strdup_printf("%s ! dmaheapsink name=sink device=%s %s", source, card,
                                  properties);
    GError *error = NULL;
    GstBus *bus;
    GstPad *pad;

    line = gst_parse_launch(text, &error);
    if (error)
        g_error("%s: %s", text, error->message);
    g_free(text);
    sink = gst_bin_get_by_name(GST_BIN(line), "sink");
    pad = gst_element_get_static_pad(sink, "sink");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, NULL, NULL);
    gst_object_unref(pad);
    bus = gst_element_get_bus(line);
    gst_bus_set_sync_handler(bus, on_message, NULL, NULL);
    gst_object_unref(bus);
    if (!flow.inodes)
        flow.inodes = g_hash_table_new(NULL, NULL);
    g_hash_table_remove_all(flow.inodes);
    flow.flips = flow.vblanks = flow.with_latency = 0;
    flow.worst_latency = 0;
}

GstMessage *next_message(GstMessageType types, guint seconds)
{
    GstBus *bus = gst_element_get_bus(line);
    GstMessage *message =
        gst_bus_timed_pop_filtered(bus, seconds * GST_SECOND, types | GST_MESSAGE_ERROR);
    GError *error = NULL;

    gst_object_unref(bus);
    if (message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR &&
        !(types & GST_MESSAGE_ERROR)) {
        gst_message_parse_error(message, &error, NULL);
        fail("%s: %s", GST_MESSAGE_SRC_NAME(message), error->message);
        g_error_free(error);
        g_clear_pointer(&message, gst_message_unref);
    }
    return message;
}

void check_errors(void)
{
    GstMessage *message = next_message(GST_MESSAGE_UNKNOWN, 0);

    g_clear_pointer(&message, gst_message_unref);
}

gboolean await(GstMessageType type, guint seconds)
{
    GstMessage *message = next_message(type, seconds);

    if (!message)
        fail("no message %s within %u s", gst_message_type_get_name(type), seconds);
    else
        gst_message_unref(message);
    return message != NULL;
}

gboolean set_state(GstState state)
{
    GstStateChangeReturn result = gst_element_set_state(line, state);

    if (result == GST_STATE_CHANGE_ASYNC)
        result = gst_element_get_state(line, NULL, NULL, 20 * GST_SECOND);
    if (result == GST_STATE_CHANGE_SUCCESS || result == GST_STATE_CHANGE_NO_PREROLL)
        return TRUE;
    check_errors();
    fail("it does not reach state %s", gst_element_state_get_name(state));
    return FALSE;
}

void end_line(void)
{
    gst_element_set_state(line, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_clear_object(&line);
}

guint64 stat_of(const gchar *name)
{
    GstStructure *stats;
    guint64 value = 0;

    g_object_get(sink, "stats", &stats, NULL);
    gst_structure_get_uint64(stats, name, &value);
    gst_structure_free(stats);
    return value;
}

gboolean await_shown(guint64 before, guint64 n)
{
    for (guint i = 0; i < 2000; i++) {
        if (stat_of("shown") >= before + n)
            return TRUE;
        g_usleep(10000);
    }
    check_errors();
    fail("%" G_GUINT64_FORMAT " frames were shown in 20 s, not %" G_GUINT64_FORMAT,
         stat_of("shown") - before, n);
    return FALSE;
}
