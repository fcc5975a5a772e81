/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lease - the display on a card that another opened: the master's own fd, a lease of it,
 * and one that is not master. Usage: lease CARD.
 */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define FRAMES 30

/* What the master's fd showed frames with, and can lease. */
struct master {
    int fd;
    uint32_t connector_id, crtc_id, plane_id;
};

/* Shows @frame, and asks once more: that must not wait for a second flip. */
static int show(struct zc_display *display, struct zc_frame *frame)
{
    struct zc_frame *shown;
    int error = zc_display_show(display, frame);

    if (error)
        FAIL("show: %s", strerror(-error));
    if (device_flip(display))
        return 1;
    error = zc_display_dispatch(display, &shown);
    if (error != -EAGAIN)
        FAIL("a second flip: %s", strerror(-error));
    return 0;
}

static int show_frames(struct zc_display *display, struct zc_heap *heap)
{
    const struct zc_display_info *info = zc_display_info(display);
    struct zc_frame *frame[2] = {NULL, NULL};
    struct zc_layout layout;
    int failed = 0;

    if (zc_layout_solve(&layout, zc_format_by_name("XR24"), info->width, info->height,
                        NULL) ||
        zc_frame_create(&frame[0], heap, &layout) ||
        zc_frame_create(&frame[1], heap, &layout)) {
        zc_frame_unref(frame[0]);
        FAIL("no frames");
    }
    for (int i = 0; i < FRAMES && !failed; i++)
        failed = show(display, frame[i % 2]);
    if (!failed && zc_display_verify(display, frame[0]) == 0) {
        failed = 1;
        snprintf(device_why, sizeof(device_why), "other memory is scanned out");
    }
    zc_frame_unref(frame[0]);
    zc_frame_unref(frame[1]);
    return failed;
}

/* Opens the display on @fd, which is closed at once, shows frames, and closes it. */
static int use(int fd, struct zc_heap *heap, struct zc_display_info *info)
{
    const struct zc_display_config config = {.use_fd = true, .fd = fd};
    struct zc_display *display;
    int failed, error = zc_display_open(&display, &config);

    close(fd);
    if (error)
        FAIL("open: %s", strerror(-error));
    failed = show_frames(display, heap);
    *info = *zc_display_info(display);
    zc_display_close(display);
    return failed;
}

/* Whether the output is lit or dark as it was, and the master still that. */
static int check_after(const struct master *master, const struct zc_display_info *info)
{
    drmModeCrtc *crtc = drmModeGetCrtc(master->fd, master->crtc_id);
    bool lit = !crtc || crtc->mode_valid;

    drmModeFreeCrtc(crtc);
    if (lit != info->mode_kept)
        FAIL("the display was left %s", lit ? "lit" : "dark");
    if (!drmIsMaster(master->fd))
        FAIL("the master's fd is master no more");
    return 0;
}

static int test_lease(const struct master *master, struct zc_heap *heap)
{
    const uint32_t objects[] = {master->connector_id, master->crtc_id, master->plane_id};
    struct zc_display_info info = {0};
    uint32_t id;
    int fd = drmModeCreateLease(master->fd, objects, 3, O_CLOEXEC, &id), failed;

    if (fd < 0)
        FAIL("no lease: %s", strerror(-fd));
    failed = use(fd, heap, &info);
    if (failed)
        return failed;
    if (info.connector_id != master->connector_id || info.plane_id != master->plane_id ||
        info.writeback)
        FAIL("connector %u, plane %u%s: not what was leased", info.connector_id,
             info.plane_id, info.writeback ? ", writeback" : "");
    return check_after(master, &info);
}

static int test_not_master(const char *path)
{
    struct zc_display_config config = {.use_fd = true,
                                       .fd = open(path, O_RDWR | O_CLOEXEC)};
    struct zc_display *display = NULL;
    int error = zc_display_open(&display, &config);

    close(config.fd);
    zc_display_close(display);
    if (error != -EACCES)
        FAIL("open: %s, not EACCES", strerror(-error));
    return 0;
}

/* Becomes master of the card at @path by an fd that waits in reads, and has frames shown. */
static int test_master(struct master *master, const char *path, struct zc_heap *heap)
{
    struct zc_display_info info = {0};
    drmModeRes *resources;
    int failed;

    master->fd = open(path, O_RDWR | O_CLOEXEC);
    if (master->fd < 0 || (!drmIsMaster(master->fd) && drmSetMaster(master->fd)))
        FAIL("cannot become master of %s", path);
    resources = drmModeGetResources(master->fd);
    if (!resources || resources->count_crtcs < 1)
        FAIL("%s has no CRTC", path);
    master->crtc_id = resources->crtcs[0];
    drmModeFreeResources(resources);
    failed = use(fcntl(master->fd, F_DUPFD_CLOEXEC, 0), heap, &info);
    master->connector_id = info.connector_id;
    master->plane_id = info.plane_id;
    return failed ? failed : check_after(master, &info);
}

int main(int argc, char **argv)
{
    struct master master = {.fd = -1};
    struct zc_heap *heap;

    if (argc != 2) {
        fprintf(stderr, "usage: lease CARD\n");
        return 2;
    }
    if (zc_heap_open(&heap, NULL)) {
        printf("FAIL display-by-fd: no heap\n");
        return 1;
    }
    device_report("display-by-fd master's", test_master(&master, argv[1], heap));
    device_report("display-by-fd lease", test_lease(&master, heap));
    device_report("display-by-fd not master", test_not_master(argv[1]));
    close(master.fd);
    zc_heap_close(heap);
    return device_exit_code();
}
