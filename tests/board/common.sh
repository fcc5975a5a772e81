# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What the files of this folder share: words to the user, the cache, its steps.
#
# A step NAME is a function make_NAME DIR that fills a new folder. The folder
# takes its place by rename when it is whole, so that an interrupted step leaves
# nothing that is taken for a result. It is made anew when its recipe changes: the
# files that it is made by, and the recipes it stands on.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)

say() {
    printf 'board %s: %s\n' "$board" "$*" >&2
}

boards() {
    find "$here/boards" -type f -printf '%f\n' | sort | paste -sd ' '
}

# Reads the board's description and says where its results are kept: its own in
# $cache, its root and the root's image in $base, as boards can share them.
load_board() {
    board=$1 root_of=$1
    apt_options=() config='' modules='' programs='' arch='' triplet='' native_board=''
    # shellcheck source=boards/trixie
    . "$here/boards/$board"
    cache=$2/$board base=$2/$root_of
    root=$base/root/tree native=$2/$native_board
    # What the board runs, and what has its kernel and modules, in boot and lib/modules.
    system=$root linux=$root
    [ -z "$arch" ] || system=$base/root/system
    [ -z "$config$arch" ] || linux=$cache/linux
}

has_linux() {
    [ "$linux" != "$root" ]
}

# The steps that the board is made in, in their order.
steps() {
    echo root image $(! has_linux || echo linux) kernel initramfs
}

place() {
    case $1 in
    root | image) echo "$base/$1" ;;
    *) echo "$cache/$1" ;;
    esac
}

# The recipe of a step: one hash of all that its result depends on.
recipe() {
    local files
    case $1 in
    root)
        files=(boards/"$root_of" root.sh kernel-sources)
        [ -z "$arch" ] || files=(boards/"$root_of" foreign.sh foreign-packages)
        ;;
    linux)
        files=(boards/"$root_of" linux.sh "$config")
        [ -z "$arch" ] || files=(boards/"$board" foreign.sh)
        ;;
    kernel) files=(boards/"$board" kernel.sh vkms-mend guest/modprobe.conf) ;;
    image) files=(image.sh) ;;
    initramfs) files=(initramfs.sh guest/init guest/first guest/devices guest/splats) ;;
    project) files=(project.sh ${triplet:+"$triplet.ini"}) ;;
    esac
    {
        case $1 in
        root) [ -z "$native_board" ] || (load_board "$native_board" "${cache%/*}" && recipe root) ;;
        kernel | image) recipe root ;;&
        linux) [ -z "$arch" ] || recipe root ;;
        kernel) ! has_linux || recipe linux ;;
        initramfs | project) recipe kernel ;;
        esac
        (cd "$here" && cat "${files[@]}")
    } | sha256sum | cut -d' ' -f1
}

is_made() {
    [ "$(cat "$(place "$1")/recipe" 2>/dev/null)" = "$(recipe "$1")" ]
}

# A step: makes NAME if it is not there as its recipe has it.
step() {
    local name=$1 what=$2 start=$SECONDS place
    is_made "$name" && return
    say "$name: $what …"
    place=$(place "$name")
    rm -rf "$place.new"
    mkdir -p "$place.new"
    "make_$name" "$place.new"
    recipe "$name" >"$place.new/recipe"
    rm -rf "$place"
    mv "$place.new" "$place"
    say "$name: done in $((SECONDS - start)) s"
}

# Runs a command in the board's root, with FOLDER at PLACE in it, and the kernel's
# modules where they are. The mounts live in a namespace of their own and go with
# it, however the command ends.
in_root() {
    local folder=$1 place=$2 user=$3
    shift 3
    # shellcheck disable=SC2016
    unshare --mount sh -ec '
        root=$1 linux=$2 folder=$3 place=$4 user=$5
        shift 5
        mount --bind "$folder" "$root$place"
        [ ! -e "$linux" ] || mount --bind "$linux/lib/modules" "$root/lib/modules"
        mount --rbind /dev "$root/dev"
        mount -t proc proc "$root/proc"
        exec chroot --userspec="$user" "$root" "$@"
    ' sh "$root" "$linux" "$folder" "$place" "$user" "$@"
}
