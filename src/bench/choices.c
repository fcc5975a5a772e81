/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* choices - text of the command line, checked before any device is opened. */
#include "bench/choices.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_SIDE 32768
#define DAY_S 86400.0

bool wrong_choice(const char *option, const char *text, const char *instead)
{
    fprintf(stderr, "zc-bench: %s \"%s\": %s\n", option, text, instead);
    return false;
}

bool choices_add(struct choices *choices, const char *option, const char *text)
{
    char *rest = choices->text + choices->used, *item;
    size_t size = strlen(text) + 1;

    if (size > sizeof(choices->text) - choices->used)
        return wrong_choice(option, text, "too long: give fewer");
    memcpy(rest, text, size);
    choices->used += size;
    while ((item = strsep(&rest, ","))) {
        if (!*item)
            return wrong_choice(option, item, "an empty item");
        if (choices->n == MAX_CHOICES)
            return wrong_choice(option, item, "one too many: give fewer");
        choices->item[choices->n++] = item;
    }
    return true;
}

bool parse_bytes(const char *option, const char *text, uint64_t *out)
{
    static const char units[] = "KMGT";
    unsigned shift = 0;
    char *end;

    errno = 0;
    *out = strtoull(text, &end, 10);
    if (!errno && isdigit((unsigned char)*text) && *end) {
        const char *unit = strchr(units, toupper((unsigned char)*end));

        shift = unit ? 10 * (unit - units + 1) : 0;
        end += unit != NULL;
        if (unit && !strcasecmp(end, "iB"))
            end += 2;
    }
    if (errno || !isdigit((unsigned char)*text) || *end || !*out ||
        *out > (uint64_t)INT64_MAX >> shift)
        return wrong_choice(option, text, "give bytes above 0, such as 4096, 4K or 3MiB");
    *out <<= shift;
    return true;
}

bool parse_count(const char *option, const char *text, long least, long most, long *out)
{
    char *end, range[64];

    errno = 0;
    *out = strtol(text, &end, 10);
    if (!errno && isdigit((unsigned char)*text) && !*end && *out >= least && *out <= most)
        return true;
    snprintf(range, sizeof(range), "give a whole number from %ld to %ld", least, most);
    return wrong_choice(option, text, range);
}

bool parse_seconds(const char *option, const char *text, int64_t *out_ns)
{
    char *end;
    double seconds;

    errno = 0;
    seconds = strtod(text, &end);
    if (errno || end == text || *end || !(seconds > 0 && seconds <= DAY_S))
        return wrong_choice(option, text,
                            "give a number of seconds above 0, at most a day");
    *out_ns = seconds * 1e9;
    return true;
}

bool parse_size(const char *option, const char *text, uint32_t *width, uint32_t *height)
{
    char extra;

    if (strspn(text, "0123456789x") == strlen(text) &&
        sscanf(text, "%5ux%5u%c", width, height, &extra) == 2 && *width && *height &&
        *width <= MAX_SIDE && *height <= MAX_SIDE)
        return true;
    return wrong_choice(option, text, "give it as WIDTHxHEIGHT in pixels: 1280x720");
}
