/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* said - a log handler that keeps the last message. */
#include "said.h"

#include <stdio.h>

char said[1024];

static void keep(enum zc_log_level level, const char *message, void *user)
{
    (void)level;
    (void)user;
    snprintf(said, sizeof(said), "%s", message);
}

void said_listen(enum zc_log_level level)
{
    said[0] = '\0';
    zc_log_set(level, keep, NULL);
}
