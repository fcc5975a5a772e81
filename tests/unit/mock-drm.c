/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-drm - the objects of the card, and blobs. */
#include "mock-drm.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

struct mock_drm mock_drm;

#define CARD_BYTES (64 << 20)
#define FIRST_BLOB_OF_FORMATS 900
#define WRITEBACK_FORMATS 910

static const drmModeModeInfo modes[] = {
    {.clock = 65000,
     .hdisplay = 1024,
     .htotal = 1344,
     .vdisplay = 768,
     .vtotal = 806,
     .vrefresh = 60,
     .type = DRM_MODE_TYPE_PREFERRED,
     .name = "1024x768"},
    {.clock = 25175,
     .hdisplay = 640,
     .htotal = 800,
     .vdisplay = 480,
     .vtotal = 525,
     .vrefresh = 60,
     .name = "640x480"},
    {.clock = 31500,
     .hdisplay = 640,
     .htotal = 840,
     .vdisplay = 480,
     .vtotal = 500,
     .vrefresh = 75,
     .name = "640x480"},
    /* A width of which no stride is a multiple of much. */
    {.clock = 72000,
     .hdisplay = 1368,
     .htotal = 1502,
     .vdisplay = 768,
     .vtotal = 800,
     .vrefresh = 60,
     .name = "1368x768"},
};

struct format {
    uint32_t plane, fourcc;
    uint64_t modifier;
};

static const struct format formats[] = {
    {MOCK_PRIMARY, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR},
    {MOCK_PRIMARY, DRM_FORMAT_RGB565, I915_FORMAT_MOD_X_TILED},
    {MOCK_OVERLAY, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR},
    {MOCK_OVERLAY, DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR},
    {MOCK_CURSOR, DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR},
};

#define FORMATS ((int)(sizeof(formats) / sizeof(*formats)))

const drmModeModeInfo *mock_drm_modes(int *n)
{
    *n = sizeof(modes) / sizeof(*modes);
    return modes;
}

static void add_object(uint32_t id, uint32_t type, const char *const *props)
{
    struct mock_object *object = mock_drm.object;

    while (object->id)
        object++;
    object->id = id;
    object->type = type;
    for (; *props; props++)
        object->prop[object->n++].name = *props;
}

static void add_plane(uint32_t id, uint32_t type)
{
    static const char *const props[] = {"type",
                                        "FB_ID",
                                        "CRTC_ID",
                                        "SRC_X",
                                        "SRC_Y",
                                        "SRC_W",
                                        "SRC_H",
                                        "CRTC_X",
                                        "CRTC_Y",
                                        "CRTC_W",
                                        "CRTC_H",
                                        "rotation",
                                        "alpha",
                                        "IN_FENCE_FD",
                                        "zpos",
                                        "IN_FORMATS",
                                        "COLOR_ENCODING",
                                        "COLOR_RANGE",
                                        "pixel blend mode",
                                        NULL};

    add_object(id, DRM_MODE_OBJECT_PLANE, props);
    *mock_drm_value(id, "type") = type;
    *mock_drm_value(id, "rotation") = DRM_MODE_ROTATE_0;
    *mock_drm_value(id, "zpos") = MOCK_LOWEST + id - MOCK_PRIMARY;
    *mock_drm_value(id, "alpha") = 0xffff;
    *mock_drm_value(id, "IN_FENCE_FD") = -1;
    *mock_drm_value(id, "COLOR_ENCODING") = mock_drm_option("ITU-R BT.601 YCbCr");
    *mock_drm_value(id, "COLOR_RANGE") = mock_drm_option("YCbCr limited range");
    *mock_drm_value(id, "pixel blend mode") = mock_drm_option("Pre-multiplied");
    *mock_drm_value(id, "IN_FORMATS") = FIRST_BLOB_OF_FORMATS + id - MOCK_PRIMARY;
}

void mock_drm_reset(void)
{
    static const char *const connector[] = {
        "EDID", "CRTC_ID", "link-status", "Colorspace", "HDR_OUTPUT_METADATA", NULL};
    static const char *const crtc[] = {"ACTIVE",    "MODE_ID",     "DEGAMMA_LUT", "CTM",
                                       "GAMMA_LUT", "VRR_ENABLED", NULL};
    static const char *const writeback[] = {"CRTC_ID", "WRITEBACK_FB_ID",
                                            "WRITEBACK_OUT_FENCE_PTR",
                                            "WRITEBACK_PIXEL_FORMATS", NULL};

    mock_drm = (struct mock_drm){.n_cards = 1, .next_id = 100, .last_in_fence = -1};
    for (int i = 0; i < MOCK_CARDS; i++) {
        int fd;

        strcpy(mock_drm.path[i], "/tmp/zerocopy-card-XXXXXX");
        fd = mkstemp(mock_drm.path[i]);
        if (fd < 0 || ftruncate(fd, CARD_BYTES))
            abort();
        close(fd);
    }
    add_object(MOCK_CRTC, DRM_MODE_OBJECT_CRTC, crtc);
    add_object(MOCK_CONNECTOR, DRM_MODE_OBJECT_CONNECTOR, connector);
    add_object(MOCK_WRITEBACK, DRM_MODE_OBJECT_CONNECTOR, writeback);
    *mock_drm_value(MOCK_WRITEBACK, "WRITEBACK_PIXEL_FORMATS") = WRITEBACK_FORMATS;
    *mock_drm_value(MOCK_CONNECTOR, "Colorspace") = mock_drm_option("Default");
    add_plane(MOCK_PRIMARY, DRM_PLANE_TYPE_PRIMARY);
    add_plane(MOCK_OVERLAY, DRM_PLANE_TYPE_OVERLAY);
    add_plane(MOCK_CURSOR, DRM_PLANE_TYPE_CURSOR);
}

void mock_drm_finish(void)
{
    for (int i = 0; i < MOCK_CARDS; i++)
        unlink(mock_drm.path[i]);
    for (int i = 0; i < mock_drm.dumbs && i < MOCK_DUMBS; i++)
        close(mock_drm.dumb_fd[i]);
}

void mock_drm_light(void)
{
    drmModeModeInfo mode = modes[0];
    uint32_t blob = 0;

    mode.clock++; /* of their own making: in no list */
    mock_drm.fb[0] = (struct mock_fb){.id = MOCK_FOREIGN_FB,
                                      .width = 1024,
                                      .height = 768,
                                      .fourcc = DRM_FORMAT_XRGB8888};
    mock_drm.fb[1] = (struct mock_fb){.id = MOCK_FOREIGN_FB + 1,
                                      .width = 64,
                                      .height = 64,
                                      .fourcc = DRM_FORMAT_ARGB8888};
    drmModeCreatePropertyBlob(-1, &mode, sizeof(mode), &blob);
    mock_drm_blob(blob)->ours = false;
    *mock_drm_value(MOCK_CONNECTOR, "CRTC_ID") = MOCK_CRTC;
    *mock_drm_value(MOCK_CRTC, "ACTIVE") = 1;
    *mock_drm_value(MOCK_CRTC, "MODE_ID") = blob;
    for (int i = 0; i < 2; i++) {
        uint32_t plane = i ? MOCK_CURSOR : MOCK_PRIMARY;

        *mock_drm_value(plane, "FB_ID") = mock_drm.fb[i].id;
        *mock_drm_value(plane, "CRTC_ID") = MOCK_CRTC;
        *mock_drm_value(plane, "SRC_W") = (uint64_t)mock_drm.fb[i].width << 16;
        *mock_drm_value(plane, "SRC_H") = (uint64_t)mock_drm.fb[i].height << 16;
        *mock_drm_value(plane, "CRTC_W") = mock_drm.fb[i].width;
        *mock_drm_value(plane, "CRTC_H") = mock_drm.fb[i].height;
    }
    *mock_drm_value(MOCK_PRIMARY, "rotation") = DRM_MODE_ROTATE_180;
}

void mock_drm_tint(void)
{
    static const struct {
        uint32_t object;
        const char *name;
    } places[] = {{MOCK_CONNECTOR, "HDR_OUTPUT_METADATA"},
                  {MOCK_CRTC, "DEGAMMA_LUT"},
                  {MOCK_CRTC, "CTM"},
                  {MOCK_CRTC, "GAMMA_LUT"}};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
        uint32_t blob = 0;

        drmModeCreatePropertyBlob(-1, places[i].name, strlen(places[i].name), &blob);
        mock_drm_blob(blob)->ours = false;
        *mock_drm_value(places[i].object, places[i].name) = blob;
    }
    *mock_drm_value(MOCK_CONNECTOR, "Colorspace") = mock_drm_option("BT2020_RGB");
    *mock_drm_value(MOCK_CRTC, "VRR_ENABLED") = 1;
}

struct mock_object *mock_drm_object(uint32_t id)
{
    for (int i = 0; i < MOCK_OBJECTS; i++)
        if (mock_drm.object[i].id == id)
            return &mock_drm.object[i];
    return NULL;
}

uint64_t *mock_drm_value(uint32_t id, const char *name)
{
    struct mock_object *object = mock_drm_object(id);

    for (int i = 0; object && i < object->n; i++)
        if (!strcmp(object->prop[i].name, name))
            return &object->prop[i].value;
    return NULL;
}

struct mock_fb *mock_drm_fb(uint32_t id)
{
    for (int i = 0; i < MOCK_FBS; i++)
        if (id && mock_drm.fb[i].id == id)
            return &mock_drm.fb[i];
    return NULL;
}

struct mock_blob *mock_drm_blob(uint32_t id)
{
    for (int i = 0; i < MOCK_BLOBS; i++)
        if (id && mock_drm.blob[i].id == id)
            return &mock_drm.blob[i];
    return NULL;
}

/* As the card's planes list it. */
static uint64_t modifier_of(const struct format *format)
{
    return format->fourcc == DRM_FORMAT_XRGB8888 && mock_drm.only_modifier
               ? mock_drm.only_modifier
               : format->modifier;
}

bool mock_drm_plane_has(uint32_t plane, uint32_t fourcc, uint64_t modifier)
{
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].plane == plane && formats[i].fourcc == fourcc &&
            modifier_of(&formats[i]) == modifier)
            return true;
    return false;
}

int mock_drm_leaks(void)
{
    int n = mock_drm.reqs;

    for (int i = 0; i < MOCK_HANDLES; i++)
        n += mock_drm.handle[i] != 0;
    for (int i = 0; i < MOCK_FBS; i++)
        n += mock_drm.fb[i].id >= 100 && !mock_drm.fb[i].forgotten;
    for (int i = 0; i < MOCK_BLOBS; i++)
        n += mock_drm.blob[i].id && mock_drm.blob[i].ours;
    return n;
}

drmModePlanePtr drmModeGetPlane(int fd, uint32_t id)
{
    drmModePlane *plane = calloc(1, sizeof(*plane));

    (void)fd;
    plane->plane_id = id;
    plane->possible_crtcs = 1;
    plane->formats = calloc(FORMATS, sizeof(uint32_t));
    for (int i = 0; i < FORMATS; i++)
        if (formats[i].plane == id)
            plane->formats[plane->count_formats++] = formats[i].fourcc;
    return plane;
}

void drmModeFreePlane(drmModePlanePtr plane)
{
    free(plane->formats);
    free(plane);
}

/* One that never was, else one that is nobody's. */
static struct mock_blob *free_blob(void)
{
    for (int i = 0; i < MOCK_BLOBS; i++)
        if (!mock_drm.blob[i].id)
            return &mock_drm.blob[i];
    for (int i = 0; i < MOCK_BLOBS; i++)
        if (!mock_drm.blob[i].ours &&
            mock_drm.blob[i].id != *mock_drm_value(MOCK_CRTC, "MODE_ID"))
            return &mock_drm.blob[i];
    abort();
}

int drmModeCreatePropertyBlob(int fd, const void *data, size_t size, uint32_t *id)
{
    struct mock_blob *blob = free_blob();

    (void)fd;
    if (mock_drm.blob_error)
        return -mock_drm.blob_error;
    blob->length = size;
    blob->ours = true;
    memcpy(blob->data, data, size);
    *id = blob->id = mock_drm.next_id++;
    return 0;
}

/* The kernel keeps a blob that the CRTC uses: so does this, as nobody's. */
int drmModeDestroyPropertyBlob(int fd, uint32_t id)
{
    struct mock_blob *blob = mock_drm_blob(id);

    (void)fd;
    if (!blob)
        return -ENOENT;
    blob->ours = false;
    return 0;
}

drmModePropertyBlobPtr drmModeGetPropertyBlob(int fd, uint32_t id)
{
    static const uint32_t writable[] = {DRM_FORMAT_RGB565, DRM_FORMAT_XRGB8888};
    const struct mock_blob *blob = mock_drm_blob(id);
    drmModePropertyBlobRes *out = calloc(1, sizeof(*out));

    (void)fd;
    out->id = id;
    if (blob) {
        out->length = blob->length;
        out->data = malloc(blob->length);
        memcpy(out->data, blob->data, blob->length);
    } else if (id == WRITEBACK_FORMATS) {
        out->length = sizeof(writable);
        out->data = malloc(sizeof(writable));
        memcpy(out->data, writable, sizeof(writable));
    }
    return out;
}

void drmModeFreePropertyBlob(drmModePropertyBlobPtr blob)
{
    if (blob)
        free(blob->data);
    free(blob);
}

bool drmModeFormatModifierBlobIterNext(const drmModePropertyBlobRes *blob,
                                       drmModeFormatModifierIterator *at)
{
    uint32_t plane = blob->id - FIRST_BLOB_OF_FORMATS + MOCK_PRIMARY;

    while (at->fmt_idx < (uint32_t)FORMATS) {
        const struct format *format = &formats[at->fmt_idx++];

        if (format->plane != plane)
            continue;
        at->fmt = format->fourcc;
        at->mod = modifier_of(format);
        return true;
    }
    return false;
}
