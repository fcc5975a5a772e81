/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, its mode: format, size, rate and colour, and the layout that follows. */
#include "camera/camera-private.h"
#include "camera/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool has_format(const struct zc_camera *camera, const struct zc_format *format)
{
    for (int i = 0; i < camera->n_formats; i++)
        if (camera->formats[i] == format)
            return true;
    return false;
}

static int refuse_format(const struct zc_camera *camera, const struct zc_format *format)
{
    struct list list = {0};

    for (int i = 0; i < camera->n_formats; i++)
        zc_list_add(&list, camera->formats[i]->name);
    zc_log(ZC_LOG_ERROR, "camera %s has no format %s; it has %s", camera->path,
           format->name, list.text);
    return -ENOTSUP;
}

static int refuse_rate(const struct zc_camera *camera, const struct zc_camera_mode *mode,
                       uint32_t num, uint32_t den)
{
    struct v4l2_frmivalenum interval = {
        .pixel_format = mode->format->v4l2,
        .width = mode->width,
        .height = mode->height,
    };
    struct list list = {0};

    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FRAMEINTERVALS, &interval);
         interval.index++) {
        char item[96];

        if (interval.type == V4L2_FRMIVAL_TYPE_DISCRETE)
            snprintf(item, sizeof(item), "%.4g",
                     (double)interval.discrete.denominator / interval.discrete.numerator);
        else
            snprintf(item, sizeof(item), "%.4g to %.4g",
                     (double)interval.stepwise.max.denominator /
                         interval.stepwise.max.numerator,
                     (double)interval.stepwise.min.denominator /
                         interval.stepwise.min.numerator);
        zc_list_add(&list, item);
        if (interval.type != V4L2_FRMIVAL_TYPE_DISCRETE)
            break;
    }
    zc_log(ZC_LOG_ERROR,
           "camera %s has no rate of %.4g frames a second at %ux%u; it has %s",
           camera->path, (double)num / den, mode->width, mode->height,
           list.used ? list.text : "a rate of its own choice");
    return -ERANGE;
}

void zc_camera_colour(struct zc_colour *out, uint32_t colorspace, uint32_t ycbcr_enc,
                      uint32_t quantization)
{
    if (ycbcr_enc == V4L2_YCBCR_ENC_DEFAULT)
        ycbcr_enc = V4L2_MAP_YCBCR_ENC_DEFAULT(colorspace);
    if (quantization == V4L2_QUANTIZATION_DEFAULT)
        quantization = V4L2_MAP_QUANTIZATION_DEFAULT(false, colorspace, ycbcr_enc);
    switch (ycbcr_enc) {
    case V4L2_YCBCR_ENC_709:
    case V4L2_YCBCR_ENC_XV709:
        out->matrix = ZC_MATRIX_BT709;
        break;
    case V4L2_YCBCR_ENC_BT2020:
    case V4L2_YCBCR_ENC_BT2020_CONST_LUM:
        out->matrix = ZC_MATRIX_BT2020;
        break;
    default:
        out->matrix = ZC_MATRIX_BT601;
    }
    out->range =
        quantization == V4L2_QUANTIZATION_FULL_RANGE ? ZC_RANGE_FULL : ZC_RANGE_LIMITED;
}

static void fill_single(struct v4l2_format *v4l2, const struct zc_layout *wish)
{
    v4l2->fmt.pix = (struct v4l2_pix_format){
        .width = wish->width,
        .height = wish->height,
        .pixelformat = wish->format->v4l2,
        .field = V4L2_FIELD_NONE,
        .bytesperline = wish->plane[0].stride,
        .priv = V4L2_PIX_FMT_PRIV_MAGIC,
    };
}

static void fill_multi(struct v4l2_format *v4l2, const struct zc_layout *wish)
{
    v4l2->fmt.pix_mp = (struct v4l2_pix_format_mplane){
        .width = wish->width,
        .height = wish->height,
        .pixelformat = wish->format->v4l2,
        .field = V4L2_FIELD_NONE,
        .num_planes = wish->n_buffers,
    };
    for (int i = 0; i < wish->n_buffers; i++)
        v4l2->fmt.pix_mp.plane_fmt[i].bytesperline = wish->plane[i].stride;
}

/* What both kinds of the driver's answer have, each in places of its own. */
struct answer {
    uint32_t width, height, pixelformat, field;
};

static struct answer read_answer(const struct zc_camera *camera,
                                 const struct v4l2_format *v4l2)
{
    const struct v4l2_pix_format_mplane *multi = &v4l2->fmt.pix_mp;
    const struct v4l2_pix_format *single = &v4l2->fmt.pix;

    if (camera->mplane)
        return (struct answer){multi->width, multi->height, multi->pixelformat,
                               multi->field};
    return (struct answer){single->width, single->height, single->pixelformat,
                           single->field};
}

/* The layout that the driver's strides and sizes stand for. */
static int layout_single(struct zc_layout *layout, const struct v4l2_pix_format *pix)
{
    int error = zc_layout_set_stride(layout, pix->bytesperline);

    if (!error && pix->sizeimage > layout->bytes[0])
        layout->bytes[0] = pix->sizeimage;
    zc_camera_colour(&layout->colour, pix->colorspace, pix->ycbcr_enc, pix->quantization);
    return error;
}

static int layout_multi(struct zc_layout *layout,
                        const struct v4l2_pix_format_mplane *pix)
{
    int error = 0;

    if (pix->num_planes != layout->n_buffers)
        return -EINVAL;
    if (layout->n_buffers == 1)
        error = zc_layout_set_stride(layout, pix->plane_fmt[0].bytesperline);
    for (int i = 0; i < layout->n_buffers && !error; i++) {
        if (layout->n_buffers > 1) {
            layout->plane[i].stride = pix->plane_fmt[i].bytesperline;
            layout->bytes[i] = 0;
            if (layout->plane[i].stride < zc_layout_row_bytes(layout, i))
                error = -EINVAL;
        }
        if (pix->plane_fmt[i].sizeimage > layout->bytes[i])
            layout->bytes[i] = pix->plane_fmt[i].sizeimage;
    }
    zc_camera_colour(&layout->colour, pix->colorspace, pix->ycbcr_enc, pix->quantization);
    return error;
}

/* The layout that the driver's answer stands for. */
static int layout_answer(const struct zc_camera *camera, struct zc_layout *layout,
                         const struct v4l2_format *v4l2)
{
    return camera->mplane ? layout_multi(layout, &v4l2->fmt.pix_mp)
                          : layout_single(layout, &v4l2->fmt.pix);
}

/* @request: VIDIOC_S_FMT or VIDIOC_TRY_FMT. *v4l2: the driver's answer. */
static int ask_format(const struct zc_camera *camera, unsigned long request,
                      const struct zc_layout *wish, struct v4l2_format *v4l2)
{
    *v4l2 = (struct v4l2_format){.type = camera->type};
    if (camera->mplane)
        fill_multi(v4l2, wish);
    else
        fill_single(v4l2, wish);
    return zc_camera_ioctl(camera, request, v4l2);
}

static int order_format(const struct zc_camera *camera, const struct zc_layout *wish,
                        struct v4l2_format *v4l2)
{
    int error = ask_format(camera, VIDIOC_S_FMT, wish, v4l2);

    if (error)
        zc_log(ZC_LOG_ERROR, "camera %s refuses %s at %ux%u: %s%s", camera->path,
               wish->format->name, wish->width, wish->height, strerror(-error),
               error == -EBUSY
                   ? " (another program streams from it: fuser -v tells which)"
                   : "");
    return error;
}

/* Sets format and size; *layout comes as the wish and goes as the driver's answer. A size
 * that is @free is the driver's to choose. */
static int set_format(struct zc_camera *camera, struct zc_layout *layout,
                      const struct zc_align *align, bool free)
{
    const struct zc_format *format = layout->format;
    uint32_t width = layout->width, height = layout->height;
    struct answer got;
    struct v4l2_format v4l2;
    int error = order_format(camera, layout, &v4l2);

    if (error)
        return error;
    got = read_answer(camera, &v4l2);
    if (free && got.pixelformat == format->v4l2 &&
        (got.width != width || got.height != height)) {
        error = zc_layout_solve(layout, format, got.width, got.height, align);
        return error ? zc_camera_refuse_size(camera, format, got.width, got.height)
                     : set_format(camera, layout, align, false);
    }
    if (got.pixelformat != format->v4l2)
        return refuse_format(camera, format);
    if (got.width != width || got.height != height)
        return zc_camera_refuse_size(camera, format, width, height);
    if (got.field != V4L2_FIELD_NONE && got.field != V4L2_FIELD_ANY) {
        zc_log(ZC_LOG_ERROR,
               "camera %s sends interlaced fields in this mode; choose another",
               camera->path);
        return -ENOTSUP;
    }
    error = layout_answer(camera, layout, &v4l2);
    if (error)
        zc_log(ZC_LOG_ERROR,
               "camera %s gives strides or planes that do not fit %s at %ux%u",
               camera->path, format->name, width, height);
    return error;
}

/* What a camera whose rate was left free is asked for; it answers with its nearest. */
#define USUAL_RATE 60
/* More than any gives, and few enough for drivers to reckon with. */
#define BEYOND_RATES 10000

static int set_rate(struct zc_camera *camera, struct zc_camera_mode *mode)
{
    struct v4l2_streamparm parm = {.type = camera->type};
    struct v4l2_fract *interval = &parm.parm.capture.timeperframe;
    uint32_t num = mode->rate_num, den = mode->rate_den ? mode->rate_den : 1;
    bool highest = num == ZC_RATE_HIGHEST;
    int error;

    interval->numerator = num && !highest ? den : 1;
    interval->denominator = highest ? BEYOND_RATES : num ? num : USUAL_RATE;
    error = zc_camera_ioctl(camera, VIDIOC_S_PARM, &parm);
    mode->rate_num = error ? 0 : interval->denominator;
    mode->rate_den = error || !interval->numerator ? 1 : interval->numerator;
    if (num && !highest && error)
        return refuse_rate(camera, mode, num, den);
    /* Within one percent: cameras round to their clocks, 29.97 for 30. */
    if (num && !highest) {
        double asked = (double)num / den, got = (double)mode->rate_num / mode->rate_den;

        if (got < asked * 0.99 || got > asked * 1.01)
            return refuse_rate(camera, mode, num, den);
    }
    return 0;
}

/* What the driver runs now may be a format that nothing here knows, such as MJPG. */
static const struct zc_format *format_with_size(const struct zc_camera *camera,
                                                uint32_t width, uint32_t height)
{
    for (int i = 0; i < camera->n_formats && width && height; i++)
        if (zc_camera_has_size(camera, camera->formats[i], width, height))
            return camera->formats[i];
    return camera->formats[0];
}

/* Fills what was left free with what the driver runs now, or with what is nearest to it. */
static int complete(const struct zc_camera *camera, struct zc_camera_mode *mode)
{
    struct v4l2_format v4l2 = {.type = camera->type};
    int error = zc_camera_ioctl(camera, VIDIOC_G_FMT, &v4l2);
    struct answer now;

    if (error) {
        zc_log(ZC_LOG_ERROR, "cannot ask camera %s for its mode: %s", camera->path,
               strerror(-error));
        return error;
    }
    now = read_answer(camera, &v4l2);
    if (!mode->format)
        mode->format = zc_format_by_v4l2(now.pixelformat);
    if (!mode->format || !has_format(camera, mode->format))
        mode->format = format_with_size(camera, mode->width, mode->height);
    if (!mode->width || !mode->height) {
        mode->width = now.width;
        mode->height = now.height;
        if (mode->format->v4l2 != now.pixelformat || !now.width || !now.height)
            zc_camera_nearest_size(camera, mode->format, &mode->width, &mode->height);
    }
    return 0;
}

int zc_camera_get_layout(const struct zc_camera *camera, struct zc_layout *layout)
{
    struct v4l2_format v4l2 = {.type = camera->type};
    int error = zc_camera_ioctl(camera, VIDIOC_G_FMT, &v4l2);
    const struct zc_format *format;
    struct answer now;

    if (error)
        return error;
    now = read_answer(camera, &v4l2);
    format = zc_format_by_v4l2(now.pixelformat);
    if (!format)
        return -ENOTSUP;
    error = zc_layout_solve(layout, format, now.width, now.height, NULL);
    if (error)
        return error;
    return layout_answer(camera, layout, &v4l2);
}

int zc_camera_set_mode(struct zc_camera *camera, struct zc_camera_mode *mode,
                       const struct zc_align *align, struct zc_layout *layout)
{
    bool free = !mode->width || !mode->height;
    int error;

    if (mode->format && !has_format(camera, mode->format))
        return refuse_format(camera, mode->format);
    error = complete(camera, mode);
    if (!error)
        error = zc_layout_solve(layout, mode->format, mode->width, mode->height, align);
    if (error == -EINVAL)
        return zc_camera_refuse_size(camera, mode->format, mode->width, mode->height);
    if (!error)
        error = set_format(camera, layout, align, free);
    if (!error) {
        mode->width = layout->width;
        mode->height = layout->height;
    }
    if (!error)
        error = set_rate(camera, mode);
    if (!error)
        camera->layout = *layout;
    return error;
}

int zc_camera_try_layout(const struct zc_camera *camera, const struct zc_format *format,
                         uint32_t width, uint32_t height, const struct zc_align *align,
                         struct zc_layout *layout)
{
    int error = zc_layout_solve(layout, format, width, height, align);
    struct v4l2_format v4l2;
    struct answer got;

    if (!error)
        error = ask_format(camera, VIDIOC_TRY_FMT, layout, &v4l2);
    if (error)
        return error;
    got = read_answer(camera, &v4l2);
    if (got.pixelformat != format->v4l2 || got.width != width || got.height != height)
        return -ERANGE;
    return layout_answer(camera, layout, &v4l2);
}
