/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options - each is checked before any device is opened. */
#include "probe/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS 60
#define MOST_SECONDS 86400.0
#define MOST_SIDE 32768

static const char usage[] =
    "Usage: zc-probe [OPTIONS]\n"
    "\n"
    "Which memory do I use on this machine? Tries each memory (heaps, udmabuf, the\n"
    "cameras' own, the displays', the GPU's) on each camera, converter, GPU and display: "
    "allocates,\n"
    "imports, has the device write or read, and looks at the pixels. Then says which "
    "ways lead\n"
    "from camera to display without a copy, and the commands for them.\n"
    "\n"
    "What is tried (default: all there is)\n"
    "  --heap NAME       this heap only: a name in /dev/dma_heap, a path, or udmabuf;\n"
    "                    several with commas between\n"
    "  --camera DEV      this camera only, such as /dev/video0\n"
    "  --converter DEV   this memory-to-memory device only, or none\n"
    "  --gpu DEV         this GPU: a render node, software, or none\n"
    "  --display CARD    this display only, such as /dev/dri/card0\n"
    "  --format FOURCC   in this format only (default: those that suit the devices)\n"
    "  --size WxH        in this size only (default: 640x480, or the camera's own)\n"
    "  --seconds N       as long as that; what is left is not tried (default 60)\n"
    "  --take            also cameras that another program has open, and displays that\n"
    "                    are lit: these show test pictures meanwhile\n"
    "\n"
    "What is printed (default: tables and commands)\n"
    "  --explain MEMORY DEVICE   the story of one memory on one device\n"
    "  --json            the whole document\n"
    "  --html FILE       also write a page to FILE\n"
    "  --share FILE      also write the document to FILE, for a bug report: it has no\n"
    "                    serial numbers, names of hosts or users\n"
    "  --replay FILE     print what such a file says, of whichever machine; try nothing\n"
    "\n"
    "  --help            this text\n"
    "  --version         the version\n"
    "\n"
    "Ctrl-C ends the trials and prints what is known.\n"
    "Exit code: 0 there is a way from camera to display with no copy; 1 there are only\n"
    "ways with copies; 2 the options make no sense, or a file cannot be read or "
    "written;\n"
    "3 there is no way.\n";

enum {
    HEAP = 256,
    CAMERA,
    CONVERTER,
    GPU,
    DISPLAY,
    FORMAT,
    SIZE,
    SECONDS_OPTION,
    TAKE,
    EXPLAIN,
    JSON,
    HTML,
    SHARE,
    REPLAY,
    HELP,
    VERSION,
};

static const struct option known[] = {
    {"heap", required_argument, NULL, HEAP},
    {"camera", required_argument, NULL, CAMERA},
    {"converter", required_argument, NULL, CONVERTER},
    {"gpu", required_argument, NULL, GPU},
    {"display", required_argument, NULL, DISPLAY},
    {"format", required_argument, NULL, FORMAT},
    {"size", required_argument, NULL, SIZE},
    {"seconds", required_argument, NULL, SECONDS_OPTION},
    {"take", no_argument, NULL, TAKE},
    {"explain", required_argument, NULL, EXPLAIN},
    {"json", no_argument, NULL, JSON},
    {"html", required_argument, NULL, HTML},
    {"share", required_argument, NULL, SHARE},
    {"replay", required_argument, NULL, REPLAY},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {0},
};

static int wrong(const char *option, const char *value, const char *choice)
{
    fprintf(stderr, "zc-probe: %s \"%s\": %s\n", option, value, choice);
    return 2;
}

static int parse_size(const char *text, struct shape *shape)
{
    char extra;

    if (strspn(text, "0123456789x") == strlen(text) &&
        sscanf(text, "%5ux%5u%c", &shape->width, &shape->height, &extra) == 2 &&
        shape->width && shape->height && shape->width <= MOST_SIDE &&
        shape->height <= MOST_SIDE)
        return -1;
    return wrong("--size", text, "give it as WIDTHxHEIGHT in pixels, such as 1280x720");
}

static int parse_format(const char *text, struct shape *shape)
{
    char choice[256] = "there is no such format; choose from";

    shape->format = zc_format_by_name(text);
    if (shape->format)
        return -1;
    for (const struct zc_format *format = zc_formats; format->name; format++)
        snprintf(choice + strlen(choice), sizeof(choice) - strlen(choice), " %s",
                 format->name);
    return wrong("--format", text, choice);
}

static int parse_seconds(const char *text, double *seconds)
{
    char *end;

    errno = 0;
    *seconds = strtod(text, &end);
    if (!errno && end != text && !*end && *seconds > 0 && *seconds <= MOST_SECONDS)
        return -1;
    return wrong("--seconds", text, "give a number of seconds above 0, at most a day");
}

static int keep(const char *option, const char **where, const char *example)
{
    *where = optarg;
    return *optarg ? -1 : wrong(option, optarg, example);
}

static int parse_what(struct options *options, int option)
{
    switch (option) {
    case HEAP:
        return keep("--heap", &options->wanted.heap, "give a name, such as system");
    case CAMERA:
        return keep("--camera", &options->wanted.camera, "give a device: /dev/video0");
    case CONVERTER:
        return keep("--converter", &options->wanted.converter,
                    "give a device: /dev/video4");
    case GPU:
        return keep("--gpu", &options->wanted.gpu, "give a node: /dev/dri/renderD128");
    case DISPLAY:
        return keep("--display", &options->wanted.display, "give a card: /dev/dri/card0");
    case FORMAT:
        return parse_format(optarg, &options->shape);
    case SIZE:
        return parse_size(optarg, &options->shape);
    case SECONDS_OPTION:
        return parse_seconds(optarg, &options->seconds);
    case TAKE:
        options->wanted.take = true;
        return -1;
    default:
        return 1;
    }
}

static int parse_one(struct options *options, int option)
{
    int code = parse_what(options, option);

    if (code != 1)
        return code;
    switch (option) {
    case EXPLAIN:
        return keep("--explain", &options->explain[0], "give a memory and a device");
    case JSON:
        options->json = true;
        return -1;
    case HTML:
        return keep("--html", &options->html, "give a file");
    case SHARE:
        return keep("--share", &options->share, "give a file");
    case REPLAY:
        return keep("--replay", &options->replay, "give a file");
    case HELP:
        fputs(usage, stdout);
        return 0;
    case VERSION:
        printf("zc-probe %s\n", zc_version());
        return 0;
    default:
        fprintf(stderr, "zc-probe: --help lists the options\n");
        return 2;
    }
}

int probe_options_parse(struct options *options, int argc, char **argv)
{
    int option, code = -1;

    *options = (struct options){.seconds = SECONDS};
    while (code < 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        code = parse_one(options, option);
    if (code >= 0)
        return code;
    if (options->explain[0] && optind == argc)
        return wrong("--explain", options->explain[0],
                     "give a device behind the memory, such as camera0");
    if (options->explain[0])
        options->explain[1] = argv[optind++];
    if (optind < argc)
        return wrong("argument", argv[optind],
                     "there are only options; --help lists them");
    return -1;
}
