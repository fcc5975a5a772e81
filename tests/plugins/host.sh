#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# host.sh: the plugin's tests that need no device, and the window's, with the GStreamer and the
# Wayland that are here: in a board's root (see in-root), where they are others than this
# machine's. Each test tells "ok NAME", "FAIL NAME: why" or "skip NAME: why".
#
# Usage: host.sh [BUILD-FOLDER]
set -uo pipefail

tree=$(realpath "$(dirname "$0")/../..")
build=${1:-$tree/build/boards/${ZC_BOARD:?give the build folder, or run it on a board}}
. "$tree/tests/report.sh"

work=$(mktemp -d -t zerocopy-host.XXXXXX)
trap 'rm -rf "$work"' EXIT

# As meson.build has it: results as TAP; and the plugin that is tested is the program's
# own, so none is loaded.
unset GST_PLUGIN_PATH
export CMOCKA_MESSAGE_OUTPUT=TAP CK_TAP_LOG_FILE_NAME=- CK_VERBOSITY=silent
export CK_DEFAULT_TIMEOUT=300 G_SLICE=always-malloc GST_PLUGIN_SYSTEM_PATH=''
export GST_REGISTRY_UPDATE=no GST_REGISTRY_FORK=no GST_REGISTRY=$work/registry

# TAP of the program $1 as results; libcheck names the file and the test case, too.
results() {
    sed -nE "s/^(not )?ok [0-9]+ .*# *SKIP *(.*)/skip $1: \2/p; t
        s/^ok [0-9]+ - (\S+\.c:\w+:(\w+): .*|(.*))/ok $1: \2\3/p
        s/^not ok [0-9]+ - \S+\.c:\w+:(\w+): (.*)/FAIL $1: \1: \2/p; t
        s/^not ok [0-9]+ - (.*)/FAIL $1: \1: see below/p"
}

ran=0
for program in "$build"/tests/{plugins/test-plugin-,unit/test-wayland}*; do
    name=${program##*/test-}
    [ -f "$program" ] || continue
    ran=$((ran + 1)) got=0
    timeout -k 5 600 "$program" >"$work/out" 2>"$work/err" || got=$?
    results "$name" <"$work/out" >"$work/told"
    cat "$work/told"
    planned=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$work/out" | awk '{n += $1} END {print n + 0}')
    told=$(grep -c . "$work/told")
    # As many as were planned, and some.
    if [ "$planned" = 0 ] || [ "$told" != "$planned" ]; then
        fail "told of $told of $planned tests"
    elif [ $got != 0 ]; then
        grep -q ^FAIL "$work/told" || fail "exit code $got"
        failed=1
    fi
    [ $got = 0 ] || sed 's/^/    /' "$work/out" "$work/err"
done
name=host
[ $ran != 0 ] || fail "no program is built"
exit $failed
