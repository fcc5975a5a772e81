/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options.h - the command line of camera-to-display.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <zerocopy.h>

struct options {
    const char *heap;    /* NULL: chosen */
    const char *camera;  /* NULL: the first */
    const char *display; /* as zc_display_config's path */
    const char *shader;  /* file, or NULL */
    const char *out;     /* folder */
    struct zc_camera_mode mode;
    struct zc_gpu_op op;
    bool tour; /* the three paths in turn, in place of .path */
    enum zc_path path;
    bool commit_at_once;
    bool follow; /* changes of the signal's mode */
    double seconds;  /* 0: until .frames are shown */
    uint64_t frames; /* 0: for .seconds */
    bool json;
    bool check;
    bool wait; /* for camera and display, where they are not there, or go */
};

/**
 * Reads the command line. Returns -1 to go on, or the exit code to end with: 0 after
 * --help or --version, 2 after a message that says what is wrong and what there is to
 * choose from.
 */
int options_parse(struct options *options, int argc, char **argv);

#endif
