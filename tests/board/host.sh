# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# host: makes the board and works in its root, for who runs as any user.

store=${XDG_CACHE_HOME:-$HOME/.cache}/zerocopy/boards

# Runs a command as root, in process and mount namespaces that end with it.
with_root() {
    local apart=(setpriv --pdeathsig KILL
        unshare --mount --pid --fork --kill-child --mount-proc)
    if [ "$(id -u)" = 0 ]; then
        child "${apart[@]}" "$@"
    else
        child sudo "${apart[@]}" "$@"
    fi
}

# Runs a command that is ended with us, if we end first: by end_child, in a trap.
child() {
    local rc=0
    "$@" &
    child=$!
    wait "$child" || rc=$?
    child=
    return $rc
}

end_child() {
    [ -n "${child:-}" ] || return 0
    # unshare takes no milder signal.
    if [ "$(id -u)" = 0 ]; then kill -KILL "$child"; else sudo -n kill -KILL "$child"; fi
    wait "$child" 2>/dev/null
}

make_board() {
    local name
    # shellcheck disable=SC2086
    "$tree/tests/packages" board $arch && mkdir -p "$cache" "$base" || return 1
    for name in $(steps); do
        is_made "$name" && continue
        with_root "$here/prepare" "$board" "$store" || return 1
        break
    done
}
