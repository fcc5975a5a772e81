/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* interrupt.h - a program that is interrupted still tells what it knows. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/** From now on the first SIGINT, SIGTERM or SIGHUP is noted; a second ends the program at once. */
void interrupt_catch(void);

/** Whether one came. Threads: any. */
bool interrupt_came(void);

#endif
