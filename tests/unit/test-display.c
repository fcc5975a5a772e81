/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, on a mock of libdrm: what a frame costs, what a flip releases, what is
 * restored. */
#include "fake-kernel.h"
#include "mock-drm.h"
#include "test.h"
#include "zerocopy.h"

#include <dirent.h>
#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define N 4

static struct zc_display *display;
static struct zc_heap *heap;
static struct zc_pool *pool;
static struct zc_frame *held[32]; /* every frame of every pool, until let_go() */
static int n_held;
static struct mock_drm before;
static int fds_before;
static char said[1024];

static void keep(enum zc_log_level level, const char *message, void *user)
{
    (void)level;
    (void)user;
    snprintf(said, sizeof(said), "%s", message);
}

static int count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = 0;

    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static int setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){.now_ns = 1000000000};
    mock_drm_reset();
    said[0] = '\0';
    zc_log_set(ZC_LOG_WARNING, keep, NULL);
    fds_before = count_fds();
    return zc_heap_open(&heap, FAKE_NODE);
}

static void let_go(void)
{
    while (n_held > 0)
        zc_frame_unref(held[--n_held]);
}

/* Whatever a test did: nothing of it may be left. */
static int teardown(void **state)
{
    (void)state;
    zc_display_close(display);
    display = NULL;
    let_go();
    zc_pool_unref(pool);
    pool = NULL;
    zc_heap_close(heap);
    mock_drm_finish();
    if (mock_drm_leaks() || mock_drm.bad_handles || mock_drm.rmfbs_in_use ||
        mock_drm.master || count_fds() != fds_before) {
        fprintf(stderr, "leaks %d, bad handles %d, removed in use %d, fds %d\n",
                mock_drm_leaks(), mock_drm.bad_handles, mock_drm.rmfbs_in_use,
                count_fds() - fds_before);
        return -1;
    }
    return 0;
}

static int open_config(const struct zc_display_config *config)
{
    before = mock_drm;
    return zc_display_open(&display, config);
}

static void open_display(void)
{
    assert_int_equal(open_config(&(struct zc_display_config){.path = mock_drm.path[0]}),
                     0);
}

static void hold_all(void)
{
    struct zc_frame *frame;

    while ((frame = zc_pool_acquire(pool)))
        held[n_held++] = frame;
}

static void make_pool(const char *format, uint32_t width, uint32_t height, int n)
{
    struct zc_layout layout;

    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, NULL), 0);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, n), 0);
    hold_all();
}

/* The display, and a pool of four XR24 frames. */
static void start(void)
{
    open_display();
    make_pool("XR24", 640, 480, N);
}

static void flip(struct zc_frame *expected)
{
    struct zc_frame *shown = NULL;

    assert_true(zc_display_pending(display));
    assert_int_equal(zc_display_dispatch(display, &shown), 0);
    assert_ptr_equal(shown, expected);
    assert_false(zc_display_pending(display));
}

static void show_and_flip(struct zc_frame *frame)
{
    assert_int_equal(zc_display_show(display, frame), 0);
    flip(frame);
}

static void close_display(void)
{
    zc_display_close(display);
    display = NULL;
}

static uint64_t value(uint32_t object, const char *name)
{
    return *mock_drm_value(object, name);
}

static uint32_t reasons_of(struct zc_frame *frame)
{
    uint32_t reasons = 0;

    assert_int_equal(zc_display_test(display, frame, &reasons), -ENOTSUP);
    return reasons;
}

/* ------------------------------------------------------------------ opening */

static void test_open_prefers_the_preferred_mode(void **state)
{
    const struct zc_display_info *info;

    (void)state;
    open_display();
    info = zc_display_info(display);
    assert_string_equal(info->path, mock_drm.path[0]);
    assert_string_equal(info->driver, "mock");
    assert_string_equal(info->connector, "HDMI-A-1");
    assert_int_equal(info->width, 1024);
    assert_int_equal(info->refresh_mhz, 60004);
    assert_false(info->mode_kept);
    assert_true(info->writeback);
    assert_int_equal(mock_drm.tests + mock_drm.commits, 0);
}

static void test_open_takes_the_wanted_mode_at_the_highest_rate(void **state)
{
    struct zc_display_config config = {.width = 640, .height = 480};

    (void)state;
    assert_int_equal(open_config(&config), 0);
    assert_int_equal(zc_display_info(display)->height, 480);
    assert_int_equal(zc_display_info(display)->refresh_mhz, 75000);
}

static void test_open_keeps_the_lit_mode(void **state)
{
    struct zc_display_config config = {.width = 640, .height = 480};

    (void)state;
    mock_drm_light();
    assert_int_equal(open_config(&config), 0);
    assert_true(zc_display_info(display)->mode_kept);
    assert_int_equal(zc_display_info(display)->width, 1024);
    assert_true(zc_display_info(display)->vblank);
}

static void test_open_denied_names_the_way_out(void **state)
{
    (void)state;
    mock_drm.busy[0] = true;
    assert_int_equal(open_config(&(struct zc_display_config){.path = mock_drm.path[0]}),
                     -EBUSY);
    assert_non_null(strstr(said, "fuser -v"));
    assert_non_null(strstr(said, mock_drm.path[0]));
}

static void test_open_goes_on_to_the_next_card(void **state)
{
    (void)state;
    mock_drm.n_cards = 2;
    mock_drm.busy[0] = true;
    assert_int_equal(open_config(NULL), 0);
    assert_string_equal(zc_display_info(display)->path, mock_drm.path[1]);
    assert_string_equal(said, "");
}

static void test_open_tells_every_cards_reason(void **state)
{
    (void)state;
    mock_drm.n_cards = 2;
    mock_drm.not_kms[0] = true;
    mock_drm.busy[1] = true;
    assert_int_equal(open_config(NULL), -EBUSY);
    assert_non_null(strstr(said, "no outputs"));
    assert_non_null(strstr(said, "master"));
}

static void test_open_refusals(void **state)
{
    struct zc_display_config config = {.path = mock_drm.path[0]};

    (void)state;
    mock_drm.disconnected = true;
    assert_int_equal(open_config(&config), -ENODEV);
    assert_non_null(strstr(said, "no connected output"));
    mock_drm.disconnected = false;
    mock_drm.no_atomic = true;
    assert_int_equal(open_config(&config), -ENOTSUP);
    mock_drm.no_atomic = false;
    mock_drm.absent = "MODE_ID";
    assert_int_equal(open_config(&config), -ENOTSUP);
    mock_drm.absent = NULL;
    mock_drm.n_cards = 0;
    assert_int_equal(open_config(NULL), -ENODEV);
    assert_non_null(strstr(said, "modprobe vkms"));
    config.path = "/nowhere/card0";
    assert_int_equal(open_config(&config), -ENOENT);
}

static void test_a_failing_blob_fails_open(void **state)
{
    (void)state;
    mock_drm.blob_error = ENOMEM;
    assert_int_equal(open_config(NULL), -ENOMEM);
}

/* ------------------------------------------------------------------- showing */

static void test_six_hundred_shows_cost_one_import_each(void **state)
{
    struct zc_counters a, b;

    (void)state;
    start();
    let_go();
    zc_counters_read(&a);
    for (int i = 0; i < 600; i++) {
        struct zc_frame *frame = zc_pool_acquire(pool);

        assert_non_null(frame);
        show_and_flip(frame);
        zc_frame_unref(frame);
        assert_int_equal(mock_drm.last_items, i ? 1 : mock_drm.last_items);
    }
    zc_counters_read(&b);
    assert_int_equal(b.display_imports - a.display_imports, N);
    assert_int_equal(b.cpu_maps - a.cpu_maps, 0);
    assert_int_equal(mock_drm.primes, N);
    assert_int_equal(mock_drm.addfbs, N);
    assert_int_equal(mock_drm.tests, 1);
    assert_int_equal(mock_drm.commits, 600);
    assert_int_equal(mock_drm.modesets, 1);
    assert_int_equal(mock_drm.last_flags,
                     DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
    close_display();
    assert_int_equal(mock_drm.rmfbs, N);
}

static void test_first_show_is_centred_and_alone(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_X"), 192);
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_Y"), 144);
    assert_int_equal(value(MOCK_PRIMARY, "SRC_W"), 640 << 16);
    assert_int_equal(value(MOCK_PRIMARY, "rotation"), DRM_MODE_ROTATE_0);
    assert_int_equal(value(MOCK_CURSOR, "FB_ID"), 0);
    assert_int_equal(mock_drm.modesets, 0);
}

static void test_flips_release_the_frame_before(void **state)
{
    struct zc_frame *a, *b;

    (void)state;
    start();
    let_go();
    a = zc_pool_acquire(pool);
    b = zc_pool_acquire(pool);
    show_and_flip(a);
    zc_frame_unref(a);
    assert_int_equal(zc_pool_free(pool), 2);
    assert_int_equal(zc_display_show(display, b), 0);
    zc_frame_unref(b);
    assert_int_equal(zc_pool_free(pool), 2);
    flip(b);
    assert_int_equal(zc_pool_free(pool), 3);
    close_display();
    assert_int_equal(zc_pool_free(pool), 4);
}

static void test_stages_are_set(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    frame = zc_pool_frame(pool, 0);
    assert_int_equal(zc_display_show(display, frame), 0);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_COMMIT], fake_kernel.now_ns);
    flip(frame);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP], 1500250000);
    assert_true(zc_display_info(display)->vblank);
}

static void test_realtime_events_give_way_to_our_clock(void **state)
{
    struct zc_frame *frame;

    (void)state;
    mock_drm.not_monotonic = true;
    start();
    frame = zc_pool_frame(pool, 0);
    show_and_flip(frame);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP], 1010000000);
    assert_false(zc_display_info(display)->vblank);
}

static void test_fake_blanks_are_labelled(void **state)
{
    (void)state;
    mock_drm.no_vblank = true;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_false(zc_display_info(display)->vblank);
}

static void test_pending_is_busy(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    assert_int_equal(zc_display_dispatch(display, &frame), -EAGAIN);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), -EBUSY);
    assert_int_equal(mock_drm.commits, 1);
    flip(zc_pool_frame(pool, 0));
    assert_string_equal(said, "");
}

static void test_busy_modeset_is_done_blocking(void **state)
{
    (void)state;
    mock_drm.nonblock_modeset_error = EBUSY;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_false(mock_drm.last_flags & DRM_MODE_ATOMIC_NONBLOCK);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_true(mock_drm.last_flags & DRM_MODE_ATOMIC_NONBLOCK);
}

static void test_fence_goes_with_the_frame(void **state)
{
    int fence = eventfd(1, EFD_CLOEXEC);

    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    zc_frame_set_fence(zc_pool_frame(pool, 1), fence);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_int_equal(mock_drm.last_in_fence, fence);
    assert_int_equal(mock_drm.last_items, 2);
    assert_int_equal(fake_kernel.fence_waits, 0);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.last_in_fence, -1);
}

static void test_fence_is_waited_for_where_planes_take_none(void **state)
{
    (void)state;
    mock_drm.absent = "IN_FENCE_FD";
    start();
    zc_frame_set_fence(zc_pool_frame(pool, 0), eventfd(1, EFD_CLOEXEC));
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.last_in_fence, -1);
    assert_int_equal(fake_kernel.fence_waits, 1);
}

static void test_failing_builder_commits_nothing(void **state)
{
    (void)state;
    start();
    for (int at = 1; at <= 12; at++) {
        mock_drm.fail_add_at = at;
        assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENOMEM);
        assert_false(zc_display_pending(display));
    }
    assert_int_equal(mock_drm.commits, 0);
    assert_true(mock_drm_same(&before, &mock_drm));
    mock_drm.fail_add_at = 0;
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.fail_add_at = 1;
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), -ENOMEM);
    assert_int_equal(mock_drm.commits, 1);
    mock_drm.fail_add_at = 0;
    show_and_flip(zc_pool_frame(pool, 1));
}

static void test_failed_commit_keeps_no_frame(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    let_go();
    frame = zc_pool_acquire(pool);
    mock_drm.commit_error = EINVAL;
    assert_int_equal(zc_display_show(display, frame), -EINVAL);
    zc_frame_unref(frame);
    assert_int_equal(zc_pool_free(pool), N);
    assert_non_null(strstr(said, "HDMI-A-1"));
}

/* -------------------------------------------------------------------- planes */

static void test_formats_are_those_of_the_usable_planes(void **state)
{
    (void)state;
    open_display();
    assert_true(zc_display_has_format(display, DRM_FORMAT_XRGB8888, 0));
    assert_true(zc_display_has_format(display, DRM_FORMAT_NV12, 0));
    assert_true(
        zc_display_has_format(display, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
    assert_false(zc_display_has_format(display, DRM_FORMAT_RGB565, 0));
    assert_false(zc_display_has_format(display, DRM_FORMAT_ARGB8888, 0));
}

static void test_no_in_formats_means_linear(void **state)
{
    (void)state;
    mock_drm.no_in_formats = true;
    open_display();
    assert_true(zc_display_has_format(display, DRM_FORMAT_RGB565, 0));
    assert_false(
        zc_display_has_format(display, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED));
}

static void test_overlay_takes_what_the_primary_lacks(void **state)
{
    (void)state;
    mock_drm_light();
    open_display();
    make_pool("NV12", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_not_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_ID"), 0);
    assert_int_equal(mock_drm.tests_passed, 1);
    assert_int_equal(mock_drm.primes, 1); /* two planes in one buffer */
    assert_int_equal(mock_drm.dumbs, 0);
}

static void test_overlay_is_tried_after_a_refusing_primary(void **state)
{
    (void)state;
    mock_drm.refused_plane = MOCK_PRIMARY;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_not_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(mock_drm.tests, 2);
    assert_int_equal(mock_drm.tests_passed, 1);
}

static void test_overlay_gets_black_below_where_the_card_insists(void **state)
{
    (void)state;
    mock_drm.needs_primary = true;
    open_display();
    make_pool("NV12", 640, 480, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_W"), 1024);
    assert_int_equal(value(MOCK_OVERLAY, "CRTC_W"), 640);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_int_equal(mock_drm.last_items, 1);
    assert_int_equal(mock_drm.dumbs, 1);
    assert_int_equal(mock_drm.tests_passed, 1);
}

static void test_layouts_may_change_on_the_way(void **state)
{
    struct zc_pool *first;

    (void)state;
    start();
    first = pool;
    make_pool("NV12", 320, 240, 2);
    show_and_flip(zc_pool_frame(first, 0));
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
    show_and_flip(zc_pool_frame(first, 1));
    assert_int_equal(value(MOCK_OVERLAY, "FB_ID"), 0);
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_W"), 640);
    assert_int_equal(mock_drm.tests_passed, 2);
    assert_int_equal(mock_drm.modesets, 1);
    zc_pool_unref(first);
}

static void test_more_layouts_than_are_remembered(void **state)
{
    struct zc_pool *pools[12];

    (void)state;
    open_display();
    for (int i = 0; i < 12; i++) {
        make_pool("XR24", 640, 40 * (i + 1), 1);
        pools[i] = pool;
    }
    for (int i = 0; i < 24; i++) {
        show_and_flip(zc_pool_frame(pools[i % 12], 0));
        assert_int_equal(value(MOCK_PRIMARY, "CRTC_H"), 40 * (i % 12 + 1));
    }
    for (int i = 0; i < 11; i++)
        zc_pool_unref(pools[i]);
}

/* ------------------------------------------------------------------- reasons */

static void test_reasons(void **state)
{
    char text[64];

    (void)state;
    start();
    mock_drm.prime_error = ENODEV; /* a driver without import, still plugged in */
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_IMPORT);
    mock_drm.prime_error = 0;
    mock_drm.addfb_error = EINVAL;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_FRAMEBUFFER);
    mock_drm.addfb_error = 0;
    mock_drm.refused_plane = MOCK_PRIMARY;
    mock_drm.needs_primary = true;
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)), ZC_REASON_TEST);
    assert_string_equal(said, "");
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENOTSUP);
    assert_non_null(strstr(said, "test"));
    zc_display_reason_text(ZC_REASON_FORMAT | ZC_REASON_TEST, text, sizeof(text));
    assert_string_equal(text, "format, test");
    zc_display_reason_text(0, text, sizeof(text));
    assert_string_equal(text, "none");
    zc_display_reason_text(ZC_REASON_NO_DMABUF | ZC_REASON_FORMAT, text, 12);
    assert_string_equal(text, "no dma-buf,");
}

static void test_what_is_obvious_is_not_asked(void **state)
{
    (void)state;
    open_display();
    make_pool("AR24", 1280, 720, 1);
    assert_int_equal(reasons_of(zc_pool_frame(pool, 0)),
                     ZC_REASON_FORMAT | ZC_REASON_TEST);
    assert_int_equal(mock_drm.primes + mock_drm.tests, 0);
}

static void test_every_frame_of_a_pool_is_imported_and_one_tested(void **state)
{
    uint32_t reasons = 1;

    (void)state;
    start();
    for (int i = 0; i < N; i++) {
        assert_int_equal(zc_display_test(display, zc_pool_frame(pool, i), &reasons), 0);
        assert_int_equal(reasons, 0);
    }
    assert_int_equal(mock_drm.primes, N);
    assert_int_equal(mock_drm.tests, 1);
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_drivers_without_modifiers(void **state)
{
    (void)state;
    mock_drm.no_modifiers = true;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_false(mock_drm_fb(value(MOCK_PRIMARY, "FB_ID"))->with_modifiers);
}

static void test_verify_asks_the_kernel(void **state)
{
    (void)state;
    open_display();
    make_pool("NV12", 640, 480, 2);
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), -EINVAL);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), 1);
    mock_drm.copies = true;
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), 0);
    mock_drm.hides_handles = true;
    assert_int_equal(zc_display_verify(display, zc_pool_frame(pool, 0)), -ENOTSUP);
}

/* -------------------------------------------------------------- restoration */

static void test_close_before_the_first_show_changes_nothing(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    zc_display_test(display, zc_pool_frame(pool, 0), &(uint32_t){0});
    close_display();
    assert_int_equal(mock_drm.commits, 0);
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_close_restores_what_was_lit(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    show_and_flip(zc_pool_frame(pool, 1));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), MOCK_FOREIGN_FB);
    assert_int_equal(value(MOCK_PRIMARY, "rotation"), DRM_MODE_ROTATE_180);
    assert_string_equal(said, "");
}

static void test_close_restores_darkness(void **state)
{
    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 0);
}

static void test_close_without_the_old_picture_keeps_its_mode(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.fb[0] = mock_drm.fb[1] = (struct mock_fb){0};
    close_display();
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 1);
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
    assert_memory_equal(mock_drm_blob(value(MOCK_CRTC, "MODE_ID"))->data,
                        before.blob[0].data, sizeof(drmModeModeInfo));
}

static void test_close_goes_dark_where_nothing_else_is_taken(void **state)
{
    (void)state;
    mock_drm_light();
    mock_drm.needs_primary = true;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.fb[0] = (struct mock_fb){0};
    close_display();
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 0);
    assert_int_equal(value(MOCK_CONNECTOR, "CRTC_ID"), 0);
}

static void test_close_waits_for_the_flip(void **state)
{
    (void)state;
    start();
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    close_display();
    assert_null(mock_drm.event);
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_close_waits_no_longer_than_it_must(void **state)
{
    int64_t began;

    (void)state;
    start();
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    let_go();
    mock_drm.keeps_events = true;
    began = fake_kernel.now_ns;
    close_display();
    assert_true(fake_kernel.now_ns - began >= 0 &&
                fake_kernel.now_ns - began <= 1000000000);
    assert_int_equal(zc_pool_free(pool), N);
}

static void test_unplug_passes_up_and_closes_quietly(void **state)
{
    struct zc_frame *frame;
    int error = -EAGAIN;

    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), 0);
    mock_drm.unplugged = true;
    for (int i = 0; i < 100 && error == -EAGAIN; i++)
        error = zc_display_dispatch(display, &frame);
    assert_int_equal(error, -ENODEV);
    said[0] = '\0';
    close_display();
    assert_string_equal(said, "");
}

static void test_show_after_unplug_is_enodev(void **state)
{
    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.unplugged = true;
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENODEV);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), -ENODEV);
}

static void test_frames_may_outlive_the_display(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    let_go();
    frame = zc_pool_acquire(pool);
    show_and_flip(frame);
    close_display();
    assert_int_equal(mock_drm.rmfbs, 1);
    zc_frame_unref(frame);
}

static void test_frames_may_go_before_the_display(void **state)
{
    (void)state;
    start();
    for (int i = 0; i < N; i++)
        show_and_flip(zc_pool_frame(pool, i));
    let_go();
    zc_pool_unref(pool);
    pool = NULL;
    assert_int_equal(mock_drm.rmfbs, 0); /* the one on screen keeps its pool */
    close_display();
    assert_int_equal(mock_drm.rmfbs, N);
}

/* ------------------------------------------------------- capture, dumb buffers */

static void test_capture_leaves_the_state_as_it_was(void **state)
{
    struct mock_drm shown;
    struct stat node;
    struct zc_pool *first;

    (void)state;
    start();
    first = pool;
    make_pool("XR24", 1024, 768, 1);
    show_and_flip(zc_pool_frame(first, 0));
    shown = mock_drm;
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(mock_drm.captures, 1);
    assert_int_equal(fstat(zc_frame_fd(zc_pool_frame(pool, 0), 0), &node), 0);
    assert_int_equal(mock_drm.captured_into, node.st_ino);
    assert_true(mock_drm_same(&shown, &mock_drm));
    assert_true(mock_drm.sequence - shown.sequence >= 6 &&
                mock_drm.sequence - shown.sequence <= 60);
    assert_int_equal(fake_kernel.fence_waits, 1);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(mock_drm.addfbs, 2);
    show_and_flip(zc_pool_frame(first, 1));
    assert_int_equal(mock_drm.last_items, 1);
    zc_pool_unref(first);
}

static void test_capture_without_blanks_waits_by_time(void **state)
{
    (void)state;
    mock_drm.no_vblank = true;
    open_display();
    make_pool("XR24", 1024, 768, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 1)), 0);
}

static void test_capture_refusals(void **state)
{
    struct zc_pool *small;

    (void)state;
    start();
    small = pool;
    make_pool("XR24", 1024, 768, 2);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), -EINVAL);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 1)), -EBUSY);
    flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), -EBUSY);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(small, 0)), -EINVAL);
    mock_drm.commit_error = EINVAL;
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 1)), -EINVAL);
    assert_non_null(strstr(said, "possible clones"));
    zc_pool_unref(small);
}

static void test_capture_where_there_is_no_writeback(void **state)
{
    (void)state;
    mock_drm.no_writeback = true;
    start();
    assert_false(zc_display_info(display)->writeback);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), -ENOTSUP);
    assert_non_null(strstr(said, "no writeback connector"));
}

static void dumb_pool(const char *format, uint32_t width, uint32_t height, int n)
{
    struct zc_layout layout;

    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, NULL), 0);
    assert_int_equal(zc_display_dumb_pool(display, &layout, n, &pool), 0);
    hold_all();
}

static void test_dumb_frames_are_shown_without_prime(void **state)
{
    void *plane[ZC_MAX_PLANES];
    struct zc_frame *frame;

    (void)state;
    mock_drm.pitch_align = 256;
    open_display();
    dumb_pool("XR24", 600, 400, 3);
    frame = zc_pool_frame(pool, 0);
    assert_int_equal(zc_frame_layout(frame)->plane[0].stride, 2560);
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
    memset(plane[0], 0x80, zc_frame_layout(frame)->bytes[0]);
    assert_int_equal(zc_frame_end_cpu(frame), 0);
    for (int i = 0; i < 6; i++)
        show_and_flip(zc_pool_frame(pool, i % 3));
    assert_int_equal(mock_drm.primes, 0);
    assert_int_equal(mock_drm.addfbs, 3);
    assert_int_equal(zc_display_verify(display, frame), -ENOTSUP);
    close_display();
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
    memset(plane[0], 0, 4096);
    assert_int_equal(zc_frame_end_cpu(frame), 0);
}

static void test_dumb_frames_of_several_planes(void **state)
{
    (void)state;
    mock_drm.pitch_align = 64;
    open_display();
    dumb_pool("NV12", 330, 242, 1);
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 0))->plane[1].stride, 384);
    show_and_flip(zc_pool_frame(pool, 0));
}

static void test_dumb_frames_that_fail_leave_nothing(void **state)
{
    struct zc_layout layout;

    (void)state;
    open_display();
    zc_layout_solve(&layout, zc_format_by_name("XR24"), 64, 64, NULL);
    mock_drm.addfb_error = EINVAL;
    assert_int_equal(zc_display_dumb_pool(display, &layout, 2, &pool), -EINVAL);
    assert_non_null(strstr(said, "dumb buffer 1 of 2"));
    layout.modifier = I915_FORMAT_MOD_X_TILED;
    assert_int_equal(zc_display_dumb_pool(display, &layout, 2, &pool), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_open_prefers_the_preferred_mode),
    TEST(test_open_takes_the_wanted_mode_at_the_highest_rate),
    TEST(test_open_keeps_the_lit_mode),
    TEST(test_open_denied_names_the_way_out),
    TEST(test_open_goes_on_to_the_next_card),
    TEST(test_open_tells_every_cards_reason),
    TEST(test_open_refusals),
    TEST(test_a_failing_blob_fails_open),
    TEST(test_six_hundred_shows_cost_one_import_each),
    TEST(test_first_show_is_centred_and_alone),
    TEST(test_flips_release_the_frame_before),
    TEST(test_stages_are_set),
    TEST(test_realtime_events_give_way_to_our_clock),
    TEST(test_fake_blanks_are_labelled),
    TEST(test_pending_is_busy),
    TEST(test_busy_modeset_is_done_blocking),
    TEST(test_fence_goes_with_the_frame),
    TEST(test_fence_is_waited_for_where_planes_take_none),
    TEST(test_failing_builder_commits_nothing),
    TEST(test_failed_commit_keeps_no_frame),
    TEST(test_formats_are_those_of_the_usable_planes),
    TEST(test_no_in_formats_means_linear),
    TEST(test_overlay_takes_what_the_primary_lacks),
    TEST(test_overlay_is_tried_after_a_refusing_primary),
    TEST(test_overlay_gets_black_below_where_the_card_insists),
    TEST(test_layouts_may_change_on_the_way),
    TEST(test_more_layouts_than_are_remembered),
    TEST(test_reasons),
    TEST(test_what_is_obvious_is_not_asked),
    TEST(test_every_frame_of_a_pool_is_imported_and_one_tested),
    TEST(test_drivers_without_modifiers),
    TEST(test_verify_asks_the_kernel),
    TEST(test_close_before_the_first_show_changes_nothing),
    TEST(test_close_restores_what_was_lit),
    TEST(test_close_restores_darkness),
    TEST(test_close_without_the_old_picture_keeps_its_mode),
    TEST(test_close_goes_dark_where_nothing_else_is_taken),
    TEST(test_close_waits_for_the_flip),
    TEST(test_close_waits_no_longer_than_it_must),
    TEST(test_unplug_passes_up_and_closes_quietly),
    TEST(test_show_after_unplug_is_enodev),
    TEST(test_frames_may_outlive_the_display),
    TEST(test_frames_may_go_before_the_display),
    TEST(test_capture_leaves_the_state_as_it_was),
    TEST(test_capture_without_blanks_waits_by_time),
    TEST(test_capture_refusals),
    TEST(test_capture_where_there_is_no_writeback),
    TEST(test_dumb_frames_are_shown_without_prime),
    TEST(test_dumb_frames_of_several_planes),
    TEST(test_dumb_frames_that_fail_leave_nothing),
};

TEST_MAIN("display", tests)
