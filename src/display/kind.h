/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kind.h - which kind of display a configuration asks for. */
#ifndef ZC_DISPLAY_KIND_H
#define ZC_DISPLAY_KIND_H

#include "zerocopy.h"

/** As zc_display_open() says. *place: the card or socket of its path, or NULL: the first. */
enum zc_display_kind kind_of(const struct zc_display_config *config, const char **place);

/** Says what an X11 desktop's user can do, where that is why no card is to be had. */
void kind_advise(const struct zc_display_config *config);

#endif
