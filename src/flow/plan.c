/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan - path, formats and layouts of a flow. */
#include "flow/plan.h"

#include <drm_fourcc.h>
#include <errno.h>

/* What GPUs sample well: Mali before v10 wants strides of 64. What display engines and
 * GPUs both take: AMD wants 256. */
#define SOURCE_STRIDE 64
#define TARGET_STRIDE 256
/* Software renderers draw in blocks: see zc_gpu_convert(). */
#define TARGET_ROWS 4

/* Formats that a GPU stage takes from a camera, the least memory traffic for the best
 * chance first. The rest of the table follows in its own order. */
static const char *const gpu_preference[] = {"YUYV", "UYVY", "NV12", "NV12M", NULL};

bool zc_plan_needs_gpu(const struct zc_flow_config *config)
{
    return config->op.rotate || config->op.flip_h || config->op.flip_v || config->effect;
}

static bool has_format(const struct zc_camera *camera, const struct zc_format *format)
{
    const struct zc_format *known;

    for (int i = 0; (known = zc_camera_format(camera, i)); i++)
        if (known == format)
            return true;
    return false;
}

static bool displayable(const struct zc_display *display, const struct zc_format *format)
{
    return !format->separate &&
           zc_display_has_format(display, format->fourcc, DRM_FORMAT_MOD_LINEAR);
}

static const struct zc_format *format_for_plane(const struct zc_flow_config *config)
{
    for (const struct zc_format *format = zc_formats; format->name; format++)
        if (has_format(config->camera, format) && displayable(config->display, format))
            return format;
    return NULL;
}

static const struct zc_format *format_for_gpu(const struct zc_flow_config *config)
{
    for (int i = 0; gpu_preference[i]; i++) {
        const struct zc_format *format = zc_format_by_name(gpu_preference[i]);

        if (has_format(config->camera, format))
            return format;
    }
    return zc_camera_format(config->camera, 0);
}

static int choose_scan_out(struct zc_plan *plan, const struct zc_flow_config *config,
                           enum zc_log_level level)
{
    const struct zc_format *asked = config->mode.format;

    if (zc_plan_needs_gpu(config)) {
        zc_log(level,
               "the %s path can neither rotate, flip nor run a shader: take the gpu "
               "path",
               zc_path_name(plan->path));
        return -ENOTSUP;
    }
    plan->mode.format = asked ? asked : format_for_plane(config);
    if (!plan->mode.format) {
        zc_log(level,
               "no plane of display %s takes any format of camera %s: only the gpu "
               "path can join them",
               zc_display_info(config->display)->path, zc_camera_path(config->camera));
        return -ENOTSUP;
    }
    if (!displayable(config->display, plan->mode.format)) {
        zc_log(level,
               "no plane of display %s takes %s: take the gpu path, or another "
               "--format",
               zc_display_info(config->display)->path, plan->mode.format->name);
        return -ENOTSUP;
    }
    return 0;
}

static int choose_gpu(struct zc_plan *plan, const struct zc_flow_config *config,
                      enum zc_log_level level)
{
    if (!config->gpu) {
        zc_log(level, "the gpu path needs a GPU, and none is open");
        return -ENOTSUP;
    }
    if (!zc_display_has_format(config->display, DRM_FORMAT_XRGB8888,
                               DRM_FORMAT_MOD_LINEAR)) {
        zc_log(level, "no plane of display %s takes linear XR24, which the GPU draws",
               zc_display_info(config->display)->path);
        return -ENOTSUP;
    }
    if (!plan->mode.format)
        plan->mode.format = format_for_gpu(config);
    return 0;
}

struct zc_rect zc_plan_fit(uint32_t width, uint32_t height, uint32_t into_width,
                           uint32_t into_height)
{
    struct zc_rect fit = {.width = into_width, .height = into_height};

    if ((uint64_t)width * into_height > (uint64_t)height * into_width)
        fit.height = (uint64_t)height * into_width / width;
    else
        fit.width = (uint64_t)width * into_height / height;
    fit.x = (into_width - fit.width) / 2;
    fit.y = (into_height - fit.height) / 2;
    return fit;
}

static int lay_out_target(struct zc_plan *plan, const struct zc_flow_config *config)
{
    const struct zc_display_info *display = zc_display_info(config->display);
    const struct zc_align align = {.stride = TARGET_STRIDE, .rows = TARGET_ROWS};
    bool sideways = config->op.rotate % 180;
    uint32_t width = sideways ? plan->source.height : plan->source.width;
    uint32_t height = sideways ? plan->source.width : plan->source.height;

    if (plan->path == ZC_PATH_DIRECT)
        return 0;
    if (plan->path == ZC_PATH_COPY) {
        plan->target = plan->source;
        return 0;
    }
    plan->to = zc_plan_fit(width, height, display->width, display->height);
    return zc_layout_solve(&plan->target, zc_format_by_drm(DRM_FORMAT_XRGB8888),
                           display->width, display->height, &align);
}

int zc_plan_make(struct zc_plan *plan, const struct zc_flow_config *config,
                 enum zc_path path, enum zc_log_level level)
{
    const struct zc_align align = {.stride = SOURCE_STRIDE};
    int error;

    *plan = (struct zc_plan){.path = path, .mode = config->mode};
    error = path == ZC_PATH_GPU ? choose_gpu(plan, config, level)
                                : choose_scan_out(plan, config, level);
    if (!error)
        error = zc_camera_set_mode(config->camera, &plan->mode, &align, &plan->source);
    if (!error)
        error = lay_out_target(plan, config);
    return error;
}
