/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parts - when a frame is ready, and that its parts add up whatever happened to it. */
#include "test.h"
#include "zerocopy.h"

#include <string.h>

#define NO INT64_MIN

/* Stamps: capture, dequeue, submit, finish, commit, flip; what they come to. */
static const struct {
    const char *name;
    int64_t at_ns[ZC_STAGE_COUNT];
    int64_t ready_ns;
    int64_t part_ns[ZC_PART_COUNT];
} frames[] = {
    {"direct", {100, 110, 0, 0, 150, 200}, 110, {10, NO, NO, 40, 50}},
    {"copied", {100, 110, 115, 135, 150, 200}, 135, {10, 5, 20, 15, 50}},
    {"drawn before its commit", {100, 110, 115, 140, 150, 200}, 140, {10, 5, 25, 10, 50}},
    {"drawn at its commit", {100, 110, 115, 150, 150, 200}, 150, {10, 5, 35, 0, 50}},
    {"committed with a fence", {100, 110, 115, 170, 120, 200}, 170, {10, 5, 5, 0, 80}},
    {"finished unseen", {100, 110, 115, 0, 120, 200}, 120, {10, 5, 5, 0, 80}},
};

static struct zc_frame_meta meta_of(size_t i)
{
    struct zc_frame_meta meta = {.clock = ZC_CAPTURE_END_OF_FRAME};

    memcpy(meta.at_ns, frames[i].at_ns, sizeof(meta.at_ns));
    return meta;
}

static void frames_are_ready_when_their_pixels_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct zc_frame_meta meta = meta_of(i);

        if (zc_frame_ready_ns(&meta) != frames[i].ready_ns)
            fail_msg("%s: ready at %lld", frames[i].name,
                     (long long)zc_frame_ready_ns(&meta));
    }
}

static void parts_are_as_long_as_they_were(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        struct zc_frame_meta meta = meta_of(i);
        int64_t sum = 0, ns;

        for (enum zc_part part = 0; part < ZC_PART_COUNT; part++) {
            bool there = zc_frame_part(&meta, part, &ns);

            if (there != (frames[i].part_ns[part] != NO) ||
                (there && ns != frames[i].part_ns[part]))
                fail_msg("%s, %s: %s %lld", frames[i].name, zc_part_name(part),
                         there ? "is" : "is not there:", (long long)ns);
            sum += there ? ns : 0;
        }
        assert_int_equal(sum, meta.at_ns[ZC_STAGE_FLIP] - meta.at_ns[ZC_STAGE_CAPTURE]);
    }
}

static void false_capture_times_are_in_no_part(void **state)
{
    struct zc_frame_meta meta = meta_of(0);
    int64_t ns;

    (void)state;
    meta.clock = ZC_CAPTURE_UNKNOWN;
    assert_false(zc_frame_part(&meta, ZC_PART_DEQUEUE, &ns));
    assert_true(zc_frame_part(&meta, ZC_PART_WAIT, &ns));
    assert_int_equal(ns, 40);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(frames_are_ready_when_their_pixels_are),
    cmocka_unit_test(parts_are_as_long_as_they_were),
    cmocka_unit_test(false_capture_times_are_in_no_part),
};
TEST_MAIN("parts", tests)
