/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * svg.h - plots in a page: a frame with axes, and escaped text.
 */
#ifndef BENCH_SVG_H
#define BENCH_SVG_H

#include "tools/view/view.h"

/* Units of the drawing; the page scales it to its width. */
#define SVG_WIDTH 760

/* As many runs as one plot shows, and colours before they repeat. */
#define SVG_MOST_RUNS 8
#define SVG_COLOURS 8

struct svg_axis {
    double low, high;
    bool log;
};

struct svg_plot {
    FILE *out;
    double left, top, width, height; /* of the area inside the axes */
    struct svg_axis x, y;
};

/** Writes @text for HTML: escaped, control characters as '?'. */
void html_put(FILE *out, const char *text);

/**
 * Begins a figure and its drawing, with what a reader that does not see it is told. @id:
 * unique in the page. The plot's area is set; set its axes then.
 */
void svg_begin(struct svg_plot *plot, FILE *out, const char *id, double height,
               const char *title, const char *description);
void svg_end(struct svg_plot *plot);

/** An axis from 0, or a logarithmic one where values lie more than @factor apart. */
struct svg_axis svg_axis_of(double low, double high, double factor);

double svg_x(const struct svg_plot *plot, double value);
double svg_y(const struct svg_plot *plot, double value);

/** Draws lines and numbers of the vertical axis, and what it is. */
void svg_put_y_axis(const struct svg_plot *plot, const char *unit);
/** The same of the horizontal one; @name goes before the unit. */
void svg_put_x_axis(const struct svg_plot *plot, const char *name, const char *unit);
/** One tick of the horizontal axis. */
void svg_put_x_tick(const struct svg_plot *plot, double value, const char *text);
/** The name of the horizontal axis. */
void svg_put_x_name(const struct svg_plot *plot, const char *name);

#endif
