/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host - what machine a measurement ran on. Reads /proc, /sys and uname(). */
#include "tools/document/host.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

json_t *host_text(const char *text)
{
    json_t *value = json_string(text);
    char *ascii;

    if (value)
        return value;
    ascii = strdup(text);
    if (!ascii)
        return NULL;
    for (char *c = ascii; *c; c++)
        if (*c & 0x80)
            *c = '?';
    value = json_string(ascii);
    free(ascii);
    return value;
}

/* The file's first line without the blanks around it; false where it has none. */
static bool read_line(char *line, size_t size, const char *root, const char *path)
{
    char whole[512];
    FILE *file;
    size_t length, blanks;
    bool got;

    snprintf(whole, sizeof(whole), "%s%s", root, path);
    file = fopen(whole, "re");
    if (!file)
        return false;
    got = fgets(line, (int)size, file);
    fclose(file);
    if (!got)
        return false;
    for (length = strlen(line); length && isspace((unsigned char)line[length - 1]);)
        line[--length] = '\0';
    blanks = strspn(line, " \t");
    memmove(line, line + blanks, length - blanks + 1);
    return line[0];
}

struct cpuinfo {
    char model[128];
    bool hypervisor; /* the CPU says that there is one */
};

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at += length)
        if ((at == text || isspace((unsigned char)at[-1])) &&
            (!at[length] || isspace((unsigned char)at[length])))
            return true;
    return false;
}

static void read_cpuinfo(struct cpuinfo *info, const char *root)
{
    char path[512], *line = NULL;
    size_t room = 0;
    FILE *file;

    *info = (struct cpuinfo){0};
    snprintf(path, sizeof(path), "%s/proc/cpuinfo", root);
    file = fopen(path, "re");
    while (file && getline(&line, &room, file) > 0) {
        char *value = strchr(line, ':');

        if (!value)
            continue;
        value += 1 + strspn(value + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        if (!strncmp(line, "flags", 5) && has_word(value, "hypervisor"))
            info->hypervisor = true;
        if (!strncmp(line, "model name", 10) && !info->model[0])
            snprintf(info->model, sizeof(info->model), "%s", value);
    }
    free(line);
    if (file)
        fclose(file);
    if (!info->model[0] &&
        !read_line(info->model, sizeof(info->model), root, "/proc/device-tree/model"))
        info->model[0] = '\0';
}

/* What runs this machine, if it is a virtual one; false where it is none. */
static bool find_hypervisor(char *name, size_t size, const char *root,
                            const struct cpuinfo *cpu)
{
    static const char *const makers[] = {"QEMU",    "VMware",    "Xen",    "Bochs",
                                         "innotek", "Parallels", "Google", "Amazon"};
    char vendor[128], line[64];

    if (strstr(cpu->model, "QEMU")) {
        snprintf(name, size, "TCG");
        return true;
    }
    if (!strcmp(cpu->model, "linux,dummy-virt")) {
        snprintf(name, size, "QEMU");
        return true;
    }
    if (read_line(name, size, root, "/sys/hypervisor/type"))
        return true;
    if (!read_line(vendor, sizeof(vendor), root, "/sys/class/dmi/id/sys_vendor"))
        vendor[0] = '\0';
    for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
        /* Two of them also make machines, so that the CPU has to say it as well. */
        if (strstr(vendor, makers[i]) && (i < 6 || cpu->hypervisor)) {
            snprintf(name, size, "%s", vendor);
            return true;
        }
    }
    if (!read_line(line, sizeof(line), root, CLOCKSOURCE) || strcmp(line, "kvm-clock"))
        snprintf(name, size, "%s", vendor[0] ? vendor : "unknown");
    else
        snprintf(name, size, "KVM");
    return cpu->hypervisor;
}

static void put_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, host_text(text));
}

json_t *host_describe(const char *root)
{
    json_t *both = json_pack("{s:{}, s:{s:s}}", "host", "clocks", "measure", "monotonic");
    json_t *host = json_object_get(both, "host");
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct utsname names = {0};
    struct cpuinfo cpu;
    char line[128];

    uname(&names);
    read_cpuinfo(&cpu, root);
    put_text(host, "kernel", names.release);
    put_text(host, "machine", names.machine);
    if (cpu.model[0])
        put_text(host, "cpu", cpu.model);
    json_object_set_new(host, "cpus", json_integer(cpus > 0 ? cpus : 1));
    if (find_hypervisor(line, sizeof(line), root, &cpu))
        put_text(host, "hypervisor", line);
    if (read_line(line, sizeof(line), root, CLOCKSOURCE))
        put_text(json_object_get(both, "clocks"), "source", line);
    return both;
}
