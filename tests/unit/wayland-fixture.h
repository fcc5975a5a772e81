/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wayland-fixture.h - a compositor, a window on it, some frames, and a check that nothing is
 * left of them.
 */
#ifndef WAYLAND_FIXTURE_H
#define WAYLAND_FIXTURE_H

#include "compositor.h"
#include "fake-kernel.h"
#include "said.h"
#include "test.h"
#include "zerocopy.h"

#define N 6 /* frames that make_frames() makes */
#define MS INT64_C(1000000)
#define REFRESH_NS INT64_C(16666667)

/* Of what is presented: by a real vertical blank; and from a plane. */
#define FLAGS_BLANK 3
#define FLAGS_PLANE 8

extern struct script script; /* of start_compositor() */
extern struct compositor compositor;
extern struct zc_display *display;
extern struct zc_frame *frame[N];

/** A compositor that has linux-dmabuf version 3; nothing is started yet. */
int fixture_setup(void **state);
/** Fails where anything of the test is left. */
int fixture_teardown(void **state);

void start_compositor(void);
int open_display(void);
void close_display(void);
void make_frames(const char *format, uint32_t width, uint32_t height);
void drop_frames(void);

/** All three: a window of 640x480, and XR24 frames as large. */
void start(void);

/** Has the compositor do something, and has the display see it. */
struct seen tell(enum command command, int64_t a, int64_t b, int64_t c);
/** What it has seen so far. */
struct seen look(void);

/** Dispatches until there is nothing more; the last frame that was shown, or NULL. */
struct zc_frame *dispatch(void);
/** Dispatches once. */
int dispatch_once(struct zc_frame **shown);

void show(int index);
/** Has it presented at @ns by a plane or not, and takes that. */
void present(int index, int64_t ns, int64_t flags);

/** Whether nobody but the test uses the frame. */
bool is_free(int index);

/** The next event; fails where there is none. */
struct zc_display_event event(void);
bool has_event(void);

#endif
