/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fixture - what the plugin's test programs have in common. */
#include "fixture.h"
#include "elements/gstdmaheap.h"
#include "memory/gstdmaheapframe.h"
#include "memory/gstdmaheaplog.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

void fixture_load(const char *file)
{
    char *path = g_build_filename(GST_PLUGINS_FOLDER, file, NULL);
    GError *error = NULL;
    GstPlugin *plugin = gst_plugin_load_file(path, &error);

    if (!plugin)
        g_error("cannot load %s: %s", path, error->message);
    gst_object_unref(plugin);
    g_free(path);
}

/* Nothing is scanned, read or written in the user's home. */
void fixture_start(void)
{
    g_setenv("GST_REGISTRY_DISABLE", "yes", TRUE);
    g_unsetenv("GST_TRACERS");
    gst_init(NULL, NULL);
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
    gst_dma_heap_log_init();
    fixture_load("libgstcoreelements.so");
    fixture_load("libgstvideotestsrc.so");
    g_assert_true(GST_ELEMENT_REGISTER(dmaheap, NULL));
}

int fixture_reset(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    fake_sync_reset();
    gst_dma_heap_frame_forget(NULL);
    return 0;
}

int count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;

    assert_non_null(folder);
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

guint64 inode_of(int fd)
{
    struct stat node;

    assert_return_code(fstat(fd, &node), 0);
    return node.st_ino;
}

guint64 inode_of_memory(GstMemory *memory)
{
    return inode_of(gst_dmabuf_memory_get_fd(memory));
}

GstDmaHeapAllocator *new_allocator(void)
{
    GError *error = NULL;
    GstDmaHeapAllocator *allocator = gst_dma_heap_allocator_new(FAKE_HEAP, FALSE, &error);

    g_assert_no_error(error);
    assert_non_null(allocator);
    return allocator;
}

GstMemory *alloc_page(GstDmaHeapAllocator *allocator)
{
    GstMemory *memory = gst_allocator_alloc(GST_ALLOCATOR(allocator), PAGE, NULL);

    assert_non_null(memory);
    return memory;
}

int page_setup(void **state)
{
    struct page *page = g_new0(struct page, 1);

    fixture_reset(state);
    page->allocator = new_allocator();
    page->memory = alloc_page(page->allocator);
    *state = page;
    return 0;
}

int page_teardown(void **state)
{
    struct page *page = *state;

    gst_memory_unref(page->memory);
    gst_object_unref(page->allocator);
    g_free(page);
    return 0;
}

GstCaps *video_caps(const char *format, int width, int height)
{
    return gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, format, "width",
                               G_TYPE_INT, width, "height", G_TYPE_INT, height,
                               "framerate", GST_TYPE_FRACTION, 30, 1, NULL);
}

gboolean configure_pool(GstBufferPool *pool, GstCaps *caps, guint bytes, guint min,
                        guint max, const GstVideoAlignment *align)
{
    GstStructure *config = gst_buffer_pool_get_config(pool);
    GstVideoAlignment asked;

    gst_buffer_pool_config_set_params(config, caps, bytes, min, max);
    gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
    if (align) {
        asked = *align;
        gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
        gst_buffer_pool_config_set_video_alignment(config, &asked);
    }
    return gst_buffer_pool_set_config(pool, config);
}

GstBufferPool *new_pool(GstDmaHeapAllocator *allocator, GstCaps *caps, guint min,
                        guint max, guint stride_align, gboolean separate)
{
    GstBufferPool *pool =
        gst_dma_heap_buffer_pool_new(allocator, stride_align, 1, separate);

    assert_true(configure_pool(pool, caps, 0, min, max, NULL));
    gst_caps_unref(caps);
    assert_true(gst_buffer_pool_set_active(pool, TRUE));
    return pool;
}

GstBuffer *acquire(GstBufferPool *pool)
{
    GstBuffer *buffer = NULL;

    assert_int_equal(gst_buffer_pool_acquire_buffer(pool, &buffer, NULL), GST_FLOW_OK);
    assert_non_null(buffer);
    return buffer;
}

void free_pool(GstBufferPool *pool)
{
    assert_true(gst_buffer_pool_set_active(pool, FALSE));
    gst_object_unref(pool);
}

int grey_pool_setup(void **state)
{
    struct grey_pool *grey = g_new0(struct grey_pool, 1);
    guint n = GPOINTER_TO_UINT(*state);

    fixture_reset(state);
    grey->allocator = new_allocator();
    grey->pool = new_pool(grey->allocator, video_caps("GRAY8", 64, 64), n, n, 64, FALSE);
    *state = grey;
    return 0;
}

int grey_pool_teardown(void **state)
{
    struct grey_pool *grey = *state;

    free_pool(grey->pool);
    gst_object_unref(grey->allocator);
    g_free(grey);
    return 0;
}

static void hear_text(gpointer object, const char *text, struct heard *heard)
{
    (void)object;
    g_atomic_int_inc(&heard->times);
    g_free(heard->text);
    heard->text = g_strdup(text);
}

static void hear_access(gpointer object, const char *who, guint flags,
                        struct heard *heard)
{
    hear_text(object, who, heard);
    heard->first = flags;
}

static void hear_figures(gpointer object, guint first, guint second, struct heard *heard)
{
    (void)object;
    heard->first = first;
    heard->second = second;
    g_atomic_int_inc(&heard->times);
}

void heard_listen(struct heard *heard, gpointer object, const char *signal)
{
    GCallback hear = !strcmp(signal, "dry")          ? G_CALLBACK(hear_figures)
                     : !strcmp(signal, "cpu-access") ? G_CALLBACK(hear_access)
                                                     : G_CALLBACK(hear_text);

    *heard = (struct heard){0};
    g_signal_connect(object, signal, hear, heard);
}

void heard_clear(struct heard *heard)
{
    g_free(heard->text);
    *heard = (struct heard){0};
}
