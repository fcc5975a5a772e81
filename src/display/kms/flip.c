/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flip - the card's events. Touches its fd, for reading. */
#include "display/kms/flip.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <poll.h>
#include <xf86drm.h>

/* How long a flip is waited for at the end, and after how long the card is asked whether
 * it is still there: one that was unplugged sends no event and no error. */
#define FLIP_TIMEOUT_MS 500
#define NS_PER_MS INT64_C(1000000)

void flip_begin(struct flip *flip, int64_t committed_ns)
{
    flip->committed_ns = flip->asked_ns = committed_ns;
    flip->due = true;
}

static void on_flip(int fd, unsigned int sequence, unsigned int seconds,
                    unsigned int microseconds, unsigned int crtc, void *user)
{
    struct flip *flip = user;
    int64_t at_ns = seconds * INT64_C(1000000000) + microseconds * INT64_C(1000);

    (void)fd;
    (void)sequence;
    (void)crtc;
    /* vkms stamps its first flip with the vertical blank before the commit, which is
     * impossible. */
    if (!flip->card->monotonic || at_ns < flip->committed_ns)
        at_ns = zc_now_ns();
    flip->flipped_ns = at_ns;
    flip->due = false;
}

/* Every so often while a flip is overdue. */
static bool is_gone(struct flip *flip)
{
    int64_t now = zc_now_ns();

    if (now - flip->asked_ns < FLIP_TIMEOUT_MS * NS_PER_MS)
        return false;
    flip->asked_ns = now;
    return card_gone(flip->card);
}

/* Whether a read would return at once. */
static bool is_readable(const struct card *card)
{
    struct pollfd now = {.fd = card->fd, .events = POLLIN};

    return !card->blocks || poll(&now, 1, 0) > 0;
}

int flip_read(struct flip *flip)
{
    drmEventContext events = {.version = 3, .page_flip_handler2 = on_flip};
    bool was_due = flip->due;
    int result = 0;

    if (is_readable(flip->card))
        do {
            errno = 0;
            result = drmHandleEvent(flip->card->fd, &events);
        } while (result < 0 && errno == EINTR);
    if (was_due && !flip->due)
        return 0;
    if (result < 0 && errno != EAGAIN)
        return errno ? -errno : -EIO;
    return flip->due && is_gone(flip) ? -ENODEV : -EAGAIN;
}

/* Waits in short polls. So a card whose fd is always readable causes no endless busy
 * loop, and a silent card holds us for a limited time. */
void flip_wait(struct flip *flip)
{
    int64_t until = zc_now_ns() + FLIP_TIMEOUT_MS * NS_PER_MS;
    int error = -EAGAIN;

    while (flip->due && error == -EAGAIN && zc_now_ns() < until) {
        struct pollfd wait = {.fd = flip->card->fd, .events = POLLIN};

        poll(&wait, 1, 20);
        error = flip_read(flip);
    }
}
