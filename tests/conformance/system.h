/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * system.h - what checks ask of the operating system beside heaps: files of /sys, time,
 * child processes, random numbers.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

bool exists(const char *path);

/** Writes a string to a file. Returns 0, or a negative errno value. */
int write_text(const char *path, const char *text);
/** Reads the beginning of a file as a string. Returns 0, or a negative errno value. */
int read_text(const char *path, char *text, size_t size);
/** Reads the number that follows @key in a file of such lines; no key: the first. */
int read_number(const char *path, const char *key, uint64_t *value);

void sleep_ms(unsigned ms);
/** CLOCK_MONOTONIC. */
int64_t now_ns(void);

/** How many file descriptors this process has open. */
int count_fds(void);

/** fork() with a child that ends when its parent does. */
pid_t fork_child(void);
/** Waits for a child. Returns its exit code, or 128 and its signal. */
int wait_child(pid_t child);

/** The next random number of a sequence; @state must not begin as 0. */
uint64_t next_random(uint64_t *state);

#endif
