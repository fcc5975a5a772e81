/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fit.h - the memory and strides that all devices of a flow take, by their place among those
 * that are tried. */
#ifndef ZC_FIT_H
#define ZC_FIT_H

#include "flow/flow-private.h"

/**
 * What fitted last with these devices, of this driver, format, size, kernel and version of the
 * library. All zeroes, where nothing is known: the usual order. It is only where the config lets
 * the memory be chosen that anything is.
 */
struct zc_fit zc_fit_recall(const struct zc_flow *flow, enum zc_path path);

/** Notes that @taken fitted, where it is news. @recalled: what zc_fit_recall() told. */
void zc_fit_remember(const struct zc_flow *flow, enum zc_path path,
                     const struct zc_fit *recalled, const struct zc_fit *taken);

bool zc_fit_is_usual(const struct zc_fit *fit);

/** The @i-th of a row of things, of which the one at place @first comes first. */
static inline int zc_fit_nth(int first, int i)
{
    return !i ? first : i <= first ? i - 1 : i;
}

#endif
