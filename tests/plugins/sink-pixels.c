/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sink-pixels - that the picture on the display is the one that was drawn. */
#include "sink-device.h"
#include "sink-line.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drmMode.h>
#include <zerocopy.h>

/* Fine, and the same in each frame. */
#define PICTURE "pattern=zone-plate kx2=20 ky2=20"

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

static gint tolerance; /* of each component */

static gboolean differs(const guint8 *a, const guint8 *b)
{
    return ABS(a[0] - b[0]) > tolerance || ABS(a[1] - b[1]) > tolerance ||
           ABS(a[2] - b[2]) > tolerance;
}

static void compare(const gchar *what, const guint8 *pixels, guint stride)
{
    for (guint y = 0; y < HEIGHT; y++)
        for (guint x = 0; x < WIDTH; x++) {
            const guint8 *got = pixels + y * stride + 4 * x;
            const guint8 *want = reference + (y * WIDTH + x) * 4;

            if (!differs(got, want))
                continue;
            fail("%s: pixel %u,%u is BGR %d %d %d, not %d %d %d", what, x, y, got[0],
                 got[1], got[2], want[0], want[1], want[2]);
            return;
        }
}

static void compare_memory(void)
{
    struct screen screen;
    guint8 *map = MAP_FAILED;
    gsize bytes;

    if (screen_look(DRIVER, &screen)) {
        fail("nothing is on screen");
        return;
    }
    bytes = (gsize)screen.pitch * screen.height + screen.offset;
    map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, screen.fd, 0);
    if (map == MAP_FAILED || screen.width != WIDTH || screen.height != HEIGHT)
        fail("what is on screen is %ux%u, or cannot be mapped", screen.width,
             screen.height);
    else
        compare("memory scanned out", map + screen.offset, screen.pitch);
    if (map != MAP_FAILED)
        munmap(map, bytes);
    close(screen.fd);
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

void test_pixels(void)
{
    draw_reference();
    make_line("videotestsrc num-buffers=5 " PICTURE " ! " VIDEO, "restore-crtc=false");
    if (set_state(GST_STATE_PLAYING) && await(GST_MESSAGE_EOS, 20))
        compare_memory();
    end_line();
    if (on_screen())
        compare_writeback();
    else if (!failed)
        g_print("skip %s-writeback: this kernel keeps no picture without its "
                "program\n",
                test);
    darken();
}

static gboolean has_plane_for(const gchar *format)
{
    struct zc_display_config config = {.path = card};
    struct zc_display *display = NULL;
    gboolean has = !zc_display_open(&display, &config) &&
                   zc_display_has_format(display, zc_format_by_name(format)->fourcc, 0);

    zc_display_close(display);
    return has;
}

/* Red of each colorimetry (range:matrix:transfer:primaries) is red on the screen. */
void test_colours(void)
{
    static const gchar *const colorimetries[] = {"2:4:16:4", "1:4:16:4", "2:3:5:1",
                                                 "1:3:5:1",  "2:6:13:7", "1:6:13:7"};

    if (!has_plane_for("NV12")) {
        g_print("skip %s-of-yuv: no plane takes NV12\n", test);
        return;
    }
    for (guint i = 0; i < WIDTH * HEIGHT; i++)
        memcpy(reference + 4 * i, "\0\0\377\0", 4);
    tolerance = 3;
    for (guint i = 0; i < G_N_ELEMENTS(colorimetries) && !failed; i++) {
        gchar *source =
            g_strdup_printf("videotestsrc num-buffers=3 pattern=red ! " VIDEO
                            " ! videoconvert ! video/x-raw,format=NV12,colorimetry=%s",
                            colorimetries[i]);

        make_line(source, "restore-crtc=false");
        if (set_state(GST_STATE_PLAYING))
            await(GST_MESSAGE_EOS, 20);
        end_line();
        if (!failed)
            compare_writeback();
        darken();
        g_free(source);
    }
    tolerance = 0;
}
