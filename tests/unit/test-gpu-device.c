/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu - the choice of a device, its fences, and the proof of identity. */
#include "gpu-fixture.h"
#include "gpu/import.h"

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
        cmocka_unit_test_setup(test_no_device, gpu_reset),
        cmocka_unit_test_setup(test_verify, gpu_reset),
        cmocka_unit_test_setup(test_verify_maps, gpu_reset),
    };

    return cmocka_run_group_tests_name("gpu-device", tests, NULL, NULL);
}
