/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wrap.h - lines of at most 80 columns. */
#ifndef PROBE_WRAP_H
#define PROBE_WRAP_H

#include <stdio.h>

/** Writes @text; @at: columns that are used already; the later lines begin at @hang. */
void wrap_text(FILE *out, const char *text, size_t at, size_t hang);

/** Writes @command as a shell reads it, four columns in. */
void wrap_command(FILE *out, const char *command);

#endif
