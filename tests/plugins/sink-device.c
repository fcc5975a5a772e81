/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sink-device - element dmaheapsink on a real display and camera: what is scanned out
 * is the memory that came, the picture is the one that was drawn, and whatever happens
 * to the pipeline leaves nothing behind. Prints "ok NAME", "FAIL NAME: why" or "skip
 * NAME: why".
 *
 * Usage: sink-device CARD CAMERA [TEST…]
 */
#include <dirent.h>
#include <fcntl.h>
#include <gst/allocators/allocators.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>
#include <zerocopy.h>

#define WIDTH 640
#define HEIGHT 480
/* Fine, and the same in each frame. */
#define PICTURE "pattern=zone-plate kx2=20 ky2=20"
#define VIDEO "video/x-raw,format=BGRx,width=640,height=480"

static const gchar *card, *camera, *test;
static gboolean failed; /* the test that runs */
static gint n_failed;

static void fail(const gchar *format, ...) G_GNUC_PRINTF(1, 2);

/* The first failure of a test is told. */
static void fail(const gchar *format, ...)
{
    va_list args;

    if (failed)
        return;
    failed = TRUE;
    n_failed++;
    g_print("FAIL %s: ", test);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    g_print("\n");
}

/* ---------------------------------------------------------------- the line */

static GstElement *line, *sink;
static GHashTable *inodes; /* of the dma-bufs that came to the sink */
static GMutex lock;
static guint n_flips, n_vblanks, n_with_latency;
static gint64 worst_latency;

static guint64 inode_of(gint fd)
{
    struct stat node;

    return fstat(fd, &node) ? 0 : node.st_ino;
}

static GstPadProbeReturn on_buffer(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    GstMemory *memory = gst_buffer_peek_memory(buffer, 0);
    guint64 inode =
        gst_is_dmabuf_memory(memory) ? inode_of(gst_dmabuf_memory_get_fd(memory)) : 0;

    g_mutex_lock(&lock);
    g_hash_table_add(inodes, GSIZE_TO_POINTER((gsize)inode));
    g_mutex_unlock(&lock);
    return GST_PAD_PROBE_OK;
}

static void note_flip(const GstStructure *flip)
{
    gboolean vblank = FALSE;
    gint64 latency;

    n_flips++;
    gst_structure_get_boolean(flip, "vblank", &vblank);
    n_vblanks += vblank;
    if (!gst_structure_get_int64(flip, "latency-ns", &latency))
        return;
    n_with_latency++;
    worst_latency = MAX(worst_latency, latency);
}

static GstBusSyncReply on_message(GstBus *bus, GstMessage *message, gpointer user)
{
    const GstStructure *structure = gst_message_get_structure(message);

    if (structure && gst_structure_has_name(structure, "dmaheapsink-flip")) {
        g_mutex_lock(&lock);
        note_flip(structure);
        g_mutex_unlock(&lock);
        gst_message_unref(message);
        return GST_BUS_DROP;
    }
    return GST_BUS_PASS;
}

/* Builds "SOURCE ! dmaheapsink PROPERTIES". */
static void make_line(const gchar *source, const gchar *properties)
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
    g_hash_table_remove_all(inodes);
    n_flips = n_vblanks = n_with_latency = 0;
    worst_latency = 0;
}

/* The next message of @types; NULL: none came. An error fails the test, unless asked. */
static GstMessage *next_message(GstMessageType types, guint seconds)
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

/* An error that was posted fails the test. */
static void check_errors(void)
{
    GstMessage *message = next_message(GST_MESSAGE_UNKNOWN, 0);

    g_clear_pointer(&message, gst_message_unref);
}

static gboolean await(GstMessageType type, guint seconds)
{
    GstMessage *message = next_message(type, seconds);

    if (!message)
        fail("no message %s within %u s", gst_message_type_get_name(type), seconds);
    else
        gst_message_unref(message);
    return message != NULL;
}

static gboolean set_state(GstState state)
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

static void end_line(void)
{
    gst_element_set_state(line, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_clear_object(&line);
}

static guint64 stat_of(const gchar *name)
{
    GstStructure *stats;
    guint64 value = 0;

    g_object_get(sink, "stats", &stats, NULL);
    gst_structure_get_uint64(stats, name, &value);
    gst_structure_free(stats);
    return value;
}

/* Until @n more frames were shown than @before. */
static gboolean await_shown(guint64 before, guint64 n)
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

/* ------------------------------------------------------------- the display */

/* The dma-buf that a plane scans out: its fd and framebuffer; -1: no plane does. Asked
 * on a node of its own, which must not be opened before the sink is master. */
static gint scanned_out(drmModeFB2 *out)
{
    gint node = open(card, O_RDWR | O_CLOEXEC), fd = -1;
    drmModePlaneRes *planes;

    drmSetClientCap(node, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
    planes = drmModeGetPlaneResources(node);
    for (guint i = 0; planes && i < planes->count_planes && fd < 0; i++) {
        drmModePlane *plane = drmModeGetPlane(node, planes->planes[i]);
        drmModeFB2 *fb = plane && plane->fb_id ? drmModeGetFB2(node, plane->fb_id) : NULL;

        if (fb && fb->handles[0])
            drmPrimeHandleToFD(node, fb->handles[0], O_CLOEXEC, &fd);
        if (fb && out)
            *out = *fb;
        drmModeFreeFB2(fb);
        drmModeFreePlane(plane);
    }
    drmModeFreePlaneResources(planes);
    close(node);
    return fd;
}

static guint64 scanned_out_inode(void)
{
    gint fd = scanned_out(NULL);
    guint64 inode = fd >= 0 ? inode_of(fd) : 0;

    if (fd >= 0)
        close(fd);
    return inode;
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

/* ---------------------------------------------------------------- the tests */

/* Looks some times at what is scanned out: it must be of what came. */
static void check_identity(guint times)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < times && !failed; i++) {
        gpointer key = GSIZE_TO_POINTER((gsize)scanned_out_inode());
        gboolean known;

        g_mutex_lock(&lock);
        known = key && g_hash_table_contains(inodes, key);
        g_mutex_unlock(&lock);
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

/* Frames flow: what is on screen is what came, and nothing is imported or mapped anew. */
static void check_flow(void)
{
    struct zc_counters first, then, last;
    guint n;

    zc_counters_read(&first);
    if (!set_state(GST_STATE_PLAYING) || !await_shown(0, 20))
        return;
    check_identity(10);
    zc_counters_read(&then);
    await_shown(stat_of("shown"), 20);
    zc_counters_read(&last);
    g_mutex_lock(&lock);
    n = g_hash_table_size(inodes);
    g_mutex_unlock(&lock);
    if (g_hash_table_contains(inodes, NULL))
        fail("frames that are no dma-bufs");
    if (last.display_imports != then.display_imports ||
        last.allocations != then.allocations)
        fail("imports or allocations while frames flow");
    if (last.display_imports - first.display_imports > n)
        fail("%u imports of %u buffers",
             (guint)(last.display_imports - first.display_imports), n);
    check_errors();
}

static void test_identity(void)
{
    make_line("videotestsrc pattern=ball ! " VIDEO ",framerate=30/1", "max-lateness=-1");
    check_flow();
    end_line();
    if (scanned_out_inode())
        fail("something is left on screen");
}

static void test_camera(void)
{
    gchar *source =
        g_strdup_printf("v4l2src device=%s io-mode=dmabuf-import ! " VIDEO, camera);

    make_line(source, "flip-messages=true");
    g_free(source);
    check_flow();
    g_mutex_lock(&lock);
    if (n_flips < 40 || n_with_latency < n_flips / 2 || !n_vblanks)
        fail("%u flips told of, %u with a latency, %u vertical blanks", n_flips,
             n_with_latency, n_vblanks);
    if (worst_latency <= 0 || worst_latency > GST_SECOND)
        fail("a latency of %" G_GINT64_FORMAT " ns", worst_latency);
    g_mutex_unlock(&lock);
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
    make_line("videotestsrc pattern=ball ! " VIDEO ",framerate=30/1", "");
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
        if (!scanned_out_inode())
            fail("nothing is on screen in PAUSED");
    }
    end_line();
}

static void test_seek(void)
{
    make_line("videotestsrc num-buffers=10000 pattern=ball ! " VIDEO ",framerate=30/1",
              "");
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

    make_line("videotestsrc pattern=ball ! " VIDEO ",framerate=60/1", "");
    for (guint i = 0; i < 21 && !failed; i++) {
        if (!set_state(GST_STATE_PLAYING) || !await_shown(0, 2) ||
            !set_state(i % 3 ? GST_STATE_NULL : GST_STATE_READY))
            break;
        if (i % 3 == 0)
            set_state(GST_STATE_NULL);
        if (scanned_out_inode())
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

    make_line("videotestsrc ! capsfilter name=filter", "");
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
        if (i == 12)
            before = count_fds();
    }
    if (!failed && count_fds() > before + 4)
        fail("%u fds after 12 changes, %u after 30", before, count_fds());
    gst_object_unref(filter);
    end_line();
}

static void test_unplug(void)
{
    guint64 shown;

    make_line("videotestsrc is-live=true ! " VIDEO ",framerate=30/1", "");
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

/* ----------------------------------------------------------------- pixels */

static guint8 reference[WIDTH * HEIGHT * 4];

static GstPadProbeReturn take_reference(GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
    gst_buffer_extract(GST_PAD_PROBE_INFO_BUFFER(info), 0, reference, sizeof(reference));
    return GST_PAD_PROBE_REMOVE;
}

/* What videotestsrc draws, in plain memory. */
static void draw_reference(void)
{
    GstElement *other = gst_parse_launch(
        "videotestsrc num-buffers=1 " PICTURE " ! " VIDEO " ! fakesink name=end", NULL);
    GstElement *element = gst_bin_get_by_name(GST_BIN(other), "end");
    GstPad *pad = gst_element_get_static_pad(element, "sink");
    GstBus *bus = gst_element_get_bus(other);
    GstMessage *message;

    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, take_reference, NULL, NULL);
    gst_element_set_state(other, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered(bus, 10 * GST_SECOND, GST_MESSAGE_EOS);
    if (!message)
        fail("no reference picture");
    else
        gst_message_unref(message);
    gst_element_set_state(other, GST_STATE_NULL);
    gst_object_unref(bus);
    gst_object_unref(pad);
    gst_object_unref(element);
    gst_object_unref(other);
}

static void compare(const gchar *what, const guint8 *pixels, guint stride)
{
    for (guint y = 0; y < HEIGHT; y++)
        for (guint x = 0; x < WIDTH; x++)
            if (memcmp(pixels + y * stride + 4 * x, reference + (y * WIDTH + x) * 4, 3)) {
                fail("%s: pixel %u,%u differs", what, x, y);
                return;
            }
}

static void compare_memory(void)
{
    drmModeFB2 fb = {0};
    gint fd = scanned_out(&fb);
    gsize bytes = (gsize)fb.pitches[0] * fb.height + fb.offsets[0];
    guint8 *map;

    if (fd < 0) {
        fail("nothing is on screen");
        return;
    }
    map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED || fb.width != WIDTH || fb.height != HEIGHT)
        fail("what is on screen is %ux%u, or cannot be mapped", fb.width, fb.height);
    else
        compare("memory scanned out", map + fb.offsets[0], fb.pitches[0]);
    if (map != MAP_FAILED)
        munmap(map, bytes);
    close(fd);
}

/* The picture that stays after the sink has gone, as the display composes it. */
static void compare_writeback(void)
{
    struct zc_display_config config = {.path = card};
    struct zc_display *display = NULL;
    struct zc_frame *frame = NULL;
    void *plane[ZC_MAX_PLANES];
    struct zc_heap *heap = NULL;
    struct zc_layout layout;

    zc_layout_solve(&layout, zc_format_by_name("XR24"), WIDTH, HEIGHT, NULL);
    if (zc_display_open(&display, &config) || zc_heap_open(&heap, NULL) ||
        zc_frame_create(&frame, heap, &layout) || zc_display_capture(display, frame) ||
        zc_frame_begin_cpu(frame, ZC_CPU_READ, plane)) {
        fail("what the display shows cannot be captured");
    } else {
        compare("picture on the display", plane[0], layout.plane[0].stride);
        zc_frame_end_cpu(frame);
    }
    zc_frame_unref(frame);
    zc_heap_close(heap);
    zc_display_close(display);
}

/* The display is dark again, as other tests expect it. */
static void darken(void)
{
    gint node = open(card, O_RDWR | O_CLOEXEC);
    drmModeRes *resources = drmModeGetResources(node);

    for (gint i = 0; resources && i < resources->count_crtcs; i++)
        if (drmModeSetCrtc(node, resources->crtcs[i], 0, 0, 0, NULL, 0, NULL))
            fail("the display cannot be made dark again");
    drmModeFreeResources(resources);
    close(node);
}

static void test_pixels(void)
{
    draw_reference();
    make_line("videotestsrc num-buffers=5 " PICTURE " ! " VIDEO, "restore-crtc=false");
    if (set_state(GST_STATE_PLAYING) && await(GST_MESSAGE_EOS, 20))
        compare_memory();
    end_line();
    if (scanned_out_inode())
        compare_writeback();
    else if (!failed)
        g_print("skip %s-writeback: this kernel keeps no picture without its "
                "program\n",
                test);
    darken();
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
};

int main(int argc, char **argv)
{
    gst_init(&argc, &argv);
    if (argc < 3)
        return 2;
    card = argv[1];
    camera = argv[2];
    inodes = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        gchar *name = g_strdup_printf("sink-%s", tests[i].name);

        test = name;
        failed = FALSE;
        if (argc == 3 || g_strv_contains((const gchar *const *)argv + 3, tests[i].name)) {
            tests[i].run();
            if (!failed)
                g_print("ok %s\n", name);
        }
        g_free(name);
    }
    return n_failed != 0;
}
