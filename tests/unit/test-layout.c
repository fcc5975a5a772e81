/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* layout - strides, offsets and sizes worked out by hand. */
#include "test.h"
#include "zerocopy.h"

#include <errno.h>
#include <string.h>

struct row {
    const char *format;
    uint32_t width, height;
    struct zc_align align;
    uint32_t stride[3], offset[3];
    size_t bytes[2];
};

static void check(const struct row *row)
{
    const struct zc_format *format = zc_format_by_name(row->format);
    struct zc_layout layout;

    memset(&layout, 0xa5, sizeof(layout));
    assert_int_equal(
        zc_layout_solve(&layout, format, row->width, row->height, &row->align), 0);
    assert_ptr_equal(layout.format, format);
    assert_int_equal(layout.modifier, 0);
    assert_int_equal(layout.width, row->width);
    assert_int_equal(layout.height, row->height);
    assert_int_equal(layout.n_planes, format->n_planes);
    assert_int_equal(layout.n_buffers, format->separate ? format->n_planes : 1);
    for (int i = 0; i < layout.n_planes; i++) {
        assert_int_equal(layout.plane[i].buffer, format->separate ? i : 0);
        assert_int_equal(layout.plane[i].stride, row->stride[i]);
        assert_int_equal(layout.plane[i].offset, row->offset[i]);
    }
    for (int i = 0; i < 2; i++)
        assert_int_equal(layout.bytes[i], row->bytes[i]);
}

static void tight_layouts(void **state)
{
    static const struct row rows[] = {
        {"XR24", 640, 480, {0}, {2560}, {0}, {1228800}},
        {"RG16", 640, 480, {0}, {1280}, {0}, {614400}},
        {"YUYV", 1920, 1080, {0}, {3840}, {0}, {4147200}},
        {"NV12", 1920, 1080, {0}, {1920, 1920}, {0, 2073600}, {3110400}},
        {"NV16", 1920, 1080, {0}, {1920, 1920}, {0, 2073600}, {4147200}},
        {"YU12", 640, 480, {0}, {640, 320, 320}, {0, 307200, 384000}, {460800}},
        {"GREY", 640, 480, {0}, {640}, {0}, {307200}},
        {"XR24", 1, 1, {0}, {4}, {0}, {4}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i]);
}

static void odd_sizes_round_chroma_up(void **state)
{
    static const struct row rows[] = {
        {"YUYV", 5, 3, {0}, {12}, {0}, {36}},
        {"NV12", 5, 3, {0}, {5, 6}, {0, 15}, {27}},
        {"NV16", 5, 3, {0}, {5, 6}, {0, 15}, {33}},
        {"YU12", 5, 3, {0}, {5, 3, 3}, {0, 15, 21}, {27}},
        {"NV12", 1, 1, {0}, {1, 2}, {0, 1}, {3}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i]);
}

static void alignments_are_kept(void **state)
{
    static const struct row rows[] = {
        {"XR24", 100, 10, {.stride = 256}, {512}, {0}, {5120}},
        {"XR24", 64, 10, {.stride = 256}, {256}, {0}, {2560}},
        {"NV12", 100, 10, {.stride = 64}, {128, 128}, {0, 1280}, {1920}},
        {"NV12", 100, 10, {.rows = 16}, {100, 100}, {0, 1600}, {3200}},
        {"NV12", 100, 10, {.offset = 4096}, {100, 100}, {0, 4096}, {4596}},
        {"NV12", 5, 3, {64, 4, 256}, {64, 64}, {0, 256}, {512}},
        {"NV12", 5, 3, {1, 1, 1}, {5, 6}, {0, 15}, {27}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i]);
}

static void separate_planes_start_their_buffers(void **state)
{
    static const struct row rows[] = {
        {"NV12M", 1920, 1080, {0}, {1920, 1920}, {0, 0}, {2073600, 1036800}},
        {"NV12M", 100, 10, {64, 16, 4096}, {128, 128}, {0, 0}, {2048, 2048}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i]);
}

static void no_alignment_is_tight(void **state)
{
    struct zc_layout layout;

    (void)state;
    assert_int_equal(zc_layout_solve(&layout, zc_format_by_name("GREY"), 3, 2, NULL), 0);
    assert_int_equal(layout.bytes[0], 6);
}

static void refuses(const char *format, uint32_t width, uint32_t height,
                    struct zc_align align)
{
    struct zc_layout layout, before;

    memset(&layout, 0xa5, sizeof(layout));
    before = layout;
    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, &align),
        -EINVAL);
    assert_memory_equal(&layout, &before, sizeof(layout));
}

static void bad_demands_are_refused(void **state)
{
    (void)state;
    refuses("XR24", 0, 480, (struct zc_align){0});
    refuses("XR24", 640, 0, (struct zc_align){0});
    refuses("XR24", 32769, 1, (struct zc_align){0});
    refuses("XR24", 1, 32769, (struct zc_align){0});
    refuses("XR24", UINT32_MAX, UINT32_MAX, (struct zc_align){0});
    refuses("XR24", 640, 480, (struct zc_align){.stride = 48});
    refuses("XR24", 640, 480, (struct zc_align){.rows = 3});
    refuses("XR24", 640, 480, (struct zc_align){.offset = UINT32_MAX});
    refuses("none", 640, 480, (struct zc_align){0});
}

static void largest_sizes_do_not_wrap(void **state)
{
    struct zc_layout layout;
    int result = zc_layout_solve(&layout, zc_format_by_name("XR24"), 32768, 32768, NULL);

    (void)state;
    if (SIZE_MAX > UINT32_MAX) {
        assert_int_equal(result, 0);
        assert_true(layout.bytes[0] == UINT64_C(1) << 32);
    } else {
        assert_int_equal(result, -EINVAL);
    }
    /* The chroma plane would start beyond what its 32-bit offset can say. */
    refuses("NV12", 32768, 2, (struct zc_align){.stride = 1u << 31});
    refuses("NV12", 64, 64, (struct zc_align){1u << 31, 1u << 31, 1u << 31});
    refuses("NV12", 64, 64, (struct zc_align){.rows = 1u << 31});
}

static void set_stride_moves_all_planes(void **state)
{
    struct zc_layout layout;

    (void)state;
    zc_layout_solve(&layout, zc_format_by_name("NV12"), 640, 480,
                    &(struct zc_align){256, 32, 4096});
    assert_int_equal(zc_layout_set_stride(&layout, 704), 0);
    assert_int_equal(layout.plane[0].stride, 704);
    assert_int_equal(layout.plane[1].stride, 704);
    assert_int_equal(layout.plane[1].offset, 704 * 480);
    assert_int_equal(layout.bytes[0], 704 * 720);

    zc_layout_solve(&layout, zc_format_by_name("NV12M"), 640, 480, NULL);
    assert_int_equal(zc_layout_set_stride(&layout, 704), 0);
    assert_int_equal(layout.plane[1].offset, 0);
    assert_int_equal(layout.bytes[0], 704 * 480);
    assert_int_equal(layout.bytes[1], 704 * 240);

    zc_layout_solve(&layout, zc_format_by_name("YUYV"), 640, 480, NULL);
    assert_int_equal(zc_layout_set_stride(&layout, 1281), 0);
    assert_int_equal(layout.bytes[0], 1281 * 480);
}

static void set_stride_refuses_short_rows(void **state)
{
    struct zc_layout layout, before;

    (void)state;
    memset(&layout, 0, sizeof(layout));
    zc_layout_solve(&layout, zc_format_by_name("YUYV"), 640, 480, NULL);
    before = layout;
    assert_int_equal(zc_layout_set_stride(&layout, 1279), -EINVAL);
    assert_int_equal(zc_layout_set_stride(&layout, 0), -EINVAL);
    assert_memory_equal(&layout, &before, sizeof(layout));

    /* Luma of an odd width fits, its chroma does not. */
    zc_layout_solve(&layout, zc_format_by_name("NV12"), 5, 4, NULL);
    assert_int_equal(zc_layout_set_stride(&layout, 5), -EINVAL);
    assert_int_equal(zc_layout_set_stride(&layout, 6), 0);

    /* Rows times stride leaves no offset for the chroma plane. */
    zc_layout_solve(&layout, zc_format_by_name("NV12"), 640, 480, NULL);
    assert_int_equal(zc_layout_set_stride(&layout, UINT32_MAX), -EINVAL);
}

static void rows_and_row_bytes_have_no_padding(void **state)
{
    struct zc_layout layout;

    (void)state;
    zc_layout_solve(&layout, zc_format_by_name("NV12"), 5, 3,
                    &(struct zc_align){64, 16, 0});
    assert_int_equal(zc_layout_rows(&layout, 0), 3);
    assert_int_equal(zc_layout_rows(&layout, 1), 2);
    assert_int_equal(zc_layout_row_bytes(&layout, 0), 5);
    assert_int_equal(zc_layout_row_bytes(&layout, 1), 6);
    assert_int_equal(zc_layout_rows(&layout, 2), 0);
    assert_int_equal(zc_layout_row_bytes(&layout, -1), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tight_layouts),
    cmocka_unit_test(odd_sizes_round_chroma_up),
    cmocka_unit_test(alignments_are_kept),
    cmocka_unit_test(separate_planes_start_their_buffers),
    cmocka_unit_test(no_alignment_is_tight),
    cmocka_unit_test(bad_demands_are_refused),
    cmocka_unit_test(largest_sizes_do_not_wrap),
    cmocka_unit_test(set_stride_moves_all_planes),
    cmocka_unit_test(set_stride_refuses_short_rows),
    cmocka_unit_test(rows_and_row_bytes_have_no_padding),
};
TEST_MAIN("layout", tests)
