/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Format files as the kernel writes them, cut short, and made up. */
#include "bench/observe/trace-format.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char delivered[] =
    "name: drm_vblank_event_delivered\n"
    "ID: 1535\n"
    "format:\n"
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
    "\n"
    "\tfield:struct drm_file * file;\toffset:8;\tsize:8;\tsigned:0;\n"
    "\tfield:int crtc;\toffset:16;\tsize:4;\tsigned:1;\n"
    "\tfield:unsigned int seq;\toffset:20;\tsize:4;\tsigned:0;\n"
    "\tfield:char name[16];\toffset:24;\tsize:16;\tsigned:0;\n"
    "\tfield:s64 *at;\toffset:40;\tsize:8;\tsigned:1;\n"
    "\n"
    "print fmt: \"file=%p, crtc=%d, seq=%u\", REC->file, REC->crtc, REC->seq\n";

static int find(const char *text, const char *name)
{
    struct trace_field field;

    return trace_format_find(text, name, &field);
}

static void fields(void **state)
{
    struct trace_field field;
    uint16_t id;

    (void)state;
    assert_int_equal(trace_format_id(delivered, &id), 0);
    assert_int_equal(id, 1535);
    assert_int_equal(trace_format_find(delivered, "seq", &field), 0);
    assert_int_equal(field.offset, 20);
    assert_int_equal(field.size, 4);
    assert_false(field.is_signed);
    assert_int_equal(trace_format_find(delivered, "crtc", &field), 0);
    assert_true(field.is_signed);
    assert_int_equal(find(delivered, "at"), 0);
    /* Parts of names are no names. */
    assert_int_equal(find(delivered, "pid"), -ENOENT);
    assert_int_equal(find(delivered, "eq"), -ENOENT);
    assert_int_equal(find(delivered, "int"), -ENOENT);
    assert_int_equal(find(delivered, "name"), -ENOTSUP);
}

/* Cut anywhere, it says something or nothing, but never wrong places. */
static void truncated(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof(delivered); n++) {
        /* On the heap and of just that size, for the sanitizer to watch over. */
        char *text = malloc(n + 1);
        struct trace_field field;
        uint16_t id = 0;

        memcpy(text, delivered, n);
        text[n] = '\0';
        trace_format_id(text, &id);
        if (!trace_format_find(text, "seq", &field)) {
            assert_int_equal(field.offset, 20);
            assert_int_equal(field.size, 4);
        }
        free(text);
    }
}

static void hostile(void **state)
{
    static const struct {
        const char *line;
        int error;
    } lines[] = {
        {"", -ENOENT},
        {"field:", -ENOENT},
        {"field:;", -ENOENT},
        {"field:int seq", -EBADMSG},
        {"field:int seq;", -EBADMSG},
        {"field:int seq;\toffset:-4;\tsize:4;\tsigned:0;", -EBADMSG},
        {"field:int seq;\toffset:4096;\tsize:4;\tsigned:0;", -EBADMSG},
        {"field:int seq;\toffset:4294967292;\tsize:4;\tsigned:0;", -EBADMSG},
        {"field:int seq;\toffset:8;\tsize:4294967300;\tsigned:0;", -EBADMSG},
        {"field:int seq;\toffset:8;\tsize:3;\tsigned:0;", -ENOTSUP},
        {"field:int seq;\toffset:8;\tsize:0;\tsigned:0;", -ENOTSUP},
        {"field:int seq;\toffset:8;\tsize:999;\tsigned:0;", -ENOTSUP},
        {"field:int seq;\toffset:x;\tsize:4;\tsigned:0;", -EBADMSG},
        {"field:int seq[4];\toffset:8;\tsize:16;\tsigned:0;", -ENOTSUP},
        {"field:seq;\toffset:8;\tsize:4;\tsigned:0;", -ENOENT},
        {"field:int %s%n seq;\toffset:8;\tsize:4;\tsigned:0;", 0},
    };
    uint16_t id;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_int_equal(find(lines[i].line, "seq"), lines[i].error);
    assert_int_equal(trace_format_id("", &id), -EBADMSG);
    assert_int_equal(trace_format_id("ID:", &id), -EBADMSG);
    assert_int_equal(trace_format_id("ID: x", &id), -EBADMSG);
    assert_int_equal(trace_format_id("ID: 0", &id), -EBADMSG);
    assert_int_equal(trace_format_id("ID: 65536", &id), -EBADMSG);
    assert_int_equal(trace_format_id("name: ID: 7\nID: 8", &id), 0);
    assert_int_equal(id, 8);
}

static void values(void **state)
{
    static const uint8_t record[8] = {0xff, 0xff, 0xff, 0xff, 0x01, 0x80, 0, 0};
    const struct trace_field all = {0, 4, true}, plain = {0, 4, false},
                             small = {5, 1, true}, past = {5, 4, false},
                             far_off = {UINT16_MAX, 8, false}, none = {0, 0, false};
    int64_t value;

    (void)state;
    assert_true(trace_field_get(&all, record, sizeof(record), &value));
    assert_int_equal(value, -1);
    assert_true(trace_field_get(&plain, record, sizeof(record), &value));
    assert_int_equal(value, 0xffffffff);
    assert_true(trace_field_get(&small, record, sizeof(record), &value));
    assert_int_equal(value, -128);
    assert_false(trace_field_get(&past, record, sizeof(record), &value));
    assert_false(trace_field_get(&far_off, record, sizeof(record), &value));
    assert_false(trace_field_get(&none, record, sizeof(record), &value));
    assert_false(trace_field_get(&plain, record, 3, &value));
    assert_false(trace_field_get(&plain, record, 0, &value));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(fields),
    cmocka_unit_test(truncated),
    cmocka_unit_test(hostile),
    cmocka_unit_test(values),
};
TEST_MAIN("trace-format", tests)
