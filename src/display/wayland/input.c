/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* input - a seat's keyboard, by the user's keymap, and its pointer. */
#include "display/wayland/input.h"

#include <linux/input-event-codes.h>
#include <sys/mman.h>
#include <unistd.h>

/* What Linux calls a key has another number in keymaps: X11's, which has these below. */
#define X11_KEYS 8

static void tell(struct input *input, const struct zc_display_event *event)
{
    events_add(&input->display->events, event);
}

/* ---------------------------------------------------------------- keyboard */

static void on_keymap(void *data, struct wl_keyboard *keyboard, uint32_t format, int fd,
                      uint32_t bytes)
{
    struct input *input = data;
    char *text = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);

    (void)keyboard;
    close(fd);
    if (text == MAP_FAILED)
        return;
    xkb_state_unref(input->state);
    xkb_keymap_unref(input->keymap);
    input->state = NULL;
    input->keymap = NULL;
    if (format == WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1 && bytes)
        input->keymap = xkb_keymap_new_from_buffer(input->context, text, bytes - 1,
                                                   XKB_KEYMAP_FORMAT_TEXT_V1,
                                                   XKB_KEYMAP_COMPILE_NO_FLAGS);
    if (input->keymap)
        input->state = xkb_state_new(input->keymap);
    munmap(text, bytes);
}

static void on_keyboard_enter(void *data, struct wl_keyboard *keyboard, uint32_t serial,
                              struct wl_surface *surface, struct wl_array *keys)
{
    (void)data;
    (void)keyboard;
    (void)serial;
    (void)surface;
    (void)keys;
}

static void on_keyboard_leave(void *data, struct wl_keyboard *keyboard, uint32_t serial,
                              struct wl_surface *surface)
{
    (void)data;
    (void)keyboard;
    (void)serial;
    (void)surface;
}

static void on_key(void *data, struct wl_keyboard *keyboard, uint32_t serial,
                   uint32_t time_ms, uint32_t key, uint32_t state)
{
    struct input *input = data;
    struct zc_display_event event = {
        .kind = ZC_EVENT_KEY,
        .pressed = state == WL_KEYBOARD_KEY_STATE_PRESSED,
        .x = input->x,
        .y = input->y,
    };

    (void)keyboard;
    (void)serial;
    (void)time_ms;
    if (!input->state)
        return;
    event.code = xkb_state_key_get_one_sym(input->state, key + X11_KEYS);
    if (xkb_keysym_get_name(event.code, event.key, sizeof(event.key)) > 0)
        tell(input, &event);
}

static void on_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
                         uint32_t depressed, uint32_t latched, uint32_t locked,
                         uint32_t group)
{
    struct input *input = data;

    (void)keyboard;
    (void)serial;
    if (input->state)
        xkb_state_update_mask(input->state, depressed, latched, locked, 0, 0, group);
}

static void on_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate,
                      int32_t delay)
{
    (void)data;
    (void)keyboard;
    (void)rate;
    (void)delay;
}

static const struct wl_keyboard_listener keyboard_listener = {
    .keymap = on_keymap,
    .enter = on_keyboard_enter,
    .leave = on_keyboard_leave,
    .key = on_key,
    .modifiers = on_modifiers,
    .repeat_info = on_repeat,
};

/* ----------------------------------------------------------------- pointer */

static double pixels_of(const struct input *input)
{
    return (double)input->window->scale / WINDOW_SCALE_ONE;
}

static void tell_of_button(struct input *input, uint32_t button, bool pressed)
{
    const struct zc_display_event event = {
        .kind = ZC_EVENT_BUTTON,
        .code = button,
        .pressed = pressed,
        .x = input->x,
        .y = input->y,
    };

    tell(input, &event);
}

static void move(struct input *input, wl_fixed_t fixed_x, wl_fixed_t fixed_y)
{
    const struct box *frame = &input->surface->frame;
    double x = wl_fixed_to_double(fixed_x) + (input->on_bars ? 0 : frame->x);
    double y = wl_fixed_to_double(fixed_y) + (input->on_bars ? 0 : frame->y);
    struct zc_display_event event = {.kind = ZC_EVENT_MOTION};

    event.x = input->x = x * pixels_of(input);
    event.y = input->y = y * pixels_of(input);
    tell(input, &event);
    if (grip_motion(&input->grip, x, y))
        tell_of_button(input, BTN_LEFT, false);
}

static void on_pointer_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
                             struct wl_surface *surface, wl_fixed_t x, wl_fixed_t y)
{
    struct input *input = data;

    (void)pointer;
    (void)serial;
    input->on_bars = surface && surface == input->surface->bars.wl;
    move(input, x, y);
}

static void on_pointer_leave(void *data, struct wl_pointer *pointer, uint32_t serial,
                             struct wl_surface *surface)
{
    struct input *input = data;

    grip_leave(&input->grip);
    (void)pointer;
    (void)serial;
    (void)surface;
}

static void on_motion(void *data, struct wl_pointer *pointer, uint32_t time_ms,
                      wl_fixed_t x, wl_fixed_t y)
{
    (void)pointer;
    (void)time_ms;
    move(data, x, y);
}

static void on_button(void *data, struct wl_pointer *pointer, uint32_t serial,
                      uint32_t time_ms, uint32_t button, uint32_t state)
{
    struct input *input = data;
    bool pressed = state == WL_POINTER_BUTTON_STATE_PRESSED, is_its = false;

    (void)pointer;
    if (button == BTN_LEFT && pressed)
        is_its = grip_press(&input->grip, serial, time_ms, input->x / pixels_of(input),
                            input->y / pixels_of(input));
    else if (button == BTN_LEFT)
        is_its = grip_release(&input->grip);
    if (!is_its)
        tell_of_button(input, button, pressed);
}

static void on_axis(void *data, struct wl_pointer *pointer, uint32_t time_ms,
                    uint32_t axis, wl_fixed_t value)
{
    struct input *input = data;
    struct zc_display_event event = {
        .kind = ZC_EVENT_SCROLL,
        .x = input->x,
        .y = input->y,
    };

    (void)pointer;
    (void)time_ms;
    if (axis == WL_POINTER_AXIS_VERTICAL_SCROLL)
        event.scroll_y = wl_fixed_to_double(value);
    else
        event.scroll_x = wl_fixed_to_double(value);
    tell(input, &event);
}

static const struct wl_pointer_listener pointer_listener = {
    .enter = on_pointer_enter,
    .leave = on_pointer_leave,
    .motion = on_motion,
    .button = on_button,
    .axis = on_axis,
};

/* -------------------------------------------------------------------- seat */

static void drop_keyboard(struct input *input)
{
    if (input->keyboard &&
        wl_keyboard_get_version(input->keyboard) >= WL_KEYBOARD_RELEASE_SINCE_VERSION)
        wl_keyboard_release(input->keyboard);
    else if (input->keyboard)
        wl_keyboard_destroy(input->keyboard);
    input->keyboard = NULL;
}

static void drop_pointer(struct input *input)
{
    if (input->pointer &&
        wl_pointer_get_version(input->pointer) >= WL_POINTER_RELEASE_SINCE_VERSION)
        wl_pointer_release(input->pointer);
    else if (input->pointer)
        wl_pointer_destroy(input->pointer);
    input->pointer = NULL;
}

static void on_capabilities(void *data, struct wl_seat *seat, uint32_t has)
{
    struct input *input = data;

    if (!(has & WL_SEAT_CAPABILITY_KEYBOARD)) {
        drop_keyboard(input);
    } else if (!input->keyboard) {
        input->keyboard = wl_seat_get_keyboard(seat);
        wl_keyboard_add_listener(input->keyboard, &keyboard_listener, input);
    }
    if (!(has & WL_SEAT_CAPABILITY_POINTER)) {
        drop_pointer(input);
    } else if (!input->pointer) {
        input->pointer = wl_seat_get_pointer(seat);
        wl_pointer_add_listener(input->pointer, &pointer_listener, input);
    }
}

static void on_name(void *data, struct wl_seat *seat, const char *name)
{
    (void)data;
    (void)seat;
    (void)name;
}

static const struct wl_seat_listener seat_listener = {
    .capabilities = on_capabilities,
    .name = on_name,
};

void input_init(struct input *input, struct connection *connection, struct window *window,
                const struct surface *surface, struct zc_display *display)
{
    *input = (struct input){
        .display = display,
        .window = window,
        .surface = surface,
        .grip = {.window = window, .seat = connection->seat},
    };
    input->context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
    if (input->context && connection->seat)
        wl_seat_add_listener(connection->seat, &seat_listener, input);
}

void input_finish(struct input *input)
{
    drop_keyboard(input);
    drop_pointer(input);
    xkb_state_unref(input->state);
    xkb_keymap_unref(input->keymap);
    xkb_context_unref(input->context);
}
