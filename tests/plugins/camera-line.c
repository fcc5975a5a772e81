/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera-line - a mock of a camera before element dmaheap. */
#include "camera-line.h"
#include "../unit/mock-v4l2.h"

typedef struct {
    GstElement parent;
} Source;

typedef struct {
    GstElementClass parent;
} SourceClass;

typedef Source Converter;
typedef SourceClass ConverterClass;

enum {
    PROP_0,
    PROP_DEVICE,
    PROP_IO_MODE,
    PROP_DEVICE_FD,
    PROP_CAPTURE_IO_MODE,
    PROP_OUTPUT_IO_MODE
};

const char *camera_line_node = FAKE_NODE;
int camera_line_fd = -1;

GType source_get_type(void);
G_DEFINE_TYPE(Source, source, GST_TYPE_ELEMENT)

static GType io_mode_type(void)
{
    static GType type = 0;
    static const GEnumValue values[] = {{5, "Import", "dmabuf-import"}, {0, NULL, NULL}};

    if (!type)
        type = g_enum_register_static("SourceIoMode", values);
    return type;
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    (void)object;
    (void)spec;
    if (id == PROP_DEVICE)
        g_value_set_string(value, camera_line_node);
    else if (id == PROP_DEVICE_FD)
        g_value_set_int(value, camera_line_fd);
    else
        g_value_set_enum(value, 5);
}

static void source_class_init(SourceClass *klass)
{
    GObjectClass *object = G_OBJECT_CLASS(klass);

    object->get_property = get_property;
    g_object_class_install_property(
        object, PROP_DEVICE,
        g_param_spec_string("device", "", "", NULL, G_PARAM_READABLE));
    g_object_class_install_property(
        object, PROP_DEVICE_FD,
        g_param_spec_int("device-fd", "", "", -1, G_MAXINT, -1, G_PARAM_READABLE));
    g_object_class_install_property(
        object, PROP_IO_MODE,
        g_param_spec_enum("io-mode", "", "", io_mode_type(), 5, G_PARAM_READABLE));
    gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "A camera", "Source",
                                          "A camera", "a test");
}

static void source_init(Source *source)
{
    gst_element_add_pad(GST_ELEMENT(source), gst_pad_new("src", GST_PAD_SRC));
}

GType converter_get_type(void);
G_DEFINE_TYPE(Converter, converter, GST_TYPE_ELEMENT)

static void converter_class_init(ConverterClass *klass)
{
    GObjectClass *object = G_OBJECT_CLASS(klass);

    object->get_property = get_property;
    g_object_class_install_property(
        object, PROP_DEVICE_FD,
        g_param_spec_int("device-fd", "", "", -1, G_MAXINT, -1, G_PARAM_READABLE));
    g_object_class_install_property(object, PROP_CAPTURE_IO_MODE,
                                    g_param_spec_enum("capture-io-mode", "", "",
                                                      io_mode_type(), 5,
                                                      G_PARAM_READABLE));
    g_object_class_install_property(
        object, PROP_OUTPUT_IO_MODE,
        g_param_spec_enum("output-io-mode", "", "", io_mode_type(), 5, G_PARAM_READABLE));
    gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(klass), "A converter",
                                          "Filter", "A converter", "a test");
}

static void converter_init(Converter *converter)
{
    GstPad *sink = gst_pad_new("sink", GST_PAD_SINK);

    GST_PAD_SET_PROXY_CAPS(sink);
    GST_PAD_SET_PROXY_ALLOCATION(sink);
    gst_element_add_pad(GST_ELEMENT(converter), sink);
    gst_element_add_pad(GST_ELEMENT(converter), gst_pad_new("src", GST_PAD_SRC));
}

void line_begin(struct line *line, const char *element, const char *properties)
{
    stand_up(&line->stand, properties);
    gst_harness_play(line->stand.harness);
    line->source = gst_object_ref_sink(gst_element_factory_make(element, NULL));
    line->pad = gst_element_get_static_pad(line->source, "src");
    gst_pad_unlink(line->stand.harness->srcpad,
                   GST_PAD_PEER(line->stand.harness->srcpad));
    assert_true(gst_element_link(line->source, line->stand.element));
    gst_element_set_state(line->source, GST_STATE_PLAYING);
}

void line_send_caps(struct line *line, const char *format, int width, int height)
{
    GstSegment segment;

    line->caps = video_caps(format, width, height);
    gst_pad_push_event(line->pad, gst_event_new_stream_start("camera"));
    gst_pad_push_event(line->pad, gst_event_new_caps(line->caps));
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(line->pad, gst_event_new_segment(&segment));
    stand_messages(&line->stand, GST_MESSAGE_INFO, NULL);
}

void line_up(struct line *line, const char *format, int width, int height)
{
    line_begin(line, "v4l2src", "");
    line_send_caps(line, format, width, height);
}

void line_down(struct line *line)
{
    gst_element_set_state(line->source, GST_STATE_NULL);
    gst_element_unlink(line->source, line->stand.element);
    gst_object_unref(line->pad);
    gst_object_unref(line->source);
    gst_caps_unref(line->caps);
    stand_down(&line->stand);
}

GstBufferPool *line_offered(struct line *line)
{
    GstQuery *query = gst_query_new_allocation(line->caps, TRUE);
    GstBufferPool *pool = gst_pad_peer_query(line->pad, query) ? stand_pool(query) : NULL;

    gst_query_unref(query);
    return pool;
}

int camera_line_reset(void **state)
{
    mock_v4l2_reset();
    return fixture_reset(state);
}

void camera_line_start(void)
{
    fixture_start();
    gst_element_register(NULL, "v4l2src", GST_RANK_NONE, source_get_type());
    gst_element_register(NULL, "converter", GST_RANK_NONE, converter_get_type());
}
