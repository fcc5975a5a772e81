/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tracer-rig - and a fake of what the kernel says of a dma-buf. */
#include "tracer-rig.h"
#include "tracer/gstzerocopyexporter.h"
#include "tracer/gstzerocopytracer.h"

#include <string.h>
#include <unistd.h>

int fake_exporter_refuses, fake_exporter_asked;

static char *file;
static GstTracer *tracer;

gchar *gst_zerocopy_exporter_name(gint fd)
{
    (void)fd;
    fake_exporter_asked++;
    return fake_exporter_refuses ? NULL : g_strdup("heap fake");
}

void rig_start(const char *params)
{
    char *all;
    int fd = g_file_open_tmp("zerocopy-tracer-XXXXXX", &file, NULL);

    g_assert(fd >= 0);
    close(fd);
    all = g_strdup_printf("%s,file=\"%s\"", params, file);
    tracer = g_object_new(GST_TYPE_ZEROCOPY_TRACER, "params", all, NULL);
    g_free(all);
}

void rig_end(void)
{
    unlink(file);
    g_free(file);
}

char *rig_said(void)
{
    char *text = NULL;

    if (!g_file_get_contents(file, &text, NULL, NULL))
        text = g_strdup("");
    unlink(file);
    return text;
}

json_t *rig_run(const char *line, void (*between)(GstElement *))
{
    GError *error = NULL;
    GstElement *pipeline = gst_parse_launch(line, &error);
    GstBus *bus;
    GstMessage *message;
    json_error_t why;
    json_t *report;
    char *text;

    g_assert_no_error(error);
    unlink(file);
    bus = gst_element_get_bus(pipeline);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    if (between)
        between(pipeline);
    message = gst_bus_timed_pop_filtered(bus, 20 * GST_SECOND,
                                         GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    assert_non_null(message);
    gst_message_unref(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(pipeline);
    text = rig_said();
    report = json_loads(text, 0, &why);
    if (!report)
        fail_msg("the report is no JSON: %s: %s", why.text, text);
    g_free(text);
    return report;
}

const char *rig_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

guint64 rig_number(const json_t *object, const char *name)
{
    json_t *number = json_object_get(object, name);

    assert_true(json_is_integer(number));
    return json_integer_value(number);
}

json_t *rig_finding(const json_t *report, const char *element)
{
    json_t *finding;
    size_t i;

    json_array_foreach(json_object_get(report, "findings"), i, finding)
        if (!strcmp(rig_text(finding, "element"), element) &&
            strcmp(rig_text(finding, "kind"), "note"))
            return finding;
    return NULL;
}

json_t *rig_link_to(const json_t *report, const char *element)
{
    json_t *link;
    size_t i;

    json_array_foreach(json_object_get(report, "links"), i, link)
        if (!strcmp(rig_text(link, "to"), element))
            return link;
    fail_msg("there is no link to %s", element);
    return NULL;
}

void rig_assert_verdict(const json_t *report, const char *verdict)
{
    if (!strcmp(rig_text(report, "verdict"), verdict))
        return;
    char *all = json_dumps(report, JSON_INDENT(2));

    fail_msg("not %s:\n%s", verdict, all);
}
