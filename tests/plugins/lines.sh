# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# lines: launch lines, proven by `line`. To be sourced, as stage.sh, which comes with it.
. "$(dirname "${BASH_SOURCE[0]}")/stage.sh"

line=$build/tests/plugins/line

# A line runs, and is what OPTIONS of `line` say; nothing of it is left.
# holds NAME OPTIONS COMMAND…
holds() {
    local options=$2 before
    name=$1
    shift 2
    before=$(dma_bufs)
    LINE_OPTIONS=$options timeout -k 5 180 "$@" >out 2>err ||
        fail "$(tail -n 1 out) $(grep -a -m 1 error err)" || { cat err >&2; return; }
    [ "$(dma_bufs)" = "$before" ] ||
        fail "dma-bufs: before $before, after $(dma_bufs)" || return
    pass
}
