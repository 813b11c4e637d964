# SPDX-License-Identifier: Apache-2.0
# What the scripts of this folder share; sourced, with the folder in `here`. Makes $dir, a folder
# of its own below /tmp, which is removed at the end, and the bare-metal programs in it.

root=$(cd "$here/../.." && pwd)
oracle=${QEMU_ORACLE:-$root/build/release/bin/qemu_oracle}
riscv_gcc=riscv64-unknown-elf-gcc
limit=${QEMU_SECONDS:-120}  # for one run of QEMU

die() {
  echo "$(basename "$0"): $*" >&2
  exit 2
}

need() {
  command -v "$1" >/dev/null || die "$1: not found; install Debian's package $2"
}

[ -x "$oracle" ] || die "$oracle: no such program; build the target qemu_oracle"
need "$riscv_gcc" gcc-riscv64-unknown-elf
need qemu-system-riscv64 qemu-system-misc
need qemu-system-riscv32 qemu-system-misc
need timeout coreutils

dir=$(mktemp -d /tmp/tandem-qemu-XXXXXX) || die "no folder below /tmp can be made"
remove_folder() {
  case $dir in
    /tmp/tandem-qemu-*) rm -rf "$dir" ;;
  esac
}
trap remove_folder EXIT

# The bare-metal program for an XLEN, as $dir/programXLEN.
compile() {
  local xlen=$1 abi=lp64
  [ "$xlen" -eq 64 ] || abi=ilp32
  "$riscv_gcc" -std=gnu17 -O2 -Wall -Wextra -Wshadow -Wconversion -Werror -march="rv${xlen}imac_zicsr" \
    -mabi=$abi -mcmodel=medany -mno-relax -ffreestanding -fno-builtin -nostdlib -static \
    -Wl,-T,"$here/target/program.ld" -Wl,--no-warn-rwx-segments \
    "$here/target/start.S" "$here/target/program.c" -o "$dir/program$xlen" ||
    die "the bare-metal program for RV$xlen cannot be built"
}
compile 64
compile 32

# machines: full (RV64 with Svnapot and Svpbmt), plain (RV64 without), rv32
xlen_of() { [ "$1" = rv32 ] && echo 32 || echo 64; }

# generate MACHINE SEED PROBES -> $dir/MACHINE.scenarios
generate() {
  local plain=()
  [ "$1" != plain ] || plain=(--plain)
  "$oracle" generate --xlen "$(xlen_of "$1")" "${plain[@]}" --seed "$2" --probes "$3" \
    "$dir/$1.scenarios" || die "no scenarios for $1"
}

# run_qemu MACHINE -> $dir/MACHINE.output. Two harts, of which the second sleeps: with one only,
# QEMU makes an AMO as a load and a store, each with its own exceptions.
run_qemu() {
  local cpu xlen
  xlen=$(xlen_of "$1")
  case $1 in
    full) cpu=rv64,svnapot=true,svpbmt=true ;;
    plain) cpu=rv64 ;;
    rv32) cpu=rv32 ;;
  esac
  timeout "$limit" "qemu-system-riscv$xlen" -M virt -cpu $cpu -smp 2 -accel tcg,thread=multi \
    -m 16640K -bios none -kernel "$dir/program$xlen" \
    -device "loader,file=$dir/$1.scenarios,addr=0x80200000,force-raw=on" \
    -nodefaults -display none -monitor none -serial "file:$dir/$1.output" </dev/null ||
    die "QEMU ($1) ended with exit status $?; what it printed last: $(tail -n 1 "$dir/$1.output")"
}
