/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* format - the table of pixel formats and how to find a row of it. Knows no device. */
#include "memory/format-private.h"

#include <drm_fourcc.h>
#include <linux/videodev2.h>
#include <strings.h>

/* A plane as block bytes, block width and height, and what a GPU samples it as. */
#define PACKED(bytes, gl) .n_planes = 1, .plane = {{bytes, 1, 1, gl}}
/* A GPU has no texel of two pixels that all drivers know, so the four bytes of a pair are
 * one RGBA texel, and the shader picks. */
#define PACKED_422 .n_planes = 1, .plane = {{4, 2, 1, DRM_FORMAT_ABGR8888}}
#define SEMIPLANAR(rows)                                                                 \
    .n_planes = 2, .plane = {{1, 1, 1, DRM_FORMAT_R8}, {2, 2, rows, DRM_FORMAT_GR88}}
#define PLANAR_420                                                                       \
    .n_planes = 3, .plane = {{1, 1, 1, DRM_FORMAT_R8},                                   \
                             {1, 2, 2, DRM_FORMAT_R8},                                   \
                             {1, 2, 2, DRM_FORMAT_R8}}

/* DRM names components from the highest bit of a little-endian word, V4L2 in memory
 * order: XRGB of the one is BGRX in memory, which the other calls XBGR32. */
const struct zc_format zc_formats[] = {
    {"XR24", DRM_FORMAT_XRGB8888, V4L2_PIX_FMT_XBGR32, ZC_MODEL_RGB,
     PACKED(4, DRM_FORMAT_XRGB8888)},
    {"AR24", DRM_FORMAT_ARGB8888, V4L2_PIX_FMT_ABGR32, ZC_MODEL_RGB,
     PACKED(4, DRM_FORMAT_ARGB8888)},
    {"XB24", DRM_FORMAT_XBGR8888, V4L2_PIX_FMT_RGBX32, ZC_MODEL_RGB,
     PACKED(4, DRM_FORMAT_XBGR8888)},
    {"AB24", DRM_FORMAT_ABGR8888, V4L2_PIX_FMT_RGBA32, ZC_MODEL_RGB,
     PACKED(4, DRM_FORMAT_ABGR8888)},
    {"RG16", DRM_FORMAT_RGB565, V4L2_PIX_FMT_RGB565, ZC_MODEL_RGB,
     PACKED(2, DRM_FORMAT_RGB565)},
    {"YUYV", DRM_FORMAT_YUYV, V4L2_PIX_FMT_YUYV, ZC_MODEL_YUV, "yuyv", PACKED_422},
    {"UYVY", DRM_FORMAT_UYVY, V4L2_PIX_FMT_UYVY, ZC_MODEL_YUV, "uyvy", PACKED_422},
    {"YVYU", DRM_FORMAT_YVYU, V4L2_PIX_FMT_YVYU, ZC_MODEL_YUV, "yvyu", PACKED_422},
    {"VYUY", DRM_FORMAT_VYUY, V4L2_PIX_FMT_VYUY, ZC_MODEL_YUV, "vyuy", PACKED_422},
    {"NV12", DRM_FORMAT_NV12, V4L2_PIX_FMT_NV12, ZC_MODEL_YUV, "uv", SEMIPLANAR(2)},
    {"NV12M", DRM_FORMAT_NV12, V4L2_PIX_FMT_NV12M, ZC_MODEL_YUV, "uv", true,
     SEMIPLANAR(2)},
    {"NV21", DRM_FORMAT_NV21, V4L2_PIX_FMT_NV21, ZC_MODEL_YUV, "vu", SEMIPLANAR(2)},
    {"NV16", DRM_FORMAT_NV16, V4L2_PIX_FMT_NV16, ZC_MODEL_YUV, "uv", SEMIPLANAR(1)},
    {"YU12", DRM_FORMAT_YUV420, V4L2_PIX_FMT_YUV420, ZC_MODEL_YUV, "uv", PLANAR_420},
    {"YV12", DRM_FORMAT_YVU420, V4L2_PIX_FMT_YVU420, ZC_MODEL_YUV, "vu", PLANAR_420},
    {"GREY", DRM_FORMAT_R8, V4L2_PIX_FMT_GREY, ZC_MODEL_GREY, PACKED(1, DRM_FORMAT_R8)},
    {.name = NULL},
};

const struct zc_format *zc_format_by_name(const char *name)
{
    for (const struct zc_format *format = zc_formats; name && format->name; format++)
        if (!strcasecmp(format->name, name))
            return format;
    return NULL;
}

/* The least memory traffic for the best chance first. */
static const char *const for_gpu[] = {"YUYV", "UYVY", "NV12", "NV12M"};

const struct zc_format *zc_format_for_gpu(int index)
{
    const int n = sizeof(for_gpu) / sizeof(*for_gpu);

    return index >= 0 && index < n ? zc_format_by_name(for_gpu[index]) : NULL;
}

const struct zc_format *zc_format_by_v4l2(uint32_t v4l2)
{
    for (const struct zc_format *format = zc_formats; format->name; format++)
        if (format->v4l2 == v4l2)
            return format;
    return NULL;
}

const struct zc_format *zc_format_by_drm(uint32_t fourcc)
{
    for (const struct zc_format *format = zc_formats; format->name; format++)
        if (format->fourcc == fourcc && !format->separate)
            return format;
    return NULL;
}

const char zc_formats_drawn[] = "XR24, AR24, XB24, AB24, RG16, NV12 or NV12M";

/* X that is drawn as A is certain to become 255. */
uint32_t zc_format_drawn_as(const struct zc_format *format, int plane)
{
    switch (format->fourcc) {
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_ARGB8888:
        return DRM_FORMAT_ARGB8888;
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_ABGR8888:
        return DRM_FORMAT_ABGR8888;
    case DRM_FORMAT_RGB565:
        return DRM_FORMAT_RGB565;
    case DRM_FORMAT_NV12:
        return format->plane[plane].gl_fourcc;
    default:
        return 0;
    }
}

void zc_fourcc_text(uint32_t fourcc, char text[5])
{
    for (int i = 0; i < 4; i++) {
        unsigned char c = fourcc >> 8 * i;

        text[i] = c >= ' ' && c <= '~' ? c : '?';
    }
    text[4] = '\0';
}
