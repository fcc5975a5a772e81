/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-drm-buffers - GEM handles, dumb buffers and framebuffers, each to be given back. */
#include "fake-kernel.h"
#include "mock-drm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>

/* As an ioctl answers: -1 and errno. */
static int fail(int error)
{
    errno = error;
    return -1;
}

static uint32_t open_handle(ino_t object, bool again)
{
    for (int i = 0; i < MOCK_HANDLES && !again; i++)
        if (mock_drm.handle[i] == object)
            return i + 1;
    for (int i = 0; i < MOCK_HANDLES; i++) {
        if (mock_drm.handle[i])
            continue;
        mock_drm.handle[i] = object;
        return i + 1;
    }
    abort();
}

int drmPrimeFDToHandle(int fd, int prime_fd, uint32_t *handle)
{
    struct stat node;

    (void)fd;
    if (mock_drm.unplugged)
        return fail(ENODEV);
    if (mock_drm.prime_error)
        return fail(mock_drm.prime_error);
    if (fstat(prime_fd, &node))
        return -1;
    if (mock_drm.scattered_error && fake_kernel_gave(prime_fd))
        return fail(mock_drm.scattered_error);
    mock_drm.primes++;
    *handle = open_handle(node.st_ino, false);
    return 0;
}

int drmCloseBufferHandle(int fd, uint32_t handle)
{
    (void)fd;
    if (handle < 1 || handle > MOCK_HANDLES || !mock_drm.handle[handle - 1]) {
        mock_drm.bad_handles++;
        return fail(EINVAL);
    }
    mock_drm.handle[handle - 1] = 0;
    return 0;
}

static bool is_own(ino_t object)
{
    struct stat node;

    for (int i = 0; i < mock_drm.dumbs && i < MOCK_DUMBS; i++)
        if (!fstat(mock_drm.dumb_fd[i], &node) && node.st_ino == object)
            return true;
    return false;
}

/* What drivers demand of framebuffers, beyond what all do. */
static int check_fb(uint32_t width, const uint32_t handles[4], const uint32_t pitches[4])
{
    if (mock_drm.addfb_error)
        return -mock_drm.addfb_error;
    if (mock_drm.foreign_error && !is_own(mock_drm.handle[handles[0] - 1]))
        return -mock_drm.foreign_error;
    if (mock_drm.pitch_multiple && pitches[0] % mock_drm.pitch_multiple)
        return -EINVAL;
    return mock_drm.pitch_tight && pitches[0] != width * 4 ? -EINVAL : 0;
}

int drmModeAddFB2WithModifiers(int fd, uint32_t width, uint32_t height, uint32_t fourcc,
                               const uint32_t handles[4], const uint32_t pitches[4],
                               const uint32_t offsets[4], const uint64_t modifier[4],
                               uint32_t *id, uint32_t flags)
{
    struct mock_fb *fb = mock_drm.fb;

    int error = check_fb(width, handles, pitches);

    (void)fd;
    if (error)
        return error;
    while (fb->id)
        fb++;
    *fb = (struct mock_fb){.width = width, .height = height, .fourcc = fourcc};
    fb->offset = offsets[0];
    fb->with_modifiers = flags & DRM_MODE_FB_MODIFIERS;
    fb->modifier = modifier ? modifier[0] : 0;
    for (int i = 0; i < 4 && handles[i]; i++)
        fb->object[fb->n_planes++] = mock_drm.handle[handles[i] - 1];
    *id = fb->id = mock_drm.next_id++;
    mock_drm.addfbs++;
    return 0;
}

int drmModeAddFB2(int fd, uint32_t width, uint32_t height, uint32_t fourcc,
                  const uint32_t handles[4], const uint32_t pitches[4],
                  const uint32_t offsets[4], uint32_t *id, uint32_t flags)
{
    return drmModeAddFB2WithModifiers(fd, width, height, fourcc, handles, pitches,
                                      offsets, NULL, id, flags);
}

int drmModeRmFB(int fd, uint32_t id)
{
    struct mock_fb *fb = mock_drm_fb(id);

    (void)fd;
    if (fb && fb->forgotten)
        return -ENOENT;
    for (int i = 0; i < MOCK_OBJECTS; i++) {
        const uint64_t *value = mock_drm_value(mock_drm.object[i].id, "FB_ID");

        mock_drm.rmfbs_in_use += value && *value == id && !mock_drm.unplugged;
    }
    if (!fb)
        return -ENOENT;
    memset(fb, 0, sizeof(*fb));
    mock_drm.rmfbs++;
    return 0;
}

static int close_fb(uint32_t id)
{
    struct mock_fb *fb = mock_drm_fb(id);

    if (mock_drm.no_closefb)
        return fail(EINVAL);
    if (!fb)
        return fail(ENOENT);
    fb->forgotten = true;
    return 0;
}

/* What the library calls by number: ATOMIC and CLOSEFB. */
int drmIoctl(int fd, unsigned long request, void *arg)
{
    int error;

    if (request == DRM_IOWR(0xd0, uint64_t))
        return close_fb(*(uint32_t *)arg);
    if (request != DRM_IOCTL_MODE_ATOMIC)
        return fail(EINVAL);
    error = mock_drm_atomic(fd, arg);
    return error ? fail(-error) : 0;
}

drmModeFB2Ptr drmModeGetFB2(int fd, uint32_t id)
{
    const struct mock_fb *fb = mock_drm_fb(id);
    drmModeFB2 *out;

    (void)fd;
    if (!fb || mock_drm.hides_handles)
        return NULL;
    out = calloc(1, sizeof(*out));
    /* The kernel makes one new handle for each object. */
    for (int i = 0; i < fb->n_planes; i++)
        for (int k = 0; k <= i && !out->handles[i]; k++)
            if (k == i)
                out->handles[i] = open_handle(mock_drm.copies ? 7 : fb->object[i], true);
            else if (fb->object[k] == fb->object[i])
                out->handles[i] = out->handles[k];
    return out;
}

void drmModeFreeFB2(drmModeFB2Ptr fb)
{
    free(fb);
}

int drmPrimeHandleToFD(int fd, uint32_t handle, uint32_t flags, int *prime_fd)
{
    (void)fd;
    (void)flags;
    if (mock_drm.export_error)
        return fail(mock_drm.export_error);
    /* The test's own fds are the only way back from an inode. */
    for (int i = 3; i < 256; i++) {
        struct stat node;

        if (fstat(i, &node) || node.st_ino != mock_drm.handle[handle - 1])
            continue;
        *prime_fd = dup(i);
        return 0;
    }
    *prime_fd = memfd_create("another", MFD_CLOEXEC);
    return 0;
}

int drmModeCreateDumbBuffer(int fd, uint32_t width, uint32_t height, uint32_t bpp,
                            uint32_t flags, uint32_t *handle, uint32_t *pitch,
                            uint64_t *size)
{
    uint32_t align = mock_drm.pitch_align ? mock_drm.pitch_align : 1;
    struct stat node;
    int memory;

    (void)fd;
    (void)flags;
    *pitch = (width * bpp / 8 + align - 1) / align * align;
    *size = ((uint64_t)*pitch * height + 4095) / 4096 * 4096;
    memory = memfd_create("dumb", MFD_CLOEXEC);
    if (memory < 0 || ftruncate(memory, *size) || fstat(memory, &node))
        abort();
    if (mock_drm.dumbs >= MOCK_DUMBS)
        close(mock_drm.dumb_fd[mock_drm.dumbs % MOCK_DUMBS]);
    mock_drm.dumb_fd[mock_drm.dumbs++ % MOCK_DUMBS] = memory;
    *handle = open_handle(node.st_ino, true);
    return 0;
}

int drmModeMapDumbBuffer(int fd, uint32_t handle, uint64_t *offset)
{
    (void)fd;
    (void)handle;
    *offset = mock_drm.dumb_end;
    mock_drm.dumb_end += 4 << 20;
    return 0;
}

int drmModeDestroyDumbBuffer(int fd, uint32_t handle)
{
    return drmCloseBufferHandle(fd, handle);
}
