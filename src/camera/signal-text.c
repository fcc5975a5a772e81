/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* signal-text - what signals are called: alone, for those who have no camera. */
#include "zerocopy.h"

const char *zc_camera_signal_text(enum zc_camera_signal signal)
{
    static const char *const words[] = {
        [ZC_SIGNAL_GOOD] = "good",
        [ZC_SIGNAL_NONE] = "no signal",
        [ZC_SIGNAL_NO_LOCK] = "no lock",
        [ZC_SIGNAL_OUT_OF_RANGE] = "out of range",
    };

    return words[signal];
}
