/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text-histogram - the main figure over a logarithmic scale, at most 60 columns wide. */
#include "tools/view/text.h"
#include "tools/view/view.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define MOST_ROWS 12
#define BAR_COLUMNS 34

/* Rows are as wide as this at least, for the bins are 1/64 wide and would leave gaps. */
static const double narrowest_row = 1.04;

struct rows {
    int n;
    double low, factor; /* row i begins at low * factor^i */
    double count[MOST_ROWS];
};

static int row_of(const struct rows *rows, double value)
{
    int row = rows->factor > 1 ? (int)(log(value / rows->low) / log(rows->factor)) : 0;

    return row < 0 ? 0 : row >= rows->n ? rows->n - 1 : row;
}

/* Zero has no place on a logarithmic scale; it stands with what is 1. */
static double at_least_1(int64_t value)
{
    return value < 1 ? 1 : (double)value;
}

static void fill(struct rows *rows, const json_t *figure)
{
    int64_t min = 0, max = 0;
    double range;
    size_t index;
    json_t *bin;

    view_int(figure, "min", &min);
    view_int(figure, "max", &max);
    range = at_least_1(max) / at_least_1(min);
    *rows = (struct rows){.low = at_least_1(min), .n = 1, .factor = 1};
    if (range > narrowest_row) {
        double most = floor(log(range) / log(narrowest_row));

        rows->n = most < MOST_ROWS ? (int)most : MOST_ROWS;
        rows->factor = pow(range, 1.0 / rows->n);
    }
    json_array_foreach(json_object_get(figure, "bins"), index, bin) {
        double value = at_least_1(json_integer_value(json_array_get(bin, 0)));

        rows->count[row_of(rows, value)] +=
            (double)json_integer_value(json_array_get(bin, 1));
    }
}

/* In eighths of a column; whatever is there is seen. */
static void put_bar(FILE *out, double share)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int eighths = (int)lround(share * BAR_COLUMNS * 8);

    if (share > 0 && eighths < 1)
        eighths = 1;
    for (int i = 0; i < eighths / 8; i++)
        fputs("█", out);
    fputs(parts[eighths % 8], out);
}

static const json_t *first_with_figure(const json_t *document)
{
    size_t index;
    json_t *run;

    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (view_main(run))
            return run;
    return NULL;
}

void text_put_histogram(FILE *out, const json_t *document)
{
    const json_t *run = first_with_figure(document), *figure = view_main(run);
    struct view_scale scale;
    struct rows rows;
    double most = 0;
    char *title;

    if (!figure)
        return;
    fill(&rows, figure);
    for (int i = 0; i < rows.n; i++)
        most = rows.count[i] > most ? rows.count[i] : most;
    scale = view_scale_for(view_string(figure, "unit"), rows.low,
                           rows.low * pow(rows.factor, rows.n));
    if (asprintf(&title, "%s of %s, from … on%s%s", view_string(figure, "name"),
                 view_string(run, "title"), *scale.unit ? ", " : "", scale.unit) < 0)
        return;
    fputc('\n', out);
    view_put_wrapped(out, title, 0, 2);
    free(title);
    for (int i = 0; i < rows.n; i++) {
        view_text from;

        view_number(from, &scale, rows.low * pow(rows.factor, i));
        fprintf(out, "%12.12s  ", from);
        put_bar(out, most > 0 ? rows.count[i] / most : 0);
        fprintf(out, " %.0f\n", rows.count[i]);
    }
}
