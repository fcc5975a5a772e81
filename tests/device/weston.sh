# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# weston: a compositor, on vkms or with no display, to be started and ended. To be sourced
# after report.sh and state.sh, in a folder of one's own, $work.

weston=''
# shellcheck disable=SC2154,SC2034 # card: of state.sh; on_vkms: of who sources it
on_vkms="--backend=drm --drm-device=${card##*/}"

# weston_config WxH [SHELL]: windows fill the screen, which has that size, where the shell is
# kiosk, as it is without one. No input device.
weston_config() {
    # shellcheck disable=SC2154 # work: of who sources it
    mkdir -p -m 700 "$work/run"
    export XDG_RUNTIME_DIR=$work/run WAYLAND_DISPLAY=wayland-zc
    cat >"$work/weston.ini" <<END
[core]
shell=${2:-kiosk}-shell.so
idle-time=0
require-input=false
[shell]
panel-position=none
startup-animation=none
close-animation=none
[output]
name=Virtual-1
mode=$1
END
}

# weston_begin OPTION…: returns when it serves. It has no console, and lets screenshots be made.
weston_begin() {
    local i
    rm -f weston.log
    LIBSEAT_BACKEND=builtin SEATD_VTBOUND=0 weston --config="$work/weston.ini" \
        --socket="$WAYLAND_DISPLAY" --debug --log="$work/weston.log" "$@" \
        >/dev/null 2>weston.err &
    weston=$!
    # It serves once it has loaded this, and has drawn something, which takes long in software.
    for ((i = 0; i < 300; i++)); do
        ! grep -qs -- '-shell.so' weston.log ||
            ! timeout 200 weston-screenshooter >/dev/null 2>&1 || return 0
        kill -0 $weston 2>/dev/null || break
        sleep 0.2
    done
    fail "weston does not start: $(tail -n 3 weston.log weston.err | tr '\n' ' ')"
}

# weston_end [SIGNAL]
weston_end() {
    [ -n "$weston" ] || return 0
    kill "-${1:-TERM}" "$weston" 2>/dev/null
    wait "$weston" 2>/dev/null
    weston=''
    rm -f "$XDG_RUNTIME_DIR"/wayland-*
}
