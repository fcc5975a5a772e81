/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* card - opened or taken over, asked what it can, and given back. Changes no output. */
#include "display/kms/card.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

static int set_capabilities(struct card *card, struct why *why)
{
    drmVersion *version = drmGetVersion(card->fd);
    uint64_t value;

    if (!version)
        return refuse(why, -ENODEV, "it does not tell its driver: no DRM device");
    snprintf(card->driver, sizeof(card->driver), "%s", version->name);
    drmFreeVersion(version);
    if (!drmIsKMS(card->fd))
        return refuse(why, -ENODEV, "%s drives no outputs", card->driver);
    if (drmSetClientCap(card->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) ||
        drmSetClientCap(card->fd, DRM_CLIENT_CAP_ATOMIC, 1))
        return refuse(why, -ENOTSUP, "%s has no atomic modesetting: %s", card->driver,
                      strerror(errno));
    if (drmSetClientCap(card->fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1))
        zc_log(ZC_LOG_DEBUG, "%s: no writeback: %s", card->path, strerror(errno));
    card->modifiers = !drmGetCap(card->fd, DRM_CAP_ADDFB2_MODIFIERS, &value) && value;
    card->monotonic = !drmGetCap(card->fd, DRM_CAP_TIMESTAMP_MONOTONIC, &value) && value;
    return 0;
}

static int become_master(const struct card *card, struct why *why)
{
    if (drmIsMaster(card->fd))
        return 0;
    if (card->foreign)
        return refuse(why, -EACCES,
                      "the fd that was handed over is not master now (of logind, the "
                      "session has to be the active one; of a lease, its lessor has to "
                      "be master)");
    if (!drmSetMaster(card->fd))
        return 0;
    return refuse(why, -EBUSY,
                  "another program is its master (%s): find it with "
                  "\"sudo fuser -v %s\", then stop it or switch the virtual terminal",
                  strerror(errno), card->path);
}

/* "pci:0000:00:02.0", or of a bus that libdrm has no word for, the device's name alone. */
static const char *without_bus(const char *id)
{
    static const char *const buses[] = {"pci:", "platform:", "usb:", "host1x:"};

    for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++)
        if (!strncmp(id, buses[i], strlen(buses[i])))
            return id + strlen(buses[i]);
    return id;
}

/* The kernel tells it to a master that has asked for the interface's version. */
static int check_bus_id(const struct card *card, const char *bus_id, struct why *why)
{
    drmSetVersion version = {1, 4, -1, -1};
    char *is;
    int error = 0;

    drmSetInterfaceVersion(card->fd, &version);
    is = drmGetBusid(card->fd);
    if (!is || strcmp(without_bus(is), without_bus(bus_id)))
        error = refuse(why, -ENODEV, "its bus id is %s, not %s",
                       is && *is ? is : "not told", bus_id);
    drmFreeBusid(is);
    return error;
}

static int prepare(struct card *card, const char *driver, const char *bus_id,
                   struct why *why)
{
    int error = set_capabilities(card, why);

    if (error)
        return error;
    if (driver && strcmp(driver, card->driver))
        return refuse(why, -ENODEV, "its driver is %s, not %s", card->driver, driver);
    error = become_master(card, why);
    return error || !bus_id ? error : check_bus_id(card, bus_id, why);
}

int card_open(struct card *card, const char *path, const char *driver, const char *bus_id,
              struct why *why)
{
    char hint[160];
    int error;

    *card = (struct card){0};
    snprintf(card->path, sizeof(card->path), "%s", path);
    card->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (card->fd >= 0)
        return prepare(card, driver, bus_id, why);
    error = -errno;
    if (error == -EACCES || error == -EPERM)
        zc_permission_hint(card->path, hint, sizeof(hint));
    else
        hint[0] = '\0';
    return refuse(why, error, "cannot open it: %s%s", strerror(-error), hint);
}

int card_adopt(struct card *card, int fd, const char *driver, const char *bus_id,
               struct why *why)
{
    char link[32];
    ssize_t length;
    int flags;

    *card = (struct card){.foreign = true};
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, card->path, sizeof(card->path) - 1);
    if (length < 0)
        snprintf(card->path, sizeof(card->path), "fd %d", fd);
    card->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (card->fd < 0)
        return refuse(why, -errno, "cannot duplicate the fd that was handed over: %s",
                      strerror(errno));
    flags = fcntl(card->fd, F_GETFL);
    card->blocks = flags >= 0 && !(flags & O_NONBLOCK);
    return prepare(card, driver, bus_id, why);
}

void card_finish(struct card *card)
{
    if (card->fd >= 0 && !card->foreign)
        drmDropMaster(card->fd);
    zc_close(&card->fd);
}

/* A driver without PRIME import answers ENODEV, too. The card is gone only where even
 * the simplest question fails. */
bool card_gone(const struct card *card)
{
    uint64_t value;

    return drmGetCap(card->fd, DRM_CAP_DUMB_BUFFER, &value) < 0 && errno == ENODEV;
}
