/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * html-curve - the main figure at each percentile. The scale gives each further nine (90,
 * 99, 99.9 …) the same room, because tails matter most and are seen nowhere else.
 */
#include "tools/view/html.h"
#include "base/percentile.h"
#include "tools/view/svg.h"

#include <math.h>
#include <string.h>

/* On which place of the axis lies the share @below of all values: 0.9 on 1, 0.99 on 2. */
static double nines(double below)
{
    return -log10(1 - below);
}

/* The curve from where @from values are below to where @to are. */
static void put_line(const struct svg_plot *plot, const json_t *figure, double n,
                     double from, double to, const char *style, size_t colour)
{
    double below = 0;
    size_t index;
    json_t *bin;
    bool begun = false;

    fprintf(plot->out, "<path class=\"%s s%zu\" d=\"", style, colour);
    json_array_foreach(json_object_get(figure, "bins"), index, bin) {
        double value = (double)json_integer_value(json_array_get(bin, 0));
        double end = below + (double)json_integer_value(json_array_get(bin, 1));
        double first = fmax(below, from), last = fmin(end, to);

        if (last > first || (last >= first && !begun && last == to)) {
            fprintf(plot->out, "%s%.1f %.1fH%.1f", begun ? "L" : "M",
                    svg_x(plot, nines(first / n)), svg_y(plot, value),
                    svg_x(plot, last < n ? nines(last / n) : plot->x.high));
            begun = true;
        }
        below = end;
    }
    fputs("\"/>\n", plot->out);
}

static double n_of(const json_t *figure)
{
    int64_t n = 0;

    view_int(figure, "n", &n);
    return (double)n;
}

static void put_x_axis(const struct svg_plot *plot)
{
    static const struct {
        double below;
        const char *text;
    } tick[] = {
        {0, "0"},        {0.5, "50"},       {0.9, "90"},         {0.99, "99"},
        {0.999, "99.9"}, {0.9999, "99.99"}, {0.99999, "99.999"}, {0.999999, "99.9999"}};

    for (size_t i = 0; i < sizeof(tick) / sizeof(tick[0]); i++)
        if (nines(tick[i].below) <= plot->x.high)
            svg_put_x_tick(plot, nines(tick[i].below), tick[i].text);
    svg_put_x_name(plot, "percentile");
}

/* Runs are drawn together when their main figures have one unit, that of the first. */
static bool belongs(const json_t *run, const char *unit)
{
    const json_t *figure = view_main(run);

    return figure && !strcmp(view_string(figure, "unit"), unit);
}

static const char *find_unit(const json_t *document)
{
    size_t index;
    json_t *run;

    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (view_main(run))
            return view_string(view_main(run), "unit");
    return NULL;
}

static void set_axes(struct svg_plot *plot, const json_t *document, const char *unit)
{
    double low = INFINITY, high = 0, most = 2;
    size_t index;
    json_t *run;

    json_array_foreach(json_object_get(document, "runs"), index, run) {
        int64_t min = 0, max = 0;

        if (index >= SVG_MOST_RUNS || !belongs(run, unit))
            continue;
        view_int(view_main(run), "min", &min);
        view_int(view_main(run), "max", &max);
        low = fmin(low, (double)min);
        high = fmax(high, (double)max);
        most = fmax(most, n_of(view_main(run)));
    }
    plot->x = (struct svg_axis){.low = 0, .high = log10(most) + 0.1};
    plot->y = svg_axis_of(low, high, 30);
}

void html_put_curve(FILE *out, const json_t *document)
{
    const char *unit = find_unit(document);
    struct svg_plot plot;
    size_t index;
    json_t *run;

    if (!unit)
        return;
    fputs("<section>\n<h2>Percentiles</h2>\n<p>So many percent of the values are at or "
          "below the line. It is thin where fewer than ten values lie beyond: what is "
          "there may be chance.</p>\n",
          out);
    html_put_legend(out, document, SVG_MOST_RUNS);
    svg_begin(
        &plot, out, "curve", 340, "Percentiles of each run",
        "The value at each percentile, a line for each run. The table of all figures "
        "has the numbers.");
    set_axes(&plot, document, unit);
    svg_put_y_axis(&plot, unit);
    put_x_axis(&plot);
    json_array_foreach(json_object_get(document, "runs"), index, run) {
        const json_t *figure = view_main(run);
        double n = n_of(figure), carried = fmax(n - ZC_PERCENTILE_CARRY, 0);

        if (index >= SVG_MOST_RUNS || !belongs(run, unit))
            continue;
        put_line(&plot, figure, n, 0, carried, "line", index % SVG_COLOURS);
        put_line(&plot, figure, n, carried, n, "line thin", index % SVG_COLOURS);
    }
    svg_end(&plot);
    fputs("</section>\n", out);
}
