/* SPDX-License-Identifier: GPL-2.0-only */
/* trace - events zc_heaps:zc_heap_alloc and zc_heaps:zc_heap_free. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zc_heaps

#if !defined(ZC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ZC_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "zc-heaps.h"

#define ZC_TRACE_NAME_BYTES 32

TRACE_EVENT(zc_heap_alloc,
	TP_PROTO(const struct zc_buffer *buffer, u64 ns),
	TP_ARGS(buffer, ns),
	TP_STRUCT__entry(
		__array(char, heap, ZC_TRACE_NAME_BYTES)
		__field(u64, len)
		__field(u64, inode)
		__field(u64, ns)
	),
	TP_fast_assign(
		strscpy(__entry->heap, buffer->heap->name, ZC_TRACE_NAME_BYTES);
		__entry->len = buffer->len;
		__entry->inode = buffer->inode;
		__entry->ns = ns;
	),
	TP_printk("heap=%s len=%llu inode=%llu ns=%llu", __entry->heap, __entry->len,
		  __entry->inode, __entry->ns)
);

TRACE_EVENT(zc_heap_free,
	TP_PROTO(const struct zc_buffer *buffer),
	TP_ARGS(buffer),
	TP_STRUCT__entry(
		__array(char, heap, ZC_TRACE_NAME_BYTES)
		__field(u64, len)
		__field(u64, inode)
	),
	TP_fast_assign(
		strscpy(__entry->heap, buffer->heap->name, ZC_TRACE_NAME_BYTES);
		__entry->len = buffer->len;
		__entry->inode = buffer->inode;
	),
	TP_printk("heap=%s len=%llu inode=%llu", __entry->heap, __entry->len,
		  __entry->inode)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
