/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* html-legend - which colour is which run. */
#include "tools/view/html.h"
#include "tools/view/svg.h"

void html_put_swatch(FILE *out, size_t index)
{
    if (index < SVG_MOST_RUNS)
        fprintf(out, "<i class=\"swatch s%zu\"></i>", index % SVG_COLOURS);
}

void html_put_legend(FILE *out, const json_t *document, size_t most)
{
    const json_t *runs = json_object_get(document, "runs");
    size_t n = json_array_size(runs);

    fputs("<ul class=\"legend\">\n", out);
    for (size_t i = 0; i < n && i < most; i++) {
        fputs("<li>", out);
        html_put_swatch(out, i);
        html_put(out, view_string(json_array_get(runs, i), "title"));
        fputs("</li>\n", out);
    }
    if (n > most)
        fprintf(out, "<li class=\"soft\">and %zu more, not drawn</li>\n", n - most);
    fputs("</ul>\n", out);
}
