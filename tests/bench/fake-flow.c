/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-flow - results as flows would give them, the same at every call. */
#include "fake-flow.h"

#include <stdlib.h>

#define CAPTURED 1200

static const struct zc_display_info display = {
    .path = "/dev/dri/card0",
    .driver = "virtio_gpu",
    .connector = "Virtual-1",
    .width = 1280,
    .height = 800,
    .refresh_mhz = 59940,
    .mode_kept = true,
    .vblank = true,
};

static const struct zc_gpu_info gpu = {
    .device = "/dev/dri/renderD128",
    .renderer = "llvmpipe (LLVM 15.0.6, 256 bits)",
    .software = true,
};

/* Microseconds that each part takes at least and at most; 0 and 0: there is none. */
static const struct {
    enum zc_path path;
    const char *source, *shown;
    int latency[2], part[ZC_PART_COUNT][2];
} flows[] = {
    {ZC_PATH_GPU,
     "YUYV",
     "XR24",
     {11000, 31000},
     {{30, 90}, {100, 300}, {1500, 2500}, {0, 12000}, {900, 16400}}},
    {ZC_PATH_DIRECT,
     "YUYV",
     "YUYV",
     {900, 17000},
     {{30, 90}, {0, 0}, {0, 0}, {1, 500}, {800, 16400}}},
    {ZC_PATH_COPY,
     "XR24",
     "XR24",
     {18000, 65000},
     {{30, 90}, {5, 10}, {700, 2100}, {1, 500}, {800, 16400}}},
};

static void fill(struct zc_histogram *histogram, int n, const int us[2])
{
    for (int i = 0; i < n && us[1]; i++)
        zc_histogram_add(histogram,
                         (us[0] + (int64_t)(us[1] - us[0]) * i / (n - 1)) * 1000);
}

static struct zc_histogram *histogram(int n, const int us[2])
{
    struct zc_histogram *made;

    if (zc_histogram_create(&made))
        abort();
    fill(made, n, us);
    return made;
}

static void set_layout(struct zc_layout *layout, const char *format)
{
    if (zc_layout_solve(layout, zc_format_by_name(format), 640, 480, NULL))
        abort();
}

static void tell_path(struct fake_flow *fake, enum zc_path path)
{
    struct zc_flow_results *results = &fake->results;

    results->memory = path == ZC_PATH_COPY ? "mmap" : "import";
    results->heap_name = path == ZC_PATH_COPY ? "none" : "system";
    results->heap_reason = path == ZC_PATH_COPY ? NULL : "first of system, reserved";
    if (path == ZC_PATH_GPU) {
        results->target_heap = "system";
        results->gpu = &gpu;
        results->at_gpu.untold = 12;
    }
    if (path == ZC_PATH_COPY) {
        results->copies = results->counts.shown;
        results->copied_by = "cpu";
        results->copied_why = "memcpy from the camera's mapping into a dumb buffer";
        results->counts.copies = results->copies;
        results->counts.cpu_maps = 2 * results->copies;
    } else {
        results->at_camera.same = 6;
        results->at_display.same = 6;
    }
}

void fake_flow_init(struct fake_flow *fake, int which)
{
    enum zc_path path = flows[which].path;
    int superseded = path == ZC_PATH_GPU ? 3 : 0, shown = CAPTURED - superseded;

    fake->results = (struct zc_flow_results){
        .info = {.path = path,
                 .mode = {.rate_num = 60, .rate_den = 1},
                 .source = &fake->source,
                 .shown = &fake->shown},
        .camera_name = "vivid",
        .camera_path = "/dev/video0",
        .display = &display,
        .clock = ZC_CAPTURE_END_OF_FRAME,
        .counts = {.elapsed_ns = 20012345678,
                   .captured = CAPTURED,
                   .shown = shown,
                   .superseded = superseded},
        .cpu_ns = INT64_C(2345678) * shown,
        .at_camera.asked = "VIDIOC_QUERYBUF",
        .at_gpu.asked = "EGL_MESA_image_dma_buf_export",
        .at_display.asked = "DRM_IOCTL_MODE_GETFB2",
        .latency = histogram(shown, flows[which].latency),
    };
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        fake->results.part[part] = histogram(shown, flows[which].part[part]);
    set_layout(&fake->source, flows[which].source);
    set_layout(&fake->shown, flows[which].shown);
    tell_path(fake, path);
}

void fake_flow_finish(struct fake_flow *fake)
{
    zc_histogram_destroy((struct zc_histogram *)fake->results.latency);
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        zc_histogram_destroy((struct zc_histogram *)fake->results.part[part]);
}

static struct document *document_of(int n)
{
    struct document *document = fake_begin("camera-to-display", 0, NULL);
    struct fake_flow fake;

    for (int i = 0; i < n; i++) {
        fake_flow_init(&fake, i);
        document_begin_run(document, zc_path_name(flows[i].path));
        run_add_flow(document, &fake.results);
        if (!i)
            run_set_string(document, "proof.picture",
                           "out/display.png, from the display's writeback");
        fake_flow_finish(&fake);
    }
    return document;
}

struct document *fake_gpu_run(void)
{
    return document_of(1);
}

struct document *fake_tour(void)
{
    return document_of(3);
}
