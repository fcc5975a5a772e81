/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line - runs a launch line as gst-launch-1.0 does, and proves of it what --help says.
 *
 * It takes the place of gst-launch-1.0 in the lines of samples/gst, which call what
 * GST_LAUNCH names. Its own options come in LINE_OPTIONS.
 */
#include "screen.h"

#include <errno.h>
#include <gst/allocators/allocators.h>
#include <gst/gst.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static gint frames = 30, cpu_maps = 0, copied = 0;
static gint64 colour = -1;
static gboolean camera, display, drawn, ends;
static gchar *driver = "vkms", *error_text, *warning_text;
static gint seconds = 60, renegotiate;

static GOptionEntry entries[] = {
    {"frames", 0, 0, G_OPTION_ARG_INT, &frames, "look after so many frames", "N"},
    {"ends", 0, 0, G_OPTION_ARG_NONE, &ends, "the line ends by itself: wait for it",
     NULL},
    {"camera", 0, 0, G_OPTION_ARG_NONE, &camera,
     "the camera's buffers are those that dmaheap passes", NULL},
    {"display", 0, 0, G_OPTION_ARG_NONE, &display,
     "the display's framebuffer is one that the last element of ours passes", NULL},
    {"drawn", 0, 0, G_OPTION_ARG_NONE, &drawn,
     "dmaheapgpu's buffers are others than dmaheap's", NULL},
    {"colour", 0, 0, G_OPTION_ARG_INT64, &colour, "what the display shows", "0xRRGGBB"},
    {"cpu-maps", 0, 0, G_OPTION_ARG_INT, &cpu_maps,
     "how often the CPU maps frames; -1: at least once", "N"},
    {"copied", 0, 0, G_OPTION_ARG_INT, &copied, "how many frames are copied; -1: all",
     "N"},
    {"driver", 0, 0, G_OPTION_ARG_STRING, &driver, "of the card", "NAME"},
    {"error", 0, 0, G_OPTION_ARG_STRING, &error_text, "it fails, and says this", "TEXT"},
    {"warning", 0, 0, G_OPTION_ARG_STRING, &warning_text, "it warns, once, of this",
     "TEXT"},
    {"renegotiate", 0, 0, G_OPTION_ARG_INT, &renegotiate,
     "change the size in the capsfilter \"caps\" so often, with constant fds", "N"},
    {"seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "it takes no longer", "S"},
    {NULL},
};

/* dma-bufs that passed an element, by inode. */
struct seen {
    GHashTable *inodes;
    gint buffers;
};

static GMutex lock;
static struct seen heap_seen, gpu_seen;
static gint warnings, n_frames;
static gchar *said; /* of errors */

static int fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    return 1;
}

static guint64 inode_of(int fd)
{
    struct stat node;

    return fstat(fd, &node) ? 0 : node.st_ino;
}

static GstPadProbeReturn on_buffer(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    struct seen *seen = user;

    (void)pad;
    g_mutex_lock(&lock);
    seen->buffers++;
    for (guint i = 0; i < gst_buffer_n_memory(buffer); i++) {
        GstMemory *memory = gst_buffer_peek_memory(buffer, i);
        guint64 inode =
            gst_is_dmabuf_memory(memory) ? inode_of(gst_dmabuf_memory_get_fd(memory)) : 0;

        g_hash_table_add(seen->inodes, GSIZE_TO_POINTER(inode));
    }
    n_frames = MAX(n_frames, seen->buffers);
    g_mutex_unlock(&lock);
    return GST_PAD_PROBE_OK;
}

static gboolean has(const struct seen *seen, guint64 inode)
{
    gboolean found;

    g_mutex_lock(&lock);
    found = g_hash_table_contains(seen->inodes, GSIZE_TO_POINTER(inode));
    g_mutex_unlock(&lock);
    return found;
}

/* The first element of a factory. */
static GstElement *find(GstElement *pipeline, const char *factory)
{
    GstIterator *all = gst_bin_iterate_recurse(GST_BIN(pipeline));
    GstElement *found = NULL;
    GValue item = G_VALUE_INIT;

    while (!found && gst_iterator_next(all, &item) == GST_ITERATOR_OK) {
        GstElement *element = g_value_get_object(&item);

        if (!strcmp(GST_OBJECT_NAME(gst_element_get_factory(element)), factory))
            found = gst_object_ref(element);
        g_value_reset(&item);
    }
    g_value_unset(&item);
    gst_iterator_free(all);
    return found;
}

static void watch(GstElement *pipeline, const char *factory, struct seen *seen)
{
    GstElement *element = find(pipeline, factory);
    GstPad *pad;

    seen->inodes = g_hash_table_new(NULL, NULL);
    if (!element)
        return;
    pad = gst_element_get_static_pad(element, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, seen, NULL);
    gst_object_unref(pad);
    gst_object_unref(element);
}

/* ------------------------------------------------------------------ checks */

static int check_camera_buffer(int fd, guint32 type, guint32 index, int *checked)
{
    struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
    struct v4l2_buffer buffer = {
        .type = type,
        .memory = V4L2_MEMORY_DMABUF,
        .index = index,
        .length = VIDEO_MAX_PLANES,
        .m.planes = planes,
    };
    gboolean multi = type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;

    if (ioctl(fd, VIDIOC_QUERYBUF, &buffer))
        return 0;
    if (buffer.memory != V4L2_MEMORY_DMABUF)
        return fail("the camera's buffers are no imports");
    /* One that was never queued has no fd. */
    if (!(buffer.flags & (V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE)))
        return 0;
    for (guint32 i = 0; i < (multi ? buffer.length : 1); i++) {
        guint64 inode = inode_of(multi ? planes[i].m.fd : buffer.m.fd);

        if (!has(&heap_seen, inode))
            return fail("the camera writes into dma-buf %" G_GUINT64_FORMAT
                        ", which dmaheap has not passed",
                        inode);
        ++*checked;
    }
    return 0;
}

static int check_camera(GstElement *pipeline)
{
    GstElement *source = find(pipeline, "v4l2src");
    int fd = -1, checked = 0, result = 0;
    struct v4l2_capability about = {0};
    guint32 type;

    g_object_get(source, "device-fd", &fd, NULL);
    ioctl(fd, VIDIOC_QUERYCAP, &about);
    type = about.device_caps & V4L2_CAP_VIDEO_CAPTURE
               ? V4L2_BUF_TYPE_VIDEO_CAPTURE
               : V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    for (guint32 i = 0; i < VIDEO_MAX_FRAME && !result; i++)
        result = check_camera_buffer(fd, type, i, &checked);
    gst_object_unref(source);
    if (!result && !checked)
        return fail("the camera holds no buffer");
    return result;
}

/* Apart by at most two in each of red, green and blue. */
static gboolean near(gint64 a, gint64 b)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (ABS((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff)) > 2)
            return FALSE;
    return TRUE;
}

static int check_pixels(const struct screen *screen)
{
    for (guint32 y = 0; y < screen->height; y += screen->height / 8)
        for (guint32 x = 0; x < screen->width; x += screen->width / 8) {
            gint64 pixel = screen_pixel(screen, x, y);

            if (pixel < 0)
                return fail("the screen's pixels cannot be read: %s", strerror(-pixel));
            if (!near(pixel, colour))
                return fail("pixel (%u, %u) on screen is 0x%06x, not 0x%06x", x, y,
                            (unsigned)pixel, (unsigned)colour);
        }
    return 0;
}

static int check_display(void)
{
    const struct seen *shown = gpu_seen.buffers ? &gpu_seen : &heap_seen;
    struct screen screen;
    int error = screen_look(driver, &screen), result = 0;

    if (error)
        return fail("nothing is on the screen of %s: %s", driver, strerror(-error));
    if (!has(shown, screen.inode))
        result =
            fail("dma-buf %" G_GUINT64_FORMAT " is on screen, which no element of ours "
                 "has passed",
                 screen.inode);
    if (!result && colour >= 0)
        result = check_pixels(&screen);
    close(screen.fd);
    return result;
}

static int check_stats(GstElement *pipeline)
{
    GstElement *heap = find(pipeline, "dmaheap");
    guint64 passed = 0, copies = 0, maps = 0;
    GstStructure *stats = NULL;

    g_object_get(heap, "stats", &stats, NULL);
    gst_object_unref(heap);
    gst_structure_get(stats, "passed", G_TYPE_UINT64, &passed, "copied", G_TYPE_UINT64,
                      &copies, "cpu-maps", G_TYPE_UINT64, &maps, NULL);
    gst_structure_free(stats);
    if (copied < 0 ? passed || !copies : copies != (guint64)copied)
        return fail("%" G_GUINT64_FORMAT " frames were copied, %" G_GUINT64_FORMAT
                    " passed",
                    copies, passed);
    if (copied == 0 && !passed)
        return fail("no frame of the heap has passed");
    if (cpu_maps < 0 ? !maps : maps != (guint64)cpu_maps)
        return fail("the CPU mapped frames %" G_GUINT64_FORMAT " times", maps);
    return 0;
}

static int check_apart(void)
{
    GHashTableIter all;
    gpointer inode;

    if (!gpu_seen.buffers)
        return fail("dmaheapgpu has drawn nothing");
    g_hash_table_iter_init(&all, gpu_seen.inodes);
    while (g_hash_table_iter_next(&all, &inode, NULL))
        if (!inode || g_hash_table_contains(heap_seen.inodes, inode))
            return fail("dmaheapgpu passes dma-buf %zu on", GPOINTER_TO_SIZE(inode));
    return 0;
}

static int check(GstElement *pipeline)
{
    int result = check_stats(pipeline);

    if (g_hash_table_contains(heap_seen.inodes, NULL))
        result = result ? result : fail("dmaheap passed what is no dma-buf");
    if (!result && camera)
        result = check_camera(pipeline);
    if (!result && drawn)
        result = check_apart();
    if (!result && display)
        result = check_display();
    return result;
}

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

    if (g_atomic_int_get(&n_frames) == seen_frames)
        return FALSE;
    seen_frames = n_frames;
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
    gboolean done = FALSE, eos = FALSE;

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
        if (renegotiate)
            done = change_size(pipeline) || said || eos;
        else
            done = said || eos || (!ends && g_atomic_int_get(&n_frames) >= frames);
    }
    gst_object_unref(bus);
    if (!done)
        return fail("it has sent %d frames in %d s, and not ended", n_frames, seconds);
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

    watch(pipeline, "dmaheap", &heap_seen);
    watch(pipeline, "dmaheapgpu", &gpu_seen);
    result = play(pipeline);
    if (!result && error_text)
        result = judge_error();
    else if (!result && said)
        result = fail("%s", said);
    else if (!result)
        result = check(pipeline);
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
