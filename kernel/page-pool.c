// SPDX-License-Identifier: GPL-2.0-only
/*
 * page-pool - blocks of pages that go round: used ones come back dirty, are zeroed while
 * nobody else wants the processor, and are taken clean. pool-upkeep.c says when.
 *
 * Nothing leaves a pool for a buffer without having been zeroed.
 */
#include <linux/cpuset.h>
#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/vmstat.h>

#include "page-pool.h"

#define ORDERS (ZC_TOP_ORDER + 1)

/* Blocks that are moved while a lock is held. */
#define BATCH 16

/* Pages that are zeroed before others may have the processor. */
#define ZEROED_AT_ONCE ((unsigned int)(SZ_256K >> PAGE_SHIFT))

/* A few pages stay dirty until more come, or somebody takes them. */
#define WORTH_ZEROING (SZ_64K >> PAGE_SHIFT)

/* Blocks in one state, by order; the one that came last is the first. */
struct shelf {
	struct list_head blocks[ORDERS];
	unsigned long count[ORDERS];
	unsigned long pages;
};

/*
 * What a pool has of one memory node. The lock is raw: a worker that anybody may push aside
 * must not sleep with it.
 */
struct zc_stock {
	raw_spinlock_t lock; /* of all that follows */
	struct shelf clean;
	struct shelf dirty;
	struct page *zeroing; /* in the worker's hands, or NULL */
	unsigned long unused[ORDERS]; /* the fewest blocks since zc_pool_age() */
};

LIST_HEAD(zc_pools);

/* Of all pools. */
static unsigned long max_pages;
static atomic_long_t kept_pages;

static void shelf_init(struct shelf *shelf)
{
	int order;

	for (order = 0; order < ORDERS; order++)
		INIT_LIST_HEAD(&shelf->blocks[order]);
}

/* For who reads without the lock. */
static unsigned long shelf_pages(const struct shelf *shelf)
{
	return READ_ONCE(shelf->pages);
}

static void shelf_count(struct shelf *shelf, unsigned int order, int blocks)
{
	WRITE_ONCE(shelf->count[order], shelf->count[order] + blocks);
	WRITE_ONCE(shelf->pages, shelf->pages + blocks * (1L << order));
}

static void shelf_push(struct shelf *shelf, struct page *page)
{
	unsigned int order = compound_order(page);

	list_add(&page->lru, &shelf->blocks[order]);
	shelf_count(shelf, order, 1);
}

static struct page *shelf_remove(struct shelf *shelf, struct page *page)
{
	list_del(&page->lru);
	shelf_count(shelf, compound_order(page), -1);
	return page;
}

static struct page *shelf_pop_newest(struct shelf *shelf, unsigned int order)
{
	if (list_empty(&shelf->blocks[order]))
		return NULL;
	return shelf_remove(shelf, list_first_entry(&shelf->blocks[order], struct page, lru));
}

static struct page *shelf_pop_oldest(struct shelf *shelf, unsigned int order)
{
	if (list_empty(&shelf->blocks[order]))
		return NULL;
	return shelf_remove(shelf, list_last_entry(&shelf->blocks[order], struct page, lru));
}

static unsigned long blocks_of(const struct zc_stock *stock, unsigned int order)
{
	return READ_ONCE(stock->clean.count[order]) + READ_ONCE(stock->dirty.count[order]);
}

/* After blocks were taken: what is left now was not needed. */
static void note_use(struct zc_stock *stock, unsigned int order)
{
	stock->unused[order] = min(stock->unused[order], blocks_of(stock, order));
}

/* What a pool holds can be had back, and counts as such in /proc/meminfo. */
static void account(struct zc_page_pool *pool, int nid, long pages)
{
	atomic_long_add(pages, &pool->pages);
	mod_node_page_state(NODE_DATA(nid), NR_KERNEL_MISC_RECLAIMABLE, pages);
}

/* Of what account() was told; the room for it is free again. */
static void account_gone(struct zc_page_pool *pool, int nid, long pages)
{
	account(pool, nid, -pages);
	atomic_long_sub(pages, &kept_pages);
}

static bool reserve_room(long pages)
{
	long kept = atomic_long_read(&kept_pages);

	do {
		if (kept + pages > max_pages)
			return false;
	} while (!atomic_long_try_cmpxchg(&kept_pages, &kept, kept + pages));
	return true;
}

/* Many pages in one go, where the kernel can: processors write them faster. */
static void clear(struct page *block, unsigned int n)
{
	unsigned int i;

#if ZC_HAVE_CLEAR_PAGES
	if (!PageHighMem(block)) {
		for (i = 0; i < n; i += ZEROED_AT_ONCE) {
			clear_pages(page_address(block + i), min(n - i, ZEROED_AT_ONCE));
			cond_resched();
		}
		return;
	}
#endif
	for (i = 0; i < n; i++) {
		clear_highpage(block + i);
		cond_resched();
	}
}

/* False where a page is broken: the block is not written to, and not for use. */
static bool zero(const struct zc_page_pool *pool, struct page *block)
{
	unsigned int i, n = 1U << compound_order(block);

	for (i = 0; i < n; i++)
		if (PageHWPoison(block + i)) {
			pr_warn("a block of %u KiB with a broken page is used no more\n",
				n << (PAGE_SHIFT - 10));
			return false;
		}
	clear(block, n);
	if (pool->heap->uncached)
		zc_uncached_sync(block, page_size(block));
	return true;
}

/* Where this process may take pages from a pool: as the page allocator would first look. */
static struct zc_stock *stock_for_current(struct zc_page_pool *pool, int nid)
{
#ifdef CONFIG_NUMA
	if (current->mempolicy)
		return NULL;
#endif
	return node_isset(nid, cpuset_current_mems_allowed) ? pool->stocks[nid] : NULL;
}

unsigned long zc_pool_take(struct zc_page_pool *pool, unsigned int order, unsigned long most,
			   struct list_head *blocks)
{
	int nid = numa_mem_id();
	struct zc_stock *stock = stock_for_current(pool, nid);
	struct page *page, *unready = NULL;
	unsigned long n = 0;

	if (!stock || !blocks_of(stock, order))
		return 0;
	raw_spin_lock(&stock->lock);
	while (n < min_t(unsigned long, most, BATCH)) {
		page = shelf_pop_newest(&stock->clean, order);
		if (!page)
			break;
		list_add_tail(&page->lru, blocks);
		n++;
	}
	if (!n)
		unready = shelf_pop_newest(&stock->dirty, order);
	note_use(stock, order);
	raw_spin_unlock(&stock->lock);

	if (!n && !unready)
		return 0;
	account_gone(pool, nid, (n + !!unready) << order);
	if (unready && zero(pool, unready)) {
		list_add_tail(&unready->lru, blocks);
		n = 1;
	}
	return n;
}

/* A block that somebody else holds a reference to is not ours to hand out again. */
static bool may_keep(const struct zc_page_pool *pool, struct page *block)
{
	return page_count(block) == 1 && pool->stocks[page_to_nid(block)] &&
	       reserve_room(1L << compound_order(block));
}

/* Moves some blocks of the first one's node to @kept; others to the kernel. */
static unsigned long keep_some(struct zc_page_pool *pool, struct list_head *blocks,
			       struct list_head *kept)
{
	int nid = page_to_nid(list_first_entry(blocks, struct page, lru)), n = 0;
	struct page *page, *next;
	unsigned long pages = 0;

	list_for_each_entry_safe(page, next, blocks, lru) {
		if (n++ == BATCH || page_to_nid(page) != nid)
			break;
		list_del(&page->lru);
		if (!may_keep(pool, page)) {
			zc_block_free(pool->heap, page);
			continue;
		}
		/* Where memory is to be zeroed when it is freed, that is not put off. */
		if (want_init_on_free() && !zero(pool, page)) {
			atomic_long_sub(1L << compound_order(page), &kept_pages);
			continue;
		}
		list_add_tail(&page->lru, kept);
		pages += 1UL << compound_order(page);
	}
	return pages;
}

static void put_some(struct zc_page_pool *pool, struct list_head *blocks)
{
	int nid = page_to_nid(list_first_entry(blocks, struct page, lru));
	struct zc_stock *stock = pool->stocks[nid];
	struct page *page, *next;
	unsigned long pages, before, after;
	struct shelf *shelf;
	LIST_HEAD(kept);

	pages = keep_some(pool, blocks, &kept);
	if (!pages)
		return;
	account(pool, nid, pages);
	shelf = want_init_on_free() ? &stock->clean : &stock->dirty;
	raw_spin_lock(&stock->lock);
	before = stock->dirty.pages;
	list_for_each_entry_safe(page, next, &kept, lru)
		shelf_push(shelf, page);
	after = stock->dirty.pages;
	raw_spin_unlock(&stock->lock);
	zc_upkeep_came(nid, before < WORTH_ZEROING && after >= WORTH_ZEROING);
}

void zc_pool_put(struct zc_page_pool *pool, struct list_head *blocks)
{
	while (!list_empty(blocks))
		put_some(pool, blocks);
}

unsigned long zc_pool_pages(struct zc_page_pool *pool, int nid)
{
	struct zc_stock *stock = pool->stocks[nid];

	return stock ? shelf_pages(&stock->clean) + shelf_pages(&stock->dirty) : 0;
}

bool zc_pool_has_dirty(struct zc_page_pool *pool, int nid)
{
	struct zc_stock *stock = pool->stocks[nid];

	return stock && shelf_pages(&stock->dirty);
}

static struct page *pop_dirty(struct zc_stock *stock)
{
	struct page *page = NULL;
	int order;

	raw_spin_lock(&stock->lock);
	for (order = 0; order < ORDERS && !page; order++)
		page = shelf_pop_newest(&stock->dirty, order);
	stock->zeroing = page;
	raw_spin_unlock(&stock->lock);
	return page;
}

bool zc_pool_clean(struct zc_page_pool *pool, int nid)
{
	struct zc_stock *stock = pool->stocks[nid];
	struct page *page = stock ? pop_dirty(stock) : NULL;
	bool sound;

	if (!page)
		return false;
	sound = zero(pool, page);
	raw_spin_lock(&stock->lock);
	if (sound)
		shelf_push(&stock->clean, page);
	stock->zeroing = NULL;
	raw_spin_unlock(&stock->lock);
	if (!sound)
		account_gone(pool, nid, 1L << compound_order(page));
	return true;
}

static bool give_oldest(struct zc_page_pool *pool, int nid, unsigned int order)
{
	struct zc_stock *stock = pool->stocks[nid];
	struct page *page;

	raw_spin_lock(&stock->lock);
	page = shelf_pop_oldest(&stock->dirty, order);
	if (!page)
		page = shelf_pop_oldest(&stock->clean, order);
	note_use(stock, order);
	raw_spin_unlock(&stock->lock);
	if (!page)
		return false;
	account_gone(pool, nid, 1L << order);
	zc_block_free(pool->heap, page);
	cond_resched();
	return true;
}

unsigned long zc_pool_shrink(struct zc_page_pool *pool, int nid, unsigned long pages)
{
	unsigned long given = 0;
	int order;

	if (!pool->stocks[nid])
		return 0;
	for (order = 0; order < ORDERS && given < pages; order++)
		while (given < pages && give_oldest(pool, nid, order))
			given += 1UL << order;
	return given;
}

void zc_pool_age(struct zc_page_pool *pool, int nid)
{
	struct zc_stock *stock = pool->stocks[nid];
	int order;

	if (!stock)
		return;
	for (order = 0; order < ORDERS; order++) {
		unsigned long n = READ_ONCE(stock->unused[order]);

		while (n-- && atomic_long_read(&pool->pages) >=
				      pool->floor + (1L << order))
			if (!give_oldest(pool, nid, order))
				break;
		raw_spin_lock(&stock->lock);
		stock->unused[order] = blocks_of(stock, order);
		raw_spin_unlock(&stock->lock);
	}
}

bool zc_pool_grow(struct zc_page_pool *pool, int nid)
{
	struct zc_stock *stock = pool->stocks[nid];
	unsigned int order = ZC_TOP_ORDER;
	struct page *page;

	if (!stock || !reserve_room(1L << order))
		return false;
	page = zc_block_alloc(pool->heap, zc_pages_gfp(pool->heap, order) | __GFP_THISNODE, nid,
			      order);
	if (!page) {
		atomic_long_sub(1L << order, &kept_pages);
		return false;
	}
	account(pool, nid, 1L << order);
	raw_spin_lock(&stock->lock);
	shelf_push(&stock->clean, page);
	raw_spin_unlock(&stock->lock);
	return true;
}

static int add_stock(struct zc_page_pool *pool, int nid)
{
	struct zc_stock *stock = kzalloc_node(sizeof(*stock), GFP_KERNEL, nid);

	if (!stock)
		return -ENOMEM;
	raw_spin_lock_init(&stock->lock);
	shelf_init(&stock->clean);
	shelf_init(&stock->dirty);
	pool->stocks[nid] = stock;
	return 0;
}

struct zc_page_pool *zc_pool_create(const struct zc_heap *heap, unsigned long floor)
{
	struct zc_page_pool *pool;
	int nid;

	pool = kzalloc(struct_size(pool, stocks, nr_node_ids), GFP_KERNEL);
	if (!pool)
		return NULL;
	INIT_LIST_HEAD(&pool->link);
	pool->heap = heap;
	pool->floor = floor;
	for_each_node_state(nid, N_MEMORY)
		if (add_stock(pool, nid)) {
			zc_pool_destroy(pool);
			return NULL;
		}
	list_add_tail(&pool->link, &zc_pools);
	return pool;
}

void zc_pool_destroy(struct zc_page_pool *pool)
{
	int nid;

	list_del(&pool->link);
	for (nid = 0; nid < nr_node_ids; nid++) {
		zc_pool_shrink(pool, nid, ULONG_MAX);
		kfree(pool->stocks[nid]);
	}
	kfree(pool);
}

void zc_pools_limit(unsigned long pages)
{
	max_pages = pages;
}

static void add_stock_level(struct zc_stock *stock, struct zc_pool_level *level)
{
	int order;

	raw_spin_lock(&stock->lock);
	level->clean += (u64)stock->clean.pages << PAGE_SHIFT;
	level->dirty += (u64)stock->dirty.pages << PAGE_SHIFT;
	for (order = 0; order < ORDERS; order++)
		level->order[order] += (u64)blocks_of(stock, order) << (order + PAGE_SHIFT);
	if (stock->zeroing) {
		level->dirty += page_size(stock->zeroing);
		level->order[compound_order(stock->zeroing)] += page_size(stock->zeroing);
	}
	raw_spin_unlock(&stock->lock);
}

void zc_pool_level(struct zc_page_pool *pool, struct zc_pool_level *level)
{
	int nid;

	memset(level, 0, sizeof(*level));
	for (nid = 0; nid < nr_node_ids; nid++)
		if (pool->stocks[nid])
			add_stock_level(pool->stocks[nid], level);
}
