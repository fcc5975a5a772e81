/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * counters.h - the one place where allocations, imports and CPU maps are counted.
 */
#ifndef ZC_COUNTERS_H
#define ZC_COUNTERS_H

enum zc_counter {
    ZC_COUNT_ALLOCATION,
    ZC_COUNT_CPU_MAP,
    ZC_COUNT_CPU_SYNC,
    ZC_COUNT_CAMERA_IMPORT,
    ZC_COUNT_GPU_IMPORT,
    ZC_COUNT_DISPLAY_IMPORT,
    ZC_COUNT_KINDS
};

/** Counts one. Threads: any. */
void zc_count(enum zc_counter counter);

#endif
