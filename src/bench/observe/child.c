/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* child - fork, exec, and an end in three steps. */
#include "bench/observe/child.h"

#include "base/fd.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define INTERRUPT_MS 3000
#define TERMINATE_MS 2000
#define STEP_MS 10

/* In the child: only what is allowed between fork and exec. */
static void become(char *const *argv, int go, int failed, pid_t parent)
{
    char word;
    int error;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || read(go, &word, 1) != 1)
        _exit(127);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(argv[0], argv);
    error = errno;
    while (write(failed, &error, sizeof(error)) < 0 && errno == EINTR)
        ;
    _exit(127);
}

int child_prepare(struct child *child, char *const *argv)
{
    int go[2] = {-1, -1}, failed[2] = {-1, -1}, none = -1, error = 0;
    pid_t parent = getpid();

    *child = (struct child){.go = -1, .failed = -1};
    if (pipe2(go, O_CLOEXEC) || pipe2(failed, O_CLOEXEC))
        error = -errno;
    if (!error) {
        child->pid = fork();
        error = child->pid < 0 ? -errno : 0;
    }
    if (!error && !child->pid) {
        none = open("/dev/null", O_RDONLY | O_CLOEXEC);
        dup2(none, STDIN_FILENO);
        close(go[1]);
        become(argv, go[0], failed[1], parent);
    }
    zc_close(&go[0]);
    zc_close(&failed[1]);
    if (error) {
        zc_log(ZC_LOG_ERROR, "cannot start %s: %s", argv[0], strerror(-error));
        zc_close(&go[1]);
        zc_close(&failed[0]);
        child->pid = 0;
        return error;
    }
    setpgid(child->pid, child->pid);
    child->go = go[1];
    child->failed = failed[0];
    return 0;
}

int child_begin(struct child *child)
{
    int error = 0;
    ssize_t n;

    if (write(child->go, "", 1) != 1)
        error = -errno;
    zc_close(&child->go);
    do
        n = read(child->failed, &error, sizeof(error));
    while (n < 0 && errno == EINTR);
    zc_close(&child->failed);
    if (n == (ssize_t)sizeof(error) && error)
        zc_log(ZC_LOG_ERROR, "cannot run the command: %s", strerror(error));
    return error > 0 ? -error : error;
}

bool child_has_ended(struct child *child)
{
    if (child->pid && !child->ended)
        child->ended = waitpid(child->pid, &child->status, WNOHANG) == child->pid;
    return child->ended || !child->pid;
}

static bool wait_for_end(struct child *child, int ms)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

    for (; ms > 0 && !child_has_ended(child); ms -= STEP_MS)
        nanosleep(&step, NULL);
    return child_has_ended(child);
}

void child_end(struct child *child)
{
    if (!child->pid)
        return;
    zc_close(&child->go);
    zc_close(&child->failed);
    if (!child_has_ended(child)) {
        kill(-child->pid, SIGINT);
        if (!wait_for_end(child, INTERRUPT_MS))
            kill(-child->pid, SIGTERM);
        wait_for_end(child, TERMINATE_MS);
    }
    /* And what it may have left behind. */
    kill(-child->pid, SIGKILL);
    while (!child->ended && waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
        ;
    child->ended = true;
    child->pid = 0;
}

void child_describe(const struct child *child, char *text, size_t size)
{
    if (WIFSIGNALED(child->status))
        snprintf(text, size, "signal %d (%s)", WTERMSIG(child->status),
                 strsignal(WTERMSIG(child->status)));
    else
        snprintf(text, size, "exit code %d", WEXITSTATUS(child->status));
}
