/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gbm - libgbm is loaded when it is needed: most systems need none, and those that do have
 * one of the GPU's vendor.
 */
#include "gpu/gbm.h"
#include "base/ioctl.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#define LIBRARY "libgbm.so.1"

struct zc_gbm {
    int fd;
    void *library, *device;
    void (*destroy)(void *device);
};

int zc_gbm_open(struct zc_gbm **out, const char *node)
{
    struct zc_gbm *gbm = calloc(1, sizeof(*gbm));
    void *(*create)(int fd) = NULL;
    int error = 0;

    if (!gbm)
        return -ENOMEM;
    gbm->fd = open(node, O_RDWR | O_CLOEXEC);
    if (gbm->fd < 0)
        error = -errno;
    if (!error)
        gbm->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (gbm->library) {
        create = (void *(*)(int))dlsym(gbm->library, "gbm_create_device");
        gbm->destroy = (void (*)(void *))dlsym(gbm->library, "gbm_device_destroy");
    }
    if (!error && !(create && gbm->destroy))
        error = -ELIBACC;
    if (!error) {
        gbm->device = create(gbm->fd);
        error = gbm->device ? 0 : -ENOTSUP;
    }
    if (error)
        zc_gbm_close(gbm);
    else
        *out = gbm;
    return error;
}

int zc_gbm_planes(const struct zc_gbm *gbm, uint32_t fourcc, uint64_t modifier)
{
    int (*count)(void *device, uint32_t format, uint64_t modifier) =
        (int (*)(void *, uint32_t, uint64_t))dlsym(
            gbm->library, "gbm_device_get_format_modifier_plane_count");
    int n = count ? count(gbm->device, fourcc, modifier) : 0;

    return n > 0 ? n : 0;
}

/* Source: gbm.h of Mesa 21.1, which is newer than some vendors' libgbm. */
#define USE_SCANOUT (1u << 0)
#define USE_RENDERING (1u << 2)

struct calls {
    void *(*create)(void *device, uint32_t width, uint32_t height, uint32_t format,
                    const uint64_t *modifiers, unsigned count, uint32_t flags);
    void (*destroy)(void *bo);
    uint64_t (*modifier)(void *bo);
    int (*n_planes)(void *bo);
    int (*fd)(void *bo, int plane);
    uint32_t (*offset)(void *bo, int plane);
    uint32_t (*stride)(void *bo, int plane);
};

static int find_calls(const struct zc_gbm *gbm, struct calls *calls)
{
    const struct {
        void **call;
        const char *name;
    } all[] = {
        {(void **)&calls->create, "gbm_bo_create_with_modifiers2"},
        {(void **)&calls->destroy, "gbm_bo_destroy"},
        {(void **)&calls->modifier, "gbm_bo_get_modifier"},
        {(void **)&calls->n_planes, "gbm_bo_get_plane_count"},
        {(void **)&calls->fd, "gbm_bo_get_fd_for_plane"},
        {(void **)&calls->offset, "gbm_bo_get_offset"},
        {(void **)&calls->stride, "gbm_bo_get_stride_for_plane"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        *all[i].call = dlsym(gbm->library, all[i].name);
        if (!*all[i].call)
            return -ELIBACC;
    }
    return 0;
}

int zc_gbm_alloc(const struct zc_gbm *gbm, uint32_t width, uint32_t height,
                 uint32_t fourcc, const uint64_t *modifiers, int n_modifiers,
                 struct zc_gbm_buffer *out)
{
    struct calls calls;
    int error = find_calls(gbm, &calls);
    void *bo;

    if (error)
        return error;
    errno = 0;
    bo = calls.create(gbm->device, width, height, fourcc, modifiers, n_modifiers,
                      USE_SCANOUT | USE_RENDERING);
    if (!bo)
        return errno ? -errno : -ENOMEM;
    errno = 0;
    *out = (struct zc_gbm_buffer){
        .fd = calls.fd(bo, 0),
        .modifier = calls.modifier(bo),
        .n_planes = calls.n_planes(bo),
        .offset = calls.offset(bo, 0),
        .stride = calls.stride(bo, 0),
    };
    error = out->fd >= 0 ? 0 : errno ? -errno : -ENOTSUP;
    /* The dma-buf keeps the memory. */
    calls.destroy(bo);
    return error;
}

void zc_gbm_close(struct zc_gbm *gbm)
{
    if (!gbm)
        return;
    if (gbm->device)
        gbm->destroy(gbm->device);
    zc_close(&gbm->fd);
    /* The library stays: EGL may have taken threads and handlers of it. */
    free(gbm);
}

void *zc_gbm_native(const struct zc_gbm *gbm)
{
    return gbm->device;
}
