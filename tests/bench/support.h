/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * support.h - what these tests share: golden files, views as text.
 */
#ifndef BENCH_SUPPORT_H
#define BENCH_SUPPORT_H

#include "test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The file's text, or NULL; the caller frees it. */
char *read_whole(const char *path);

/**
 * Compares @got with the golden file @name. With ZC_GOLDEN_UPDATE=1 in the environment the
 * file is written first:
 *
 *   ZC_GOLDEN_UPDATE=1 meson test -C build/native --suite unit bench-views bench-document
 */
void assert_golden(const char *name, const char *got);

/** What @render writes; the caller frees it. */
char *rendered(void (*render)(FILE *out, const json_t *document), const json_t *document);

#endif
