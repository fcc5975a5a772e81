/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame, pool and mailbox, on memfds that answer as dma-bufs. */
#include "fake-kernel.h"
#include "memory/frame-private.h"
#include "flow/mailbox.h"
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    struct zc_heap *heap;
    struct zc_layout layout;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fake_kernel = (struct fake_kernel){0};
    if (zc_heap_open(&fixture->heap, FAKE_NODE) ||
        zc_layout_solve(&fixture->layout, zc_format_by_name("NV12"), 64, 48, NULL))
        return -1;
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    zc_heap_close(fixture->heap);
    free(fixture);
    return 0;
}

static void test_identity_is_the_inode(void **state)
{
    struct fixture *fixture = *state;
    struct zc_frame *frame;
    struct stat node;

    assert_int_equal(zc_frame_create(&frame, fixture->heap, &fixture->layout), 0);
    assert_int_equal(fstat(zc_frame_fd(frame, 0), &node), 0);
    assert_int_equal(zc_frame_identity(frame, 0), node.st_ino);
    assert_int_equal(zc_frame_fd(frame, 1), -1);
    assert_int_equal(zc_frame_identity(frame, -1), 0);
    zc_frame_unref(frame);
}

static void test_separate_planes_have_buffers_of_their_own(void **state)
{
    struct fixture *fixture = *state;
    struct zc_layout layout;
    struct zc_frame *frame;

    assert_int_equal(zc_layout_solve(&layout, zc_format_by_name("NV12M"), 64, 48, NULL),
                     0);
    assert_int_equal(zc_frame_create(&frame, fixture->heap, &layout), 0);
    assert_int_equal(fake_kernel.allocations, 2);
    assert_true(zc_frame_identity(frame, 0) != zc_frame_identity(frame, 1));
    zc_frame_unref(frame);
}

static void test_cpu_access_is_counted_and_synced(void **state)
{
    struct fixture *fixture = *state;
    struct zc_counters before, after;
    void *plane[ZC_MAX_PLANES];
    struct zc_frame *frame;

    assert_int_equal(zc_frame_create(&frame, fixture->heap, &fixture->layout), 0);
    zc_counters_read(&before);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
        assert_ptr_equal(plane[1], (char *)plane[0] + fixture->layout.plane[1].offset);
        memset(plane[0], i, 64);
        assert_int_equal(zc_frame_end_cpu(frame), 0);
    }
    zc_counters_read(&after);
    assert_int_equal(after.cpu_maps - before.cpu_maps, 3);
    assert_int_equal(zc_frame_cpu_maps(frame), 3);
    assert_int_equal(fake_kernel.sync_starts, 3);
    assert_int_equal(fake_kernel.sync_ends, 3);
    zc_frame_unref(frame);
}

static void test_cpu_access_does_not_nest(void **state)
{
    struct fixture *fixture = *state;
    void *plane[ZC_MAX_PLANES];
    struct zc_frame *frame;

    assert_int_equal(zc_frame_create(&frame, fixture->heap, &fixture->layout), 0);
    assert_int_equal(zc_frame_begin_cpu(frame, 0, plane), -EINVAL);
    assert_int_equal(zc_frame_end_cpu(frame), -EINVAL);
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_READ, plane), 0);
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_READ, plane), -EINVAL);
    assert_int_equal(zc_frame_end_cpu(frame), 0);
    zc_frame_unref(frame);
}

static void test_wrap_refuses_short_buffers_and_wild_planes(void **state)
{
    struct fixture *fixture = *state;
    struct zc_layout layout = fixture->layout;
    struct zc_frame *frame;
    int fd = memfd_create("short", MFD_CLOEXEC);

    assert_int_equal(ftruncate(fd, layout.bytes[0] - 1), 0);
    assert_int_equal(zc_frame_wrap(&frame, &layout, &fd), -EINVAL);
    assert_int_equal(ftruncate(fd, layout.bytes[0]), 0);
    layout.plane[1].offset = layout.bytes[0] - 10;
    assert_int_equal(zc_frame_wrap(&frame, &layout, &fd), -EINVAL);
    layout = fixture->layout;
    layout.plane[1].buffer = 1;
    assert_int_equal(zc_frame_wrap(&frame, &layout, &fd), -EINVAL);
    layout = fixture->layout;
    layout.plane[0].stride = 63;
    assert_int_equal(zc_frame_wrap(&frame, &layout, &fd), -EINVAL);
    layout = fixture->layout;
    layout.plane[0].stride = UINT32_MAX;
    assert_int_equal(zc_frame_wrap(&frame, &layout, &fd), -EINVAL);
    /* What is refused stays the caller's. */
    assert_int_equal(close(fd), 0);
}

static void test_failed_allocation_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct zc_pool *pool;

    fake_kernel.alloc_error = -ENOMEM;
    assert_int_equal(zc_pool_create(&pool, fixture->heap, &fixture->layout, 3), -ENOMEM);
}

static void test_pool_goes_round(void **state)
{
    struct fixture *fixture = *state;
    struct zc_frame *first, *second, *third;
    struct zc_pool *pool;
    char text[128];

    assert_int_equal(zc_pool_create(&pool, fixture->heap, &fixture->layout, 2), 0);
    first = zc_pool_acquire(pool);
    second = zc_pool_acquire(pool);
    assert_non_null(second);
    assert_null(zc_pool_acquire(pool));
    zc_frame_set_holder(first, "camera");
    zc_frame_meta(first)->sequence = 7;
    zc_pool_describe(pool, text, sizeof(text));
    assert_string_equal(text, "camera 1, others 1, free 0");
    zc_frame_unref(first);
    third = zc_pool_acquire(pool);
    assert_ptr_equal(third, first);
    assert_int_equal(zc_frame_meta(third)->sequence, 0);
    zc_frame_unref(second);
    zc_frame_unref(third);
    assert_int_equal(zc_pool_free(pool), 2);
    assert_int_equal(fake_kernel.allocations, 2);
    zc_pool_unref(pool);
}

static void test_pool_outlives_its_owner(void **state)
{
    struct fixture *fixture = *state;
    struct zc_frame *frame;
    struct zc_pool *pool;

    assert_int_equal(zc_pool_create(&pool, fixture->heap, &fixture->layout, 2), 0);
    frame = zc_pool_acquire(pool);
    zc_pool_unref(pool);
    assert_int_not_equal(zc_frame_identity(frame, 0), 0);
    zc_frame_unref(frame); /* and the pool with it: the sanitizer watches */
}

static void count_release(struct zc_frame *frame, void *user)
{
    (void)frame;
    ++*(int *)user;
}

static struct zc_frame *wrap(struct fixture *fixture)
{
    int fd = memfd_create("decoder's", MFD_CLOEXEC);
    struct zc_frame *frame;

    assert_int_equal(ftruncate(fd, fixture->layout.bytes[0]), 0);
    assert_int_equal(zc_frame_wrap(&frame, &fixture->layout, &fd), 0);
    return frame;
}

static void test_release_comes_once_for_each_use(void **state)
{
    struct zc_frame *frame = wrap(*state);
    int first = 0, second = 0;

    zc_frame_keep(frame);
    zc_frame_set_release(frame, count_release, &first);
    zc_frame_ref(frame);
    zc_frame_unref(frame);
    assert_int_equal(first, 0);
    zc_frame_unref(frame);
    assert_int_equal(first, 1);

    /* It is kept, and used again without a release, then with one. */
    zc_frame_unref(zc_frame_ref(frame));
    assert_int_equal(first, 1);
    zc_frame_ref(frame);
    zc_frame_set_release(frame, count_release, &second);
    zc_frame_unkeep(frame);
    assert_true(zc_frame_identity(frame, 0) != 0);
    zc_frame_unref(frame); /* and it is gone: the sanitizer watches */
    assert_int_equal(first, 1);
    assert_int_equal(second, 1);
}

/* As where the same memory comes in a second buffer while it is still shown. */
static void test_another_release_lets_the_one_before_go(void **state)
{
    struct zc_frame *frame = wrap(*state);
    int first = 0, second = 0;

    zc_frame_set_release(frame, count_release, &first);
    zc_frame_set_release(frame, count_release, &second);
    assert_int_equal(first, 1);
    assert_int_equal(second, 0);
    zc_frame_set_release(frame, NULL, NULL);
    assert_int_equal(second, 1);
    zc_frame_unref(frame);
    assert_int_equal(first, 1);
    assert_int_equal(second, 1);
}

static int destroyed;

static void destroy(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    (void)owner;
    destroyed++;
    free(attachment);
}

static struct zc_attachment *attach(struct zc_frame *frame, struct zc_attachments *owner)
{
    struct zc_attachment *attachment = calloc(1, sizeof(*attachment));

    assert_int_equal(zc_frame_attach(frame, owner, attachment), 0);
    return attachment;
}

static void test_attachments_go_with_frame_or_device(void **state)
{
    struct fixture *fixture = *state;
    struct zc_attachments device = {.destroy = destroy}, other = {.destroy = destroy};
    struct zc_frame *a, *b;

    destroyed = 0;
    assert_int_equal(zc_frame_create(&a, fixture->heap, &fixture->layout), 0);
    assert_int_equal(zc_frame_create(&b, fixture->heap, &fixture->layout), 0);
    attach(a, &device);
    attach(b, &device);
    attach(b, &other);
    zc_frame_unref(a);
    assert_int_equal(destroyed, 1);
    zc_attachments_clear(&device);
    assert_int_equal(destroyed, 2);
    assert_null(zc_frame_attachment(b, &device));
    assert_non_null(zc_frame_attachment(b, &other));
    zc_frame_unref(b);
    assert_int_equal(destroyed, 3);
}

/* A device whose destroy takes a while, and says when it has begun. */
struct slow_device {
    struct zc_attachments imports;
    atomic_bool begun, done;
};

static void destroy_slowly(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    struct slow_device *device = (struct slow_device *)owner;

    atomic_store(&device->begun, true);
    usleep(50000);
    atomic_store(&device->done, true);
    free(attachment);
}

static void *unref_frame(void *frame)
{
    zc_frame_unref(frame);
    return NULL;
}

static void test_a_device_waits_for_frames_that_die_elsewhere(void **state)
{
    struct fixture *fixture = *state;
    struct slow_device device = {.imports.destroy = destroy_slowly};
    struct zc_frame *frame;
    pthread_t thread;

    assert_int_equal(zc_frame_create(&frame, fixture->heap, &fixture->layout), 0);
    attach(frame, &device.imports);
    assert_int_equal(pthread_create(&thread, NULL, unref_frame, frame), 0);
    while (!atomic_load(&device.begun))
        sched_yield();
    zc_attachments_clear(&device.imports);
    assert_true(atomic_load(&device.done));
    pthread_join(thread, NULL);
}

static void test_mailbox_keeps_the_newest(void **state)
{
    struct fixture *fixture = *state;
    struct zc_mailbox mailbox = {0};
    struct zc_frame *old, *new;
    struct zc_pool *pool;

    assert_int_equal(zc_pool_create(&pool, fixture->heap, &fixture->layout, 2), 0);
    old = zc_pool_acquire(pool);
    new = zc_pool_acquire(pool);
    assert_null(zc_mailbox_take(&mailbox));
    zc_mailbox_put(&mailbox, old);
    assert_int_equal(mailbox.superseded, 0);
    zc_mailbox_put(&mailbox, new);
    assert_int_equal(mailbox.superseded, 1);
    assert_int_equal(zc_pool_free(pool), 1);
    assert_ptr_equal(zc_mailbox_take(&mailbox), new);
    zc_mailbox_put(&mailbox, new);
    zc_mailbox_empty(&mailbox);
    assert_int_equal(mailbox.superseded, 1);
    assert_int_equal(zc_pool_free(pool), 2);
    zc_pool_unref(pool);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_identity_is_the_inode),
    TEST(test_separate_planes_have_buffers_of_their_own),
    TEST(test_cpu_access_is_counted_and_synced),
    TEST(test_cpu_access_does_not_nest),
    TEST(test_wrap_refuses_short_buffers_and_wild_planes),
    TEST(test_failed_allocation_leaves_nothing),
    TEST(test_release_comes_once_for_each_use),
    TEST(test_another_release_lets_the_one_before_go),
    TEST(test_pool_goes_round),
    TEST(test_pool_outlives_its_owner),
    TEST(test_attachments_go_with_frame_or_device),
    TEST(test_a_device_waits_for_frames_that_die_elsewhere),
    TEST(test_mailbox_keeps_the_newest),
};

TEST_MAIN("frame", tests)
