/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* html - the document as one page that needs nothing else: no scripts, nothing fetched. */
#include "tools/view/html.h"

#include "tools/view/render.h"
#include "tools/view/svg.h"

#include <string.h>

/* Colours are told apart by people who see few of them, on light and on dark ground. */
static const char style[] =
    ":root{color-scheme:light dark;--ground:#fbfbfa;--card:#fff;--ink:#1b1f24;"
    "--soft:#59636e;--rule:#dfe3e8;--grid:#e8ebef;--warn:#fff6df;--warn-rule:#d9a400;"
    "--c0:#2f6fde;--c1:#d9720f;--c2:#138a6b;--c3:#b5419e;--c4:#8a7300;--c5:#6a54d4;"
    "--c6:#c43c3c;--c7:#4d7d92}\n"
    "@media (prefers-color-scheme:dark){:root{--ground:#14171b;--card:#1b1f25;"
    "--ink:#e7eaee;--soft:#9aa5b1;--rule:#333a43;--grid:#2a3038;--warn:#332a10;"
    "--warn-rule:#c79a1e;--c0:#6ea2ff;--c1:#f09a4a;--c2:#3fc79c;--c3:#e07fcc;"
    "--c4:#cdb53f;--c5:#a695ff;--c6:#f07a7a;--c7:#86b9cf}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu "
    "Sans\",sans-serif;"
    "font-variant-numeric:tabular-nums}\n"
    "main,header{max-width:1020px;margin:0 auto;padding:0 24px}\n"
    "header{padding-top:36px}\nmain{padding-bottom:48px}\n"
    "h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}\n"
    "h2{font-size:20px;margin:0 0 8px}\n"
    "h3{font-size:15px;margin:18px 0 4px;font-weight:600}\n"
    "p{margin:0 0 12px;color:var(--soft);max-width:72ch}\n"
    ".soft{color:var(--soft);font-weight:400}\n"
    "header p{margin:0;overflow-wrap:anywhere}\n"
    "section{margin-top:22px;padding:22px 24px;background:var(--card);"
    "border:1px solid var(--rule);border-radius:10px}\n"
    ".cards{display:grid;gap:14px;margin-top:22px;"
    "grid-template-columns:repeat(auto-fit,minmax(215px,1fr))}\n"
    ".card{padding:16px 18px;background:var(--card);border:1px solid var(--rule);"
    "border-top:4px solid var(--c);border-radius:10px;min-width:0}\n"
    ".card h2{font-size:15px;margin:0;overflow-wrap:anywhere}\n"
    ".card .big{font-size:32px;line-height:1.25;font-weight:650;letter-spacing:-.02em;"
    "margin:6px 0 0;color:var(--ink)}\n"
    ".card .what{color:var(--soft);margin-bottom:6px}\n"
    ".card p{font-size:14px;margin:0}\n"
    ".warnings{background:var(--warn);border-color:var(--warn-rule);"
    "border-left-width:5px}\n"
    ".warnings ul{margin:0;padding-left:20px}\n.warnings li{overflow-wrap:anywhere}\n"
    "figure{margin:8px 0 0}\nsvg{display:block;width:100%;height:auto}\n"
    "svg text{font-size:13px;fill:var(--soft)}\n"
    "svg .label{fill:var(--ink);font-weight:600;font-size:14px}\n"
    "svg .label .soft{fill:var(--soft);font-weight:400}\n"
    ".end{text-anchor:end}.mid{text-anchor:middle}\n"
    ".grid{stroke:var(--grid);fill:none}.axis{stroke:var(--soft);fill:none}\n"
    ".floor{stroke:var(--ink);stroke-width:1.6;stroke-dasharray:5 4;fill:none}\n"
    ".line{fill:none;stroke:var(--c);stroke-width:2.2;stroke-linejoin:round}\n"
    ".line.thin{stroke-width:1;stroke-dasharray:2 3}\n"
    ".line.hair{stroke-width:1.1}\n"
    ".fill{fill:var(--c)}.point{fill:var(--card);stroke:var(--c);stroke-width:2}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;"
    "margin:0 0 6px;font-size:14px}\n"
    ".swatch{display:inline-block;width:11px;height:11px;border-radius:3px;"
    "margin-right:7px;background:var(--c)}\n"
    ".swatch-floor{display:inline-block;width:18px;margin-right:7px;"
    "vertical-align:middle;border-top:2px dashed var(--ink)}\n"
    ".scroll{overflow-x:auto;margin-top:12px}\n"
    "table{border-collapse:collapse;width:100%;font-size:14px}\n"
    "caption{text-align:left;color:var(--soft);padding-bottom:4px;font-size:13px}\n"
    "th,td{padding:5px 10px;text-align:right;white-space:nowrap;"
    "border-bottom:1px solid var(--rule)}\n"
    "th:first-child,.text{text-align:left}\n"
    "thead th{color:var(--soft);font-weight:500;border-bottom-color:var(--soft)}\n"
    "tbody th{font-weight:500}\ntbody tr:last-child>*{border-bottom:0}\n"
    "dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));"
    "gap:0 28px;margin:0;font-size:14px}\n"
    "dl div{display:flex;gap:12px;justify-content:space-between;padding:4px 0;"
    "border-bottom:1px solid var(--rule);min-width:0}\n"
    "dt{color:var(--soft);flex:none;max-width:55%;overflow-wrap:anywhere}\n"
    "dd{margin:0;text-align:right;overflow-wrap:anywhere;min-width:0}\n"
    "@media (max-width:620px){main,header{padding-left:12px;padding-right:12px}"
    "section{padding:16px 14px}svg text{font-size:22px}"
    "svg .label{font-size:22px}.line{stroke-width:3.4}.line.thin,.line.hair{"
    "stroke-width:1.8}.point{stroke-width:3.4}h1{font-size:25px}}\n"
    "@media print{:root{color-scheme:light;--ground:#fff;--card:#fff;--ink:#000;"
    "--soft:#444;--rule:#ccc;--grid:#ddd;--warn:#fff;--warn-rule:#000;--c0:#2f6fde;"
    "--c1:#d9720f;--c2:#138a6b;--c3:#b5419e;--c4:#8a7300;--c5:#6a54d4;--c6:#c43c3c;"
    "--c7:#4d7d92}body{font-size:11px;-webkit-print-color-adjust:exact;"
    "print-color-adjust:exact}section,.card,figure,tr{break-inside:avoid}"
    "section{border:0;padding:0}table,dl{font-size:10px}th,td{padding:3px 5px}"
    ".scroll{overflow:visible}h2,h3{break-after:avoid}}\n";

static void put_colours(FILE *out)
{
    for (int i = 0; i < SVG_COLOURS; i++)
        fprintf(out, ".s%d{--c:var(--c%d)}", i, i);
    fputc('\n', out);
}

/* --- the head of the page --- */

static void put_head(FILE *out, const json_t *document)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; img-src data:\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>",
          out);
    html_put(out, view_string(document, "command"));
    fputs(", ", out);
    html_put(out, view_string(document, "started"));
    fprintf(out, "</title>\n<style>\n%s", style);
    put_colours(out);
    fputs("</style>\n</head>\n<body>\n", out);
}

static void put_title(FILE *out, const json_t *document)
{
    const json_t *host = json_object_get(document, "host");
    const char *hypervisor = view_string(host, "hypervisor");
    view_text elapsed;

    view_quantity_at(elapsed, "ns", document, "elapsed_ns");
    fputs("<header>\n<h1>", out);
    html_put(out, view_string(document, "command"));
    fputs("</h1>\n<p>", out);
    html_put(out, view_string(document, "started"));
    fprintf(out, " · %s%s · Linux ", elapsed,
            strcmp(view_string(document, "ended"), "complete")
                ? " · <strong>interrupted</strong>"
                : "");
    html_put(out, view_string(host, "kernel"));
    fputs(" ", out);
    html_put(out, view_string(host, "machine"));
    if (*view_string(host, "cpu"))
        fputs(" · ", out);
    html_put(out, view_string(host, "cpu"));
    fputs(*hypervisor ? " on " : "", out);
    html_put(out, hypervisor);
    fputs("</p>\n</header>\n<main>\n", out);
}

/* --- a card a run --- */

static void put_card_lines(FILE *out, const json_t *run, const json_t *figure)
{
    const char *tail = json_is_integer(json_object_get(figure, "p99")) ? "p99" : "p90";
    const char *unit = view_string(figure, "unit");
    int64_t value, total, count;
    view_text text;
    double rate;

    fputs("<p>", out);
    if (view_int(figure, tail, &value)) {
        view_quantity(text, unit, (double)value);
        fprintf(out, "%s ", tail);
        html_put(out, text);
        fputs(" · ", out);
    }
    view_quantity_at(text, unit, figure, "max");
    fputs("max ", out);
    html_put(out, text);
    fputs("</p>\n", out);
    if (view_rate(run, &rate)) {
        view_quantity(text, "millihertz", rate);
        fprintf(out, "<p>%s shown", text);
        if (view_int(run, "counts.lost", &count))
            fprintf(out, " · %lld lost", (long long)count);
        fputs("</p>\n", out);
    }
    if (view_int(figure, "p50", &value) && view_int(run, "floor.total_ns", &total) &&
        total && !strcmp(unit, "ns")) {
        view_quantity(text, "ns", (double)total);
        fprintf(out, "<p><strong>%.2f ×</strong> the floor of %s</p>\n",
                (double)value / (double)total, text);
    }
}

static void put_cards(FILE *out, const json_t *document)
{
    size_t index;
    json_t *run;

    if (!json_array_size(json_object_get(document, "runs")))
        return;
    fputs("<div class=\"cards\">\n", out);
    json_array_foreach(json_object_get(document, "runs"), index, run) {
        const json_t *figure = view_main(run);
        view_text text;

        if (!figure || index >= SVG_MOST_RUNS)
            continue;
        view_quantity_at(text, view_string(figure, "unit"), figure, "p50");
        fprintf(out, "<article class=\"card s%zu\">\n<h2>", index % SVG_COLOURS);
        html_put(out, view_string(run, "title"));
        fputs("</h2>\n<p class=\"big\">", out);
        html_put(out, text);
        fputs("</p>\n<p class=\"what\">", out);
        html_put(out, view_string(figure, "name"));
        fputs(", median</p>\n", out);
        put_card_lines(out, run, figure);
        fputs("</article>\n", out);
    }
    fputs("</div>\n", out);
}

static void put_warnings(FILE *out, const json_t *document)
{
    const json_t *warnings = json_object_get(document, "warnings");
    size_t index;
    json_t *warning;

    if (!json_array_size(warnings))
        return;
    fputs("<section class=\"warnings\">\n<h2>Warnings</h2>\n<ul>\n", out);
    json_array_foreach((json_t *)warnings, index, warning) {
        fputs("<li>", out);
        html_put(out, json_string_value(warning));
        fputs("</li>\n", out);
    }
    fputs("</ul>\n</section>\n", out);
}

void render_html(FILE *out, const json_t *document)
{
    put_head(out, document);
    put_title(out, document);
    put_cards(out, document);
    put_warnings(out, document);
    html_put_stages(out, document);
    html_put_curve(out, document);
    html_put_series(out, document);
    html_put_cost(out, document);
    html_put_tables(out, document);
    fputs("</main>\n</body>\n</html>\n", out);
}
