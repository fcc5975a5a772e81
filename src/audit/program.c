/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* program - fork, exec, and a wait in which questions of the watch are answered. */
#include "audit/program.h"

#include "base/fd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define STEP_MS 100

static volatile sig_atomic_t got; /* a signal that is to be handed on */

static void note_signal(int number)
{
    got = number;
}

/* What the child tells: its listener, or why it could not become the program. */
struct told {
    int listener_error, exec_error;
};

static void send_listener(int socket, int listener)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct told told = {.listener_error = listener < 0 ? -listener : 0};
    struct iovec part = {&told, sizeof(told)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (listener >= 0) {
        message.msg_control = control.space;
        message.msg_controllen = sizeof(control.space);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &listener, sizeof(int));
    }
    while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

static int receive_listener(int socket)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct told told = {0};
    struct iovec part = {&told, sizeof(told)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof(control.space)};
    struct cmsghdr *header;
    int listener = -1;
    ssize_t n;

    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(&listener, CMSG_DATA(header), sizeof(int));
    else if (told.listener_error)
        fprintf(stderr, "zc-audit: mappings of dma-bufs are not watched: seccomp: %s\n",
                strerror(told.listener_error));
    return listener;
}

/* In the child: only what is allowed between fork and exec. */
static void become(char *const *argv, char *const *environment, int socket, pid_t parent)
{
    struct told told = {0};
    int listener;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    listener = watch_begin();
    send_listener(socket, listener);
    if (listener >= 0)
        close(listener);
    execvpe(argv[0], argv, environment);
    told.exec_error = errno;
    while (write(socket, &told, sizeof(told)) < 0 && errno == EINTR)
        ;
    _exit(127);
}

static int wait_for_end(pid_t pid, struct watch *watch, struct bounce *bounce)
{
    int status = 0;

    for (;;) {
        struct pollfd poller[] = {{watch->listener, POLLIN, 0},
                                  {bounce->pipe, POLLIN, 0}};
        pid_t ended;

        /* One that is -1 is passed over. */
        if (poll(poller, 2, STEP_MS) > 0) {
            if (poller[0].revents & POLLIN)
                watch_take(watch);
            else if (poller[0].revents)
                zc_close(&watch->listener); /* nobody is left who would ask */
            if (poller[1].revents)
                bounce_take(bounce);
        }
        if (got) {
            kill(pid, got);
            got = 0;
        }
        ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if (ended < 0 && errno != EINTR)
            return -errno;
    }
}

/* Our environment, with the tracers in it; the caller frees both. */
static char **make_environment(const char *tracers, char **variable)
{
    extern char **environ;
    const char *there = getenv("GST_TRACERS");
    char **made;
    size_t n = 0, kept = 0;

    while (environ[n])
        n++;
    made = calloc(n + 2, sizeof(*made));
    if (!made || asprintf(variable, "GST_TRACERS=%s%s%s", there ? there : "",
                          there && *there ? ";" : "", tracers) < 0) {
        free(made);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "GST_TRACERS=", 12))
            made[kept++] = environ[i];
    made[kept] = *variable;
    return made;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = note_signal},
                     ignored = {.sa_handler = SIG_IGN};

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGINT, &ignored, NULL);
}

int program_run(char *const *argv, const char *tracers, struct audit_seen *seen)
{
    struct watch *watch = &seen->watch;
    char *variable = NULL, **environment = make_environment(tracers, &variable);
    struct told told = {0};
    int sockets[2] = {-1, -1}, status;
    pid_t parent = getpid(), pid;

    watch_init(watch, -1);
    bounce_begin(&seen->bounce);
    if (!environment) {
        bounce_finish(&seen->bounce);
        return -ENOMEM;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) ||
        (pid = fork()) < 0) {
        status = -errno;
        fprintf(stderr, "zc-audit: cannot start %s: %s\n", argv[0], strerror(-status));
        goto out;
    }
    if (!pid)
        become(argv, environment, sockets[1], parent);
    catch_signals();
    zc_close(&sockets[1]);
    watch_init(watch, receive_listener(sockets[0]));
    status = wait_for_end(pid, watch, &seen->bounce);
    if (status >= 0 && recv(sockets[0], &told, sizeof(told), MSG_DONTWAIT) > 0) {
        status = -told.exec_error;
        fprintf(stderr, "zc-audit: cannot run %s: %s\n", argv[0], strerror(-status));
    }
    watch_finish(watch);
out:
    bounce_finish(&seen->bounce);
    zc_close(&sockets[0]);
    zc_close(&sockets[1]);
    free(variable);
    free(environment);
    return status;
}
