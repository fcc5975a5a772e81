/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mutant - one chain function with several ways to copy. */
#include "mutant.h"

#include <gst/allocators/allocators.h>
#include <gst/video/video.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEPT 64

typedef struct mutant {
    GstElement parent;
    GstPad *sink, *src;
    gint way;
    guint64 seen;
    guchar *scratch; /* where bytes of frames go */
    GstBuffer *before;
    GstAllocator *allocator;
    struct {
        GstMemory *memory; /* only compared */
        guchar *data;
        GstMapInfo map;
    } kept[KEPT];
    guint n_kept;
} Mutant;

typedef struct mutant_class {
    GstElementClass parent;
} MutantClass;

G_DEFINE_TYPE(Mutant, mutant, GST_TYPE_ELEMENT)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static guchar *map_fd(GstMemory *memory)
{
    void *data = mmap(NULL, memory->maxsize, PROT_READ | PROT_WRITE, MAP_SHARED,
                      gst_fd_memory_get_fd(memory), 0);

    g_assert(data != MAP_FAILED);
    return data;
}

static GstBuffer *like(struct mutant *self, GstBuffer *buffer)
{
    gsize bytes = gst_buffer_get_size(buffer);
    int fd = memfd_create("mutant", MFD_CLOEXEC);
    GstBuffer *made = gst_buffer_new();

    g_assert(fd >= 0 && ftruncate(fd, bytes) == 0);
    gst_buffer_append_memory(made,
                             gst_dmabuf_allocator_alloc(self->allocator, fd, bytes));
    gst_buffer_copy_into(made, buffer, GST_BUFFER_COPY_METADATA, 0, -1);
    return made;
}

static void copy_hidden(GstBuffer *to, GstBuffer *from)
{
    GstMemory *out = gst_buffer_peek_memory(to, 0), *in = gst_buffer_peek_memory(from, 0);
    guchar *write = map_fd(out), *read = map_fd(in);

    memcpy(write, read, MIN(out->size, in->size));
    munmap(write, out->maxsize);
    munmap(read, in->maxsize);
}

static void glance(struct mutant *self, GstBuffer *buffer)
{
    GstMemory *memory = gst_buffer_peek_memory(buffer, 0);
    guchar *read = map_fd(memory);

    memcpy(self->scratch, read, memory->size);
    munmap(read, memory->maxsize);
}

static void copy_mapped(GstBuffer *to, GstBuffer *from)
{
    GstMapInfo write, read;

    g_assert(gst_buffer_map(to, &write, GST_MAP_WRITE));
    g_assert(gst_buffer_map(from, &read, GST_MAP_READ));
    memcpy(write.data, read.data, read.size);
    gst_buffer_unmap(from, &read);
    gst_buffer_unmap(to, &write);
}

/* The frame before goes on in its place, with what this one has. */
static GstBuffer *copy_into_last(struct mutant *self, GstBuffer *buffer)
{
    GstBuffer *made = self->before;

    self->before = buffer;
    if (!made)
        return NULL;
    copy_hidden(made, buffer);
    made = gst_buffer_make_writable(made);
    GST_BUFFER_PTS(made) = GST_BUFFER_PTS(buffer);
    return made;
}

static gpointer read_mapped(gpointer data)
{
    GstBuffer *buffer = data;
    GstMapInfo map;

    g_assert(gst_buffer_map(buffer, &map, GST_MAP_READ));
    gst_buffer_unmap(buffer, &map);
    return NULL;
}

static void keep(struct mutant *self, GstBuffer *buffer)
{
    GstMemory *memory = gst_buffer_peek_memory(buffer, 0);
    guint i = 0;

    while (i < self->n_kept && self->kept[i].memory != memory)
        i++;
    g_assert(i < KEPT);
    if (i == self->n_kept) {
        self->n_kept++;
        self->kept[i].memory = gst_memory_ref(memory);
        if (self->way == MUTANT_LISTENS)
            self->kept[i].data = map_fd(memory);
        else
            g_assert(gst_memory_map(memory, &self->kept[i].map, GST_MAP_READ));
    }
    if (self->way == MUTANT_LISTENS)
        memcpy(self->scratch, self->kept[i].data, memory->size);
}

/* The same memory, with a stride that no display takes. */
static GstBuffer *narrow(GstBuffer *buffer)
{
    GstBuffer *made = gst_buffer_copy(buffer);
    GstVideoMeta *meta = gst_buffer_get_video_meta(made);

    g_assert(meta);
    meta->stride[0] =
        (meta->width - 1) * gst_video_format_get_info(meta->format)->pixel_stride[0];
    gst_buffer_add_parent_buffer_meta(made, buffer);
    gst_buffer_unref(buffer);
    return made;
}

static GstBuffer *work(struct mutant *self, GstBuffer *buffer)
{
    GstBuffer *made = NULL;
    GstMapInfo map;

    self->scratch = g_realloc(self->scratch, gst_buffer_get_size(buffer));
    switch (self->way) {
    case MUTANT_DEEP:
        made = gst_buffer_copy_deep(buffer);
        break;
    case MUTANT_MAPS:
        made = like(self, buffer);
        copy_mapped(made, buffer);
        break;
    case MUTANT_HIDDEN:
        made = like(self, buffer);
        copy_hidden(made, buffer);
        break;
    case MUTANT_SAME_POOL:
        return copy_into_last(self, buffer);
    case MUTANT_IN_PLACE:
        buffer = gst_buffer_make_writable(buffer);
        g_assert(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
        map.data[0] ^= 1;
        gst_buffer_unmap(buffer, &map);
        return buffer;
    case MUTANT_LISTENS:
    case MUTANT_HOLDS:
        keep(self, buffer);
        return buffer;
    case MUTANT_GLANCES:
        glance(self, buffer);
        return buffer;
    case MUTANT_THREAD:
        g_thread_join(g_thread_new("mutant", read_mapped, buffer));
        return buffer;
    case MUTANT_NARROWS:
        return narrow(buffer);
    case MUTANT_RARELY:
        if (self->seen % 10 == 9)
            read_mapped(buffer);
        return buffer;
    default:
        return buffer;
    }
    gst_buffer_unref(buffer);
    return made;
}

static GstFlowReturn chain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
    struct mutant *self = (struct mutant *)parent;

    (void)pad;
    buffer = work(self, buffer);
    self->seen++;
    return buffer ? gst_pad_push(self->src, buffer) : GST_FLOW_OK;
}

/* Before the pool that a frame is of is gone. */
static GstStateChangeReturn change_state(GstElement *element, GstStateChange transition)
{
    struct mutant *self = (struct mutant *)element;

    if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
        gst_clear_buffer(&self->before);
        for (guint i = 0; i < self->n_kept; i++) {
            GstMemory *memory = self->kept[i].memory;

            if (self->kept[i].data)
                munmap(self->kept[i].data, memory->maxsize);
            else
                gst_memory_unmap(memory, &self->kept[i].map);
            gst_memory_unref(memory);
        }
        self->n_kept = 0;
    }
    return GST_ELEMENT_CLASS(mutant_parent_class)->change_state(element, transition);
}

static void set_way(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
    (void)id;
    (void)spec;
    ((struct mutant *)object)->way = g_value_get_int(value);
}

static void finalize(GObject *object)
{
    struct mutant *self = (struct mutant *)object;

    g_free(self->scratch);
    gst_object_unref(self->allocator);
    G_OBJECT_CLASS(mutant_parent_class)->finalize(object);
}

static void mutant_class_init(struct mutant_class *class)
{
    GstElementClass *element_class = GST_ELEMENT_CLASS(class);

    G_OBJECT_CLASS(class)->set_property = set_way;
    G_OBJECT_CLASS(class)->finalize = finalize;
    g_object_class_install_property(
        G_OBJECT_CLASS(class), 1,
        g_param_spec_int("way", "Way", "to copy", 0, MUTANT_WAYS - 1, 0,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
    element_class->change_state = change_state;
    gst_element_class_add_static_pad_template(element_class, &sink_template);
    gst_element_class_add_static_pad_template(element_class, &src_template);
    gst_element_class_set_static_metadata(element_class, "Mutant", "Filter/Video",
                                          "copies", "zerocopy");
}

static void mutant_init(struct mutant *self)
{
    self->sink = gst_pad_new_from_static_template(&sink_template, "sink");
    self->src = gst_pad_new_from_static_template(&src_template, "src");
    gst_pad_set_chain_function(self->sink, chain);
    GST_PAD_SET_PROXY_CAPS(self->sink);
    GST_PAD_SET_PROXY_ALLOCATION(self->sink);
    gst_element_add_pad(GST_ELEMENT(self), self->sink);
    gst_element_add_pad(GST_ELEMENT(self), self->src);
    self->allocator = gst_dmabuf_allocator_new();
}

gboolean mutant_register(GstPlugin *plugin)
{
    return gst_element_register(plugin, "mutant", GST_RANK_NONE, mutant_get_type());
}
