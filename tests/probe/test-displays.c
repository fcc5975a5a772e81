/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Displays that are lit, that refuse memory, and that demand strides: on a mock of libdrm. */
#include "probe/demands.h"
#include "probe/trials.h"

#include "display-fixture.h"

#include <errno.h>
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

static struct cell try_display(bool may_show)
{
    struct cell cell;

    cell_begin(&cell, "system", "card0", USE_SHOW, zc_format_by_name("XR24"), 640, 480);
    display_trial(&cell, card(), system_heap(), NULL, may_show);
    return cell;
}

static void test_a_lit_display_is_only_tested(void **state)
{
    struct cell cell = try_display(false);

    (void)state;
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
    cell = try_display(true);
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_string_equal(cell.step, "import");
    assert_int_equal(cell.error, -EINVAL);
    assert_non_null(strstr(cell.why, "contiguous"));
    cell_end(&cell);
    mock_drm.scattered_error = 0;
    mock_drm.foreign_error = EREMOTE;
    cell = try_display(true);
    assert_int_equal(cell.outcome, CELL_REFUSED);
    assert_string_equal(cell.step, "framebuffer");
    assert_int_equal(cell.error, -EREMOTE);
    cell_end(&cell);
    assert_int_equal(mock_drm.commits, 0);
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
    mock_drm.addfb_error = EINVAL;
    assert_found("stride", "none of those that were tried");
    assert_int_equal(mock_drm.commits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_lit_display_is_only_tested, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_what_a_display_refuses, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_strides_that_a_display_demands,
                                        fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
