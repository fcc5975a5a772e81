/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* survey.h - which trials there are, and all of them in turn. */
#ifndef PROBE_SURVEY_H
#define PROBE_SURVEY_H

#include "probe/report.h"

/* A picture that is tried. */
struct shape {
    const struct zc_format *format;
    uint32_t width, height;
};

#define MOST_SHAPES 16

struct survey {
    struct inventory *inventory;
    struct document *document;
    struct shape asked;                    /* NULL and 0: what the devices suggest */
    const char *only_memory, *only_device; /* of cells; NULL: all */
    bool take;                             /* also displays that are lit */
    bool (*stop)(void);                    /* the rest is not tried */
    const char *(*why_stop)(void);
    void (*progress)(const char *format, ...) __attribute__((format(printf, 1, 2)));

    struct shape shape[MOST_SHAPES];
    int n_shapes, n_way_shapes; /* of ways: the first; the rest is for converters alone */
    struct memory *gpu_base;    /* one that a GPU reads and draws; NULL: none is known */
    struct memory *display_base; /* one that displays take */
};

/** Chooses the shapes and tries all cells, each of which goes into the document. */
void survey_run(struct survey *survey);

/** Whether @camera is tried with @shape. */
bool survey_suits(const struct survey *survey, const struct device *camera,
                  const struct shape *shape);

#endif
