/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsync.h - what a dma-buf is told of accesses, and asked of devices */
#ifndef GST_DMA_HEAP_SYNC_H
#define GST_DMA_HEAP_SYNC_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_sync_ioctl:
 *
 * ioctl(), begun again when it was interrupted.
 *
 * Returns: 0, or a negative errno value
 */
gint gst_dma_heap_sync_ioctl (gint fd, gulong request, gpointer arg);

/**
 * gst_dma_heap_sync_cpu:
 * @fd: a dma-buf
 * @flags: DMA_BUF_SYNC_START or _END, with _READ, _WRITE
 *
 * Returns: 0, or a negative errno value
 */
gint gst_dma_heap_sync_cpu (gint fd, guint64 flags);

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
