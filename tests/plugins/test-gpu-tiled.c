/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Element dmaheapgpu before who takes nothing linear. EGL and GBM are mocks, whose driver
 * draws XR24 compressed by AFBC: see Mesa, panfrost's list of modifiers.
 */
#include "../unit/mock-gl.h"
#include "elements/gstdmaheapgpu.h"
#include "fixture.h"

#include <drm_fourcc.h>
#include <gst/check/gstharness.h>

#define AFBC DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16)
#define SIZE ",width=64,height=48,framerate=30/1"
#define PLAIN "video/x-raw,format=BGRx" SIZE
#define BYTES (64 * 48 * 4)

static GstHarness *start(const char *in, const char *out)
{
    GstElement *element =
        gst_object_ref_sink(g_object_new(GST_TYPE_DMA_HEAP_GPU, "heap", FAKE_HEAP, NULL));
    GstHarness *harness = gst_harness_new_with_element(element, "sink", "src");

    gst_object_unref(element);
    if (out)
        gst_harness_set_sink_caps_str(harness, out);
    gst_harness_set_src_caps_str(harness, in);
    return harness;
}

static int setup(void **state)
{
    mock_gl_reset();
    mock_gl.tiled = AFBC;
    mock_gl.tiled_fourcc = DRM_FORMAT_ARGB8888;
    mock_gl.tiled_drawn = true;
    return fixture_reset(state);
}

static GstBuffer *new_picture(GstDmaHeapAllocator *allocator)
{
    GstBuffer *buffer = gst_buffer_new();

    gst_buffer_append_memory(buffer,
                             gst_allocator_alloc(GST_ALLOCATOR(allocator), BYTES, NULL));
    return buffer;
}

/* The GPU's memory is needed for what is not linear only. */
static void linear_comes_first(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstHarness *harness = start(PLAIN, NULL);
    GstBuffer *buffer;

    (void)state;
    g_object_set(harness->element, "rotation", 180, NULL);
    assert_int_equal(gst_harness_push(harness, new_picture(allocator)), GST_FLOW_OK);
    buffer = gst_harness_pull(harness);
    assert_false(GST_MEMORY_FLAG_IS_SET(gst_buffer_peek_memory(buffer, 0),
                                        GST_MEMORY_FLAG_NOT_MAPPABLE));
    gst_buffer_unref(buffer);
    gst_harness_teardown(harness);
    gst_object_unref(allocator);
}

#if GST_CHECK_VERSION(1, 24, 0)
#define TILED                                                                            \
    "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24:0x0800000000000001" SIZE
#define ROUNDS 30

static void assert_drawn(GstBuffer *buffer, GHashTable *inodes)
{
    GstMemory *memory = gst_buffer_peek_memory(buffer, 0);
    GstMapInfo map;

    assert_non_null(buffer);
    assert_int_equal(gst_buffer_n_memory(buffer), 1);
    assert_true(gst_is_dmabuf_memory(memory));
    assert_false(gst_buffer_map(buffer, &map, GST_MAP_READ));
    assert_int_equal(gst_buffer_get_video_meta(buffer)->stride[0], 64 * 4);
    g_hash_table_add(inodes, GSIZE_TO_POINTER(inode_of_memory(memory)));
}

static void pictures_are_drawn_into_the_gpus_own_memory(void **state)
{
    GHashTable *inodes = g_hash_table_new(NULL, NULL);
    GstDmaHeapAllocator *allocator = new_allocator();
    int before = count_fds();
    GstHarness *harness = start(PLAIN, TILED);
    GstBuffer *picture = new_picture(allocator), *drawn[2] = {NULL, NULL};

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(gst_harness_push(harness, gst_buffer_ref(picture)), GST_FLOW_OK);
        /* Two are always out. */
        gst_clear_buffer(&drawn[i % 2]);
        drawn[i % 2] = gst_harness_pull(harness);
        assert_drawn(drawn[i % 2], inodes);
    }
    assert_int_equal(mock_gl.draws, ROUNDS);
    assert_true(g_hash_table_size(inodes) <= 6);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], g_hash_table_size(inodes) + 1);
    gst_clear_buffer(&drawn[0]);
    gst_clear_buffer(&drawn[1]);
    gst_harness_teardown(harness);
    gst_buffer_unref(picture);
    gst_object_unref(allocator);
    g_hash_table_unref(inodes);
    assert_int_equal(mock_gl.live[MOCK_IMAGE], 0);
    assert_int_equal(mock_gl.live_gbm, 0);
    assert_true(count_fds() <= before);
}

static void caps_name_what_the_gpu_draws(void **state)
{
    GstHarness *harness = start(PLAIN, NULL);
    GstPad *pad = gst_element_get_static_pad(harness->element, "src");
    GstCaps *caps = gst_pad_query_caps(pad, NULL);
    GstCaps *tiled = gst_caps_from_string(TILED);
    GstCaps *other = gst_caps_from_string(
        "video/x-raw(memory:DMABuf),format=DMA_DRM,drm-format=XR24:0x0100000000000001");

    (void)state;
    assert_true(gst_caps_can_intersect(caps, tiled));
    assert_false(gst_caps_can_intersect(caps, other));
    gst_caps_unref(other);
    gst_caps_unref(tiled);
    gst_caps_unref(caps);
    gst_object_unref(pad);
    gst_harness_teardown(harness);
}

static void no_memory_of_the_gpu_is_an_error(void **state)
{
    GstDmaHeapAllocator *allocator = new_allocator();
    GstHarness *harness = start(PLAIN, NULL);
    GstBus *bus = gst_bus_new();
    GstMessage *message;
    GError *error = NULL;

    (void)state;
    gst_element_set_bus(harness->element, bus);
    gst_harness_set_sink_caps_str(harness, TILED);
    mock_gl.gbm_error = -ENOMEM;
    assert_int_not_equal(gst_harness_push(harness, new_picture(allocator)), GST_FLOW_OK);
    message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    assert_non_null(message);
    gst_message_parse_error(message, &error, NULL);
    assert_non_null(strstr(error->message, "GBM allocates no XR24 of 64x48"));
    g_error_free(error);
    gst_message_unref(message);
    gst_element_set_bus(harness->element, NULL);
    gst_object_unref(bus);
    gst_harness_teardown(harness);
    gst_object_unref(allocator);
}
#endif

#define tiled_test(function)                                                             \
    {                                                                                    \
#function, function, setup, NULL, NULL                                           \
    }

static const struct CMUnitTest tests[] = {
    tiled_test(linear_comes_first),
#if GST_CHECK_VERSION(1, 24, 0)
    tiled_test(pictures_are_drawn_into_the_gpus_own_memory),
    tiled_test(caps_name_what_the_gpu_draws),
    tiled_test(no_memory_of_the_gpu_is_an_error),
#endif
};

PLUGIN_TEST_MAIN("plugin-gpu-tiled", tests)
