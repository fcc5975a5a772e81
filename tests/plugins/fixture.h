/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fixture.h - the frame of the plugin's test programs: GStreamer without its registry, a heap
 * of memfds, and what is counted. No device and no root is needed.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "../unit/fake-kernel.h"
#include "../unit/test.h"
#include "fake-sync.h"

#include "memory/gstdmaheapallocator.h"
#include "memory/gstdmaheapbufferpool.h"

#include <gst/video/video.h>

/** Bytes of a page: what the fake heap rounds up to. */
#define PAGE ((gsize)sysconf(_SC_PAGESIZE))

/** The heap of the tests, as element and allocator name it. */
#define FAKE_HEAP FAKE_NODE

/**
 * main() of a test program: starts GStreamer with core elements, dmaheap and the plugins
 * named in PLUGINS, then runs the array @tests, each after fixture_reset(). A critical
 * message of GLib's or GStreamer's ends the program.
 */
#define PLUGIN_TEST_MAIN(name, tests)                                                    \
    int main(void)                                                                       \
    {                                                                                    \
        fixture_start();                                                                 \
        return cmocka_run_group_tests_name(name, tests, NULL, NULL);                     \
    }

/** A test with the fakes as new before it. */
#define plugin_test(function)                                                            \
    {                                                                                    \
#function, function, fixture_reset, NULL, NULL                                   \
    }

/** A test with a struct page as its state. */
#define page_test(function)                                                              \
    {                                                                                    \
#function, function, page_setup, page_teardown, NULL                             \
    }

/** A test with a struct grey_pool as its state, of @n buffers. */
#define grey_pool_test(function, n)                                                      \
    {                                                                                    \
#function, function, grey_pool_setup, grey_pool_teardown, GUINT_TO_POINTER(n)    \
    }

void fixture_start(void);
int fixture_reset(void **state);

/** Loads a plugin file of GStreamer's own folder: "libgstapp.so". */
void fixture_load(const char *file);

/** The descriptors that this process has open. */
int count_fds(void);

/** The inode of an open file: what a dma-buf is known by. */
guint64 inode_of(int fd);
guint64 inode_of_memory(GstMemory *memory);

/** An allocator of the fake heap. */
GstDmaHeapAllocator *new_allocator(void);

/** A page of its memory. */
GstMemory *alloc_page(GstDmaHeapAllocator *allocator);

/** An allocator, and a page of it. */
struct page {
    GstDmaHeapAllocator *allocator;
    GstMemory *memory;
};

int page_setup(void **state);
int page_teardown(void **state);

/** Plain raw video caps, 30 frames a second. */
GstCaps *video_caps(const char *format, int width, int height);

/** Configures @pool; its size is that of the caps where @bytes is less. */
gboolean configure_pool(GstBufferPool *pool, GstCaps *caps, guint bytes, guint min,
                        guint max, const GstVideoAlignment *align);

/** A pool for caps that it takes, configured and active. */
GstBufferPool *new_pool(GstDmaHeapAllocator *allocator, GstCaps *caps, guint min,
                        guint max, guint stride_align, gboolean separate);

/** A buffer of a pool that has one. */
GstBuffer *acquire(GstBufferPool *pool);

/** Gives the pool up with all its buffers, which are at home. */
void free_pool(GstBufferPool *pool);

/** An active pool of GRAY8 of 64x64, whose buffers are all at home when the test ends. */
struct grey_pool {
    GstDmaHeapAllocator *allocator;
    GstBufferPool *pool;
};

int grey_pool_setup(void **state);
int grey_pool_teardown(void **state);

/** What the signals of an allocator or a pool said. */
struct heard {
    int times;
    char *text;  /**< the last one's words, or NULL */
    guint first; /**< its figures */
    guint second;
};

/** Listens to "cpu-access", "exhausted" or "dry" of @object until heard_clear(). */
void heard_listen(struct heard *heard, gpointer object, const char *signal);
void heard_clear(struct heard *heard);

#endif
