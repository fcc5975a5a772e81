# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# demo: runs the demo, and reads what it said. To be sourced after report.sh, in a folder of
# one's own, $work, and with $build.

# shellcheck disable=SC2154 # build, work: of who sources it
demo=$build/samples/camera-to-display

# Runs the demo; its exit code must be $1. Output in out and err.
demo() {
    local want=$1 got=0
    shift
    timeout -k 5 300 "$demo" --out "$work/made" "$@" >out 2>err || got=$?
    [ "$got" = "$want" ] || {
        fail "exit code $got, not $want: $(tail -n 2 err | tr '\n' ' ')"
        return 1
    }
}

says() {
    grep -qF -- "$2" "$1" || fail "no \"$2\" in what it said: $(tail -n 3 "$1" | tr '\n' ' ')"
}
