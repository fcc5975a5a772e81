/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cell - one trial, its outcome and its story. Knows no device. */
#include "probe/cell.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A trial that goes round for ever tells no more than this. */
#define STORY_LINES 60

char cell_first_error[700];
static struct cell *current;

const char *cell_outcome_name(enum outcome outcome)
{
    static const char *const names[] = {[CELL_WORKS] = "works",
                                        [CELL_UNCHECKED] = "unchecked",
                                        [CELL_WRONG] = "wrong pixels",
                                        [CELL_REFUSED] = "refused",
                                        [CELL_NOT_TRIED] = "not tried"};

    return names[outcome];
}

const char *cell_use_name(enum use use)
{
    static const char *const names[] = {[USE_WRITE] = "writes",
                                        [USE_READ] = "reads",
                                        [USE_DRAW] = "draws",
                                        [USE_SHOW] = "shows"};

    return names[use];
}

const char *cell_errno_name(int error, char text[24])
{
    const char *name = strerrorname_np(error < 0 ? -error : error);

    if (name)
        snprintf(text, 24, "%s", name);
    else
        snprintf(text, 24, "error %d", error < 0 ? -error : error);
    return text;
}

static void add_line(struct cell *cell, const char *line)
{
    if (cell && json_array_size(cell->story) < STORY_LINES)
        json_array_append_new(cell->story, json_string(line));
}

static void hear(enum zc_log_level level, const char *message, void *user)
{
    (void)user;
    if (level == ZC_LOG_ERROR && !cell_first_error[0])
        snprintf(cell_first_error, sizeof(cell_first_error), "%s", message);
    add_line(current, message);
}

void cell_listen(void)
{
    zc_log_set(ZC_LOG_DEBUG, hear, NULL);
}

void cell_begin(struct cell *cell, const char *memory, const char *device, enum use use,
                const struct zc_format *format, uint32_t width, uint32_t height)
{
    *cell = (struct cell){
        .memory = memory,
        .device = device,
        .use = use,
        .format = format,
        .width = width,
        .height = height,
        .outcome = CELL_REFUSED,
        .story = json_array(),
    };
    cell_first_error[0] = '\0';
    current = cell;
}

void cell_tell(struct cell *cell, const char *format, ...)
{
    char line[512];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    add_line(cell, line);
}

int cell_refuse(struct cell *cell, const char *step, int error, const char *format, ...)
{
    va_list args;

    cell->outcome = CELL_REFUSED;
    cell->step = step;
    cell->error = error;
    va_start(args, format);
    if (cell_first_error[0])
        snprintf(cell->why, sizeof(cell->why), "%s", cell_first_error);
    else
        vsnprintf(cell->why, sizeof(cell->why), format, args);
    va_end(args);
    return error;
}

void cell_set(struct cell *cell, enum outcome outcome, const char *step,
              const char *format, ...)
{
    va_list args;

    cell->outcome = outcome;
    cell->step = step;
    va_start(args, format);
    vsnprintf(cell->why, sizeof(cell->why), format, args);
    va_end(args);
}

void cell_end(struct cell *cell)
{
    if (current == cell)
        current = NULL;
    json_decref(cell->story);
    cell->story = NULL;
}
