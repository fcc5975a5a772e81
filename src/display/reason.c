/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reason - why a frame cannot be scanned out, in words. */
#include "zerocopy.h"

#include <stdio.h>

void zc_display_reason_text(uint32_t reasons, char *text, size_t size)
{
    static const char *const words[] = {"no dma-buf",  "format", "import", "framebuffer",
                                        "test commit", "scale",  "colour"};
    size_t used = 0;

    if (!size)
        return;
    snprintf(text, size, "%s", reasons ? "" : "none");
    for (size_t i = 0; i < sizeof(words) / sizeof(*words) && used < size; i++)
        if (reasons & (1u << i))
            used +=
                snprintf(text + used, size - used, "%s%s", used ? ", " : "", words[i]);
}
