/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* presenter-fixture.h - a presenter on a mock card: offered frames, turned, asked. */
#ifndef PRESENTER_FIXTURE_H
#define PRESENTER_FIXTURE_H

#include "display-fixture.h"
#include "flow/presenter-private.h"

#define MS INT64_C(1000000)

extern struct zc_presenter *presenter;
extern struct zc_presenter_config
    config; /**< commits at once; a test may change it: renew() */

/** What it told: the last frame shown, and how often; what was unplugged, and came back; and
 * how often the card was polled. */
extern struct zc_frame *last_shown;
extern int shown, unplugs, comebacks, polls;

/** For config.plugged: opens the display anew when it is back. */
int on_plugged(bool plugged, void *user);

/** Makes the presenter anew, by config. */
void renew(void);
/** Offers the frame held[@index]. */
void offer(int index);
void dispatch(void);
/** Offers a frame and has it flipped to. */
void show(int index);
struct zc_presenter_state state_now(void);

#define PRESENTER_TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, presenter_setup, presenter_teardown)

int presenter_setup(void **state);
int presenter_teardown(void **state);

#endif
