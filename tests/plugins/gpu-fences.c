/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-fences - what is still written is waited for, and who comes next waits for the
 * GPU. vgem has fences that are signalled by hand.
 */
#include "gpu-rig.h"
#include "memory/gstdmaheapfence.h"
#include "memory/gstdmaheapframe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#define SIZE "width=160,height=120,framerate=30/1"
#define DELAY_US 300000

/* From drm/vgem_drm.h, which Debian 12 does not ship. */
struct fence_attach {
    uint32_t handle, flags, out_fence, pad;
};
struct fence_signal {
    uint32_t fence, flags;
};
#define FENCE_WRITE 1
#define FENCE_ATTACH DRM_IOWR(DRM_COMMAND_BASE + 1, struct fence_attach)
#define FENCE_SIGNAL DRM_IOW(DRM_COMMAND_BASE + 2, struct fence_signal)

static int open_vgem(void)
{
    for (int minor = 0; minor < 64; minor++) {
        drmVersionPtr version;
        bool found;
        char node[32];
        int fd;

        snprintf(node, sizeof(node), "/dev/dri/card%d", minor);
        fd = open(node, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            continue;
        version = drmGetVersion(fd);
        found = version && !strcmp(version->name, "vgem");
        drmFreeVersion(version);
        if (found)
            return fd;
        close(fd);
    }
    return -1;
}

/* Makes vgem a device that writes to @fd. Returns 0, or 1. */
static int attach(int drm, int fd, uint32_t *fence)
{
    struct fence_attach attach = {.flags = FENCE_WRITE};

    if (drmPrimeFDToHandle(drm, fd, &attach.handle) ||
        drmIoctl(drm, FENCE_ATTACH, &attach))
        FAIL("vgem attaches no fence: %s", strerror(errno));
    *fence = attach.out_fence;
    return 0;
}

static void signal_fence(int drm, uint32_t fence)
{
    struct fence_signal signal = {.fence = fence};

    drmIoctl(drm, FENCE_SIGNAL, &signal);
}

/* A device that is late: it writes after a while, and then says so. */
struct writer {
    int drm;
    uint32_t fence;
    uint8_t *memory;
    size_t bytes;
};

static gpointer write_late(gpointer data)
{
    struct writer *writer = data;

    usleep(DELAY_US);
    memset(writer->memory, 0xc0, writer->bytes);
    signal_fence(writer->drm, writer->fence);
    return NULL;
}

static int draw_late(struct rig *rig, struct writer *writer, GstBuffer *in)
{
    struct picture want = {0};
    GThread *thread = g_thread_new("writer", write_late, writer);
    GstBuffer *out = rig_draw(rig, gst_buffer_ref(in));
    int result = !out;

    g_thread_join(thread);
    if (out)
        result = rig_reference(rig, in, &want) || rig_compare(rig, out, &want, 2);
    gst_clear_buffer(&out);
    reference_free(&want);
    return result;
}

static int check_waits(int drm)
{
    struct rig rig;
    struct writer writer = {.drm = drm};
    int result = rig_make(&rig, "rotation=0", "format=YUY2," SIZE, NULL), fd;
    GstMemory *memory;
    GstBuffer *in;

    if (!result)
        result = rig_check(&rig, 0, 0, 0, 0); /* the shader is compiled */
    if (!result) {
        in = rig_frame(&rig, 1);
        memory = gst_buffer_peek_memory(in, 0);
        fd = gst_dmabuf_memory_get_fd(memory);
        writer.bytes = memory->maxsize;
        writer.memory = mmap(NULL, writer.bytes, PROT_WRITE, MAP_SHARED, fd, 0);
        g_assert(writer.memory != MAP_FAILED);
        result = attach(drm, fd, &writer.fence) || draw_late(&rig, &writer, in);
        munmap(writer.memory, writer.bytes);
        gst_buffer_unref(in);
    }
    rig_close(&rig);
    return result;
}

static bool is_ready(int fd, short events)
{
    struct pollfd ready = {fd, events, 0};

    return poll(&ready, 1, 0) == 1;
}

static int polls(int src, int dst, bool done, const char *when)
{
    if (!is_ready(src, POLLIN))
        FAIL("%s, the source cannot be read", when);
    if (is_ready(src, POLLOUT) != done)
        FAIL("%s, the source can%s be written", when, done ? "not" : "");
    if (is_ready(dst, POLLIN) != done)
        FAIL("%s, the target can%s be read", when, done ? "not" : "");
    return 0;
}

/* The GPU's fence, here vgem's, is found by all who come next. */
static int check_gives(int drm, struct rig *rig)
{
    struct dma_buf_export_sync_file export = {.flags = DMA_BUF_SYNC_READ, .fd = -1};
    GstBuffer *buffers[3] = {rig_frame(rig, 1), rig_frame(rig, 2), rig_frame(rig, 3)};
    struct zc_frame *frames[3];
    uint32_t fence;
    int fds[3], result;

    for (int i = 0; i < 3; i++) {
        frames[i] = gst_dma_heap_frame_get(buffers[i], &rig->in, rig, NULL);
        fds[i] = zc_frame_fd(frames[i], 0);
    }
    result = attach(drm, fds[2], &fence);
    if (!result && ioctl(fds[2], DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export)) {
        snprintf(device_why, sizeof(device_why), "no sync_file of a dma-buf: %s",
                 strerror(errno));
        result = errno == ENOTTY ? 77 : 1;
    }
    if (!result) {
        zc_frame_set_fence(frames[1], export.fd);
        if (!gst_dma_heap_fence_give(frames[0], frames[1], NULL) ||
            zc_frame_fence(frames[1]) >= 0) {
            snprintf(device_why, sizeof(device_why), "the fence is not given away");
            result = 1;
        }
    }
    if (!result)
        result = polls(fds[0], fds[1], false, "while the GPU works");
    signal_fence(drm, fence);
    if (!result)
        result = polls(fds[0], fds[1], true, "when it is done");
    for (int i = 0; i < 3; i++)
        gst_buffer_unref(buffers[i]);
    return result;
}

static int check_giving(int drm)
{
    struct rig rig;
    int result = rig_make(&rig, NULL, "format=YUY2," SIZE, NULL);

    if (!result)
        result = check_gives(drm, &rig);
    rig_close(&rig);
    return result;
}

/* A device that never ends is not waited for for ever. */
static int check_hang(int drm)
{
    struct rig rig;
    int result = rig_make(&rig, "rotation=90", "format=YUY2," SIZE, NULL);
    gint64 begun = g_get_monotonic_time(), took;
    GstBuffer *in, *out = NULL;
    uint32_t fence;

    if (!result) {
        in = rig_frame(&rig, 1);
        result =
            attach(drm, gst_dmabuf_memory_get_fd(gst_buffer_peek_memory(in, 0)), &fence);
        out = result ? gst_buffer_ref(in) : rig_draw(&rig, gst_buffer_ref(in));
        took = g_get_monotonic_time() - begun;
        /* vgem itself gives up after ten seconds. */
        if (!result && took > 15 * G_USEC_PER_SEC) {
            snprintf(device_why, sizeof(device_why), "it hung for %d s",
                     (int)(took / G_USEC_PER_SEC));
            result = 1;
        }
        signal_fence(drm, fence);
        gst_buffer_unref(in);
        gst_clear_buffer(&out);
    }
    rig_close(&rig);
    return result;
}

void test_fences(void)
{
    int drm = open_vgem();

    if (drm < 0) {
        snprintf(device_why, sizeof(device_why), "there is no vgem (modprobe vgem)");
        device_report("gpu-fences", 77);
        return;
    }
    device_report("gpu-waits-for-writers", check_waits(drm));
    device_report("gpu-gives-its-fence", check_giving(drm));
    device_report("gpu-fence-hangs", check_hang(drm));
    close(drm);
}
