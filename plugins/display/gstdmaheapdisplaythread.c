/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaythread - has the presenter do in time what is due while no buffer comes */
#include "display/gstdmaheapdisplayprivate.h"

#include <poll.h>
#include <unistd.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)
/* Who waits so long for a frame may be waited for: upstream has none to write into. */
#define STARVED_NS (NS_PER_S / 5)

/* With the lock held, which it gives up meanwhile. */
static void
wait_and_work (GstDmaHeapDisplay * self)
{
  gint64 wait_ns = -1;
  struct pollfd fds[] = { {self->wake_fd, POLLIN, 0}, {-1, POLLIN, 0} };
  struct timespec time;
  guint64 woken;
  gint ready;

  if (!self->failed) {
    wait_ns = zc_presenter_wait_ns (self->presenter);
    fds[1].fd = zc_presenter_fd (self->presenter);
  }
  self->polled_fd = fds[1].fd;
  self->polled_until_us = gst_dma_heap_display_until_us (wait_ns);
  self->is_fed = FALSE;
  gst_dma_heap_display_unlock (self);
  time = (struct timespec) { wait_ns / NS_PER_S, wait_ns % NS_PER_S };
  ready = ppoll (fds, G_N_ELEMENTS (fds), wait_ns < 0 ? NULL : &time, NULL);
  if (fds[0].revents)
    ready = read (self->wake_fd, &woken, sizeof (woken));
  g_mutex_lock (&self->lock);
  self->polled_fd = self->wake_fd;
  self->polled_until_us = 0;    /* it is awake */
  if (!ready && !self->is_fed && wait_ns >= STARVED_NS)
    self->n_seen = 0;
  /* Woken to wait for a flip, it does just that. */
  if (fds[1].revents || !ready || zc_presenter_fd (self->presenter) < 0)
    gst_dma_heap_display_work (self, fds[1].revents || !ready);
  gst_dma_heap_display_set_await (self);
}

gpointer
gst_dma_heap_display_run (gpointer data)
{
  GstDmaHeapDisplay *self = data;

  g_mutex_lock (&self->lock);
  while (!self->stop)
    wait_and_work (self);
  gst_dma_heap_display_unlock (self);
  return NULL;
}
