/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.h - what was found, in the document; from which all that is printed is read. */
#ifndef PROBE_REPORT_H
#define PROBE_REPORT_H

#include "probe/cell.h"
#include "probe/inventory.h"
#include "tools/document/document.h"

/** Adds memories and devices. */
void report_inventory(struct document *document, const struct inventory *inventory);
/** Adds a cell that has its outcome. */
void report_cell(struct document *document, const struct cell *cell);

/** A cell that was reported, of the document; NULL: there is none. */
const json_t *report_cell_of(const struct document *document, const char *memory,
                             const char *device, enum use use,
                             const struct zc_format *format);
/** The outcome of a cell that was reported; CELL_NOT_TRIED where there is none. */
enum outcome report_outcome(const struct document *document, const char *memory,
                            const char *device, enum use use,
                            const struct zc_format *format);

#endif
