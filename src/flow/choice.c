/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* choice - a file of lines, each a key, a tabulator and a value; the newest is the last. */
#include "flow/choice.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE (ZC_CHOICE_KEY + ZC_CHOICE_VALUE)
#define MOST_ENTRIES 64
#define PATH 400

/* The folder's parent, the folder and the file; false: the user has no such place. */
static bool find_file(char parent[PATH], char folder[PATH], char file[PATH])
{
    const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
    int length;

    if (cache && *cache == '/')
        length = snprintf(parent, PATH, "%s", cache);
    else if (home && *home == '/')
        length = snprintf(parent, PATH, "%s/.cache", home);
    else
        return false;
    if (length >= PATH - 32)
        return false;
    snprintf(folder, PATH, "%.*s/zerocopy", PATH - 16, parent);
    snprintf(file, PATH, "%.*s/memory", PATH - 8, folder);
    return true;
}

/* The value of a line of that key, without the line's end; NULL: another line. */
static char *value_of(char *line, const char *key)
{
    size_t length = strlen(key);

    line[strcspn(line, "\n")] = '\0';
    return !strncmp(line, key, length) && line[length] == '\t' ? line + length + 1 : NULL;
}

bool zc_choice_recall(const char *key, char value[ZC_CHOICE_VALUE])
{
    char parent[PATH], folder[PATH], file[PATH], line[LINE], *found;
    bool any = false;
    FILE *in;

    if (!find_file(parent, folder, file))
        return false;
    in = fopen(file, "re");
    while (in && fgets(line, sizeof(line), in)) {
        found = value_of(line, key);
        if (!found || strlen(found) >= ZC_CHOICE_VALUE)
            continue;
        strcpy(value, found);
        any = true;
    }
    if (in)
        fclose(in);
    return any;
}

/* How many of the file's entries must go, for one more to come. */
static int count_surplus(FILE *in)
{
    char line[LINE];
    int n = 1 - MOST_ENTRIES;

    while (fgets(line, sizeof(line), in))
        n++;
    rewind(in);
    return n;
}

/* All other entries, but the oldest where there are many. Lines that are no entry go. */
static void copy_others(FILE *in, FILE *out, const char *key)
{
    int surplus = count_surplus(in);
    char line[LINE];

    while (fgets(line, sizeof(line), in))
        if (surplus-- <= 0 && !value_of(line, key) && strchr(line, '\t'))
            fprintf(out, "%s\n", line);
}

static int write_file(const char *file, const char *temporary, int fd, const char *key,
                      const char *value)
{
    FILE *in = fopen(file, "re"), *out = fdopen(fd, "w");
    int error;

    if (!out) {
        close(fd);
        error = -errno;
    } else {
        if (in)
            copy_others(in, out, key);
        if (value)
            fprintf(out, "%s\t%s\n", key, value);
        error = ferror(out) ? -EIO : 0;
        if (fclose(out) && !error)
            error = -errno;
    }
    if (in)
        fclose(in);
    if (!error && rename(temporary, file))
        error = -errno;
    return error;
}

void zc_choice_remember(const char *key, const char *value)
{
    char parent[PATH], folder[PATH], file[PATH], temporary[PATH + 8];
    int fd, error;

    if (!find_file(parent, folder, file))
        return;
    mkdir(parent, 0700);
    mkdir(folder, 0700);
    snprintf(temporary, sizeof(temporary), "%s.XXXXXX", file);
    fd = mkostemp(temporary, O_CLOEXEC);
    error = fd < 0 ? -errno : write_file(file, temporary, fd, key, value);
    if (!error)
        return;
    if (fd >= 0)
        unlink(temporary);
    zc_log(ZC_LOG_DEBUG, "what memory fits is not remembered: cannot write %s: %s", file,
           strerror(-error));
}
