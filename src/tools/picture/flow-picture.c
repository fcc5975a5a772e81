/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow-picture - the displayed picture, on its way from the flow to a file. */
#include "tools/picture/flow-picture.h"
#include "tools/picture/picture.h"

#include <stdio.h>
#include <stdlib.h>

int run_add_picture(struct document *document, struct zc_flow *flow, const char *path)
{
    struct zc_frame *frame;
    const char *how;
    char *proof;
    int error = zc_flow_capture(flow, &frame, &how);

    if (error)
        return error;
    error = picture_write_png(frame, path);
    zc_frame_unref(frame);
    if (!error && asprintf(&proof, "%s, from %s", path, how) >= 0) {
        run_set_string(document, "proof.picture", proof);
        free(proof);
    }
    return error;
}
