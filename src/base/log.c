/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log - messages to whoever the program says. */
#include "base/log.h"
#include "zerocopy.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static void to_stderr(enum zc_log_level level, const char *message, void *user)
{
    static const char *const prefix[] = {"error: ", "warning: ", "", "debug: "};

    (void)user;
    fprintf(stderr, "zerocopy: %s%s\n", prefix[level], message);
}

struct listener {
    enum zc_log_level level;
    zc_log_handler handler; /* NULL: stderr, unless somebody listens */
    void *user;
};

/* Plugins of one process; more have no place there. */
#define LISTENERS 4

static struct listener handler = {.level = ZC_LOG_WARNING};
static struct listener listeners[LISTENERS];
static atomic_int n_listeners;

void zc_log_set(enum zc_log_level level, zc_log_handler to, void *user)
{
    handler = (struct listener){level, to ? to : to_stderr, user};
}

int zc_log_listen(enum zc_log_level level, zc_log_handler to, void *user)
{
    int n = atomic_load(&n_listeners);

    if (n == LISTENERS)
        return -ENOSPC;
    listeners[n] = (struct listener){level, to, user};
    atomic_store(&n_listeners, n + 1);
    return 0;
}

static bool is_heard(enum zc_log_level level, int n)
{
    bool heard = (handler.handler || !n) && level <= handler.level;

    for (int i = 0; i < n; i++)
        heard |= level <= listeners[i].level;
    return heard;
}

/* Of the calling thread: where its first error goes; NULL: none is held. */
static _Thread_local char *held;
static _Thread_local size_t held_size;

void zc_log_hold(char *text, size_t size)
{
    held = text;
    held_size = size;
    if (held)
        held[0] = '\0';
}

void zc_log(enum zc_log_level level, const char *format, ...)
{
    int n = atomic_load(&n_listeners);
    char message[1024];
    va_list args;

    if (!is_heard(level, n))
        return;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (held && level == ZC_LOG_ERROR) {
        if (!held[0])
            snprintf(held, held_size, "%s", message);
        level = ZC_LOG_DEBUG;
    }
    for (int i = 0; i < n; i++)
        if (level <= listeners[i].level)
            listeners[i].handler(level, message, listeners[i].user);
    if (level > handler.level)
        return;
    if (handler.handler)
        handler.handler(level, message, handler.user);
    else if (!n)
        to_stderr(level, message, NULL);
}

const char *zc_version(void)
{
    return ZC_VERSION;
}
