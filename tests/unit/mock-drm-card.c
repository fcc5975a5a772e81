/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-drm-card - device nodes, master, capabilities, what the card lists, and time. */
#include "fake-kernel.h"
#include "mock-drm.h"

#include <errno.h>
#include <glob.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xf86drm.h>

int glob(const char *pattern, int flags, int (*error)(const char *, int), glob_t *out)
{
    (void)pattern;
    (void)flags;
    (void)error;
    out->gl_pathc = mock_drm.n_cards;
    out->gl_pathv = calloc(MOCK_CARDS + 1, sizeof(char *));
    for (int i = 0; i < mock_drm.n_cards; i++)
        out->gl_pathv[i] = mock_drm.path[i];
    return mock_drm.n_cards ? 0 : GLOB_NOMATCH;
}

void globfree(glob_t *list)
{
    free(list->gl_pathv);
    list->gl_pathv = NULL;
}

/* Time passes, and nobody waits for it. */
__attribute__((weak)) int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    (void)fds;
    fake_kernel.now_ns += timeout_ms * INT64_C(1000000);
    return n && mock_drm.event && !mock_drm.keeps_events;
}

static int card_of(int fd)
{
    struct stat node, card;

    for (int i = 0; i < MOCK_CARDS; i++)
        if (!fstat(fd, &node) && !stat(mock_drm.path[i], &card) &&
            node.st_ino == card.st_ino)
            return i;
    abort();
}

/* As an ioctl answers: -1 and errno. */
static int fail(int error)
{
    errno = error;
    return -1;
}

drmVersionPtr drmGetVersion(int fd)
{
    drmVersion *version = calloc(1, sizeof(*version));

    (void)fd;
    version->name = (char *)"mock";
    return version;
}

void drmFreeVersion(drmVersionPtr version)
{
    free(version);
}

int drmSetInterfaceVersion(int fd, drmSetVersion *version)
{
    (void)version;
    return mock_drm.busy[card_of(fd)] ? fail(EACCES) : 0;
}

char *drmGetBusid(int fd)
{
    (void)fd;
    return mock_drm.bus_id ? strdup(mock_drm.bus_id) : NULL;
}

void drmFreeBusid(const char *id)
{
    free((void *)id);
}

int drmIsKMS(int fd)
{
    return !mock_drm.not_kms[card_of(fd)];
}

int drmIsMaster(int fd)
{
    mock_drm.master = !mock_drm.busy[card_of(fd)];
    return mock_drm.master;
}

int drmSetMaster(int fd)
{
    mock_drm.set_masters++;
    return mock_drm.busy[card_of(fd)] ? fail(EACCES) : 0;
}

int drmDropMaster(int fd)
{
    (void)fd;
    mock_drm.drop_masters++;
    mock_drm.master = false;
    return 0;
}

int drmSetClientCap(int fd, uint64_t capability, uint64_t value)
{
    (void)fd;
    (void)value;
    if (capability == DRM_CLIENT_CAP_ATOMIC && mock_drm.no_atomic)
        return fail(EOPNOTSUPP);
    if (capability == DRM_CLIENT_CAP_WRITEBACK_CONNECTORS && mock_drm.no_writeback)
        return fail(EINVAL);
    return 0;
}

int drmGetCap(int fd, uint64_t capability, uint64_t *value)
{
    (void)fd;
    if (mock_drm.unplugged)
        return fail(ENODEV);
    *value = !(capability == DRM_CAP_ADDFB2_MODIFIERS && mock_drm.no_modifiers) &&
             !(capability == DRM_CAP_TIMESTAMP_MONOTONIC && mock_drm.not_monotonic);
    return 0;
}

int drmCrtcGetSequence(int fd, uint32_t crtc, uint64_t *sequence, uint64_t *ns)
{
    (void)fd;
    fake_kernel.now_ns += 1000000;
    if (mock_drm.no_vblank || crtc != MOCK_CRTC || !*mock_drm_value(crtc, "ACTIVE"))
        return fail(EOPNOTSUPP);
    *sequence = mock_drm.sequence++;
    *ns = fake_kernel.now_ns;
    return 0;
}

drmModeResPtr drmModeGetResources(int fd)
{
    static uint32_t crtcs[] = {MOCK_CRTC};
    static uint32_t connectors[] = {MOCK_WRITEBACK, MOCK_CONNECTOR};
    drmModeRes *res = calloc(1, sizeof(*res));

    (void)fd;
    res->count_crtcs = 1;
    res->crtcs = crtcs;
    res->count_connectors = mock_drm.no_writeback || mock_drm.lease ? 1 : 2;
    res->connectors = connectors + (2 - res->count_connectors);
    return res;
}

void drmModeFreeResources(drmModeResPtr res)
{
    free(res);
}

drmModeConnectorPtr drmModeGetConnector(int fd, uint32_t id)
{
    drmModeConnector *connector;

    (void)fd;
    if (mock_drm.unplugged || mock_drm.connector_gone) {
        errno = mock_drm.unplugged ? ENODEV : ENOENT;
        return NULL;
    }
    mock_drm.probes++;
    connector = calloc(1, sizeof(*connector));
    connector->connector_id = id;
    connector->connector_type =
        id == MOCK_WRITEBACK ? DRM_MODE_CONNECTOR_WRITEBACK : DRM_MODE_CONNECTOR_HDMIA;
    connector->connector_type_id = 1;
    connector->connection = mock_drm.disconnected && id == MOCK_CONNECTOR
                                ? DRM_MODE_DISCONNECTED
                                : DRM_MODE_CONNECTED;
    connector->modes = (drmModeModeInfo *)mock_drm_modes(&connector->count_modes);
    return connector;
}

drmModeConnectorPtr drmModeGetConnectorCurrent(int fd, uint32_t id)
{
    int probes = mock_drm.probes;
    drmModeConnector *connector = drmModeGetConnector(fd, id);

    mock_drm.probes = probes;
    return connector;
}

void drmModeFreeConnector(drmModeConnectorPtr connector)
{
    free(connector);
}

uint32_t drmModeConnectorGetPossibleCrtcs(int fd, const drmModeConnector *connector)
{
    (void)fd;
    (void)connector;
    return 1;
}

const char *drmModeGetConnectorTypeName(uint32_t type)
{
    return type == DRM_MODE_CONNECTOR_HDMIA ? "HDMI-A" : "Writeback";
}

drmModePlaneResPtr drmModeGetPlaneResources(int fd)
{
    /* The primary last: its type decides, not its place. */
    static uint32_t planes[] = {MOCK_CURSOR, MOCK_OVERLAY, MOCK_PRIMARY};
    drmModePlaneRes *res = calloc(1, sizeof(*res));

    (void)fd;
    res->count_planes = mock_drm.lease ? 1 : 3;
    res->planes = planes + (3 - res->count_planes);
    return res;
}

void drmModeFreePlaneResources(drmModePlaneResPtr res)
{
    free(res);
}
