/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window-stand - the compositor, and the sink's way to it. */
#include "window-stand.h"
#include "sink-stand.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct script window_script;
struct compositor window_compositor;

/* The card's would not wait, and a compositor has to be waited for. */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    return syscall(SYS_poll, fds, n, timeout_ms);
}

void window_setup(void)
{
    unsetenv("WAYLAND_DISPLAY");
    window_script = (struct script){.dmabuf_version = 3, .clock = CLOCK_MONOTONIC};
}

void window_teardown(void)
{
    sink_end();
    compositor_stop(&window_compositor);
}

void window_start(void)
{
    compositor_start(&window_compositor, &window_script);
    g_object_set(sink, "display", window_compositor.socket, NULL);
}

struct seen window_look(void)
{
    return compositor_do(&window_compositor, LOOK, 0, 0, 0);
}

void window_is_left(void)
{
    struct seen seen;

    /* It may not have heard yet that the client went. */
    WAIT_FOR((seen = window_look()).clients == 0);
    fail_unless_equals_int(seen.buffers + seen.surfaces, 0);
}
