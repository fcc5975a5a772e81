/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-syncobj.h - stands in for the kernel's syncobjs, in fake_kernel's ioctl(): timelines in
 * shared memory, so that another process may have them, as the kernel's. A fence is anything
 * that can be polled.
 */
#ifndef FAKE_SYNCOBJ_H
#define FAKE_SYNCOBJ_H

extern struct fake_syncobjs {
    int alive;           /* of this process */
    unsigned long fails; /* the request that fails; 0: none does */
    int error;           /* with which it does */
} fake_syncobjs;

int fake_syncobj_ioctl(int fd, unsigned long request, void *arg);

/** Does what the kernel does by itself: looks at fences, and wakes who waits. */
void fake_syncobjs_turn(void);

/** None is alive, nothing fails. */
void fake_syncobjs_reset(void);

#endif
