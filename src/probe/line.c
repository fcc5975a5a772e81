/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* line - command lines, as a user types them. */
#include "probe/line.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void line_demo(const struct way *way, char *text, size_t size)
{
    char heap[80] = "";

    if (way->heap[0])
        snprintf(heap, sizeof(heap), " --heap %s", way->heap);
    snprintf(
        text, size,
        "camera-to-display --camera %s --display %s --format %s --size %ux%u --path %s%s",
        way->camera->path, way->display->path, way->format->name, way->width, way->height,
        zc_path_name(way->path), heap);
}

/* GStreamer's name, by the rule that most follow. */
static void gst_format(const struct zc_format *format, char text[16])
{
    const char *name = format->name;

    if (format->model == ZC_MODEL_RGB && format->plane[0].block_bytes == 4)
        snprintf(text, 16, "%s%c", name[1] == 'R' ? "BGR" : "RGB",
                 name[0] == 'X' ? 'x' : 'A');
    else if (format->model == ZC_MODEL_RGB)
        snprintf(text, 16, "RGB16");
    else if (format->model == ZC_MODEL_GREY)
        snprintf(text, 16, "GRAY8");
    else if (format->n_planes == 3 && !strcmp(format->order, "uv"))
        snprintf(text, 16, "I420");
    else if (format->order && !strcmp(format->order, "yuyv"))
        snprintf(text, 16, "YUY2");
    else
        snprintf(text, 16, "%.4s", name);
}

bool line_gst(const struct way *way, char *text, size_t size)
{
    bool own = way->memory && way->memory->owner == way->camera;
    char format[16], offer[80] = "";

    if (way->path == ZC_PATH_COPY || (!own && !way->heap[0]))
        return false;
    gst_format(way->format, format);
    if (!own)
        snprintf(offer, sizeof(offer), " ! dmaheap heap=%s", way->heap);
    snprintf(text, size,
             "gst-launch-1.0 v4l2src device=%s io-mode=%s ! "
             "video/x-raw,format=%s,width=%u,height=%u%s%s ! dmaheapsink device=%s",
             way->camera->path, own ? "dmabuf" : "dmabuf-import", format, way->width,
             way->height, offer, way->path == ZC_PATH_GPU ? " ! dmaheapgpu" : "",
             way->display->path);
    return true;
}
