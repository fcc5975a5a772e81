/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * machine.h - what is checked once for the machine, before and after all heaps.
 */
#ifndef MACHINE_H
#define MACHINE_H

void machine_begin(void);
void machine_end(void);

#endif
