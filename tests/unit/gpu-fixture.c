/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-fixture - frames and a GPU for tests. */
#include "gpu-fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

char said[8192];

static void listen(enum zc_log_level level, const char *message, void *user)
{
    size_t length = strlen(said);

    (void)user;
    snprintf(said + length, sizeof(said) - length, "%d %s\n", level, message);
}

int gpu_reset(void **state)
{
    (void)state;
    mock_gl_reset();
    fake_kernel = (struct fake_kernel){.now_ns = 1000000000};
    said[0] = '\0';
    zc_log_set(ZC_LOG_WARNING, listen, NULL);
    return 0;
}

struct zc_gpu *gpu_open(void)
{
    struct zc_gpu *gpu = NULL;

    assert_int_equal(zc_gpu_open(&gpu, NULL), 0);
    return gpu;
}

struct zc_frame *frame_laid(const struct zc_layout *layout)
{
    struct zc_frame *frame = NULL;
    int fds[ZC_MAX_PLANES];

    for (int i = 0; i < layout->n_buffers; i++) {
        fds[i] = memfd_create("frame", MFD_CLOEXEC);
        assert_int_equal(ftruncate(fds[i], layout->bytes[i]), 0);
    }
    assert_int_equal(zc_frame_wrap(&frame, layout, fds), 0);
    return frame;
}

struct zc_frame *frame_of(const struct zc_format *format, uint32_t width, uint32_t height)
{
    struct zc_layout layout;

    assert_non_null(format);
    assert_int_equal(zc_layout_solve(&layout, format, width, height, NULL), 0);
    return frame_laid(&layout);
}

struct zc_frame *frame_by(const char *name, uint32_t width, uint32_t height)
{
    return frame_of(zc_format_by_name(name), width, height);
}

void assert_nothing_lives(void)
{
    for (int i = 0; i < MOCK_THINGS; i++)
        if (mock_gl.live[i])
            fail_msg("%d things of kind %d live on", mock_gl.live[i], i);
    assert_int_equal(mock_gl.foreign_deletes, 0);
}
