/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-any-frame.h - frames of any fds, without dma-bufs, for tests of what imports them.
 */
#ifndef FAKE_ANY_FRAME_H
#define FAKE_ANY_FRAME_H

#include "frame-private.h"

/** A frame with one reference. @fds stay the caller's; an identity is the fd's inode. */
struct zc_frame *fake_frame(const struct zc_layout *layout, const int *fds);

/** From now on no frame has room for an attachment. */
extern bool fake_frame_full;

#endif
