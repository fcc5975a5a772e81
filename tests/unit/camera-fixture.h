/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera-fixture.h - a camera on a mock of libv4l2, and frames that it writes into. */
#ifndef CAMERA_FIXTURE_H
#define CAMERA_FIXTURE_H

#include "camera/camera-private.h"
#include "fake-kernel.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

extern struct zc_camera *camera; /**< to be opened by the test */
extern struct zc_heap *heap;
extern struct zc_pool *pool; /**< NULL, until camera_stream() */

/** Mock and fakes as new; warnings are heard. */
int camera_setup(void **state);
/** Fails where the camera is still open to the driver. */
int camera_teardown(void **state);

/** Has the camera, which may stream already, write into @n new frames of its own mode. */
void camera_stream(int n);

/** The next frame that the driver finishes. */
struct zc_frame *camera_next(void);

#endif
