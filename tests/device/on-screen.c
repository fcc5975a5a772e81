/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * on-screen - what vkms shows, whoever is its master: the pixels, and the dma-buf that they
 * are in. As root.
 *
 * Usage: on-screen FILE            writes XR24 pixels, row after row, and says the dma-buf's
 *                                  inode, width and height
 *        on-screen FILE FILE MOST  of such a file or a PNG: says by how much red, green and
 *                                  blue differ at most, and fails where that is more than MOST
 */
#include "../plugins/screen.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <linux/dma-buf.h>
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static int fail(const char *what, int error)
{
    fprintf(stderr, "on-screen: %s: %s\n", what, strerror(error));
    return 1;
}

static int write_rows(const struct screen *screen, const uint8_t *at, FILE *file)
{
    size_t n = 0;

    for (uint32_t y = 0; y < screen->height; y++)
        n += fwrite(at + (size_t)y * screen->pitch, 4 * screen->width, 1, file);
    return n == screen->height ? 0 : fail("not written", errno);
}

static int save_pixels(const struct screen *screen, FILE *file)
{
    struct dma_buf_sync sync = {.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ};
    size_t bytes = screen->offset + (size_t)screen->pitch * screen->height;
    uint8_t *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, screen->fd, 0);
    int result;

    if (map == MAP_FAILED)
        return fail("the screen's pixels cannot be mapped", errno);
    ioctl(screen->fd, DMA_BUF_IOCTL_SYNC, &sync);
    result = write_rows(screen, map + screen->offset, file);
    sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
    ioctl(screen->fd, DMA_BUF_IOCTL_SYNC, &sync);
    munmap(map, bytes);
    return result;
}

static int save(const char *path)
{
    struct screen screen;
    int error = screen_look("vkms", &screen);
    FILE *file;

    if (error)
        return fail("nothing is on screen", -error);
    if (screen.fourcc != DRM_FORMAT_XRGB8888 && screen.fourcc != DRM_FORMAT_ARGB8888)
        return fail("its pixels are of another format than XR24", EINVAL);
    file = fopen(path, "w");
    if (!file)
        return fail(path, errno);
    error = save_pixels(&screen, file);
    if (fclose(file) && !error)
        error = fail(path, errno);
    if (!error)
        printf("%llu %u %u\n", (unsigned long long)screen.inode, screen.width,
               screen.height);
    return error;
}

/* Pixels as on-screen writes them, or of a PNG. */
struct picture {
    uint8_t *pixels;
    size_t bytes;
};

static bool load_png(const char *path, struct picture *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    if (!png_image_begin_read_from_file(&image, path))
        return false;
    image.format = PNG_FORMAT_BGRA;
    picture->bytes = PNG_IMAGE_SIZE(image);
    picture->pixels = malloc(picture->bytes);
    return picture->pixels &&
           png_image_finish_read(&image, NULL, picture->pixels, 0, NULL);
}

static bool load_raw(const char *path, struct picture *picture)
{
    FILE *file = fopen(path, "r");
    struct stat size;
    bool done;

    if (!file || fstat(fileno(file), &size))
        return false;
    picture->bytes = size.st_size;
    picture->pixels = malloc(picture->bytes);
    done = picture->pixels &&
           fread(picture->pixels, 1, picture->bytes, file) == picture->bytes;
    fclose(file);
    return done;
}

static bool load(const char *path, struct picture *picture)
{
    const char *end = strrchr(path, '.');

    *picture = (struct picture){0};
    return end && !strcmp(end, ".png") ? load_png(path, picture)
                                       : load_raw(path, picture);
}

static int worst_of(const struct picture *a, const struct picture *b)
{
    int worst = 0;

    for (size_t i = 0; i < a->bytes; i++) {
        int apart = abs(a->pixels[i] - b->pixels[i]);

        /* Each fourth byte is nobody's. */
        if (i % 4 < 3 && apart > worst)
            worst = apart;
    }
    return worst;
}

static int compare(const char *a_path, const char *b_path, int most)
{
    struct picture a, b;
    int worst;

    if (!load(a_path, &a) || !load(b_path, &b))
        return fail("cannot read what is to be compared", EIO);
    if (!a.bytes || a.bytes != b.bytes)
        return fail("the pictures are of different sizes, or empty", EINVAL);
    worst = worst_of(&a, &b);
    free(a.pixels);
    free(b.pixels);
    printf("%d\n", worst);
    return worst > most;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return save(argv[1]);
    if (argc == 4)
        return compare(argv[1], argv[2], atoi(argv[3]));
    fprintf(stderr, "usage: on-screen FILE [FILE MOST]\n");
    return 2;
}
