/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow-run - a flow's results in the document: nothing is lost, and all of it is checked. */
#include "fake-flow.h"
#include "said.h"
#include "support.h"
#include "tools/view/render.h"
#include "tools/view/view.h"

struct place {
    struct fake_flow fake;
    struct document *document;
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    said_listen(ZC_LOG_ERROR);
    fake_flow_init(&place->fake, 0);
    place->document = fake_begin("camera-to-display", 0, NULL);
    document_begin_run(place->document, "run");
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    fake_flow_finish(&place->fake);
    document_destroy(place->document);
    free(place);
    return 0;
}

/* The run that the results come to. */
static const json_t *run_of(struct place *place)
{
    run_add_flow(place->document, &place->fake.results);
    assert_int_equal(document_check(place->document), 0);
    return view_run(document_json(place->document), 0);
}

static void assert_text(const json_t *run, const char *path, const char *want)
{
    if (strcmp(view_string(run, path), want))
        fail_msg("%s is \"%s\", not \"%s\"", path, view_string(run, path), want);
}

static void assert_number(const json_t *run, const char *path, int64_t want)
{
    int64_t value = -1;

    if (!view_int(run, path, &value) || value != want)
        fail_msg("%s is %lld, not %lld", path, (long long)value, (long long)want);
}

static void plan_and_devices_are_told(void **state)
{
    struct place *place = *state;
    const json_t *run;

    place->fake.results.refused = "format, test";
    run = run_of(place);
    assert_text(run, "labels.path", "gpu");
    assert_text(run, "labels.size", "640x480");
    assert_text(run, "labels.format", "YUYV");
    assert_text(run, "labels.shown_format", "XR24");
    assert_text(run, "labels.heap", "system");
    assert_text(run, "labels.commit", "late");
    assert_text(run, "labels.rate", "60/1");
    assert_number(run, "plan.stride", 1280);
    assert_number(run, "plan.shown_stride", 2560);
    assert_text(run, "plan.memory", "import");
    assert_text(run, "plan.colour", "BT.601 limited");
    assert_text(run, "plan.target_heap", "system");
    assert_text(run, "plan.direct_refused", "format, test");
    assert_text(run, "devices.camera", "vivid (/dev/video0)");
    assert_text(run, "devices.gpu",
                "llvmpipe (LLVM 15.0.6, 256 bits) (/dev/dri/renderD128), "
                "in software");
    assert_text(run, "devices.display",
                "virtio_gpu (/dev/dri/card0) Virtual-1 1280x800 at 59.940 Hz, mode kept");
    assert_text(run, "devices.heap", "system (first of system, reserved)");
}

static void times_are_figures(void **state)
{
    struct place *place = *state;
    const json_t *run = run_of(place);
    const json_t *latency = view_figure(run, "figures", "latency of shown");
    const json_t *work = view_figure(run, "stages", "GPU or copy");

    assert_ptr_equal(view_main(run), latency);
    assert_number(latency, "n", 1197);
    assert_number(latency, "min", 11000000);
    assert_number(latency, "max", 31000000);
    assert_number(latency, "p50",
                  zc_histogram_percentile(place->fake.results.latency, 50));
    assert_true(json_is_null(json_object_get(latency, "p999")));
    assert_number(work, "mean",
                  zc_histogram_mean(place->fake.results.part[ZC_PART_WORK]));
    assert_int_equal(json_array_size(json_object_get(run, "stages")), 5);
    assert_number(run, "elapsed_ns", 20012345678);
    assert_number(run, "counts.cpu_ns", INT64_C(2345678) * 1197);
    assert_number(run, "counts.unshown_at_end", 0);
}

static void parts_that_are_not_there_are_no_stages(void **state)
{
    struct place *place = *state;
    const json_t *run;

    fake_flow_finish(&place->fake);
    fake_flow_init(&place->fake, 1);
    run = run_of(place);
    assert_null(view_figure(run, "stages", "GPU or copy"));
    assert_int_equal(json_array_size(json_object_get(run, "stages")), 3);
}

static void negative_times_are_warned_of(void **state)
{
    struct place *place = *state;
    const json_t *warnings;

    zc_histogram_add((struct zc_histogram *)place->fake.results.latency, -1);
    assert_number(view_figure(run_of(place), "figures", "latency of shown"), "negative",
                  1);
    warnings = json_object_get(document_json(place->document), "warnings");
    assert_int_equal(json_array_size(warnings), 1);
}

static void long_times_are_in_the_bins(void **state)
{
    struct place *place = *state;
    const json_t *latency, *bins, *last;

    zc_histogram_add((struct zc_histogram *)place->fake.results.latency, INT64_C(1)
                                                                             << 43);
    latency = view_figure(run_of(place), "figures", "latency of shown");
    bins = json_object_get(latency, "bins");
    last = json_array_get(bins, json_array_size(bins) - 1);
    assert_int_equal(json_integer_value(json_array_get(last, 0)), INT64_C(1) << 43);
    assert_int_equal(json_integer_value(json_array_get(last, 1)), 1);
}

static void no_copies_rest_on_what_devices_told(void **state)
{
    struct place *place = *state;
    const json_t *run;

    place->fake.results.at_display.different = 1;
    run = run_of(place);
    assert_number(run, "counts.copies", 0);
    assert_null(view_find(run, "proof.copied"));
    assert_text(run, "proof.cpu", "maps of the flow's frames: 0");
    assert_text(run, "proof.camera",
                "the same dma-buf (inode) for 6 of 6 frames it was given "
                "(VIDIOC_QUERYBUF)");
    assert_text(run, "proof.gpu",
                "was given the frame's dma-buf; does not tell what it holds "
                "(EGL_MESA_image_dma_buf_export)");
    assert_text(run, "proof.display",
                "the same dma-buf (inode) for 6 of 7 frames it was given "
                "(DRM_IOCTL_MODE_GETFB2)");
}

static void copies_are_said_with_who_and_how(void **state)
{
    struct place *place = *state;
    const json_t *run;
    char *text;

    fake_flow_finish(&place->fake);
    fake_flow_init(&place->fake, 2);
    run = run_of(place);
    assert_number(run, "counts.copies", 1200);
    assert_text(run, "proof.copied",
                "by the cpu: memcpy from the camera's mapping into a dumb buffer");
    assert_null(view_find(run, "proof.camera"));
    text = rendered(render_text, document_json(place->document));
    assert_non_null(strstr(text, "copies: 1200\n"));
    assert_non_null(strstr(text, "copied: by the cpu: memcpy"));
    assert_null(strstr(text, "because"));
    free(text);
}

/* A mock from Mesa's source: the dma-bufs are the same, and the count is not 0. */
static void a_driver_that_re_tiles_is_named(void **state)
{
    static const struct zc_gpu_info v3d = {
        .device = "/dev/dri/renderD128",
        .renderer = "V3D 4.2.14.0",
        .retiles = "the GPU driver re-tiles each frame (renderer V3D 4.2.14.0)",
    };
    struct place *place = *state;
    const json_t *run;
    char *text;

    place->fake.results.gpu = &v3d;
    place->fake.results.copies = 1200;
    place->fake.results.copied_by = "gpu";
    place->fake.results.copied_why = v3d.retiles;
    run = run_of(place);
    assert_text(run, "devices.gpu",
                "V3D 4.2.14.0 (/dev/dri/renderD128), re-tiles each frame");
    assert_text(run, "proof.copied",
                "by the gpu: the GPU driver re-tiles each frame (renderer V3D 4.2.14.0)");
    text = rendered(render_text, document_json(place->document));
    assert_non_null(strstr(text, "copies: 1200\n"));
    assert_null(strstr(text, "copies: 0"));
    free(text);
}

static void clocks_that_say_little_are_warned_of(void **state)
{
    struct place *place = *state;
    struct zc_display_info display = *place->fake.results.display;
    const json_t *document;

    display.vblank = false;
    place->fake.results.display = &display;
    place->fake.results.clock = ZC_CAPTURE_UNKNOWN;
    run_of(place);
    document = document_json(place->document);
    assert_text(document, "clocks.capture", "unknown: no latency from it");
    assert_text(document, "clocks.display", "monotonic, time of the event");
    assert_true(json_is_true(view_find(document, "clocks.fake_vblank")));
    assert_int_equal(json_array_size(json_object_get(document, "warnings")), 2);
}

/* A path that failed has a column all the same. */
static void run_of_nothing_shows_dashes(void **state)
{
    struct place *place = *state;
    char *text;

    run_of(place);
    document_begin_run(place->document, "nothing");
    assert_int_equal(document_check(place->document), 0);
    text = rendered(render_text, document_json(place->document));
    assert_non_null(strstr(text, "  nothing\n"));
    assert_non_null(strstr(text, "latency of shown p50, ms"));
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(plan_and_devices_are_told),
    TEST(times_are_figures),
    TEST(parts_that_are_not_there_are_no_stages),
    TEST(negative_times_are_warned_of),
    TEST(long_times_are_in_the_bins),
    TEST(no_copies_rest_on_what_devices_told),
    TEST(copies_are_said_with_who_and_how),
    TEST(a_driver_that_re_tiles_is_named),
    TEST(clocks_that_say_little_are_warned_of),
    TEST(run_of_nothing_shows_dashes),
};
TEST_MAIN("flow-run", tests)
