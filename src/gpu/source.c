/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-source - GLSL ES 1.00 that reads a pixel of each format of the table.
 *
 * zc_texel() reads the pixel at a whole-numbered place, chroma as its block has it.
 * Places are computed from the middle of pixels and texels, half a texel from any
 * neighbour, so that rounding cannot reach one at any size that a GPU takes. Numbers in
 * the text are written as integers: the decimal point of printf depends on the locale.
 */
#include "gpu/source.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const char zc_vertex_source[] =
    "attribute vec2 zc_corner;\n"
    "uniform vec3 zc_map[2];\n"
    "varying vec2 zc_at;\n"
    "void main() {\n"
    "    vec3 corner = vec3(zc_corner, 1.0);\n"
    "    zc_at = vec2(dot(zc_map[0], corner), dot(zc_map[1], corner));\n"
    "    gl_Position = vec4(zc_corner * 2.0 - 1.0, 0.0, 1.0);\n"
    "}\n";

const char zc_fragment_plain[] = "vec4 zc_effect(vec2 at) { return zc_sample(at); }\n";

/* A chroma texel is the mean of the four pixels around its middle. */
const char *const zc_fragment_end[] = {
    [ZC_INTO_RGB] = "\n"
                    "void main() {\n"
                    "    vec4 zc_out = zc_effect(zc_at);\n"
                    "    gl_FragColor = vec4(zc_out.rgb, max(zc_out.a, zc_opaque));\n"
                    "}\n",
    [ZC_INTO_LUMA] =
        "\n"
        "void main() {\n"
        "    vec4 zc_rgb = vec4(clamp(zc_effect(zc_at).rgb, 0.0, 1.0), 1.0);\n"
        "    gl_FragColor = vec4(dot(zc_yuv[0], zc_rgb));\n"
        "}\n",
    [ZC_INTO_CHROMA] =
        "\n"
        "vec3 zc_pixel(vec2 at) {\n"
        "    return clamp(zc_effect(at).rgb, 0.0, 1.0);\n"
        "}\n"
        "void main() {\n"
        "    vec2 zc_a = 0.5 * (zc_step[0] + zc_step[1]);\n"
        "    vec2 zc_b = 0.5 * (zc_step[0] - zc_step[1]);\n"
        "    vec3 zc_sum = zc_pixel(zc_at - zc_a) + zc_pixel(zc_at - zc_b) +\n"
        "                  zc_pixel(zc_at + zc_b) + zc_pixel(zc_at + zc_a);\n"
        "    vec4 zc_rgb = vec4(0.25 * zc_sum, 1.0);\n"
        "    gl_FragColor = vec4(dot(zc_yuv[1], zc_rgb), dot(zc_yuv[2], zc_rgb), 0.0, "
        "1.0);\n"
        "}\n",
};

static const char sample_nearest[] =
    "vec4 zc_sample(vec2 at) {\n"
    "    return zc_texel(clamp(floor(at * zc_size), vec2(0.0), zc_size - 1.0));\n"
    "}\n";

static const char sample_smooth[] =
    "vec4 zc_sample(vec2 at) {\n"
    "    vec2 place = at * zc_size - 0.5;\n"
    "    vec2 base = floor(place);\n"
    "    vec2 part = place - base;\n"
    "    vec2 low = clamp(base, vec2(0.0), zc_size - 1.0);\n"
    "    vec2 high = clamp(base + 1.0, vec2(0.0), zc_size - 1.0);\n"
    "    return mix(mix(zc_texel(low), zc_texel(vec2(high.x, low.y)), part.x),\n"
    "               mix(zc_texel(vec2(low.x, high.y)), zc_texel(high), part.x), "
    "part.y);\n"
    "}\n";

/* Which of r, g, b, a holds the bytes (or words) of a texel, in memory order. */
static const char *channels(uint32_t fourcc)
{
    switch (fourcc) {
    case DRM_FORMAT_ABGR8888:
    case DRM_FORMAT_XBGR8888:
        return "rgba";
    case DRM_FORMAT_ARGB8888:
    case DRM_FORMAT_XRGB8888:
        return "bgra";
    case DRM_FORMAT_RGBA8888:
        return "abgr";
    case DRM_FORMAT_BGRA8888:
        return "argb";
    case DRM_FORMAT_GR88:
    case DRM_FORMAT_GR1616:
        return "rg";
    case DRM_FORMAT_RG88:
    case DRM_FORMAT_RG1616:
        return "gr";
    case DRM_FORMAT_R8:
    case DRM_FORMAT_R16:
        return "r";
    default:
        return "";
    }
}

static bool has_alpha(uint32_t fourcc)
{
    return fourcc == DRM_FORMAT_ARGB8888 || fourcc == DRM_FORMAT_ABGR8888 ||
           fourcc == DRM_FORMAT_RGBA8888 || fourcc == DRM_FORMAT_BGRA8888;
}

/* The components of a block of plane @plane, in memory order. */
static const char *components(const struct zc_format *format, int plane)
{
    bool v_first = format->order && format->order[0] == 'v';

    if (format->n_planes == 1)
        return format->order ? format->order : "";
    if (plane == 0)
        return "y";
    if (format->n_planes == 2)
        return v_first ? "vu" : "uv";
    return (plane == 1) == v_first ? "v" : "u";
}

/*
 * Writes the value of component @letter: "b0.r". Where a block holds it twice, the
 * pixel's own is taken. Returns false where no plane has it.
 */
static bool write_component(FILE *out, const struct zc_format *format, char letter)
{
    for (int i = 0; i < format->n_planes; i++) {
        const char *order = components(format, i);
        const char *names = channels(format->plane[i].gl_fourcc);
        const char *at = strchr(order, letter), *again;

        if (!at)
            continue;
        if (strlen(order) > strlen(names))
            return false;
        again = strchr(at + 1, letter);
        if (again)
            fprintf(out, "fract(at.x * 0.5) < 0.25 ? b%d.%c : b%d.%c", i,
                    names[at - order], i, names[again - order]);
        else
            fprintf(out, "b%d.%c", i, names[at - order]);
        return true;
    }
    return false;
}

static bool write_yuv(FILE *out, const struct zc_format *format)
{
    static const char letters[] = "yuv";

    for (int i = 0; i < 3; i++) {
        fprintf(out, "    float %c = ", letters[i]);
        if (!write_component(out, format, letters[i]))
            return false;
        fputs(";\n", out);
    }
    fputs("    vec4 yuv = vec4(y, u, v, 1.0);\n"
          "    vec3 rgb = vec3(dot(zc_rows[0], yuv), dot(zc_rows[1], yuv),\n"
          "                    dot(zc_rows[2], yuv));\n"
          "    return vec4(clamp(rgb, 0.0, 1.0), 1.0);\n",
          out);
    return true;
}

/* Writes the middle of the texel that holds pixel at.@axis, in texels. Whole-numbered
 * places are exact in any float, so a block of one pixel needs no rounding. */
static void write_middle(FILE *out, char axis, int block)
{
    if (block == 1)
        fprintf(out, "at.%c + 0.5", axis);
    else
        fprintf(out, "floor((at.%c + 0.5) / %d.0) + 0.5", axis, block);
}

static bool write_texel(FILE *out, const struct zc_format *format)
{
    fputs("vec4 zc_texel(vec2 at) {\n", out);
    for (int i = 0; i < format->n_planes; i++) {
        fprintf(out, "    vec4 b%d = texture2D(zc_plane%d, vec2(", i, i);
        write_middle(out, 'x', format->plane[i].block_width);
        fputs(", ", out);
        write_middle(out, 'y', format->plane[i].block_height);
        fprintf(out, ") * zc_texel_size[%d]);\n", i);
    }
    switch (format->model) {
    case ZC_MODEL_YUV:
        if (!write_yuv(out, format))
            return false;
        break;
    case ZC_MODEL_GREY:
        fputs("    return vec4(b0.rrr, 1.0);\n", out);
        break;
    case ZC_MODEL_RGB:
        fprintf(out, "    return vec4(b0.rgb, %s);\n",
                has_alpha(format->plane[0].gl_fourcc) ? "b0.a" : "1.0");
        break;
    }
    fputs("}\n", out);
    return true;
}

int zc_fragment_begin(char **out, const struct zc_recipe *recipe, bool highp)
{
    const struct zc_format *format = recipe->format;
    const char *precision = highp ? "highp" : "mediump";
    size_t size;
    FILE *text;
    bool known;

    *out = NULL;
    text = open_memstream(out, &size);
    if (!text)
        return -ENOMEM;
    if (recipe->external)
        fputs("#extension GL_OES_EGL_image_external : require\n", text);
    fprintf(text, "precision %s float;\n", precision);
    fputs("varying vec2 zc_at;\n"
          "uniform vec2 zc_size;\n"
          "uniform float zc_time;\n"
          "uniform float zc_opaque;\n"
          "uniform vec4 zc_rows[3];\n"
          "uniform vec4 zc_yuv[3];\n"
          "uniform vec2 zc_step[2];\n",
          text);
    fprintf(text, "uniform vec2 zc_texel_size[%d];\n", format->n_planes);
    /* Samplers are lowp unless said otherwise: too little for 16 bit a component. */
    for (int i = 0; i < format->n_planes; i++)
        fprintf(text, "uniform %s %s zc_plane%d;\n", precision,
                recipe->external & 1u << i ? "samplerExternalOES" : "sampler2D", i);
    known = write_texel(text, format);
    fputs(recipe->smooth ? sample_smooth : sample_nearest, text);
    if (fclose(text) || !*out)
        return -ENOMEM;
    return known ? 0 : -ENOTSUP;
}
