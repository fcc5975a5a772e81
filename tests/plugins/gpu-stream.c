/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-stream - frame after frame: what is kept, what changes, who calls. */
#include "gpu-rig.h"

#include <EGL/egl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE "width=160,height=120,framerate=30/1"
#define FRAMES 60
#define CHANGES 100
#define PERIOD 4

/* Sends a frame of the pool and lets go of what comes. */
static int pass(struct rig *rig)
{
    GstBuffer *out = rig_draw(rig, rig_frame(rig, 1));

    if (!out)
        return 1;
    gst_buffer_unref(out);
    return 0;
}

/* What this process has done so far that must not be done for each frame. */
struct done {
    struct zc_counters counters;
    guint64 cpu_maps; /* of the target's heap, and of the source's */
    int fds;
};

static struct done read_done(GstBuffer *out)
{
    GstAllocator *allocator = gst_buffer_peek_memory(out, 0)->allocator;
    struct done done = {
        .cpu_maps =
            gst_dma_heap_allocator_get_cpu_maps(rig_allocator) +
            gst_dma_heap_allocator_get_cpu_maps(GST_DMA_HEAP_ALLOCATOR(allocator)),
        .fds = rig_open_fds(),
    };

    zc_counters_read(&done.counters);
    return done;
}

static int compare_done(const struct done *a, const struct done *b)
{
    int imports = b->counters.gpu_imports - a->counters.gpu_imports;
    int allocations = b->counters.allocations - a->counters.allocations;
    int maps = b->counters.cpu_maps - a->counters.cpu_maps + b->cpu_maps - a->cpu_maps;

    if (imports || allocations || maps || a->fds != b->fds)
        FAIL("%d imports, %d allocations, %d CPU maps, %d fds more", imports, allocations,
             maps, b->fds - a->fds);
    return 0;
}

/* Once frames flow, nothing is made any more, and nothing mapped. */
static int check_steady(void)
{
    struct done half = {0}, end = {0};
    GstBuffer *in[3];
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);

    for (int i = 0; i < 3; i++)
        in[i] = result ? NULL : rig_frame(&rig, i);
    for (int i = 1; i <= FRAMES && !result; i++) {
        GstBuffer *out = rig_draw(&rig, gst_buffer_ref(in[i % 3]));

        result = !out;
        if (out && i == FRAMES / 2)
            half = read_done(out);
        if (out && i == FRAMES)
            end = read_done(out);
        gst_clear_buffer(&out);
    }
    if (!result)
        result = compare_done(&half, &end);
    for (int i = 0; i < 3; i++)
        gst_clear_buffer(&in[i]);
    rig_close(&rig);
    return result;
}

/* New caps again and again: nothing piles up. */
static int check_renegotiation(void)
{
    static const char *const caps[PERIOD] = {
        "format=YUY2,width=160,height=120,framerate=30/1",
        "format=NV12,width=160,height=120,framerate=30/1",
        "format=YUY2,width=320,height=96,framerate=30/1",
        "format=NV12,width=64,height=64,framerate=15/1",
    };
    struct rig rig;
    int result = rig_open(&rig, "rotation=90", NULL), fds = 0;

    for (int i = 0; i < CHANGES && !result; i++) {
        result = rig_caps(&rig, caps[i % PERIOD]);
        if (!result && i % 20 < PERIOD)
            result = rig_check(&rig, 90, 0, 0, 0);
        else if (!result)
            result = pass(&rig);
        /* The allocator keeps what fits; then it is full. */
        if (i + 1 == CHANGES / 2)
            fds = rig_open_fds();
    }
    /* Of those that are kept, one more or less may be in a device's hands. */
    if (!result && rig_open_fds() > fds + 1) {
        snprintf(device_why, sizeof(device_why), "%d fds after %d changes, %d after %d",
                 fds, CHANGES / 2, rig_open_fds(), CHANGES);
        result = 1;
    }
    rig_close(&rig);
    return result;
}

/* The one downstream changes its mind while it plays. */
static int check_rescaling(void)
{
    static const int widths[] = {80, 300, 160, 80};
    struct rig rig;
    int result = rig_make(&rig, NULL, "format=NV12," SIZE, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(widths) && !result; i++) {
        int width = widths[i], height = widths[i] * 3 / 4;
        char *caps = g_strdup_printf("video/x-raw,width=%d", width);

        gst_harness_set_sink_caps_str(rig.harness, caps);
        gst_harness_push_upstream_event(rig.harness, gst_event_new_reconfigure());
        g_free(caps);
        result = width == 160 ? rig_check(&rig, 0, 0, 0, 0)
                              : rig_check(&rig, 0, 0, width, height);
    }
    rig_close(&rig);
    return result;
}

/*
 * Draws, and looks whether the GPU has left this thread. That the next thread can draw
 * does not tell: on one board it could without that.
 */
static int check_and_leave(struct rig *rig)
{
    int result = rig_check(rig, 0, 1, 0, 0);

    if (!result && eglGetCurrentContext() != EGL_NO_CONTEXT)
        FAIL("the GPU's context is still current on the thread that drew");
    return result;
}

static gpointer pass_on_thread(gpointer rig)
{
    return GINT_TO_POINTER(check_and_leave(rig));
}

static int check_threads(void)
{
    struct rig rig;
    int result = rig_make(&rig, "flip=horizontal", "format=YUY2," SIZE, NULL);

    for (int i = 0; i < 10 && !result; i++) {
        GThread *thread = g_thread_new("stream", pass_on_thread, &rig);

        result = GPOINTER_TO_INT(g_thread_join(thread));
        if (!result)
            result = check_and_leave(&rig);
    }
    rig_close(&rig);
    return result;
}

/* With nothing to do, the very buffer goes on; then there is something to do. */
static int check_passthrough(void)
{
    struct rig rig;
    int result = rig_make(&rig, NULL, "format=BGRx," SIZE, NULL);
    GstBuffer *in, *out;
    bool same;

    for (int i = 0; i < 4 && !result; i++) {
        gst_util_set_object_arg(G_OBJECT(rig.element), "rotation", i % 2 ? "180" : "0");
        in = rig_frame(&rig, i);
        out = rig_draw(&rig, gst_buffer_ref(in));
        same = out && gst_buffer_peek_memory(in, 0) == gst_buffer_peek_memory(out, 0);
        result = !out;
        if (out && same != !(i % 2)) {
            snprintf(device_why, sizeof(device_why), "frame %d is %s one", i,
                     same ? "the same" : "another");
            result = 1;
        }
        gst_buffer_unref(in);
        gst_clear_buffer(&out);
        if (!result && i % 2)
            result = rig_check(&rig, 180, 0, 0, 0);
    }
    rig_close(&rig);
    return result;
}

/* From NULL to PLAYING and back leaves nothing behind. */
static int check_states(void)
{
    struct rig rig;
    int result = 0, fds = 0;

    for (int i = 0; i < 8 && !result; i++) {
        result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL) || pass(&rig);
        if (!result) {
            gst_element_set_state(rig.element, GST_STATE_READY);
            gst_element_set_state(rig.element, GST_STATE_PLAYING);
            result = rig_caps(&rig, "format=YUY2," SIZE) || pass(&rig);
        }
        rig_close(&rig);
        if (i == 1)
            fds = rig_open_fds();
    }
    /* Of those that are kept, one more or less may be in a device's hands. */
    if (!result && rig_open_fds() > fds + 1) {
        snprintf(device_why, sizeof(device_why), "%d fds, later %d", fds, rig_open_fds());
        result = 1;
    }
    return result;
}

/* A frame that is held outlives the element and its GPU. */
static int check_outlives(void)
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstBuffer *in = NULL, *out = NULL;

    if (!result) {
        in = rig_frame(&rig, 1);
        out = rig_draw(&rig, gst_buffer_ref(in));
        result = !out;
    }
    rig_close(&rig);
    gst_clear_buffer(&in);
    gst_clear_buffer(&out);
    return result;
}

/* A flush in between, and the end. */
static int check_flush(void)
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstSegment segment;

    for (int i = 0; i < 5 && !result; i++) {
        result = pass(&rig);
        gst_harness_push_event(rig.harness, gst_event_new_flush_start());
        gst_harness_push_event(rig.harness, gst_event_new_flush_stop(TRUE));
        gst_segment_init(&segment, GST_FORMAT_TIME);
        gst_harness_push_event(rig.harness, gst_event_new_segment(&segment));
    }
    if (!result)
        result = rig_check(&rig, 90, 0, 0, 0);
    if (!result && !gst_harness_push_event(rig.harness, gst_event_new_eos())) {
        snprintf(device_why, sizeof(device_why), "EOS does not pass");
        result = 1;
    }
    rig_close(&rig);
    return result;
}

static int check_latency(void)
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstClockTime latency;

    gst_harness_set_upstream_latency(rig.harness, 5 * GST_MSECOND);
    latency = gst_harness_query_latency(rig.harness);
    if (!result && latency != 5 * GST_MSECOND) {
        snprintf(device_why, sizeof(device_why), "5 ms have become %" GST_TIME_FORMAT,
                 GST_TIME_ARGS(latency));
        result = 1;
    }
    rig_close(&rig);
    return result;
}

/* What is too late to be shown is not drawn. */
static int check_qos(void)
{
    struct zc_counters before, after;
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    GstBuffer *out = NULL;

    if (!result)
        result = pass(&rig);
    gst_harness_push_upstream_event(
        rig.harness,
        gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2, GST_SECOND, GST_SECOND));
    zc_counters_read(&before);
    if (!result) {
        gst_harness_push(rig.harness, rig_frame(&rig, 1));
        out = gst_harness_try_pull(rig.harness);
    }
    zc_counters_read(&after);
    if (out || after.gpu_imports != before.gpu_imports) {
        snprintf(device_why, sizeof(device_why), "a late frame is drawn");
        result = 1;
    }
    gst_clear_buffer(&out);
    rig_close(&rig);
    return result;
}

void test_stream(void)
{
    device_report("gpu-steady", check_steady());
    device_report("gpu-renegotiation", check_renegotiation());
    device_report("gpu-rescaling", check_rescaling());
    device_report("gpu-threads", check_threads());
    device_report("gpu-passthrough", check_passthrough());
    device_report("gpu-states", check_states());
    device_report("gpu-frames-outlive", check_outlives());
    device_report("gpu-flush", check_flush());
    device_report("gpu-latency", check_latency());
    device_report("gpu-qos", check_qos());
}
