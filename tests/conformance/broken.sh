# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# broken: can each check fail? A library breaks the heap for the program, in one
# way after the other, and the checks that are there to see it must.

# A way of broken.c, and the checks that fail by it.
ways='
takes-any-length      len-0 len-overflow len-32T len-far-too-long
takes-any-fd          fd-not-0
takes-any-fd-flags    fd-flags-nonblock fd-flags-others
takes-any-heap-flags  heap-flags
drops-cloexec         cloexec
ignores-access-mode   access-mode map-read-only-fd
takes-any-ioctl       unknown-ioctl buffer-unknown-ioctl sync-invalid
gives-a-page-more     len-1 len-rounded statistics tracepoints
confuses-errors       fds-exhausted pointer-unmapped inject-page
refuses-other-sizes   struct-shorter struct-longer
writes-to-the-tail    struct-longer
leaks-an-fd           struct-too-short struct-no-way-back identity
leaks-where-it-faults pointer-unmapped pointer-read-only pointer-across-unmapped
leaks-where-it-faults pointer-across-read-only
is-a-file             file-operations
seeks-anywhere        seek
has-one-inode         identity
ignores-names         name
maps-anything         map-private map-private-page map-past-end map-offset-overflow
maps-the-start        map-at-offset
maps-a-copy           map-two-views share-fork share-socket outlives-fd vgem-holds-memory
maps-a-copy           camera-any-memory display display-offset map-large
grows                 map-grow
protects-nothing      map-protection
never-unmaps          unmap-middle
goes-with-its-node    outlives-node
refuses-sync          sync-valid sync-unpaired inject-sync
skips-sync            sync-invalid vgem-fence
skips-sync            importer-stale importer-reads importer-writes importer-draws importer-two
takes-any-segment     importer-segments
refuses-sync-files    sync-file
polls-as-nothing      poll
polls-as-ready        vgem-fence
bars-importers        vgem-import vgem-same-handle camera-any-memory camera-contiguous
bars-importers        unload-buffer-imported inject-import importer-refuses
hogs-the-processor    delay
forgets-to-zero       zeroed-page zeroed-1M zeroed-8M zeroed-32M zeroed-mixed
forgets-to-zero       zeroed-other-process threads fuzz inject-3M inject-3M-cold
forgets-to-zero       inject-map
runs-out              many-at-once cap-beside-refused
never-frees           statistics-busy
gives-one-page        killed-waiting
refuses-all           killed
allocates-twice       statistics-histogram
has-no-limit          len-above-largest len-above-cap
lets-modules-go       unload-registered unload-node-open unload-buffer-open
lets-modules-go       unload-buffer-mapped unload-buffer-imported
keeps-buffers         identity buffers-left
brings-a-complaint    identity
brings-a-signal       identity
'

# Those of a way's checks that are to be seen to fail here, separated by commas: how a check
# fails is the program's matter and no kernel's, so all do on one board; on the others those
# that it cannot run. On a machine that is no board all do that can.
broken_here() {
    printf '%s\n' "$@" | case ${ZC_BOARD:-trixie} in
    trixie) if [ -e /proc/self/fail-nth ]; then cat; else grep -v '^inject-'; fi ;;
    debug) grep '^inject-' ;;
    forky) grep '^unload-registered$' ;;
    esac | paste -sd ,
}

# Runs the checks (separated by commas) with the heap broken: each must fail.
# broken_run WAY CHECKS NODE [NAME=VALUE…]
broken_run() {
    local way=$1 checks=$2 node=$3 check
    shift 3
    # By a pipe: it ends when all have gone that the way has left behind.
    env "$@" BROKEN="$way" LD_PRELOAD="$programs/broken.so" "$heaps" --strict --dangerous \
        --rounds 1 --fuzz 1000 --slow 4 --only "$checks" "$node" 2>&1 | cat >"$work/broken"
    for check in ${checks//,/ }; do
        name="broken/$way: $check"
        if grep -qE "^FAIL [^ ]*/$check: " "$work/broken"; then
            pass
        elif grep -qE "^skip [^ ]*/$check: " "$work/broken"; then
            skip "$(sed -n "s|^skip [^ ]*/$check: ||p" "$work/broken")"
        elif grep -qE "^# not asked of .*[ ]$check(,| \()" "$work/broken"; then
            leave_out "of $node"
        else
            fail "the check does not fail: $(tail -n 3 "$work/broken" | tr '\n' ' ')"
        fi
    done
}

test_broken() {
    local node=$1 way checks
    while read -r way checks; do
        # shellcheck disable=SC2086
        checks=$(broken_here $checks)
        [ -z "$checks" ] || broken_run "$way" "$checks" "$node"
    done <<<"$ways"
}

# broken_figure FIGURE VALUE CHECKS NODE: with a heap that says so.
broken_figure() {
    local figures=/sys/kernel/debug/zc_heaps/$4
    sed "s/^$1 .*/$1 $2/" "$figures" >"$work/figures"
    broken_run file "$3" "$4" BROKEN_FILE="$figures" BROKEN_BY="$work/figures"
}

# Files that say something else than the kernel's. A heap of ours is needed.
test_broken_files() {
    local node=$1 debug=/sys/kernel/debug/zc_heaps
    printf '%s\n' '      ' 'unreferenced object 0x1 (size 8):' '  zc_made_up+0x1' >"$work/leaks"
    [ ! -e /sys/kernel/debug/kmemleak ] || broken_run file kmemleak "$node" \
        BROKEN_FILE=/sys/kernel/debug/kmemleak BROKEN_BY="$work/leaks"
    echo 0 >"$work/memcg"
    [ ! -e /sys/module/zc_importer/parameters/mem_accounting ] || broken_run file \
        cgroup-as-kernels "$node" BROKEN_BY="$work/memcg" \
        BROKEN_FILE=/sys/module/zc_importer/parameters/mem_accounting
    [ ! -e /sys/kernel/debug/shrinker ] || broken_run empties-one-pool pool-shared "$node"
    [ "${ZC_BOARD:-trixie}" = trixie ] || return 0
    broken_run file pool-progress "$node" \
        BROKEN_FILE=/sys/fs/cgroup/memory.reclaim BROKEN_BY=/dev/null
    broken_run file pool-drop-caches "$node" \
        BROKEN_FILE=/proc/sys/vm/drop_caches BROKEN_BY=/dev/null
    broken_run file cgroup-limit "$node" \
        BROKEN_FILE=/sys/module/zc_heaps/parameters/memcg BROKEN_BY="$work/memcg"
    echo 0 >"$work/none"
    broken_run file pool-idle "$node" \
        BROKEN_FILE=/sys/module/zc_heaps/parameters/pool_idle_s BROKEN_BY="$work/none"
    broken_run file pool-large-first "$node" BROKEN_BY=/dev/null \
        BROKEN_FILE=/sys/kernel/tracing/instances/zc-conformance/trace
    broken_run file accounting "$node" \
        BROKEN_FILE=$debug/accounting_ns BROKEN_BY="$work/none"
    broken_run file unload-node-open,unload-buffer-open,unload-buffer-mapped "$node" \
        BROKEN_FILE=/sys/module/zc_heaps/refcnt BROKEN_BY="$work/none"
    broken_figure pool_order_0_bytes 1 statistics-pool "$node"
    broken_figure pool_bytes 1000000000 pool-poisoned "$node"
    broken_run gives-untouched-memory pool-pressure "$node"
    broken_run bars-importers importer-contiguous,importer-below-4G system-contiguous
    # The kernel's own code leaks fds, too.
    registers || broken_run leaks-an-fd fuzz "$node"
}

# Those of a machine that has all that is rare.
test_broken_machine() {
    broken_run ignores-policies pool-allowed-nodes system-cacheable
    broken_figure pool_dirty_bytes 4096 pool-overlap,pool-init-on-free system-cacheable
    broken_figure cap_bytes 1000000000000 cap-of-zone system-dma32
}
