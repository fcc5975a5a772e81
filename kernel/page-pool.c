// SPDX-License-Identifier: GPL-2.0-only
/*
 * page-pool - blocks of pages that go round: used ones come back dirty, a worker
 * zeroes them when nobody else wants the processor, and allocations take them clean.
 *
 * Each memory node has lists and a worker of its own. Memory pressure empties the
 * pool through a shrinker. Nothing leaves it for a buffer without having been zeroed.
 */
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <uapi/linux/sched.h>
#include <uapi/linux/sched/types.h>

#include "zc-heaps.h"

#define ORDERS (ZC_TOP_ORDER + 1)

/*
 * A free does not wait for zeroing. It wakes the worker a while later, once for all
 * blocks that came back, and not for a few pages. Those stay dirty until more come or
 * somebody takes them.
 */
#define REST_MS 10
#define WORTH_WAKING 16 /* pages */

/* Blocks of one node in one state, by order. */
struct shelf {
	struct list_head blocks[ORDERS];
	unsigned long count[ORDERS];
	unsigned long pages;
};

struct pool_node {
	spinlock_t lock; /* of both shelves, and of zeroing */
	struct shelf clean;
	struct shelf dirty;
	struct page *zeroing; /* in the worker's hands, or NULL */
	struct task_struct *worker;
	wait_queue_head_t wait;
	struct delayed_work wake;
};

struct zc_page_pool {
	unsigned long max_pages;
	atomic_long_t pages;
#if ZC_HAVE_SHRINKER_ALLOC
	struct shrinker *shrinker;
#else
	struct shrinker shrinker;
#endif
	struct pool_node *nodes[];
};

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
	shelf->count[order] += blocks;
	WRITE_ONCE(shelf->pages, shelf->pages + blocks * (1L << order));
}

static void shelf_push(struct shelf *shelf, struct page *page)
{
	unsigned int order = compound_order(page);

	list_add(&page->lru, &shelf->blocks[order]);
	shelf_count(shelf, order, 1);
}

static struct page *shelf_pop(struct shelf *shelf, unsigned int order)
{
	struct page *page = list_first_entry_or_null(&shelf->blocks[order],
						     struct page, lru);

	if (!page)
		return NULL;
	list_del(&page->lru);
	shelf_count(shelf, order, -1);
	return page;
}

/* Small blocks go first: what stays serves large buffers. */
static struct page *shelf_pop_smallest(struct shelf *shelf)
{
	int order;

	for (order = 0; order < ORDERS; order++)
		if (shelf->count[order])
			return shelf_pop(shelf, order);
	return NULL;
}

/* Moves the largest blocks that fit in so many pages to a list. */
static unsigned long shelf_take(struct shelf *shelf, unsigned long pages,
				struct list_head *blocks)
{
	unsigned long taken = 0;
	int order;

	for (order = min(ORDERS - 1, ilog2(pages)); order >= 0; order--) {
		while (pages - taken >= 1UL << order) {
			struct page *page = shelf_pop(shelf, order);

			if (!page)
				break;
			list_add_tail(&page->lru, blocks);
			taken += 1UL << order;
		}
	}
	return taken;
}

/* What the pool holds can be had back, and counts as such in /proc/meminfo. */
static void account(struct zc_page_pool *pool, struct page *page, int sign)
{
	long pages = sign * (1L << compound_order(page));

	atomic_long_add(pages, &pool->pages);
	mod_node_page_state(page_pgdat(page), NR_KERNEL_MISC_RECLAIMABLE, pages);
}

static void zero(struct page *page)
{
	unsigned long i, n = 1UL << compound_order(page);

	for (i = 0; i < n; i++) {
		clear_highpage(page + i);
		cond_resched();
	}
}

unsigned long zc_pool_take(struct zc_page_pool *pool, unsigned long pages,
			   struct list_head *blocks)
{
	struct pool_node *node = pool->nodes[numa_mem_id()];
	unsigned long clean, dirty = 0;
	struct page *page;
	LIST_HEAD(ready);
	LIST_HEAD(unready);

	if (!node || !atomic_long_read(&pool->pages))
		return 0;
	spin_lock(&node->lock);
	clean = shelf_take(&node->clean, pages, &ready);
	if (clean < pages)
		dirty = shelf_take(&node->dirty, pages - clean, &unready);
	spin_unlock(&node->lock);

	list_for_each_entry(page, &unready, lru)
		zero(page);
	list_splice_tail(&unready, &ready);
	list_for_each_entry(page, &ready, lru)
		account(pool, page, -1);
	list_splice_tail(&ready, blocks);
	return clean + dirty;
}

/* A block that somebody else holds a reference to is not ours to hand out again. */
static bool may_keep(struct zc_page_pool *pool, struct page *page)
{
	return page_count(page) == 1 && pool->nodes[page_to_nid(page)] &&
	       atomic_long_read(&pool->pages) + (1L << compound_order(page)) <=
		       pool->max_pages;
}

void zc_pool_put(struct zc_page_pool *pool, struct list_head *blocks)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, blocks, lru) {
		struct pool_node *node;
		unsigned long before, after;

		list_del(&page->lru);
		if (!may_keep(pool, page)) {
			put_page(page);
			continue;
		}
		account(pool, page, 1);
		node = pool->nodes[page_to_nid(page)];
		spin_lock(&node->lock);
		before = node->dirty.pages;
		shelf_push(&node->dirty, page);
		after = node->dirty.pages;
		spin_unlock(&node->lock);
		if (before < WORTH_WAKING && after >= WORTH_WAKING)
			schedule_delayed_work(&node->wake, msecs_to_jiffies(REST_MS));
	}
}

static void wake(struct work_struct *work)
{
	wake_up(&container_of(to_delayed_work(work), struct pool_node, wake)->wait);
}

static bool has_work(const struct pool_node *node)
{
	return shelf_pages(&node->dirty) || kthread_should_stop();
}

static int work(void *data)
{
	struct pool_node *node = data;

	while (!kthread_should_stop()) {
		struct page *page;

		spin_lock(&node->lock);
		page = shelf_pop_smallest(&node->dirty);
		node->zeroing = page;
		spin_unlock(&node->lock);
		if (!page) {
			wait_event_interruptible(node->wait, has_work(node));
			continue;
		}
		zero(page);
		spin_lock(&node->lock);
		shelf_push(&node->clean, page);
		node->zeroing = NULL;
		spin_unlock(&node->lock);
	}
	return 0;
}

static struct zc_page_pool *pool_of(struct shrinker *shrinker)
{
#if ZC_HAVE_SHRINKER_ALLOC
	return shrinker->private_data;
#else
	return container_of(shrinker, struct zc_page_pool, shrinker);
#endif
}

static unsigned long count_pages(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct pool_node *node = pool_of(shrinker)->nodes[sc->nid];
	unsigned long pages = 0;

	if (node)
		pages = shelf_pages(&node->clean) + shelf_pages(&node->dirty);
	return pages ?: SHRINK_EMPTY;
}

/* Give dirty blocks back first: nobody needs to zero them then. */
static unsigned long free_pages_of(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct zc_page_pool *pool = pool_of(shrinker);
	struct pool_node *node = pool->nodes[sc->nid];
	unsigned long freed = 0;

	while (node && freed < sc->nr_to_scan) {
		struct page *page;

		spin_lock(&node->lock);
		page = shelf_pop_smallest(&node->dirty);
		if (!page)
			page = shelf_pop_smallest(&node->clean);
		spin_unlock(&node->lock);
		if (!page)
			break;
		freed += 1UL << compound_order(page);
		account(pool, page, -1);
		__free_pages(page, compound_order(page));
	}
	return freed ?: SHRINK_STOP;
}

static int shrinker_add(struct zc_page_pool *pool)
{
#if ZC_HAVE_SHRINKER_ALLOC
	pool->shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE, KBUILD_MODNAME);
	if (!pool->shrinker)
		return -ENOMEM;
	pool->shrinker->count_objects = count_pages;
	pool->shrinker->scan_objects = free_pages_of;
	pool->shrinker->private_data = pool;
	shrinker_register(pool->shrinker);
	return 0;
#else
	pool->shrinker.count_objects = count_pages;
	pool->shrinker.scan_objects = free_pages_of;
	pool->shrinker.seeks = DEFAULT_SEEKS;
	pool->shrinker.flags = SHRINKER_NUMA_AWARE;
	return register_shrinker(&pool->shrinker, KBUILD_MODNAME);
#endif
}

static void shrinker_remove(struct zc_page_pool *pool)
{
#if ZC_HAVE_SHRINKER_ALLOC
	shrinker_free(pool->shrinker);
#else
	unregister_shrinker(&pool->shrinker);
#endif
}

/* Zeroing never takes the processor from somebody who has something to do. */
static void make_idle_class(struct task_struct *worker)
{
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_IDLE,
	};

	sched_setattr_nocheck(worker, &attr);
}

static int node_add(struct zc_page_pool *pool, int nid)
{
	struct pool_node *node = kzalloc_node(sizeof(*node), GFP_KERNEL, nid);
	struct task_struct *worker;

	if (!node)
		return -ENOMEM;
	spin_lock_init(&node->lock);
	shelf_init(&node->clean);
	shelf_init(&node->dirty);
	init_waitqueue_head(&node->wait);
	INIT_DELAYED_WORK(&node->wake, wake);
	worker = kthread_create_on_node(work, node, nid, "zc_heaps/%d", nid);
	if (IS_ERR(worker)) {
		kfree(node);
		return PTR_ERR(worker);
	}
	make_idle_class(worker);
	node->worker = worker;
	pool->nodes[nid] = node;
	wake_up_process(worker);
	return 0;
}

static void empty_shelf(struct zc_page_pool *pool, struct shelf *shelf)
{
	struct page *page;

	while ((page = shelf_pop_smallest(shelf))) {
		account(pool, page, -1);
		__free_pages(page, compound_order(page));
	}
}

static void remove_nodes(struct zc_page_pool *pool)
{
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++) {
		struct pool_node *node = pool->nodes[nid];

		if (!node)
			continue;
		cancel_delayed_work_sync(&node->wake);
		kthread_stop(node->worker);
		empty_shelf(pool, &node->dirty);
		empty_shelf(pool, &node->clean);
		kfree(node);
	}
	kfree(pool);
}

struct zc_page_pool *zc_pool_create(unsigned long max_pages)
{
	struct zc_page_pool *pool;
	int nid, ret;

	pool = kzalloc(struct_size(pool, nodes, nr_node_ids), GFP_KERNEL);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->max_pages = max_pages;
	for_each_node_state(nid, N_MEMORY) {
		ret = node_add(pool, nid);
		if (ret)
			goto remove;
	}
	ret = shrinker_add(pool);
	if (ret)
		goto remove;
	return pool;

remove:
	remove_nodes(pool);
	return ERR_PTR(ret);
}

void zc_pool_destroy(struct zc_page_pool *pool)
{
	if (!pool)
		return;
	shrinker_remove(pool);
	remove_nodes(pool);
}

static void add_node_level(struct pool_node *node, struct zc_pool_level *level)
{
	int order;

	spin_lock(&node->lock);
	level->clean += node->clean.pages << PAGE_SHIFT;
	level->dirty += node->dirty.pages << PAGE_SHIFT;
	for (order = 0; order < ORDERS; order++)
		level->order[order] += (node->clean.count[order] + node->dirty.count[order])
				       << (order + PAGE_SHIFT);
	if (node->zeroing) {
		level->dirty += page_size(node->zeroing);
		level->order[compound_order(node->zeroing)] += page_size(node->zeroing);
	}
	spin_unlock(&node->lock);
}

void zc_pool_level(struct zc_page_pool *pool, struct zc_pool_level *level)
{
	int nid;

	memset(level, 0, sizeof(*level));
	for (nid = 0; nid < nr_node_ids; nid++)
		if (pool->nodes[nid])
			add_node_level(pool->nodes[nid], level);
}
