# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# report: what a test in shell tells, for tests/run to read: "ok NAME" or
# "FAIL NAME: why", of the test that $name is; $failed is 1 once one has failed.
# To be sourced.

# shellcheck disable=SC2034 # who sources it ends with it
failed=0

# fail WHY…: false, for chains of && and ||.
# shellcheck disable=SC2154 # name: of who sources it
fail() {
    echo "FAIL $name: $*"
    failed=1
    return 1
}

# pass [NOTE…]
pass() {
    echo "ok $name${1:+ # $*}"
}
