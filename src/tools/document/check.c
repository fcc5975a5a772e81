/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check - whether a document is one. Touches nothing but the JSON; trusts none of it. */
#include "tools/document/check.h"
#include "tools/document/form.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Where the check is, and what was found first. */
struct walk {
    char path[256];
    size_t used;
    char *why;
    size_t size;
    bool failed;
};

static void fail(struct walk *walk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void fail(struct walk *walk, const char *format, ...)
{
    char what[192];
    va_list args;

    if (walk->failed)
        return;
    walk->failed = true;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    snprintf(walk->why, walk->size, "%s: %s", walk->used ? walk->path : "the document",
             what);
}

/* Goes down to a member or element; returns what leave() takes to come back. */
static size_t enter(struct walk *walk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static size_t enter(struct walk *walk, const char *format, ...)
{
    size_t before = walk->used, room = sizeof(walk->path) - before;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(walk->path + before, room, format, args);
    va_end(args);
    walk->used += length > 0 && (size_t)length < room ? (size_t)length : room - 1;
    return before;
}

static void leave(struct walk *walk, size_t before)
{
    walk->used = before;
    walk->path[before] = '\0';
}

static size_t enter_member(struct walk *walk, const char *key)
{
    return enter(walk, "%s%.64s", walk->used ? "." : "", key);
}

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {
        "an object", "a list", "a string", "an integer", "a number with a fraction",
        "true",      "false",  "null"};

    return value ? names[json_typeof(value)] : "missing";
}

static void expect(struct walk *walk, bool is, const char *what, const json_t *value)
{
    if (!is)
        fail(walk, "should be %s, is %s", what, type_name(value));
}

static void check_int(struct walk *walk, const json_t *value, int64_t least)
{
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value))
        expect(walk, false, "an integer", value);
    else if (number > CHECK_LARGEST || number < -CHECK_LARGEST)
        fail(walk, "%" JSON_INTEGER_FORMAT " is beyond 2^53", number);
    else if (number < least)
        fail(walk, "%" JSON_INTEGER_FORMAT " is below %" PRId64, number, least);
}

static void check_string(struct walk *walk, const json_t *value)
{
    expect(walk, json_is_string(value), "a string", value);
}

static void check_natural(struct walk *walk, const json_t *value)
{
    check_int(walk, value, 0);
}

static void check_map(struct walk *walk, const json_t *map,
                      void (*check)(struct walk *walk, const json_t *value))
{
    const char *key;
    json_t *value;

    expect(walk, json_is_object(map), "an object", map);
    json_object_foreach((json_t *)map, key, value) {
        size_t here = enter_member(walk, key);

        check(walk, value);
        leave(walk, here);
    }
}

static void check_list(struct walk *walk, const json_t *list,
                       void (*check)(struct walk *walk, const json_t *value))
{
    size_t index;
    json_t *value;

    expect(walk, json_is_array(list), "a list", list);
    json_array_foreach((json_t *)list, index, value) {
        size_t here = enter(walk, "[%zu]", index);

        check(walk, value);
        leave(walk, here);
        if (walk->failed)
            return;
    }
}

static void check_any_int(struct walk *walk, const json_t *value)
{
    check_int(walk, value, -CHECK_LARGEST);
}

static void check_pair(struct walk *walk, const json_t *pair)
{
    if (json_array_size(pair) == 2)
        check_list(walk, pair, check_any_int);
    else
        fail(walk, "should be a list of two integers, is %s",
             json_is_array(pair) ? "one of another length" : type_name(pair));
}

static void check_scalars(struct walk *walk, const json_t *value)
{
    enum { deepest = 160 }; /* in bytes of the path, which bounds the recursion as well */

    if (walk->used > deepest)
        fail(walk, "lies too deep");
    else if (json_is_object(value))
        check_map(walk, value, check_scalars);
    else if (json_is_integer(value))
        check_any_int(walk, value);
    else
        expect(walk, json_is_string(value) || json_is_boolean(value),
               "a string, an integer or a boolean", value);
}

static void check_choice(struct walk *walk, const json_t *value,
                         const char *const *choices)
{
    const char *text = json_string_value(value);

    if (!text) {
        check_string(walk, value);
        return;
    }
    for (int i = 0; choices[i]; i++)
        if (!strcmp(choices[i], text))
            return;
    fail(walk, "is \"%.40s\", should be \"%s\"%s", text, choices[0],
         choices[1] ? " or another of its values" : "");
}

/* --- what a document consists of --- */

static void check_members(struct walk *walk, const json_t *object,
                          const struct member *members);

static void check_value(struct walk *walk, const json_t *value,
                        const struct member *member)
{
    size_t index;
    json_t *element;

    switch (member->kind) {
    case STRING:
        check_string(walk, value);
        break;
    case INT:
        check_any_int(walk, value);
        break;
    case NATURAL:
    case POSITIVE:
        check_int(walk, value, member->kind == POSITIVE);
        break;
    case MAYBE_INT:
        if (json_is_integer(value))
            check_natural(walk, value);
        else
            expect(walk, json_is_null(value), "an integer or null", value);
        break;
    case OBJECT:
        check_members(walk, value, member->of);
        break;
    case LIST:
        expect(walk, json_is_array(value), "a list", value);
        json_array_foreach((json_t *)value, index, element) {
            size_t here = enter(walk, "[%zu]", index);

            check_members(walk, element, member->of);
            leave(walk, here);
        }
        break;
    case STRINGS:
        check_list(walk, value, check_string);
        break;
    case STRING_MAP:
        check_map(walk, value, check_string);
        break;
    case NATURAL_MAP:
        check_map(walk, value, check_natural);
        break;
    case SCALARS:
        expect(walk, json_is_object(value), "an object", value);
        check_scalars(walk, value);
        break;
    case PAIRS:
        check_list(walk, value, check_pair);
        break;
    case CHOICE:
        check_choice(walk, value, member->choices);
        break;
    }
}

/* Others than the members that are known may be there: a later version may say more. */
static void check_members(struct walk *walk, const json_t *object,
                          const struct member *members)
{
    expect(walk, json_is_object(object), "an object", object);
    for (; members->key && !walk->failed; members++) {
        const json_t *value = json_object_get(object, members->key);
        size_t here = enter_member(walk, members->key);

        if (value || !members->optional)
            check_value(walk, value, members);
        leave(walk, here);
    }
}

/* --- what no schema says --- */

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void check_order(struct walk *walk, const json_t *values)
{
    static const char *const keys[] = {"min", "p50", "p90", "p99", "p999", "max"};
    const char *before = NULL;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (!json_is_integer(json_object_get(values, keys[i])))
            continue;
        if (before && int_of(values, before) > int_of(values, keys[i]))
            fail(walk, "%s is above %s", before, keys[i]);
        before = keys[i];
    }
    if (int_of(values, "mean") < int_of(values, "min") ||
        int_of(values, "mean") > int_of(values, "max"))
        fail(walk, "mean is not between min and max");
    if (int_of(values, "independent") > int_of(values, "n"))
        fail(walk, "independent is above n");
}

static void check_bins(struct walk *walk, const json_t *values)
{
    int64_t n = 0, last = -1;
    size_t index;
    json_t *bin;

    json_array_foreach(json_object_get(values, "bins"), index, bin) {
        int64_t value = json_integer_value(json_array_get(bin, 0));
        int64_t count = json_integer_value(json_array_get(bin, 1));

        if (value <= last)
            fail(walk, "bins[%zu] does not ascend", index);
        if (value < int_of(values, "min") || value > int_of(values, "max"))
            fail(walk, "bins[%zu] is not between min and max", index);
        if (count < 1 || count > CHECK_LARGEST - n) {
            fail(walk, "bins[%zu] counts %" PRId64, index, count);
            return;
        }
        n += count;
        last = value;
    }
    if (n != int_of(values, "n"))
        fail(walk, "bins count %" PRId64 " values, n says %" PRId64, n,
             int_of(values, "n"));
}

static void check_figures(struct walk *walk, const json_t *run, const char *key)
{
    const json_t *list = json_object_get(run, key);
    size_t index, before;
    json_t *values;

    json_array_foreach((json_t *)list, index, values) {
        const char *name = json_string_value(json_object_get(values, "name"));
        size_t here = enter(walk, ".%s[%zu]", key, index);

        check_order(walk, values);
        check_bins(walk, values);
        for (before = 0; before < index; before++)
            if (!strcmp(name, json_string_value(
                                  json_object_get(json_array_get(list, before), "name"))))
                fail(walk, "there is another of the name \"%.40s\"", name);
        leave(walk, here);
    }
}

static bool has_figure(const json_t *run, const char *name)
{
    size_t index;
    json_t *values;

    json_array_foreach(json_object_get(run, "figures"), index, values)
        if (!strcmp(name, json_string_value(json_object_get(values, "name"))))
            return true;
    return false;
}

int check_document(const json_t *document, char *why, size_t size)
{
    struct walk walk = {.why = why, .size = size};
    size_t index;
    json_t *run_object;

    check_members(&walk, document, form_document);
    if (walk.failed)
        return -EINVAL;
    json_array_foreach(json_object_get(document, "runs"), index, run_object) {
        const char *main_figure =
            json_string_value(json_object_get(run_object, "latency_figure"));
        size_t here = enter(&walk, "runs[%zu]", index);

        check_figures(&walk, run_object, "figures");
        check_figures(&walk, run_object, "stages");
        if (main_figure && !has_figure(run_object, main_figure))
            fail(&walk, "latency_figure: there is no figure \"%.40s\"", main_figure);
        leave(&walk, here);
    }
    return walk.failed ? -EINVAL : 0;
}
