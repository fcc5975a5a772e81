/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window-stand.h - a compositor of ours for dmaheapsink, and an application's surface on it. */
#ifndef WINDOW_STAND_H
#define WINDOW_STAND_H

#include "application.h"
#include "compositor.h"

extern struct script window_script; /**< of window_start() */
extern struct compositor window_compositor;

void window_setup(void);
void window_teardown(void);

/** Starts the compositor, and has the sink show in a window of it. */
void window_start(void);

/** What it has seen so far. */
struct seen window_look(void);

/** Fails where a client of it is left. */
void window_is_left(void);

#endif
