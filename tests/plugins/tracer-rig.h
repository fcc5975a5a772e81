/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tracer-rig.h - runs launch lines under the tracer, and reads what it reports. */
#ifndef TRACER_RIG_H
#define TRACER_RIG_H

#include "fixture.h"

#include <jansson.h>

/** Starts the tracer, once a program; what it reports goes to a file of the rig's. */
void rig_start(const char *params);
void rig_end(void);

/**
 * Runs a line to its end, or until an error, and returns its one report; the caller owns
 * it. @between, if any, is called with the pipeline while it plays.
 */
json_t *rig_run(const char *line, void (*between)(GstElement *pipeline));

/** What is in the file, as text, and empties it. */
char *rig_said(void);

const char *rig_text(const json_t *object, const char *name);
guint64 rig_number(const json_t *object, const char *name);

/** The first finding of an element that is no note; NULL: there is none. "": of the whole. */
json_t *rig_finding(const json_t *report, const char *element);

/** The link to an element. */
json_t *rig_link_to(const json_t *report, const char *element);

void rig_assert_verdict(const json_t *report, const char *verdict);

/** Files of fake dma-bufs are those of memfds. The next @n are none. */
extern int fake_exporter_refuses;
/** How often the kernel was asked who exports a file. */
extern int fake_exporter_asked;

#endif
