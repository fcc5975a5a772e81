/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* html-cost - what a frame costs over its size: points, and the line through them. */
#include "tools/view/html.h"
#include "tools/view/svg.h"

#include <math.h>

static void extend(struct svg_axis *x, struct svg_axis *y, const json_t *points)
{
    size_t index;
    json_t *point;

    json_array_foreach((json_t *)points, index, point) {
        double pixels = (double)json_integer_value(json_array_get(point, 0));
        double ns = (double)json_integer_value(json_array_get(point, 1));

        x->low = fmin(x->low, pixels);
        x->high = fmax(x->high, pixels);
        y->low = fmin(y->low, ns);
        y->high = fmax(y->high, ns);
    }
}

/* On logarithmic axes a straight line with a base is a curve. */
static void put_line(const struct svg_plot *plot, const json_t *fit, size_t colour)
{
    enum { steps = 48 };
    int64_t base = 0, slope = 0;
    const char *go = "M";

    view_int(fit, "base_ns", &base);
    view_int(fit, "slope_ps_per_pixel", &slope);
    fprintf(plot->out, "<path class=\"line s%zu\" d=\"", colour);
    for (int i = 0; i <= steps; i++) {
        double share = (double)i / steps;
        double x = plot->x.log ? plot->x.low * pow(plot->x.high / plot->x.low, share)
                               : plot->x.high * share;
        double y = (double)base + x * (double)slope / 1e3;

        if (y < plot->y.low || y > plot->y.high)
            continue;
        fprintf(plot->out, "%s%.1f %.1f", go, svg_x(plot, x), svg_y(plot, y));
        go = " ";
    }
    fprintf(plot->out, "%s\"/>\n", *go == 'M' ? "M0 0" : "");
}

static void put_points(const struct svg_plot *plot, const json_t *fit, size_t colour)
{
    size_t index;
    json_t *point;

    json_array_foreach(json_object_get(fit, "points"), index, point)
        fprintf(plot->out,
                "<circle class=\"point s%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
                colour, svg_x(plot, (double)json_integer_value(json_array_get(point, 0))),
                svg_y(plot, (double)json_integer_value(json_array_get(point, 1))));
}

static void put_table(FILE *out, const json_t *fits)
{
    size_t index;
    json_t *fit;

    fputs("<div class=\"scroll\"><table>\n<caption>Lines through the medians</caption>\n"
          "<thead><tr><th scope=\"col\">path</th><th scope=\"col\" "
          "class=\"text\">figure</th>"
          "<th scope=\"col\">base</th><th scope=\"col\">a pixel</th>"
          "<th scope=\"col\">a 1080p frame</th></tr></thead>\n<tbody>\n",
          out);
    json_array_foreach((json_t *)fits, index, fit) {
        int64_t base = 0, slope = 0;
        view_text text;

        view_int(fit, "base_ns", &base);
        view_int(fit, "slope_ps_per_pixel", &slope);
        fprintf(out, "<tr><th scope=\"row\"><i class=\"swatch s%zu\"></i>",
                index % SVG_COLOURS);
        html_put(out, view_string(fit, "label"));
        fputs("</th><td class=\"text\">", out);
        html_put(out, view_string(fit, "figure"));
        view_quantity(text, "ns", (double)base);
        fprintf(out, "</td><td>%s</td><td>%.3f ns</td>", text, (double)slope / 1e3);
        view_quantity(text, "ns", (double)base + (double)slope * 1920 * 1080 / 1e3);
        fprintf(out, "<td>%s</td></tr>\n", text);
    }
    fputs("</tbody></table></div>\n", out);
}

void html_put_cost(FILE *out, const json_t *document)
{
    const json_t *fits = json_object_get(document, "fits");
    struct svg_axis x = {.low = INFINITY}, y = {.low = INFINITY};
    struct svg_plot plot;
    size_t index;
    json_t *fit;

    if (!json_array_size(fits))
        return;
    json_array_foreach((json_t *)fits, index, fit)
        extend(&x, &y, json_object_get(fit, "points"));
    fputs(
        "<section>\n<h2>Cost over size</h2>\n<p>Each point is a median; the line through "
        "them is that of the median slope (Theil–Sen).</p>\n",
        out);
    svg_begin(
        &plot, out, "cost", 340, "Cost over size",
        "The time that a frame takes, over its number of pixels. The table below has "
        "the lines' numbers.");
    /* One kind of axis for both: only then are like slopes alike. */
    plot.y = svg_axis_of(y.low, y.high, 50);
    plot.x = svg_axis_of(x.low, x.high, plot.y.log ? 1 : INFINITY);
    svg_put_y_axis(&plot, "ns");
    svg_put_x_axis(&plot, "size", "pixels");
    json_array_foreach((json_t *)fits, index, fit) {
        put_line(&plot, fit, index % SVG_COLOURS);
        put_points(&plot, fit, index % SVG_COLOURS);
    }
    svg_end(&plot);
    put_table(out, fits);
    fputs("</section>\n", out);
}
