/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pixels - is what the display shows what the camera wrote? Every camera format through
 * the GPU, every turn, scaling, shaders, and direct scan-out, read back by writeback.
 *
 * Usage: pixels [--direct | --offset] CAMERA MULTI_PLANAR_CAMERA
 * With --direct, without a GPU: what needs none. With --offset, the one test of a
 * multi-planar camera whose YUYV begins some bytes into its buffers.
 */
#include "nv12.h"

#include <drm_fourcc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 480
#define TOLERANCE 2
/* Planes count in fixed point. */
#define PLANE_TOLERANCE 3

static int make_target(struct devices *devices, uint32_t width, uint32_t height,
                       struct zc_frame **out)
{
    const struct zc_align align = {.stride = 256};
    struct zc_layout layout;

    if (zc_layout_solve(&layout, zc_format_by_drm(DRM_FORMAT_XRGB8888), width, height,
                        &align) ||
        zc_frame_create(out, devices->heap, &layout))
        FAIL("cannot allocate a target");
    return 0;
}

/* Draws @src by the GPU, shows it and compares what is displayed with @want. */
static int draw_and_compare(struct devices *devices, struct zc_frame *src,
                            const struct zc_gpu_op *op, const struct picture *want)
{
    const struct zc_display_info *info = zc_display_info(devices->display);
    struct zc_frame *dst = NULL;
    uint8_t *shown = NULL;
    int result;

    if (want->width != info->width || want->height != info->height)
        FAIL("the mode is %ux%u, not %ux%u", info->width, info->height, want->width,
             want->height);
    result = make_target(devices, info->width, info->height, &dst);
    if (!result && zc_gpu_convert(devices->gpu, src, dst, op)) {
        snprintf(device_why, sizeof(device_why), "the GPU refuses the frame");
        result = 1;
    }
    if (!result)
        result = device_show(devices, dst, &shown);
    if (!result)
        result =
            device_compare(shown, want->pixels, want->width, want->height, TOLERANCE);
    free(shown);
    zc_frame_unref(dst);
    return result;
}

static int capture(struct devices *devices, const struct zc_format *format,
                   struct zc_frame **out)
{
    struct zc_camera_mode mode = {.format = format, .width = WIDTH, .height = HEIGHT};

    return device_capture(format->separate ? devices->multi_camera : devices->camera,
                          devices->heap, mode, out);
}

static bool camera_has(const char *path, const struct zc_format *format)
{
    const struct zc_format *known;
    struct zc_camera *camera;
    bool found = false;

    if (zc_camera_open(&camera, path))
        return false;
    for (int i = 0; (known = zc_camera_format(camera, i)); i++)
        found |= known == format;
    zc_camera_close(camera);
    return found;
}

static int test_format(struct devices *devices, const struct zc_format *format)
{
    const struct zc_gpu_op op = {0};
    struct picture want = {0};
    struct zc_frame *src;
    int result;

    if (!camera_has(format->separate ? devices->multi_camera : devices->camera, format))
        SKIP("the camera has no %s", format->name);
    result = capture(devices, format, &src);
    if (!result)
        result = reference_convert(src, &want);
    if (!result)
        result = draw_and_compare(devices, src, &op, &want);
    reference_free(&want);
    zc_frame_unref(src);
    return result;
}

/*
 * One still picture in two formats, one of which begins some bytes into its buffers. They are
 * compared below the text, which counts; what the display then shows, as a whole.
 */
static int test_offset(struct devices *devices, const char *plain, const char *moved)
{
    const size_t half = (size_t)WIDTH * (HEIGHT / 2) * 4;
    struct zc_camera_mode mode = {.width = WIDTH, .height = HEIGHT};
    struct picture want = {0}, got = {0};
    struct zc_frame *first = NULL, *second = NULL;
    const struct zc_gpu_op op = {0};
    int result;

    mode.format = zc_format_by_name(plain);
    result = device_capture(devices->multi_camera, devices->heap, mode, &first);
    mode.format = zc_format_by_name(moved);
    if (!result)
        result = device_capture(devices->multi_camera, devices->heap, mode, &second);
    if (!result && (zc_frame_layout(first)->plane[0].offset ||
                    !zc_frame_layout(second)->plane[0].offset)) {
        snprintf(device_why, sizeof(device_why), "%s begins %u bytes into its buffer",
                 moved, zc_frame_layout(second)->plane[0].offset);
        result = 1;
    }
    if (!result)
        result = reference_convert(first, &want) || reference_convert(second, &got);
    if (!result)
        result =
            device_compare(got.pixels + half, want.pixels + half, WIDTH, HEIGHT / 2, 0);
    if (!result)
        result = draw_and_compare(devices, second, &op, &got);
    reference_free(&want);
    reference_free(&got);
    zc_frame_unref(first);
    zc_frame_unref(second);
    return result;
}

/* A captured frame of @format whose pixels are to be read by the rules of @colour: as if
 * V4L2 had said so of them. */
static int capture_as(struct devices *devices, const struct zc_format *format,
                      struct zc_colour colour, struct zc_frame **out)
{
    void *from[ZC_MAX_PLANES], *to[ZC_MAX_PLANES];
    struct zc_layout layout;
    struct zc_frame *src;
    int result = capture(devices, format, &src);

    if (result)
        return result;
    layout = *zc_frame_layout(src);
    layout.colour = colour;
    if (zc_frame_create(out, devices->heap, &layout) ||
        zc_frame_begin_cpu(src, ZC_CPU_READ, from) ||
        zc_frame_begin_cpu(*out, ZC_CPU_WRITE, to))
        FAIL("cannot make a second frame");
    memcpy(to[0], from[0], layout.bytes[0]);
    zc_frame_end_cpu(*out);
    zc_frame_end_cpu(src);
    zc_frame_unref(src);
    return 0;
}

static int test_colour(struct devices *devices, struct zc_colour colour)
{
    const struct zc_gpu_op op = {0};
    struct picture want = {0};
    struct zc_frame *src = NULL;
    int result = capture_as(devices, zc_format_by_name("YUYV"), colour, &src);

    if (!result)
        result = reference_convert(src, &want);
    if (!result)
        result = draw_and_compare(devices, src, &op, &want);
    reference_free(&want);
    zc_frame_unref(src);
    return result;
}

/* Draws @src by the GPU and compares what is then in memory: of any size, unlike a mode. */
static int draw_in_memory(struct devices *devices, struct zc_frame *src,
                          const struct zc_gpu_op *op, const struct picture *want,
                          int tolerance)
{
    struct zc_frame *dst = NULL;
    uint8_t *got = NULL;
    int result = make_target(devices, want->width, want->height, &dst);

    if (!result && zc_gpu_convert(devices->gpu, src, dst, op)) {
        snprintf(device_why, sizeof(device_why), "the GPU refuses the frame");
        result = 1;
    }
    if (!result)
        result = device_read(dst, &got);
    if (!result)
        result = device_compare(got, want->pixels, want->width, want->height, tolerance);
    free(got);
    zc_frame_unref(dst);
    return result;
}

static int test_turn(struct devices *devices, int rotate, bool flip_h, bool flip_v)
{
    const struct zc_gpu_op op = {.rotate = rotate, .flip_h = flip_h, .flip_v = flip_v};
    struct picture upright = {0}, want = {0};
    struct zc_frame *src;
    int result = capture(devices, zc_format_by_name("YUYV"), &src);

    if (!result)
        result = reference_convert(src, &upright);
    if (!result) {
        reference_turn(&upright, rotate, flip_h, flip_v, &want);
        result = draw_in_memory(devices, src, &op, &want, TOLERANCE);
    }
    reference_free(&upright);
    reference_free(&want);
    zc_frame_unref(src);
    return result;
}

static int test_scale(struct devices *devices, uint32_t width, uint32_t height)
{
    const struct zc_gpu_op op = {0};
    struct picture upright = {0}, want = {0};
    struct zc_frame *src;
    int result = capture(devices, zc_format_by_name("NV12"), &src);

    if (!result)
        result = reference_convert(src, &upright);
    if (!result) {
        reference_scale(&upright, width, height, &want);
        /* The blend of bytes that were rounded each is off by one more than a byte. */
        result = draw_in_memory(devices, src, &op, &want, TOLERANCE + 1);
    }
    reference_free(&upright);
    reference_free(&want);
    zc_frame_unref(src);
    return result;
}

/* Into NV12 of @colour, after @op; its width and height are odd where it scales. */
static int test_into(struct devices *devices, const char *format, struct zc_colour colour,
                     int rotate, bool odd)
{
    const struct zc_gpu_op op = {.rotate = rotate};
    struct picture upright = {0}, want = {0};
    struct zc_frame *src;
    int result = capture(devices, zc_format_by_name("YUYV"), &src);

    if (!result)
        result = reference_convert(src, &upright);
    if (!result && odd)
        reference_scale(&upright, 321, 243, &want);
    else if (!result)
        reference_turn(&upright, rotate, false, false, &want);
    if (!result)
        result =
            nv12_draw_and_compare(devices, src, &op, &want, format, colour, TOLERANCE);
    reference_free(&upright);
    reference_free(&want);
    zc_frame_unref(src);
    return result;
}

static const char negative[] = "vec4 zc_effect(vec2 at)\n"
                               "{\n"
                               "    return vec4(vec3(1.0) - zc_sample(at).rgb, 1.0);\n"
                               "}\n";

static int test_shader(struct devices *devices)
{
    const struct zc_gpu_op op = {0};
    struct picture want = {0};
    struct zc_frame *src;
    int result = capture(devices, zc_format_by_name("YUYV"), &src);

    if (!result)
        result = reference_convert(src, &want);
    for (size_t i = 0; !result && i < (size_t)WIDTH * HEIGHT * 4; i++)
        want.pixels[i] = 255 - want.pixels[i];
    if (!result && zc_gpu_set_shader(devices->gpu, negative, "negative.frag")) {
        snprintf(device_why, sizeof(device_why), "the shader does not compile");
        result = 1;
    }
    if (!result)
        result = draw_and_compare(devices, src, &op, &want);
    zc_gpu_set_shader(devices->gpu, NULL, NULL);
    reference_free(&want);
    zc_frame_unref(src);
    return result;
}

/* Shows @src by a plane and compares what is displayed with what it is to look like. */
static int show_and_compare(struct devices *devices, struct zc_frame *src, int tolerance)
{
    struct picture want = {0};
    uint8_t *shown = NULL;
    int result = reference_convert(src, &want);

    if (!result)
        result = device_show(devices, src, &shown);
    if (!result)
        result = device_compare(shown, want.pixels, want.width, want.height, tolerance);
    free(shown);
    reference_free(&want);
    return result;
}

static int lacks_format(struct devices *devices, const struct zc_format *format)
{
    if (!camera_has(devices->camera, format))
        SKIP("the camera has no %s", format->name);
    if (!zc_display_has_format(devices->display, format->fourcc, DRM_FORMAT_MOD_LINEAR))
        SKIP("no plane takes %s", format->name);
    return 0;
}

static int test_direct(struct devices *devices, const struct zc_format *format)
{
    bool exact = format->model == ZC_MODEL_RGB;
    struct zc_frame *src = NULL;
    int result = lacks_format(devices, format);

    if (!result)
        result = capture(devices, format, &src);
    if (!result)
        result = show_and_compare(devices, src, exact ? 0 : PLANE_TOLERANCE);
    zc_frame_unref(src);
    return result;
}

/* What the GPU shows of them within TOLERANCE, the plane shows as well. */
static int test_direct_colour(struct devices *devices, struct zc_colour colour)
{
    const struct zc_format *format = zc_format_by_name("NV12");
    struct zc_frame *src = NULL;
    int result = lacks_format(devices, format);

    if (!result)
        result = capture_as(devices, format, colour, &src);
    if (!result)
        result = show_and_compare(devices, src, PLANE_TOLERANCE);
    zc_frame_unref(src);
    return result;
}

static void run_colours(struct devices *devices, const char *path,
                        int (*test)(struct devices *, struct zc_colour))
{
    char name[64];

    for (int i = 0; i < 6; i++) {
        const struct zc_colour colour = {i / 2, i % 2};

        snprintf(name, sizeof(name), "%s-colour %s", path, zc_colour_text(&colour));
        device_report(name, test(devices, colour));
    }
}

static void run_direct(struct devices *devices)
{
    char name[64];

    for (const struct zc_format *format = zc_formats; format->name; format++) {
        if (format->model == ZC_MODEL_GREY || format->separate)
            continue;
        snprintf(name, sizeof(name), "direct-%s", format->name);
        device_report(name, test_direct(devices, format));
    }
    run_colours(devices, "direct", test_direct_colour);
}

static void run_formats(struct devices *devices)
{
    char name[64];

    for (const struct zc_format *format = zc_formats; format->name; format++) {
        snprintf(name, sizeof(name), "gpu-%s", format->name);
        device_report(name, test_format(devices, format));
    }
    run_colours(devices, "gpu", test_colour);
}

static void run_into(struct devices *devices)
{
    const struct zc_colour usual = {ZC_MATRIX_BT601, ZC_RANGE_LIMITED};
    char name[64];

    for (int i = 0; i < 6; i++) {
        struct zc_colour colour = {i / 2, i % 2 ? ZC_RANGE_FULL : ZC_RANGE_LIMITED};

        snprintf(name, sizeof(name), "gpu-into-NV12 %s", zc_colour_text(&colour));
        device_report(name, test_into(devices, "NV12", colour, 0, false));
    }
    device_report("gpu-into-NV12M", test_into(devices, "NV12M", usual, 0, false));
    device_report("gpu-into-NV12 turned", test_into(devices, "NV12", usual, 90, false));
    device_report("gpu-into-NV12 odd", test_into(devices, "NV12", usual, 0, true));
}

static void run_turns(struct devices *devices)
{
    char name[64];

    for (int i = 0; i < 16; i++) {
        int rotate = i / 4 * 90;

        snprintf(name, sizeof(name), "gpu-turn %d%s%s", rotate, i & 1 ? " flip h" : "",
                 i & 2 ? " flip v" : "");
        device_report(name, test_turn(devices, rotate, i & 1, i & 2));
    }
}

static void run_gpu(struct devices *devices)
{
    run_formats(devices);
    run_into(devices);
    run_turns(devices);
    device_report("gpu-scale up", test_scale(devices, 1000, 700));
    device_report("gpu-scale down", test_scale(devices, 320, 200));
    device_report("gpu-shader", test_shader(devices));
}

static int open_devices(struct devices *devices, bool direct, char **argv)
{
    const struct zc_display_config config = {.width = WIDTH, .height = HEIGHT};

    devices->camera = argv[0];
    devices->multi_camera = argv[1];
    return zc_heap_open(&devices->heap, NULL) ||
           (!direct && zc_gpu_open(&devices->gpu, NULL)) ||
           zc_display_open(&devices->display, &config);
}

int main(int argc, char **argv)
{
    bool direct = argc > 1 && !strcmp(argv[1], "--direct");
    bool offset = argc > 1 && !strcmp(argv[1], "--offset");
    struct devices devices = {0};

    if (argc != 3 + (direct || offset)) {
        fprintf(stderr,
                "usage: pixels [--direct | --offset] CAMERA MULTI_PLANAR_CAMERA\n");
        return 2;
    }
    if (open_devices(&devices, direct, argv + argc - 2)) {
        printf("FAIL pixels: a device cannot be opened\n");
        return 1;
    }
    if (offset) {
        device_report("gpu-pixels some bytes into their buffer",
                      test_offset(&devices, "UYVY", "YUYV"));
    } else {
        if (!direct)
            run_gpu(&devices);
        run_direct(&devices);
    }
    zc_display_close(devices.display);
    zc_gpu_close(devices.gpu);
    zc_heap_close(devices.heap);
    return device_exit_code();
}
