/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * choice.h - what fitted last time, in the user's cache. A hint alone: whoever recalls a choice
 * tries it as any other, and goes on where it does not fit any more.
 */
#ifndef ZC_CHOICE_H
#define ZC_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes of a key and of a value, with their end. */
#define ZC_CHOICE_KEY 512
#define ZC_CHOICE_VALUE 128

/**
 * Gets what was remembered of @key: a line that names all that the choice depends on. false:
 * nothing, or there is no cache. Threads: any.
 */
bool zc_choice_recall(const char *key, char value[ZC_CHOICE_VALUE]);

/**
 * Remembers @value of @key, in place of what was remembered before; NULL forgets it. The file is
 * zerocopy/memory in $XDG_CACHE_HOME, or else in ~/.cache; the oldest entries go when there are
 * many. Where it cannot be written nothing is remembered, and a message of level
 * ZC_LOG_DEBUG says so. Threads: any; of two programs at once one may lose its entry.
 */
void zc_choice_remember(const char *key, const char *value);

#endif
