/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow, on displays that refuse what others take. The cards are mocks: each answers as its
 * driver's source says that it does, and none was compared with the hardware.
 */
#include "flow-fixture.h"
#include "mock-drm.h"
#include "mock-gl.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The camera's rows of 600 pixels, 2400 bytes, and the mode's of 1368, 5472 bytes, are no
 * multiple of 64. */
#define WIDTH 600
#define HEIGHT 400
#define MODE_WIDTH 1368

struct driver {
    int scattered_error, foreign_error;
    uint32_t pitch_align, pitch_multiple;
    bool pitch_tight;
    /* Where frames are to end up, and with which stride. */
    struct {
        const char *memory;
        uint32_t stride;
    } direct, gpu;
};

/* Linux amdgpu_display_user_framebuffer_create(): foreign memory lies in a domain that
 * scans out nothing. Pitches of linear surfaces are multiples of 256 bytes. */
static const struct driver amdgpu = {
    .foreign_error = EINVAL,
    .pitch_align = 256,
    .pitch_multiple = 256,
    .direct = {"display", 2560},
    .gpu = {"display", 5632},
};

/* Linux mxsfb_fb_create(): the pitch is the width's, and no more. Its memory helper
 * imports contiguous memory alone. */
static const struct driver mxsfb = {
    .scattered_error = EINVAL,
    .pitch_align = 1,
    .pitch_tight = true,
    .direct = {"camera", 2400},
    .gpu = {"display", 5472},
};

/* Linux vc4 on a Raspberry Pi 4: it reads through no IOMMU, so that memory has to be
 * contiguous, as that of its cameras is. */
static const struct driver vc4 = {
    .scattered_error = EINVAL,
    .pitch_align = 1,
    .direct = {"camera", 2432},
    .gpu = {"display", 5632},
};

/* Linux intel_user_framebuffer_create() on a card with memory of its own: framebuffers
 * that lie elsewhere are EREMOTE. */
static const struct driver i915_discrete = {
    .foreign_error = EREMOTE,
    .pitch_align = 64,
    .pitch_multiple = 64,
    .direct = {"display", 2432},
    .gpu = {"display", 5632},
};

static void become(const struct driver *driver)
{
    const struct zc_display_config wide = {.width = MODE_WIDTH, .height = 768};

    mock_drm.scattered_error = driver->scattered_error;
    mock_drm.foreign_error = driver->foreign_error;
    mock_drm.pitch_align = driver->pitch_align;
    mock_drm.pitch_multiple = driver->pitch_multiple;
    mock_drm.pitch_tight = driver->pitch_tight;
    zc_display_close(config.display);
    assert_int_equal(zc_display_open(&config.display, &wide), 0);
    config.memory = ZC_MEMORY_ANY;
    config.mode.width = WIDTH;
    config.mode.height = HEIGHT;
    said_listen(ZC_LOG_WARNING);
}

static void assert_shown_is_ours(const struct zc_flow_results *results)
{
    assert_int_equal(results->at_display.same, FRAMES);
    assert_int_equal(results->at_display.different + results->at_display.untold, 0);
    assert_int_equal(results->at_camera.different, 0);
    assert_int_equal(results->copies, 0);
}

static void check_direct(const struct driver *driver)
{
    struct zc_flow_results results;
    struct zc_flow *flow;

    config.path = ZC_PATH_DIRECT;
    flow = start();
    for (int i = 0; i < 2 * FRAMES; i++)
        turn(flow);
    results = results_of(flow);
    assert_string_equal(results.heap_name, driver->direct.memory);
    assert_int_equal(results.info.source->plane[0].stride, driver->direct.stride);
    assert_null(results.target_heap);
    assert_shown_is_ours(&results);
    /* One line: what it took, and what it did not. */
    assert_non_null(strstr(said, "the direct path has the camera's frames in memory of"));
    assert_non_null(strstr(said, driver->direct.memory));
    assert_non_null(strstr(said, "null, stride 2432: "));
    end(flow);
}

static void check_gpu(const struct driver *driver)
{
    struct zc_flow_results results;
    struct zc_flow *flow;

    config.path = ZC_PATH_GPU;
    flow = start();
    for (int i = 0; i < 2 * FRAMES; i++)
        turn(flow);
    results = results_of(flow);
    assert_string_equal(results.heap_name, zc_heap_name(config.heap));
    assert_string_equal(results.target_heap, driver->gpu.memory);
    assert_int_equal(results.info.shown->plane[0].stride, driver->gpu.stride);
    assert_int_equal(results.at_gpu.different, 0);
    assert_shown_is_ours(&results);
    assert_non_null(strstr(said, "the GPU's in that of display"));
    end(flow);
}

static void check(const struct driver *driver)
{
    become(driver);
    check_direct(driver);
    check_gpu(driver);
}

static void test_amdgpu(void **state)
{
    (void)state;
    check(&amdgpu);
}

static void test_mxsfb(void **state)
{
    (void)state;
    check(&mxsfb);
}

static void test_vc4(void **state)
{
    (void)state;
    check(&vc4);
}

static void test_i915_discrete(void **state)
{
    (void)state;
    check(&i915_discrete);
}

/* --------------------------------------------------------- nothing linear */

/* Linux rockchip_vop2_mod_supported(): Cluster windows show what is compressed by AFBC, and
 * nothing linear. */
#define AFBC                                                                             \
    DRM_FORMAT_MOD_ARM_AFBC(AFBC_FORMAT_MOD_BLOCK_SIZE_16x16 | AFBC_FORMAT_MOD_SPARSE)

static void become_vop2_cluster(void)
{
    mock_drm.only_modifier = AFBC;
    become(&(struct driver){0});
    mock_gl.tiled = AFBC;
    mock_gl.tiled_fourcc = DRM_FORMAT_ARGB8888;
    mock_gl.tiled_drawn = true;
    config.path = ZC_PATH_GPU;
}

static void test_vop2_cluster_has_the_gpus_modifier(void **state)
{
    struct zc_flow_results results;
    struct zc_flow *flow;
    int n = 0;

    (void)state;
    become_vop2_cluster();
    flow = start();
    for (int i = 0; i < 2 * FRAMES; i++)
        turn(flow);
    results = results_of(flow);
    assert_string_equal(results.heap_name, zc_heap_name(config.heap));
    assert_string_equal(results.target_heap, "gpu");
    assert_true(results.info.shown->modifier == AFBC);
    assert_true(results.info.source->modifier == DRM_FORMAT_MOD_LINEAR);
    for (int i = 0; i < MOCK_FBS; i++)
        n += mock_drm.fb[i].id && mock_drm.fb[i].with_modifiers &&
             mock_drm.fb[i].modifier == AFBC;
    assert_int_equal(n, FRAMES);
    assert_shown_is_ours(&results);
    assert_nothing_copied(flow);
    end(flow);
}

static void test_linear_is_taken_where_there_is_both(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become_vop2_cluster();
    mock_drm.only_modifier = 0;
    become(&(struct driver){0});
    flow = start();
    assert_string_equal(results_of(flow).target_heap, zc_heap_name(config.heap));
    assert_true(results_of(flow).info.shown->modifier == DRM_FORMAT_MOD_LINEAR);
    assert_int_equal(mock_gl.live_gbm, 0);
    end(flow);
}

static void test_nothing_in_common_is_told(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become_vop2_cluster();
    mock_gl.tiled_drawn = false;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_non_null(strstr(said, "takes linear XR24, or with a modifier that software "
                                 "draws into memory of its own"));
    said_listen(ZC_LOG_WARNING);
    mock_gl.tiled_drawn = true;
    config.memory = ZC_MEMORY_HEAP;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_non_null(strstr(said, "into memory of its own, which --heap forbids"));
    config.memory = ZC_MEMORY_ANY;
    mock_gl.gbm_error = -ELIBACC;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
}

/* ------------------------------------------------------------- what is forced */

/* What the first device takes, the display refuses. */
static void assert_two_disagree(const char *taker, unsigned stride, const char *step,
                                int error)
{
    char told[300];

    snprintf(
        told, sizeof(told),
        "devices take: %s takes memory of null, stride %u, which %s refuses at %s: %s",
        taker, stride, zc_display_info(config.display)->path, step, strerror(error));
    assert_non_null(strstr(said, told));
}

static void test_a_forced_heap_has_no_substitute(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become(&amdgpu);
    config.memory = ZC_MEMORY_HEAP;
    config.path = ZC_PATH_DIRECT;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_two_disagree(zc_camera_path(config.camera), 2560, "framebuffer", EINVAL);
    assert_non_null(strstr(said, "(tried: null, stride 2432: display"));
    assert_non_null(strstr(said, "null, stride 2560: "));
    assert_null(strstr(said, "camera, "));
}

static void test_a_stride_is_found_in_a_forced_heap(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become(&(struct driver){.pitch_tight = true});
    config.memory = ZC_MEMORY_HEAP;
    config.path = ZC_PATH_DIRECT;
    flow = start();
    assert_int_equal(results_of(flow).info.source->plane[0].stride, 2400);
    end(flow);
    config.path = ZC_PATH_GPU;
    flow = start();
    assert_int_equal(results_of(flow).info.shown->plane[0].stride, 5472);
    end(flow);
    assert_string_equal(said, ""); /* nothing of it is worse than what was asked */
}

static void test_the_displays_memory_can_be_asked_for(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become(&(struct driver){.pitch_align = 64});
    config.memory = ZC_MEMORY_DISPLAY;
    config.path = ZC_PATH_DIRECT;
    flow = start();
    turn(flow);
    assert_string_equal(results_of(flow).heap_name, "display");
    assert_int_equal(mock_drm.primes, 0); /* it is a framebuffer already */
    end(flow);
}

static void test_where_nothing_serves_all_is_told(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become(&amdgpu);
    mock_drm.export_error = ENOSYS;
    config.path = ZC_PATH_GPU;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_non_null(strstr(said, "the gpu path has no memory that all its devices take"));
    assert_non_null(strstr(said, "null, stride 5632: "));
    assert_non_null(strstr(said, "display, stride 5632: "));
    /* Said once. */
    assert_non_null(strstr(said, ": the same"));
    mock_drm.export_error = 0;
}

static void test_what_two_devices_disagree_about(void **state)
{
    struct zc_flow *flow;
    char told[300];

    (void)state;
    become(&amdgpu);
    mock_v4l2.contiguous = true;
    mock_drm.export_error = ENOSYS;
    config.path = ZC_PATH_DIRECT;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    snprintf(told, sizeof(told),
             "devices take: %s refuses memory of null, stride 2432, at import: %s; "
             "%s takes memory of camera, stride ",
             zc_camera_path(config.camera), strerror(EFAULT),
             zc_camera_path(config.camera));
    assert_non_null(strstr(said, told));
    assert_non_null(strstr(said, "refuses at framebuffer: Invalid argument (tried: "));
    mock_drm.export_error = 0;
}

static void test_a_gpu_that_refuses_is_named(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become(&(struct driver){0});
    mock_gl.renderbuffer_refused = mock_gl.framebuffer_refused = true;
    config.memory = ZC_MEMORY_HEAP;
    config.path = ZC_PATH_GPU;
    assert_true(zc_flow_create(&flow, &config) < 0);
    assert_non_null(strstr(said, " takes memory of null, stride 1280, and "));
    assert_non_null(strstr(said, ", which software refuses at reading and drawing: "));
}

/* What no memory or stride mends is tried once. */
static void test_a_size_is_no_matter_of_memory(void **state)
{
    struct zc_flow *flow;

    (void)state;
    become(&amdgpu);
    config.mode.width = 1500;
    config.path = ZC_PATH_DIRECT;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_int_equal(fake_kernel.allocations, FRAMES);
}

/* The memory that was found is the first that is tried next time: nothing else is allocated. */
static int allocations_of(const struct driver *driver, enum zc_path path)
{
    struct zc_flow *flow;

    config.path = path;
    fake_kernel.allocations = 0;
    flow = start();
    turn(flow);
    assert_string_equal(results_of(flow).heap_name,
                        path == ZC_PATH_DIRECT ? driver->direct.memory : "null");
    end(flow);
    return fake_kernel.allocations;
}

static void test_what_fitted_is_tried_first(void **state)
{
    char folder[] = "/tmp/zerocopy-fit.XXXXXX", path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    setenv("XDG_CACHE_HOME", folder, 1);
    become(&amdgpu);
    said_listen(ZC_LOG_INFO);
    assert_true(allocations_of(&amdgpu, ZC_PATH_DIRECT) >= FRAMES);
    assert_null(strstr(said, "which fitted last time"));
    assert_int_equal(allocations_of(&amdgpu, ZC_PATH_DIRECT), 0);
    assert_non_null(
        strstr(said, "memory of display, stride 2560, which fitted last time"));
    assert_true(allocations_of(&amdgpu, ZC_PATH_GPU) > FRAMES);
    assert_int_equal(allocations_of(&amdgpu, ZC_PATH_GPU), FRAMES);
    /* Another display there: what is remembered is tried, refused, and corrected. */
    become(&vc4);
    said_listen(ZC_LOG_INFO);
    mock_drm.export_error = ENOSYS;
    assert_true(allocations_of(&vc4, ZC_PATH_DIRECT) >= FRAMES);
    assert_non_null(strstr(said, "tried before: display, stride "));
    assert_int_equal(allocations_of(&vc4, ZC_PATH_DIRECT), 0);
    mock_drm.export_error = 0;
    snprintf(path, sizeof(path), "%s/zerocopy/memory", folder);
    unlink(path);
    snprintf(path, sizeof(path), "%s/zerocopy", folder);
    rmdir(path);
    assert_int_equal(rmdir(folder), 0);
    setenv("XDG_CACHE_HOME", "/dev/null", 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_setup, flow_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_amdgpu),
    TEST(test_mxsfb),
    TEST(test_what_fitted_is_tried_first),
    TEST(test_vc4),
    TEST(test_i915_discrete),
    TEST(test_vop2_cluster_has_the_gpus_modifier),
    TEST(test_linear_is_taken_where_there_is_both),
    TEST(test_nothing_in_common_is_told),
    TEST(test_a_forced_heap_has_no_substitute),
    TEST(test_a_stride_is_found_in_a_forced_heap),
    TEST(test_the_displays_memory_can_be_asked_for),
    TEST(test_where_nothing_serves_all_is_told),
    TEST(test_what_two_devices_disagree_about),
    TEST(test_a_gpu_that_refuses_is_named),
    TEST(test_a_size_is_no_matter_of_memory),
};

TEST_MAIN("flow-drivers", tests)
