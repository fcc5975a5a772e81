/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a pool lays pictures out: strides, padding, planes apart, and what is too much. */
#include "fixture.h"

#include <string.h>

static const int sizes[][2] = {{1, 1},   {2, 2},     {3, 5},
                               {33, 17}, {641, 481}, {1920, 1080}};
static const guint aligns[] = {1, 64, 256};

static GstCaps *caps_of(GstVideoFormat format, const int size[2])
{
    return video_caps(gst_video_format_to_string(format), size[0], size[1]);
}

/* Of three pixels a word, few widths have a stride that is a multiple of much. */
static gboolean is_of_three(GstVideoFormat format)
{
    return format == GST_VIDEO_FORMAT_GRAY10_LE32 ||
           format == GST_VIDEO_FORMAT_NV12_10LE32 ||
           format == GST_VIDEO_FORMAT_NV16_10LE32;
}

/* Every format that GStreamer has, but for those without rows of pixels. */
static gboolean next_format(GstVideoFormat *format)
{
    for (guint i = *format + 1;; i++) {
        const GstVideoFormatInfo *info;

        /* One above the last is said to be unknown, with a critical message. */
        if (i > GST_VIDEO_FORMAT_AV12)
            return FALSE;
        info = gst_video_format_get_info(i);
        if (i <= GST_VIDEO_FORMAT_ENCODED || GST_VIDEO_FORMAT_INFO_IS_TILED(info) ||
            is_of_three(i))
            continue;
        *format = i;
        return TRUE;
    }
}

static void assert_plane_apart(GstVideoMeta *meta, guint plane, const guint *rows,
                               gsize bytes)
{
    gsize end = meta->offset[plane] + (gsize)meta->stride[plane] * rows[plane];

    assert_true(end <= bytes);
    if (plane + 1 < meta->n_planes)
        assert_true(end <= meta->offset[plane + 1]);
}

/* Strides are multiples, rows of no plane lie within another's, all within the memory. */
static void assert_layout(GstBuffer *buffer, GstVideoInfo *plain, guint align)
{
    GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);
    guint rows[GST_VIDEO_MAX_PLANES];

    assert_non_null(meta);
    assert_int_equal(meta->format, GST_VIDEO_INFO_FORMAT(plain));
    assert_int_equal(meta->width, GST_VIDEO_INFO_WIDTH(plain));
    assert_int_equal(meta->height, GST_VIDEO_INFO_HEIGHT(plain));
    assert_true(gst_video_meta_get_plane_height(meta, rows));
    for (guint i = 0; i < meta->n_planes; i++) {
        /* A palette is a plane without rows. */
        if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE(plain->finfo) && i == 1)
            continue;
        assert_int_equal(meta->stride[i] % align, 0);
        assert_true(meta->stride[i] >= GST_VIDEO_INFO_PLANE_STRIDE(plain, i));
        assert_plane_apart(meta, i, rows, gst_buffer_get_size(buffer));
    }
}

static void check_layout(GstDmaHeapAllocator *allocator, GstVideoFormat format,
                         const int size[2], guint align, gboolean separate)
{
    GstBufferPool *pool =
        new_pool(allocator, caps_of(format, size), 1, 2, align, separate);
    GstBuffer *buffer = acquire(pool);
    GstVideoFrame frame;
    GstVideoInfo plain;

    assert_true(gst_video_info_set_format(&plain, format, size[0], size[1]));
    assert_int_equal(gst_buffer_n_memory(buffer),
                     separate ? GST_VIDEO_INFO_N_PLANES(&plain) : 1);
    assert_layout(buffer, &plain, align);
    assert_true(gst_video_frame_map(&frame, &plain, buffer, GST_MAP_READWRITE));
    gst_video_frame_unmap(&frame);
    gst_buffer_unref(buffer);
    free_pool(pool);
}

static void all_formats_and_odd_sizes_are_laid_out(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;
    int n = 0;

    (void)state;
    while (next_format(&format)) {
        n++;
        for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
            for (guint k = 0; k < G_N_ELEMENTS(aligns); k++)
                check_layout(allocator, format, sizes[i], aligns[k], FALSE);
    }
    assert_true(n > 90);
    gst_object_unref(allocator);
}

static void planes_apart_are_a_memory_each(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;

    (void)state;
    while (next_format(&format)) {
        const GstVideoFormatInfo *info = gst_video_format_get_info(format);

        if (GST_VIDEO_FORMAT_INFO_N_PLANES(info) > 1 &&
            !GST_VIDEO_FORMAT_INFO_HAS_PALETTE(info))
            for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
                check_layout(allocator, format, sizes[i], 256, TRUE);
    }
    gst_object_unref(allocator);
}

/* For elements that do not read GstVideoMeta. */
static void without_alignment_it_is_as_the_caps_say(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;

    (void)state;
    while (next_format(&format)) {
        for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
            GstBufferPool *pool =
                new_pool(allocator, caps_of(format, sizes[i]), 1, 2, 1, FALSE);
            GstBuffer *buffer = acquire(pool);
            GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);
            GstVideoInfo plain;

            gst_video_info_set_format(&plain, format, sizes[i][0], sizes[i][1]);
            assert_int_equal(gst_buffer_get_size(buffer), GST_VIDEO_INFO_SIZE(&plain));
            for (guint k = 0; k < meta->n_planes; k++) {
                assert_int_equal(meta->stride[k], plain.stride[k]);
                assert_int_equal(meta->offset[k], plain.offset[k]);
            }
            gst_buffer_unref(buffer);
            free_pool(pool);
        }
    }
    gst_object_unref(allocator);
}

static void planes_apart_are_found_by_the_meta(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool =
        new_pool(allocator, video_caps("NV12", 642, 481), 1, 1, 256, TRUE);
    GstBuffer *buffer = acquire(pool);
    GstMemory *luma = gst_buffer_peek_memory(buffer, 0);
    GstMemory *chroma = gst_buffer_peek_memory(buffer, 1);
    GstVideoFrame frame;
    GstVideoInfo info;
    GstMapInfo map;

    (void)state;
    assert_int_equal(gst_buffer_n_memory(buffer), 2);
    assert_true(inode_of_memory(luma) != inode_of_memory(chroma));
    assert_int_equal(luma->offset, 0);
    assert_int_equal(chroma->offset, 0);
    assert_int_equal(luma->size, 768 * 482);
    assert_int_equal(chroma->size, 768 * 241);
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 642, 481);
    assert_true(gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE));
    memset(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0), 1, 768 * 482);
    memset(GST_VIDEO_FRAME_PLANE_DATA(&frame, 1), 2, 768 * 241);
    gst_video_frame_unmap(&frame);
    assert_true(gst_memory_map(luma, &map, GST_MAP_READ));
    assert_int_equal(map.data[0], 1);
    assert_int_equal(map.data[768 * 482 - 1], 1);
    gst_memory_unmap(luma, &map);
    assert_true(gst_memory_map(chroma, &map, GST_MAP_READ));
    assert_int_equal(map.data[0], 2);
    assert_int_equal(map.data[768 * 241 - 1], 2);
    gst_memory_unmap(chroma, &map);
    assert_int_equal(fake_sync_open(), 0);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_object_unref(allocator);
}

static void padding_is_around_the_picture(void **state)
{
    GstVideoAlignment align = {.padding_top = 4,
                               .padding_bottom = 6,
                               .padding_left = 8,
                               .padding_right = 16,
                               .stride_align = {127}};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 64, 16, FALSE);
    GstCaps *caps = video_caps("NV12", 320, 240);
    GstVideoMeta *meta;
    GstBuffer *buffer;
    gsize end, left;

    (void)state;
    assert_true(configure_pool(pool, caps, 0, 1, 1, &align));
    gst_caps_unref(caps);
    assert_true(gst_buffer_pool_set_active(pool, TRUE));
    buffer = acquire(pool);
    meta = gst_buffer_get_video_meta(buffer);
    assert_int_equal(meta->width, 320);
    assert_int_equal(meta->height, 240);
    assert_int_equal(meta->stride[0] % 128, 0);
    assert_true(meta->stride[0] >= 8 + 320 + 16);
    assert_int_equal(meta->alignment.padding_top, 4);
    /* More on the left, so that the picture's rows begin at a multiple too. */
    left = meta->alignment.padding_left;
    assert_true(left >= 8 && left % 128 == 0);
    assert_int_equal(meta->offset[0], 4 * meta->stride[0] + left);
    assert_true(meta->alignment.padding_bottom >= 6);
    assert_int_equal((4 + 240 + meta->alignment.padding_bottom) % 16, 0);
    /* The chroma plane begins after luma with all its padding. */
    end = (gsize)(4 + 240 + meta->alignment.padding_bottom) * meta->stride[0];
    assert_int_equal(meta->offset[1], end + 2 * meta->stride[1] + left);
    assert_true(meta->offset[1] + 120 * meta->stride[1] <= gst_buffer_get_size(buffer));
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_object_unref(allocator);
}

static void a_number_that_is_no_power_of_two_is_rounded_up(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool =
        new_pool(allocator, video_caps("GRAY8", 65, 2), 1, 1, 100, FALSE);
    GstBuffer *buffer = acquire(pool);

    (void)state;
    assert_int_equal(gst_buffer_get_video_meta(buffer)->stride[0], 128);
    gst_buffer_unref(buffer);
    free_pool(pool);
    gst_object_unref(allocator);
}

static guint size_of(GstBufferPool *pool, guint *min, guint *max)
{
    GstStructure *config = gst_buffer_pool_get_config(pool);
    guint size;

    assert_true(gst_buffer_pool_config_get_params(config, NULL, &size, min, max));
    gst_structure_free(config);
    return size;
}

static void more_bytes_are_had_when_asked_for(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 1, 1, FALSE);
    GstCaps *caps = video_caps("GRAY8", 64, 64);
    GstBuffer *buffer;

    (void)state;
    assert_true(configure_pool(pool, caps, 10, 1, 1, NULL));
    assert_int_equal(size_of(pool, NULL, NULL), 4096);
    assert_true(configure_pool(pool, caps, 5000, 1, 1, NULL));
    assert_int_equal(size_of(pool, NULL, NULL), 5000);
    assert_true(gst_buffer_pool_set_active(pool, TRUE));
    for (int i = 0; i < 3; i++) {
        buffer = acquire(pool);
        assert_int_equal(gst_buffer_get_size(buffer), 5000);
        gst_buffer_unref(buffer);
    }
    assert_int_equal(fake_kernel.allocations, 1);
    gst_caps_unref(caps);
    free_pool(pool);
    gst_object_unref(allocator);
}

static void buffers_are_bounded(void **state)
{
    static const struct {
        guint min, max, given; /* at most; 0: refused */
    } cases[] = {{0, 0, 8}, {3, 0, 8}, {8, 8, 8}, {2, 100, 8},
                 {2, 3, 3}, {9, 0, 0}, {9, 20, 0}};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 256, 1, FALSE);
    GstCaps *caps = video_caps("BGRx", 4096, 4096);
    guint min, max;

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(configure_pool(pool, caps, 0, cases[i].min, cases[i].max, NULL),
                         cases[i].given != 0);
        size_of(pool, &min, &max);
        if (cases[i].given) {
            assert_int_equal(min, cases[i].min);
            assert_int_equal(max, cases[i].given);
        }
    }
    gst_caps_unref(caps);
    gst_object_unref(pool);
    gst_object_unref(allocator);
}

static void pictures_beyond_all_bounds_are_refused(void **state)
{
    static const int huge[][2] = {{32768, 32768}, {32768, 16384}, {65536, 65536},
                                  {G_MAXINT, 1},  {1, G_MAXINT},  {G_MAXINT, G_MAXINT}};
    GstDmaHeapAllocator *allocator = new_allocator();

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(huge); i++) {
        GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 256, 1, i % 2);
        GstCaps *caps = video_caps("BGRx", huge[i][0], huge[i][1]);

        assert_false(configure_pool(pool, caps, 0, 1, 0, NULL));
        gst_caps_unref(caps);
        gst_object_unref(pool);
    }
    gst_object_unref(allocator);
}

static void what_is_no_picture_is_refused(void **state)
{
    static const char *const nonsense[] = {
        "audio/x-raw,format=S16LE,rate=48000,channels=2",
        "video/x-h264,width=1,height=1",
        "video/x-raw,width=32,height=32",
        "video/x-raw,format=NV12",
        "video/x-raw,format=DMA_DRM,width=32,height=32",
        "video/x-raw,format=ENCODED,width=32,height=32",
        "video/x-raw(memory:GLMemory),format=RGBA,width=32,height=32"};
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 256, 1, FALSE);

    (void)state;
    for (guint i = 0; i < G_N_ELEMENTS(nonsense); i++) {
        GstCaps *caps = gst_caps_from_string(nonsense[i]);

        assert_false(configure_pool(pool, caps, 4096, 1, 1, NULL));
        gst_caps_unref(caps);
    }
    assert_false(configure_pool(pool, NULL, 4096, 1, 1, NULL));
    gst_object_unref(pool);
    gst_object_unref(allocator);
}

static void the_options_are_told(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstBufferPool *pool = gst_dma_heap_buffer_pool_new(allocator, 256, 1, FALSE);

    (void)state;
    assert_true(gst_buffer_pool_has_option(pool, GST_BUFFER_POOL_OPTION_VIDEO_META));
    assert_true(gst_buffer_pool_has_option(pool, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT));
    assert_false(gst_buffer_pool_has_option(pool, "no-such-option"));
    gst_object_unref(pool);
    gst_object_unref(allocator);
}

static const struct CMUnitTest tests[] = {
    plugin_test(all_formats_and_odd_sizes_are_laid_out),
    plugin_test(planes_apart_are_a_memory_each),
    plugin_test(without_alignment_it_is_as_the_caps_say),
    plugin_test(planes_apart_are_found_by_the_meta),
    plugin_test(padding_is_around_the_picture),
    plugin_test(a_number_that_is_no_power_of_two_is_rounded_up),
    plugin_test(more_bytes_are_had_when_asked_for),
    plugin_test(buffers_are_bounded),
    plugin_test(pictures_beyond_all_bounds_are_refused),
    plugin_test(what_is_no_picture_is_refused),
    plugin_test(the_options_are_told),
};

PLUGIN_TEST_MAIN("plugin-layout", tests)
