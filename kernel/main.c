// SPDX-License-Identifier: GPL-2.0-only
/*
 * main - the module: its parameters, and which heaps it provides.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "zc-heaps.h"

static char *heaps;
module_param(heaps, charp, 0444);
MODULE_PARM_DESC(heaps, "Names of the heaps to provide, by commas (default: all that fit this kernel)");

static char *caps;
module_param(caps, charp, 0444);
MODULE_PARM_DESC(caps, "NAME:SIZE, by commas: what a heap's buffers may hold together, such as system-pooled:512M (default: half of the memory)");

static unsigned int pool_max_mb;
module_param(pool_max_mb, uint, 0444);
MODULE_PARM_DESC(pool_max_mb, "The most that system-pooled keeps for the next allocations, in MiB (default: an eighth of the memory)");

static unsigned int test_heaps;
module_param(test_heaps, uint, 0444);
MODULE_PARM_DESC(test_heaps, "So many more heaps, zc-test-0 and on, for tests");

bool zc_memcg;
module_param_named(memcg, zc_memcg, bool, 0644);
MODULE_PARM_DESC(memcg, "Charge buffers to the memory cgroup of the process; such pages are not recycled (default: N)");

#define CAP_SHARE 2
#define POOL_SHARE 8

#define TEST_PREFIX "zc-test-"

static LIST_HEAD(provided);
static struct zc_page_pool *pool;
static struct zc_heap *tests;

static struct zc_heap system_heap = {
	.name = "system",
	.ops = &zc_system_ops,
	.gfp = GFP_HIGHUSER,
	.is_kernels = IS_ENABLED(CONFIG_DMABUF_HEAPS_SYSTEM),
};

static struct zc_heap pooled_heap = {
	.name = "system-pooled",
	.ops = &zc_system_ops,
	.gfp = GFP_HIGHUSER,
};

static struct zc_heap uncached_heap = {
	.name = "system-uncached",
	.ops = &zc_uncached_ops,
	.gfp = GFP_KERNEL,
	.uncached = true,
};

static struct zc_heap dma32_heap = {
	.name = "system-dma32",
	.ops = &zc_system_ops,
	.gfp = GFP_KERNEL | GFP_DMA32,
};

static struct zc_heap contiguous_heap = {
	.name = "system-contiguous",
	.ops = &zc_contiguous_ops,
};

static struct zc_heap *const all[] = {
	&system_heap, &pooled_heap, &uncached_heap, &dma32_heap, &contiguous_heap,
};

/* Where NAME, or NAME and more after a colon, stands in a list; or NULL. */
static const char *find_in_list(const char *list, const char *name)
{
	size_t len = strlen(name);

	while (list && *list) {
		if (!strncmp(list, name, len) && (!list[len] || strchr(",:", list[len])))
			return list + len;
		list = strchr(list, ',');
		if (list)
			list++;
	}
	return NULL;
}

static void warn_of_unknown_names(const char *parameter, const char *list)
{
	while (list && *list) {
		size_t len = strcspn(list, ",:");
		bool known = !strncmp(list, TEST_PREFIX, strlen(TEST_PREFIX));
		int i;

		for (i = 0; i < ARRAY_SIZE(all); i++)
			known |= strlen(all[i]->name) == len &&
				 !strncmp(all[i]->name, list, len);
		if (!known)
			pr_warn("%s: there is no heap \"%.*s\"\n", parameter, (int)len,
				list);
		list = strchr(list, ',');
		if (list)
			list++;
	}
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
		return find_in_list(heaps, heap->name);
	return !heap->is_kernels;
}

static size_t share_of_memory(unsigned int share)
{
	return (totalram_pages() / share) << PAGE_SHIFT;
}

static size_t cap_of(const struct zc_heap *heap)
{
	const char *size = find_in_list(caps, heap->name);
	char *end;
	u64 bytes;

	if (!size)
		return share_of_memory(CAP_SHARE);
	if (*size == ':') {
		bytes = memparse(size + 1, &end);
		if (end != size + 1 && (!*end || *end == ',') && bytes <= SIZE_MAX)
			return bytes;
	}
	pr_warn("caps: \"%s\" wants NAME:SIZE, such as %s:512M; half of the memory is taken\n",
		heap->name, heap->name);
	return share_of_memory(CAP_SHARE);
}

static bool path_exists(const char *folder, const char *name)
{
	char *file = kasprintf(GFP_KERNEL, "%s/%s", folder, name);
	struct path path;
	bool exists;

	exists = file && !kern_path(file, 0, &path);
	if (exists)
		path_put(&path);
	kfree(file);
	return exists;
}

bool zc_kernel_has(const char *name)
{
	return IS_ENABLED(CONFIG_DMABUF_HEAPS) &&
	       (path_exists("/sys/class/dma_heap", name) ||
		path_exists("/dev/dma_heap", name));
}

static int provide(struct zc_heap *heap)
{
	int ret;

	heap->cap = cap_of(heap);
	heap->largest = heap->ops->largest ? heap->ops->largest(heap) : heap->cap;
	ret = zc_stats_add(heap);
	if (ret)
		return ret;
	ret = zc_framework_add(heap);
	if (ret == -EEXIST)
		pr_err("heap \"%s\" is left out: there is a heap of that name\n",
		       heap->name);
	if (ret) {
		zc_stats_remove(heap);
		return ret;
	}
	list_add(&heap->link, &provided);
	return 0;
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

static int provide_all(void)
{
	int i, error, ret = -ENODEV;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!is_wanted(all[i]) || !fits(all[i]))
			continue;
		error = provide(all[i]);
		/*
		 * modprobe takes EEXIST for "already loaded" and reports success: return
		 * another error.
		 */
		if (error)
			ret = error == -EEXIST ? -EBUSY : error;
	}
	return list_empty(&provided) ? ret : 0;
}

static int __init zc_init(void)
{
	unsigned long pool_bytes = pool_max_mb ? (unsigned long)pool_max_mb << 20 :
						 share_of_memory(POOL_SHARE);
	int ret = zc_framework_init();

	if (ret)
		return ret;
	warn_of_unknown_names("heaps", heaps);
	warn_of_unknown_names("caps", caps);
	if (is_wanted(&pooled_heap))
		pool = zc_pool_create(pool_bytes >> PAGE_SHIFT);
	if (IS_ERR(pool)) {
		ret = PTR_ERR(pool);
		goto exit_framework;
	}
	pooled_heap.pool = pool;
	ret = zc_contiguous_init();
	if (ret)
		goto destroy_pool;
	zc_stats_init();
	ret = provide_all();
	if (ret)
		goto exit_stats;
	provide_tests();
	return 0;

exit_stats:
	zc_stats_exit();
	zc_contiguous_exit();
destroy_pool:
	zc_pool_destroy(pool);
exit_framework:
	zc_framework_exit();
	return ret;
}
module_init(zc_init);

/* The kernel keeps what is registered with it: there the module cannot leave. */
#if !ZC_HAVE_DMA_HEAP_ADD
static void free_tests(void)
{
	unsigned int i;

	for (i = 0; tests && i < test_heaps; i++)
		kfree(tests[i].name);
	kvfree(tests);
}

static void __exit zc_exit(void)
{
	struct zc_heap *heap;

	list_for_each_entry(heap, &provided, link) {
		zc_framework_remove(heap);
		zc_stats_remove(heap);
	}
	free_tests();
	zc_stats_exit();
	zc_contiguous_exit();
	zc_pool_destroy(pool);
	zc_framework_exit();
}
module_exit(zc_exit);
#endif

MODULE_DESCRIPTION("DMA-BUF heaps: pooled, uncached, below 4 GiB, contiguous");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
#if ZC_IMPORT_NS_TAKES_IDENTIFIER
MODULE_IMPORT_NS(DMA_BUF);
#else
MODULE_IMPORT_NS("DMA_BUF");
#endif
