/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* svg - plots in a page. Knows numbers and text only. */
#include "tools/view/svg.h"

#include <math.h>

#define LEFT 78
#define RIGHT 16
#define TOP 30
#define BOTTOM 56

void html_put(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '&')
            fputs("&amp;", out);
        else if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else if (c == '\'')
            fputs("&#39;", out);
        else if (c == 0xc2 && (unsigned char)text[1] < 0xa0)
            fputs("?", out), text++; /* a control character of C1 */
        else
            fputc(c < ' ' || c == 0x7f ? '?' : c, out);
    }
}

void svg_begin(struct svg_plot *plot, FILE *out, const char *id, double height,
               const char *title, const char *description)
{
    *plot = (struct svg_plot){.out = out,
                              .left = LEFT,
                              .top = TOP,
                              .width = SVG_WIDTH - LEFT - RIGHT,
                              .height = height - TOP - BOTTOM};
    fprintf(out,
            "<figure>\n<svg viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">",
            SVG_WIDTH, height, id, id, id);
    html_put(out, title);
    fprintf(out, "</title>\n<desc id=\"%s-desc\">", id);
    html_put(out, description);
    fputs("</desc>\n", out);
}

void svg_end(struct svg_plot *plot)
{
    fputs("</svg>\n</figure>\n", plot->out);
}

struct svg_axis svg_axis_of(double low, double high, double factor)
{
    struct svg_axis axis = {.low = 0, .high = high > 0 ? high * 1.04 : 1};

    if (low > 0 && high / low > factor)
        axis = (struct svg_axis){.low = low / 1.25, .high = high * 1.25, .log = true};
    return axis;
}

static double share_of(const struct svg_axis *axis, double value)
{
    double share;

    if (axis->log)
        share = log(fmax(value, axis->low) / axis->low) / log(axis->high / axis->low);
    else
        share = (value - axis->low) / (axis->high - axis->low);
    return fmin(fmax(share, 0), 1);
}

double svg_x(const struct svg_plot *plot, double value)
{
    return plot->left + plot->width * share_of(&plot->x, value);
}

double svg_y(const struct svg_plot *plot, double value)
{
    return plot->top + plot->height * (1 - share_of(&plot->y, value));
}

/* --- ticks --- */

enum { most_ticks = 24 };

/* Round numbers within the axis, in units of @per; returns how many. */
static int ticks_of(double *tick, const struct svg_axis *axis, double per, int wanted)
{
    static const double parts[] = {1, 2, 5};
    double low = axis->low / per, high = axis->high / per;
    double rough = axis->log ? low : (high - low) / wanted;
    double decade = pow(10, floor(log10(rough))), step = 10 * decade;
    int n = 0;

    if (axis->log) {
        /* Over many decades 2 and 5 would crowd. */
        int each = log10(high / low) > 3 ? 1 : 3;

        for (; decade <= high && n < most_ticks; decade *= 10)
            for (int i = 0; i < each && n < most_ticks; i++)
                if (decade * parts[i] >= low && decade * parts[i] <= high)
                    tick[n++] = decade * parts[i] * per;
        return n;
    }
    for (int i = 2; i >= 0; i--)
        if (decade * parts[i] >= rough)
            step = decade * parts[i];
    for (double at = ceil(low / step); at * step <= high && n < most_ticks; at++)
        tick[n++] = at * step * per;
    return n;
}

/* The least decimals with which neighbouring ticks differ. */
static void tick_text(view_text text, const struct svg_axis *axis,
                      const struct view_scale *scale, double value, double step)
{
    double shown = value / scale->per,
           resolution = (axis->log ? value : step) / scale->per;
    int decimals = resolution < 0.99 ? (int)ceil(-log10(resolution) - 0.01) : 0;

    snprintf(text, sizeof(view_text), "%.*f", decimals > 9 ? 9 : decimals, shown);
}

/* A scale for the whole axis: that of its middle, where most of the ticks are. */
static struct view_scale scale_of(const struct svg_axis *axis, const char *unit)
{
    double middle = axis->log ? sqrt(axis->low * axis->high) : axis->high / 4;

    return view_scale_for(unit, middle, axis->high);
}

void svg_put_y_axis(const struct svg_plot *plot, const char *unit)
{
    struct view_scale scale = scale_of(&plot->y, unit);
    double tick[most_ticks];
    int n = ticks_of(tick, &plot->y, scale.per, 5);

    for (int i = 0; i < n; i++) {
        double y = svg_y(plot, tick[i]);
        view_text text;

        tick_text(text, &plot->y, &scale, tick[i], n > 1 ? tick[1] - tick[0] : tick[i]);
        fprintf(plot->out,
                "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>"
                "<text class=\"end\" x=\"%.1f\" y=\"%.1f\" dy=\".35em\">%s</text>\n",
                plot->left, y, plot->left + plot->width, plot->left - 8, y, text);
    }
    fprintf(plot->out, "<text class=\"name\" x=\"4\" y=\"16\">");
    html_put(plot->out, scale.unit);
    fputs("</text>\n", plot->out);
}

void svg_put_x_tick(const struct svg_plot *plot, double value, const char *text)
{
    double x = svg_x(plot, value), bottom = plot->top + plot->height;

    fprintf(plot->out,
            "<path class=\"axis\" d=\"M%.1f %.1fv5\"/>"
            "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">",
            x, bottom, x, bottom + 22);
    html_put(plot->out, text);
    fputs("</text>\n", plot->out);
}

void svg_put_x_name(const struct svg_plot *plot, const char *name)
{
    double bottom = plot->top + plot->height;

    fprintf(plot->out,
            "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>"
            "<text class=\"name end\" x=\"%.1f\" y=\"%.1f\">",
            plot->left, bottom, plot->left + plot->width, plot->left + plot->width,
            bottom + 50);
    html_put(plot->out, name);
    fputs("</text>\n", plot->out);
}

void svg_put_x_axis(const struct svg_plot *plot, const char *name, const char *unit)
{
    struct view_scale scale = scale_of(&plot->x, unit);
    double tick[most_ticks];
    int n = ticks_of(tick, &plot->x, scale.per, 6);
    view_text text;

    for (int i = 0; i < n; i++) {
        tick_text(text, &plot->x, &scale, tick[i], n > 1 ? tick[1] - tick[0] : tick[i]);
        svg_put_x_tick(plot, tick[i], text);
    }
    snprintf(text, sizeof(text), "%.30s%s%.20s", name, *scale.unit ? ", " : "",
             scale.unit);
    svg_put_x_name(plot, text);
}
