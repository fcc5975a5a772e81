/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan - path, formats and layouts of a flow. */
#include "flow/plan.h"
#include "base/rect.h"
#include "gpu/advice.h"

#include <drm_fourcc.h>
#include <errno.h>

/* Strides are multiples of these, in the order in which they are tried; 0 is tight. GPUs
 * sample well: Mali before v10 wants 64. Display engines and GPUs both take 256: AMD wants
 * that. mxsfb wants no padding at all. */
static const uint32_t source_strides[ZC_STRIDES] = {64, 0, 256};
static const uint32_t target_strides[ZC_STRIDES] = {256, 64, 0};

bool zc_plan_needs_gpu(const struct zc_flow_config *config)
{
    return config->op.rotate || config->op.flip_h || config->op.flip_v || config->effect;
}

static bool displayable(const struct zc_display *display, const struct zc_format *format)
{
    return !format->separate &&
           zc_display_has_format(display, format->fourcc, DRM_FORMAT_MOD_LINEAR);
}

static bool has_size(const struct zc_flow_config *config, const struct zc_format *format)
{
    return zc_camera_has_size(config->camera, format, config->mode.width,
                              config->mode.height);
}

/* Whether a size is asked for that is listed for some formats: of these it is to be one. */
static bool size_decides(const struct zc_flow_config *config)
{
    const struct zc_format *format;

    for (int i = 0; (format = zc_camera_format(config->camera, i)); i++)
        if (config->mode.width && config->mode.height && has_size(config, format))
            return true;
    return false;
}

static const struct zc_format *format_for_plane(const struct zc_flow_config *config)
{
    bool sized = size_decides(config);

    for (const struct zc_format *format = zc_formats; format->name; format++)
        if (zc_camera_has_format(config->camera, format) &&
            displayable(config->display, format) && (!sized || has_size(config, format)))
            return format;
    return NULL;
}

static const struct zc_format *format_for_gpu(const struct zc_flow_config *config)
{
    bool sized = size_decides(config);
    const struct zc_format *format;

    for (int i = 0; (format = zc_format_for_gpu(i)); i++)
        if (zc_camera_has_format(config->camera, format) &&
            (!sized || has_size(config, format)))
            return format;
    for (int i = 0; sized && (format = zc_camera_format(config->camera, i)); i++)
        if (has_size(config, format))
            return format;
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
        zc_log(
            level,
            "no plane of display %s takes any format%s of camera %s: only the gpu path "
            "can join them",
            zc_display_info(config->display)->path,
            size_decides(config) ? " of that size" : "", zc_camera_path(config->camera));
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

static bool draws(struct zc_gpu *gpu, const struct zc_format *format, uint64_t modifier)
{
    uint64_t drawn;

    for (int i = 0; zc_gpu_modifier(gpu, format, i, &drawn); i++)
        if (drawn == modifier)
            return true;
    return false;
}

/* What the display and the GPU both name, for memory that is the GPU's. */
static bool choose_modifiers(struct zc_plan *plan, const struct zc_flow_config *config)
{
    const struct zc_format *format = zc_format_by_drm(DRM_FORMAT_XRGB8888);
    uint64_t modifier;

    if (config->memory != ZC_MEMORY_ANY)
        return false;
    for (int i = 0; plan->n_modifiers < ZC_PLAN_MODIFIERS &&
                    zc_display_modifier(config->display, format->fourcc, i, &modifier);
         i++)
        if (draws(config->gpu, format, modifier))
            plan->modifiers[plan->n_modifiers++] = modifier;
    return plan->n_modifiers > 0;
}

static int choose_gpu(struct zc_plan *plan, const struct zc_flow_config *config,
                      enum zc_log_level level)
{
    if (!config->gpu) {
        zc_log(level, "the gpu path needs a GPU, and none is open");
        return -ENOTSUP;
    }
    if (!zc_display_has_format(config->display, DRM_FORMAT_XRGB8888,
                               DRM_FORMAT_MOD_LINEAR) &&
        !choose_modifiers(plan, config)) {
        zc_log(level,
               "no plane of display %s takes linear XR24, or with a modifier that %s "
               "draws into memory of its own%s",
               zc_display_info(config->display)->path, zc_gpu_info(config->gpu)->device,
               config->memory == ZC_MEMORY_ANY ? "" : ", which --heap forbids");
        return -ENOTSUP;
    }
    if (!plan->mode.format)
        plan->mode.format = format_for_gpu(config);
    return 0;
}

int zc_plan_target(struct zc_plan *plan, const struct zc_flow_config *config, int index)
{
    const struct zc_display_info *display = zc_display_info(config->display);
    const struct zc_align align = {.stride = target_strides[index], .rows = ZC_GPU_ROWS};
    bool sideways = config->op.rotate % 180;
    uint32_t width = sideways ? plan->source.height : plan->source.width;
    uint32_t height = sideways ? plan->source.width : plan->source.height;

    if (plan->path == ZC_PATH_COPY) {
        plan->target = plan->source;
        return 0;
    }
    plan->to = zc_rect_fit(width, height, display->width, display->height);
    return zc_layout_solve(&plan->target, zc_format_by_drm(DRM_FORMAT_XRGB8888),
                           display->width, display->height, &align);
}

/* Room behind the picture, as some GPUs take no shorter buffer; no plane moves. */
static void leave_room(struct zc_layout *layout)
{
    for (int i = 0; i < layout->n_planes; i++) {
        size_t *bytes = &layout->bytes[layout->plane[i].buffer];
        uint64_t end = zc_gpu_end_of_rows(layout, i);

        if (*bytes < end)
            *bytes = end;
    }
}

int zc_plan_source(struct zc_plan *plan, const struct zc_flow_config *config, int index)
{
    const struct zc_align align = {.stride = source_strides[index]};
    const struct zc_format *format = plan->mode.format;
    int error;

    plan->mode = config->mode;
    plan->mode.format = format;
    error = zc_camera_set_mode(config->camera, &plan->mode, &align, &plan->source);
    if (!error && plan->path == ZC_PATH_GPU)
        leave_room(&plan->source);
    return error;
}

int zc_plan_make(struct zc_plan *plan, const struct zc_flow_config *config,
                 enum zc_path path, enum zc_log_level level)
{
    *plan = (struct zc_plan){.path = path, .mode = config->mode};
    return path == ZC_PATH_GPU ? choose_gpu(plan, config, level)
                               : choose_scan_out(plan, config, level);
}
