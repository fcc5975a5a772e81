# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# qemu: the virtual machine that a board is.

# Fills the array `qemu` with the command line. CONTROL is the folder that the
# first process takes its orders from, WORDS are for the kernel's own line;
# $installed an image in place of the project that is built here.
# qemu_command ACCELERATOR CONTROL SHARE MEMORY [WORDS]
qemu_command() {
    local accelerator=$1 control=$2 share=$3 memory=$4 words=${5:-} model cpu cpus append
    # With AVX to emulate, llvmpipe is four times slower. With two processors,
    # each emulated by a thread of its own, QEMU 7.2 was seen to hang, and kernels
    # to crash while they patch their own code.
    case $machine in
    x86_64) model=q35 cpu=Nehalem append="console=ttyS0 tsc=reliable no_timer_check" ;;
    aarch64) model=virt cpu=cortex-a76 append="console=ttyAMA0" ;;
    esac
    case $accelerator in
    kvm-*) cpu=${accelerator#kvm-} accelerator=kvm cpus=2 ;;
    tcg) accelerator=tcg,thread=single cpus=1 ;;
    esac
    qemu=(
        "qemu-system-$machine" -smp "$cpus"
        -nodefaults -no-user-config -no-reboot -display none
        -machine "$model" -accel "$accelerator" -cpu "$cpu" -m "$memory"
        -kernel "$cache/kernel/vmlinuz" -initrd "$cache/initramfs/initramfs.cpio"
        -append "$append quiet panic=-1 mitigations=off random.trust_cpu=on drm_kms_helper.fbdev_emulation=0 log_buf_len=4M${words:+ $words}"
        -serial "file:$control/console"
        -device virtio-rng-pci -device virtio-serial-pci
    )
    qemu_disk "$base/image/root.erofs"
    qemu_disk "$cache/kernel/layer.erofs"
    qemu_disk "${installed:-$tree/build/boards/$board.erofs}"
    qemu_folder board "$control"
    qemu_folder tree "$tree" readonly=on
    qemu_folder share "$share"
}

qemu_disk() {
    qemu+=(-drive "file=${1//,/,,},format=raw,if=virtio,readonly=on")
}

qemu_folder() {
    qemu+=(-virtfs "local,mount_tag=$1,path=${2//,/,,},security_model=none,multidevs=remap${3:+,$3}")
}

# Joins the ports of a command: what it writes goes to two named pipes, the
# signals for it come by a third.
qemu_ports() {
    local name nr=0
    for name in stdout stderr; do
        qemu+=(-chardev "file,id=$name,path=$1/$name")
    done
    qemu+=(-chardev "pipe,id=signals,path=$1/signals")
    for name in stdout stderr signals; do
        qemu+=(-device "virtserialport,chardev=$name,nr=$((++nr))")
    done
}

# Becomes QEMU, apart from the terminal's interrupts, for a time at most; dies
# with us.
supervise() {
    exec setpriv --pdeathsig TERM timeout --kill-after=5 "$1" \
        setpriv --pdeathsig KILL "${@:2}" </dev/null
}

kvm_node=/dev/kvm kvm_in_software=/sys/module/kvm_pvm

# Whether KVM boots this guest here with that CPU: QEMU may end at once, or the guest
# hang.
kvm_boots() {
    local control=$work/kvm-$1
    mkdir "$control"
    printf 'true\0' >"$control/command"
    : >"$control/environment"
    mkfifo "$control/signals".{in,out}
    ln -s /dev/null "$control/stdout"
    ln -s /dev/null "$control/stderr"
    qemu_command "kvm-$1" "$control" "$control" 2048
    qemu_ports "$control"
    (supervise 20 "${qemu[@]}") >/dev/null 2>&1 || true
    [ -e "$control/rc" ]
}

# Tells how to run the guest: tcg, or kvm-CPU. What KVM does here is tried once, and kept
# for this host's kernel and this QEMU. Not all hosts that run a plain CPU have all that
# the CPU "host" asks of them.
accelerator() {
    local answer cpu
    [ -z "$arch" ] && [ -w "$kvm_node" ] || { echo tcg; return; }
    if [ -e "$kvm_in_software" ]; then
        say "$kvm_node is KVM in software (kvm_pvm), which boots no kernel in useful time"
        echo tcg
        return
    fi
    answer=$store/accelerator-$({ uname -r; "qemu-system-$machine" --version; } |
        sha256sum | cut -c 1-16)
    if ! grep -qxsE 'tcg|kvm-.+' "$answer"; then
        say "tries KVM, once and for 40 s at most"
        for cpu in host Nehalem; do
            kvm_boots $cpu && break || cpu=
        done
        echo "${cpu:+kvm-$cpu}" | sed 's/^$/tcg/' >"$answer"
    fi
    cat "$answer"
}
