/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * child.h - the program that is observed: in a process group of its own, ended with all
 * that it started, and reaped.
 */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* and of its group; 0: none */
    int go;    /* what it waits for before it begins */
    int failed;
    bool ended;
    int status; /* as of waitpid(), once it has ended */
};

/**
 * Makes the process, which waits. It has no input, and its output goes to stderr. Dies
 * with us. Returns 0, or a negative errno value, with a message.
 */
int child_prepare(struct child *child, char *const *argv);

/** Lets it begin. Errors, with a message: those of execvp(). */
int child_begin(struct child *child);

/** Whether it has ended; does not wait. */
bool child_has_ended(struct child *child);

/**
 * Ends its group: by SIGINT, after some seconds by SIGTERM, then SIGKILL; and reaps it.
 * Harmless when it has ended, or never was.
 */
void child_end(struct child *child);

/** How it ended, in words: "exit code 1", "signal 11 (Segmentation fault)". */
void child_describe(const struct child *child, char *text, size_t size);

#endif
