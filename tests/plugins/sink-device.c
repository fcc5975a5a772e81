/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sink-device - element dmaheapsink on a real display and camera: what is scanned out
 * is the memory that came, the picture is the one that was drawn, and whatever happens
 * to the pipeline leaves nothing behind. Prints "ok NAME", "FAIL NAME: why" or "skip
 * NAME: why".
 *
 * Usage: sink-device CARD CAMERA [TEST…]
 */
#include "sink-device.h"
#include "sink-line.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <zerocopy.h>

/* Stalls of a busy machine that may make the pool grow, each by one buffer or some. */
#define STALLS 3

static const gchar *camera;

guint64 on_screen(void)
{
    struct screen screen;

    if (screen_look(DRIVER, &screen))
        return 0;
    close(screen.fd);
    return screen.inode;
}

static guint count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    guint n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void write_status(const gchar *text)
{
    gchar *name = g_path_get_basename(card);
    gchar *path = g_strdup_printf("/sys/class/drm/%s-Virtual-1/status", name);
    gint fd = open(path, O_WRONLY);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fail("cannot write %s to %s", text, path);
    close(fd);
    g_free(path);
    g_free(name);
}

/* Looks some times at what is scanned out: it must be of what came. */
static void check_identity(guint times)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < times && !failed; i++) {
        gpointer key = GSIZE_TO_POINTER((gsize)on_screen());
        gboolean known;

        g_mutex_lock(&flow.lock);
        known = key && g_hash_table_contains(flow.inodes, key);
        g_mutex_unlock(&flow.lock);
        if (!known)
            fail("dma-buf %" G_GSIZE_FORMAT " is on screen, which never came",
                 GPOINTER_TO_SIZE(key));
        g_hash_table_add(seen, key);
        g_usleep(70000);
    }
    if (g_hash_table_size(seen) < 2)
        fail("%u dma-bufs on screen in %u looks", g_hash_table_size(seen), times);
    g_hash_table_unref(seen);
}

/*
 * The pool has grown to what the flow ever holds at once: a stall may find it too small, and
 * a buffer joins it, but then frames flow without another one.
 */
static void check_pool_has_grown(void)
{
    struct zc_counters then, last;

    for (guint i = 0; i < STALLS && !failed; i++) {
        zc_counters_read(&then);
        if (!await_shown(stat_of("shown"), 20))
            return;
        zc_counters_read(&last);
        if (last.allocations == then.allocations)
            return;
    }
    fail("allocations while frames flow");
}

/* Frames flow: what is on screen is what came, and nothing is imported or mapped anew. */
static void check_flow(void)
{
    struct zc_counters first, last;
    guint n;

    /* When it is opened, it tries a picture of its own. */
    if (!set_state(GST_STATE_READY))
        return;
    zc_counters_read(&first);
    if (!set_state(GST_STATE_PLAYING) || !await_shown(0, 20))
        return;
    check_identity(10);
    check_pool_has_grown();
    zc_counters_read(&last);
    g_mutex_lock(&flow.lock);
    n = g_hash_table_size(flow.inodes);
    g_mutex_unlock(&flow.lock);
    if (g_hash_table_contains(flow.inodes, NULL))
        fail("frames that are no dma-bufs");
    if (last.display_imports - first.display_imports > n)
        fail("%u imports of %u buffers",
             (guint)(last.display_imports - first.display_imports), n);
    check_errors();
}

static void test_identity(void)
{
    make_line("videotestsrc pattern=ball ! " VIDEO ",framerate=30/1", SHOW_LATE);
    check_flow();
    end_line();
    if (on_screen())
        fail("something is left on screen");
}

static void test_camera(void)
{
    gchar *source =
        g_strdup_printf("v4l2src device=%s io-mode=dmabuf-import ! " VIDEO, camera);

    make_line(source, "flip-messages=true");
    g_free(source);
    check_flow();
    g_mutex_lock(&flow.lock);
    if (flow.flips < 40 || flow.with_latency < flow.flips / 2 || !flow.vblanks)
        fail("%u flips told of, %u with a latency, %u vertical blanks", flow.flips,
             flow.with_latency, flow.vblanks);
    if (flow.worst_latency <= 0 || flow.worst_latency > GST_SECOND)
        fail("a latency of %" G_GINT64_FORMAT " ns", flow.worst_latency);
    g_mutex_unlock(&flow.lock);
    end_line();
}

static void test_faster_than_the_display(void)
{
    guint tries = 10;

    /* A machine that is busy makes as many only now and then. */
    make_line("videotestsrc is-live=true pattern=black ! " VIDEO ",framerate=180/1",
              "max-lateness=-1 qos=false");
    if (set_state(GST_STATE_PLAYING))
        while (tries && await_shown(stat_of("shown"), 60) && !stat_of("superseded"))
            tries--;
    if (!tries)
        fail("180 frames a second, and none is superseded");
    check_errors();
    end_line();
}

static void test_each_frame(void)
{
    make_line("videotestsrc num-buffers=50 ! " VIDEO, "sync=false newest-frame=false");
    if (set_state(GST_STATE_PLAYING) && await(GST_MESSAGE_EOS, 20) &&
        (stat_of("shown") != 50 || stat_of("superseded")))
        fail("%" G_GUINT64_FORMAT " of 50 were shown", stat_of("shown"));
    end_line();
}

static void test_eos(void)
{
    guint64 sum;

    make_line("videotestsrc num-buffers=50 ! " VIDEO, "sync=false");
    if (set_state(GST_STATE_PLAYING) && await(GST_MESSAGE_EOS, 20)) {
        sum = stat_of("shown") + stat_of("superseded");
        if (sum != 50)
            fail("%" G_GUINT64_FORMAT " of 50 were shown or superseded", sum);
    }
    end_line();
}

static void test_pause(void)
{
    make_line("videotestsrc pattern=ball ! " VIDEO ",framerate=30/1", SHOW_LATE);
    for (guint i = 0; i < 5 && !failed; i++) {
        guint64 shown;

        if (!set_state(GST_STATE_PLAYING) || !await_shown(stat_of("shown"), 5) ||
            !set_state(GST_STATE_PAUSED))
            break;
        /* One may still be on its way; playing, there would be fifteen. */
        shown = stat_of("shown");
        g_usleep(500000);
        if (stat_of("shown") > shown + 1)
            fail("%" G_GUINT64_FORMAT " frames are shown in PAUSED",
                 stat_of("shown") - shown);
        if (!on_screen())
            fail("nothing is on screen in PAUSED");
    }
    end_line();
}

static void test_seek(void)
{
    make_line("videotestsrc num-buffers=10000 pattern=ball ! " VIDEO ",framerate=30/1",
              SHOW_LATE);
    if (!set_state(GST_STATE_PAUSED)) {
        end_line();
        return;
    }
    gst_message_unref(next_message(GST_MESSAGE_ASYNC_DONE, 5));
    for (guint i = 0; i < 20 && !failed; i++) {
        if (!gst_element_seek_simple(line, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                     (i * 7 % 20) * GST_SECOND))
            fail("seek %u fails", i);
        else if (await(GST_MESSAGE_ASYNC_DONE, 10) && i % 5 == 4)
            set_state(i % 2 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
    }
    if (!failed && set_state(GST_STATE_PLAYING))
        await_shown(stat_of("shown"), 5);
    end_line();
}

static void test_cycles(void)
{
    guint before = 0;

    make_line("videotestsrc pattern=ball ! " VIDEO ",framerate=60/1", SHOW_LATE);
    for (guint i = 0; i < 21 && !failed; i++) {
        if (!set_state(GST_STATE_PLAYING) || !await_shown(0, 2) ||
            !set_state(i % 3 ? GST_STATE_NULL : GST_STATE_READY))
            break;
        if (i % 3 == 0)
            set_state(GST_STATE_NULL);
        if (on_screen())
            fail("cycle %u leaves a picture on screen", i);
        if (i == 0)
            before = count_fds();
        else if (count_fds() != before)
            fail("%u fds before, %u after cycle %u", before, count_fds(), i);
    }
    end_line();
}

/* Whether the display takes it; asked in READY. */
static gboolean takes(const GstCaps *caps)
{
    GstPad *pad = gst_element_get_static_pad(sink, "sink");
    GstCaps *all = gst_pad_query_caps(pad, NULL);
    gboolean is = gst_caps_can_intersect(all, caps);

    gst_caps_unref(all);
    gst_object_unref(pad);
    return is;
}

static void test_renegotiate(void)
{
    static const gchar *const formats[] = {"BGRx", "BGRA", "RGB16"};
    GstElement *filter;
    guint before = 0;

    make_line("videotestsrc ! capsfilter name=filter", SHOW_LATE);
    filter = gst_bin_get_by_name(GST_BIN(line), "filter");
    set_state(GST_STATE_READY);
    for (guint i = 0; i < 31 && !failed; i++) {
        gchar *text = g_strdup_printf("video/x-raw,format=%s,width=640,height=480,"
                                      "framerate=60/1",
                                      formats[i % G_N_ELEMENTS(formats)]);
        GstCaps *caps = gst_caps_from_string(text);

        if (takes(caps))
            g_object_set(filter, "caps", caps, NULL);
        gst_caps_unref(caps);
        g_free(text);
        if ((!i && !set_state(GST_STATE_PLAYING)) || !await_shown(stat_of("shown"), 4))
            break;
        /* How many pools are about differs from one change to the next. */
        if (i <= 12)
            before = MAX(before, count_fds());
    }
    if (!failed && count_fds() > before + 4)
        fail("at most %u fds in 12 changes, %u after 30", before, count_fds());
    gst_object_unref(filter);
    end_line();
}

static void test_unplug(void)
{
    guint64 shown;

    make_line("videotestsrc is-live=true ! " VIDEO ",framerate=30/1", SHOW_LATE);
    if (set_state(GST_STATE_PLAYING) && await_shown(0, 10)) {
        write_status("off");
        if (await(GST_MESSAGE_WARNING, 5)) {
            shown = stat_of("shown");
            g_usleep(500000);
            if (stat_of("shown") != shown)
                fail("frames are shown on an unplugged connector");
            write_status("detect");
            if (await(GST_MESSAGE_INFO, 5))
                await_shown(shown, 10);
            check_errors();
        }
        write_status("detect");
    }
    end_line();
}

static const struct {
    const gchar *name;
    void (*run)(void);
} tests[] = {
    {"identity", test_identity},
    {"camera", test_camera},
    {"faster-than-the-display", test_faster_than_the_display},
    {"each-frame", test_each_frame},
    {"eos", test_eos},
    {"pause", test_pause},
    {"seek", test_seek},
    {"cycles", test_cycles},
    {"renegotiate", test_renegotiate},
    {"unplug", test_unplug},
    {"pixels", test_pixels},
    {"colours", test_colours},
};

int main(int argc, char **argv)
{
    int n_failed = 0;

    gst_init(&argc, &argv);
    if (argc < 3)
        return 2;
    card = argv[1];
    camera = argv[2];
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        gchar *name = g_strdup_printf("sink-%s", tests[i].name);

        test = name;
        failed = FALSE;
        if (argc == 3 || g_strv_contains((const gchar *const *)argv + 3, tests[i].name)) {
            tests[i].run();
            n_failed += failed;
            if (!failed)
                g_print("ok %s\n", name);
        }
        g_free(name);
    }
    return n_failed != 0;
}
