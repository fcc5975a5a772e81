/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* interrupt - signals that ask a program to end. */
#include "tools/program/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t came;

static void on_signal(int signal)
{
    (void)signal;
    came = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool interrupt_came(void)
{
    return came;
}
