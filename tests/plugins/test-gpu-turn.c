/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-turn - what a turn is, and what one is after another. */
#include "memory/gstdmaheapturn.h"

#include <gst/check/gstcheck.h>

GST_START_TEST(test_turns)
{
    static const struct {
        struct gst_dma_heap_turn turn;
        gboolean sideways, none;
    } cases[] = {
        {{0, 0}, FALSE, TRUE},    {{0, 1}, FALSE, FALSE},  {{90, 0}, TRUE, FALSE},
        {{180, 0}, FALSE, FALSE}, {{180, 3}, FALSE, TRUE}, {{270, 3}, TRUE, FALSE},
        {{0, 3}, FALSE, FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        fail_unless_equals_int(gst_dma_heap_turn_is_sideways(&cases[i].turn),
                               cases[i].sideways);
        fail_unless_equals_int(gst_dma_heap_turn_is_none(&cases[i].turn), cases[i].none);
    }
}
GST_END_TEST;

/* Where the pixel at (@x, @y) of a square of @n pixels comes, by the words of turn's header:
 * mirrored, then rotated clockwise. */
static void move(const struct gst_dma_heap_turn *turn, int n, int *x, int *y)
{
    if (turn->flip & GST_DMA_HEAP_FLIP_HORIZONTAL)
        *x = n - 1 - *x;
    if (turn->flip & GST_DMA_HEAP_FLIP_VERTICAL)
        *y = n - 1 - *y;
    for (int angle = turn->rotation; angle; angle -= 90) {
        int from_y = *y;

        *y = *x;
        *x = n - 1 - from_y;
    }
}

static void assert_moves_as(const struct gst_dma_heap_turn *first,
                            const struct gst_dma_heap_turn *second)
{
    struct gst_dma_heap_turn both = gst_dma_heap_turn_then(first, second);
    const int n = 3;

    for (int i = 0; i < n * n; i++) {
        int x = i % n, y = i / n, want_x = x, want_y = y;

        move(first, n, &want_x, &want_y);
        move(second, n, &want_x, &want_y);
        move(&both, n, &x, &y);
        fail_unless(x == want_x && y == want_y, "%d,%d then %d,%d is not %d,%d",
                    first->rotation, first->flip, second->rotation, second->flip,
                    both.rotation, both.flip);
    }
}

GST_START_TEST(test_turn_after_turn)
{
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 16; k++)
            assert_moves_as(&(struct gst_dma_heap_turn){i / 4 * 90, i % 4},
                            &(struct gst_dma_heap_turn){k / 4 * 90, k % 4});
}
GST_END_TEST;

/* The corner that comes to the upper left, of a square whose corners are these. */
GST_START_TEST(test_directions)
{
    static const struct {
        GstVideoOrientationMethod method;
        int x, y;             /* where the upper left comes */
        int right_x, right_y; /* where the upper right comes */
    } cases[] = {
        {GST_VIDEO_ORIENTATION_IDENTITY, 0, 0, 1, 0},
        {GST_VIDEO_ORIENTATION_90R, 1, 0, 1, 1},
        {GST_VIDEO_ORIENTATION_180, 1, 1, 0, 1},
        {GST_VIDEO_ORIENTATION_90L, 0, 1, 0, 0},
        {GST_VIDEO_ORIENTATION_HORIZ, 1, 0, 0, 0},
        {GST_VIDEO_ORIENTATION_VERT, 0, 1, 1, 1},
        {GST_VIDEO_ORIENTATION_UL_LR, 0, 0, 0, 1},
        {GST_VIDEO_ORIENTATION_UR_LL, 1, 1, 1, 0},
        {GST_VIDEO_ORIENTATION_CUSTOM, 0, 0, 1, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct gst_dma_heap_turn turn = gst_dma_heap_turn_of(cases[i].method);
        int x = 0, y = 0, right_x = 1, right_y = 0;

        move(&turn, 2, &x, &y);
        move(&turn, 2, &right_x, &right_y);
        fail_unless(x == cases[i].x && y == cases[i].y && right_x == cases[i].right_x &&
                        right_y == cases[i].right_y,
                    "method %d", cases[i].method);
    }
}
GST_END_TEST;

static Suite *gpu_turn_suite(void)
{
    Suite *suite = suite_create("gpu-turn");
    TCase *core = tcase_create("core");

    suite_add_tcase(suite, core);
    tcase_add_test(core, test_turns);
    tcase_add_test(core, test_turn_after_turn);
    tcase_add_test(core, test_directions);
    return suite;
}

GST_CHECK_MAIN(gpu_turn);
