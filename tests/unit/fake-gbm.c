/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-gbm - stands in for a vendor's libgbm.so.1: it drives /dev/null, and nothing else. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int fake_gbm_live;

void *gbm_create_device(int fd);
void *gbm_create_device(int fd)
{
    struct stat node;

    if (fstat(fd, &node) || minor(node.st_rdev) != 3)
        return NULL;
    fake_gbm_live++;
    return &fake_gbm_live;
}

void gbm_device_destroy(void *device);
void gbm_device_destroy(void *device)
{
    --*(int *)device;
}

#define XR24 0x34325258

int gbm_device_get_format_modifier_plane_count(void *device, uint32_t format,
                                               uint64_t modifier);
int gbm_device_get_format_modifier_plane_count(void *device, uint32_t format,
                                               uint64_t modifier)
{
    return device == &fake_gbm_live && format == XR24 && modifier == 7 ? 1 : -1;
}

/* One at a time, with the last modifier of those that it may have. */
static struct {
    uint64_t modifier;
    uint32_t stride, height;
} bo;

void *gbm_bo_create_with_modifiers2(void *device, uint32_t width, uint32_t height,
                                    uint32_t format, const uint64_t *modifiers,
                                    unsigned count, uint32_t flags);
void *gbm_bo_create_with_modifiers2(void *device, uint32_t width, uint32_t height,
                                    uint32_t format, const uint64_t *modifiers,
                                    unsigned count, uint32_t flags)
{
    /* To be scanned out, and drawn into. */
    if (device != &fake_gbm_live || format != XR24 || flags != (1 | 4)) {
        errno = EINVAL;
        return NULL;
    }
    bo.modifier = modifiers[count - 1];
    bo.stride = width * 4 + 64;
    bo.height = height;
    fake_gbm_live++;
    return &bo;
}

void gbm_bo_destroy(void *which);
void gbm_bo_destroy(void *which)
{
    fake_gbm_live -= which == &bo;
}

uint64_t gbm_bo_get_modifier(void *which);
uint64_t gbm_bo_get_modifier(void *which)
{
    (void)which;
    return bo.modifier;
}

int gbm_bo_get_plane_count(void *which);
int gbm_bo_get_plane_count(void *which)
{
    (void)which;
    return 1;
}

int gbm_bo_get_fd_for_plane(void *which, int plane);
int gbm_bo_get_fd_for_plane(void *which, int plane)
{
    int fd = memfd_create("bo", MFD_CLOEXEC);

    (void)which, (void)plane;
    return ftruncate(fd, (off_t)bo.stride * bo.height) ? -1 : fd;
}

uint32_t gbm_bo_get_offset(void *which, int plane);
uint32_t gbm_bo_get_offset(void *which, int plane)
{
    (void)which;
    return plane;
}

uint32_t gbm_bo_get_stride_for_plane(void *which, int plane);
uint32_t gbm_bo_get_stride_for_plane(void *which, int plane)
{
    (void)which;
    return bo.stride + plane;
}
