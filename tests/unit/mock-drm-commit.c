/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-drm-commit - atomic commits, checked as the kernel checks them, and their events. */
#include "fake-kernel.h"
#include "mock-drm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <xf86drm.h>

/* The most properties that a commit without libdrm's builder has. */
#define MOST_ITEMS 16

struct item {
    uint32_t object, property;
    uint64_t value;
};

struct _drmModeAtomicReq {
    int n, room;
    struct item *items;
};

drmModeAtomicReqPtr drmModeAtomicAlloc(void)
{
    mock_drm.reqs++;
    return calloc(1, sizeof(struct _drmModeAtomicReq));
}

void drmModeAtomicFree(drmModeAtomicReqPtr req)
{
    mock_drm.reqs--;
    free(req->items);
    free(req);
}

void drmModeAtomicSetCursor(drmModeAtomicReqPtr req, int cursor)
{
    req->n = cursor;
}

int drmModeAtomicAddProperty(drmModeAtomicReqPtr req, uint32_t object, uint32_t property,
                             uint64_t value)
{
    if (mock_drm.fail_add_at && !--mock_drm.fail_add_at)
        return -ENOMEM;
    if (req->n == req->room) {
        req->room += 16;
        req->items = realloc(req->items, req->room * sizeof(*req->items));
    }
    req->items[req->n++] = (struct item){object, property, value};
    return req->n;
}

static const drmModeModeInfo *mode_now(void)
{
    const struct mock_blob *blob = mock_drm_blob(*mock_drm_value(MOCK_CRTC, "MODE_ID"));

    return blob && blob->length == sizeof(drmModeModeInfo) ? (const void *)blob->data
                                                           : NULL;
}

static int check_plane(uint32_t plane)
{
    const struct mock_fb *fb = mock_drm_fb(*mock_drm_value(plane, "FB_ID"));
    const drmModeModeInfo *mode = mode_now();
    int64_t x = *mock_drm_value(plane, "CRTC_X"), y = *mock_drm_value(plane, "CRTC_Y");
    uint64_t width = *mock_drm_value(plane, "CRTC_W");
    uint64_t height = *mock_drm_value(plane, "CRTC_H");

    if (!*mock_drm_value(plane, "FB_ID") != !*mock_drm_value(plane, "CRTC_ID"))
        return -EINVAL;
    if (!*mock_drm_value(plane, "FB_ID"))
        return 0;
    if (!fb || !mode || plane == mock_drm.refused_plane)
        return -EINVAL;
    if (!mock_drm_plane_has(plane, fb->fourcc, fb->modifier))
        return -EINVAL;
    if (x < 0 || y < 0 || x + width > mode->hdisplay || y + height > mode->vdisplay)
        return -ERANGE;
    if (mock_drm.must_fill && plane == MOCK_PRIMARY &&
        (width != mode->hdisplay || height != mode->vdisplay))
        return -EINVAL;
    if (fb->width << 16 < *mock_drm_value(plane, "SRC_W") ||
        fb->height << 16 < *mock_drm_value(plane, "SRC_H"))
        return -ENOSPC;
    if (plane != mock_drm.scaling_plane &&
        (*mock_drm_value(plane, "SRC_W") != width << 16 ||
         *mock_drm_value(plane, "SRC_H") != height << 16))
        return -ERANGE;
    return 0;
}

static int check_state(void)
{
    uint64_t active = *mock_drm_value(MOCK_CRTC, "ACTIVE");
    bool mode = mode_now() != NULL;
    bool connected = *mock_drm_value(MOCK_CONNECTOR, "CRTC_ID") != 0;
    int error = 0;

    if (*mock_drm_value(MOCK_CRTC, "MODE_ID") && !mode)
        return -EINVAL;
    if (mode != connected || (active && !mode))
        return -EINVAL;
    if (*mock_drm_value(MOCK_WRITEBACK, "WRITEBACK_FB_ID") &&
        !*mock_drm_value(MOCK_WRITEBACK, "CRTC_ID"))
        return -EINVAL;
    if (mock_drm.needs_primary && active && !*mock_drm_value(MOCK_PRIMARY, "CRTC_ID"))
        return -EINVAL;
    for (uint32_t plane = MOCK_PRIMARY; plane <= MOCK_CURSOR && !error; plane++)
        error = check_plane(plane);
    return error;
}

/* What needs ALLOW_MODESET. */
static bool is_modeset(const struct mock_drm *before)
{
    struct mock_drm planes_alike = *before;

    for (int i = 0; i < MOCK_OBJECTS; i++)
        if (before->object[i].type == DRM_MODE_OBJECT_PLANE)
            planes_alike.object[i] = mock_drm.object[i];
    return !mock_drm_same(&planes_alike, &mock_drm);
}

/* As drm_property_change_valid_get(): blobs and values that there are. */
static bool is_allowed(const char *name, uint64_t value)
{
    bool blob = strstr(name, "_LUT") || !strcmp(name, "CTM") ||
                !strcmp(name, "HDR_OUTPUT_METADATA");

    if (blob)
        return !value || mock_drm_blob(value);
    return strcmp(name, "zpos") || (value >= MOCK_LOWEST && value <= MOCK_HIGHEST);
}

static int apply(const struct item *item, int *in_fence)
{
    const char *name = mock_drm_name(item->property);
    uint64_t *value = name ? mock_drm_value(item->object, name) : NULL;

    if (!value)
        return -ENOENT;
    if (mock_drm.fixed && !strcmp(name, mock_drm.fixed))
        return -EINVAL;
    if (!is_allowed(name, item->value))
        return -EINVAL;
    if (strcmp(name, "IN_FENCE_FD")) {
        *value = item->value;
        return 0;
    }
    *in_fence = item->value;
    return fcntl(*in_fence, F_GETFD) < 0 ? -EINVAL : 0;
}

static int try_commit(const drmModeAtomicReqPtr req, uint32_t flags, int *in_fence)
{
    const struct mock_drm before = mock_drm;
    int error = 0;
    bool modeset;

    for (int i = 0; i < req->n && !error; i++)
        error = apply(&req->items[i], in_fence);
    if (!error)
        error = check_state();
    modeset = is_modeset(&before);
    if (!error && modeset && !(flags & DRM_MODE_ATOMIC_ALLOW_MODESET))
        error = -EINVAL;
    if (!error && modeset && flags & DRM_MODE_ATOMIC_NONBLOCK)
        error = -mock_drm.nonblock_modeset_error;
    if (!error && modeset && flags & DRM_MODE_PAGE_FLIP_EVENT)
        error = -mock_drm.event_modeset_error;
    if (!error && flags & DRM_MODE_PAGE_FLIP_EVENT &&
        (mock_drm.event || flags & DRM_MODE_ATOMIC_TEST_ONLY))
        error = mock_drm.event ? -EBUSY : -EINVAL;
    if (error || flags & DRM_MODE_ATOMIC_TEST_ONLY)
        memcpy(mock_drm.object, before.object, sizeof(before.object));
    else
        mock_drm.modesets += modeset;
    return error;
}

/* The writeback connector's framebuffer and fence are of one commit only. */
static void finish_writeback(void)
{
    uint64_t *fb = mock_drm_value(MOCK_WRITEBACK, "WRITEBACK_FB_ID");
    uint64_t *fence = mock_drm_value(MOCK_WRITEBACK, "WRITEBACK_OUT_FENCE_PTR");

    if (*fb && *fence) {
        *(int32_t *)(uintptr_t)*fence = eventfd(1, EFD_CLOEXEC);
        mock_drm.captures++;
        mock_drm.captured_into = mock_drm_fb(*fb)->object[0];
    }
    *fb = *fence = 0;
}

int drmModeAtomicCommit(int fd, const drmModeAtomicReqPtr req, uint32_t flags, void *user)
{
    int in_fence = -1, error;

    (void)fd;
    if (mock_drm.unplugged)
        return -ENODEV;
    if (flags & DRM_MODE_ATOMIC_TEST_ONLY) {
        error = try_commit(req, flags, &in_fence);
        mock_drm.tests++;
        mock_drm.tests_passed += !error;
        return error;
    }
    if (mock_drm.commit_error) {
        error = -mock_drm.commit_error;
        mock_drm.commit_error = 0;
        return error;
    }
    error = try_commit(req, flags, &in_fence);
    if (error)
        return error;
    finish_writeback();
    mock_drm.commits++;
    mock_drm.last_items = req->n;
    mock_drm.last_flags = flags;
    mock_drm.last_in_fence = in_fence;
    if (flags & DRM_MODE_PAGE_FLIP_EVENT)
        mock_drm.event = user;
    return 0;
}

int mock_drm_atomic(int fd, const struct drm_mode_atomic *commit)
{
    const uint32_t *object = (const void *)(uintptr_t)commit->objs_ptr;
    const uint32_t *count = (const void *)(uintptr_t)commit->count_props_ptr;
    const uint32_t *property = (const void *)(uintptr_t)commit->props_ptr;
    const uint64_t *value = (const void *)(uintptr_t)commit->prop_values_ptr;
    struct item items[MOST_ITEMS];
    struct _drmModeAtomicReq req = {.items = items};

    for (uint32_t i = 0; i < commit->count_objs; i++)
        for (uint32_t k = 0; k < count[i]; k++) {
            if (req.n == MOST_ITEMS)
                return -ENOMEM;
            items[req.n++] = (struct item){object[i], *property++, *value++};
        }
    return drmModeAtomicCommit(fd, &req, commit->flags,
                               (void *)(uintptr_t)commit->user_data);
}

/* A flip ends when its event is read, half a second and 250 us after the clock's second. */
int drmHandleEvent(int fd, drmEventContextPtr context)
{
    void *user = mock_drm.event;

    fake_kernel.now_ns += 10000000;
    if (!user && !(fcntl(fd, F_GETFL) & O_NONBLOCK))
        mock_drm.hangs++;
    if (!user || mock_drm.keeps_events || mock_drm.unplugged) {
        errno = EAGAIN;
        return -1;
    }
    mock_drm.event = NULL;
    context->page_flip_handler2(
        fd, mock_drm.sequence++, fake_kernel.now_ns / 1000000000,
        mock_drm.flips_now ? fake_kernel.now_ns % 1000000000 / 1000 : 500250, MOCK_CRTC,
        user);
    return 0;
}

static const struct mock_blob *blob_of(const struct mock_drm *state, uint64_t id)
{
    for (int i = 0; i < MOCK_BLOBS; i++)
        if (id && state->blob[i].id == id)
            return &state->blob[i];
    return NULL;
}

/* Blobs are compared by what was in them at the time. */
static bool same_value(const struct mock_drm *a, const struct mock_prop *in_a,
                       const struct mock_drm *b, const struct mock_prop *in_b)
{
    const struct mock_blob *blob_a = blob_of(a, in_a->value);
    const struct mock_blob *blob_b = blob_of(b, in_b->value);

    if (in_a->value == in_b->value || !strncmp(in_a->name, "WRITEBACK_", 10))
        return true;
    return blob_a && blob_b && blob_a->length == blob_b->length &&
           !memcmp(blob_a->data, blob_b->data, blob_a->length);
}

bool mock_drm_same(const struct mock_drm *a, const struct mock_drm *b)
{
    for (int i = 0; i < MOCK_OBJECTS; i++)
        for (int k = 0; k < a->object[i].n; k++)
            if (!same_value(a, &a->object[i].prop[k], b, &b->object[i].prop[k]))
                return false;
    return true;
}
