/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* html-stages - a bar a run: the means of its stages end to end, and its floor. */
#include "tools/view/html.h"
#include "tools/view/svg.h"

#include <math.h>
#include <string.h>

#define ROW 58
#define BAR 24

static double mean_of(const json_t *stage)
{
    int64_t mean = 0;

    view_int(stage, "mean", &mean);
    return (double)mean;
}

static double sum_of(const json_t *run)
{
    double sum = 0;
    size_t index;
    json_t *stage;

    json_array_foreach(json_object_get(run, "stages"), index, stage)
        sum += mean_of(stage);
    return sum;
}

/* Which colour a stage has: the same in all runs. */
static size_t colour_of(const json_t *names, const char *name)
{
    size_t index;
    json_t *other;

    json_array_foreach((json_t *)names, index, other)
        if (!strcmp(json_string_value(other), name))
            return index % SVG_COLOURS;
    return 0;
}

static void put_floor(const struct svg_plot *plot, const json_t *run, double y)
{
    int64_t total;
    view_text text;

    if (!view_int(run, "floor.total_ns", &total))
        return;
    view_quantity(text, "ns", (double)total);
    fprintf(plot->out,
            "<path class=\"floor\" d=\"M%.1f %.1fv%d\"><title>floor: %s</title></path>\n",
            svg_x(plot, (double)total), y - 5, BAR + 10, text);
}

static void put_bar(const struct svg_plot *plot, const json_t *run, const json_t *names,
                    double y)
{
    double begin = 0;
    size_t index;
    json_t *stage;
    view_text text;

    view_quantity(text, "ns", sum_of(run));
    fprintf(plot->out, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\">", plot->left, y - 9);
    html_put(plot->out, view_string(run, "title"));
    fprintf(plot->out, "<tspan class=\"soft\" dx=\"8\">%s</tspan></text>\n", text);
    json_array_foreach(json_object_get(run, "stages"), index, stage) {
        double end = begin + mean_of(stage);
        double x = svg_x(plot, begin), width = svg_x(plot, end) - x;

        view_quantity(text, "ns", mean_of(stage));
        fprintf(plot->out,
                "<rect class=\"fill s%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                "height=\"%d\"><title>",
                colour_of(names, view_string(stage, "name")), x, y, fmax(width - 1, 0.6),
                BAR);
        html_put(plot->out, view_string(stage, "name"));
        fprintf(plot->out, ": %s</title></rect>\n", text);
        begin = end;
    }
    put_floor(plot, run, y);
}

static void put_legend(FILE *out, const json_t *names, bool has_floor)
{
    size_t index;
    json_t *name;

    fputs("<ul class=\"legend\">\n", out);
    json_array_foreach((json_t *)names, index, name) {
        fprintf(out, "<li><i class=\"swatch s%zu\"></i>", index % SVG_COLOURS);
        html_put(out, json_string_value(name));
        fputs("</li>\n", out);
    }
    if (has_floor)
        fputs("<li><i class=\"swatch-floor\"></i>floor: no program can be below</li>\n",
              out);
    fputs("</ul>\n", out);
}

static void put_table(FILE *out, const json_t *document, const json_t *names)
{
    size_t index, i;
    json_t *run, *name;
    view_text text;

    fputs("<div class=\"scroll\"><table>\n<caption>Mean of each stage</caption>\n"
          "<thead><tr><th scope=\"col\">run</th>",
          out);
    json_array_foreach((json_t *)names, i, name) {
        fputs("<th scope=\"col\">", out);
        html_put(out, json_string_value(name));
        fputs("</th>", out);
    }
    fputs(
        "<th scope=\"col\">sum</th><th scope=\"col\">floor</th></tr></thead>\n<tbody>\n",
        out);
    json_array_foreach(json_object_get(document, "runs"), index, run) {
        if (!json_array_size(json_object_get(run, "stages")))
            continue;
        fputs("<tr><th scope=\"row\">", out);
        html_put(out, view_string(run, "title"));
        fputs("</th>", out);
        json_array_foreach((json_t *)names, i, name) {
            view_quantity_at(text, "ns",
                             view_figure(run, "stages", json_string_value(name)), "mean");
            fprintf(out, "<td>%s</td>", text);
        }
        view_quantity(text, "ns", sum_of(run));
        fprintf(out, "<td>%s</td>", text);
        view_quantity_at(text, "ns", run, "floor.total_ns");
        fprintf(out, "<td>%s</td></tr>\n", text);
    }
    fputs("</tbody></table></div>\n", out);
}

void html_put_stages(FILE *out, const json_t *document)
{
    json_t *names = view_names(document, "stages", "name"), *run;
    struct svg_plot plot;
    double high = 0, row = 0;
    size_t index, rows = 0;
    int64_t total = 0;
    bool has_floor = false;

    json_array_foreach(json_object_get(document, "runs"), index, run) {
        if (!json_array_size(json_object_get(run, "stages")))
            continue;
        rows++;
        high = fmax(high, sum_of(run));
        if (view_int(run, "floor.total_ns", &total)) {
            has_floor = true;
            high = fmax(high, (double)total);
        }
    }
    if (rows) {
        fputs("<section>\n<h2>Where the time goes</h2>\n", out);
        put_legend(out, names, has_floor);
        svg_begin(&plot, out, "stages", 82.0 + (double)rows * ROW, "Where the time goes",
                  "For each run a bar of the mean time of each stage, end to end. The "
                  "table below has the numbers.");
        plot.width += plot.left - 14;
        plot.left = 14;
        plot.x = svg_axis_of(0, high, 1);
        json_array_foreach(json_object_get(document, "runs"), index, run)
            if (json_array_size(json_object_get(run, "stages")))
                put_bar(&plot, run, names, plot.top - 4 + row++ * ROW);
        svg_put_x_axis(&plot, "mean", "ns");
        svg_end(&plot);
        put_table(out, document, names);
        fputs("</section>\n", out);
    }
    json_decref(names);
}
