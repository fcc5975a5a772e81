/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* program.h - the program that is audited, from its start to its end */
#ifndef AUDIT_PROGRAM_H
#define AUDIT_PROGRAM_H

#include "audit/verdict.h"

/**
 * Runs a program with GST_TRACERS set as @tracers says, besides what is there, and waits for
 * its end. Its output goes to stderr. SIGTERM and SIGHUP are handed on to it; an interrupt
 * from the terminal it gets itself. It dies with us. Returns its status as waitpid() gives
 * it, or a negative errno value, with a message.
 */
int program_run(char *const *argv, const char *tracers, struct audit_seen *seen);

#endif
