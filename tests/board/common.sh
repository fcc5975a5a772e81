# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What the files of this folder share: words to the user, the cache, its steps.
#
# A step NAME is a function make_NAME DIR that fills a new folder. The folder
# becomes $cache/NAME by rename when it is whole, so that an interrupted step
# leaves nothing that is taken for a result. It is made anew when its recipe
# changes: the files that it is made by, and the recipes it stands on.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)

say() {
    printf 'board %s: %s\n' "$board" "$*" >&2
}

boards() {
    find "$here/boards" -type f -printf '%f\n' | sort | paste -sd ' '
}

# Reads the board's description and says where its results are kept.
load_board() {
    board=$1
    cache=$2/$1
    apt_options=()
    # shellcheck source=boards/trixie
    . "$here/boards/$board"
}

# The recipe of a step: one hash of all that its result depends on.
recipe() {
    local files
    case $1 in
    root) files=(boards/"$board" root.sh kernel-sources) ;;
    kernel) files=(kernel.sh vkms-clones guest/modprobe.conf) ;;
    image) files=(image.sh) ;;
    initramfs) files=(initramfs.sh guest/init guest/first) ;;
    project) files=(project.sh) ;;
    esac
    {
        case $1 in
        kernel | image | project) recipe root ;;
        initramfs) recipe kernel ;;
        esac
        (cd "$here" && cat "${files[@]}")
    } | sha256sum | cut -d' ' -f1
}

is_made() {
    [ "$(cat "$cache/$1/recipe" 2>/dev/null)" = "$(recipe "$1")" ]
}

# A step: makes $cache/NAME if it is not there as its recipe has it.
step() {
    local name=$1 what=$2 start=$SECONDS
    is_made "$name" && return
    say "$name: $what …"
    rm -rf "${cache:?}/$name.new"
    mkdir -p "$cache/$name.new"
    "make_$name" "$cache/$name.new"
    recipe "$name" >"$cache/$name.new/recipe"
    rm -rf "${cache:?}/$name"
    mv "$cache/$name.new" "$cache/$name"
    say "$name: done in $((SECONDS - start)) s"
}

# Runs a command in a root, with FOLDER at PLACE in it. The mounts live in a
# namespace of their own and go with it, however the command ends.
in_root() {
    local root=$1 folder=$2 place=$3 user=$4
    shift 4
    # shellcheck disable=SC2016
    unshare --mount sh -ec '
        root=$1 folder=$2 place=$3 user=$4
        shift 4
        mount --bind "$folder" "$root$place"
        mount --rbind /dev "$root/dev"
        mount -t proc proc "$root/proc"
        exec chroot --userspec="$user" "$root" "$@"
    ' sh "$root" "$folder" "$place" "$user" "$@"
}
