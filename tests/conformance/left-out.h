/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * left-out.h - the checks of a heap that have no line of their own, by the reason.
 */
#ifndef LEFT_OUT_H
#define LEFT_OUT_H

#include <stdbool.h>

/** Keeps a check with its reason, until left_out_tell(). */
void left_out_add(const char *name, const char *reason);

/**
 * The same, if the reason was the one of a skip of this program before: true. Else only
 * remembers the reason: false, and the skip is to be told in its own line.
 */
bool left_out_again(const char *name, const char *reason);

/** Tells what was kept in one line, "# not asked of HEAP: CHECK, CHECK (why); …". */
void left_out_tell(const char *heap);

#endif
