/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report-text - what both renderings of a report share: reading keys, filling lines. */
#include "tools/report-private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define TERMINAL_COLUMNS 80

json_t *zc_doc_find(const json_t *run, const char *key)
{
    char part[64];
    size_t length;

    for (;; key += length + 1) {
        length = strcspn(key, ".");
        if (length >= sizeof(part))
            return NULL;
        snprintf(part, sizeof(part), "%.*s", (int)length, key);
        run = json_object_get(run, part);
        if (!key[length])
            return (json_t *)run;
    }
}

const char *zc_doc_string(const json_t *run, const char *key)
{
    return json_string_value(zc_doc_find(run, key));
}

bool zc_doc_int(const json_t *run, const char *key, int64_t *value)
{
    const json_t *found = zc_doc_find(run, key);

    if (json_is_integer(found))
        *value = json_integer_value(found);
    return json_is_integer(found);
}

void zc_line_add(struct zc_line *line, const char *format, ...)
{
    size_t room = sizeof(line->text) - line->used;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(line->text + line->used, room, format, args);
    va_end(args);
    if (length > 0)
        line->used += (size_t)length < room ? (size_t)length : room - 1;
}

void zc_line_add_decimal(struct zc_line *line, int64_t value, int64_t unit, int decimals)
{
    static const int64_t powers[] = {1, 10, 100, 1000};
    int64_t step = unit / powers[decimals], rest = value % step, whole = value / step;

    if (rest >= step - rest)
        whole++;
    else if (-rest >= step + rest)
        whole--;
    zc_line_add(line, "%s%" PRId64, whole < 0 ? "-" : "",
                whole < 0 ? -(whole / powers[decimals]) : whole / powers[decimals]);
    if (decimals)
        zc_line_add(
            line, ".%0*d", decimals,
            (int)(whole < 0 ? -(whole % powers[decimals]) : whole % powers[decimals]));
}

void zc_line_add_host(struct zc_line *line, const json_t *host)
{
    const char *kernel = zc_doc_string(host, "kernel");
    const char *machine = zc_doc_string(host, "machine");

    zc_line_add(line, "Linux %s %s", kernel ? kernel : "?", machine ? machine : "?");
}

void zc_line_add_copy_reason(struct zc_line *line, const json_t *run)
{
    const char *stage = zc_doc_string(run, "copies.stage");
    const char *why = zc_doc_string(run, "copies.why");

    if (stage || why)
        zc_line_add(line, " — %s%s%s", stage ? stage : "", stage && why ? ": " : "",
                    why ? why : "");
}

/* Whether this byte begins a character; the others of UTF-8 only go on with one. */
static bool begins(char byte)
{
    return (byte & 0xc0) != 0x80;
}

static int columns_of(const char *text, size_t bytes)
{
    int columns = 0;

    for (size_t i = 0; i < bytes; i++)
        columns += begins(text[i]);
    return columns;
}

int zc_text_columns(const char *text)
{
    return columns_of(text, strlen(text));
}

/* A device's name may hold anything, and must not steer the terminal. */
static void put_clean(FILE *out, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        fputc((unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i], out);
}

void zc_text_put_cell(FILE *out, const char *text, int columns, bool right)
{
    int wanted = zc_text_columns(text), pad = columns - wanted;
    size_t bytes = strlen(text);

    if (right && pad > 0)
        fprintf(out, "%*s", pad, "");
    if (pad < 0) {
        /* Up to where the character begins that the ellipsis takes the place of. */
        while (wanted >= columns)
            wanted -= begins(text[--bytes]);
        put_clean(out, text, bytes);
        fputs("…", out);
        return;
    }
    put_clean(out, text, bytes);
    if (!right && pad > 0)
        fprintf(out, "%*s", pad, "");
}

void zc_text_put_wrapped(FILE *out, const char *text, int at, int hang)
{
    while (*text) {
        int gap = (int)strspn(text, " ");
        size_t word = strcspn(text + gap, " ");
        int columns = columns_of(text + gap, word);

        if (at + gap + columns > TERMINAL_COLUMNS && at > hang) {
            fprintf(out, "\n%*s", hang, "");
            at = hang;
        } else {
            fprintf(out, "%*s", gap, "");
            at += gap;
        }
        put_clean(out, text + gap, word);
        at += columns;
        text += (size_t)gap + word;
    }
    fputc('\n', out);
}
