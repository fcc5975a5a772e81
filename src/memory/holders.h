/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holders.h - which programs hold buffers of a heap: what a message says where one is short. */
#ifndef ZC_HOLDERS_H
#define ZC_HOLDERS_H

#include <stddef.h>

/** Where the kernel tells of programs, and of all dma-bufs: tests have their own. */
extern const char *zc_proc_folder, *zc_bufinfo_file;

/**
 * Writes who holds buffers that @exporter made, those with the most bytes first, as
 * "; NAME (pid N) holds 12 of its buffers, 48.0 MiB; …", and what no program has open but a
 * device or a mapping keeps. Programs of other users, and the last, are seen by root alone.
 * Nothing where nobody is seen. Slow: it reads the fds of all programs.
 */
void zc_holders_text(const char *exporter, char *text, size_t size);

#endif
