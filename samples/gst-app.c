/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gst-app - a small GStreamer application: camera → GPU → display in buffers of one
 * heap, built in C, with the latency from capture to scan-out.
 *
 *   gst-app [--camera /dev/video0] [--heap NAME] [--rotate DEGREES] [--seconds N]
 */
#include <glib-unix.h>
#include <gst/gst.h>
#include <inttypes.h>
#include <zerocopy.h>

static gchar *camera = NULL, *heap = NULL;
static gint rotate = 90, seconds = 0;

static GOptionEntry entries[] = {
    {"camera", 0, 0, G_OPTION_ARG_STRING, &camera, "default /dev/video0", "PATH"},
    {"heap", 0, 0, G_OPTION_ARG_STRING, &heap, "default: the best that there is", "NAME"},
    {"rotate", 0, 0, G_OPTION_ARG_INT, &rotate, "clockwise, default 90", "DEGREES"},
    {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "then end (0: never)", "N"},
    {NULL},
};

struct app {
    GMainLoop *loop;
    GstElement *pipeline;
    struct zc_histogram *latency;
    guint64 flips;
    gint64 last_ns; /* latency of the last flip, -1 unknown */
    int code;
};

/* Adds an element, or says which one is missing. */
static GstElement *add(GstElement *pipeline, const char *factory)
{
    GstElement *element = gst_element_factory_make(factory, NULL);

    if (!element)
        g_printerr("gst-app: there is no element %s: is its plugin installed, or in "
                   "GST_PLUGIN_PATH?\n",
                   factory);
    else
        gst_bin_add(GST_BIN(pipeline), element);
    return element;
}

static gboolean build(struct app *app)
{
    GstElement *pipeline = gst_pipeline_new(NULL);
    GstElement *source = add(pipeline, "v4l2src"), *buffers = add(pipeline, "dmaheap");
    GstElement *gpu = add(pipeline, "dmaheapgpu"), *sink = add(pipeline, "dmaheapsink");
    GstCaps *caps;
    gboolean linked;

    app->pipeline = pipeline;
    if (!source || !buffers || !gpu || !sink)
        return FALSE;
    gst_util_set_object_arg(G_OBJECT(source), "io-mode", "dmabuf-import");
    g_object_set(source, "device", camera ? camera : "/dev/video0", NULL);
    g_object_set(buffers, "heap", heap, NULL);
    g_object_set(gpu, "rotation", rotate, "heap", heap, NULL);
    g_object_set(sink, "flip-messages", TRUE, NULL);
    caps = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "YUY2", NULL);
    linked = gst_element_link_filtered(source, buffers, caps) &&
             gst_element_link_many(buffers, gpu, sink, NULL);
    gst_caps_unref(caps);
    if (!linked)
        g_printerr("gst-app: the elements cannot be linked\n");
    return linked;
}

static void on_flip(struct app *app, const GstStructure *flip)
{
    gint64 latency_ns;

    app->flips++;
    if (!gst_structure_get_int64(flip, "latency-ns", &latency_ns))
        return;
    app->last_ns = latency_ns;
    zc_histogram_add(app->latency, latency_ns);
}

static void end(struct app *app, int code)
{
    app->code = code;
    g_main_loop_quit(app->loop);
}

static gboolean on_message(GstBus *bus, GstMessage *message, gpointer user)
{
    const GstStructure *structure = gst_message_get_structure(message);
    struct app *app = user;
    GError *error = NULL;

    (void)bus;
    switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ELEMENT:
        if (gst_structure_has_name(structure, "dmaheapsink-flip"))
            on_flip(app, structure);
        break;
    case GST_MESSAGE_ERROR:
        gst_message_parse_error(message, &error, NULL);
        g_printerr("gst-app: %s: %s\n", GST_OBJECT_NAME(GST_MESSAGE_SRC(message)),
                   error->message);
        g_error_free(error);
        end(app, 1);
        break;
    case GST_MESSAGE_EOS:
        end(app, 0);
        break;
    default:
        break;
    }
    return G_SOURCE_CONTINUE;
}

static gboolean each_second(gpointer user)
{
    struct app *app = user;

    if (app->last_ns >= 0)
        g_print("%" G_GUINT64_FORMAT " frames shown, latency %.1f ms\n", app->flips,
                app->last_ns / 1e6);
    else
        g_print("%" G_GUINT64_FORMAT " frames shown\n", app->flips);
    return G_SOURCE_CONTINUE;
}

static gboolean on_end(gpointer user)
{
    end(user, 0);
    return G_SOURCE_REMOVE;
}

static void tell(const struct app *app, const char *name, double percent)
{
    int64_t ns = zc_histogram_percentile(app->latency, percent);

    if (ns >= 0)
        g_print(", %s %.1f ms", name, ns / 1e6);
}

static void run(struct app *app)
{
    GstBus *bus = gst_element_get_bus(app->pipeline);

    app->loop = g_main_loop_new(NULL, FALSE);
    gst_bus_add_watch(bus, on_message, app);
    g_timeout_add_seconds(1, each_second, app);
    g_unix_signal_add(SIGINT, on_end, app);
    g_unix_signal_add(SIGTERM, on_end, app);
    if (seconds > 0)
        g_timeout_add_seconds(seconds, on_end, app);
    gst_element_set_state(app->pipeline, GST_STATE_PLAYING);
    g_main_loop_run(app->loop);
    gst_element_set_state(app->pipeline, GST_STATE_NULL);
    g_print("%" G_GUINT64_FORMAT " frames shown; latency from capture to flip of %" PRIu64
            " of them",
            app->flips, zc_histogram_count(app->latency));
    tell(app, "min", 0);
    tell(app, "p50", 50);
    tell(app, "p99", 99);
    tell(app, "max", 100);
    g_print("\n");
    gst_bus_remove_watch(bus);
    gst_object_unref(bus);
    g_main_loop_unref(app->loop);
}

int main(int argc, char **argv)
{
    GOptionContext *context = g_option_context_new("- camera to display in dma-bufs");
    struct app app = {.last_ns = -1, .code = 1};
    GError *error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_group(context, gst_init_get_option_group());
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("gst-app: %s; see --help\n", error->message);
        return 2;
    }
    g_option_context_free(context);
    if (zc_histogram_create(&app.latency))
        return 1;
    if (build(&app))
        run(&app);
    gst_object_unref(app.pipeline);
    zc_histogram_destroy(app.latency);
    return app.code;
}
