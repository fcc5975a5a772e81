/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* picture - what libpng reads back, and what is left of a picture that failed. */
#include "fake-frame.h"
#include "test.h"
#include "tools/picture/picture.h"

#include <dirent.h>
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH 7
#define HEIGHT 5

/* A folder and a frame in it, padded on the right with what must not be seen. */
struct place {
    char folder[64];
    char path[128];
    struct zc_frame frame;
};

static char last_error[1024];

static void keep(enum zc_log_level level, const char *message, void *user)
{
    (void)user;
    if (level == ZC_LOG_ERROR)
        snprintf(last_error, sizeof(last_error), "%s", message);
}

static uint8_t value(int x, int y, int component)
{
    return 40 * component + 17 * x + 5 * y + 1;
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    struct zc_frame *frame = &place->frame;

    strcpy(place->folder, "/tmp/zc-picture-XXXXXX");
    if (!mkdtemp(place->folder))
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/out.png", place->folder);
    zc_layout_solve(&frame->layout, zc_format_by_name("XR24"), WIDTH, HEIGHT,
                    &(struct zc_align){.stride = 64});
    frame->pixels = malloc(frame->layout.bytes[0]);
    memset(frame->pixels, 0xee, frame->layout.bytes[0]);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int i = 0; i < 3; i++) /* blue, green, red */
                frame->pixels[64 * y + 4 * x + i] = value(x, y, 2 - i);
    last_error[0] = '\0';
    zc_log_set(ZC_LOG_DEBUG, keep, NULL);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    unlink(place->path);
    rmdir(place->folder);
    free(place->frame.pixels);
    free(place);
    return 0;
}

static int files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    int n = 0;

    for (struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void assert_png(const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint8_t pixels[HEIGHT][WIDTH][3];

    assert_true(png_image_begin_read_from_file(&image, path));
    assert_int_equal(image.width, WIDTH);
    assert_int_equal(image.height, HEIGHT);
    assert_int_equal(image.format, PNG_FORMAT_RGB);
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int i = 0; i < 3; i++)
                assert_int_equal(pixels[y][x][i], value(x, y, i));
}

static void pixels_come_back(void **state)
{
    struct place *place = *state;

    assert_int_equal(picture_write_png(&place->frame, place->path), 0);
    assert_png(place->path);
    assert_int_equal(files_in(place->folder), 1);
    assert_int_equal(place->frame.begun, 1);
    assert_int_equal(place->frame.ended, 1);
    assert_int_equal(place->frame.access, ZC_CPU_READ);
}

static void older_file_is_replaced(void **state)
{
    struct place *place = *state;
    FILE *file = fopen(place->path, "w");

    fputs("older", file);
    fclose(file);
    assert_int_equal(picture_write_png(&place->frame, place->path), 0);
    assert_png(place->path);
    assert_int_equal(files_in(place->folder), 1);
}

static void umask_gives_the_permissions(void **state)
{
    struct place *place = *state;
    mode_t before = umask(027);
    struct stat written;

    assert_int_equal(picture_write_png(&place->frame, place->path), 0);
    umask(before);
    assert_int_equal(stat(place->path, &written), 0);
    assert_int_equal(written.st_mode & 0777, 0640);
}

static void other_formats_are_refused(void **state)
{
    struct place *place = *state;

    place->frame.layout.format = zc_format_by_name("NV12");
    assert_int_equal(picture_write_png(&place->frame, place->path), -ENOTSUP);
    assert_non_null(strstr(last_error, "not NV12"));
    assert_int_equal(place->frame.begun, 0);
    assert_int_equal(files_in(place->folder), 0);
}

static void tiled_frames_are_refused(void **state)
{
    struct place *place = *state;

    place->frame.layout.modifier = 1;
    assert_int_equal(picture_write_png(&place->frame, place->path), -ENOTSUP);
    assert_int_equal(place->frame.begun, 0);
}

static void missing_folder_is_said(void **state)
{
    struct place *place = *state;

    assert_int_equal(picture_write_png(&place->frame, "/nowhere/out.png"), -ENOENT);
    assert_non_null(strstr(last_error, "/nowhere/out.png"));
    assert_int_equal(place->frame.begun, 0);
}

static void unmappable_frame_leaves_no_file(void **state)
{
    struct place *place = *state;

    place->frame.begin_error = -ENODEV;
    assert_int_equal(picture_write_png(&place->frame, place->path), -ENODEV);
    assert_int_equal(place->frame.ended, 0);
    assert_int_equal(files_in(place->folder), 0);
}

static void failed_end_leaves_no_file(void **state)
{
    struct place *place = *state;

    place->frame.end_error = -EIO;
    assert_int_equal(picture_write_png(&place->frame, place->path), -EIO);
    assert_int_equal(files_in(place->folder), 0);
}

static void full_device_is_said_and_kept(void **state)
{
    struct place *place = *state;
    struct stat node;

    if (access("/dev/full", W_OK))
        skip();
    assert_int_equal(picture_write_png(&place->frame, "/dev/full"), -ENOSPC);
    assert_non_null(strstr(last_error, strerror(ENOSPC)));
    assert_int_equal(place->frame.ended, 1);
    assert_int_equal(stat("/dev/full", &node), 0);
    assert_true(S_ISCHR(node.st_mode));
}

/* libpng reports it in the middle of the rows, by a jump. */
static void full_device_in_the_middle_of_rows(void **state)
{
    struct zc_frame frame = {0};
    uint32_t noise = 1;

    (void)state;
    if (access("/dev/full", W_OK))
        skip();
    zc_layout_solve(&frame.layout, zc_format_by_name("XR24"), 256, 256, NULL);
    frame.pixels = malloc(frame.layout.bytes[0]);
    for (size_t i = 0; i < frame.layout.bytes[0]; i++)
        frame.pixels[i] = (noise = noise * 1664525 + 1013904223) >> 24;
    assert_int_equal(picture_write_png(&frame, "/dev/full"), -ENOSPC);
    assert_int_equal(frame.ended, 1);
    free(frame.pixels);
}

static void folder_in_the_way_leaves_no_part(void **state)
{
    struct place *place = *state;

    assert_int_equal(picture_write_png(&place->frame, place->folder), -EISDIR);
    assert_int_equal(files_in(place->folder), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(pixels_come_back),
    TEST(older_file_is_replaced),
    TEST(umask_gives_the_permissions),
    TEST(other_formats_are_refused),
    TEST(tiled_frames_are_refused),
    TEST(missing_folder_is_said),
    TEST(unmappable_frame_leaves_no_file),
    TEST(failed_end_leaves_no_file),
    TEST(full_device_is_said_and_kept),
    TEST(full_device_in_the_middle_of_rows),
    TEST(folder_in_the_way_leaves_no_part),
};
TEST_MAIN("picture", tests)
