/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * advice - the reasons why images are refused, by EGL's answer and by the renderer.
 *
 * Sources: EGL_EXT_image_dma_buf_import for what EGL's errors mean. AMD: Mesa,
 * si_texture_from_winsys_buffer() refuses a buffer that is shorter than its own layout of
 * the picture, with padded rows, and ac_surface.c a stride that is not of its alignment.
 * Mali before v10: Mesa, pan_layout.c.
 */
#include "gpu/advice.h"

#include <string.h>
#include <unistd.h>

#define STRIDE 64
#define AMD_STRIDE 256

uint64_t zc_gpu_end_of_rows(const struct zc_layout *layout, int plane)
{
    uint64_t rows = zc_layout_rows(layout, plane);

    rows = (rows + ZC_GPU_ROWS - 1) / ZC_GPU_ROWS * ZC_GPU_ROWS;
    return layout->plane[plane].offset + rows * layout->plane[plane].stride;
}

static bool lacks_rows(const struct zc_layout *layout, int plane)
{
    return layout->bytes[layout->plane[plane].buffer] < zc_gpu_end_of_rows(layout, plane);
}

const char *zc_import_advice(const struct zc_egl *egl, const struct zc_layout *layout,
                             int plane, EGLint error)
{
    uint32_t stride = layout->plane[plane].stride, offset = layout->plane[plane].offset;
    bool amd = strstr(egl->renderer, "AMD");

    if (error == EGL_BAD_MATCH)
        return "this driver takes no images of that format and modifier: choose another "
               "format";
    if (egl->software)
        return "a renderer in software maps the memory: its heap must let the CPU map "
               "it, "
               "and the buffer must be as long as its rows";
    if (amd && stride % AMD_STRIDE)
        return "AMD's GPUs want strides that are multiples of 256 bytes: lay the frame "
               "out "
               "so, or choose another width";
    if (stride % STRIDE)
        return "many GPUs want strides that are multiples of 64 bytes: lay the frame out "
               "so, or choose another width";
    if (amd && lacks_rows(layout, plane))
        return "AMD's GPUs want room for rows up to a multiple of 16 behind the picture: "
               "a longer buffer, or another height";
    if (error == EGL_BAD_ACCESS && offset % sysconf(_SC_PAGESIZE))
        return "the driver supports no such offset: planes that start on a page, or in "
               "buffers of their own (NV12M), may do";
    if (error == EGL_BAD_ACCESS)
        return "the driver supports no such stride: multiples of 256 bytes may do";
    return "the GPU may not reach this memory: try another heap, such as 'contiguous'";
}
