/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-fixture.h - what the tests of the display share: one mock card, one display on
 * it, one pool of frames, and a check that nothing is left of them.
 */
#ifndef DISPLAY_FIXTURE_H
#define DISPLAY_FIXTURE_H

#include "fake-kernel.h"
#include "mock-drm.h"
#include "said.h"
#include "test.h"
#include "zerocopy.h"

#define N 4 /* frames in a pool that start() makes */

extern struct zc_display *display;
extern struct zc_heap *heap;
extern struct zc_pool *pool;
extern struct zc_frame *held[32]; /* every frame of every pool, until let_go() */
extern int n_held;
extern struct mock_drm before; /* the card when the display was opened */

int fixture_setup(void **state);
/** Fails where anything of the test is left. */
int fixture_teardown(void **state);

int open_config(const struct zc_display_config *config);
void open_display(void);
void close_display(void);

void hold_all(void);
void let_go(void);
void make_pool(const char *format, uint32_t width, uint32_t height, int n);

/** The display, and a pool of N XR24 frames. */
void start(void);

/** Takes the flip that is due, of frame @expected. */
void flip(struct zc_frame *expected);
void show_and_flip(struct zc_frame *frame);

/** A property's value on the card. */
uint64_t value(uint32_t object, const char *name);
uint32_t reasons_of(struct zc_frame *frame);

#endif
