# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# queue: tasks that need one another, some at once, first those that most hangs on. What a
# task took is kept, for the next run to know. To be sourced.

declare -A task_needs task_line task_seconds task_rank task_state task_begin
tasks=() groups=()

# task NAME SECONDS "NEED…" COMMAND…: a task that begins when those that it needs are done;
# if one of them fails, it does not begin, unless the need ends in "~", which only waits for
# its end. SECONDS: what it takes, where build/times does not say. A need that is no task
# counts as done.
task() {
    local name=$1 kept
    kept=$(sed -n "s/^$name //p" build/times 2>/dev/null | tail -n 1)
    tasks+=("$name")
    task_seconds[$name]=${kept:-$2} task_needs[$name]=$3 task_state[$name]=waits
    task_line[$name]=$(printf '%q ' "${@:4}")
}

# The seconds from the begin of a task to the end of all that waits for it.
rank_tasks() {
    local i j name need after
    for ((i = ${#tasks[@]} - 1; i >= 0; i--)); do
        name=${tasks[i]} after=0
        for ((j = i + 1; j < ${#tasks[@]}; j++)); do
            for need in ${task_needs[${tasks[j]}]}; do
                [ "${need%\~}" != "$name" ] || ((task_rank[${tasks[j]}] <= after)) ||
                    after=${task_rank[${tasks[j]}]}
            done
        done
        task_rank[$name]=$((task_seconds[$name] + after))
    done
}

# About how many seconds all tasks take, so many at once.
queue_estimate() {
    local name sum=0 longest=0
    rank_tasks
    for name in "${tasks[@]}"; do
        sum=$((sum + task_seconds[$name]))
        ((task_rank[$name] <= longest)) || longest=${task_rank[$name]}
    done
    sum=$((sum / $1))
    echo $((sum > longest ? sum : longest))
}

is_ready() {
    local need
    [ "${task_state[$1]}" = waits ] || return 1
    for need in ${task_needs[$1]}; do
        case ${task_state[${need%\~}]:-done} in
        done) ;;
        failed)
            [ "$need" = "${need%\~}" ] || continue
            task_state[$1]=failed
            not_run "$1" "$need"
            return 1
            ;;
        *) return 1 ;;
        esac
    done
}

# The task that can begin and that most hangs on; nothing if there is none.
next_task() {
    local name
    next=''
    for name in "${tasks[@]}"; do
        is_ready "$name" || continue
        [ -n "$next" ] && ((task_rank[$name] <= task_rank[$next])) || next=$name
    done
}

begin_task() {
    task_state[$1]=runs task_begin[$1]=$SECONDS
    printf '== %s (at %d s)\n' "$1" "$SECONDS"
    # A group of processes for each, so that all of one can be ended.
    set -m
    { eval "run_task $1 ${task_line[$1]}" 2>&1 | sed -u "s/^/$1: /"; } </dev/null &
    set +m
    groups[$!]=$1
}

end_task() {
    local name=${groups[$1]} took
    unset "groups[$1]"
    took=$((SECONDS - task_begin[$name]))
    printf '== %s: %d s (at %d s)\n' "$name" $took "$SECONDS"
    task_state[$name]=$([ "$2" = 0 ] && echo 'done' || echo failed)
    [ "$2" != 0 ] || echo "$name $took" >>"$work/took"
}

# Runs all tasks, so many at once.
queue_run() {
    local next pid rc
    rank_tasks
    while next_task; [ -n "$next" ] || [ ${#groups[@]} -gt 0 ]; do
        if [ -n "$next" ] && [ ${#groups[@]} -lt "$1" ]; then
            begin_task "$next"
            continue
        fi
        rc=0 pid=''
        wait -n -p pid "${!groups[@]}" || rc=$?
        # One that has ended before is not always told of.
        [ -n "$pid" ] || for pid in "${!groups[@]}"; do
            kill -0 "$pid" 2>/dev/null || break
        done
        rc=0
        wait "$pid" || rc=$?
        end_task "$pid" $rc
    done
    awk '{ took[$1] = $2 } END { for (name in took) print name, took[name] }' \
        build/times "$work/took" >build/times.new
    mv build/times.new build/times
}

queue_end() {
    local group
    for group in "${!groups[@]}"; do
        kill -TERM -- "-$group" 2>/dev/null
    done
    wait
}
