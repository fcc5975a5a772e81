/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow-picture.h - what a flow shows as a PNG file, and as a proof in its document.
 */
#ifndef TOOLS_FLOW_PICTURE_H
#define TOOLS_FLOW_PICTURE_H

#include "tools/document/document.h"
#include "zerocopy.h"

/**
 * Writes what the display shows of @flow to @path, and says so under "proof" of the current
 * run. Returns 0, or a negative errno value, and has then said why on the log.
 */
int run_add_picture(struct document *document, struct zc_flow *flow, const char *path);

#endif
