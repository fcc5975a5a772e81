/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outfile.h - a file that appears whole or not at all.
 */
#ifndef TOOLS_OUTFILE_H
#define TOOLS_OUTFILE_H

#include <stdio.h>

/** A file being written; its members are set by outfile_open(). */
struct outfile {
    FILE *stream;     /**< write here */
    const char *path; /**< the caller's, which must keep it until the end */
    char *temporary;  /**< what is renamed to path; NULL when path is written itself */
};

/**
 * Begins the file @path, under another name in the same folder where path is a regular
 * file or none; a pipe or device is written as it stands, and "-" is stdout. Nothing is
 * to be done after an error. Returns 0, or a negative errno value, without a message.
 */
int outfile_open(struct outfile *file, const char *path);

/**
 * Flushes and closes it, and gives it its name if @result is 0 and all was written;
 * otherwise nothing is left of it. Returns @result, or else what failed now.
 */
int outfile_close(struct outfile *file, int result);

#endif
