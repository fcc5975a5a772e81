/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* line-check - the dma-bufs that pass a line's elements, and whether its devices hold them. */
#include "line-check.h"
#include "queue.h"
#include "screen.h"

#include <errno.h>
#include <gst/allocators/allocators.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct checks checks = {.driver = "vkms", .apart = 2};

static GMutex lock;
static struct seen heap_seen, gpu_seen, in_seen, out_seen;
static struct seen *last =
    &heap_seen; /* that of the last element of ours before a sink */
static gint n_frames;

int checks_frames(void)
{
    return g_atomic_int_get(&n_frames);
}

int fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    return 1;
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
        guint64 inode = gst_is_dmabuf_memory(memory)
                            ? queue_inode(gst_dmabuf_memory_get_fd(memory))
                            : 0;

        g_hash_table_add(seen->inodes, GSIZE_TO_POINTER(inode));
    }
    if (seen == last)
        n_frames = seen->buffers;
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

/* A question about an element, asked of all in the line until one says yes. */
typedef gboolean (*is_it)(GstElement *element, gpointer user);

static GstElement *find_by(GstElement *pipeline, is_it is, gpointer user)
{
    GstIterator *all = gst_bin_iterate_recurse(GST_BIN(pipeline));
    GstElement *found = NULL;
    GValue item = G_VALUE_INIT;

    while (!found && gst_iterator_next(all, &item) == GST_ITERATOR_OK) {
        GstElement *element = g_value_get_object(&item);

        if (is(element, user))
            found = gst_object_ref(element);
        g_value_reset(&item);
    }
    g_value_unset(&item);
    gst_iterator_free(all);
    return found;
}

static gboolean is_of(GstElement *element, gpointer factory)
{
    return !strcmp(GST_OBJECT_NAME(gst_element_get_factory(element)), factory);
}

static GstElement *find(GstElement *pipeline, const char *factory)
{
    return find_by(pipeline, is_of, (gpointer)factory);
}

/* Of a device with a queue for what goes in and one for what comes out. */
static gboolean is_converter(GstElement *element, gpointer user)
{
    (void)user;
    return g_object_class_find_property(G_OBJECT_GET_CLASS(element), "capture-io-mode") !=
           NULL;
}

static void watch_pad(GstElement *element, const char *name, struct seen *seen)
{
    GstPad *pad = gst_element_get_static_pad(element, name);

    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, seen, NULL);
    gst_object_unref(pad);
}

static gboolean watch_if(GstElement *element, gpointer user)
{
    (void)user;
    if (is_of(element, "dmaheap"))
        watch_pad(element, "src", &heap_seen);
    else if (is_of(element, "dmaheapgpu"))
        watch_pad(element, "src", last = &gpu_seen);
    else if (is_converter(element, NULL)) {
        watch_pad(element, "sink", &in_seen);
        watch_pad(element, "src", &out_seen);
    }
    return FALSE;
}

void checks_watch(GstElement *pipeline)
{
    struct seen *all[] = {&heap_seen, &gpu_seen, &in_seen, &out_seen};

    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        all[i]->inodes = g_hash_table_new(NULL, NULL);
    find_by(pipeline, watch_if, NULL);
}

/* A queue of the device of @element holds what is @seen alone. */
static int check_queue(GstElement *element, gboolean capture, const struct seen *seen)
{
    gchar *wrong;
    int fd = -1, result = 0;

    g_object_get(element, "device-fd", &fd, NULL);
    wrong = queue_check(fd, capture, seen, &lock);
    if (wrong)
        result = fail("%s, its queue for %s: %s", GST_OBJECT_NAME(element),
                      capture ? "capture" : "output", wrong);
    g_free(wrong);
    return result;
}

static int check_camera(GstElement *pipeline)
{
    GstElement *source = find(pipeline, "v4l2src");
    int result = check_queue(source, TRUE, &heap_seen);

    gst_object_unref(source);
    return result;
}

/* What comes out is none of what goes in: it was no passthrough. */
static int check_converter(GstElement *pipeline)
{
    GstElement *converter = find_by(pipeline, is_converter, NULL);
    GHashTableIter all;
    gpointer inode;
    int result = 0;

    g_mutex_lock(&lock);
    g_hash_table_iter_init(&all, out_seen.inodes);
    while (!result && g_hash_table_iter_next(&all, &inode, NULL))
        if (g_hash_table_contains(in_seen.inodes, inode))
            result = fail("%s passes dma-bufs on", GST_OBJECT_NAME(converter));
    g_mutex_unlock(&lock);
    if (!result && checks.reads)
        result = check_queue(converter, FALSE, &in_seen);
    if (!result && checks.writes)
        result = check_queue(converter, TRUE, &out_seen);
    gst_object_unref(converter);
    return result;
}

/* @wrong: what is, or NULL; it is freed. */
static int check_pixels(gchar *wrong)
{
    int result = wrong ? fail("%s", wrong) : 0;

    g_free(wrong);
    return result;
}

static gchar *wrong_colour(const struct screen *screen)
{
    gchar **wanted = g_strsplit(checks.colours, ",", -1);
    gint64 bars[SCREEN_POINTS] = {0};
    guint n = 0;

    for (; wanted[n] && n < SCREEN_POINTS; n++)
        bars[n] = g_ascii_strtoll(wanted[n], NULL, 16);
    g_strfreev(wanted);
    return screen_check(screen, bars, n, checks.apart);
}

static int check_size(const struct screen *screen)
{
    gchar *shown = g_strdup_printf("%ux%u", screen->width, screen->height);
    int result = g_str_equal(shown, checks.size)
                     ? 0
                     : fail("%s is on screen, not %s", shown, checks.size);

    g_free(shown);
    return result;
}

static int check_display(void)
{
    const struct seen *shown = gpu_seen.buffers   ? &gpu_seen
                               : out_seen.buffers ? &out_seen
                                                  : &heap_seen;
    struct screen screen;
    int error = screen_look(checks.driver, &screen), result = 0;

    if (error)
        return fail("nothing is on the screen of %s: %s", checks.driver,
                    strerror(-error));
    if (!has(shown, screen.inode))
        result =
            fail("dma-buf %" G_GUINT64_FORMAT " is on screen, which no element of ours "
                 "has passed",
                 screen.inode);
    if (!result && checks.size)
        result = check_size(&screen);
    if (!result && checks.ramp)
        result = check_pixels(screen_check_ramp(&screen, *checks.ramp, checks.apart));
    if (!result && checks.colours)
        result = check_pixels(wrong_colour(&screen));
    close(screen.fd);
    return result;
}

struct stats {
    guint64 passed, foreign, copied, cpu_maps;
    gboolean copies_all; /* one of the elements does */
};

static gboolean add_stats(GstElement *element, gpointer user)
{
    struct stats *sum = user, one = {0};
    GstStructure *stats = NULL;

    if (!is_of(element, "dmaheap"))
        return FALSE;
    g_object_get(element, "stats", &stats, NULL);
    gst_structure_get(stats, "passed", G_TYPE_UINT64, &one.passed, "foreign",
                      G_TYPE_UINT64, &one.foreign, "copied", G_TYPE_UINT64, &one.copied,
                      "cpu-maps", G_TYPE_UINT64, &one.cpu_maps, NULL);
    gst_structure_free(stats);
    sum->passed += one.passed;
    sum->foreign += one.foreign;
    sum->copied += one.copied;
    sum->cpu_maps += one.cpu_maps;
    sum->copies_all |= one.copied && !one.passed;
    return FALSE;
}

static int check_stats(GstElement *pipeline)
{
    struct stats sum = {0};

    find_by(pipeline, add_stats, &sum);
    if (checks.copied < 0 ? !sum.copies_all : sum.copied != (guint64)checks.copied)
        return fail("%" G_GUINT64_FORMAT " frames were copied, %" G_GUINT64_FORMAT
                    " passed",
                    sum.copied, sum.passed);
    if (checks.foreign ? !sum.foreign : sum.foreign != 0)
        return fail("%" G_GUINT64_FORMAT " frames were in others' dma-bufs", sum.foreign);
    if (checks.copied == 0 && !checks.foreign && !sum.passed)
        return fail("no frame of the heap has passed");
    if (checks.cpu_maps < 0 ? !sum.cpu_maps : sum.cpu_maps != (guint64)checks.cpu_maps)
        return fail("the CPU mapped frames %" G_GUINT64_FORMAT " times", sum.cpu_maps);
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

int checks_run(GstElement *pipeline)
{
    int result = check_stats(pipeline);

    if (g_hash_table_contains(heap_seen.inodes, NULL))
        result = result ? result : fail("dmaheap passed what is no dma-buf");
    if (!result && checks.camera)
        result = check_camera(pipeline);
    if (!result && (checks.reads || checks.writes))
        result = check_converter(pipeline);
    if (!result && checks.drawn)
        result = check_apart();
    if (!result && checks.display)
        result = check_display();
    return result;
}
