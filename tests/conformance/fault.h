/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fault.h - the kernel's fault injection: one allocation of memory, or copy from or to the
 * user, that this thread comes to inside the kernel is made to fail.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/** Returns why no faults can be injected here, or NULL once they can. */
const char *fault_prepare(void);

/**
 * Whether from now on only those count that a module called for, by the stack. Returns why that
 * cannot be told here, or NULL.
 */
const char *fault_only_in_modules(bool only);

/** From now on, counts; the @nth is to fail. */
void fault_arm(unsigned nth);

/** Ends that. Returns how many were left until the fault: 0, it was injected. */
unsigned fault_disarm(void);

/** Whether a call may have this result where a fault was injected. */
bool fault_explains(int result);

#endif
