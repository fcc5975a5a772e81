/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dma-buf - what is told of a buffer, and what it refuses as a file.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum result as_file(struct heap *heap)
{
    char byte = 1;
    int fd;

    TRY(buffer_get(heap, KIB(64), &fd));
    TRY(is_error(write(fd, &byte, 1) < 0 ? -errno : 0, EINVAL, "write"));
    TRY(is_error(read(fd, &byte, 1) < 0 ? -errno : 0, EINVAL, "read"));
    TRY(is_error(ftruncate(fd, 4096) < 0 ? -errno : 0, EINVAL, "ftruncate"));
    TRY(is_error(ftruncate(fd, KIB(128)) < 0 ? -errno : 0, EINVAL, "ftruncate"));
    close(fd);
    return PASSED;
}

static enum result seek(struct heap *heap)
{
    int fd;

    TRY(buffer_get(heap, KIB(64), &fd));
    if (lseek(fd, 0, SEEK_END) != KIB(64) || lseek(fd, 0, SEEK_SET) != 0)
        FAIL("lseek to the end gives %lld, to the start %lld",
             (long long)lseek(fd, 0, SEEK_END), (long long)lseek(fd, 0, SEEK_SET));
    TRY(is_error(lseek(fd, 1, SEEK_SET) < 0 ? -errno : 0, EINVAL, "lseek elsewhere"));
    TRY(is_error(lseek(fd, 0, SEEK_CUR) < 0 ? -errno : 0, EINVAL, "lseek from here"));
    close(fd);
    return PASSED;
}

/* The inode is a buffer's identity: the project compares devices' answers by it. */
static enum result identity(struct heap *heap)
{
    struct stat one, other, same;
    int a, b, copy;

    TRY(buffer_get(heap, 1, &a));
    TRY(buffer_get(heap, 1, &b));
    copy = dup(a);
    if (fstat(a, &one) || fstat(b, &other) || fstat(copy, &same))
        FAIL("fstat: %s", strerror(errno));
    if (one.st_ino == other.st_ino || one.st_ino != same.st_ino)
        FAIL("inodes: %llu and %llu of two buffers, %llu of the first again",
             (unsigned long long)one.st_ino, (unsigned long long)other.st_ino,
             (unsigned long long)same.st_ino);
    close(copy);
    close(b);
    close(a);
    return PASSED;
}

static enum result fdinfo_says(const char *fdinfo, const char *key, const char *value)
{
    const char *line = strstr(fdinfo, key);

    /* "name:" is in "exp_name:", too. */
    while (line && line != fdinfo && line[-1] != '\n')
        line = strstr(line + 1, key);
    if (!line)
        FAIL("no \"%s\" in fdinfo", key);
    line += strlen(key);
    line += strspn(line, " \t");
    if (strncmp(line, value, strlen(value)) || line[strlen(value)] != '\n')
        FAIL("fdinfo says %s %.*s, not %s", key, (int)strcspn(line, "\n"), line, value);
    return PASSED;
}

static enum result name(struct heap *heap)
{
    char path[64], fdinfo[1024], text[] = "conformance";
    char unended[64];
    int fd, result;

    TRY(buffer_get(heap, KIB(64), &fd));
    result = buffer_ioctl(fd, DMA_BUF_SET_NAME_B, text);
    if (result < 0)
        FAIL("DMA_BUF_SET_NAME: %s", strerror(-result));
    snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
    result = read_text(path, fdinfo, sizeof(fdinfo));
    if (result < 0)
        FAIL("%s: %s", path, strerror(-result));
    TRY(fdinfo_says(fdinfo, "name:", text));
    TRY(fdinfo_says(fdinfo, "exp_name:", heap->name));
    TRY(fdinfo_says(fdinfo, "size:", "65536"));
    memset(unended, 'x', sizeof(unended));
    TRY(is_error(buffer_ioctl(fd, DMA_BUF_SET_NAME_B, unended), EINVAL,
                 "a name that is too long"));
    TRY(is_error(buffer_ioctl(fd, DMA_BUF_SET_NAME_B, (void *)8), EFAULT,
                 "a name that is nowhere"));
    close(fd);
    return PASSED;
}

static enum result unknown(struct heap *heap)
{
    uint64_t room[8] = {0};
    int fd;

    TRY(buffer_get(heap, 1, &fd));
    TRY(is_error(buffer_ioctl(fd, _IOWR(DMA_BUF_BASE, 99, room), room), ENOTTY,
                 "an unknown ioctl"));
    close(fd);
    return PASSED;
}

const struct check buffer_checks[] = {
    {"file-operations", as_file, 0, 0},
    {"seek", seek, 0, 0},
    {"identity", identity, 0, 0},
    {"name", name, 0, 0},
    {"buffer-unknown-ioctl", unknown, 0, 0},
    {0},
};
