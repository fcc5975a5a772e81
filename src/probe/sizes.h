/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sizes.h - the largest picture of a camera or a converter, of the sizes that are common. */
#ifndef PROBE_SIZES_H
#define PROBE_SIZES_H

#include "probe/inventory.h"

/**
 * The largest that @device, which is open, has in @format. A converter is set to it. false: it
 * has none of them.
 */
bool sizes_largest(struct device *device, const struct zc_format *format, uint32_t *width,
                   uint32_t *height);

#endif
