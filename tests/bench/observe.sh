#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# observe.sh: tests of the observation of other programs; on a virtual board, or as root on
# any machine that has a vivid camera and a free display of vkms.
# Each test tells "ok NAME", "FAIL NAME: why" or "skip NAME: why".
#
# Usage: observe.sh [BUILD-FOLDER [TEST…]]
set -uo pipefail

tree=$(realpath "$(dirname "$0")/../..")
build=${1:-$tree/build/boards/${ZC_BOARD:?give the build folder, or run it on a board}}
[ $# = 0 ] || shift
demo=$build/samples/camera-to-display
program=$build/tests/bench/observe-raw
camera=/dev/video0
. "$tree/tests/report.sh"

work=$(mktemp -d -t zerocopy-observe.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# Observes; the exit code must be $1, and the rest are its arguments.
observe() {
    local want=$1 got=0
    shift
    timeout -k 5 120 "$program" "$@" >out 2>err || got=$?
    [ "$got" = "$want" ] || {
        fail "exit code $got, not $want: $(tail -n 3 err | tr '\n' ' ')"
        return 1
    }
}

# What was measured under a name.
value() {
    awk -v name="$1" '$1 == name { print $2 }' out
}

# The median latency of the frames shown, as the program says it itself.
own_p50() {
    awk '/"name": "latency of shown"/ { inside = 1 }
        inside && $1 == "\"p50\":" { sub(",", "", $2); print $2; exit }' made/run.json
}

# Whether two times are no further apart than a millisecond. A stall of this machine moves
# the frames of some refreshes: what does not agree is tried again, so many times.
tries=3
near() {
    local apart=$(($1 - $2))
    [ "${apart#-}" -le 1000000 ]
}

is() {
    [ "$(value "$1")" = "$2" ] || fail "$1 is $(value "$1"), not $2"
}

# vivid stamps a frame a little after it has given it away: now and then one is taken
# before, and has no time.
no_fault() {
    local untimed
    untimed=$(value untimed)
    [ $((untimed * 50)) -le "$(value shown)" ] || fail "untimed is $untimed" || return
    is unread 0 && is out_of_order 0 && is restarts 0 && is trace_lost 0 &&
        is dark 0 && is latency.n $(($(value shown) - untimed))
}

# By the program's own report of the same frames, but for those before the first look.
# agrees SECONDS OPTION…
agrees() {
    local try seconds=$1 seen said
    shift
    for ((try = 1; try <= tries; try++)); do
        rm -rf made
        observe 0 --seconds "$seconds" -- "$demo" "$@" --seconds 60 --out made && no_fault ||
            return
        seen=$(value latency.p50) said=$(own_p50)
        ! near "$seen" "$said" || return 0
    done
    fail "medians: $seen seen from outside, and $said said by the program, ns"
}

agrees_path() {
    name=observe-agrees-$1
    agrees 8 --path "$1" &&
        pass "p50 $(value latency.p50) ns, of its own $(own_p50) ns;\
 uncertain $(value uncertain), looks p50 $(value look.p50) ns"
}

test_agrees_direct() {
    agrees_path direct
}

test_agrees_copy() {
    agrees_path copy
}

# How long after its capture a frame was committed, ns: each says by when it came to the
# screen that it was in the refresh before that; what most of them agree in is told, and
# how many do, in percent.
commit_delay() {
    awk '
        $1 == "refresh_mhz" { refresh = 1e12 / $2 }
        $1 == "sample" { printf "%d -1\n%d 1\n", $3, $3 - refresh }' out |
        sort -n | awk '
        at_most { to = $1; at_most = 0 }
        { count += $2 }
        count > most { most = count; from = $1; at_most = 1 }
        END { printf "%d %d\n", (from + to) / 2, most * 200 / NR }'
}

# Sets delay to what is found of DELAY_US=$1. A machine that is too busy stalls the board so
# that frames do not agree: then it is tried again. At 25 frames a second, five phases of
# the refresh and soon all between them come by.
find_delay() {
    local try agree
    for try in 1 2 3 4 5; do
        observe 0 --samples --seconds 8 -- env DELAY_US="$1" \
            LD_PRELOAD="$build/tests/bench/libdelay.so" \
            "$demo" --path direct --fps 25 --seconds 60 --out made || return
        no_fault || return
        read -r delay agree < <(commit_delay)
        [ "$agree" -lt 95 ] || return 0
    done
    echo "skip $name: this machine is too busy: of $try times, only $agree % of the frames agreed"
    return 1
}

test_delay() {
    local delay before try
    name=observe-finds-20-ms
    for ((try = 1; try <= tries; try++)); do
        find_delay 0 || return
        before=$delay
        find_delay 20000 || return
        if near $((delay - before)) 20000000; then
            pass "$before, then $delay ns: $((delay - before))"
            return
        fi
    done
    fail "$before, then $delay ns: $((delay - before))"
}

# What other programs do: legacy ioctls that wait, and other formats.
test_others() {
    local format
    name=observe-kmssink
    if command -v gst-launch-1.0 >/dev/null; then
        observe 0 --seconds 4 -- gst-launch-1.0 -q v4l2src device=$camera io-mode=dmabuf ! \
            video/x-raw,format=BGRx,width=640,height=480 ! kmssink driver-name=vkms \
            sync=false && no_fault &&
            pass "$(value shown) frames, p50 $(value latency.p50) ns, uncertain\
 $(value uncertain)"
    else
        echo "skip $name: no GStreamer"
    fi
    for format in RG16 XR24; do
        name=observe-format-$format
        agrees 3 --path direct --format $format || continue
        if grep -q "^text .* $format$" out; then
            pass
        else
            fail "$(grep '^text ' out)"
        fi
    done
}

# Nothing of a program that is observed, and of the camera, is left as it was not.
test_leaves_nothing() {
    local before after
    name=observe-leaves-nothing
    v4l2-ctl -d $camera --set-fmt-video=width=320,height=180,pixelformat=YUYV -p 25 >/dev/null
    before=$(v4l2-ctl -d $camera --get-fmt-video --get-parm)
    observe 1 --seconds 1 -- sleep 2
    after=$(v4l2-ctl -d $camera --get-fmt-video --get-parm)
    [ "$before" = "$after" ] || { fail "the camera's mode: $before; then $after"; return; }
    [ -z "$(ls /sys/kernel/tracing/instances)" ] || { fail "an instance of the trace"; return; }
    grep -q "ended before a frame was seen" err || { fail "$(cat err)"; return; }
    pass

    name=observe-killed
    "$program" --seconds 60 -- "$demo" --path direct --seconds 50 --out made >out 2>err &
    sleep 6
    kill -KILL $!
    wait $! 2>/dev/null
    sleep 1
    if pgrep -x camera-to-displ >/dev/null; then
        fail "the program lives on"
        pkill -x camera-to-displ
    else
        pass
    fi
}

test_interrupt() {
    name=observe-interrupted
    rm -rf made
    "$program" --seconds 60 -- "$demo" --path direct --seconds 50 --out made >out 2>err &
    sleep 8
    kill -INT $!
    wait $!
    [ "$(value shown)" -gt 30 ] && [ -e made/run.json ] && pass ||
        fail "shown $(value shown); $(cat err)"
}

test_errors() {
    name=observe-no-such-command
    observe 1 -- /nonsense && grep -q "No such file" err && pass
    name=observe-no-such-camera
    observe 1 --camera /dev/video99 -- "$demo" && grep -q /dev/video99 err && pass
    name=observe-fails-early
    observe 1 -- false && grep -q "exit code 1" err && pass
}

tests=("$@")
[ $# -gt 0 ] || tests=(agrees_direct agrees_copy delay others leaves_nothing interrupt errors)
for each in "${tests[@]}"; do
    "test_$each"
done
exit $failed
