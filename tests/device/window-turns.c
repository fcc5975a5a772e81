/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window-turns - a window of a real compositor that lets windows be smaller than the screen,
 * resized, hidden behind another and shown again: what each turn leaves. As root.
 *
 * Usage: window-turns TURNS
 */
#include "../open-fds.h"
#include "zerocopy.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 3
#define PATIENCE_NS INT64_C(60000000000)
#define NS_PER_MS 1000000
#define BUFINFO "/sys/kernel/debug/dma_buf/bufinfo"

struct window {
    struct zc_display *display;
    struct zc_frame *frame[FRAMES];
    int next;
};

static int fail(const char *what, int error)
{
    printf("window-turns: %s: %s\n", what, strerror(-error));
    return error;
}

static void close_window(struct window *window)
{
    zc_display_close(window->display);
    for (int i = 0; i < FRAMES; i++)
        zc_frame_unref(window->frame[i]);
    *window = (struct window){0};
}

static int open_window(struct window *window, struct zc_heap *heap, uint32_t width)
{
    struct zc_layout layout;
    int error;

    *window = (struct window){0};
    error =
        zc_layout_solve(&layout, zc_format_by_name("XR24"), width, width / 4 * 3, NULL);
    for (int i = 0; i < FRAMES && !error; i++)
        error = zc_frame_create(&window->frame[i], heap, &layout);
    if (!error)
        error = zc_display_open(&window->display,
                                &(struct zc_display_config){.path = "wayland",
                                                            .width = layout.width,
                                                            .height = layout.height});
    if (error)
        close_window(window);
    return error;
}

/* Once. -EAGAIN: nothing has come in time. */
static int turn(struct window *window, struct zc_frame **shown)
{
    struct pollfd wait = {zc_display_fd(window->display), POLLIN, 0};
    int64_t wait_ns = zc_display_wait_ns(window->display);

    *shown = NULL;
    poll(&wait, 1, wait_ns < 0 ? 100 : (int)(wait_ns / NS_PER_MS) + 1);
    return zc_display_dispatch(window->display, shown);
}

/* Commits the next, if it waits for none. */
static int commit(struct window *window)
{
    int error = 0;

    if (!zc_display_pending(window->display))
        error = zc_display_show(window->display, window->frame[window->next++ % FRAMES]);
    return error;
}

/* Until one is on screen that is committed from now on. */
static int show(struct window *window)
{
    int64_t from = zc_now_ns();
    struct zc_frame *shown = NULL;
    int error = 0;

    while (!error && zc_now_ns() - from < PATIENCE_NS) {
        error = commit(window);
        if (!error)
            error = turn(window, &shown);
        if (error == -EAGAIN)
            error = 0;
        if (shown && zc_frame_meta(shown)->at_ns[ZC_STAGE_COMMIT] >= from)
            return error;
    }
    return error ? error : -ETIMEDOUT;
}

static int resize(struct window *window)
{
    const struct zc_display_info *info = zc_display_info(window->display);
    bool was = info->fullscreen;
    uint32_t width = info->width;
    int64_t from = zc_now_ns();
    struct zc_display_event event;
    struct zc_frame *shown;
    int error = zc_display_set_fullscreen(window->display, !was);

    while (!error && (info->fullscreen == was || info->width == width)) {
        error = turn(window, &shown);
        if (error == -EAGAIN)
            error = zc_now_ns() - from < PATIENCE_NS ? 0 : -ETIMEDOUT;
        while (zc_display_next_event(window->display, &event))
            ;
    }
    return error ? error : show(window);
}

/* Behind another that fills the screen, for some frames of that. */
static int hide(struct window *window, struct zc_heap *heap)
{
    struct window before;
    int error = open_window(&before, heap, 640);

    if (error)
        return error;
    error = zc_display_set_fullscreen(before.display, true);
    for (int i = 0; i < 2 && !error; i++)
        error = show(&before);
    if (!error)
        error = commit(window);
    close_window(&before);
    return error ? error : show(window);
}

/* What there is: of this process, and in the system. */
static int count(char *text, size_t size)
{
    FILE *file = fopen(BUFINFO, "re");
    char line[256] = "";
    int fds = open_fds();

    while (file && fgets(line, sizeof(line), file))
        ;
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return snprintf(text, size, "%d fds, %s", fds - (file != NULL), line);
}

static int run(int turns)
{
    char before[300] = "", after[300] = "";
    struct zc_heap *heap = NULL;
    struct window window;
    int error = zc_heap_open(&heap, "system");

    if (error)
        return fail("no heap", error);
    error = open_window(&window, heap, 320);
    if (error) {
        zc_heap_close(heap);
        return fail("no window", error);
    }
    error = show(&window);
    for (int i = 0; i <= turns && !error; i++) {
        /* The first turn makes what stays. */
        if (i == 1)
            count(before, sizeof(before));
        error = resize(&window);
        if (!error)
            error = hide(&window, heap);
        if (error)
            printf("in turn %d: ", i);
    }
    count(after, sizeof(after));
    close_window(&window);
    zc_heap_close(heap);
    if (error)
        return fail("the window is not as it should be", error);
    printf("%d times resized and hidden: %s; before: %s\n", turns, after, before);
    return strcmp(before, after) ? -EBADF : 0;
}

int main(int argc, char **argv)
{
    int turns = argc == 2 ? atoi(argv[1]) : 0;

    if (turns > 0)
        return run(turns) ? 1 : 0;
    fprintf(stderr, "usage: window-turns TURNS\n");
    return 2;
}
