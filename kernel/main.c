// SPDX-License-Identifier: GPL-2.0-only
/*
 * main - the module: its parameters, and which heaps it provides.
 */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "zc-heaps.h"

static char *heaps;
module_param(heaps, charp, 0444);
MODULE_PARM_DESC(heaps, "Names of the heaps to provide, by commas (default: all that fit this kernel)");

static char *caps;
module_param(caps, charp, 0444);
MODULE_PARM_DESC(caps, "NAME:SIZE, by commas: what the buffers of a heap may hold together, of all, or of those below-4G, such as all:512M (default: half of the memory that there is for them)");

static int pool_max_mb = -1;
module_param(pool_max_mb, int, 0444);
MODULE_PARM_DESC(pool_max_mb, "The most that is kept for the next allocations, in MiB; 0: nothing (default: -1, an eighth of the memory)");

static char *pool_fill;
module_param(pool_fill, charp, 0444);
MODULE_PARM_DESC(pool_fill, "NAME:SIZE, by commas: what is zeroed for a heap before anybody asks, and kept until memory is short (default: nothing)");

static char *names;
module_param(names, charp, 0444);
MODULE_PARM_DESC(names, "Vendors, by commas, whose programs' names the heaps get as well: rockchip, nxp, raspberrypi (default: none)");

static unsigned int test_heaps;
module_param(test_heaps, uint, 0444);
MODULE_PARM_DESC(test_heaps, "So many more heaps, zc-test-0 and on, for tests");

static bool memcg;
module_param(memcg, bool, 0644);
MODULE_PARM_DESC(memcg, "Charge buffers to the memory cgroup of the process; such pages are not recycled (default: as the kernel's own heaps do, by dma_heap.mem_accounting)");

#define POOL_SHARE 8

#define TEST_PREFIX "zc-test-"

static LIST_HEAD(nodes);
static struct kobject *marks;
static bool has_upkeep;
static struct zc_heap *tests;

static struct zc_heap system_heap = {
	.name = "system",
	.ops = &zc_system_ops,
	.pooled = true,
	.gfp = GFP_HIGHUSER,
	.limit.parent = &zc_limit_all,
	.is_kernels = IS_ENABLED(CONFIG_DMABUF_HEAPS_SYSTEM),
};

static struct zc_heap cacheable_heap = {
	.name = "system-cacheable",
	.ops = &zc_system_ops,
	.pooled = true,
	.gfp = GFP_HIGHUSER,
	.limit.parent = &zc_limit_all,
};

static struct zc_heap uncached_heap = {
	.name = "system-uncached",
	.ops = &zc_system_ops,
	.pooled = true,
	.gfp = GFP_KERNEL,
	.uncached = true,
	.limit.parent = &zc_limit_all,
};

static struct zc_heap dma32_heap = {
	.name = "system-dma32",
	.ops = &zc_system_ops,
	.pooled = true,
	.gfp = GFP_KERNEL | GFP_DMA32,
	.limit.parent = &zc_limit_low,
};

static struct zc_heap contiguous_heap = {
	.name = "system-contiguous",
	.ops = &zc_contiguous_ops,
	.limit.parent = &zc_limit_low,
};

static struct zc_heap uncached_dma32_heap = {
	.name = "system-uncached-dma32",
	.ops = &zc_system_ops,
	.pooled = true,
	.gfp = GFP_KERNEL | GFP_DMA32,
	.uncached = true,
	.limit.parent = &zc_limit_low,
};

static struct zc_heap uncached_contiguous_heap = {
	.name = "system-uncached-contiguous",
	.ops = &zc_contiguous_ops,
	.uncached = true,
	.limit.parent = &zc_limit_low,
};

static struct zc_heap *const all[] = {
	&system_heap, &cacheable_heap, &uncached_heap, &dma32_heap, &contiguous_heap,
	&uncached_dma32_heap, &uncached_contiguous_heap,
};

/*
 * Other names: that of the release before, and those that programs of vendors' boards open
 * and know no other for.
 */
static struct other_name {
	const char *vendor;
	const char *name;
	struct zc_heap *heap;
	struct zc_node node;
} other_names[] = {
	{ NULL, "system-pooled", &cacheable_heap },
	{ "rockchip", "cma", &contiguous_heap },
	{ "rockchip", "cma-uncached", &uncached_contiguous_heap },
	{ "nxp", "linux,cma", &contiguous_heap },
	{ "nxp", "linux,cma-uncached", &uncached_contiguous_heap },
	{ "raspberrypi", "vidbuf_cached", &contiguous_heap },
};

static bool is_name(const char *name, const char *entry)
{
	size_t len = strcspn(entry, ",:");

	return strlen(name) == len && !strncmp(name, entry, len);
}

/* The heap that an entry of a list names; a vendor's name is none here. */
static const struct zc_heap *heap_of(const char *entry)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (is_name(all[i]->name, entry))
			return all[i];
	for (i = 0; i < ARRAY_SIZE(other_names); i++)
		if (!other_names[i].vendor && is_name(other_names[i].name, entry))
			return other_names[i].heap;
	return NULL;
}

/* The name by which a list names a heap, or NULL. */
static const char *name_in_list(const struct zc_heap *heap, const char *list)
{
	int i;

	if (zc_list_find(list, heap->name))
		return heap->name;
	for (i = 0; i < ARRAY_SIZE(other_names); i++)
		if (other_names[i].heap == heap && !other_names[i].vendor &&
		    zc_list_find(list, other_names[i].name))
			return other_names[i].name;
	return NULL;
}

static bool is_limit(const char *entry)
{
	return is_name(zc_limit_all.name, entry) || is_name(zc_limit_low.name, entry) ||
	       !strncmp(entry, TEST_PREFIX, strlen(TEST_PREFIX));
}

static bool is_vendor(const char *entry)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(other_names); i++)
		if (other_names[i].vendor && is_name(other_names[i].vendor, entry))
			return true;
	return false;
}

/* Of an area of the device tree, which is not known before. */
static bool is_region(const char *entry)
{
	struct zc_node *node;

	list_for_each_entry(node, &nodes, link)
		if (is_name(node->name, entry))
			return true;
	return false;
}

static void warn_of_unknown_names(void)
{
	const char *entry;

	for (entry = heaps; entry && *entry; entry = zc_list_next(entry))
		if (!heap_of(entry) && !is_region(entry))
			pr_warn("heaps: there is no heap \"%.*s\"\n",
				(int)strcspn(entry, ","), entry);
	for (entry = caps; entry && *entry; entry = zc_list_next(entry))
		if (!heap_of(entry) && !is_limit(entry) && !is_region(entry))
			pr_warn("caps: there is no heap \"%.*s\"\n",
				(int)strcspn(entry, ",:"), entry);
	for (entry = pool_fill; entry && *entry; entry = zc_list_next(entry))
		if (!heap_of(entry) || !heap_of(entry)->pooled)
			pr_warn("pool_fill: there is no heap \"%.*s\" with a pool\n",
				(int)strcspn(entry, ",:"), entry);
	for (entry = names; entry && *entry; entry = zc_list_next(entry))
		if (!is_vendor(entry))
			pr_warn("names: nothing is known of \"%.*s\"\n",
				(int)strcspn(entry, ","), entry);
}

bool zc_charges(void)
{
	return READ_ONCE(memcg) || zc_framework_charges();
}

/* Whether this kernel has what a heap needs; says so where it has not. */
static bool fits(const struct zc_heap *heap)
{
	const char *lack = heap->ops->lacks ? heap->ops->lacks(heap) : NULL;

	if (lack)
		pr_info("heap \"%s\" is left out: %s\n", heap->name, lack);
	return !lack;
}

static bool is_wanted(const struct zc_heap *heap)
{
	if (heaps && *heaps)
		return name_in_list(heap, heaps);
	return !heap->is_kernels;
}

static void choose(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		all[i]->wanted = is_wanted(all[i]) && fits(all[i]);
}

/* The mark comes before the node, of which udev is told at once. */
static int add_node(struct zc_node *node, const char *name, struct zc_heap *heap)
{
	int ret;

	node->name = name;
	node->heap = heap;
	node->mark = kobject_create_and_add(name, marks);
	ret = node->mark ? zc_framework_add(node) : -ENOMEM;
	if (ret) {
		kobject_put(node->mark);
		return ret;
	}
	zc_stats_show(node);
	list_add(&node->link, &nodes);
	return 0;
}

static void tell_left_out(const struct zc_heap *heap, int error)
{
	if (error == -EEXIST)
		pr_err("heap \"%s\" is left out: there is a heap of that name\n", heap->name);
	else
		pr_err("heap \"%s\" is left out: the kernel does not make it (%d)\n",
		       heap->name, error);
}

static int provide(struct zc_heap *heap)
{
	int ret;

	heap->limit.name = name_in_list(heap, caps) ?: heap->name;
	zc_limit_init(&heap->limit, caps, heap->limit.parent->cap);
	heap->largest = heap->ops->largest ? heap->ops->largest(heap) : heap->limit.cap;
	ret = zc_stats_add(heap);
	if (ret) {
		tell_left_out(heap, ret);
		return ret;
	}
	ret = add_node(&heap->node, heap->name, heap);
	if (ret) {
		tell_left_out(heap, ret);
		zc_stats_remove(heap);
	}
	return ret;
}

/* What the kernel has by such a name is what the vendor's programs mean. */
static void provide_other_names(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(other_names); i++) {
		struct other_name *other = &other_names[i];
		int ret;

		if (!other->heap->node.handle ||
		    (other->vendor && !zc_list_find(names, other->vendor)))
			continue;
		ret = add_node(&other->node, other->name, other->heap);
		if (ret)
			pr_info("heap \"%s\" does not get the name \"%s\" as well (%d)\n",
				other->heap->name, other->name, ret);
	}
}

/* Once a node is there nothing fails any more: somebody may have it open. */
static void provide_tests(void)
{
	unsigned int i;

	tests = test_heaps ? kvcalloc(test_heaps, sizeof(*tests), GFP_KERNEL) : NULL;
	if (!tests)
		return;
	for (i = 0; i < test_heaps; i++) {
		tests[i] = system_heap;
		tests[i].name = kasprintf(GFP_KERNEL, TEST_PREFIX "%u", i);
		if (!tests[i].name || provide(&tests[i])) {
			pr_err("only %u of %u test heaps can be made\n", i, test_heaps);
			kfree(tests[i].name);
			tests[i].name = NULL;
			return;
		}
	}
}

/* What the kernel has a heap of is not said to be missing. */
static int provide_region(struct zc_heap *heap)
{
	if (!is_wanted(heap) || zc_kernel_has(heap->name))
		return -ENODEV;
	return provide(heap);
}

static int provide_all(void)
{
	int i, error, ret = -ENODEV;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i]->wanted)
			continue;
		error = provide(all[i]);
		/*
		 * modprobe takes EEXIST for "already loaded" and reports success: return
		 * another error.
		 */
		if (error)
			ret = error == -EEXIST ? -EBUSY : error;
	}
	zc_regions_find(provide_region);
	return list_empty(&nodes) ? ret : 0;
}

static void destroy_pools(void)
{
	int i;

	if (has_upkeep)
		zc_upkeep_stop();
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i]->pool)
			zc_pool_destroy(all[i]->pool);
}

static struct zc_page_pool *create_pool(const struct zc_heap *heap)
{
	const char *name = name_in_list(heap, pool_fill);
	struct zc_page_pool *pool;
	u64 bytes = 0;

	if (name && !zc_list_size(pool_fill, name, &bytes))
		pr_warn("pool_fill: \"%s\" wants NAME:SIZE, such as %s:64M\n", name, name);
	pool = zc_pool_create(heap, min_t(u64, bytes >> PAGE_SHIFT, LONG_MAX));
	if (!pool)
		pr_warn("heap \"%s\" keeps nothing for the next allocations: no memory for that\n",
			heap->name);
	return pool;
}

/* A heap does without its pool, where there can be none. */
static void create_pools(void)
{
	u64 pages = pool_max_mb < 0 ? totalram_pages() / POOL_SHARE :
				      (u64)pool_max_mb << (20 - PAGE_SHIFT);
	int i;

	if (!pages)
		return;
	zc_pools_limit(min_t(u64, pages, LONG_MAX));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i]->pooled && all[i]->wanted)
			all[i]->pool = create_pool(all[i]);
	has_upkeep = !zc_upkeep_start();
	if (has_upkeep)
		return;
	pr_warn("there is no memory for what keeps pages for the next allocations\n");
	destroy_pools();
	for (i = 0; i < ARRAY_SIZE(all); i++)
		all[i]->pool = NULL;
}

static int __init zc_init(void)
{
	int ret = zc_device_init();

	if (ret)
		return ret;
	ret = zc_framework_init();
	if (ret)
		goto exit_device;
	marks = kobject_create_and_add("heaps", &THIS_MODULE->mkobj.kobj);
	if (!marks) {
		ret = -ENOMEM;
		goto exit_framework;
	}
	choose();
	zc_limits_init(caps);
	create_pools();
	zc_stats_init();
	ret = provide_all();
	warn_of_unknown_names();
	if (ret)
		goto exit_stats;
	provide_other_names();
	provide_tests();
	return 0;

exit_stats:
	zc_regions_exit();
	zc_stats_exit();
	destroy_pools();
	kobject_put(marks);
exit_framework:
	zc_framework_exit();
exit_device:
	zc_device_exit();
	return ret;
}
module_init(zc_init);

/* The kernel keeps what is registered with it: there the module cannot leave. */
#if !ZC_HAVE_DMA_HEAP_ADD
static void remove_nodes(void)
{
	struct zc_node *node;

	list_for_each_entry(node, &nodes, link) {
		zc_framework_remove(node);
		kobject_put(node->mark);
	}
}

static void free_stats(void)
{
	struct zc_node *node;

	list_for_each_entry(node, &nodes, link)
		if (node == &node->heap->node)
			zc_stats_remove(node->heap);
}

static void free_tests(void)
{
	unsigned int i;

	for (i = 0; tests && i < test_heaps; i++)
		kfree(tests[i].name);
	kvfree(tests);
}

static void __exit zc_exit(void)
{
	remove_nodes();
	zc_stats_exit();
	free_stats();
	free_tests();
	zc_regions_exit();
	destroy_pools();
	kobject_put(marks);
	zc_framework_exit();
	zc_device_exit();
}
module_exit(zc_exit);
#endif

MODULE_DESCRIPTION("DMA-BUF heaps: cacheable, uncached, below 4 GiB, contiguous");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
#if ZC_IMPORT_NS_TAKES_IDENTIFIER
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif
