/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu - whose turn it is: calls from several threads, and others' contexts on them. */
#include "gpu-fixture.h"

#include <EGL/egl.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#define ROUNDS 100

struct turn {
    struct zc_gpu *gpu;
    struct zc_frame *src, *dst;
    bool release;
    int result;
    EGLContext left; /* what is current on the thread at its end */
};

static void *draw(void *data)
{
    struct turn *turn = data;

    turn->result = zc_gpu_convert(turn->gpu, turn->src, turn->dst, NULL);
    if (turn->release)
        zc_gpu_release(turn->gpu);
    turn->left = eglGetCurrentContext();
    return NULL;
}

static int elsewhere(void *(*work)(void *), void *data)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, work, data), 0);
    return pthread_join(thread, NULL);
}

static struct turn begin(void)
{
    return (struct turn){
        .src = frame_by("NV12", 64, 48),
        .dst = frame_by("XR24", 64, 48),
        .gpu = gpu_open(),
        .release = true,
    };
}

static void end(struct turn *turn)
{
    zc_frame_unref(turn->src);
    zc_frame_unref(turn->dst);
    zc_gpu_close(turn->gpu);
}

static void test_threads_in_turn(void **state)
{
    struct turn turn = begin();

    (void)state;
    zc_gpu_release(turn.gpu);
    assert_ptr_equal(eglGetCurrentContext(), EGL_NO_CONTEXT);
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(elsewhere(draw, &turn), 0);
        assert_int_equal(turn.result, 0);
        assert_ptr_equal(turn.left, EGL_NO_CONTEXT);
        draw(&turn);
        assert_int_equal(turn.result, 0);
        assert_ptr_equal(turn.left, EGL_NO_CONTEXT);
    }
    assert_int_equal(mock_gl.draws, 2 * ROUNDS);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 3);
    assert_int_equal(mock_gl.made[MOCK_PROGRAM], 1);
    assert_int_equal(mock_gl.made[MOCK_CONTEXT], 1);
    assert_string_equal(said, "");
    end(&turn);
    assert_nothing_lives();
}

static void test_without_release(void **state)
{
    struct turn turn = begin();

    (void)state;
    elsewhere(draw, &turn);
    assert_int_equal(turn.result, -EBUSY);
    assert_non_null(strstr(said, "0 software: cannot make the context current: "
                                 "EGL_BAD_ACCESS; another thread has it"));
    assert_non_null(strstr(said, "zc_gpu_release()"));
    assert_int_equal(mock_gl.draws, 0);
    /* A refusal takes nothing from the thread that has it. */
    draw(&turn);
    assert_int_equal(turn.result, 0);
    elsewhere(draw, &turn);
    assert_int_equal(turn.result, 0);
    end(&turn);
    assert_nothing_lives();
}

static void *close_it(void *gpu)
{
    zc_gpu_close(gpu);
    return NULL;
}

static void test_closed_elsewhere(void **state)
{
    struct turn turn = begin();

    (void)state;
    draw(&turn);
    assert_int_equal(turn.result, 0);
    elsewhere(close_it, turn.gpu);
    assert_nothing_lives();
    assert_string_equal(said, "");
    zc_frame_unref(turn.src);
    zc_frame_unref(turn.dst);
}

/* Another library's context: made, and current, on this thread. */
static EGLContext others(void)
{
    EGLDisplay display = &mock_gl.devices[0];
    EGLContext context = eglCreateContext(display, NULL, EGL_NO_CONTEXT, NULL);

    assert_true(eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context));
    return context;
}

static void forget(EGLContext context)
{
    EGLDisplay display = &mock_gl.devices[0];

    eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display, context);
}

static void test_others_get_theirs_back(void **state)
{
    EGLContext other = others();
    struct turn turn = begin();

    (void)state;
    assert_ptr_not_equal(eglGetCurrentContext(), other);
    zc_gpu_release(turn.gpu);
    assert_ptr_equal(eglGetCurrentContext(), other);
    draw(&turn);
    assert_int_equal(turn.result, 0);
    assert_ptr_equal(turn.left, other);
    /* They take the thread by themselves: a release is none of their concern. */
    turn.release = false;
    draw(&turn);
    assert_ptr_not_equal(turn.left, other);
    eglMakeCurrent(&mock_gl.devices[0], EGL_NO_SURFACE, EGL_NO_SURFACE, other);
    zc_gpu_release(turn.gpu);
    assert_ptr_equal(eglGetCurrentContext(), other);
    draw(&turn);
    end(&turn);
    assert_ptr_equal(eglGetCurrentContext(), other);
    forget(other);
    assert_nothing_lives();
}

static void test_two_in_turn(void **state)
{
    EGLContext other = others();
    struct turn turn = begin();
    struct zc_gpu *one = turn.gpu, *two = gpu_open();

    (void)state;
    turn.release = false;
    for (int i = 0; i < 6; i++) {
        turn.gpu = i % 2 ? two : one;
        draw(&turn);
        assert_int_equal(turn.result, 0);
    }
    zc_gpu_release(two);
    assert_ptr_equal(eglGetCurrentContext(), other);
    zc_gpu_release(one);
    assert_ptr_equal(eglGetCurrentContext(), other);
    zc_gpu_close(two);
    turn.gpu = one;
    end(&turn);
    assert_ptr_equal(eglGetCurrentContext(), other);
    forget(other);
    assert_nothing_lives();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_threads_in_turn, gpu_reset),
        cmocka_unit_test_setup(test_without_release, gpu_reset),
        cmocka_unit_test_setup(test_closed_elsewhere, gpu_reset),
        cmocka_unit_test_setup(test_others_get_theirs_back, gpu_reset),
        cmocka_unit_test_setup(test_two_in_turn, gpu_reset),
    };

    return cmocka_run_group_tests_name("gpu-threads", tests, NULL, NULL);
}
