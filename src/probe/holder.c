/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holder - looks through /proc for who has a device open. */
#include "probe/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the link leads to where devices are. */
static bool is_device(const char *link)
{
    char target[16] = "";

    return readlink(link, target, sizeof(target) - 1) > 0 && !strncmp(target, "/dev/", 5);
}

/* Whether process @pid has the device @node open. */
static bool has_open(const char *pid, dev_t node)
{
    char folder[64], path[400];
    struct dirent *entry;
    struct stat at;
    bool found = false;
    DIR *fds;

    snprintf(folder, sizeof(folder), "/proc/%.20s/fd", pid);
    fds = opendir(folder);
    while (fds && !found && (entry = readdir(fds))) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        /* Nothing else is asked for: a file of a server that is away would hang. */
        found = is_device(path) && !stat(path, &at) && S_ISCHR(at.st_mode) &&
                at.st_rdev == node;
    }
    if (fds)
        closedir(fds);
    return found;
}

static void add_name(const char *pid, char *text, size_t size)
{
    char path[64], name[64] = "?";
    size_t used = strlen(text);
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
    file = fopen(path, "re");
    if (file && fgets(name, sizeof(name), file))
        name[strcspn(name, "\n")] = '\0';
    if (file)
        fclose(file);
    snprintf(text + used, size - used, "%s%s (pid %.20s)", used ? ", " : "", name, pid);
}

bool holder_find(const char *path, char *text, size_t size)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    struct stat node;

    text[0] = '\0';
    if (!processes || stat(path, &node) || !S_ISCHR(node.st_mode))
        goto end;
    while ((entry = readdir(processes)))
        if (isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) != getpid() &&
            has_open(entry->d_name, node.st_rdev))
            add_name(entry->d_name, text, size);
end:
    if (processes)
        closedir(processes);
    return text[0];
}
