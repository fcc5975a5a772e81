/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kernel-log - /dev/kmsg, a record a read. */
#include "kernel-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const complaints[] = {
    "BUG:",
    "WARNING:",
    "KASAN:",
    "KCSAN:",
    "UBSAN:",
    "Oops",
    "general protection fault",
    "Bad page",
    "DMA-API:",
    "unreferenced object",
    "new suspected memory leaks",
    "possible circular locking",
    "possible recursive locking",
    "inconsistent lock state",
    "suspicious RCU usage",
    "sleeping function called",
    "scheduling while atomic",
    "blocked for more than",
    "soft lockup",
    "stall",
    "refcount_t:",
    "list_add corruption",
    "list_del corruption",
    "page allocation failure",
    "invoked oom-killer",
    "Call Trace",
};

static int log_fd = -1;

int kernel_log_open(void)
{
    log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (log_fd < 0)
        return -errno;
    lseek(log_fd, 0, SEEK_END);
    return 0;
}

/* Reads one record's text into @line. A record that was overwritten is passed over. */
static bool next_line(char *line, size_t size)
{
    char record[8192];
    const char *text;
    ssize_t n;

    do
        n = read(log_fd, record, sizeof(record) - 1);
    while (n < 0 && (errno == EPIPE || errno == EINTR));
    if (n <= 0)
        return false;
    record[n] = '\0';
    text = strchr(record, ';');
    text = text ? text + 1 : record;
    snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
    return true;
}

bool kernel_log_scan(char *line, size_t size, const char *text, bool *said)
{
    bool found = false;
    char next[512];

    *said = false;
    while (log_fd >= 0 && next_line(next, sizeof(next))) {
        bool complaint = false;

        *said |= strstr(next, text) != NULL;
        for (size_t i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++)
            complaint |= strstr(next, complaints[i]) != NULL;
        if (complaint && !found) {
            found = true;
            snprintf(line, size, "%s", next);
        }
    }
    return found;
}

bool kernel_log_complains(char *line, size_t size)
{
    bool said;

    return kernel_log_scan(line, size, "", &said);
}
