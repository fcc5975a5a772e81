/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log - messages to whoever the program says. */
#include "zerocopy.h"

#include <stdarg.h>
#include <stdio.h>

static void to_stderr(enum zc_log_level level, const char *message, void *user)
{
    static const char *const prefix[] = {"error: ", "warning: ", "", "debug: "};

    (void)user;
    fprintf(stderr, "zerocopy: %s%s\n", prefix[level], message);
}

static enum zc_log_level highest = ZC_LOG_WARNING;
static zc_log_handler current = to_stderr;
static void *current_user;

void zc_log_set(enum zc_log_level level, zc_log_handler handler, void *user)
{
    highest = level;
    current = handler ? handler : to_stderr;
    current_user = user;
}

void zc_log(enum zc_log_level level, const char *format, ...)
{
    char message[1024];
    va_list args;

    if (level > highest)
        return;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    current(level, message, current_user);
}

const char *zc_version(void)
{
    return ZC_VERSION;
}
