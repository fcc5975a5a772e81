/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page-pool.h - the parts of a pool's life that pool-upkeep.c decides the moment of. All
 * are called in process context; @nid is a memory node.
 */
#ifndef ZC_PAGE_POOL_H
#define ZC_PAGE_POOL_H

#include "zc-heaps.h"

struct zc_stock;

/**
 * struct zc_page_pool - the blocks of one heap
 * @heap: Whose they are; where that is uncached, they are.
 * @floor: The pages that it begins with, and that ageing leaves.
 * @pages: Those that it has.
 * @link: In zc_pools.
 * @stocks: By memory node; NULL for a node without memory, or one that came later.
 */
struct zc_page_pool {
	const struct zc_heap *heap;
	unsigned long floor;
	atomic_long_t pages;
	struct list_head link;
	struct zc_stock *stocks[];
};

/* All pools. It is changed only while there is no upkeep. */
extern struct list_head zc_pools;

/* The pages of a pool on a node; an estimate. */
unsigned long zc_pool_pages(struct zc_page_pool *pool, int nid);

/* Zeroes a block that waits for it. Returns whether there was one. */
bool zc_pool_clean(struct zc_page_pool *pool, int nid);
bool zc_pool_has_dirty(struct zc_page_pool *pool, int nid);

/*
 * Gives blocks to the kernel, at least so many pages where it has them: small ones first,
 * as what stays serves large buffers, and dirty ones first, which nobody need zero then.
 * Returns the pages.
 */
unsigned long zc_pool_shrink(struct zc_page_pool *pool, int nid, unsigned long pages);

/* Gives to the kernel what was not used since the last call. */
void zc_pool_age(struct zc_page_pool *pool, int nid);

/* Adds a zeroed block of the kernel's. Returns whether there was one, and room for it. */
bool zc_pool_grow(struct zc_page_pool *pool, int nid);

/* pool-upkeep.c: blocks came to a node, so many dirty pages among them. */
void zc_upkeep_came(int nid, bool worth_zeroing);

#endif
