/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mailbox - the newest wins. */
#include "flow/mailbox.h"

void zc_mailbox_put(struct zc_mailbox *mailbox, struct zc_frame *frame)
{
    if (mailbox->newest) {
        mailbox->superseded++;
        zc_frame_unref(mailbox->newest);
    }
    mailbox->newest = frame;
    zc_frame_set_holder(frame, "mailbox");
}

struct zc_frame *zc_mailbox_take(struct zc_mailbox *mailbox)
{
    struct zc_frame *frame = mailbox->newest;

    mailbox->newest = NULL;
    return frame;
}

void zc_mailbox_empty(struct zc_mailbox *mailbox)
{
    zc_frame_unref(mailbox->newest);
    mailbox->newest = NULL;
}
