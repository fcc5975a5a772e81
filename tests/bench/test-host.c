/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host - machines as their /proc and /sys describe them. */
#include "tools/document/host.h"

#include "support.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define CPUINFO "/proc/cpuinfo"
#define CLOCK "/sys/devices/system/clocksource/clocksource0/current_clocksource"
#define VENDOR "/sys/class/dmi/id/sys_vendor"

static char root[64];

static int setup(void **state)
{
    (void)state;
    strcpy(root, "/tmp/zc-host-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const char *text)
{
    char whole[256];
    FILE *file;

    snprintf(whole, sizeof(whole), "%s%s", root, path);
    for (char *slash = whole + strlen(root); (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        mkdir(whole, 0777);
        *slash = '/';
    }
    file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The string at host.@key or clocks.@key is @want; NULL: there is none. */
static void assert_told(const char *object, const char *key, const char *want)
{
    json_t *both = host_describe(root);
    const char *got =
        json_string_value(json_object_get(json_object_get(both, object), key));

    if (want && (!got || strcmp(got, want)))
        fail_msg("%s is \"%s\", not \"%s\"", key, got ? got : "(none)", want);
    if (!want)
        assert_null(got);
    json_decref(both);
}

static void real_machine(void **state)
{
    (void)state;
    put(CPUINFO, "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\nflags\t\t: fpu vme\n");
    put(VENDOR, "LENOVO\n");
    put(CLOCK, "tsc\n");
    assert_told("host", "cpu", "Some CPU @ 3 GHz");
    assert_told("host", "hypervisor", NULL);
    assert_told("clocks", "source", "tsc");
    assert_told("clocks", "measure", "monotonic");
}

static void emulated_machine(void **state)
{
    (void)state;
    put(CPUINFO, "model name : QEMU TCG CPU version 2.5+\nflags : fpu hypervisor\n");
    assert_told("host", "hypervisor", "TCG");
}

static void virtual_machines(void **state)
{
    (void)state;
    put(CPUINFO, "model name : Some CPU\nflags : fpu hypervisor vme\n");
    assert_told("host", "hypervisor", "unknown");
    put(CLOCK, "kvm-clock\n");
    assert_told("host", "hypervisor", "KVM");
    put(VENDOR, "QEMU\n");
    assert_told("host", "hypervisor", "QEMU");
    put("/sys/hypervisor/type", "xen\n");
    assert_told("host", "hypervisor", "xen");
}

static void maker_of_real_machines_needs_the_flag(void **state)
{
    (void)state;
    put(VENDOR, "Google\n");
    put(CPUINFO, "model name : Some CPU\nflags : fpu nohypervisor\n");
    assert_told("host", "hypervisor", NULL);
    put(CPUINFO, "model name : Some CPU\nflags : hypervisor\n");
    assert_told("host", "hypervisor", "Google");
}

static void board_without_model_name(void **state)
{
    (void)state;
    put(CPUINFO, "processor : 0\nCPU implementer : 0x41\n\n");
    put("/proc/device-tree/model", "Raspberry Pi 4");
    assert_told("host", "cpu", "Raspberry Pi 4");
    put("/proc/device-tree/model", "linux,dummy-virt");
    assert_told("host", "hypervisor", "QEMU");
}

static void nothing_to_read(void **state)
{
    (void)state;
    assert_told("host", "cpu", NULL);
    assert_told("host", "hypervisor", NULL);
    assert_told("clocks", "source", NULL);
    put(CPUINFO, "");
    put(CLOCK, "\n");
    put(VENDOR, "");
    assert_told("host", "cpu", NULL);
    assert_told("clocks", "source", NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(real_machine),
    TEST(emulated_machine),
    TEST(virtual_machines),
    TEST(maker_of_real_machines_needs_the_flag),
    TEST(board_without_model_name),
    TEST(nothing_to_read),
};
TEST_MAIN("bench-host", tests)
