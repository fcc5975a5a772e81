/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usbip - the device's end of USB/IP. */
#include "usbip.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONTROLLER "/sys/devices/platform/vhci_hcd.0/"
#define HIGH_SPEED 3
#define PORT_FREE 4
/* Any number but 0 names the device to the controller. */
#define DEVICE 1

enum { CMD_SUBMIT = 1, CMD_UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4 };

/* All words are big-endian. */
struct header {
    uint32_t command, seqnum, device, direction, endpoint;
    union {
        struct {
            uint32_t flags, length, start_frame, n_packets, interval;
            uint8_t setup[8];
        } submit;
        struct {
            uint32_t status, length, start_frame, n_packets, n_errors, padding[2];
        } submitted;
        struct {
            uint32_t victim, padding[6];
        } unlink;
        struct {
            uint32_t status, padding[6];
        } unlinked;
    };
};
_Static_assert(sizeof(struct header) == 48, "the protocol's header");

struct port {
    int number, state;
    char bus_id[32];
};

/* The first port of high speed that @fits. */
static bool find_port(bool (*fits)(const struct port *, int), int wanted,
                      struct port *port)
{
    FILE *file = fopen(CONTROLLER "status", "re");
    char line[128];
    bool found = false;

    while (file && !found && fgets(line, sizeof(line), file))
        found = sscanf(line, "hs %d %d %*s %*s %*s %31s", &port->number, &port->state,
                       port->bus_id) == 3 &&
                fits(port, wanted);
    if (file)
        fclose(file);
    return found;
}

static bool is_free(const struct port *port, int any)
{
    (void)any;
    return port->state == PORT_FREE;
}

static bool is_number(const struct port *port, int number)
{
    return port->number == number;
}

bool usbip_is_free(int number)
{
    struct port port;

    return !find_port(is_number, number, &port) || port.state == PORT_FREE;
}

bool usbip_bus_id(int number, char *name, size_t room)
{
    struct port port;

    if (!find_port(is_number, number, &port) || !strcmp(port.bus_id, "0-0"))
        return false;
    snprintf(name, room, "%s", port.bus_id);
    return true;
}

static int tell_controller(int port, int fd)
{
    int file = open(CONTROLLER "attach", O_WRONLY | O_CLOEXEC);
    int error = file < 0 ? -errno : 0;

    if (!error && dprintf(file, "%d %d %d %d", port, fd, DEVICE, HIGH_SPEED) < 0)
        error = -errno;
    if (file >= 0)
        close(file);
    return error;
}

int usbip_attach(int *fd, int *number)
{
    struct port port;
    int ends[2], error;

    if (!find_port(is_free, 0, &port)) {
        fprintf(stderr, "uvc-camera: no free port in " CONTROLLER "status: load the "
                        "module vhci-hcd\n");
        return -ENODEV;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return -errno;
    error = tell_controller(port.number, ends[1]);
    close(ends[1]);
    if (error) {
        fprintf(stderr, "uvc-camera: cannot attach to port %d: %s\n", port.number,
                strerror(-error));
        close(ends[0]);
        return error;
    }
    *fd = ends[0];
    *number = port.number;
    return 0;
}

static int receive_all(int fd, void *data, size_t n)
{
    return n && recv(fd, data, n, MSG_WAITALL) != (ssize_t)n ? -EPIPE : 0;
}

static int send_all(int fd, const void *data, size_t n, int flags)
{
    return n && send(fd, data, n, flags | MSG_NOSIGNAL) != (ssize_t)n ? -EPIPE : 0;
}

int usbip_receive(int fd, struct usbip_request *request)
{
    struct header header;
    int error = receive_all(fd, &header, sizeof(header));

    if (error)
        return error;
    request->unlink = be32toh(header.command) == CMD_UNLINK;
    request->in = be32toh(header.direction);
    request->seqnum = be32toh(header.seqnum);
    request->endpoint = be32toh(header.endpoint);
    if (request->unlink) {
        request->victim = be32toh(header.unlink.victim);
        return 0;
    }
    request->length = be32toh(header.submit.length);
    memcpy(request->setup, header.submit.setup, sizeof(request->setup));
    if (request->in)
        return 0;
    if (request->length > sizeof(request->out))
        return -EPIPE;
    return receive_all(fd, request->out, request->length);
}

int usbip_answer(int fd, uint32_t seqnum, int status, const void *data, size_t n)
{
    const struct header header = {
        .command = htobe32(RET_SUBMIT),
        .seqnum = htobe32(seqnum),
        .submitted = {.status = htobe32(status), .length = htobe32(n)},
    };
    int error = send_all(fd, &header, sizeof(header), data && n ? MSG_MORE : 0);

    return error || !data ? error : send_all(fd, data, n, 0);
}

int usbip_answer_unlink(int fd, uint32_t seqnum, bool found)
{
    const struct header header = {
        .command = htobe32(RET_UNLINK),
        .seqnum = htobe32(seqnum),
        .unlinked = {.status = htobe32(found ? -ECONNRESET : 0)},
    };

    return send_all(fd, &header, sizeof(header), 0);
}
