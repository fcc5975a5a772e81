/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu - the choice of a device, its fences, and the proof of identity. */
#include "gpu-fixture.h"
#include "gpu/import.h"
#include "memory/heap-private.h"
#include "../open-fds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static void test_fences(void **state)
{
    int before = open_fds();
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_gpu *gpu = gpu_open();

    (void)state;
    assert_true(zc_gpu_info(gpu)->native_fence);
    zc_frame_set_fence(src, open("/dev/null", O_RDONLY));
    for (int i = 0; i < 3; i++)
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.waits, 3);
    assert_true(zc_frame_fence(dst) >= 0);
    assert_true(zc_frame_fence(src) >= 0);
    assert_int_equal(open_fds(), before + 4);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_int_equal(open_fds(), before);
    assert_nothing_lives();
}

static void test_no_fences(void **state)
{
    struct zc_frame *src = frame_by("XR24", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.dup_fails = true;
    gpu = gpu_open();
    assert_false(zc_gpu_info(gpu)->native_fence);
    zc_frame_set_fence(src, open("/dev/null", O_RDONLY));
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(mock_gl.waits, 0);
    assert_int_equal(fake_kernel.fence_waits, 1);
    assert_int_equal(mock_gl.finishes, 1);
    assert_int_equal(zc_frame_fence(dst), -1);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_devices(void **state)
{
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.n_devices = 3;
    gpu = gpu_open();
    assert_string_equal(zc_gpu_info(gpu)->device, "/dev/zero");
    assert_string_equal(zc_gpu_info(gpu)->renderer, "Mali-G52");
    assert_false(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);

    /* A render node that draws in software is passed over. */
    mock_gl.devices[2].renderer = "llvmpipe (LLVM 19)";
    gpu = gpu_open();
    assert_string_equal(zc_gpu_info(gpu)->device, "software");
    zc_gpu_close(gpu);

    /* Unless it is asked for. */
    assert_int_equal(zc_gpu_open(&gpu, "/dev/zero"), 0);
    assert_true(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);
    assert_int_equal(zc_gpu_open(&gpu, "software"), 0);
    assert_string_equal(zc_gpu_info(gpu)->device, "software");
    zc_gpu_close(gpu);
    assert_int_equal(zc_gpu_open(&gpu, "/dev/full"), -ENODEV);
    assert_nothing_lives();
}

/* Mocks from Mesa's sources: what each calls itself, and what it does with linear frames. */
static const struct {
    const char *renderer, *retiles;
    bool at_binding;
} renderers[] = {
    {"V3D 4.2.14.0", "the GPU driver re-tiles each frame (renderer V3D 4.2.14.0)", false},
    {"V3D 7.1.7.0", "the GPU driver re-tiles each frame (renderer V3D 7.1.7.0)", false},
    {"VC4 V3D 2.1", "the GPU driver re-tiles each frame (renderer VC4 V3D 2.1)", false},
    {"Vivante GC3000 rev 5450",
     "the GPU driver re-tiles each frame (renderer Vivante GC3000 rev 5450), unless the "
     "chip "
     "samples linear textures",
     true},
    {"Vivante GC7000L", NULL, false},
    {"Mali-G52 (Panfrost)", NULL, false},
    {"Mali450", NULL, false},
    {"Adreno (TM) 618", NULL, false},
    {"AMD Radeon Graphics (radeonsi, renoir, LLVM 19.1.7, DRM 3.61)", NULL, false},
    {"Mesa Intel(R) UHD Graphics 620 (KBL GT2)", NULL, false},
    {"llvmpipe (LLVM 19.1.7, 256 bits)", NULL, false},
};

static void test_retiling(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++) {
        struct zc_frame *src = frame_by("NV21", 64, 48), *dst = frame_by("XR24", 64, 48);
        struct zc_gpu *gpu;
        int bindings, images;

        mock_gl.devices[0].renderer = renderers[i].renderer;
        gpu = gpu_open();
        if (renderers[i].retiles)
            assert_string_equal(zc_gpu_info(gpu)->retiles, renderers[i].retiles);
        else
            assert_null(zc_gpu_info(gpu)->retiles);
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        bindings = mock_gl.bindings;
        images = mock_gl.made[MOCK_IMAGE];
        assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
        assert_int_equal(mock_gl.bindings - bindings, renderers[i].at_binding ? 2 : 0);
        assert_int_equal(mock_gl.made[MOCK_IMAGE], images);
        zc_frame_unref(src);
        zc_frame_unref(dst);
        zc_gpu_close(gpu);
    }
    assert_nothing_lives();
}

/* Where the trial's memory comes from: a heap of memfds, or none. */
static bool has_heap;

int __wrap_zc_heap_find(struct zc_heap **out, const char *property);
int __wrap_zc_heap_find(struct zc_heap **out, const char *property)
{
    (void)property;
    return has_heap ? zc_heap_open(out, FAKE_NODE) : -ENOENT;
}

/*
 * Mocks from documentation. nvidia: EGL_EXT_image_dma_buf_import_modifiers says external
 * only for linear, which is not to be drawn into. libmali: no device platform, GBM on the
 * display's card (kmscube's way to it). The others: what a driver may answer by the specs.
 */
#define HARDWARE(node_, renderer_)                                                       \
    .extensions = "EGL_EXT_device_drm_render_node", .node = node_, .renderer = renderer_

static const char everything[] =
    "EGL_KHR_image_base EGL_KHR_surfaceless_context EGL_KHR_no_config_context "
    "EGL_EXT_image_dma_buf_import EGL_EXT_image_dma_buf_import_modifiers";

static const struct row {
    const char *title;
    struct mock_device first, second; /* beside the software device */
    bool heap;
    const char *taken, *said; /* NULL: nothing is to be said */
} rows[] = {
    {"a GPU that draws",
     {HARDWARE("/dev/zero", "Mali-G52")},
     {},
     true,
     "/dev/zero",
     NULL},
    {"without a heap nothing can be tried",
     {HARDWARE("/dev/zero", "Mali-G52"), .no_target = true},
     {},
     false,
     "/dev/zero",
     NULL},
    {"NVIDIA, then another",
     {HARDWARE("/dev/zero", "NVIDIA GeForce RTX 3060"), .external_only = true,
      .no_target = true},
     {HARDWARE("/dev/full", "Mesa Intel(R) UHD Graphics")},
     true,
     "/dev/full",
     NULL},
    {"NVIDIA alone, no heap",
     {HARDWARE("/dev/zero", "NVIDIA GeForce RTX 3060"), .external_only = true,
      .no_target = true},
     {},
     false,
     "software",
     "the CPU draws in place of a GPU (llvmpipe), which is slow: /dev/zero (NVIDIA "
     "GeForce "
     "RTX 3060): it takes linear images to sample only"},
    {"listed as external only, and draws all the same",
     {HARDWARE("/dev/zero", "Modest"), .external_only = true},
     {},
     true,
     "/dev/zero",
     NULL},
    {"no framebuffer of a linear image",
     {HARDWARE("/dev/zero", "Strange"), .no_target = true},
     {},
     true,
     "software",
     "/dev/zero (Strange): it does not draw into a linear XR24 frame of heap null: it "
     "cannot "
     "be drawn into: GL status 0x8cdd"},
    {"a picture that does not arrive",
     {HARDWARE("/dev/zero", "Lying"), .draws_nowhere = true},
     {},
     true,
     "software",
     "what it draws does not arrive in memory: 000000, not 996633"},
    {"one that is dead",
     {HARDWARE("/dev/zero", "None"), .dead = true},
     {},
     true,
     "software",
     "/dev/zero does not initialise: EGL_NOT_INITIALIZED"},
    {"no driver for it",
     {HARDWARE("/dev/zero", "llvmpipe (LLVM 19)")},
     {},
     true,
     "software",
     "/dev/zero (llvmpipe (LLVM 19)): it draws in software: EGL has no driver for it"},
};

static void set_devices(const struct row *row)
{
    mock_gl.devices[1] = row->first;
    mock_gl.devices[1].display_extensions = everything;
    mock_gl.devices[2] = row->second;
    mock_gl.devices[2].display_extensions = everything;
    mock_gl.n_devices = row->second.node ? 3 : 2;
    mock_gl.clears_memory = true;
    has_heap = row->heap;
}

static void test_trial(void **state)
{
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int before = open_fds();
        struct zc_gpu *gpu;

        gpu_reset(state);
        set_devices(&rows[i]);
        gpu = gpu_open();
        if (strcmp(zc_gpu_info(gpu)->device, rows[i].taken))
            fail_msg("%s: %s is taken", rows[i].title, zc_gpu_info(gpu)->device);
        if (rows[i].said ? !strstr(said, rows[i].said) : said[0])
            fail_msg("%s: it says %s", rows[i].title, said);
        zc_gpu_close(gpu);
        assert_nothing_lives();
        assert_int_equal(open_fds(), before);
    }
    /* What is asked for by name is taken as it is. */
    set_devices(&rows[2]);
    assert_int_equal(zc_gpu_open(&(struct zc_gpu *){NULL}, "/dev/null"), -ENODEV);
    for (int i = 0; i < 2; i++) {
        struct zc_gpu *gpu;

        assert_int_equal(zc_gpu_open(&gpu, i ? "software" : "/dev/zero"), 0);
        zc_gpu_close(gpu);
    }
    has_heap = false;
}

static void test_without_device_platform(void **state)
{
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.client_extensions = "EGL_EXT_platform_base EGL_KHR_platform_gbm";
    mock_gl.nodes[0] = (struct mock_node){.render = "/dev/null"}; /* vgem: never by GBM */
    mock_gl.nodes[1] =
        (struct mock_node){.card = "/dev/zero"}; /* libmali's, of a display */
    mock_gl.n_nodes = 2;
    gpu = gpu_open();
    assert_string_equal(zc_gpu_info(gpu)->device, "/dev/zero");
    assert_string_equal(zc_gpu_info(gpu)->renderer, "Mali-G52");
    assert_int_equal(mock_gl.live_gbm, 1);
    zc_gpu_close(gpu);
    assert_int_equal(mock_gl.live_gbm, 0);
    assert_int_equal(mock_gl.terminated, 1);
    assert_string_equal(said, "");
    assert_int_equal(zc_gpu_open(&gpu, "/dev/zero"), 0);
    zc_gpu_close(gpu);

    /* No libgbm, and a place without any node is left. */
    mock_gl.client_extensions = "EGL_KHR_platform_gbm EGL_MESA_platform_surfaceless";
    mock_gl.gbm_error = -ELIBACC;
    gpu = gpu_open();
    assert_string_equal(zc_gpu_info(gpu)->device, "software");
    assert_non_null(
        strstr(said, "/dev/zero cannot be opened by GBM: there is no libgbm.so.1"));
    zc_gpu_close(gpu);
    mock_gl.devices[3].renderer = "Mali-G52";
    assert_int_equal(zc_gpu_open(&gpu, "software"), -ENODEV);
    gpu = gpu_open();
    assert_string_equal(zc_gpu_info(gpu)->device, "surfaceless");
    assert_false(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);

    mock_gl.client_extensions = NULL;
    assert_int_equal(zc_gpu_open(&gpu, NULL), -ENOTSUP);
    assert_int_equal(mock_gl.live_gbm, 0);
    assert_nothing_lives();
}

/* Where EGL lists devices, its own is taken: Mesa's GBM on a node of vgem crashes. */
static void test_device_platform_goes_first(void **state)
{
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.client_extensions = "EGL_EXT_platform_device EGL_EXT_device_enumeration "
                                "EGL_EXT_device_query EGL_KHR_platform_gbm "
                                "EGL_MESA_platform_surfaceless";
    mock_gl.nodes[0] = (struct mock_node){.render = "/dev/null", .card = "/dev/full"};
    mock_gl.n_nodes = 1;
    mock_gl.n_devices = 2;
    gpu = gpu_open();
    assert_string_equal(zc_gpu_info(gpu)->device, "software");
    zc_gpu_close(gpu);
    assert_int_equal(zc_gpu_open(&gpu, "/dev/full"), -ENODEV);
    assert_int_equal(mock_gl.initialised, 1);
}

static void test_no_device(void **state)
{
    struct zc_gpu *gpu;

    (void)state;
    mock_gl.n_devices = 0;
    assert_int_equal(zc_gpu_open(&gpu, NULL), -ENODEV);
    mock_gl.n_devices = 1;
    mock_gl.devices[0].display_extensions =
        "EGL_KHR_image_base EGL_KHR_surfaceless_context EGL_KHR_no_config_context "
        "EGL_EXT_image_dma_buf_import_modifiers";
    assert_int_equal(zc_gpu_open(&gpu, NULL), -ENOTSUP);
    assert_non_null(strstr(said, "software lacks EGL_EXT_image_dma_buf_import;"));
    /* Old Mesa imports in software through a node that only keeps memory. */
    mock_gl.n_devices = 2;
    assert_int_equal(zc_gpu_open(&gpu, NULL), 0);
    assert_string_equal(zc_gpu_info(gpu)->device, "/dev/null");
    assert_true(zc_gpu_info(gpu)->software);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_verify(void **state)
{
    struct zc_frame *src = frame_by("NV21", 64, 48), *dst = frame_by("XR24", 64, 48);
    struct zc_gpu *gpu;
    int before;

    (void)state;
    mock_gl.n_devices = 3;
    gpu = gpu_open();
    assert_int_equal(zc_gpu_verify(gpu, src), -ENOENT);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(zc_gpu_verify(gpu, src), -ENOTSUP);
    before = open_fds();
    mock_gl.export_fd = zc_frame_fd(src, 0);
    assert_int_equal(zc_gpu_verify(gpu, src), 1);
    assert_int_equal(zc_gpu_verify(gpu, dst), 0);
    mock_gl.export_fd = zc_frame_fd(dst, 0);
    assert_int_equal(zc_gpu_verify(gpu, src), 0);
    assert_int_equal(zc_gpu_verify(gpu, dst), 1);
    assert_int_equal(open_fds(), before);
    zc_gpu_close(gpu);

    /* No node: never asked, and these memfds are no mapped dma-bufs. */
    assert_int_equal(zc_gpu_open(&gpu, "software"), 0);
    assert_int_equal(zc_gpu_convert(gpu, src, dst, NULL), 0);
    assert_int_equal(zc_gpu_verify(gpu, src), -ENOTSUP);
    zc_frame_unref(src);
    zc_frame_unref(dst);
    zc_gpu_close(gpu);
    assert_nothing_lives();
}

static void test_verify_maps(void **state)
{
    static char maps[] =
        "7f0000000000-7f0000001000 rw-s 00000000 00:01 4711       /memfd:x (deleted)\n"
        "7f0000001000-7f0000002000 rw-p 00000000 00:00 0 \n"
        "7f0000002000-7f0000003000 rw-s 00000000 00:0b 815        /dmabuf:zerocopy\n";
    static const struct {
        uint64_t identity;
        bool found;
    } cases[] = {{815, true}, {4711, false}, {81, false}, {0, false}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        FILE *file = fmemopen(maps, strlen(maps), "r");

        assert_int_equal(zc_maps_have(file, cases[i].identity), cases[i].found);
        fclose(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_fences, gpu_reset),
        cmocka_unit_test_setup(test_no_fences, gpu_reset),
        cmocka_unit_test_setup(test_devices, gpu_reset),
        cmocka_unit_test_setup(test_retiling, gpu_reset),
        cmocka_unit_test_setup(test_trial, gpu_reset),
        cmocka_unit_test_setup(test_without_device_platform, gpu_reset),
        cmocka_unit_test_setup(test_device_platform_goes_first, gpu_reset),
        cmocka_unit_test_setup(test_no_device, gpu_reset),
        cmocka_unit_test_setup(test_verify, gpu_reset),
        cmocka_unit_test_setup(test_verify_maps, gpu_reset),
    };

    return cmocka_run_group_tests_name("gpu-device", tests, NULL, NULL);
}
