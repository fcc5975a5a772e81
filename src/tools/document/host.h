/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.h - what machine a measurement ran on.
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include <jansson.h>

/**
 * The objects host and clocks of a document, as {host: …, clocks: …}. @root: where /proc
 * and /sys are, "" for this machine. What cannot be read is left out. Returns NULL where
 * memory ran out.
 */
json_t *host_describe(const char *root);

/** A string of @text, whose bytes may be no UTF-8; these become '?'. */
json_t *host_text(const char *text);

#endif
