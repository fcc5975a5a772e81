/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* system - small things that the operating system is asked for. */
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

    if (fd < 0)
        return -errno;
    if (write(fd, text, strlen(text)) < 0)
        error = -errno;
    close(fd);
    return error;
}

int read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), error;
    ssize_t n;

    if (fd < 0)
        return -errno;
    n = read(fd, text, size - 1);
    error = n < 0 ? -errno : 0;
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return error;
}

int read_number(const char *path, const char *key, uint64_t *value)
{
    char line[256];
    size_t length = key ? strlen(key) : 0;
    int result = -ENOENT;
    FILE *file = fopen(path, "re");

    if (!file)
        return -errno;
    while (result && fgets(line, sizeof(line), file))
        if ((!key || (!strncmp(line, key, length) && strchr(" :\t", line[length]))) &&
            sscanf(line + length + strspn(line + length, ": \t"), "%" SCNu64, value) == 1)
            result = 0;
    fclose(file);
    return result;
}

void sleep_ms(unsigned ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000L};

    while (nanosleep(&time, &time) && errno == EINTR)
        ;
}

int64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int n = 0;

    if (!folder)
        return -1;
    while (readdir(folder))
        n++;
    closedir(folder);
    /* The folder's own fd, and two dots. */
    return n - 3;
}

pid_t fork_child(void)
{
    pid_t parent = getpid(), child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    }
    return child;
}

int wait_child(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}
