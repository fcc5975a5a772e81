/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mallocs.h - counts what a program allocates, in whatever library. */
#ifndef MALLOCS_H
#define MALLOCS_H

/** Calls of malloc(), calloc() and realloc() in this process so far, by all threads. */
unsigned long mallocs_so_far(void);

#endif
