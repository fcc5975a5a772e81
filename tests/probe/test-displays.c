/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Displays that are lit, that refuse memory, and that demand strides: on a mock of libdrm. */
#include "probe/demands.h"
#include "probe/dissent.h"
#include "probe/trials.h"

#include "display-fixture.h"
#include "mock-gl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct inventory inventory;

static bool never(void)
{
    return false;
}

static void quiet(const char *format, ...)
{
    (void)format;
}

static struct device *card(void)
{
    struct device *device = &inventory.device[0];

    *device = (struct device){.kind = DEVICE_DISPLAY, .name = "card0"};
    if (!display)
        open_display();
    device->display = display;
    inventory.n_devices = 1;
    trials_stop = never;
    cell_listen();
    return device;
}

static struct memory *system_heap(void)
{
    inventory.memory[0] =
        (struct memory){.kind = MEMORY_HEAP, .name = "system", .heap = heap};
    inventory.n_memories = 1;
    return &inventory.memory[0];
}

static void try_display(struct cell *cell, bool may_show)
{
    cell_begin(cell, "system", "card0", USE_SHOW, zc_format_by_name("XR24"), 640, 480);
    display_trial(cell, card(), system_heap(), NULL, may_show);
}

static void test_a_lit_display_is_only_tested(void **state)
{
    struct cell cell;

    (void)state;
    try_display(&cell, false);
    assert_int_equal(cell.outcome, CELL_UNCHECKED);
    assert_non_null(strstr(cell.why, "stays as it is without --take"));
    assert_int_equal(mock_drm.commits, 0);
    assert_true(mock_drm.tests > 0);
    cell_end(&cell);
}

static void test_what_a_display_refuses(void **state)
{
    struct cell cell;

    (void)state;
    mock_drm.scattered_error = EINVAL;
    try_display(&cell, true);
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_string_equal(cell.step, "import");
    assert_int_equal(cell.error, -EINVAL);
    assert_non_null(strstr(cell.why, "contiguous"));
    cell_end(&cell);
    mock_drm.scattered_error = 0;
    mock_drm.foreign_error = EREMOTE;
    try_display(&cell, true);
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_string_equal(cell.step, "framebuffer");
    assert_int_equal(cell.error, -EREMOTE);
    cell_end(&cell);
    assert_int_equal(mock_drm.commits, 0);
}

static enum outcome after_fit(uint32_t width, uint32_t height)
{
    struct device *device = card();
    struct cell cell;
    enum outcome outcome;

    snprintf(device->path, sizeof(device->path), "%s", mock_drm.path[0]);
    inventory_fit(&inventory, width, height);
    assert_int_equal(device->error, 0);
    display = device->display;
    try_display(&cell, true);
    outcome = cell.outcome;
    cell_end(&cell);
    return outcome;
}

static void test_planes_that_must_fill_the_screen(void **state)
{
    (void)state;
    mock_drm.must_fill = true;
    mock_drm.refused_plane = MOCK_OVERLAY;
    mock_drm.no_writeback = true;
    assert_int_equal(after_fit(1024, 768), CELL_REFUSED);
    assert_int_equal(after_fit(640, 480), CELL_UNCHECKED);
    assert_int_equal(zc_display_info(display)->width, 640);
    /* No such mode: the preferred one, where most sizes have room. */
    assert_int_equal(after_fit(700, 500), CELL_REFUSED);
    assert_int_equal(zc_display_info(display)->width, 1024);
    close_display();
    mock_drm_light();
    assert_int_equal(after_fit(640, 480), CELL_REFUSED);
    assert_true(zc_display_info(display)->mode_kept);
    assert_int_equal(mock_drm.commits, 0);
}

static void test_a_display_that_is_taken_meanwhile(void **state)
{
    struct memory *own = &inventory.memory[1];
    struct device *device = card();

    (void)state;
    system_heap();
    *own = (struct memory){.kind = MEMORY_DISPLAY, .name = "card0", .owner = device};
    inventory.n_memories = 2;
    snprintf(device->path, sizeof(device->path), "%s", mock_drm.path[0]);
    mock_drm.busy[0] = true;
    inventory_fit(&inventory, 640, 480);
    display = device->display;
    assert_int_equal(device->error, -EBUSY);
    assert_int_equal(own->error, -EBUSY);
    assert_int_equal(inventory.memory[0].error, 0);
}

/* On mocks: none of the boards has a GPU with memory of its own. */
static void test_memory_of_a_gpu(void **state)
{
    const struct wanted wanted = {.heap = "none"};
    struct memory *own = &inventory.memory[1];
    struct cell cell;

    (void)state;
    mock_gl_reset();
    mock_gl.compressed = 9; /* not what is asked for */
    mock_gl.devices[0].node = "/dev/dri/renderD128";
    inventory.device[0] = (struct device){.kind = DEVICE_GPU, .name = "gpu0"};
    inventory.n_devices = 1;
    assert_int_equal(zc_gpu_open(&inventory.device[0].gpu, NULL), 0);
    cell_listen();
    trials_stop = never;
    mock_gl.gbm_error = -ELIBACC;
    inventory.n_memories = 0;
    memories_open(&inventory, &wanted);
    assert_int_equal(own->error, -ELIBACC);
    assert_non_null(strstr(own->why, "it has no memory of its own"));
    memories_close(&inventory);
    zc_gpu_close(inventory.device[0].gpu);
    mock_gl.gbm_error = 0;
    assert_int_equal(zc_gpu_open(&inventory.device[0].gpu, NULL), 0);
    inventory.n_memories = 0;
    memories_open(&inventory, &wanted);
    assert_string_equal(own->name, "gpu0");
    assert_int_equal(own->kind, MEMORY_GPU);
    assert_int_equal(own->error, 0);
    cell_begin(&cell, "gpu0", "card0", USE_SHOW, zc_format_by_name("XR24"), 640, 480);
    if (!display)
        open_display();
    inventory.device[1] =
        (struct device){.kind = DEVICE_DISPLAY, .name = "card0", .display = display};
    display_trial(&cell, &inventory.device[1], own, NULL, false);
    assert_int_equal(cell.outcome, CELL_UNCHECKED);
    cell_end(&cell);
    memories_close(&inventory);
    zc_gpu_close(inventory.device[0].gpu);
}

/* What the document says of @what. */
static void assert_found(const char *what, const char *found)
{
    struct survey survey = {.inventory = &inventory, .stop = never, .progress = quiet};
    const json_t *demands;
    json_t *demand;
    size_t index;
    bool told = false;

    assert_int_equal(document_create(&survey.document, "zc-probe", 0, NULL), 0);
    card();
    survey.display_base = system_heap();
    demands_ask(&survey);
    demands = json_object_get(json_object_get(document_json(survey.document), "probe"),
                              "demands");
    json_array_foreach(demands, index, demand) {
        if (strcmp(json_string_value(json_object_get(demand, "what")), what))
            continue;
        assert_string_equal(json_string_value(json_object_get(demand, "found")), found);
        told = true;
    }
    assert_true(told);
    document_destroy(survey.document);
    close_display();
}

static void test_strides_that_a_display_demands(void **state)
{
    (void)state;
    assert_found("stride", "a multiple of 4 bytes");
    mock_drm.pitch_multiple = 64;
    assert_found("stride", "a multiple of 64 bytes");
    mock_drm.pitch_multiple = 256;
    assert_found("stride", "a multiple of 256 bytes");
    mock_drm.pitch_multiple = 0;
    mock_drm.pitch_tight = true;
    assert_found("stride", "that of the row, without padding");
    mock_drm.pitch_tight = false;
    mock_drm.must_fill = true;
    mock_drm.refused_plane = MOCK_OVERLAY;
    assert_found("stride", "a multiple of 4 bytes");
    mock_drm.must_fill = false;
    mock_drm.refused_plane = 0;
    mock_drm.addfb_error = EINVAL;
    assert_found("stride", "none of those that were tried");
    assert_int_equal(mock_drm.commits, 0);
}

/* A cell of XR24; 0: it works. */
static void report(struct document *document, const char *memory, const char *device,
                   enum use use, int error)
{
    struct cell cell;

    cell_begin(&cell, memory, device, use, zc_format_by_name("XR24"), 640, 480);
    if (error)
        cell_refuse(&cell, use == USE_SHOW ? "framebuffer" : "import", error, "no");
    else
        cell_set(&cell, CELL_WORKS, NULL, "good");
    report_cell(document, &cell);
    cell_end(&cell);
}

static void test_what_two_devices_disagree_about(void **state)
{
    const struct party party[2] = {{"camera0", USE_WRITE}, {"card0", USE_SHOW}};
    const struct zc_format *format = zc_format_by_name("XR24");
    struct document *document;
    char text[300] = "";

    (void)state;
    assert_int_equal(document_create(&document, "zc-probe", 0, NULL), 0);
    for (int i = 0; i < 2; i++)
        document_add(document, "probe.memories",
                     json_pack("{s:s}", "name", i ? "contiguous" : "system"));
    report(document, "system", "camera0", USE_WRITE, -EFAULT);
    report(document, "system", "card0", USE_SHOW, 0);
    report(document, "contiguous", "camera0", USE_WRITE, 0);
    assert_true(dissent_tell(document, party, format, text, sizeof(text)));
    assert_string_equal(text, "card0 takes system, which camera0 refuses at import: "
                              "EFAULT");
    report(document, "contiguous", "card0", USE_SHOW, -EINVAL);
    assert_true(dissent_tell(document, party, format, text, sizeof(text)));
    assert_string_equal(text, "card0 takes system, which camera0 refuses at import: "
                              "EFAULT; camera0 takes contiguous, which card0 refuses "
                              "at framebuffer: EINVAL");
    /* One that suits both is none of their quarrel. */
    document_add(document, "probe.memories", json_pack("{s:s}", "name", "dma32"));
    report(document, "dma32", "camera0", USE_WRITE, 0);
    report(document, "dma32", "card0", USE_SHOW, 0);
    assert_false(dissent_tell(document, party, format, text, sizeof(text)));
    document_destroy(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_lit_display_is_only_tested, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_a_display_refuses, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_planes_that_must_fill_the_screen,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_a_display_that_is_taken_meanwhile,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_memory_of_a_gpu, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_strides_that_a_display_demands,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_two_devices_disagree_about,
                                        fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
