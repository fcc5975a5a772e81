// SPDX-License-Identifier: GPL-2.0-only
/*
 * limit - what live buffers may hold: those of a heap, of all heaps that take from the
 * scarce memory below 4 GiB, and of all heaps.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/spinlock.h>

#include "zc-heaps.h"

#define SHARE 2

struct zc_limit zc_limit_all = { .name = "all" };
struct zc_limit zc_limit_low = { .name = "below-4G", .parent = &zc_limit_all };

/* Of what all limits count: a buffer that one refuses is never seen in another. */
static DEFINE_SPINLOCK(lock);

/* For who reads without the lock, a word at a time. */
static void count(struct zc_limit *limit, long buffers, size_t live)
{
	for (; limit; limit = limit->parent) {
		WRITE_ONCE(limit->buffers, limit->buffers + buffers);
		WRITE_ONCE(limit->live, limit->live + live);
	}
}

bool zc_limit_add(struct zc_limit *limit, size_t len)
{
	struct zc_limit *l;
	bool fits = true;

	spin_lock(&lock);
	for (l = limit; l && fits; l = l->parent)
		fits = len <= l->cap && l->live <= l->cap - len;
	if (fits)
		count(limit, 1, len);
	spin_unlock(&lock);
	return fits;
}

void zc_limit_sub(struct zc_limit *limit, size_t len)
{
	spin_lock(&lock);
	count(limit, -1, -len);
	spin_unlock(&lock);
}

/* What a limit is part of bounds it, too. Who asked for more is told so. */
void zc_limit_init(struct zc_limit *limit, const char *caps, size_t standard)
{
	bool named = zc_list_find(caps, limit->name);
	u64 bytes = standard;

	if (named && (!zc_list_size(caps, limit->name, &bytes) || bytes > SIZE_MAX)) {
		pr_warn("caps: \"%s\" wants NAME:SIZE, such as %s:512M; it gets what is usual\n",
			limit->name, limit->name);
		bytes = standard;
		named = false;
	}
	limit->cap = bytes;
	if (limit->parent && bytes > limit->parent->cap) {
		limit->cap = limit->parent->cap;
		if (named)
			pr_warn("caps: \"%s\" gets no more than \"%s\" has, %zu MiB\n",
				limit->name, limit->parent->name, limit->cap >> 20);
	}
}

/* In bytes that a limit can count, also where there is more memory than addresses. */
static size_t share_of(u64 pages)
{
	return min_t(u64, pages / SHARE << PAGE_SHIFT, SIZE_MAX & PAGE_MASK);
}

static u64 low_pages(void)
{
	u64 pages = 0;
	int nid, z;

	if (!IS_ENABLED(CONFIG_ZONE_DMA32))
		return totalram_pages();
	for_each_online_node(nid)
		for (z = 0; z < ZONE_NORMAL; z++)
			pages += zone_managed_pages(&NODE_DATA(nid)->node_zones[z]);
	return pages;
}

void zc_limits_init(const char *caps)
{
	zc_limit_init(&zc_limit_all, caps, share_of(totalram_pages()));
	zc_limit_init(&zc_limit_low, caps, share_of(low_pages()));
}
