/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zc-probe - which memory do I use on this machine? What is found is one document; what is
 * printed is read from that alone.
 */
#include "probe/costs.h"
#include "probe/demands.h"
#include "probe/options.h"
#include "probe/page.h"
#include "probe/text.h"
#include "probe/ways.h"

#include "tools/program/interrupt.h"
#include "tools/view/render.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE 2
/* Of the time, that much is for cells; the rest for the ways. */
#define CELLS_PER_CENT 75

static int64_t deadline_ns;

static bool is_over(void)
{
    return interrupt_came() || zc_now_ns() >= deadline_ns;
}

static const char *why_over(void)
{
    return interrupt_came() ? "it was interrupted before"
                            : "the time was over before: give more by --seconds";
}

/* One line that is written over on a terminal, and nothing elsewhere. */
static void progress(const char *format, ...)
{
    va_list args;

    if (!getenv("ZC_TTY") && !isatty(STDERR_FILENO))
        return;
    va_start(args, format);
    fputs("\r", stderr);
    vfprintf(stderr, format, args);
    fputs("\033[K", stderr);
    va_end(args);
}

static void end_progress(void)
{
    if (getenv("ZC_TTY") || isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

/* ------------------------------------------------------------ this machine */

static void say_left_out(struct document *document, const struct inventory *inventory)
{
    if (inventory->n_passed_over)
        document_warn(document, "no cameras, so not tried: %s", inventory->passed_over);
}

static void probe(const struct options *options, struct document *document)
{
    static struct inventory inventory;
    struct survey survey = {
        .inventory = &inventory,
        .document = document,
        .asked = options->shape,
        .only_memory = options->explain[0],
        .only_device = options->explain[1],
        .take = options->wanted.take,
        .stop = is_over,
        .why_stop = why_over,
        .progress = progress,
    };
    int64_t began_ns = zc_now_ns();

    cell_listen();
    interrupt_catch();
    inventory_open(&inventory, &options->wanted);
    report_inventory(document, &inventory);
    say_left_out(document, &inventory);
    deadline_ns = began_ns + options->seconds * 1e7 * CELLS_PER_CENT;
    survey_run(&survey);
    deadline_ns = began_ns + options->seconds * 1e9;
    if (!options->explain[0]) {
        ways_try(&survey);
        demands_ask(&survey);
        costs_measure(&survey);
    }
    inventory_close(&inventory);
    end_progress();
    zc_log_set(ZC_LOG_WARNING, NULL, NULL);
    document_set_string(document, "ended", interrupt_came() ? "interrupted" : "complete");
}

/* ------------------------------------------------------------ what is printed */

static int print(const struct options *options, const json_t *document)
{
    if (options->explain[0])
        return text_put_story(stdout, document, options->explain[0], options->explain[1])
                   ? 0
                   : USAGE;
    return render_to(options->json ? render_json : text_put_probe, document, "-") ? USAGE
                                                                                  : 0;
}

static int finish(const struct options *options, const json_t *document)
{
    int code = print(options, document);

    if (options->share && render_to(render_json, document, options->share))
        code = USAGE;
    if (options->html && render_to(page_put, document, options->html))
        code = USAGE;
    if (code || options->explain[0])
        return code;
    return ways_verdict(document);
}

static int replay(const struct options *options)
{
    json_t *document;
    int code;

    if (document_read(&document, options->replay))
        return USAGE;
    if (!json_object_get(document, "probe")) {
        fprintf(
            stderr,
            "zc-probe: %s is no document of zc-probe, but of %s: zc-bench show prints "
            "it\n",
            options->replay, json_string_value(json_object_get(document, "command")));
        code = USAGE;
    } else {
        code = finish(options, document);
    }
    json_decref(document);
    return code;
}

int main(int argc, char **argv)
{
    struct document *document;
    struct options options;
    int code = probe_options_parse(&options, argc, argv);

    if (code >= 0)
        return code;
    if (options.replay)
        return replay(&options);
    /* No arguments: a file that is shared has no paths of its user. */
    if (document_create(&document, "zc-probe", 0, NULL))
        return USAGE;
    probe(&options, document);
    code = document_check(document) ? USAGE : finish(&options, document_json(document));
    document_destroy(document);
    return code;
}
