/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - errors of what is only tried. */
#ifndef ZC_LOG_H
#define ZC_LOG_H

#include <stddef.h>

/**
 * From here on the first error that this thread logs is written to @text, of @size bytes and
 * emptied now; this and all others are logged as ZC_LOG_DEBUG. NULL: they are errors again.
 */
void zc_log_hold(char *text, size_t size);

#endif
