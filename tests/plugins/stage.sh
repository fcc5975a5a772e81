# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# stage: where lines of GStreamer run: with the plugin that was built, in a folder of their
# own, $work, that goes in the end. To be sourced by a script whose first argument, if it has
# any, is the build folder; the others stay.
tree=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
build=${1:-$tree/build/boards/${ZC_BOARD:?give the build folder, or run it on a board}}
[ $# = 0 ] || shift
. "$tree/tests/report.sh"
. "$tree/tests/device/state.sh"

export GST_PLUGIN_PATH=$build/plugins
work=$(mktemp -d -t zerocopy-plugins.XXXXXX)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# A board has one: what is in it need not be looked for.
export GST_REGISTRY=${GST_REGISTRY:-$work/registry}

# Runs a pipeline, which must end well. What it says is in out.
launch() {
    local got=0
    timeout -k 5 180 gst-launch-1.0 "$@" >out 2>&1 || got=$?
    [ "$got" = 0 ] || fail "exit code $got: $(grep -m 1 ERROR out)"
}

says() {
    grep -qF -- "$1" out || fail "no \"$1\" in what it said: $(tail -n 5 out | tr '\n' ' ')"
}
