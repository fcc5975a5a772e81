/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * choices.h - options that may be given several times, or as a list with commas; and the
 * numbers in them. What is malformed is said on stderr with what would be right.
 */
#ifndef BENCH_CHOICES_H
#define BENCH_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_CHOICES 16

/* Not to be copied: the items lie in it. */
struct choices {
    const char *item[MAX_CHOICES];
    size_t n;
    char text[1024];
    size_t used;
};

/** Adds the items of @text. Returns whether it could. */
bool choices_add(struct choices *choices, const char *option, const char *text);

/** "4096", "4K", "3M", "1G", with or without "iB": above 0. */
bool parse_bytes(const char *option, const char *text, uint64_t *out);

/** A whole number from @least to @most. */
bool parse_count(const char *option, const char *text, long least, long most, long *out);

/** A number of seconds above 0, at most a day; in ns. */
bool parse_seconds(const char *option, const char *text, int64_t *out_ns);

/** "1280x720". */
bool parse_size(const char *option, const char *text, uint32_t *width, uint32_t *height);

/** Says that @text makes no sense for @option, and what would; returns false. */
bool wrong_choice(const char *option, const char *text, const char *instead);

#endif
