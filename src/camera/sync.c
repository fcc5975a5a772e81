/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, the caches of its frames: for drivers that write frames with the CPU. */
#include "camera/camera-private.h"
#include "base/counters.h"

#include <string.h>

/*
 * Drivers that draw their frames with the CPU. Their vb2 queues use vb2_vmalloc_memops, which
 * map an imported dma-buf by dma_buf_vmap() and sync no cache.
 * Source: Linux 6.12, drivers/media/test-drivers/{vivid,vimc}, common/videobuf2-vmalloc.c.
 */
static const char *const drawers[] = {"vivid", "vimc", NULL};

/*
 * USB cameras: the host controller writes packets into buffers of its own, and the driver
 * copies what is picture out of them. They are told by their bus, as gspca alone goes by some
 * fifty names.
 * Source: Linux 6.12, drivers/media/usb/{uvc,gspca,em28xx,stk1160,usbtv,au0828,cx231xx};
 * usb_make_path() makes the bus "usb-…".
 */
static const char usb[] = "usb-";

bool zc_camera_needs_sync(const char *driver, const char *bus, bool coherent)
{
    if (coherent)
        return false;
    for (int i = 0; drawers[i]; i++)
        if (!strcmp(driver, drawers[i]))
            return true;
    return !strncmp(bus, usb, sizeof(usb) - 1);
}

static int sync_all(const struct zc_camera *camera, const struct zc_frame *frame,
                    int (*sync)(int fd, int access), const char *what)
{
    for (int i = 0; i < zc_frame_layout(frame)->n_buffers; i++) {
        int error = sync(zc_frame_fd(frame, i), ZC_CPU_WRITE);

        if (error) {
            zc_log(ZC_LOG_ERROR,
                   "camera %s writes with the CPU, and the %s of that fails on its "
                   "frame: %s",
                   camera->path, what, strerror(-error));
            return error;
        }
    }
    return 0;
}

int zc_camera_begin_sync(const struct zc_camera *camera, const struct zc_frame *frame)
{
    if (!camera->synced || camera->memory != V4L2_MEMORY_DMABUF)
        return 0;
    return sync_all(camera, frame, zc_dmabuf_begin_cpu, "begin");
}

int zc_camera_end_sync(const struct zc_camera *camera, const struct zc_frame *frame)
{
    if (!camera->synced || camera->memory != V4L2_MEMORY_DMABUF)
        return 0;
    zc_count(ZC_COUNT_CPU_SYNC);
    return sync_all(camera, frame, zc_dmabuf_end_cpu, "end");
}
