/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* options - every option is checked before any device is opened. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TOUR_SECONDS 5
#define RUN_SECONDS 10
#define MAX_SECONDS 86400.0
#define MAX_SIDE 32768

static const char usage[] =
#include "usage.inc"
    ;

static int wrong(const char *option, const char *value, const char *choice)
{
    fprintf(stderr, "camera-to-display: %s \"%s\": %s\n", option, value, choice);
    return 2;
}

/* A positive number that is the whole of @text. */
static bool parse_number(const char *text, double highest, double *out)
{
    char *end;

    errno = 0;
    *out = strtod(text, &end);
    return !errno && end != text && !*end && *out > 0 && *out <= highest;
}

static bool parse_unsigned(const char *text, unsigned long highest, unsigned long *out)
{
    char *end;

    errno = 0;
    *out = strtoul(text, &end, 10);
    return !errno && text[0] >= '0' && text[0] <= '9' && !*end && *out > 0 &&
           *out <= highest;
}

static int parse_size(const char *text, struct zc_camera_mode *mode)
{
    char extra;

    if (sscanf(text, "%5ux%5u%c", &mode->width, &mode->height, &extra) != 2 ||
        strspn(text, "0123456789x") != strlen(text) || !mode->width || !mode->height ||
        mode->width > MAX_SIDE || mode->height > MAX_SIDE)
        return wrong("--size", text,
                     "give it as WIDTHxHEIGHT in pixels, such as 1280x720");
    return -1;
}

/* "60", "59.94" or "60000/1001". */
static int parse_rate(const char *text, struct zc_camera_mode *mode)
{
    double rate;
    char extra;

    if (sscanf(text, "%9u/%9u%c", &mode->rate_num, &mode->rate_den, &extra) == 2 &&
        mode->rate_num && mode->rate_den)
        return -1;
    if (!parse_number(text, 100000, &rate))
        return wrong("--fps", text,
                     "give a number of frames a second above 0, such as 60 "
                     "or 60000/1001");
    mode->rate_num = rate * 1000 + 0.5;
    mode->rate_den = 1000;
    return -1;
}

static int parse_format(const char *text, struct zc_camera_mode *mode)
{
    char choice[256] = "there is no such format; choose from";

    mode->format = zc_format_by_name(text);
    if (mode->format)
        return -1;
    for (const struct zc_format *format = zc_formats; format->name; format++)
        snprintf(choice + strlen(choice), sizeof(choice) - strlen(choice), " %s",
                 format->name);
    return wrong("--format", text, choice);
}

static int parse_path(const char *text, struct options *options)
{
    options->tour = !strcmp(text, "tour");
    if (options->tour)
        return -1;
    for (enum zc_path path = ZC_PATH_AUTO; path <= ZC_PATH_COPY; path++) {
        if (!strcmp(text, zc_path_name(path))) {
            options->path = path;
            return -1;
        }
    }
    return wrong("--path", text, "choose from tour, auto, direct, gpu, copy");
}

static int parse_rotate(const char *text, struct zc_gpu_op *op)
{
    static const char *const angles[] = {"0", "90", "180", "270"};

    for (int i = 0; i < 4; i++) {
        if (!strcmp(text, angles[i])) {
            op->rotate = i * 90;
            return -1;
        }
    }
    return wrong("--rotate", text, "choose from 0, 90, 180, 270 (degrees clockwise)");
}

static int parse_commit(const char *text, struct options *options)
{
    options->commit_at_once = !strcmp(text, "once");
    if (options->commit_at_once || !strcmp(text, "late"))
        return -1;
    return wrong("--commit", text, "choose late or once");
}

static int parse_change(const char *text, struct options *options)
{
    options->follow = !strcmp(text, "follow");
    if (options->follow || !strcmp(text, "end"))
        return -1;
    return wrong("--on-change", text, "choose end or follow");
}

static int parse_flip(const char *text, struct zc_gpu_op *op)
{
    if (strcmp(text, "h") && strcmp(text, "v"))
        return wrong("--flip", text, "choose h (left and right) or v (top and bottom)");
    op->flip_h |= text[0] == 'h';
    op->flip_v |= text[0] == 'v';
    return -1;
}

static int parse_shader(const char *text, struct options *options)
{
    options->shader = text;
    if (access(text, R_OK)) {
        fprintf(stderr,
                "camera-to-display: --shader \"%s\": %s; give a file that defines "
                "vec4 zc_effect(vec2 at)\n",
                text, strerror(errno));
        return 2;
    }
    return -1;
}

static int parse_length(const char *option, const char *text, struct options *options)
{
    unsigned long frames;

    if (!strcmp(option, "--seconds")) {
        if (!parse_number(text, MAX_SECONDS, &options->seconds))
            return wrong(option, text, "give a number of seconds above 0, at most a day");
    } else {
        if (!parse_unsigned(text, 1000000000, &frames))
            return wrong(option, text, "give a whole number of frames above 0");
        options->frames = frames;
    }
    if (options->seconds && options->frames)
        return wrong(option, text, "give --seconds or --frames, not both");
    return -1;
}

enum {
    HEAP = 256,
    CAMERA,
    DISPLAY,
    SIZE,
    FPS,
    FORMAT,
    PATH,
    ROTATE,
    FLIP,
    SHADER,
    COMMIT,
    ON_CHANGE,
    SECONDS,
    FRAMES,
    OUT,
    JSON,
    CHECK,
    WAIT,
    HELP,
    VERSION,
};

static const struct option known[] = {
    {"heap", required_argument, NULL, HEAP},
    {"camera", required_argument, NULL, CAMERA},
    {"display", required_argument, NULL, DISPLAY},
    {"size", required_argument, NULL, SIZE},
    {"fps", required_argument, NULL, FPS},
    {"format", required_argument, NULL, FORMAT},
    {"path", required_argument, NULL, PATH},
    {"rotate", required_argument, NULL, ROTATE},
    {"flip", required_argument, NULL, FLIP},
    {"shader", required_argument, NULL, SHADER},
    {"commit", required_argument, NULL, COMMIT},
    {"on-change", required_argument, NULL, ON_CHANGE},
    {"seconds", required_argument, NULL, SECONDS},
    {"frames", required_argument, NULL, FRAMES},
    {"out", required_argument, NULL, OUT},
    {"json", no_argument, NULL, JSON},
    {"check", no_argument, NULL, CHECK},
    {"wait", no_argument, NULL, WAIT},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {0},
};

static int parse_one(struct options *options, int option)
{
    switch (option) {
    case HEAP:
        options->heap = strcmp(optarg, "auto") ? optarg : NULL;
        return *optarg ? -1 : wrong("--heap", optarg, "give a name, such as system");
    case CAMERA:
        options->camera = optarg;
        return *optarg ? -1 : wrong("--camera", optarg, "give a device: /dev/video0");
    case DISPLAY:
        options->display = optarg;
        return *optarg ? -1
                       : wrong("--display", optarg,
                               "give auto, kms, wayland, a card such as /dev/dri/card0, "
                               "or a compositor's socket");
    case SIZE:
        return parse_size(optarg, &options->mode);
    case FPS:
        return parse_rate(optarg, &options->mode);
    case FORMAT:
        return parse_format(optarg, &options->mode);
    case PATH:
        return parse_path(optarg, options);
    case ROTATE:
        return parse_rotate(optarg, &options->op);
    case FLIP:
        return parse_flip(optarg, &options->op);
    case SHADER:
        return parse_shader(optarg, options);
    case COMMIT:
        return parse_commit(optarg, options);
    case ON_CHANGE:
        return parse_change(optarg, options);
    case SECONDS:
        return parse_length("--seconds", optarg, options);
    case FRAMES:
        return parse_length("--frames", optarg, options);
    case OUT:
        options->out = optarg;
        return *optarg ? -1 : wrong("--out", optarg, "give a folder");
    case JSON:
        options->json = true;
        return -1;
    case CHECK:
        options->check = true;
        return -1;
    case WAIT:
        options->wait = true;
        return -1;
    case HELP:
        fputs(usage, stdout);
        return 0;
    case VERSION:
        printf("camera-to-display %s\n", zc_version());
        return 0;
    default:
        fprintf(stderr, "camera-to-display: --help lists the options\n");
        return 2;
    }
}

/* What one option alone cannot know. */
static int check_together(struct options *options, bool path_given)
{
    bool gpu_work =
        options->op.rotate || options->op.flip_h || options->op.flip_v || options->shader;

    if (!path_given) {
        options->tour = !gpu_work && !options->mode.format;
        options->path = ZC_PATH_AUTO;
    }
    if (gpu_work && (options->tour || options->path == ZC_PATH_DIRECT ||
                     options->path == ZC_PATH_COPY)) {
        fprintf(stderr,
                "camera-to-display: only the GPU rotates, flips and runs shaders: "
                "choose --path gpu or auto\n");
        return 2;
    }
    if (options->tour && options->mode.format) {
        fprintf(stderr,
                "camera-to-display: the tour chooses a format for each path: leave "
                "--format out, or choose one --path of auto, direct, gpu, copy\n");
        return 2;
    }
    if (!options->seconds && !options->frames)
        options->seconds = options->tour ? TOUR_SECONDS : RUN_SECONDS;
    return -1;
}

int options_parse(struct options *options, int argc, char **argv)
{
    bool path_given = false;
    int option, code = -1;

    *options = (struct options){.display = "auto", .out = "zerocopy-out"};
    while (code < 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        path_given |= option == PATH;
        code = parse_one(options, option);
    }
    if (code >= 0)
        return code;
    if (optind < argc)
        return wrong("argument", argv[optind],
                     "there are only options; --help lists them");
    return check_together(options, path_given);
}
