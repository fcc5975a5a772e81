/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holder - looks through /proc for who has a device open. */
#include "probe/holder.h"

#include "base/process.h"

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

struct search {
    dev_t node;
    char *text;
    size_t size;
};

static bool is_open_at(const char *path, void *user)
{
    const struct search *search = user;
    struct stat at;

    /* Nothing else is asked for: a file of a server that is away would hang. */
    return is_device(path) && !stat(path, &at) && S_ISCHR(at.st_mode) &&
           at.st_rdev == search->node;
}

static void look_at(const char *pid, void *user)
{
    struct search *search = user;
    size_t used = strlen(search->text);
    char name[64];

    if (atoi(pid) == getpid() || !zc_process_find(ZC_PROC, pid, "fd", is_open_at, search))
        return;
    zc_process_name(ZC_PROC, pid, name, sizeof(name));
    snprintf(search->text + used, search->size - used, "%s%s (pid %s)", used ? ", " : "",
             name, pid);
}

bool holder_find(const char *path, char *text, size_t size)
{
    struct search search = {.text = text, .size = size};
    struct stat node;

    text[0] = '\0';
    if (!stat(path, &node) && S_ISCHR(node.st_mode)) {
        search.node = node.st_rdev;
        zc_process_each(ZC_PROC, look_at, &search);
    }
    return text[0];
}
