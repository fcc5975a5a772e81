/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-verify - the proof that an import is the frame's own memory: by the driver's word
 * where it gives one, by the mappings of this process where the driver is a software one.
 */
#include "gpu/import.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

bool zc_maps_have(FILE *maps, uint64_t identity)
{
    char line[512], path[16];
    uint64_t inode;

    while (fgets(line, sizeof(line), maps))
        if (sscanf(line, "%*s %*s %*s %*s %" SCNu64 " %15s", &inode, path) == 2 &&
            inode == identity && !strncmp(path, "/dmabuf:", 8))
            return true;
    return false;
}

/*
 * A software renderer reaches a dma-buf by mapping it, so the mapping is the import. That
 * says nothing where we have mapped the frame ourselves.
 */
static int verify_mapped(const struct zc_frame *frame, int n_buffers)
{
    for (int i = 0; i < n_buffers; i++) {
        FILE *maps = zc_frame_cpu_maps(frame) ? NULL : fopen("/proc/self/maps", "re");
        bool found;

        if (!maps)
            return -ENOTSUP;
        found = zc_maps_have(maps, zc_frame_identity(frame, i));
        fclose(maps);
        if (!found)
            return -ENOTSUP;
    }
    return 1;
}

/* 1 where the image's own dma-buf has the inode @identity, 0 where another, -ENOTSUP. */
static int verify_image(const struct zc_egl *egl, EGLImageKHR image, uint64_t identity)
{
    int fds[ZC_MAX_PLANES] = {-1, -1, -1, -1};
    EGLint strides[ZC_MAX_PLANES], offsets[ZC_MAX_PLANES];
    EGLuint64KHR modifiers[ZC_MAX_PLANES];
    int fourcc, n_planes = 0, result = -ENOTSUP;
    struct stat info;

    if (!egl->export_query(egl->display, image, &fourcc, &n_planes, modifiers) ||
        n_planes < 1 || n_planes > ZC_MAX_PLANES ||
        !egl->export_image(egl->display, image, fds, strides, offsets))
        return -ENOTSUP;
    if (fds[0] >= 0 && !fstat(fds[0], &info))
        result = info.st_ino == identity;
    for (int i = 0; i < ZC_MAX_PLANES; i++)
        zc_close(&fds[i]);
    return result;
}

int zc_imports_verify(const struct zc_imports *imports, const struct zc_frame *frame)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    const struct zc_egl *egl = imports->egl;
    struct zc_import *import;

    import = (struct zc_import *)zc_frame_attachment(frame, &imports->sources);
    if (!import)
        import = (struct zc_import *)zc_frame_attachment(frame, &imports->targets);
    if (!import)
        return -ENOENT;
    /*
     * Without a DRM node, Mesa answers an export by nothing, by an abort in debug builds,
     * or by a fresh buffer with a copy in it: so it is not asked.
     */
    if (!strcmp(egl->device, "software"))
        return verify_mapped(frame, layout->n_buffers);
    if (!egl->export)
        return -ENOTSUP;
    for (int i = 0; i < import->n_images; i++) {
        uint64_t identity = zc_frame_identity(frame, layout->plane[i].buffer);
        int result = verify_image(egl, import->image[i], identity);

        if (result != 1)
            return result;
    }
    return 1;
}
