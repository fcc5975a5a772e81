/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* view - what the views of a document share. Knows the JSON only. */
#include "tools/view/view.h"

#include <math.h>
#include <string.h>

#define LINE_COLUMNS 100

const json_t *view_find(const json_t *object, const char *path)
{
    char part[64];
    size_t length;

    for (;; path += length + 1) {
        length = strcspn(path, ".");
        if (length >= sizeof(part))
            return NULL;
        snprintf(part, sizeof(part), "%.*s", (int)length, path);
        object = json_object_get(object, part);
        if (!path[length])
            return object;
    }
}

const char *view_string(const json_t *object, const char *path)
{
    const char *text = json_string_value(view_find(object, path));

    return text ? text : "";
}

bool view_int(const json_t *object, const char *path, int64_t *value)
{
    const json_t *found = view_find(object, path);

    if (json_is_integer(found))
        *value = json_integer_value(found);
    return json_is_integer(found);
}

size_t view_runs(const json_t *document)
{
    return json_array_size(json_object_get(document, "runs"));
}

const json_t *view_run(const json_t *document, size_t index)
{
    return json_array_get(json_object_get(document, "runs"), index);
}

const json_t *view_figure(const json_t *run, const char *key, const char *name)
{
    size_t index;
    json_t *figure;

    json_array_foreach(json_object_get(run, key), index, figure)
        if (!strcmp(view_string(figure, "name"), name))
            return figure;
    return NULL;
}

const json_t *view_main(const json_t *run)
{
    const char *name = view_string(run, "latency_figure");
    const json_t *figure = view_figure(run, "figures", *name ? name : "latency");

    return figure ? figure : json_array_get(json_object_get(run, "figures"), 0);
}

/* --- what there is in several runs --- */

/* Puts @name in the list unless it is there, after the one that it comes after in its own
 * list; *at is where that stands, and then where @name does. */
static void add_once(json_t *names, const char *name, size_t *at)
{
    size_t index;
    json_t *other;

    json_array_foreach(names, index, other) {
        if (!strcmp(json_string_value(other), name)) {
            *at = index + 1;
            return;
        }
    }
    json_array_insert_new(names, (*at)++, json_string(name));
}

json_t *view_names(const json_t *document, const char *key, const char *member)
{
    json_t *names = json_array(), *run, *element;
    size_t i, j;

    json_array_foreach(json_object_get(document, "runs"), i, run) {
        size_t at = 0;

        json_array_foreach(json_object_get(run, key), j, element)
            add_once(names, view_string(element, member), &at);
    }
    return names;
}

json_t *view_keys(const json_t *document, const char *key)
{
    json_t *names = json_array(), *run, *value;
    const char *name;
    size_t i;

    json_array_foreach(json_object_get(document, "runs"), i, run) {
        size_t at = 0;

        json_object_foreach(json_object_get(run, key), name, value)
            add_once(names, name, &at);
    }
    return names;
}

bool view_same(const json_t *document, const char *member, const char *key)
{
    const json_t *runs = json_object_get(document, "runs");
    const json_t *first =
        json_object_get(json_object_get(json_array_get(runs, 0), member), key);

    for (size_t i = 1; i < json_array_size(runs); i++) {
        const json_t *of_run = json_object_get(json_array_get(runs, i), member);
        const json_t *value = json_object_get(of_run, key);

        if (first != value && !json_equal(first, value))
            return false;
    }
    return true;
}

/* --- numbers --- */

struct step {
    const char *unit; /* of the document */
    double per;
    const char *shown;
};

/* In ascending order within each unit. */
static const struct step steps[] = {
    {"ns", 1, "ns"},
    {"ns", 1e3, "µs"},
    {"ns", 1e6, "ms"},
    {"ns", 1e9, "s"},
    {"bytes", 1, "B"},
    {"bytes", 1024, "KiB"},
    {"bytes", 1048576, "MiB"},
    {"bytes", 1073741824, "GiB"},
    {"bytes/s", 1e3, "kB/s"},
    {"bytes/s", 1e6, "MB/s"},
    {"bytes/s", 1e9, "GB/s"},
    {"pixels/s", 1e3, "kpixel/s"},
    {"pixels/s", 1e6, "Mpixel/s"},
    {"pixels/s", 1e9, "Gpixel/s"},
    {"pixels", 1, "pixels"},
    {"pixels", 1e6, "Mpixel"},
    {"millihertz", 1e3, "Hz"},
    {"ppm", 1e4, "%"},
    {"permille", 10, "%"},
    {"count", 1, ""},
};

struct view_scale view_scale_for(const char *unit, double low, double high)
{
    struct view_scale scale = {1, unit, 0};
    bool known = false;
    double shown;

    if (!(fabs(low) > 0))
        low = high; /* zero is legible on any scale */
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (strcmp(steps[i].unit, unit))
            continue;
        if (!known || fabs(low) >= steps[i].per || fabs(high) >= 1e5 * scale.per)
            scale = (struct view_scale){steps[i].per, steps[i].shown, 0};
        known = true;
    }
    shown = fabs(low) / scale.per;
    if (!(shown > 0))
        return scale;
    if (scale.per > 1 || shown < 1 || (shown < 100 && shown != floor(shown)))
        scale.decimals = shown < 10 ? 2 : shown < 100 ? 1 : 0;
    return scale;
}

void view_number(view_text out, const struct view_scale *scale, double value)
{
    snprintf(out, sizeof(view_text), "%.*f", scale->decimals, value / scale->per);
}

void view_quantity(view_text out, const char *unit, double value)
{
    struct view_scale scale = view_scale_for(unit, value, value);

    snprintf(out, sizeof(view_text), "%.*f%s%.40s", scale.decimals, value / scale.per,
             *scale.unit ? " " : "", scale.unit);
}

void view_quantity_at(view_text out, const char *unit, const json_t *object,
                      const char *path)
{
    int64_t value;

    if (view_int(object, path, &value))
        view_quantity(out, unit, (double)value);
    else
        snprintf(out, sizeof(view_text), "-");
}

/* --- words --- */

void view_words(view_text out, const char *key)
{
    memmove(out, key, strnlen(key, sizeof(view_text) - 1) + 1);
    out[sizeof(view_text) - 1] = '\0';
    for (char *c = out; *c; c++)
        if (*c == '_')
            *c = ' ';
}

const char *view_scalar(view_text fallback, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        snprintf(fallback, sizeof(view_text), "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
    else
        snprintf(fallback, sizeof(view_text), "%s", json_is_true(value) ? "yes" : "no");
    return fallback;
}

/* --- counts --- */

static const struct view_count counts[] = {
    {"captured", "captured", "count", false, NULL},
    {"shown", "shown", "count", false, NULL},
    {"superseded", "superseded", "count", false, NULL},
    {"lost", "lost", "count", false, NULL},
    {"missed_vblanks", "missed vblanks", "count", false, NULL},
    {"waited_a_refresh", "waited a refresh more", "count", false, NULL},
    {"stalled", "stalled", "count", false, NULL},
    {"cpu_ns", "CPU", "ns", true, NULL},
    {"cpu_user_ns", "CPU, user", "ns", true, NULL},
    {"cpu_system_ns", "CPU, system", "ns", true, NULL},
    {"context_switches", "context switches", "count", true, NULL},
    {"syscalls", "system calls", "count", true, "syscall_frames"},
    {"bytes_copied", "copied", "bytes", true, NULL},
    {"allocations", "allocations once running", "count", false, NULL},
    {"imports", "imports once running", "count", false, NULL},
    {"cpu_maps", "CPU maps", "count", false, NULL},
    {"cpu_syncs", "cache syncs", "count", false, NULL},
};

const struct view_count *view_count_for(const char *key, struct view_count *fallback,
                                        view_text name)
{
    size_t length;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        if (!strcmp(counts[i].key, key))
            return &counts[i];
    *fallback = (struct view_count){key, name, "count", false, NULL};
    snprintf(name, sizeof(view_text), "%.40s", key);
    length = strlen(name);
    if (length > 3 && !strcmp(name + length - 3, "_ns")) {
        fallback->unit = "ns";
        name[length - 3] = '\0';
    } else if (!strncmp(name, "bytes_", 6)) {
        fallback->unit = "bytes";
    }
    view_words(name, name);
    return fallback;
}

bool view_rate(const json_t *run, double *millihertz)
{
    int64_t shown, elapsed;

    if (!view_int(run, "counts.shown", &shown) ||
        !view_int(run, "elapsed_ns", &elapsed) || !elapsed)
        return false;
    *millihertz = (double)shown * 1e12 / (double)elapsed;
    return true;
}

int64_t view_count_frames(const json_t *run, const struct view_count *count)
{
    int64_t frames;

    if (!count->a_frame)
        return 0;
    if (count->frames && view_int(run, count->frames, &frames) && frames > 0)
        return frames;
    return view_int(run, "counts.shown", &frames) && frames > 0 ? frames : 0;
}

bool view_count_value(const json_t *run, const struct view_count *count, double *value)
{
    const json_t *found = json_object_get(json_object_get(run, "counts"), count->key);
    int64_t frames;

    if (!json_is_integer(found))
        return false;
    *value = (double)json_integer_value(found);
    frames = view_count_frames(run, count);
    if (frames)
        *value /= (double)frames;
    return true;
}

/* --- text --- */

/* Whether this byte begins a character; the others of UTF-8 only go on with one. */
static bool begins(char byte)
{
    return (byte & 0xc0) != 0x80;
}

size_t view_columns(const char *text)
{
    size_t columns = 0;

    for (; *text; text++)
        columns += begins(*text);
    return columns;
}

/* A device's name may hold anything, and must not steer the terminal: neither by the
 * control characters of ASCII nor by those that UTF-8 writes as C2 80 to C2 9F. */
void view_put_clean(FILE *out, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == 0xc2 && i + 1 < bytes && (unsigned char)text[i + 1] < 0xa0) {
            fputc('?', out);
            i++;
        } else {
            fputc(c < ' ' || c == 0x7f ? '?' : c, out);
        }
    }
}

void view_put_cell(FILE *out, const char *text, size_t width, bool right)
{
    size_t wanted = view_columns(text), bytes = strlen(text);

    if (right && wanted < width)
        fprintf(out, "%*s", (int)(width - wanted), "");
    if (wanted > width) {
        /* Up to where the character begins that the ellipsis takes the place of. */
        while (bytes && wanted >= width)
            wanted -= begins(text[--bytes]);
        view_put_clean(out, text, bytes);
        fputs("…", out);
        return;
    }
    view_put_clean(out, text, bytes);
    if (!right && wanted < width)
        fprintf(out, "%*s", (int)(width - wanted), "");
}

/* How many bytes the first @columns characters of @text take. */
static size_t bytes_of(const char *text, size_t bytes, size_t columns)
{
    size_t i = 0;

    while (i < bytes && (columns || !begins(text[i])))
        columns -= begins(text[i++]);
    return i;
}

void view_put_wrapped(FILE *out, const char *text, size_t at, size_t hang)
{
    while (*text) {
        size_t gap = strspn(text, " "), word = strcspn(text + gap, " "), columns = 0;
        size_t fits = bytes_of(text + gap, word, LINE_COLUMNS - hang);

        word = fits < word ? fits : word; /* one longer than a line is cut into lines */
        for (size_t i = 0; i < word; i++)
            columns += begins(text[gap + i]);
        if (at + gap + columns > LINE_COLUMNS && at > hang) {
            fprintf(out, "\n%*s", (int)hang, "");
            at = hang;
        } else if (at + gap + columns <= LINE_COLUMNS) {
            fprintf(out, "%*s", (int)gap, "");
            at += gap;
        }
        view_put_clean(out, text + gap, word);
        at += columns;
        text += gap + word;
    }
    fputc('\n', out);
}
