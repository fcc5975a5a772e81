/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line - runs a launch line as gst-launch-1.0 does, and proves of it what --help says.
 *
 * It takes the place of gst-launch-1.0 in the lines of samples/gst, which call what
 * GST_LAUNCH names. Its own options come in LINE_OPTIONS.
 */
#include "line-check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gint frames = 30, seconds = 150, renegotiate;
static gboolean ends;
static gchar *error_text, *warning_text;

static GOptionEntry entries[] = {
    {"frames", 0, 0, G_OPTION_ARG_INT, &frames, "look after so many frames", "N"},
    {"ends", 0, 0, G_OPTION_ARG_NONE, &ends, "the line ends by itself: wait for it",
     NULL},
    {"camera", 0, 0, G_OPTION_ARG_NONE, &checks.camera,
     "the camera's buffers are those that dmaheap passes", NULL},
    {"reads", 0, 0, G_OPTION_ARG_NONE, &checks.reads,
     "the converter's device reads the dma-bufs that come to it", NULL},
    {"writes", 0, 0, G_OPTION_ARG_NONE, &checks.writes,
     "the converter's device writes into those that leave it, which are others", NULL},
    {"foreign", 0, 0, G_OPTION_ARG_NONE, &checks.foreign,
     "dmaheap passes dma-bufs that are not of its heap", NULL},
    {"display", 0, 0, G_OPTION_ARG_NONE, &checks.display,
     "the display's framebuffer is one that the last element of ours passes", NULL},
    {"drawn", 0, 0, G_OPTION_ARG_NONE, &checks.drawn,
     "dmaheapgpu's buffers are others than dmaheap's", NULL},
    {"colour", 0, 0, G_OPTION_ARG_STRING, &checks.colours,
     "what the display shows, or bars of what, from left to right", "0xRRGGBB[,…]"},
    {"apart", 0, 0, G_OPTION_ARG_INT, &checks.apart,
     "by so much red, green and blue may differ from that", "N"},
    {"ramp", 0, 0, G_OPTION_ARG_STRING, &checks.ramp,
     "what the display shows grows from black to white that way", "right|down|left|up"},
    {"size", 0, 0, G_OPTION_ARG_STRING, &checks.size, "of the display's framebuffer",
     "WxH"},
    {"cpu-maps", 0, 0, G_OPTION_ARG_INT, &checks.cpu_maps,
     "how often the CPU maps frames; -1: at least once", "N"},
    {"copied", 0, 0, G_OPTION_ARG_INT, &checks.copied,
     "how many frames are copied; -1: all of one element's", "N"},
    {"driver", 0, 0, G_OPTION_ARG_STRING, &checks.driver, "of the card", "NAME"},
    {"error", 0, 0, G_OPTION_ARG_STRING, &error_text, "it fails, and says this", "TEXT"},
    {"warning", 0, 0, G_OPTION_ARG_STRING, &warning_text, "it warns, once, of this",
     "TEXT"},
    {"renegotiate", 0, 0, G_OPTION_ARG_INT, &renegotiate,
     "change the size in the capsfilter \"caps\" so often, with constant fds", "N"},
    {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "it takes no longer", "S"},
    {NULL},
};

static gint warnings;
static gchar *said; /* of errors */

/* --------------------------------------------------------------------- run */

static void note(GstMessage *message, gboolean is_error)
{
    GError *error = NULL;
    gchar *more = NULL;

    if (is_error)
        gst_message_parse_error(message, &error, &more);
    else
        gst_message_parse_warning(message, &error, &more);
    fprintf(stderr, "%s: %s: %s\n", is_error ? "error" : "warning",
            GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), error->message);
    if (is_error && !said)
        said = g_strdup(error->message);
    if (!is_error && warning_text && strstr(error->message, warning_text))
        warnings++;
    g_error_free(error);
    g_free(more);
}

static int count_fds(void)
{
    GDir *folder = g_dir_open("/proc/self/fd", 0, NULL);
    int n = 0;

    while (g_dir_read_name(folder))
        n++;
    g_dir_close(folder);
    return n;
}

#define SIZES 3
/* Buffers of a size that go and come while it is counted: no more than a pool has. So many
 * changes meet all sizes in all states in each half; fewer may meet each in one of them. */
#define COMING_AND_GOING 4
#define MANY_CHANGES 1000

/* Another size, once a frame of the last has come. Returns whether these were all: in the
 * second half as many fds are open at most as in the first. */
static gboolean change_size(GstElement *pipeline)
{
    static int changes, seen_frames, most[2];
    int half = changes * 2 / renegotiate;
    GstElement *filter;
    GstCaps *caps;

    if (checks_frames() == seen_frames)
        return FALSE;
    seen_frames = checks_frames();
    if (changes == renegotiate) {
        if (most[1] > most[0] + COMING_AND_GOING * (changes < MANY_CHANGES ? SIZES : 1))
            said = g_strdup_printf("%d fds were open, then %d", most[0], most[1]);
        return TRUE;
    }
    most[half] = MAX(most[half], count_fds());
    changes++;
    filter = gst_bin_get_by_name(GST_BIN(pipeline), "caps");
    caps = gst_caps_new_simple("video/x-raw", "width", G_TYPE_INT,
                               320 + 16 * (changes % SIZES), NULL);
    g_object_set(filter, "caps", caps, NULL);
    gst_caps_unref(caps);
    gst_object_unref(filter);
    return FALSE;
}

/* Runs until enough frames came, or it ended. Returns whether it went well. */
static int play(GstElement *pipeline)
{
    gint64 end = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
    GstBus *bus = gst_element_get_bus(pipeline);
    gboolean done = FALSE, eos = FALSE, failed;

    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while (!done && g_get_monotonic_time() < end) {
        GstMessage *message = gst_bus_timed_pop_filtered(
            bus, (renegotiate ? 1 : 10) * GST_MSECOND,
            GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS);

        if (message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
            eos = TRUE;
        else if (message)
            note(message, GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR);
        if (message)
            gst_message_unref(message);
        /* A warning may come behind an error. */
        failed = said && (!warning_text || warnings);
        if (renegotiate)
            done = change_size(pipeline) || failed || eos;
        else
            done = failed || eos || (!ends && checks_frames() >= frames);
    }
    gst_object_unref(bus);
    if (!done)
        return fail("it has sent %d frames in %d s, and not ended", checks_frames(),
                    seconds);
    if (said || error_text)
        return 0;
    if (ends && !eos)
        return fail("it does not end");
    return 0;
}

static int judge_error(void)
{
    if (!said)
        return fail("it does not fail");
    return strstr(said, error_text) ? 0 : fail("it says: %s", said);
}

static int run(GstElement *pipeline)
{
    int result;

    checks_watch(pipeline);
    result = play(pipeline);
    if (!result && error_text)
        result = judge_error();
    else if (!result && said)
        result = fail("%s", said);
    else if (!result)
        result = checks_run(pipeline);
    if (!result && warning_text && warnings != 1)
        result = fail("it warned %d times", warnings);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return result;
}

int main(int argc, char **argv)
{
    GOptionContext *context = g_option_context_new("LAUNCH LINE");
    gchar *options = g_strdup_printf("line %s", g_getenv("LINE_OPTIONS") ?: ""), **own;
    GstElement *pipeline;
    GError *error = NULL;
    int result;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_shell_parse_argv(options, NULL, &own, &error) ||
        !g_option_context_parse_strv(context, &own, &error)) {
        fprintf(stderr, "line: %s\n", error->message);
        return 2;
    }
    gst_init(&argc, &argv);
    /* gst-launch-1.0's options, such as -e, make no difference here. */
    while (argv[1] && argv[1][0] == '-')
        argv++;
    pipeline = gst_parse_launchv((const gchar **)argv + 1, &error);
    if (!pipeline || error) {
        fprintf(stderr, "line: %s\n", error ? error->message : "no pipeline");
        return 2;
    }
    result = run(pipeline);
    gst_object_unref(pipeline);
    g_free(said);
    return result;
}
