/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attachment, with two devices on two threads and one frame: built with ThreadSanitizer,
 * whose reports are counted.
 */
#include "memory/frame-private.h"
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define ROUNDS 20000

static atomic_int races;

/** ThreadSanitizer calls it for each report. */
void __tsan_on_report(void *report);

void __tsan_on_report(void *report)
{
    (void)report;
    atomic_fetch_add(&races, 1);
}

static void destroy(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    (void)owner;
    free(attachment);
}

static struct zc_attachment *attach(struct zc_attachment_slots *frame,
                                    struct zc_attachments *owner)
{
    struct zc_attachment *attachment = calloc(1, sizeof(*attachment));

    assert_int_equal(zc_slots_add(frame, owner, attachment), 0);
    return attachment;
}

/* A device that opens and closes all the time. */
static void *come_and_go(void *frame)
{
    for (int i = 0; i < ROUNDS; i++) {
        struct zc_attachments device = {.destroy = destroy};

        attach(frame, &device);
        zc_attachments_clear(&device);
    }
    return NULL;
}

/* A device finds its own while others', in slots before and behind it, come and go. */
static void test_find_while_another_device_closes(void **state)
{
    struct zc_attachments device = {.destroy = destroy}, never = {.destroy = destroy};
    struct zc_attachment_slots frame = {0};
    struct zc_attachment *mine;
    pthread_t other[2];

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&other[i], NULL, come_and_go, &frame), 0);
    mine = attach(&frame, &device);
    for (int i = 0; i < ROUNDS; i++) {
        assert_ptr_equal(zc_slots_find(&frame, &device), mine);
        assert_null(zc_slots_find(&frame, &never));
    }
    for (int i = 0; i < 2; i++)
        pthread_join(other[i], NULL);
    zc_slots_clear(&frame, NULL);
    assert_null(zc_slots_find(&frame, &device));
    assert_int_equal(races, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_find_while_another_device_closes),
};

TEST_MAIN("attachment", tests)
