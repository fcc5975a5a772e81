/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fault - by fail-nth of /proc, with the kinds of faults that the kernel was built with. */
#include "fault.h"
#include "system.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FAULTS "/sys/kernel/debug/"
#define NTH "/proc/thread-self/fail-nth"

const char *fault_prepare(void)
{
    static const char *const settings[][2] = {
        {FAULTS "failslab/ignore-gfp-wait", "N"},
        {FAULTS "failslab/verbose", "0"},
        {FAULTS "fail_page_alloc/ignore-gfp-wait", "N"},
        {FAULTS "fail_page_alloc/ignore-gfp-highmem", "N"},
        {FAULTS "fail_page_alloc/min-order", "0"},
        {FAULTS "fail_page_alloc/verbose", "0"},
        {FAULTS "fail_usercopy/verbose", "0"},
    };

    if (!exists(NTH))
        return "the kernel has no fault injection";
    if (!exists(FAULTS "failslab") && !exists(FAULTS "fail_page_alloc"))
        return "the kernel injects no faults into allocations";
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        write_text(settings[i][0], settings[i][1]);
    return NULL;
}

/* Of the kernel's own code, in /proc/kallsyms. */
static const char *text_end(void)
{
    FILE *symbols = fopen("/proc/kallsyms", "re");
    static char line[512];
    bool found = false;

    while (symbols && !found && fgets(line, sizeof(line), symbols))
        found = strstr(line, " _etext\n");
    if (symbols)
        fclose(symbols);
    line[found ? strcspn(line, " ") : 0] = '\0';
    return found ? line : NULL;
}

const char *fault_only_in_modules(bool only)
{
    static const char *const kinds[] = {"failslab", "fail_page_alloc", "fail_usercopy"};
    const char *end = only ? text_end() : "0";
    char path[96], start[32];

    if (!end)
        return "/proc/kallsyms does not tell where the kernel's own code ends";
    snprintf(start, sizeof(start), "0x%s", end);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        snprintf(path, sizeof(path), FAULTS "%s", kinds[i]);
        if (!exists(path))
            continue;
        snprintf(path, sizeof(path), FAULTS "%s/require-start", kinds[i]);
        if (write_text(path, start))
            return "faults cannot be told by who calls "
                   "(FAULT_INJECTION_STACKTRACE_FILTER)";
    }
    return NULL;
}

void fault_arm(unsigned nth)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", nth);
    write_text(NTH, text);
}

unsigned fault_disarm(void)
{
    uint64_t left = 0;

    read_number(NTH, NULL, &left);
    write_text(NTH, "0");
    return left;
}

/* EFAULT is the answer to a fault that was injected into copying from or to the user. */
bool fault_explains(int result)
{
    return result >= 0 || result == -ENOMEM ||
           (result == -EFAULT && exists(FAULTS "fail_usercopy"));
}
