/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace-format - the text of format files, and values by it. Touches no file. Two numbers of
 * three events are read: libtraceevent would be a library to install for these lines.
 */
#include "bench/observe/trace-format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Records are written in one page of the ring. */
#define RECORD_MAX 4096

int trace_format_id(const char *text, uint16_t *id)
{
    const char *at = strncmp(text, "ID:", 3) ? strstr(text, "\nID:") : text;
    unsigned value;

    if (!at || sscanf(at + strcspn(at, ":"), ": %5u", &value) != 1 || !value ||
        value > UINT16_MAX)
        return -EBADMSG;
    *id = (uint16_t)value;
    return 0;
}

/* Whether a declaration ("unsigned int seq") is of @name, and no array. */
static int is_named(const char *declaration, size_t length, const char *name)
{
    size_t n = strlen(name);
    const char *end = declaration + length, *bracket = memchr(declaration, '[', length);

    if (bracket)
        end = bracket;
    if ((size_t)(end - declaration) <= n || memcmp(end - n, name, n))
        return 0;
    if (end[-n - 1] != ' ' && end[-n - 1] != '*')
        return 0;
    return bracket ? -ENOTSUP : 1;
}

static int parse_place(const char *line, struct trace_field *out)
{
    unsigned offset, size, is_signed;

    if (sscanf(line, ";%*[ \t]offset:%6u;%*[ \t]size:%6u;%*[ \t]signed:%1u;", &offset,
               &size, &is_signed) != 3)
        return -EBADMSG;
    if (size != 1 && size != 2 && size != 4 && size != 8)
        return -ENOTSUP;
    if (offset > RECORD_MAX - size)
        return -EBADMSG;
    *out = (struct trace_field){(uint16_t)offset, (uint8_t)size, is_signed};
    return 0;
}

int trace_format_find(const char *text, const char *name, struct trace_field *out)
{
    static const char field[] = "field:";
    const char *line = text;

    while (line) {
        const char *at = line + strspn(line, " \t");
        int named;

        if (!strncmp(at, field, sizeof(field) - 1)) {
            at += sizeof(field) - 1;
            named = is_named(at, strcspn(at, ";\n"), name);
            if (named)
                return named < 0 ? named : parse_place(at + strcspn(at, ";\n"), out);
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return -ENOENT;
}

bool trace_field_get(const struct trace_field *field, const void *record, size_t bytes,
                     int64_t *value)
{
    const uint8_t *at = (const uint8_t *)record + field->offset;
    uint64_t raw = 0;
    int spare = 64 - 8 * field->size;

    if (field->size == 0 || field->size > 8 || bytes < field->size ||
        field->offset > bytes - field->size)
        return false;
    switch (field->size) {
    case 1:
        raw = *at;
        break;
    case 2: {
        uint16_t part;

        memcpy(&part, at, sizeof(part));
        raw = part;
        break;
    }
    case 4: {
        uint32_t part;

        memcpy(&part, at, sizeof(part));
        raw = part;
        break;
    }
    default:
        memcpy(&raw, at, sizeof(raw));
    }
    *value = field->is_signed ? (int64_t)(raw << spare) >> spare : (int64_t)raw;
    return true;
}
