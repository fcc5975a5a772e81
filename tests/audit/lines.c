/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines - runs the launch lines of files under the tracer, all in one process, and compares
 * what it reports. GST_TRACERS names the report, which is REPORT, too. Each line of a file:
 *
 *     NAME | VERDICT[, or VERDICT] | ELEMENT | WORDS | LINE
 *
 * WORDS: of its finding; ELEMENT may be empty. An appsink's samples are mapped. Before LINE
 * may stand "padded": then the camera's rows end in some bytes that are none of the picture's.
 */
#include <gst/app/gstappsink.h>
#include <jansson.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LONGEST_S 60
#define PADDED "padded "
#define PADDING_BYTES 64

enum field { NAME, VERDICT, ELEMENT, WORDS, LINE, FIELDS };

static gboolean pads;

/* In the C library's place. vivid has rows as long as it is asked to; we ask for more. */
int ioctl(int fd, unsigned long request, ...)
{
    struct v4l2_format *format;
    va_list list;

    va_start(list, request);
    format = va_arg(list, void *);
    va_end(list);
    if (pads && (request == VIDIOC_S_FMT || request == VIDIOC_TRY_FMT) &&
        format->type == V4L2_BUF_TYPE_VIDEO_CAPTURE && format->fmt.pix.bytesperline)
        format->fmt.pix.bytesperline += PADDING_BYTES;
    return syscall(SYS_ioctl, fd, request, format);
}

static GstFlowReturn map_sample(GstElement *sink, gpointer user)
{
    GstSample *sample = gst_app_sink_pull_sample(GST_APP_SINK(sink));
    GstMapInfo map;

    (void)user;
    if (sample && gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ))
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    if (sample)
        gst_sample_unref(sample);
    return GST_FLOW_OK;
}

static void watch_appsink(GstElement *pipeline)
{
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "app");

    if (!sink)
        return;
    g_object_set(sink, "emit-signals", TRUE, "sync", FALSE, NULL);
    g_signal_connect(sink, "new-sample", G_CALLBACK(map_sample), NULL);
    gst_object_unref(sink);
}

/* What an error says; to be freed by the caller. */
static char *error_of(GstMessage *message)
{
    GError *error = NULL;
    char *said, *more = NULL;

    if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR)
        return NULL;
    gst_message_parse_error(message, &error, &more);
    said = g_strdup_printf("%s: %s (%s)", GST_MESSAGE_SRC_NAME(message), error->message,
                           more ? more : "");
    g_error_free(error);
    g_free(more);
    return said;
}

/*
 * Returns what went wrong with the line itself, or NULL; the caller frees it. *said: how it
 * failed, which may be as it should, or NULL; the same.
 */
static char *run(const char *line, char **said)
{
    GError *error = NULL;
    GstElement *pipeline = gst_parse_launch(line, &error);
    GstMessage *message;
    GstBus *bus;
    char *wrong = NULL;

    if (!pipeline || error) {
        wrong = g_strdup(error->message);
        g_error_free(error);
        return wrong;
    }
    watch_appsink(pipeline);
    bus = gst_element_get_bus(pipeline);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered(bus, LONGEST_S * GST_SECOND,
                                         GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    if (!message)
        wrong = g_strdup("it does not end");
    *said = message ? error_of(message) : NULL;
    g_clear_pointer(&message, gst_message_unref);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(pipeline);
    return wrong;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static gboolean has_finding(const json_t *report, const char *element, const char *words)
{
    json_t *finding;
    size_t i;

    json_array_foreach(json_object_get(report, "findings"), i, finding)
        if (!strcmp(text_of(finding, "element"), element) &&
            strcmp(text_of(finding, "kind"), "note") &&
            (strstr(text_of(finding, "why"), words) ||
             strstr(text_of(finding, "what"), words)))
            return TRUE;
    return FALSE;
}

static gboolean is_among(const char *verdict, const char *wanted)
{
    char **each = g_strsplit(wanted, ", or ", -1);
    gboolean is = g_strv_contains((const char *const *)each, verdict);

    g_strfreev(each);
    return is;
}

static gboolean check(char **field, const char *file)
{
    char *wrong, *said = NULL;
    json_error_t error;
    json_t *report, *findings;
    gboolean good;

    pads = g_str_has_prefix(field[LINE], PADDED);
    unlink(file);
    wrong = run(field[LINE] + (pads ? strlen(PADDED) : 0), &said);
    report = json_load_file(file, 0, &error);
    findings = json_object_get(report, "findings");
    if (!wrong && !report)
        wrong = g_strdup_printf("no one report: %s", error.text);
    if (!wrong && !is_among(text_of(report, "verdict"), field[VERDICT]))
        wrong = g_strdup_printf("%s in place of %s", text_of(report, "verdict"),
                                field[VERDICT]);
    if (!wrong && *field[ELEMENT] && !has_finding(report, field[ELEMENT], field[WORDS]))
        wrong = g_strdup_printf("no \"%s\" of %s, but of %s \"%s\"", field[WORDS],
                                field[ELEMENT],
                                text_of(json_array_get(findings, 0), "element"),
                                text_of(json_array_get(findings, 0), "why"));
    good = !wrong;
    if (good)
        printf("ok %s\n", field[NAME]);
    else
        printf("FAIL %s: %s%s%s\n", field[NAME], wrong, said ? "; " : "",
               said ? said : "");
    fflush(stdout);
    if (!good && report) {
        json_dumpf(report, stderr, JSON_INDENT(1));
        fputc('\n', stderr);
    }
    g_free(wrong);
    g_free(said);
    json_decref(report);
    return good;
}

/* All cases of a file; how many there are is added to @n. Returns how many failed. */
static int check_file(const char *cases, const char *report, int *n)
{
    char *text = NULL, **lines;
    int failed = 0;

    if (!g_file_get_contents(cases, &text, NULL, NULL)) {
        printf("FAIL %s: it cannot be read\n", cases);
        return 1;
    }
    lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i]; i++) {
        char **field = g_strsplit(lines[i], "|", FIELDS);

        if (*lines[i] && *lines[i] != '#') {
            for (int j = 0; field[j]; j++)
                g_strstrip(field[j]);
            (*n)++;
            if (g_strv_length(field) != FIELDS) {
                printf("FAIL %s: no case\n", lines[i]);
                failed++;
            } else {
                failed += !check(field, report);
            }
        }
        g_strfreev(field);
    }
    g_strfreev(lines);
    g_free(text);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0, n = 0;

    gst_init(&argc, &argv);
    if (argc < 3) {
        fprintf(stderr, "Usage: lines REPORT CASES…\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        failed += check_file(argv[i], argv[1], &n);
    return failed || !n;
}
