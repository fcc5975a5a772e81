/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* html-series - the latency over time, a strip for each run so that none hides another. */
#include "tools/view/html.h"
#include "tools/view/svg.h"

#include <math.h>
#include <stdlib.h>

#define STRIP 190
/* No line joins points so many times further apart than they are on average: nothing was
 * measured in between. */
#define GAP 10

struct range {
    double low, high, end;
    bool any;
};

static void extend(struct range *range, const json_t *series)
{
    size_t index;
    json_t *point;

    json_array_foreach((json_t *)series, index, point) {
        double value = (double)json_integer_value(json_array_get(point, 1));

        range->low = range->any ? fmin(range->low, value) : value;
        range->high = range->any ? fmax(range->high, value) : value;
        range->end =
            fmax(range->end, (double)json_integer_value(json_array_get(point, 0)));
        range->any = true;
    }
}

static void put_points(const struct svg_plot *plot, const json_t *series, size_t colour)
{
    double gap = GAP * plot->x.high / (double)(json_array_size(series) + 1), last = 0;
    size_t index;
    json_t *point;

    fprintf(plot->out, "<path class=\"line hair s%zu\" d=\"", colour);
    json_array_foreach((json_t *)series, index, point) {
        double at = (double)json_integer_value(json_array_get(point, 0));

        fprintf(plot->out, "%s%.1f %.1f", !index || at - last > gap ? "M" : " ",
                svg_x(plot, at),
                svg_y(plot, (double)json_integer_value(json_array_get(point, 1))));
        last = at;
    }
    fputs("\"/>\n", plot->out);
}

static void put_floor(const struct svg_plot *plot, const json_t *run)
{
    int64_t total;

    if (view_int(run, "floor.total_ns", &total) && (double)total < plot->y.high)
        fprintf(plot->out, "<path class=\"floor\" d=\"M%.1f %.1fH%.1f\"/>\n", plot->left,
                svg_y(plot, (double)total), plot->left + plot->width);
}

static void put_strip(FILE *out, const json_t *run, size_t index,
                      const struct range *range)
{
    const json_t *series = json_object_get(run, "series");
    struct range own = {0};
    struct svg_plot plot;
    char id[40], *description;
    view_text low, high;

    extend(&own, series);
    view_quantity(low, "ns", own.low);
    view_quantity(high, "ns", own.high);
    snprintf(id, sizeof(id), "series-%zu", index);
    if (asprintf(&description, "The latency over time, between %s and %s.", low, high) <
        0)
        return;
    fprintf(out, "<h3><i class=\"swatch s%zu\"></i>", index % SVG_COLOURS);
    html_put(out, view_string(run, "title"));
    fprintf(out, "<span class=\"soft\"> %s to %s</span></h3>\n", low, high);
    svg_begin(&plot, out, id, STRIP, view_string(run, "title"), description);
    free(description);
    plot.top -= 6;
    plot.height += 6;
    plot.x = (struct svg_axis){.low = 0, .high = range->end > 0 ? range->end : 1};
    plot.y = svg_axis_of(fmax(range->low, 1), range->high, 200);
    svg_put_y_axis(&plot, "ns");
    put_floor(&plot, run);
    put_points(&plot, series, index % SVG_COLOURS);
    svg_put_x_axis(&plot, "since the run's begin", "ns");
    svg_end(&plot);
}

void html_put_series(FILE *out, const json_t *document)
{
    struct range range = {0};
    size_t index;
    json_t *run;

    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (index < SVG_MOST_RUNS)
            extend(&range, json_object_get(run, "series"));
    if (!range.any)
        return;
    fputs("<section>\n<h2>Over time</h2>\n<p>All runs on the same scales. Of each "
          "stretch of "
          "time the least and the greatest value are drawn. Dashed: the floor.</p>\n",
          out);
    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (index < SVG_MOST_RUNS && json_array_size(json_object_get(run, "series")))
            put_strip(out, run, index, &range);
    fputs("</section>\n", out);
}
