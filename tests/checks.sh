# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# checks: what a script of checks tells, for tests/run to read, and what checks say to fail.
# To be sourced, where $about says whose checks they are and /tmp is nobody else's.

# Tells of a check: a function that succeeds, or fails and says why last, or
# returns 77 as it cannot be done here.
# shellcheck disable=SC2154 # about: of who sources it
check() {
    local name="$about: $1" rc=0
    shift
    "$@" >/tmp/log 2>&1 || rc=$?
    case $rc in
    0) echo "ok $name" ;;
    77) echo "skip $name: $(tail -n 1 /tmp/log)" ;;
    *)
        echo "FAIL $name: $(tail -n 1 /tmp/log)"
        tail -n 40 /tmp/log | sed 's/^/    /'
        return 1
        ;;
    esac
}

because() {
    echo "$*"
    return 1
}

# All of what it is given is read, so that nobody writes to a closed pipe.
says() {
    grep -F -- "$1" || because "\"$1\" is not said"
}

is() {
    diff <(echo "$1") <(echo "$2") || because "not the same"
}
