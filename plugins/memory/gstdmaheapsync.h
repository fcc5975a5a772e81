/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsync.h - what a dma-buf is asked of devices */
#ifndef GST_DMA_HEAP_SYNC_H
#define GST_DMA_HEAP_SYNC_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_sync_wait:
 * @fd: a dma-buf
 * @wake_fd: readable when the wait is to end at once
 * @timeout_ms: how long it may take
 *
 * Waits until all devices have done with it: what DMA_BUF_IOCTL_EXPORT_SYNC_FILE
 * would give, without an fd each time.
 *
 * Returns: 0, -ECANCELED, -ETIME, or another negative errno value
 */
gint gst_dma_heap_sync_wait (gint fd, gint wake_fd, gint timeout_ms);

G_END_DECLS

#endif
