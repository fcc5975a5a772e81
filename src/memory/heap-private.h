/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heap-private.h - heaps for parts of the library that can do without one, and where heaps
 * are looked for.
 */
#ifndef ZC_HEAP_PRIVATE_H
#define ZC_HEAP_PRIVATE_H

#include "zerocopy.h"

/** Where the nodes are, and what the device tree reserves: tests have their own. */
extern const char *zc_heap_folder, *zc_reserved_folder;

/**
 * Opens the best heap of @property, "cached" or "contiguous", as zc_heap_open() does, and
 * says nothing. Returns 0, or a negative errno value.
 */
int zc_heap_find(struct zc_heap **out, const char *property);

#endif
