/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uvc-camera - a USB camera of patterns, plugged into this machine by USB/IP: what drives
 * it is the kernel's own uvcvideo. Needs the modules vhci-hcd and uvcvideo, and root. It
 * is there until the program ends. See usage.
 */
#include "control.h"

#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "Usage: uvc-camera [OPTIONS]\n"
    "\n"
    "  --formats LIST   of yuyv, nv12, mjpg (default: all)\n"
    "  --sizes LIST     of WxH, even (default 320x240,640x480,800x600,848x480,960x540)\n"
    "  --mjpg-size WxH  a size that only mjpg has\n"
    "  --fps LIST       frames a second, the highest first (default 30,15)\n"
    "  --ready FILE     is written when the camera is there: the path of its node\n"
    "  --stall N[:S]    after frame N of the first stream nothing comes for S seconds\n"
    "                   (default 2)\n"
    "  --corrupt N[:HOW] each Nth frame is bad: error (the header's bit, default),\n"
    "                   short (half a frame), garbage (a header that cannot be)\n"
    "  --unplug N       is gone in the middle of the frame after frame N of a stream\n"
    "\n"
    "Frames are counted from 1, from the begin of each stream. The exit code is 0 when\n"
    "the camera was unplugged as asked, or by SIGTERM or SIGINT.\n";

#define PATIENCE_MS 30000
#define LOOK_EVERY_MS 20

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

static void wrong(const char *option, const char *value)
{
    fprintf(stderr, "uvc-camera: --%s: not '%s'\n\n%s", option, value, usage);
    exit(2);
}

static int find_name(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

static void add_format(struct uvc_modes *modes, const char *name)
{
    static const char *const names[] = {"yuyv", "nv12", "mjpg"};
    int found = find_name(names, PATTERN_FORMATS, name);

    if (found < 0 || modes->n_formats == PATTERN_FORMATS)
        wrong("formats", name);
    modes->formats[modes->n_formats++] = found;
}

static void add_size(struct uvc_modes *modes, const char *text)
{
    unsigned width, height;

    if (modes->n_sizes == UVC_MAX_SIZES || sscanf(text, "%ux%u", &width, &height) != 2 ||
        !width || !height || width % 2 || height % 2 || width > 4096 || height > 4096)
        wrong("sizes", text);
    modes->sizes[modes->n_sizes].width = width;
    modes->sizes[modes->n_sizes++].height = height;
}

static void add_mjpg_size(struct uvc_modes *modes, const char *text)
{
    add_size(modes, text);
    modes->sizes[modes->n_sizes - 1].mjpg_only = true;
}

static void add_rate(struct uvc_modes *modes, const char *text)
{
    int rate = atoi(text);

    if (modes->n_rates == UVC_MAX_RATES || rate < 1 || rate > 1000)
        wrong("fps", text);
    modes->rates[modes->n_rates++] = rate;
}

static void each(struct uvc_modes *modes, char *list,
                 void (*add)(struct uvc_modes *, const char *))
{
    for (char *item = strtok(list, ","); item; item = strtok(NULL, ","))
        add(modes, item);
}

static uint32_t number(const char *option, const char *text)
{
    int value = atoi(text);

    if (value < 1)
        wrong(option, text);
    return value;
}

static void read_stall(struct stream_faults *faults, const char *text)
{
    const char *seconds = strchr(text, ':');

    faults->stall_after = number("stall", text);
    faults->stall_ms = 1000 * (seconds ? number("stall", seconds + 1) : 2);
}

static void read_corrupt(struct stream_faults *faults, const char *text)
{
    static const char *const names[] = {"error", "short", "garbage"};
    const char *how = strchr(text, ':');
    int found = how ? find_name(names, 3, how + 1) : STREAM_ERROR;

    if (found < 0)
        wrong("corrupt", text);
    faults->corrupt_every = number("corrupt", text);
    faults->corrupt_how = found;
}

static void read_options(int argc, char **argv, struct uvc_modes *modes,
                         struct stream_faults *faults, const char **ready)
{
    static const struct option options[] = {
        {"mjpg-size", 1, NULL, 'm'}, {"formats", 1, NULL, 'f'}, {"sizes", 1, NULL, 's'},
        {"fps", 1, NULL, 'r'},       {"ready", 1, NULL, 'R'},   {"stall", 1, NULL, 'S'},
        {"corrupt", 1, NULL, 'c'},   {"unplug", 1, NULL, 'u'},  {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    char formats[] = "yuyv,nv12,mjpg", rates[] = "30,15",
         sizes[] = "320x240,640x480,800x600,848x480,960x540";
    const char *mjpg_size = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            each(modes, optarg, add_format);
            break;
        case 's':
            each(modes, optarg, add_size);
            break;
        case 'm':
            mjpg_size = optarg;
            break;
        case 'r':
            each(modes, optarg, add_rate);
            break;
        case 'R':
            *ready = optarg;
            break;
        case 'S':
            read_stall(faults, optarg);
            break;
        case 'c':
            read_corrupt(faults, optarg);
            break;
        case 'u':
            faults->unplug_after = number("unplug", optarg);
            break;
        case 'h':
            fputs(usage, stdout);
            exit(0);
        default:
            exit(2);
        }
    }
    if (optind < argc)
        wrong("help", argv[optind]);
    if (!modes->n_formats)
        each(modes, formats, add_format);
    if (!modes->n_sizes)
        each(modes, sizes, add_size);
    if (mjpg_size)
        add_mjpg_size(modes, mjpg_size);
    if (!modes->n_rates)
        each(modes, rates, add_rate);
}

/* The node of frames, not that of metadata, is the first of the interface. */
static bool find_node(int port, char *path, size_t room)
{
    char bus_id[32], pattern[128];
    bool found = false;
    glob_t nodes;

    if (!usbip_bus_id(port, bus_id, sizeof(bus_id)))
        return false;
    snprintf(pattern, sizeof(pattern), "/sys/bus/usb/devices/%s/%s:*/video4linux/video*",
             bus_id, bus_id);
    if (glob(pattern, 0, NULL, &nodes))
        return false;
    for (size_t i = 0; i < nodes.gl_pathc && !found; i++) {
        char name[256], index = 0;
        FILE *file;

        snprintf(name, sizeof(name), "%s/index", nodes.gl_pathv[i]);
        file = fopen(name, "re");
        if (file) {
            index = fgetc(file);
            fclose(file);
        }
        snprintf(path, room, "/dev/%s", strrchr(nodes.gl_pathv[i], '/') + 1);
        found = index == '0' && !access(path, F_OK);
    }
    globfree(&nodes);
    return found;
}

/* Under another name first: who waits for the file reads all of it. */
static void tell_ready(const char *file, const char *node)
{
    char temporary[4096];
    FILE *out;

    snprintf(temporary, sizeof(temporary), "%s.new", file);
    out = fopen(temporary, "we");
    if (!out || fprintf(out, "%s\n", node) < 0 || fclose(out) ||
        rename(temporary, file)) {
        fprintf(stderr, "uvc-camera: %s: %s\n", file, strerror(errno));
        exit(1);
    }
}

static int answer(struct control *control, struct usbip_request *request)
{
    struct stream *stream = control->stream;
    uint8_t out[DESCRIPTOR_ROOM];
    size_t n;
    int error;

    if (request->unlink)
        return usbip_answer_unlink(stream->fd, request->seqnum,
                                   stream_forget(stream, request->victim));
    if (request->endpoint == UVC_STREAM_ENDPOINT && request->in &&
        stream_take(stream, request->seqnum, request->length))
        return 0;
    if (request->endpoint)
        return usbip_answer(stream->fd, request->seqnum, -EPIPE, NULL, 0);
    error = control_answer(control, request, out, &n);
    if (error)
        return usbip_answer(stream->fd, request->seqnum, error, NULL, 0);
    if (request->in)
        return usbip_answer(stream->fd, request->seqnum, 0, out, n);
    return usbip_answer(stream->fd, request->seqnum, 0, NULL, request->length);
}

/* Looks for the node at times, until it is there and told of. Returns 0, or -ETIMEDOUT. */
static int look_for_node(int port, const char **ready, int waited_ms)
{
    char node[64];

    if (find_node(port, node, sizeof(node))) {
        tell_ready(*ready, node);
        *ready = NULL;
        return 0;
    }
    if (waited_ms < PATIENCE_MS)
        return 0;
    fprintf(stderr, "uvc-camera: no node after %d s: is the module uvcvideo loaded?\n",
            PATIENCE_MS / 1000);
    return -ETIMEDOUT;
}

/* Serves until the camera is to go. Returns 0, or a negative errno value. */
static int serve(struct control *control, int port, const char *ready)
{
    struct pollfd input = {control->stream->fd, POLLIN, 0};
    static struct usbip_request request;
    int error = 0, waited_ms = 0;

    while (!error && !ended) {
        int wait_ms = stream_wait_ms(control->stream);

        if (ready && (wait_ms < 0 || wait_ms > LOOK_EVERY_MS))
            wait_ms = LOOK_EVERY_MS;
        if (poll(&input, 1, wait_ms) > 0) {
            error = usbip_receive(input.fd, &request);
            if (!error)
                error = answer(control, &request);
            continue;
        }
        waited_ms += wait_ms;
        if (ready)
            error = look_for_node(port, &ready, waited_ms);
        if (!error)
            error = stream_run(control->stream);
    }
    return ended || error == -ENODEV ? 0 : error;
}

/* All of the camera is gone from the kernel when the port is free. */
static int wait_until_gone(int port)
{
    for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += LOOK_EVERY_MS) {
        if (usbip_is_free(port))
            return 0;
        usleep(LOOK_EVERY_MS * 1000);
    }
    fprintf(stderr, "uvc-camera: port %d is still in use\n", port);
    return -ETIMEDOUT;
}

int main(int argc, char **argv)
{
    const struct sigaction action = {.sa_handler = end};
    struct uvc_modes modes = {0};
    struct stream stream = {0};
    struct control control = {.modes = &modes, .stream = &stream};
    const char *ready = NULL;
    int port, error;

    read_options(argc, argv, &modes, &stream.faults, &ready);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    error = usbip_attach(&stream.fd, &port);
    if (error)
        return 1;
    error = serve(&control, port, ready);
    stream_stop(&stream);
    close(stream.fd);
    if (error)
        fprintf(stderr, "uvc-camera: %s\n", strerror(-error));
    return wait_until_gone(port) || error ? 1 : 0;
}
