/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * said.h - the last message of the library, for tests of what errors say.
 */
#ifndef SAID_H
#define SAID_H

#include "zerocopy.h"

extern char said[1024];

/** From now on messages up to @level are kept in said, the last of them; none yet. */
void said_listen(enum zc_log_level level);

#endif
