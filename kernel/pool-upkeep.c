// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool-upkeep - when the pools' blocks are zeroed, and when the kernel gets them back: under
 * memory pressure, and when nobody used them for a while.
 *
 * Each memory node has a worker, which runs when nobody else wants the processor.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <uapi/linux/sched.h>
#include <uapi/linux/sched/types.h>

#include "page-pool.h"

static unsigned int pool_idle_s = 10;
module_param(pool_idle_s, uint, 0644);
MODULE_PARM_DESC(pool_idle_s, "A pool gives back what nobody used for so many seconds; 0: never (default: 10)");

/* A free does not wait for zeroing: it wakes the worker so much later, once for many. */
#define REST_MS 10

struct worker {
	int nid;
	struct task_struct *task;
	wait_queue_head_t wait;
	struct delayed_work wake;
};

/* By memory node. */
static struct worker **workers;

static void age(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(ageing, age);

static void age_later(void)
{
	unsigned long idle_s = min_t(unsigned long, READ_ONCE(pool_idle_s), INT_MAX / HZ);

	if (idle_s && !delayed_work_pending(&ageing))
		schedule_delayed_work(&ageing, idle_s * HZ);
}

static void age(struct work_struct *work)
{
	struct zc_page_pool *pool;
	bool more = false;
	int nid;

	list_for_each_entry(pool, &zc_pools, link) {
		for_each_node_state(nid, N_MEMORY)
			zc_pool_age(pool, nid);
		more |= atomic_long_read(&pool->pages) > pool->floor;
	}
	if (more)
		age_later();
}

void zc_upkeep_came(int nid, bool worth_zeroing)
{
	if (worth_zeroing)
		schedule_delayed_work(&workers[nid]->wake, msecs_to_jiffies(REST_MS));
	age_later();
}

static void wake(struct work_struct *work)
{
	wake_up(&container_of(to_delayed_work(work), struct worker, wake)->wait);
}

static bool has_work(const struct worker *worker)
{
	struct zc_page_pool *pool;

	list_for_each_entry(pool, &zc_pools, link)
		if (zc_pool_has_dirty(pool, worker->nid))
			return true;
	return kthread_should_stop();
}

/* The part of each node, in whole blocks. */
static void fill_to_floor(struct zc_page_pool *pool, int nid)
{
	unsigned long part = pool->floor / num_node_state(N_MEMORY);

	while (!kthread_should_stop() && zc_pool_pages(pool, nid) < part)
		if (!zc_pool_grow(pool, nid))
			break;
}

static int work(void *data)
{
	struct worker *worker = data;
	struct zc_page_pool *pool;

	list_for_each_entry(pool, &zc_pools, link)
		fill_to_floor(pool, worker->nid);
	while (!kthread_should_stop()) {
		list_for_each_entry(pool, &zc_pools, link)
			while (!kthread_should_stop() && zc_pool_clean(pool, worker->nid))
				;
		wait_event_interruptible(worker->wait, has_work(worker));
	}
	return 0;
}

static unsigned long count_pages(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct zc_page_pool *pool;
	unsigned long pages = 0;

	list_for_each_entry(pool, &zc_pools, link)
		pages += zc_pool_pages(pool, sc->nid);
	return pages ?: SHRINK_EMPTY;
}

static struct zc_page_pool *largest_pool(int nid)
{
	struct zc_page_pool *pool, *largest = NULL;
	unsigned long most = 0;

	list_for_each_entry(pool, &zc_pools, link)
		if (zc_pool_pages(pool, nid) > most) {
			most = zc_pool_pages(pool, nid);
			largest = pool;
		}
	return largest;
}

/*
 * Who reclaims memory counts what it takes from its own lists, and of the rest only what it
 * is told of here: without it, it goes on to take from others, or takes itself for stuck.
 */
static void tell_reclaimed(unsigned long pages)
{
#if ZC_HAVE_ACCOUNT_RECLAIMED
	mm_account_reclaimed_pages(pages);
#else
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
#endif
}

/*
 * Block by block from whoever has most, so that no pool keeps all while another is emptied. A
 * block is more than what may be asked for: @nr_scanned tells.
 */
static unsigned long give_pages(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long given = 0, block = 1;

	while (given < sc->nr_to_scan && block) {
		struct zc_page_pool *pool = largest_pool(sc->nid);

		block = pool ? zc_pool_shrink(pool, sc->nid, 1) : 0;
		given += block;
	}
	if (!given)
		return SHRINK_STOP;
	sc->nr_scanned = given;
	tell_reclaimed(given);
	return given;
}

#if ZC_HAVE_SHRINKER_ALLOC

static struct shrinker *shrinker;

static int add_shrinker(void)
{
	shrinker = shrinker_alloc(SHRINKER_NUMA_AWARE, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_pages;
	shrinker->scan_objects = give_pages;
	shrinker_register(shrinker);
	return 0;
}

static void remove_shrinker(void)
{
	shrinker_free(shrinker);
}

#else

static struct shrinker shrinker = {
	.count_objects = count_pages,
	.scan_objects = give_pages,
	.seeks = DEFAULT_SEEKS,
	.flags = SHRINKER_NUMA_AWARE,
};

static int add_shrinker(void)
{
	return register_shrinker(&shrinker, KBUILD_MODNAME);
}

static void remove_shrinker(void)
{
	unregister_shrinker(&shrinker);
}

#endif

/* Zeroing never takes the processor from somebody who has something to do. */
static void make_idle_class(struct task_struct *task)
{
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_IDLE,
	};

	sched_setattr_nocheck(task, &attr);
}

static int add_worker(int nid)
{
	struct worker *worker = kzalloc_node(sizeof(*worker), GFP_KERNEL, nid);

	if (!worker)
		return -ENOMEM;
	worker->nid = nid;
	init_waitqueue_head(&worker->wait);
	INIT_DELAYED_WORK(&worker->wake, wake);
	worker->task = kthread_create_on_node(work, worker, nid, KBUILD_MODNAME "/%d", nid);
	if (IS_ERR(worker->task)) {
		int ret = PTR_ERR(worker->task);

		kfree(worker);
		return ret;
	}
	make_idle_class(worker->task);
	workers[nid] = worker;
	return 0;
}

static void remove_workers(void)
{
	int nid;

	for (nid = 0; nid < nr_node_ids; nid++) {
		if (!workers[nid])
			continue;
		cancel_delayed_work_sync(&workers[nid]->wake);
		kthread_stop(workers[nid]->task);
		kfree(workers[nid]);
	}
	kfree(workers);
}

int zc_upkeep_start(void)
{
	int nid, ret;

	workers = kcalloc(nr_node_ids, sizeof(*workers), GFP_KERNEL);
	if (!workers)
		return -ENOMEM;
	for_each_node_state(nid, N_MEMORY) {
		ret = add_worker(nid);
		if (ret)
			goto remove;
	}
	ret = add_shrinker();
	if (ret)
		goto remove;
	for_each_node_state(nid, N_MEMORY)
		wake_up_process(workers[nid]->task);
	return 0;

remove:
	remove_workers();
	return ret;
}

void zc_upkeep_stop(void)
{
	cancel_delayed_work_sync(&ageing);
	remove_shrinker();
	remove_workers();
}
