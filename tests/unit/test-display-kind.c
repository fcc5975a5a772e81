/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kind - which kind of display is meant. */
#include "display/kind.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *place;

static enum zc_display_kind of(const char *path)
{
    return kind_of(&(struct zc_display_config){.path = path}, &place);
}

static void test_paths(void **state)
{
    (void)state;
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("WAYLAND_SOCKET");
    assert_int_equal(of(NULL), ZC_DISPLAY_KMS);
    assert_null(place);
    assert_int_equal(of("kms"), ZC_DISPLAY_KMS);
    assert_null(place);
    assert_int_equal(of("/dev/dri/card7"), ZC_DISPLAY_KMS);
    assert_string_equal(place, "/dev/dri/card7");
    assert_int_equal(of("wayland"), ZC_DISPLAY_WAYLAND);
    assert_null(place);
    assert_int_equal(of("wayland-1"), ZC_DISPLAY_WAYLAND);
    assert_string_equal(place, "wayland-1");
    assert_int_equal(of("auto"), ZC_DISPLAY_KMS);
    assert_null(place);
}

static void test_auto_goes_by_the_environment(void **state)
{
    (void)state;
    setenv("WAYLAND_DISPLAY", "wayland-5", 1);
    assert_int_equal(of("auto"), ZC_DISPLAY_WAYLAND);
    assert_null(place);
    /* Who names nothing gets what there always was. */
    assert_int_equal(of(NULL), ZC_DISPLAY_KMS);
    assert_int_equal(of("kms"), ZC_DISPLAY_KMS);
    setenv("WAYLAND_DISPLAY", "", 1);
    assert_int_equal(of("auto"), ZC_DISPLAY_KMS);
    setenv("WAYLAND_SOCKET", "5", 1);
    assert_int_equal(of("auto"), ZC_DISPLAY_WAYLAND);
    unsetenv("WAYLAND_SOCKET");
    unsetenv("WAYLAND_DISPLAY");
}

static void test_sockets_are_seen(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)state;
    snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/zc-kind-%d",
             (int)getpid());
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(of(address.sun_path), ZC_DISPLAY_WAYLAND);
    assert_string_equal(place, address.sun_path);
    unlink(address.sun_path);
    close(fd);
    assert_int_equal(of(address.sun_path), ZC_DISPLAY_KMS);
}

static void test_what_is_handed_over_is_taken(void **state)
{
    struct zc_display_config config = {.path = "auto", .use_fd = true};

    (void)state;
    setenv("WAYLAND_DISPLAY", "wayland-5", 1);
    assert_int_equal(kind_of(&config, &place), ZC_DISPLAY_KMS);
    config = (struct zc_display_config){.path = "kms", .wl_display = (void *)&config};
    assert_int_equal(kind_of(&config, &place), ZC_DISPLAY_WAYLAND);
    unsetenv("WAYLAND_DISPLAY");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_paths),
    cmocka_unit_test(test_auto_goes_by_the_environment),
    cmocka_unit_test(test_sockets_are_seen),
    cmocka_unit_test(test_what_is_handed_over_is_taken),
};

TEST_MAIN("display-kind", tests)
