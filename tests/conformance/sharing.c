/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sharing - buffers in several processes, and buffers that outlive what they came from.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BYTES MIB(1)

static enum result across_fork(struct heap *heap)
{
    uint8_t *memory;
    pid_t child;
    int fd, code;

    TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
    fill_pattern(memory, BYTES, 1);
    child = fork_child();
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0) {
        enum result result = has_pattern(memory, BYTES, 1, "the child");

        if (result == PASSED)
            fill_pattern(memory, BYTES, 2);
        _exit(result);
    }
    code = wait_child(child);
    if (code > SKIPPED)
        FAIL("the child ended with %d", code);
    TRY(code);
    TRY(has_pattern(memory, BYTES, 2, "what the child wrote, in the parent"));
    buffer_put(fd, memory, BYTES);
    return PASSED;
}

static int send_fd(int socket, int fd)
{
    char room[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = room,
        .msg_controllen = sizeof(room),
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    return sendmsg(socket, &message, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int socket)
{
    char room[CMSG_SPACE(sizeof(int))] = {0}, byte;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = room,
        .msg_controllen = sizeof(room),
    };
    int fd;

    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
        return -1;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    return fd;
}

static enum result receiver(int socket)
{
    int fd = receive_fd(socket);
    uint8_t *memory;

    if (fd < 0)
        FAIL("no fd came through the socket");
    TRY(buffer_map(fd, BYTES, &memory));
    TRY(has_pattern(memory, BYTES, 3, "the receiver"));
    fill_pattern(memory, BYTES, 4);
    return PASSED;
}

/* The receiver is there before the buffer is: it has it by the socket alone. */
static enum result through_socket(struct heap *heap)
{
    uint8_t *memory;
    int ends[2], fd, error, code;
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        FAIL("socketpair: %s", strerror(errno));
    child = fork_child();
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0)
        _exit(receiver(ends[1]));
    TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
    fill_pattern(memory, BYTES, 3);
    error = send_fd(ends[0], fd);
    if (error)
        FAIL("sendmsg: %s", strerror(-error));
    code = wait_child(child);
    if (code > SKIPPED)
        FAIL("the receiver ended with %d", code);
    TRY(code);
    TRY(has_pattern(memory, BYTES, 4, "what the receiver wrote"));
    close(ends[0]);
    close(ends[1]);
    buffer_put(fd, memory, BYTES);
    return PASSED;
}

static enum result outlives_heap(struct heap *heap)
{
    uint8_t *memory;
    int fd, error;

    TRY(buffer_get(heap, BYTES, &fd));
    heap_close(heap);
    TRY(buffer_map(fd, BYTES, &memory));
    fill_pattern(memory, BYTES, 5);
    TRY(has_pattern(memory, BYTES, 5, "after the node was closed"));
    buffer_put(fd, memory, BYTES);
    error = heap_open(heap);
    if (error)
        FAIL("the node cannot be opened again: %s", strerror(-error));
    return PASSED;
}

/* Others allocate meanwhile: had the memory gone, they would be given it. */
static enum result outlives_fd(struct heap *heap)
{
    uint8_t *memory, *other;
    int fd, next;
    long live;

    TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
    fill_pattern(memory, BYTES, 6);
    live = heap_live(heap);
    close(fd);
    if (heap_live(heap) != live)
        FAIL("a buffer that is still mapped is counted as freed");
    for (int i = 0; i < 4; i++) {
        TRY(buffer_get_mapped(heap, BYTES, &next, &other));
        memset(other, DIRT, BYTES);
        buffer_put(next, other, BYTES);
    }
    TRY(has_pattern(memory, BYTES, 6, "after the fd was closed"));
    munmap(memory, BYTES);
    return PASSED;
}

const struct check sharing_checks[] = {
    {"share-fork", across_fork, 0, 0},
    {"share-socket", through_socket, 0, 0},
    {"outlives-node", outlives_heap, 0, 0},
    {"outlives-fd", outlives_fd, 0, 0},
    {0},
};
