/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usbip.h - the device's end of USB/IP (the kernel's Documentation/usb/usbip_protocol.rst):
 * requests of a host controller vhci_hcd, which the kernel sends through a socket, and
 * the answers. Knows nothing of what the device is.
 */
#ifndef USBIP_H
#define USBIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that a host may send with one request, at most. */
#define USBIP_MAX_OUT 4096

/** What the host asks for. */
struct usbip_request {
    bool unlink;       /* takes back the request .victim; else: a transfer */
    bool in;           /* from device to host */
    uint32_t seqnum;   /* its name, for the answer */
    uint32_t endpoint; /* number, without direction */
    uint32_t length;   /* bytes: sent with it, or wanted at most */
    uint8_t setup[8];  /* of endpoint 0 */
    uint32_t victim;
    uint8_t out[USBIP_MAX_OUT];
};

/**
 * Plugs a device of high speed into a free port of the controller. Gives the port, and in
 * *fd the device's end, which is unplugged when it is closed. Returns 0, or a negative
 * errno value with the reason on stderr.
 */
int usbip_attach(int *fd, int *port);

/** Whether the port is free again: all of the device that was there is gone. */
bool usbip_is_free(int port);

/** The name of the port's device on its bus, such as 3-1; false: it has none yet. */
bool usbip_bus_id(int port, char *name, size_t room);

/** Waits for the next request. Returns 0, or -EPIPE when the host is gone. */
int usbip_receive(int fd, struct usbip_request *request);

/** Answers a transfer: with @n bytes of @data where it goes to the host; @n taken bytes
 * and NULL where it came from there. @status: 0 or a negative errno value. */
int usbip_answer(int fd, uint32_t seqnum, int status, const void *data, size_t n);

/** Answers an unlink: @found, if the victim was not answered yet and will not be. */
int usbip_answer_unlink(int fd, uint32_t seqnum, bool found);

#endif
