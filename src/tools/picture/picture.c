/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* picture - a frame as a PNG file, read by the CPU: for proof, never on the hot path. */
#include "tools/picture/picture.h"
#include "tools/file/outfile.h"

#include <errno.h>
#include <png.h>
#include <string.h>

/* What libpng's handlers have to know. */
struct encoder {
    const char *path;
    int error;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct encoder *encoder = png_get_error_ptr(png);
    int saved = errno;

    /* libpng says "Write Error" and no more; the stream's errno is the reason. */
    encoder->error = saved ? -saved : -EIO;
    zc_log(ZC_LOG_DEBUG, "picture %s: libpng: %s", encoder->path, message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    struct encoder *encoder = png_get_error_ptr(png);

    zc_log(ZC_LOG_DEBUG, "picture %s: libpng: %s", encoder->path, message);
}

/* Alone in its function for setjmp: nothing here changes between it and a jump. */
static void encode(png_structp png, png_infop info, FILE *stream,
                   const struct zc_layout *layout, const uint8_t *pixels)
{
    if (setjmp(png_jmpbuf(png)))
        return;
    errno = 0;
    png_init_io(png, stream);
    png_set_IHDR(png, info, layout->width, layout->height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    /* XR24 is B, G, R and an unused byte in memory, on every machine. */
    png_set_filler(png, 0, PNG_FILLER_AFTER);
    png_set_bgr(png);
    for (uint32_t y = 0; y < layout->height; y++)
        png_write_row(png, pixels + (size_t)y * layout->plane[0].stride);
    png_write_end(png, info);
}

static int write_stream(struct encoder *encoder, FILE *stream,
                        const struct zc_layout *layout, const void *pixels)
{
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, encoder, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;

    if (info)
        encode(png, info, stream, layout, pixels);
    else
        encoder->error = -ENOMEM;
    png_destroy_write_struct(&png, &info);
    return encoder->error;
}

static int check_layout(const struct zc_layout *layout, const char *path)
{
    if (layout->format == zc_format_by_name("XR24") && !layout->modifier)
        return 0;
    zc_log(ZC_LOG_ERROR,
           "picture %s: only linear XR24 frames can be written, not %s with modifier "
           "0x%llx; convert it with the GPU first",
           path, layout->format->name, (unsigned long long)layout->modifier);
    return -ENOTSUP;
}

int picture_write_png(struct zc_frame *frame, const char *path)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    struct encoder encoder = {.path = path};
    void *plane[ZC_MAX_PLANES];
    struct outfile file;
    int result = check_layout(layout, path), ended;

    if (result)
        return result;
    result = outfile_open(&file, path);
    if (result) {
        zc_log(ZC_LOG_ERROR, "picture %s: cannot create: %s", path, strerror(-result));
        return result;
    }
    result = zc_frame_begin_cpu(frame, ZC_CPU_READ, plane);
    if (result)
        return outfile_close(&file, result);
    result = write_stream(&encoder, file.stream, layout, plane[0]);
    ended = zc_frame_end_cpu(frame);
    if (!result && ended)
        return outfile_close(&file, ended); /* the frame has said why */
    result = outfile_close(&file, result);
    if (result)
        zc_log(ZC_LOG_ERROR, "picture %s: cannot write %ux%u pixels: %s", path,
               layout->width, layout->height, strerror(-result));
    return result;
}
