/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tiled - the GPU's own memory. */
#include "gpu/tiled.h"
#include "base/ioctl.h"
#include "memory/frame-private.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int make_frame(struct zc_frame **out, const struct zc_gbm *gbm,
                      const struct zc_layout *asked, const uint64_t *modifiers,
                      int n_modifiers)
{
    struct zc_layout layout = *asked;
    struct zc_gbm_buffer buffer;
    int error = zc_gbm_alloc(gbm, layout.width, layout.height, layout.format->fourcc,
                             modifiers, n_modifiers, &buffer);

    if (error)
        return error;
    layout.modifier = buffer.modifier;
    layout.plane[0].offset = buffer.offset;
    layout.plane[0].stride = buffer.stride;
    layout.bytes[0] = lseek(buffer.fd, 0, SEEK_END);
    /* A layout has no place for more. */
    error = buffer.n_planes == 1 && layout.n_planes == 1
                ? zc_frame_wrap(out, &layout, &buffer.fd)
                : -ENOTSUP;
    if (error)
        zc_close(&buffer.fd);
    return error;
}

int zc_tiled_pool(const struct zc_gbm *gbm, const char *device,
                  const struct zc_layout *layout, const uint64_t *modifiers,
                  int n_modifiers, int n, struct zc_pool **pool)
{
    struct zc_frame **frames = n > 0 ? calloc(n, sizeof(struct zc_frame *)) : NULL;
    int made = 0, error = 0;

    if (n < 1)
        return -EINVAL;
    if (!frames)
        return -ENOMEM;
    while (made < n && !error) {
        error = make_frame(&frames[made], gbm, layout, modifiers, n_modifiers);
        made += !error;
    }
    if (error)
        zc_log(ZC_LOG_ERROR,
               "%s: GBM allocates no %s of %ux%u that is laid out in one plane, of %d "
               "modifiers, the first 0x%" PRIx64 ": %s",
               device, layout->format->name, layout->width, layout->height, n_modifiers,
               n_modifiers ? modifiers[0] : 0, strerror(-error));
    if (!error)
        error = zc_pool_create_from(pool, frames, n);
    while (error && made > 0)
        zc_frame_unref(frames[--made]);
    free(frames);
    return error;
}
