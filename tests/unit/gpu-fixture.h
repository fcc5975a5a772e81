/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-fixture.h - what the tests of the GPU share: frames on memfds, a GPU on the mocks,
 * and what was said.
 */
#ifndef GPU_FIXTURE_H
#define GPU_FIXTURE_H

#include "fake-kernel.h"
#include "mock-gl.h"
#include "test.h"
#include "zerocopy.h"

/** All messages at warning and error since the test began, "LEVEL TEXT\n" each. */
extern char said[8192];

/** Sets up one test: one software device, nothing counted, nothing said. */
int gpu_reset(void **state);

/** Opens a GPU by no name. */
struct zc_gpu *gpu_open(void);

/** A frame of @format, tight; made anew or of the table's @name. */
struct zc_frame *frame_of(const struct zc_format *format, uint32_t width,
                          uint32_t height);
struct zc_frame *frame_by(const char *name, uint32_t width, uint32_t height);

/** A frame of layout @layout on memory of its own. */
struct zc_frame *frame_laid(const struct zc_layout *layout);

/** All that was made is gone, and went on the thread of its context. */
void assert_nothing_lives(void);

#endif
