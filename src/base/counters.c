/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* counters - process-wide counts of what the hot path must not do. */
#include "base/counters.h"
#include "zerocopy.h"

#include <stdatomic.h>

static atomic_uint_least64_t counts[ZC_COUNT_KINDS];

void zc_count(enum zc_counter counter)
{
    atomic_fetch_add_explicit(&counts[counter], 1, memory_order_relaxed);
}

static uint64_t count(enum zc_counter counter)
{
    return atomic_load_explicit(&counts[counter], memory_order_relaxed);
}

void zc_counters_read(struct zc_counters *out)
{
    *out = (struct zc_counters){
        .allocations = count(ZC_COUNT_ALLOCATION),
        .cpu_maps = count(ZC_COUNT_CPU_MAP),
        .cpu_syncs = count(ZC_COUNT_CPU_SYNC),
        .camera_imports = count(ZC_COUNT_CAMERA_IMPORT),
        .gpu_imports = count(ZC_COUNT_GPU_IMPORT),
        .display_imports = count(ZC_COUNT_DISPLAY_IMPORT),
    };
}
