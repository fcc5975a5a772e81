/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-import - EGLImages of frames, one a plane for the frame's whole life. */
#include "gpu/import.h"
#include "base/counters.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define MAX_MODIFIERS 64
/* Pixels, each way: llvmpipe's. */
#define SOFTWARE_BLOCK 4

static void destroy_now(struct zc_import *import)
{
    const struct zc_egl *egl = import->imports->egl;

    if (zc_egl_is_current(egl)) {
        if (import->framebuffer)
            glDeleteFramebuffers(1, &import->framebuffer);
        if (import->renderbuffer)
            glDeleteRenderbuffers(1, &import->renderbuffer);
        for (int i = 0; i < ZC_MAX_PLANES; i++)
            if (import->texture[i])
                glDeleteTextures(1, &import->texture[i]);
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

static uint32_t blocks(uint32_t pixels, uint8_t block)
{
    return (pixels + block - 1) / block;
}

/* Whether the driver lists @modifier for @fourcc; *external: to be sampled only so. */
static bool lists_modifier(const struct zc_egl *egl, uint32_t fourcc, uint64_t modifier,
                           bool *external)
{
    EGLuint64KHR modifiers[MAX_MODIFIERS];
    EGLBoolean only_external[MAX_MODIFIERS];
    EGLint n = 0;

    *external = false;
    if (!egl->modifiers || modifier == DRM_FORMAT_MOD_INVALID ||
        !egl->query_modifiers(egl->display, fourcc, MAX_MODIFIERS, modifiers,
                              only_external, &n))
        return false;
    for (int i = 0; i < n; i++)
        if (modifiers[i] == modifier) {
            *external = only_external[i];
            return true;
        }
    return false;
}

static const char *advice(uint32_t stride, uint32_t offset)
{
    if (stride % 64)
        return "many GPUs want strides that are multiples of 64 bytes, AMD's of 256: lay "
               "the frame out so, or have the GPU draw another size";
    if (stride % 256 || offset % 4096)
        return "AMD's GPUs want strides that are multiples of 256 bytes, others planes "
               "that start on a page: lay the frame out so, or try another heap";
    return "the GPU may not reach this memory: try another heap, such as 'contiguous'";
}

/* What the driver answered, for people. */
static void say_failure(const struct zc_egl *egl, const struct zc_layout *layout,
                        int plane, uint32_t fourcc, const char *answer)
{
    const struct zc_format_plane *part = &layout->format->plane[plane];
    uint32_t stride = layout->plane[plane].stride, offset = layout->plane[plane].offset;
    char text[5];

    zc_fourcc_text(fourcc, text);
    zc_log(ZC_LOG_ERROR,
           "%s (%s) does not import plane %d of a %ux%u %s frame, as %ux%u texels of %s, "
           "stride %u, offset %u, modifier 0x%" PRIx64 ": %s; %s",
           egl->device, egl->renderer, plane, layout->width, layout->height,
           layout->format->name, blocks(layout->width, part->block_width),
           blocks(layout->height, part->block_height), text, stride, offset,
           layout->modifier, answer, advice(stride, offset));
}

/* Makes the EGLImage of one plane, read as @fourcc; EGL_NO_IMAGE_KHR and EGL's error. */
static EGLImageKHR create_image(const struct zc_egl *egl, const struct zc_frame *frame,
                                int plane, uint32_t fourcc, bool with_modifier)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    const struct zc_format_plane *part = &layout->format->plane[plane];
    int last = with_modifier ? 16 : 12;
    EGLint attribs[] = {
        EGL_WIDTH,
        blocks(layout->width, part->block_width),
        EGL_HEIGHT,
        blocks(layout->height, part->block_height),
        EGL_LINUX_DRM_FOURCC_EXT,
        fourcc,
        EGL_DMA_BUF_PLANE0_FD_EXT,
        zc_frame_fd(frame, layout->plane[plane].buffer),
        EGL_DMA_BUF_PLANE0_OFFSET_EXT,
        layout->plane[plane].offset,
        EGL_DMA_BUF_PLANE0_PITCH_EXT,
        layout->plane[plane].stride,
        EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
        layout->modifier & 0xffffffff,
        EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT,
        layout->modifier >> 32,
        EGL_NONE,
    };

    attribs[last] = EGL_NONE;
    return egl->create_image(egl->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL,
                             attribs);
}

/* Imports one plane into import->image[plane]. Returns 0 or EGL's error. */
static EGLint import_plane(struct zc_import *import, const struct zc_frame *frame,
                           int plane, uint32_t fourcc)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    bool external, listed;
    EGLImageKHR image;

    listed = lists_modifier(egl, fourcc, layout->modifier, &external);
    /* A linear plane can go without its modifier where the driver lists none for it. */
    if (!listed && layout->modifier != DRM_FORMAT_MOD_LINEAR &&
        layout->modifier != DRM_FORMAT_MOD_INVALID)
        return EGL_BAD_MATCH;
    image = create_image(egl, frame, plane, fourcc, listed);
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

static int make_source(struct zc_import *import, const struct zc_frame *frame)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    char answer[40];

    for (int i = 0; i < layout->n_planes; i++) {
        uint32_t fourcc = layout->format->plane[i].gl_fourcc;
        EGLint error = fourcc ? import_plane(import, frame, i, fourcc) : EGL_BAD_MATCH;
        GLenum gl_error;

        if (error) {
            say_failure(egl, layout, i, fourcc, zc_egl_error_text(error));
            return -ENOTSUP;
        }
        gl_error = bind_texture(import, i);
        if (gl_error) {
            snprintf(answer, sizeof(answer), "no texture of it: GL error 0x%04x",
                     gl_error);
            say_failure(egl, layout, i, fourcc, answer);
            return -ENOTSUP;
        }
    }
    return 0;
}

/* Makes import->framebuffer complete, by @renderbuffer or by a texture. Returns GL's
 * status. */
static GLenum bind_framebuffer(struct zc_import *import, bool renderbuffer)
{
    GLenum error = GL_NO_ERROR;

    clear_errors();
    glBindFramebuffer(GL_FRAMEBUFFER, import->framebuffer);
    if (renderbuffer) {
        glGenRenderbuffers(1, &import->renderbuffer);
        glBindRenderbuffer(GL_RENDERBUFFER, import->renderbuffer);
        import->imports->egl->image_to_renderbuffer(GL_RENDERBUFFER, import->image[0]);
        error = glGetError();
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                                  import->renderbuffer);
    } else {
        import->target[0] = GL_TEXTURE_2D;
        error = bind_texture(import, 0);
        glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, import->target[0],
                               import->texture[0], 0);
    }
    return error ? error : glCheckFramebufferStatus(GL_FRAMEBUFFER);
}

/* The fourcc by which memory of @fourcc is drawn into. X that is drawn as A is certain
 * to become 255. */
static uint32_t drawn_as(uint32_t fourcc)
{
    switch (fourcc) {
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_ARGB8888:
        return DRM_FORMAT_ARGB8888;
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_ABGR8888:
        return DRM_FORMAT_ABGR8888;
    case DRM_FORMAT_RGB565:
        return DRM_FORMAT_RGB565;
    default:
        return 0;
    }
}

/* llvmpipe reads and writes whole blocks of its target, even where they reach beyond
 * its edges. */
static bool has_room(const struct zc_egl *egl, const struct zc_layout *layout)
{
    uint64_t width =
        (layout->width + SOFTWARE_BLOCK - 1) / SOFTWARE_BLOCK * SOFTWARE_BLOCK;
    uint64_t rows =
        (layout->height + SOFTWARE_BLOCK - 1) / SOFTWARE_BLOCK * SOFTWARE_BLOCK;
    uint64_t row_bytes = width * layout->format->plane[0].block_bytes;
    uint64_t end =
        layout->plane[0].offset + (rows - 1) * layout->plane[0].stride + row_bytes;

    if (!egl->software ||
        (layout->plane[0].stride >= row_bytes && layout->bytes[0] >= end))
        return true;
    zc_log(
        ZC_LOG_ERROR,
        "%s: cannot draw into %s of %ux%u, stride %u, %zu bytes: this renderer draws in "
        "blocks of %dx%d pixels, and needs stride %" PRIu64 " and %" PRIu64 " bytes",
        egl->device, layout->format->name, layout->width, layout->height,
        layout->plane[0].stride, layout->bytes[0], SOFTWARE_BLOCK, SOFTWARE_BLOCK,
        row_bytes, end);
    return false;
}

static int make_target(struct zc_import *import, const struct zc_frame *frame)
{
    const struct zc_egl *egl = import->imports->egl;
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t fourcc = layout->format->fourcc, alike = drawn_as(fourcc);
    char answer[60];
    GLenum status;
    EGLint error;

    if (!alike || layout->modifier != DRM_FORMAT_MOD_LINEAR) {
        zc_log(ZC_LOG_ERROR,
               "%s: nothing draws into %s with modifier 0x%" PRIx64
               "; it can be XR24, AR24, XB24, AB24 or RG16, linear",
               egl->device, layout->format->name, layout->modifier);
        return -ENOTSUP;
    }
    if (!has_room(egl, layout))
        return -ENOTSUP;
    error = import_plane(import, frame, 0, alike);
    if (error && alike != fourcc)
        error = import_plane(import, frame, 0, fourcc);
    if (error) {
        say_failure(egl, layout, 0, alike, zc_egl_error_text(error));
        return -ENOTSUP;
    }
    glGenFramebuffers(1, &import->framebuffer);
    if (bind_framebuffer(import, true) == GL_FRAMEBUFFER_COMPLETE)
        return 0;
    status = bind_framebuffer(import, false);
    if (status == GL_FRAMEBUFFER_COMPLETE)
        return 0;
    snprintf(answer, sizeof(answer), "it cannot be drawn into: GL status 0x%04x", status);
    say_failure(egl, layout, 0, alike, answer);
    return -ENOTSUP;
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
