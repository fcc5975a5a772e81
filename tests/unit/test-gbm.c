/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gbm, with a libgbm of the test's: what is opened, and what is given back. */
#include "gpu/gbm.h"
#include "test.h"
#include "../open-fds.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <unistd.h>

static void test_opens_and_closes(void **state)
{
    struct zc_gbm *one, *two;
    int before = open_fds();
    int *live;

    (void)state;
    assert_int_equal(zc_gbm_open(&one, "/dev/null"), 0);
    assert_int_equal(zc_gbm_open(&two, "/dev/null"), 0);
    live = zc_gbm_native(one);
    assert_int_equal(*live, 2);
    zc_gbm_close(one);
    assert_int_equal(*live, 1);
    zc_gbm_close(two);
    assert_int_equal(*live, 0);
    assert_int_equal(open_fds(), before);
    zc_gbm_close(NULL);
}

static void test_allocates(void **state)
{
    const uint64_t modifiers[] = {1, 7};
    int before = open_fds();
    struct zc_gbm_buffer buffer;
    struct zc_gbm *gbm;
    int *live;

    (void)state;
    assert_int_equal(zc_gbm_open(&gbm, "/dev/null"), 0);
    assert_int_equal(zc_gbm_planes(gbm, DRM_FORMAT_XRGB8888, 7), 1);
    assert_int_equal(zc_gbm_planes(gbm, DRM_FORMAT_NV12, 7), 0);
    live = zc_gbm_native(gbm);
    assert_int_equal(
        zc_gbm_alloc(gbm, 64, 48, DRM_FORMAT_XRGB8888, modifiers, 2, &buffer), 0);
    assert_int_equal(buffer.modifier, 7);
    assert_int_equal(buffer.n_planes, 1);
    assert_int_equal(buffer.stride, 64 * 4 + 64);
    assert_int_equal(buffer.offset, 0);
    assert_int_equal(lseek(buffer.fd, 0, SEEK_END), (64 * 4 + 64) * 48);
    /* The dma-buf is all that is left of it. */
    assert_int_equal(*live, 1);
    close(buffer.fd);
    assert_int_equal(zc_gbm_alloc(gbm, 64, 48, DRM_FORMAT_NV12, modifiers, 2, &buffer),
                     -EINVAL);
    zc_gbm_close(gbm);
    assert_int_equal(open_fds(), before);
}

static void test_refusals_leave_nothing(void **state)
{
    int before = open_fds();
    struct zc_gbm *gbm;

    (void)state;
    assert_int_equal(zc_gbm_open(&gbm, "/dev/zero"), -ENOTSUP);
    assert_int_equal(zc_gbm_open(&gbm, "/nowhere"), -ENOENT);
    assert_int_equal(open_fds(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_and_closes),
        cmocka_unit_test(test_allocates),
        cmocka_unit_test(test_refusals_leave_nothing),
    };

    return cmocka_run_group_tests_name("gbm", tests, NULL, NULL);
}
