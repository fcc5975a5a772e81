/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * count-allocations.h - counts what a test program allocates. It is linked with --wrap for
 * each of the allocator's functions, which works beside the sanitizers' allocator, too.
 */
#ifndef COUNT_ALLOCATIONS_H
#define COUNT_ALLOCATIONS_H

/** Calls of malloc(), calloc() and realloc() so far. A test may set it. */
extern int allocations;

#endif
