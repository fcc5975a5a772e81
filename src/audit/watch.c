/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch - a filter of system calls, and answers to its questions. */
#include "audit/watch.h"

#include "base/fd.h"
#include "base/process.h"

#include <errno.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/dma-buf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/videodev2.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

/* Begin and end of three accesses: once or twice somebody looks at what he made. */
#define OFTEN 6
/* As in drm.h, which not each system has where the kernel's headers are. */
struct prime_handle {
    uint32_t handle, flags;
    int32_t fd;
};
#define PRIME_FD_TO_HANDLE _IOWR('d', 0x2e, struct prime_handle)

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH
/* The low half of an argument, on a little-endian machine. */
#define ARGUMENT(n) offsetof(struct seccomp_data, args[n])
#define LOAD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)
#define IF_IS(what, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, what, yes, no)
#define IF_HAS(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no)

/* mmap() of a file that is shared, which those of libraries are not; and three ioctls. */
static struct sock_filter filter[] = {
    /* 0 */ LOAD(offsetof(struct seccomp_data, arch)),
    /* 1 */ IF_IS(ARCH, 0, 11),
    /* 2 */ LOAD(offsetof(struct seccomp_data, nr)),
    /* 3 */ IF_IS(__NR_ioctl, 4, 0),
    /* 4 */ IF_IS(__NR_mmap, 0, 8),
    /* 5 */ LOAD(ARGUMENT(3)),
    /* 6 */ IF_HAS(MAP_ANONYMOUS, 6, 0),
    /* 7 */ IF_HAS(MAP_SHARED, 4, 5),
    /* 8 */ LOAD(ARGUMENT(1)),
    /* 9 */ IF_IS(DMA_BUF_IOCTL_SYNC, 2, 0),
    /* 10 */ IF_IS(VIDIOC_QBUF, 1, 0),
    /* 11 */ IF_IS(PRIME_FD_TO_HANDLE, 0, 1),
    /* 12 */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    /* 13 */ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

int watch_begin(void)
{
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
    int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                     SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

    if (fd < 0 && errno == EACCES && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                     SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    return fd < 0 ? -errno : fd;
}
#else
int watch_begin(void)
{
    return -ENOSYS;
}
#endif

void watch_init(struct watch *watch, int listener)
{
    memset(watch, 0, sizeof(*watch));
    watch->listener = listener;
    watch->works = listener >= 0;
}

void watch_finish(struct watch *watch)
{
    zc_close(&watch->listener);
}

/* The record of a dma-buf, or -1. */
static int find(struct watch *watch, uint64_t inode)
{
    int i = 0;

    while (i < watch->n_files && watch->file[i].inode != inode)
        i++;
    if (i == WATCH_FILES) {
        watch->lost++;
        return -1;
    }
    if (i == watch->n_files)
        watch->file[watch->n_files++].inode = inode;
    return i;
}

static bool has_line(uint32_t pid, const char *file, const char *const *words)
{
    char line[512];
    bool found = false;
    FILE *stream;

    snprintf(line, sizeof(line), "/proc/%u/%s", pid, file);
    stream = fopen(line, "re");
    while (stream && !found && fgets(line, sizeof(line), stream))
        for (int i = 0; words[i] && !found; i++)
            found = strstr(line, words[i]);
    if (stream)
        fclose(stream);
    return found;
}

static bool is_renderer(const char *path, void *user)
{
    static const char node[] = "/dev/dri/renderD";
    char target[sizeof(node)];

    (void)user;
    return readlink(path, target, sizeof(target)) >= (ssize_t)strlen(node) &&
           !strncmp(target, node, strlen(node));
}

/* Mesa's renderers in software map what they draw from and to. */
static void look_for_gpu(struct watch *watch, uint32_t pid)
{
    static const char *const renderers[] = {"libgallium", "swrast_dri", "libvulkan_lvp",
                                            NULL};
    char number[ZC_PID_SIZE];

    watch->looked_for_gpu = true;
    snprintf(number, sizeof(number), "%u", pid);
    watch->software_gpu = has_line(pid, "maps", renderers) &&
                          !zc_process_find(ZC_PROC, number, "fd", is_renderer, NULL);
}

/* Which driver it has, and where it is. */
static void look_at_device(struct watch *watch, const struct stat *node)
{
    char link[300], target[256], found[PATH_MAX];
    const char *name;
    ssize_t n;
    int i = 0;

    while (i < watch->n_devices && watch->device[i].number != node->st_rdev)
        i++;
    if (i < watch->n_devices || i == WATCH_DEVICES)
        return;
    watch->n_devices++;
    watch->device[i].number = node->st_rdev;
    snprintf(link, sizeof(link), "/sys/dev/char/%u:%u", major(node->st_rdev),
             minor(node->st_rdev));
    if (!realpath(link, found) || strlen(found) >= sizeof(watch->device[i].path))
        return;
    strcpy(watch->device[i].path, found);
    snprintf(link, sizeof(link), "%s/device/driver", watch->device[i].path);
    n = readlink(link, target, sizeof(target) - 1);
    target[n < 0 ? 0 : n] = '\0';
    name = strrchr(target, '/');
    snprintf(watch->device[i].driver, sizeof(watch->device[i].driver), "%.31s",
             name ? name + 1 : "");
}

/* What a descriptor of the caller's is: its kind, or -1. *i: a dma-buf's record. */
static int look_up(struct watch *watch, uint32_t pid, int fd, int *i)
{
    char path[64], target[64];
    struct stat node;
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%u/fd/%d", pid, fd);
    n = readlink(path, target, sizeof(target) - 1);
    if (n < 0)
        return -1;
    target[n] = '\0';
    if (stat(path, &node))
        return -1;
    if (!strncmp(target, "/dev/video", 10) || !strncmp(target, "/dev/dri/", 9))
        look_at_device(watch, &node);
    if (!strncmp(target, "/dev/video", 10))
        return WATCH_CAMERA;
    if (!strncmp(target, "/dev/dri/card", 13))
        return WATCH_DISPLAY;
    if (strncmp(target, "/dmabuf:", 8))
        return -1;
    *i = find(watch, node.st_ino);
    return WATCH_DMABUF;
}

/* Memory of the caller's, which waits for our answer. */
static bool read_from(const struct seccomp_notif *asked, uint64_t address, void *to,
                      size_t size)
{
    struct iovec here = {to, size}, there = {(void *)(uintptr_t)address, size};

    return process_vm_readv(asked->pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

/* A camera's next buffer: a dma-buf of somebody else's, or one of its own. */
static void note_queue(struct watch *watch, const struct seccomp_notif *asked)
{
    struct v4l2_buffer buffer;
    struct v4l2_plane plane;
    bool read = read_from(asked, asked->data.args[2], &buffer, sizeof(buffer));
    int fd, i = -1;

    watch->queues++;
    watch->unread += !read;
    if (!read || buffer.memory != V4L2_MEMORY_DMABUF || V4L2_TYPE_IS_OUTPUT(buffer.type))
        return;
    fd = buffer.m.fd;
    if (V4L2_TYPE_IS_MULTIPLANAR(buffer.type)) {
        if (!read_from(asked, (uintptr_t)buffer.m.planes, &plane, sizeof(plane)))
            return;
        fd = plane.m.fd;
    }
    if (look_up(watch, asked->pid, fd, &i) == WATCH_DMABUF && i >= 0)
        watch->file[i].filled = true;
}

static void note_import(struct watch *watch, const struct seccomp_notif *asked)
{
    /* What V4L2 exports, as the kernel calls that. */
    static const char *const cameras[] = {"exp_name:\tvideobuf2", NULL};
    struct prime_handle handle;
    char info[32];
    int i = -1;

    watch->imports++;
    if (!read_from(asked, asked->data.args[2], &handle, sizeof(handle))) {
        watch->unread++;
        return;
    }
    if (look_up(watch, asked->pid, handle.fd, &i) != WATCH_DMABUF || i < 0)
        return;
    watch->file[i].imported = true;
    snprintf(info, sizeof(info), "fdinfo/%d", handle.fd);
    if (has_line(asked->pid, info, cameras))
        watch->file[i].filled = true;
}

static void note(struct watch *watch, const struct seccomp_notif *asked)
{
    bool is_map = asked->data.nr == __NR_mmap;
    int fd = (int)asked->data.args[is_map ? 4 : 0], i = -1;
    int kind = look_up(watch, asked->pid, fd, &i);

    if (is_map) {
        if (kind >= 0)
            watch->mappings[kind]++;
        if (i >= 0)
            watch->file[i].mappings++;
        if (i >= 0 && !watch->looked_for_gpu)
            look_for_gpu(watch, asked->pid);
        return;
    }
    switch ((uint32_t)asked->data.args[1]) {
    case DMA_BUF_IOCTL_SYNC:
        if (i >= 0)
            watch->file[i].syncs++;
        break;
    case VIDIOC_QBUF:
        note_queue(watch, asked);
        break;
    default:
        note_import(watch, asked);
    }
}

void watch_take(struct watch *watch)
{
    struct seccomp_notif asked = {0};
    struct seccomp_notif_resp answer = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

    if (ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked))
        return;
    note(watch, &asked);
    answer.id = asked.id;
    zc_fd_ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

uint64_t watch_mappings(const struct watch *watch, uint64_t inode)
{
    for (int i = 0; i < watch->n_files; i++)
        if (watch->file[i].inode == inode)
            return watch->file[i].mappings;
    return 0;
}

int watch_accessed(const struct watch *watch)
{
    int n = 0;

    for (int i = 0; i < watch->n_files; i++)
        n += watch->file[i].syncs > OFTEN;
    return n;
}

int watch_unsynced(const struct watch *watch)
{
    int n = 0;

    for (int i = 0; i < watch->n_files; i++)
        n += watch->file[i].mappings && !watch->file[i].syncs;
    return n;
}

int watch_shared(const struct watch *watch)
{
    int n = 0;

    for (int i = 0; i < watch->n_files; i++)
        n += watch->file[i].filled && (watch->file[i].imported ||
                                       (watch->software_gpu && watch->file[i].mappings));
    return n;
}
