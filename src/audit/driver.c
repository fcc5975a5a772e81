/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* driver - a table by name, read in the drivers' and in Mesa's sources. */
#include "audit/driver.h"

#include <stddef.h>
#include <string.h>

#define OUT_OF_USB "copies each picture out of USB packets with the CPU"
#define INTO_USB "copies each frame into USB packets with the CPU"
#define OWN_MEMORY "copies each frame into the display's own memory with the CPU"
#define TILES                                                                            \
    "draws linear dma-bufs that it reads as textures once more, in tiles: a pass of "    \
    "the "                                                                               \
    "GPU"
#define VIRTUAL "is no hardware: the kernel does its work with the CPU"

/* Of a GPU, so long as it is that what was opened, and not its display. */
#define GPU "/renderD"

static const struct {
    const char *driver, *does, *node;
} known[] = {
    {"uvcvideo", OUT_OF_USB, NULL},
    {"v3d", TILES, GPU},
    {"vc4-drm", TILES, GPU},
    {"etnaviv", TILES, GPU},
    {"udl", INTO_USB, NULL},
    {"gud", INTO_USB, NULL},
    {"ast", OWN_MEMORY, NULL},
    {"mgag200", OWN_MEMORY, NULL},
    {"simple-framebuffer", OWN_MEMORY, NULL},
    {"hyperv_drm", OWN_MEMORY, NULL},
    {"vivid", VIRTUAL, NULL},
    {"vimc", VIRTUAL, NULL},
    {"vim2m", VIRTUAL, NULL},
    {"vicodec", VIRTUAL, NULL},
    {"vkms", VIRTUAL, NULL},
};

const char *driver_does(const char *driver, const char *path)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (!strcmp(known[i].driver, driver) &&
            (!known[i].node || strstr(path, known[i].node)))
            return known[i].does;
    /* No driver of a USB camera has the host write into the buffers of frames. */
    return strstr(path, "/video4linux/") && strstr(path, "/usb") ? OUT_OF_USB : NULL;
}
