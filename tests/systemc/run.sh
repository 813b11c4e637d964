#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/systemc/run.sh AREA: one area of the SystemC tests, on the programs in $BIN. The current
# folder is the top of the source tree. Exit 77: SystemC is not there.
set -euo pipefail
: "${BIN:?BIN is not set; run this through ctest}"
seed=${TANDEM_SEED:-1}
program=$BIN/tandem_systemc
[ -x "$program" ] || { echo "SystemC is not installed: skipped" >&2; exit 77; }
dir=$(mktemp -d /tmp/tandem-systemc-XXXXXX) || exit 2
trap 'case $dir in /tmp/tandem-systemc-*) rm -rf -- "$dir" ;; esac' EXIT
failures=0
hierarchy=(l2=64x4xplru walks=4 pwc=4 prefetch=1)

wrong() {
  echo "WRONG: $*" >&2
  tail -n 12 "$dir/out" "$dir/err" >&2
  failures=$((failures + 1))
}

expect() { # STATUS COMMAND...
  local status=$1 found=0
  shift
  "$@" >"$dir/out" 2>"$dir/err" </dev/null || found=$?
  [ "$found" -eq "$status" ] || wrong "exit status $found, not $status: $*"
}

last_line() { [ "$(tail -n 1 "$dir/out")" = "$1" ] || wrong "last line is not '$1'"; }
prints() { grep -qF -e "$1" "$dir/out" || wrong "does not print '$1'"; }
says() { grep -qF -e "$1" "$dir/err" || wrong "does not say '$1'"; }

lockstep() { # the unit's options, --, the program's
  local options=()
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  expect 0 "$program" --rtl "$(tb/systemc/build_rtl.sh "${options[@]}")" "$@"
  cat "$dir/out"
  last_line PASSED
}

plant() { # MUTANT: its RTL, Verilated
  mkdir -p "$dir/$1"
  cp -r rtl "$dir/$1/"
  (cd "$dir/$1" && patch -s -p1) <"$(ls tests/mutants/"$1"-*.patch)"
  tb/systemc/build_rtl.sh --rtl "$dir/$1/rtl" --out "$dir/dut" dtlb=16x16xlru
}

case $1 in
  component)
    expect 0 "$BIN/test_systemc_component"
    cat "$dir/out"
    last_line "0 wrong"
    ;;
  protocol)
    expect 0 "$BIN/test_systemc_component_protocol"
    cat "$dir/out"
    last_line "0 wrong"
    ;;
  platform)
    # First in, first out over more pages than frames, in a cycle: each visit of a page is a fault,
    # 4 x 48. Each frame but the 16 of the end was dirty when it was taken. A page gets A from its
    # load and D from its store, the code page A: 2 x 192 + 1.
    expect 0 "$BIN/tandem_systemc_platform"
    prints "385 A/D updates, 176 page write-backs"
    last_line "PASSED: 4 rounds over 48 pages in 16 frames: 192 page faults, 36864 accesses, 0 words wrong"
    expect 2 "$BIN/tandem_systemc_platform" more
    ;;
  lockstep)
    lockstep dtlb=16x16xlru -- --at 40000 --lt 20000 --seed "$seed"
    lockstep dtlb=16x16xlru -- --lt 20000 --seed "$seed" --dmi
    ;;
  hierarchy)
    lockstep "${hierarchy[@]}" -- --at 40000 --lt 20000 --seed "$seed"
    # A component that is not told of registers between accesses prefetches what the RTL does not.
    rtl=$(tb/systemc/build_rtl.sh "${hierarchy[@]}")
    for style in --at --lt; do
      expect 1 "$program" --rtl "$rtl" "$style" 40000 --seed "$seed" --omit-csr
      prints "--- MISMATCH: "
      last_line FAILED
    done
    lockstep "${hierarchy[@]}" -- --at 20000 --lt 10000 --seed $((seed + 100)) --data 20:60 --grant 1:9
    ;;
  shapes)
    lockstep xlen=32 pmp=8 dtlb=8x2xplru itlb=4x1xfifo walks=8 -- --at 20000 --lt 10000 --seed "$seed"
    ;;
  mutants)
    # Late by a cycle between two levels; a wrong permission of a page: each must be named.
    late=$(plant 47)
    expect 1 "$program" --rtl "$late" --lt 20000 --seed "$seed"
    prints "--- MISMATCH: latency (annotated delay) in cycle"
    prints "<-- +"
    last_line FAILED
    repeat=$(sed -n 's/^Repeat  *//p' "$dir/out")
    first=$(grep MISMATCH "$dir/out")
    expect 1 bash -c "$repeat"
    [ "$(grep MISMATCH "$dir/out")" = "$first" ] || wrong "the command repeats another mismatch"
    expect 1 "$program" --rtl "$late" --at 20000 --seed "$seed"
    prints "--- MISMATCH: "
    last_line FAILED
    forgetful=$(plant 43)
    expect 1 "$program" --rtl "$forgetful" --at 20000 --seed "$seed"
    prints "--- MISMATCH: permissions (rsp_perm)"
    ;;
  usage)
    rtl=$(tb/systemc/build_rtl.sh dtlb=16x16xlru)
    expect 2 "$program" --rtl "$rtl"
    says "nothing would be compared"
    expect 2 "$program" --at 10
    says "Usage:"
    expect 2 "$program" --rtl "$rtl" --at x
    says "--at does not take 'x'"
    expect 2 "$program" --rtl "$dir/none.so" --at 10
    says "is not a DUT"
    expect 2 "$program" --rtl "$rtl" --at 10 --data 0:3
    expect 0 "$program" --help
    expect 2 tb/systemc/build_rtl.sh dtlb=16x3
    expect 2 tb/systemc/build_rtl.sh --rtl "$dir" dtlb=16x16xlru
    says "there is no file list"
    expect 0 tb/systemc/build_rtl.sh --module "$dir/module" dtlb=16x16xlru
    grep -q 'SC_MODULE\|sc_module' "$dir/module/Vtandem_mmu.h" || wrong "no SystemC module written"
    expect 2 tb/systemc/build_rtl.sh --module "$dir/module" dtlb=16x16xlru
    ;;
  *) echo "run.sh: no area '$1'" >&2; exit 2 ;;
esac
[ "$failures" -eq 0 ] || { echo "$failures wrong" >&2; exit 1; }
