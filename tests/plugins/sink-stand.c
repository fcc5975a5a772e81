/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sink-stand - element dmaheapsink on a mock of libdrm. */
#include "sink-stand.h"
#include "memory/gstdmaheaplog.h"
#include "elements/gstdmaheapsink.h"

#include <gst/allocators/allocators.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static GstAllocator *dmabufs;
GstElement *sink;
GstHarness *harness;
GstBus *bus;
struct mock_drm before;

/* The C library's declaration says that ppoll does not read its first parameter. */
int own_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
              const sigset_t *signals) __asm__("ppoll");

/* The card's node is a file, and always readable: a poll of it would not wait. */
int own_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
              const sigset_t *signals)
{
    struct timespec time = timeout ? *timeout : (struct timespec){0};
    struct timespec soon = {0, 1000000};
    struct stat node;
    int ready;

    if (n != 2 || fstat(fds[1].fd, &node) || !S_ISREG(node.st_mode))
        return syscall(SYS_ppoll, fds, n, timeout ? &time : NULL, signals, 8);
    ready = syscall(SYS_ppoll, fds, 1, &soon, NULL, 8);
    fds[1].revents = POLLIN;
    return ready + 1;
}

static void setup(void)
{
    fake_kernel = (struct fake_kernel){.now_ns = 1000000000, .clock_runs = true};
    mock_drm_reset();
    dmabufs = gst_dmabuf_allocator_new();
    bus = gst_bus_new();
    sink = gst_element_factory_make("dmaheapsink", NULL);
    g_object_set(sink, "sync", FALSE, "device", mock_drm.path[0], NULL);
    gst_element_set_bus(sink, bus);
}

void sink_end(void)
{
    if (harness) {
        gst_harness_teardown(harness);
        harness = NULL;
        gst_element_set_bus(sink, NULL);
        gst_object_unref(sink);
    } else if (sink) {
        gst_element_set_state(sink, GST_STATE_NULL);
        gst_element_set_bus(sink, NULL);
        gst_object_unref(sink);
    }
    sink = NULL;
}

static void teardown(void)
{
    sink_end();
    gst_object_unref(bus);
    gst_object_unref(dmabufs);
    mock_drm_finish();
    fail_unless_equals_int(mock_drm_leaks(), 0);
    fail_unless_equals_int(mock_drm.bad_handles + mock_drm.rmfbs_in_use, 0);
    fail_if(mock_drm.master);
}

void sink_start(const gchar *caps)
{
    before = mock_drm;
    harness = gst_harness_new_with_element(sink, "sink", NULL);
    if (caps)
        gst_harness_set_src_caps_str(harness, caps);
}

GstBuffer *make_buffer(gsize bytes)
{
    gint fd = memfd_create("frame", MFD_CLOEXEC);
    GstBuffer *buffer = gst_buffer_new();

    fail_unless(fd >= 0 && !ftruncate(fd, bytes));
    gst_buffer_append_memory(buffer, gst_dmabuf_allocator_alloc(dmabufs, fd, bytes));
    return buffer;
}

GstFlowReturn push(GstBuffer *buffer)
{
    return gst_harness_push(harness, gst_buffer_ref(buffer));
}

guint64 stat_of(const gchar *name)
{
    GstStructure *stats;
    guint64 value = G_MAXUINT64;

    g_object_get(sink, "stats", &stats, NULL);
    gst_structure_get_uint64(stats, name, &value);
    gst_structure_free(stats);
    return value;
}

guint64 value_of(guint object, const gchar *name)
{
    return *mock_drm_value(object, name);
}

void expect(GstMessageType type, const gchar *text)
{
    GstMessage *message = gst_bus_timed_pop_filtered(bus, 8 * GST_SECOND, type);
    GError *error = NULL;
    gchar *debug = NULL;

    fail_unless(message != NULL, "no message with \"%s\"", text);
    if (type == GST_MESSAGE_ERROR)
        gst_message_parse_error(message, &error, &debug);
    else if (type == GST_MESSAGE_WARNING)
        gst_message_parse_warning(message, &error, &debug);
    else
        gst_message_parse_info(message, &error, &debug);
    fail_unless(strstr(error->message, text) != NULL, "no \"%s\" in \"%s\"", text,
                error->message);
    g_error_free(error);
    g_free(debug);
    gst_message_unref(message);
}

void expect_nothing(GstMessageType types)
{
    GstMessage *message = gst_bus_pop_filtered(bus, types);

    if (message)
        fail("%s: %s", GST_MESSAGE_TYPE_NAME(message),
             gst_structure_to_string(gst_message_get_structure(message)));
}

Suite *sink_suite(const char *name, TCase **tests)
{
    Suite *suite = suite_create(name);

    gst_dma_heap_log_init();
    GST_ELEMENT_REGISTER(dmaheapsink, NULL);
    *tests = tcase_create("all");
    suite_add_tcase(suite, *tests);
    tcase_add_checked_fixture(*tests, setup, teardown);
    tcase_set_timeout(*tests, 60);
    return suite;
}
