/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel-log.h - what the kernel says while a check runs.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

/** Starts to follow the log at its end. Returns 0, or a negative errno value. */
int kernel_log_open(void);

/**
 * Reads what is new. Returns whether the kernel complained; @line is then the first line
 * of the complaint.
 */
bool kernel_log_complains(char *line, size_t size);

/** The same, and *@said becomes whether one of the lines has @text. */
bool kernel_log_scan(char *line, size_t size, const char *text, bool *said);

#endif
