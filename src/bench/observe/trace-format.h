/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace-format.h - where the fields of a kernel's trace event lie, by the event's "format"
 * file. What is read of records is checked against their size.
 */
#ifndef BENCH_TRACE_FORMAT_H
#define BENCH_TRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_field {
    uint16_t offset;
    uint8_t size; /* 1, 2, 4 or 8 bytes */
    bool is_signed;
};

/** The event's number. Returns 0, or -EBADMSG where @text has none. */
int trace_format_id(const char *text, uint16_t *id);

/**
 * Finds a field by its name in the text of a format file. Returns 0, or a negative errno
 * value: -ENOENT there is none, -EBADMSG its line makes no sense, -ENOTSUP it is an array
 * or of an odd size.
 */
int trace_format_find(const char *text, const char *name, struct trace_field *out);

/** The field's value in a record, signs extended. Returns false where it lies outside. */
bool trace_field_get(const struct trace_field *field, const void *record, size_t bytes,
                     int64_t *value);

#endif
