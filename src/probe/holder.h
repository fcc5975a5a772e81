/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holder.h - who else has a device open. */
#ifndef PROBE_HOLDER_H
#define PROBE_HOLDER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Finds the other processes that have the device node @path open, and writes them to @text as
 * "pipewire (pid 812), cheese (pid 900)"; "" where there is none. Of other users' processes
 * only root learns. Returns whether there is one.
 * Source: proc(5), /proc/PID/fd.
 */
bool holder_find(const char *path, char *text, size_t size);

#endif
