/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mode.h - what a mode's numbers mean. */
#ifndef ZC_KMS_MODE_H
#define ZC_KMS_MODE_H

#include <stdint.h>
#include <xf86drmMode.h>

/** Refreshes a second, in millihertz. */
uint32_t mode_refresh_mhz(const drmModeModeInfo *mode);

/** How long no line of the picture is scanned out in each refresh, in ns. 0: not known. */
uint32_t mode_blanking_ns(const drmModeModeInfo *mode);

/** Copies the mode in property blob @blob. Returns 0 or -EIO. */
int mode_read(int fd, uint32_t blob, drmModeModeInfo *out);

#endif
