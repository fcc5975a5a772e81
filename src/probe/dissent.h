/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dissent.h - about which memory two devices of a way disagree. */
#ifndef PROBE_DISSENT_H
#define PROBE_DISSENT_H

#include "probe/report.h"

/** What a device does with the memory that it shares with another. */
struct party {
    const char *device;
    enum use use;
};

/**
 * Says in @text which memory of format @format one of the @party takes and the other refuses,
 * by the cells that were reported. Returns false, and leaves @text, where a memory suits both,
 * or none suits either.
 */
bool dissent_tell(const struct document *document, const struct party party[2],
                  const struct zc_format *format, char *text, size_t size);

#endif
