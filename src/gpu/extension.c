/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* extension - a word in a list of extensions. */
#include "gpu/extension.h"

#include <string.h>

bool zc_egl_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; at && (at = strstr(at, word)); at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}
