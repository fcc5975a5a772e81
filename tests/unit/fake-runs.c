/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-runs - figures as a flow would set them, the same at every call. */
#include "fake-runs.h"

#include <stdlib.h>

void fake_set_times(struct zc_report *report, const char *key, int n, int64_t from,
                    int64_t to)
{
    struct zc_histogram *histogram;

    if (zc_histogram_create(&histogram))
        abort();
    for (int i = 0; i < n; i++)
        zc_histogram_add(histogram, n > 1 ? from + (to - from) * i / (n - 1) : from);
    zc_report_set_histogram(report, key, histogram);
    zc_histogram_destroy(histogram);
}

static void set_frames(struct zc_report *report, int captured, int superseded, int lost)
{
    zc_report_set_int(report, "frames.captured", captured);
    zc_report_set_int(report, "frames.shown", captured - superseded);
    zc_report_set_int(report, "frames.superseded", superseded);
    zc_report_set_int(report, "frames.lost", lost);
    zc_report_set_int(report, "frames.damaged", 0);
}

static void set_camera(struct zc_report *report, const char *memory)
{
    zc_report_set_string(report, "camera.device", "/dev/video0");
    zc_report_set_string(report, "camera.name", "vivid (vivid)");
    zc_report_set_string(report, "camera.format", "YUYV");
    zc_report_set_int(report, "camera.width", 640);
    zc_report_set_int(report, "camera.height", 480);
    zc_report_set_string(report, "camera.rate", "60/1");
    zc_report_set_int(report, "camera.stride", 1280);
    zc_report_set_string(report, "camera.memory", memory);
}

static void set_display(struct zc_report *report, const char *format, int stride)
{
    zc_report_set_string(report, "display.device", "/dev/dri/card0");
    zc_report_set_string(report, "display.driver", "virtio_gpu");
    zc_report_set_string(report, "display.connector", "Virtual-1");
    zc_report_set_int(report, "display.width", 1280);
    zc_report_set_int(report, "display.height", 800);
    zc_report_set_int(report, "display.refresh_mhz", 59940);
    zc_report_set_bool(report, "display.mode_kept", true);
    zc_report_set_bool(report, "display.writeback", false);
    zc_report_set_string(report, "display.format", format);
    zc_report_set_int(report, "display.stride", stride);
    zc_report_set_string(report, "display.plane", "plane 31, primary");
}

void fake_gpu_run(struct zc_report *report)
{
    zc_report_begin_run(report, "gpu");
    zc_report_set_string(report, "path", "gpu");
    set_camera(report, "import");
    zc_report_set_string(report, "heap.name", "system");
    zc_report_set_string(report, "heap.reason", "first of system, reserved");
    zc_report_set_string(report, "gpu.device", "/dev/dri/renderD128");
    zc_report_set_string(report, "gpu.renderer", "llvmpipe (LLVM 15.0.6, 256 bits)");
    zc_report_set_bool(report, "gpu.software", true);
    set_display(report, "XR24", 5120);
    zc_report_set_string(report, "clock.capture", "monotonic, end of frame");
    zc_report_set_string(report, "clock.display", "monotonic, vertical blank");
    set_frames(report, 1200, 3, 0);
    zc_report_set_int(report, "fps_millihertz", 59936);
    zc_report_set_int(report, "elapsed_ns", 20012345678);
    zc_report_set_int(report, "cpu_ns_per_frame", 2345678);
    fake_set_times(report, "latency.capture_to_flip", 1197, 11000000, 31000000);
    fake_set_times(report, "latency.capture_to_dequeue", 1200, 30000, 90000);
    fake_set_times(report, "latency.dequeue_to_submit", 1200, 100000, 300000);
    fake_set_times(report, "latency.gpu", 1200, 1500000, 2500000);
    fake_set_times(report, "latency.wait", 1197, 0, 12000000);
    fake_set_times(report, "latency.commit_to_flip", 1197, 900000, 16400000);
    zc_report_set_int(report, "copies.count", 0);
    zc_report_add_string(report, "copies.basis",
                         "the camera writes into dma-bufs of heap system, imported once");
    zc_report_add_string(report, "copies.basis",
                         "the GPU samples those dma-bufs and draws into four others");
    zc_report_add_string(
        report, "copies.basis",
        "the plane scans out what the GPU drew: the framebuffers are of the same inodes");
    zc_report_set_int(report, "copies.cpu_maps", 0);
    zc_report_set_int(report, "after_first_round.allocations", 0);
    zc_report_set_int(report, "after_first_round.imports", 0);
    zc_report_set_int(report, "after_first_round.cpu_maps", 0);
    zc_report_set_string(report, "identity.verdict", "8 of 8 buffers kept their inode");
    zc_report_set_string(report, "picture.file", "gpu.png");
    zc_report_set_string(report, "picture.how", "the frame scanned out last");
}

void fake_copy_run(struct zc_report *report)
{
    zc_report_begin_run(report, "copy, as most do");
    zc_report_set_string(report, "path", "copy");
    set_camera(report, "mmap");
    set_display(report, "XR24", 5120);
    set_frames(report, 600, 120, 7);
    zc_report_set_int(report, "fps_millihertz", 47991);
    zc_report_set_int(report, "elapsed_ns", 10002345678);
    zc_report_set_int(report, "cpu_ns_per_frame", 9876543);
    fake_set_times(report, "latency.capture_to_flip", 480, 18000000, 65000000);
    fake_set_times(report, "latency.dequeue_to_submit", 15, 100000, 300000);
    zc_report_set_int(report, "copies.count", 480);
    zc_report_set_int(report, "copies.cpu_maps", 960);
    zc_report_set_string(report, "copies.stage", "camera to display");
    zc_report_set_string(report, "copies.why", "asked for: mmap, memcpy, dumb buffer");
    zc_report_add_string(report, "warnings",
                         "every frame is copied by the CPU: 59 MB/s of reads and as much "
                         "of writes that the direct path does not need");
}

void fake_direct_run(struct zc_report *report)
{
    zc_report_begin_run(report, "direct");
    zc_report_set_string(report, "path", "direct");
    set_camera(report, "import");
    set_display(report, "YUYV", 1280);
    set_frames(report, 600, 0, 0);
    zc_report_set_int(report, "fps_millihertz", 60000);
    zc_report_set_int(report, "cpu_ns_per_frame", 123456);
    fake_set_times(report, "latency.capture_to_flip", 600, 900000, 17000000);
    zc_report_set_int(report, "copies.count", 0);
    zc_report_set_int(report, "copies.cpu_maps", 0);
}
