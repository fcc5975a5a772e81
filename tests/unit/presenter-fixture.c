/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* presenter-fixture - a presenter on a mock card, and its turns. */
#include "presenter-fixture.h"

#include <poll.h>

struct zc_presenter *presenter;
struct zc_presenter_config config;
struct zc_frame *last_shown;
int shown, unplugs, comebacks, polls;

/* The card has nothing to say: time passes. */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    (void)fds;
    (void)n;
    polls++;
    fake_kernel.now_ns += timeout_ms * MS;
    return 0;
}

static void on_shown(struct zc_frame *frame, void *user)
{
    assert_ptr_equal(user, &config);
    last_shown = frame;
    shown++;
}

int on_plugged(bool plugged, void *user)
{
    assert_ptr_equal(user, &config);
    unplugs += !plugged;
    comebacks += plugged;
    if (!plugged)
        return 0;
    zc_presenter_set_display(presenter, NULL);
    close_display();
    if (open_config(&(struct zc_display_config){.path = mock_drm.path[0]}))
        return 0;
    zc_presenter_set_display(presenter, display);
    return 0;
}

int presenter_setup(void **state)
{
    if (fixture_setup(state))
        return -1;
    mock_drm.flips_now = true;
    start();
    shown = unplugs = comebacks = polls = 0;
    last_shown = NULL;
    config = (struct zc_presenter_config){
        .display = display,
        .commit_at_once = true,
        .await = true,
        .shown = on_shown,
        .user = &config,
    };
    return zc_presenter_create(&presenter, &config);
}

int presenter_teardown(void **state)
{
    zc_presenter_destroy(presenter);
    return fixture_teardown(state);
}

void renew(void)
{
    zc_presenter_destroy(presenter);
    assert_int_equal(zc_presenter_create(&presenter, &config), 0);
}

void offer(int index)
{
    zc_presenter_offer(presenter, zc_frame_ref(held[index]), 0);
}

void dispatch(void)
{
    assert_int_equal(zc_presenter_dispatch(presenter, false), 0);
}

struct zc_presenter_state state_now(void)
{
    struct zc_presenter_state now;

    zc_presenter_state(presenter, &now);
    return now;
}

void show(int index)
{
    fake_kernel.now_ns += 16 * MS;
    offer(index);
    dispatch();
    dispatch();
    assert_ptr_equal(state_now().on_screen, held[index]);
}
