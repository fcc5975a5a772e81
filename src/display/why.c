/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* why - a reason, written down for later. */
#include "display/why.h"

#include <stdarg.h>
#include <stdio.h>

int refuse(struct why *why, int error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why->text, sizeof(why->text), format, args);
    va_end(args);
    return error;
}
