/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process.h - the programs that run, by /proc: what each has open, and its name. All of it is
 * inline, so that the tools, which the library exports no such thing to, have the same.
 */
#ifndef ZC_PROCESS_H
#define ZC_PROCESS_H

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ZC_PROC "/proc"
/** The most digits of a process's number, and a zero. */
#define ZC_PID_SIZE 12

/** Calls @each with the number of each process that there is. @proc: ZC_PROC, or another folder. */
static inline void zc_process_each(const char *proc,
                                   void (*each)(const char *pid, void *user), void *user)
{
    DIR *folder = opendir(proc);
    struct dirent *entry;

    while (folder && (entry = readdir(folder)))
        if (isdigit((unsigned char)entry->d_name[0]) &&
            strlen(entry->d_name) < ZC_PID_SIZE)
            each(entry->d_name, user);
    if (folder)
        closedir(folder);
}

/**
 * Calls @is_it with the path of each file in a folder of a process's ("fd", "fdinfo"), until
 * it returns true. Returns whether it did. Those of others' processes take root.
 */
static inline bool zc_process_find(const char *proc, const char *pid, const char *name,
                                   bool (*is_it)(const char *path, void *user),
                                   void *user)
{
    char path[PATH_MAX + NAME_MAX];
    struct dirent *entry;
    bool found = false;
    DIR *folder;

    snprintf(path, sizeof(path), "%s/%s/%s", proc, pid, name);
    folder = opendir(path);
    while (folder && !found && (entry = readdir(folder))) {
        snprintf(path, sizeof(path), "%s/%s/%s/%s", proc, pid, name, entry->d_name);
        found = entry->d_name[0] != '.' && is_it(path, user);
    }
    if (folder)
        closedir(folder);
    return found;
}

/** A process's name, printable, whatever it calls itself; "a program" where it is gone. */
static inline void zc_process_name(const char *proc, const char *pid, char *name,
                                   size_t size)
{
    char path[PATH_MAX];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s/comm", proc, pid);
    file = fopen(path, "re");
    if (!file || !fgets(name, size, file))
        snprintf(name, size, "a program");
    if (file)
        fclose(file);
    name[strcspn(name, "\n")] = '\0';
    for (char *c = name; *c; c++)
        if (!isprint((unsigned char)*c))
            *c = '?';
}

#endif
