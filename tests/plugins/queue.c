/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* queue - asks V4L2 for the dma-bufs in its queues */
#include "queue.h"

#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* A frame of the GPU in software takes a second and more on a busy machine. */
#define WAIT_US (20 * G_USEC_PER_SEC)
#define PAUSE_US 10000

guint64 queue_inode(int fd)
{
    struct stat node;

    return fstat(fd, &node) ? 0 : node.st_ino;
}

static guint32 type_of(int fd, gboolean capture)
{
    struct v4l2_capability about = {0};

    ioctl(fd, VIDIOC_QUERYCAP, &about);
    if (about.device_caps & (V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_M2M_MPLANE))
        return capture ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
                       : V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
    return capture ? V4L2_BUF_TYPE_VIDEO_CAPTURE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

static gboolean has(const struct seen *seen, guint64 inode, GMutex *lock)
{
    gboolean found;

    g_mutex_lock(lock);
    found = inode && g_hash_table_contains(seen->inodes, GSIZE_TO_POINTER(inode));
    g_mutex_unlock(lock);
    return found;
}

/* What one look at a queue found. */
struct look {
    int passed, strays; /* dma-bufs that have passed, and that have not */
    guint64 stray;      /* one of those */
};

static gchar *check_buffer(struct v4l2_buffer *buffer, const struct seen *seen,
                           GMutex *lock, struct look *look)
{
    gboolean multi = V4L2_TYPE_IS_MULTIPLANAR(buffer->type);

    if (buffer->memory != V4L2_MEMORY_DMABUF)
        return g_strdup("its buffers are no imports");
    /* One that was never queued has no fd. */
    if (!(buffer->flags & (V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE)))
        return NULL;
    for (guint32 i = 0; i < (multi ? buffer->length : 1); i++) {
        guint64 inode = queue_inode(multi ? buffer->m.planes[i].m.fd : buffer->m.fd);

        if (has(seen, inode, lock)) {
            look->passed++;
        } else {
            look->strays++;
            look->stray = inode;
        }
    }
    return NULL;
}

static gchar *check_once(int fd, guint32 type, const struct seen *seen, GMutex *lock,
                         struct look *look)
{
    gchar *wrong = NULL;

    for (guint32 i = 0; i < VIDEO_MAX_FRAME && !wrong; i++) {
        struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
        struct v4l2_buffer buffer = {
            .type = type,
            .memory = V4L2_MEMORY_DMABUF,
            .index = i,
            .length = VIDEO_MAX_PLANES,
            .m.planes = planes,
        };

        if (!ioctl(fd, VIDIOC_QUERYBUF, &buffer))
            wrong = check_buffer(&buffer, seen, lock, look);
    }
    return wrong;
}

gchar *queue_check(int fd, gboolean capture, const struct seen *seen, GMutex *lock)
{
    gint64 until = g_get_monotonic_time() + WAIT_US;
    guint32 type = type_of(fd, capture);
    struct look look;
    gchar *wrong;

    for (;;) {
        look = (struct look){0};
        wrong = check_once(fd, type, seen, lock, &look);
        if (wrong || (look.passed && !look.strays))
            return wrong;
        if (g_get_monotonic_time() > until)
            break;
        g_usleep(PAUSE_US);
    }
    return look.strays ? g_strdup_printf("it holds dma-buf %" G_GUINT64_FORMAT
                                         ", which has not passed",
                                         look.stray)
                       : g_strdup("it holds no buffer");
}
