/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-import - EGLImages of frames, one a plane for the frame's whole life. */
#include "gpu/import.h"
#include "gpu/advice.h"
#include "gpu/image.h"
#include "gpu/modifier.h"
#include "base/counters.h"
#include "memory/format-private.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Pixels, each way: llvmpipe's. */
#define SOFTWARE_BLOCK 4

static void destroy_now(struct zc_import *import)
{
    const struct zc_egl *egl = import->imports->egl;

    if (zc_egl_is_current(egl)) {
        for (int i = 0; i < ZC_MAX_PLANES; i++) {
            if (import->framebuffer[i])
                glDeleteFramebuffers(1, &import->framebuffer[i]);
            if (import->renderbuffer[i])
                glDeleteRenderbuffers(1, &import->renderbuffer[i]);
            if (import->texture[i])
                glDeleteTextures(1, &import->texture[i]);
        }
    }
    for (int i = 0; i < import->n_images; i++)
        egl->destroy_image(egl->display, import->image[i]);
    free(import);
}

static void destroy(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    struct zc_import *import = (struct zc_import *)attachment;
    struct zc_imports *imports = import->imports;

    (void)owner;
    if (zc_egl_is_current(imports->egl)) {
        destroy_now(import);
        return;
    }
    import->next_dead = atomic_load(&imports->dead);
    while (!atomic_compare_exchange_weak(&imports->dead, &import->next_dead, import))
        ;
}

void zc_imports_init(struct zc_imports *imports, const struct zc_egl *egl)
{
    *imports = (struct zc_imports){
        .egl = egl,
        .sources.destroy = destroy,
        .targets.destroy = destroy,
        .level = ZC_LOG_ERROR,
    };
}

void zc_imports_reap(struct zc_imports *imports)
{
    struct zc_import *import = NULL, *next;

    if (atomic_load(&imports->dead))
        import = atomic_exchange(&imports->dead, NULL);
    for (; import; import = next) {
        next = import->next_dead;
        destroy_now(import);
    }
}

void zc_imports_finish(struct zc_imports *imports)
{
    zc_attachments_clear(&imports->sources);
    zc_attachments_clear(&imports->targets);
    zc_imports_reap(imports);
}

/* What the driver answered, for people. */
static void say_failure(struct zc_imports *imports, const struct zc_layout *layout,
                        int plane, uint32_t fourcc, const char *answer,
                        const char *advice)
{
    const struct zc_egl *egl = imports->egl;
    const struct zc_format_plane *part = &layout->format->plane[plane];
    uint32_t stride = layout->plane[plane].stride, offset = layout->plane[plane].offset;
    char text[5];

    snprintf(imports->refusal, sizeof(imports->refusal), "%s", answer);
    zc_fourcc_text(fourcc, text);
    zc_log(imports->level,
           "%s (%s) does not import plane %d of a %ux%u %s frame, as %ux%u texels of %s, "
           "stride %u, offset %u, modifier 0x%" PRIx64 ": %s; %s",
           egl->device, egl->renderer, plane, layout->width, layout->height,
           layout->format->name, zc_image_blocks(layout->width, part->block_width),
           zc_image_blocks(layout->height, part->block_height), text, stride, offset,
           layout->modifier, answer, advice);
}

/* What a frame is to a shader where the driver itself makes RGB of it. */
static const struct zc_format driven = {
    .name = "RGB of the driver's",
    .model = ZC_MODEL_RGB,
    .n_planes = 1,
    .plane = {{4, 1, 1, DRM_FORMAT_XBGR8888}},
};

/* Imports one plane into import->image[plane]. Returns 0 or EGL's error. */
static EGLint import_plane(struct zc_import *import, const struct zc_frame *frame,
                           int plane, uint32_t fourcc)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    bool external, listed;
    EGLImageKHR image;

    listed = zc_egl_lists_modifier(egl, fourcc, layout->modifier, &external);
    /* A linear plane can go without its modifier where the driver lists none for it. */
    if (!listed && layout->modifier != DRM_FORMAT_MOD_LINEAR &&
        layout->modifier != DRM_FORMAT_MOD_INVALID)
        return EGL_BAD_MATCH;
    image = zc_image_of_plane(egl, frame, plane, fourcc, listed);
    if (image == EGL_NO_IMAGE_KHR)
        return eglGetError();
    zc_count(ZC_COUNT_GPU_IMPORT);
    import->image[plane] = image;
    import->n_images = plane + 1;
    import->target[plane] =
        external && egl->external ? GL_TEXTURE_EXTERNAL_OES : GL_TEXTURE_2D;
    return 0;
}

static void clear_errors(void)
{
    for (int i = 0; i < 8 && glGetError() != GL_NO_ERROR; i++)
        ;
}

/* Binds an image to import->texture[plane]. Returns GL's error. */
static GLenum bind_texture(struct zc_import *import, int plane)
{
    const struct zc_egl *egl = import->imports->egl;
    GLenum target = import->target[plane];
    GLenum error;

    clear_errors();
    glGenTextures(1, &import->texture[plane]);
    glBindTexture(target, import->texture[plane]);
    glTexParameteri(target, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(target, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(target, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(target, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    egl->image_to_texture(target, import->image[plane]);
    error = glGetError();
    if (!error && target == GL_TEXTURE_EXTERNAL_OES)
        import->external |= 1u << plane;
    if (!error)
        return GL_NO_ERROR;
    glDeleteTextures(1, &import->texture[plane]);
    import->texture[plane] = 0;
    if (target == GL_TEXTURE_EXTERNAL_OES || !egl->external)
        return error;
    import->target[plane] = GL_TEXTURE_EXTERNAL_OES;
    return bind_texture(import, plane);
}

/*
 * YUV that is not linear: its planes by themselves are none that GL knows, as a tile of two
 * planes is no two tiles. So the driver takes all at once, and makes RGB of it. Whether it
 * can is what it lists for the format.
 */
static bool is_for_the_driver(const struct zc_egl *egl, const struct zc_format *format,
                              uint64_t modifier)
{
    bool external;

    return format->model == ZC_MODEL_YUV && modifier != DRM_FORMAT_MOD_LINEAR &&
           egl->external &&
           zc_egl_lists_modifier(egl, format->fourcc, modifier, &external);
}

bool zc_imports_take(const struct zc_egl *egl, const struct zc_format *format,
                     uint64_t modifier)
{
    bool external;

    if (modifier == DRM_FORMAT_MOD_LINEAR || is_for_the_driver(egl, format, modifier))
        return true;
    for (int i = 0; i < format->n_planes; i++)
        if (!zc_egl_lists_modifier(egl, format->plane[i].gl_fourcc, modifier, &external))
            return false;
    return true;
}

static int make_whole(struct zc_import *import, const struct zc_frame *frame)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    EGLint error = EGL_SUCCESS;

    import->read = &driven;
    import->target[0] = GL_TEXTURE_EXTERNAL_OES;
    import->image[0] = zc_image_of_frame(egl, frame);
    if (import->image[0] == EGL_NO_IMAGE_KHR) {
        error = eglGetError();
    } else {
        zc_count(ZC_COUNT_GPU_IMPORT);
        import->n_images = 1;
        error = bind_texture(import, 0) ? EGL_BAD_MATCH : EGL_SUCCESS;
    }
    if (error == EGL_SUCCESS)
        return 0;
    say_failure(import->imports, layout, 0, layout->format->fourcc,
                zc_egl_error_text(error), zc_import_advice(egl, layout, 0, error));
    return -ENOTSUP;
}

static int make_source(struct zc_import *import, const struct zc_frame *frame)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    char answer[40];

    if (is_for_the_driver(egl, layout->format, layout->modifier))
        return make_whole(import, frame);
    import->read = layout->format;
    for (int i = 0; i < layout->n_planes; i++) {
        uint32_t fourcc = layout->format->plane[i].gl_fourcc;
        EGLint error = fourcc ? import_plane(import, frame, i, fourcc) : EGL_BAD_MATCH;
        GLenum gl_error;

        if (error) {
            say_failure(import->imports, layout, i, fourcc, zc_egl_error_text(error),
                        zc_import_advice(egl, layout, i, error));
            return -ENOTSUP;
        }
        gl_error = bind_texture(import, i);
        if (gl_error) {
            snprintf(answer, sizeof(answer), "no texture of it: GL error 0x%04x",
                     gl_error);
            say_failure(import->imports, layout, i, fourcc, answer,
                        "choose another format, or another GPU");
            return -ENOTSUP;
        }
    }
    return 0;
}

/* Makes the framebuffer of @plane complete, by @renderbuffer or by a texture. Returns GL's
 * status. */
static GLenum bind_framebuffer(struct zc_import *import, int plane, bool renderbuffer)
{
    GLenum error = GL_NO_ERROR;

    clear_errors();
    glBindFramebuffer(GL_FRAMEBUFFER, import->framebuffer[plane]);
    if (renderbuffer) {
        glGenRenderbuffers(1, &import->renderbuffer[plane]);
        glBindRenderbuffer(GL_RENDERBUFFER, import->renderbuffer[plane]);
        import->imports->egl->image_to_renderbuffer(GL_RENDERBUFFER,
                                                    import->image[plane]);
        error = glGetError();
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                                  import->renderbuffer[plane]);
    } else {
        import->target[plane] = GL_TEXTURE_2D;
        error = bind_texture(import, plane);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0,
                               import->target[plane], import->texture[plane], 0);
    }
    return error ? error : glCheckFramebufferStatus(GL_FRAMEBUFFER);
}

static uint32_t whole_blocks(uint32_t texels)
{
    return (texels + SOFTWARE_BLOCK - 1) / SOFTWARE_BLOCK * SOFTWARE_BLOCK;
}

/* llvmpipe reads and writes whole blocks of its target, even where they reach beyond
 * its edges: into the rows of the next plane, they must not. */
static bool has_room(const struct zc_egl *egl, const struct zc_layout *layout, int plane)
{
    const struct zc_format_plane *part = &layout->format->plane[plane];
    uint64_t width = whole_blocks(zc_image_blocks(layout->width, part->block_width));
    uint64_t rows = whole_blocks(zc_image_blocks(layout->height, part->block_height));
    uint64_t row_bytes = width * part->block_bytes;
    uint64_t end = layout->plane[plane].offset +
                   (rows - 1) * layout->plane[plane].stride + row_bytes;
    uint64_t limit = layout->bytes[layout->plane[plane].buffer];

    if (plane + 1 < layout->n_planes &&
        layout->plane[plane + 1].buffer == layout->plane[plane].buffer)
        limit = layout->plane[plane + 1].offset;
    if (!egl->software || (layout->plane[plane].stride >= row_bytes && limit >= end))
        return true;
    zc_log(ZC_LOG_ERROR,
           "%s: cannot draw plane %d of %s, %ux%u, stride %u, %" PRIu64
           " bytes: this renderer draws in "
           "blocks of %dx%d pixels, and needs stride %" PRIu64 " and %" PRIu64 " bytes",
           egl->device, plane, layout->format->name, layout->width, layout->height,
           layout->plane[plane].stride, limit, SOFTWARE_BLOCK, SOFTWARE_BLOCK, row_bytes,
           end);
    return false;
}

static bool takes_as_target(const struct zc_egl *egl, uint32_t fourcc, uint64_t modifier)
{
    bool external;

    return modifier == DRM_FORMAT_MOD_LINEAR ||
           (zc_egl_lists_modifier(egl, fourcc, modifier, &external) && !external);
}

static int make_target_plane(struct zc_import *import, const struct zc_frame *frame,
                             int plane)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t fourcc = layout->format->fourcc,
             alike = zc_format_drawn_as(layout->format, plane);
    char answer[60];
    GLenum status;
    EGLint error;

    if (!has_room(egl, layout, plane))
        return -ENOTSUP;
    error = import_plane(import, frame, plane, alike);
    if (error && alike != fourcc && layout->n_planes == 1)
        error = import_plane(import, frame, plane, fourcc);
    if (error) {
        say_failure(import->imports, layout, plane, alike, zc_egl_error_text(error),
                    zc_import_advice(egl, layout, plane, error));
        return -ENOTSUP;
    }
    glGenFramebuffers(1, &import->framebuffer[plane]);
    if (bind_framebuffer(import, plane, true) == GL_FRAMEBUFFER_COMPLETE)
        return 0;
    status = bind_framebuffer(import, plane, false);
    if (status == GL_FRAMEBUFFER_COMPLETE)
        return 0;
    snprintf(answer, sizeof(answer), "it cannot be drawn into: GL status 0x%04x", status);
    say_failure(import->imports, layout, plane, alike, answer,
                "another GPU may, or the renderer \"software\"");
    return -ENOTSUP;
}

static int make_target(struct zc_import *import, const struct zc_frame *frame)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t alike = zc_format_drawn_as(layout->format, 0);
    int err = 0;

    /* Of tiles, planes are not drawn one by one. */
    if (!alike || !takes_as_target(import->imports->egl, alike, layout->modifier) ||
        (layout->n_planes > 1 && layout->modifier != DRM_FORMAT_MOD_LINEAR)) {
        zc_log(ZC_LOG_ERROR,
               "%s: nothing draws into %s with modifier 0x%" PRIx64
               "; it can be %s, linear or as the driver lists to draw into",
               import->imports->egl->device, layout->format->name, layout->modifier,
               zc_formats_drawn);
        return -ENOTSUP;
    }
    for (int i = 0; i < layout->n_planes && !err; i++)
        err = make_target_plane(import, frame, i);
    return err;
}

static int import_frame(struct zc_imports *imports, struct zc_attachments *role,
                        struct zc_frame *frame,
                        int (*make)(struct zc_import *, const struct zc_frame *),
                        struct zc_import **out)
{
    struct zc_import *import;
    int err;

    import = (struct zc_import *)zc_frame_attachment(frame, role);
    if (import) {
        *out = import;
        return 0;
    }
    if (zc_frame_fd(frame, 0) < 0) {
        zc_log(ZC_LOG_ERROR,
               "%s: the frame is CPU memory, and a GPU imports dma-bufs only: "
               "allocate it from a heap",
               imports->egl->device);
        return -ENOTSUP;
    }
    import = calloc(1, sizeof(*import));
    if (!import)
        return -ENOMEM;
    import->imports = imports;
    err = make(import, frame);
    if (!err) {
        err = zc_frame_attach(frame, role, &import->attachment);
        if (err)
            zc_log(ZC_LOG_ERROR, "%s: the frame is held by too many devices",
                   imports->egl->device);
    }
    if (err) {
        destroy_now(import);
        return err;
    }
    *out = import;
    return 0;
}

int zc_import_source(struct zc_imports *imports, struct zc_frame *frame,
                     struct zc_import **out)
{
    return import_frame(imports, &imports->sources, frame, make_source, out);
}

int zc_import_target(struct zc_imports *imports, struct zc_frame *frame,
                     struct zc_import **out)
{
    return import_frame(imports, &imports->targets, frame, make_target, out);
}
