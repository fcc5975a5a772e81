/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cell.h - one trial: a memory on a device, in one format and size, and what came of it.
 */
#ifndef PROBE_CELL_H
#define PROBE_CELL_H

#include "zerocopy.h"

#include <jansson.h>

enum outcome {
    CELL_WORKS,     /* and the content was seen to be right */
    CELL_UNCHECKED, /* taken; nobody could look at the content */
    CELL_WRONG,     /* taken, and the content is wrong */
    CELL_REFUSED,   /* by the device, or by the memory */
    CELL_NOT_TRIED, /* it could not be tried */
    CELL_OUTCOMES
};

/* What the device does with the memory. */
enum use {
    USE_WRITE, /* a camera or a converter writes frames */
    USE_READ,  /* a GPU or a converter reads them */
    USE_DRAW,  /* a GPU draws into them */
    USE_SHOW,  /* a display scans them out */
    USES
};

struct cell {
    const char *memory, *device; /* their names */
    enum use use;
    const struct zc_format *format;
    uint32_t width, height;
    enum outcome outcome;
    const char *step; /* that refused, or found it wrong; NULL: none */
    int error;        /* its negative errno value; 0: it has none */
    uint32_t stride;  /* of the first plane; 0: not known */
    char why[700];    /* what the outcome rests on, in a sentence */
    json_t *story;    /* each message of the library meanwhile */
};

/** As documents have them: "works", "unchecked", "wrong pixels", "refused", "not tried"; and
 * "writes", "reads", "draws", "shows". */
const char *cell_outcome_name(enum outcome outcome);
const char *cell_use_name(enum use use);

/**
 * Begins a trial: fills *cell, and hears the library's messages until cell_end() or the next
 * trial. It is refused until something else is said of it.
 */
void cell_begin(struct cell *cell, const char *memory, const char *device, enum use use,
                const struct zc_format *format, uint32_t width, uint32_t height);

/**
 * Says what came of it. For a refusal the library's first error is the reason, and @format
 * where there was none. All return @error.
 */
int cell_refuse(struct cell *cell, const char *step, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void cell_set(struct cell *cell, enum outcome outcome, const char *step,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/** Adds a line to its story. */
void cell_tell(struct cell *cell, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Ends the listening, and frees the story. */
void cell_end(struct cell *cell);

/** "EFAULT"; "error 200" where it has no name here. */
const char *cell_errno_name(int error, char text[24]);

/**
 * Hears the library's messages from here on: those of a trial go to its story, others nowhere.
 * *first: the first error since it was emptied.
 */
void cell_listen(void);
extern char cell_first_error[700];

#endif
