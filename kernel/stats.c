// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats - the accounts of each heap: totals and a histogram of allocation times, kept
 * by processor, read in debugfs as zc_heaps/NAME; and the trace events.
 *
 * Totals, not a file a buffer: that costs more than the allocation of a small one.
 */
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "zc-heaps.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Allocation times by their power of two, in ns; the ends hold all beyond. */
#define FIRST_BUCKET 10
#define LAST_BUCKET 30
#define BUCKETS (LAST_BUCKET - FIRST_BUCKET + 1)

/* Reading the clock costs most: of small allocations only one in so many is timed. */
#define SMALL_BYTES SZ_64K
#define TIMED_OF_SMALL 16

#define COST_ROUNDS 100000

/* Words, which are read whole on any processor. */
struct counts {
	unsigned long allocations;
	unsigned long frees;
	unsigned long failures;
	unsigned long below[BUCKETS];
};

struct zc_stats {
	struct counts __percpu *counts;
};

static struct dentry *folder;

static unsigned int bucket_of(u64 ns)
{
	unsigned int power = ns ? ilog2(ns) + 1 : 0;

	return clamp_t(unsigned int, power, FIRST_BUCKET, LAST_BUCKET) - FIRST_BUCKET;
}

static bool is_timed(const struct zc_stats *stats, size_t len)
{
	return len >= SMALL_BYTES || trace_zc_heap_alloc_enabled() ||
	       this_cpu_read(stats->counts->allocations) % TIMED_OF_SMALL == 0;
}

static u64 start_of(const struct zc_stats *stats, size_t len)
{
	return is_timed(stats, len) ? local_clock() : 0;
}

/* The clocks of two processors may differ by little: no time is below zero. */
static u64 time_since(u64 start)
{
	s64 ns = local_clock() - start;

	return ns > 0 ? ns : 0;
}

static u64 count_allocation(struct zc_stats *stats, u64 start)
{
	u64 ns = 0;

	this_cpu_inc(stats->counts->allocations);
	if (start) {
		ns = time_since(start);
		this_cpu_inc(stats->counts->below[bucket_of(ns)]);
	}
	return ns;
}

u64 zc_stats_start(struct zc_heap *heap, size_t len)
{
	return start_of(heap->stats, len);
}

void zc_stats_allocated(struct zc_buffer *buffer, u64 start)
{
	u64 ns = count_allocation(buffer->heap->stats, start);

	trace_zc_heap_alloc(buffer, ns);
}

void zc_stats_failed(struct zc_heap *heap)
{
	this_cpu_inc(heap->stats->counts->failures);
}

void zc_stats_freed(struct zc_buffer *buffer)
{
	this_cpu_inc(buffer->heap->stats->counts->frees);
	trace_zc_heap_free(buffer);
}

static void add_up(const struct zc_stats *stats, struct counts *sum)
{
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct counts *counts = per_cpu_ptr(stats->counts, cpu);

		sum->allocations += counts->allocations;
		sum->frees += counts->frees;
		sum->failures += counts->failures;
		for (i = 0; i < BUCKETS; i++)
			sum->below[i] += counts->below[i];
	}
}

static void show_pool(struct seq_file *out, struct zc_page_pool *pool)
{
	struct zc_pool_level level;
	int order;

	zc_pool_level(pool, &level);
	seq_printf(out, "pool_bytes %llu\n", level.clean + level.dirty);
	seq_printf(out, "pool_clean_bytes %llu\n", level.clean);
	seq_printf(out, "pool_dirty_bytes %llu\n", level.dirty);
	for (order = 0; order <= ZC_TOP_ORDER; order++)
		seq_printf(out, "pool_order_%d_bytes %llu\n", order, level.order[order]);
}

static void show_limit(struct seq_file *out, const struct zc_limit *limit)
{
	seq_printf(out, "live_buffers %lu\n", READ_ONCE(limit->buffers));
	seq_printf(out, "live_bytes %zu\n", READ_ONCE(limit->live));
	seq_printf(out, "cap_bytes %zu\n", limit->cap);
}

static int heap_show(struct seq_file *out, void *data)
{
	struct zc_heap *heap = out->private;
	struct counts sum;
	int i;

	add_up(heap->stats, &sum);
	show_limit(out, &heap->limit);
	seq_printf(out, "allocations %lu\n", sum.allocations);
	seq_printf(out, "frees %lu\n", sum.frees);
	seq_printf(out, "failures %lu\n", sum.failures);
	seq_printf(out, "largest_bytes %zu\n", heap->largest);
	if (heap->pool)
		show_pool(out, heap->pool);
	for (i = 0; i < BUCKETS; i++)
		if (sum.below[i])
			seq_printf(out, "alloc_below_%llu_ns %lu\n",
				   BIT_ULL(i + FIRST_BUCKET), sum.below[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(heap);

static int limit_show(struct seq_file *out, void *data)
{
	show_limit(out, out->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(limit);

/* What the accounts of one small allocation and its end cost, in ns. */
static int accounting_show(struct seq_file *out, void *data)
{
	struct zc_stats stats = {};
	u64 start;
	int i;

	stats.counts = alloc_percpu(struct counts);
	if (!stats.counts)
		return -ENOMEM;
	start = local_clock();
	for (i = 0; i < COST_ROUNDS; i++) {
		count_allocation(&stats, start_of(&stats, PAGE_SIZE));
		this_cpu_inc(stats.counts->frees);
	}
	seq_printf(out, "%llu\n", div_u64(time_since(start), COST_ROUNDS));
	free_percpu(stats.counts);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(accounting);

int zc_stats_add(struct zc_heap *heap)
{
	struct zc_stats *stats = kzalloc(sizeof(*stats), GFP_KERNEL);

	if (!stats)
		return -ENOMEM;
	stats->counts = alloc_percpu(struct counts);
	if (!stats->counts) {
		kfree(stats);
		return -ENOMEM;
	}
	heap->stats = stats;
	return 0;
}

void zc_stats_remove(struct zc_heap *heap)
{
	free_percpu(heap->stats->counts);
	kfree(heap->stats);
}

void zc_stats_show(const struct zc_node *node)
{
	debugfs_create_file(node->name, 0400, folder, node->heap, &heap_fops);
}

void zc_stats_init(void)
{
	folder = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("accounting_ns", 0400, folder, NULL, &accounting_fops);
	/* No heap has such a name. */
	debugfs_create_file(zc_limit_all.name, 0400, folder, &zc_limit_all, &limit_fops);
	debugfs_create_file(zc_limit_low.name, 0400, folder, &zc_limit_low, &limit_fops);
}

void zc_stats_exit(void)
{
	debugfs_remove(folder);
}
