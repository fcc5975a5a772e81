/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* screen-watch - a card by bare ioctls, which allocate nothing. */
#include "bench/observe/screen-watch.h"

#include "base/fd.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define CARDS 16
#define MAX_PLANES 128

enum field { CRTC, SEQUENCE };

const struct trace_event screen_watch_queued = {
    .system = "drm",
    .name = "drm_vblank_event_queued",
    .fields = {"crtc", "seq"},
};

const struct trace_event screen_watch_delivered = {
    .system = "drm",
    .name = "drm_vblank_event_delivered",
    .fields = {"crtc", "seq"},
};

/* A card that no program has been master of yet does not know what is connected. */
static bool may_be_connected(int fd, const drmModeRes *resources)
{
    bool connected = false;

    for (int i = 0; i < resources->count_connectors && !connected; i++) {
        drmModeConnector *connector =
            drmModeGetConnectorCurrent(fd, resources->connectors[i]);

        connected = connector && connector->connection != DRM_MODE_DISCONNECTED;
        drmModeFreeConnector(connector);
    }
    return connected;
}

static bool is_display(int fd)
{
    drmModeRes *resources = drmModeGetResources(fd);
    bool display = resources && resources->count_crtcs && may_be_connected(fd, resources);

    drmModeFreeResources(resources);
    return display;
}

static int open_card(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -errno;
    /* The first program that opens a card becomes its master. Leave that to others. */
    drmDropMaster(fd);
    drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
    return fd;
}

static int open_first(struct screen_watch *watch)
{
    int result = -ENODEV;

    for (int i = 0; i < CARDS; i++) {
        int fd;

        snprintf(watch->path, sizeof(watch->path), "/dev/dri/card%d", i);
        fd = open_card(watch->path);
        if (fd >= 0 && is_display(fd))
            return fd;
        if (fd >= 0)
            close(fd);
        else if (fd != -ENOENT)
            result = fd;
    }
    snprintf(watch->path, sizeof(watch->path), "/dev/dri/card*");
    return result;
}

int screen_watch_open(struct screen_watch *watch, const char *path,
                      const struct glyphs *glyphs)
{
    drmVersion *version;

    memset(watch, 0, sizeof(*watch));
    watch->glyphs = glyphs;
    if (path) {
        snprintf(watch->path, sizeof(watch->path), "%s", path);
        watch->fd = open_card(path);
    } else {
        watch->fd = open_first(watch);
    }
    if (watch->fd < 0) {
        zc_log(ZC_LOG_ERROR, "cannot open display %s: %s%s", watch->path,
               strerror(-watch->fd),
               watch->fd == -ENODEV ? ": no card has a connected output" : "");
        return watch->fd;
    }
    version = drmGetVersion(watch->fd);
    if (version)
        snprintf(watch->driver, sizeof(watch->driver), "%s", version->name);
    drmFreeVersion(version);
    screen_buffers_init(&watch->buffers, watch->fd);
    return 0;
}

void screen_watch_close(struct screen_watch *watch)
{
    screen_buffers_finish(&watch->buffers);
    zc_close(&watch->fd);
}

/* ---- which plane ---- */

static int find_text(struct screen_watch *watch, uint32_t fb_id)
{
    struct picture picture;
    int fd = screen_buffers_look(&watch->buffers, fb_id, &picture);
    bool found;

    if (fd < 0)
        return fd;
    screen_buffer_begin(fd);
    found = frame_id_find(watch->glyphs, &picture, &watch->x, &watch->y);
    screen_buffer_end(fd);
    zc_fourcc_text(picture.fourcc, watch->format);
    watch->width = picture.width;
    watch->height = picture.height;
    return found ? 0 : -ENOENT;
}

static void describe_mode(struct screen_watch *watch, const drmModeModeInfo *mode)
{
    if (!mode->clock || !mode->htotal || mode->vtotal < mode->vdisplay)
        return;
    watch->refresh_mhz = (uint32_t)((uint64_t)mode->clock * 1000000 /
                                    ((uint64_t)mode->htotal * mode->vtotal));
    watch->blanking_ns =
        (int64_t)(mode->vtotal - mode->vdisplay) * mode->htotal * 1000000 / mode->clock;
}

/* The CRTC's place among the card's, which its events have, and its refresh. */
static int look_up_crtc(struct screen_watch *watch)
{
    drmModeRes *resources = drmModeGetResources(watch->fd);
    drmModeCrtc *crtc = drmModeGetCrtc(watch->fd, watch->crtc_id);
    int error = -ENOENT;

    for (int i = 0; resources && i < resources->count_crtcs; i++)
        if (resources->crtcs[i] == watch->crtc_id) {
            watch->pipe = i;
            error = 0;
        }
    if (crtc && crtc->mode_valid)
        describe_mode(watch, &crtc->mode);
    drmModeFreeCrtc(crtc);
    drmModeFreeResources(resources);
    return error;
}

static int get_plane(const struct screen_watch *watch, uint32_t id,
                     struct drm_mode_get_plane *out)
{
    *out = (struct drm_mode_get_plane){.plane_id = id};
    return zc_fd_ioctl(watch->fd, DRM_IOCTL_MODE_GETPLANE, out);
}

int screen_watch_find(struct screen_watch *watch)
{
    uint32_t ids[MAX_PLANES];
    struct drm_mode_get_plane_res planes = {
        .plane_id_ptr = (uintptr_t)ids,
        .count_planes = MAX_PLANES,
    };
    int error = zc_fd_ioctl(watch->fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &planes);
    int result = -ENOENT;

    if (error < 0)
        return error;
    for (uint32_t i = 0; i < planes.count_planes && i < MAX_PLANES; i++) {
        struct drm_mode_get_plane plane;

        if (get_plane(watch, ids[i], &plane) < 0 || !plane.fb_id || !plane.crtc_id)
            continue;
        error = find_text(watch, plane.fb_id);
        if (!error) {
            watch->plane_id = plane.plane_id;
            watch->crtc_id = plane.crtc_id;
            return look_up_crtc(watch);
        }
        if (error != -ENOENT)
            result = error;
    }
    return result;
}

/* ---- each vertical blank ---- */

static int queue(const struct screen_watch *watch, uint64_t sequence, uint32_t flags)
{
    struct drm_crtc_queue_sequence ask = {
        .crtc_id = watch->crtc_id,
        .flags = flags | DRM_CRTC_SEQUENCE_NEXT_ON_MISS,
        .sequence = sequence,
    };
    int result = zc_fd_ioctl(watch->fd, DRM_IOCTL_CRTC_QUEUE_SEQUENCE, &ask);

    return result < 0 ? result : 0;
}

int screen_watch_arm(struct screen_watch *watch)
{
    return queue(watch, 1, DRM_CRTC_SEQUENCE_RELATIVE);
}

static void look(struct screen_watch *watch, struct sight *out)
{
    struct drm_mode_get_plane plane;
    struct picture picture;
    int fd;

    *out = (struct sight){.kind = SIGHT_DARK};
    if (get_plane(watch, watch->plane_id, &plane) < 0 || !plane.fb_id ||
        plane.crtc_id != watch->crtc_id)
        return;
    out->kind = SIGHT_UNREAD;
    out->fb_id = plane.fb_id;
    fd = screen_buffers_look(&watch->buffers, plane.fb_id, &picture);
    if (fd < 0)
        return;
    screen_buffer_begin(fd);
    if (frame_id_read(watch->glyphs, &picture, watch->x, watch->y, &out->frame))
        out->kind = SIGHT_FRAME;
    screen_buffer_end(fd);
}

int screen_watch_take(struct screen_watch *watch, struct vblank *vblank, int *error)
{
    /* One event is asked for at a time; others' are not ours to read. */
    struct drm_event_crtc_sequence event;
    ssize_t n = read(watch->fd, &event, sizeof(event));

    if (n < (ssize_t)sizeof(event) || event.base.type != DRM_EVENT_CRTC_SEQUENCE)
        return -EAGAIN;
    *vblank = (struct vblank){
        .sequence = event.sequence,
        .time_ns = event.time_ns,
    };
    /* Look at the plane first: what is committed from now on belongs to the next
     * vertical blank. */
    look(watch, &vblank->seen);
    *error = queue(watch, event.sequence + 1, 0);
    return 0;
}

/* ---- completions ---- */

void screen_watch_note(struct screen_watch *watch, const struct trace_record *record,
                       bool delivered)
{
    uint32_t sequence = (uint32_t)record->value[SEQUENCE];
    unsigned i = sequence % SCREEN_WATCH_SEQUENCES;

    if (record->value[CRTC] != watch->pipe)
        return;
    if (watch->at[i].sequence != sequence) {
        watch->at[i].sequence = sequence;
        watch->at[i].delivered = 0;
        watch->at[i].asked = 0;
    }
    if (delivered)
        watch->at[i].delivered++;
    else
        watch->at[i].asked++;
}

bool screen_watch_flipped(const struct screen_watch *watch, uint64_t sequence)
{
    unsigned i = sequence % SCREEN_WATCH_SEQUENCES;

    /* One of the delivered events is our own, for which there is no event "queued". */
    return watch->at[i].sequence == (uint32_t)sequence &&
           watch->at[i].delivered > watch->at[i].asked + 1;
}
