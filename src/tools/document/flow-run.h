/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow-run.h - what the library says of a flow and its devices, as members of a document.
 */
#ifndef TOOLS_FLOW_RUN_H
#define TOOLS_FLOW_RUN_H

#include "tools/document/document.h"
#include "zerocopy.h"

/** Adds all results of a flow to the current run, which it is alone in. */
void run_add_flow(struct document *document, const struct zc_flow_results *results);

/**
 * Labels the current run as a flow is told from others, and adds its plan. @heap: of the
 * camera's frames; "camera": its own memory; "none".
 */
void run_set_way(struct document *document, const struct zc_flow_info *info,
                 const char *heap, bool commit_at_once);

/** Says under "devices" of the current run what they are; @gpu, @display: or NULL. */
void run_set_devices(struct document *document, const char *camera_name,
                     const char *camera_path, const struct zc_gpu_info *gpu,
                     const struct zc_display_info *display);

/** Adds to the current run what a compositor did with its frames. */
void run_set_composition(struct document *document,
                         const struct zc_composition *composition);

/**
 * Says under "clocks" what the stamps of capture and flip mean, and warns where they say
 * little. @vblank: flips are stamped at real vertical blanks.
 */
void document_set_clocks(struct document *document, enum zc_capture_clock capture,
                         bool vblank);

#endif
