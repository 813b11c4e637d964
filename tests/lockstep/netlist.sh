#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The synthesized netlist, behind the same adapter, passes lockstep and gives the RTL's
# answers, byte for byte, on the same stimulus.
set -euo pipefail
. tests/lockstep/common.sh
check() { # data TLB, fetch TLB as ENTRIESxWAYSxPOLICY; more options of build_dut.sh
  IFS=x read -r de dw dp <<<"$1"
  IFS=x read -r fe fw fp <<<"$2"
  local netlist settings option l2 ways policy
  netlist=$(tb/build_dut.sh --netlist "dtlb=$1" "itlb=$2" "${@:3}")
  settings=(--set "tlb.data.entries=$de" --set "tlb.data.ways=$dw" --set "tlb.data.policy=$dp"
    --set "tlb.fetch.entries=$fe" --set "tlb.fetch.ways=$fw" --set "tlb.fetch.policy=$fp"
    --random "$translations" --seed "$seed" --set memory.data.least=1 --set memory.grant.most=3)
  for option in "${@:3}"; do
    case $option in
      pmp=*) settings+=(--set "mmu.pmp_entries=${option#*=}") ;;
      pwc=*) settings+=(--set "mmu.pwc_entries=${option#*=}") ;;
      prefetch=1) settings+=(--set mmu.prefetch=yes) ;;
      l2=*)
        IFS=x read -r l2 ways policy <<<"${option#*=}"
        settings+=(--set "tlb.l2.entries=$l2" --set "tlb.l2.ways=$ways" --set "tlb.l2.policy=$policy")
        ;;
      *=0) settings+=(--set "mmu.${option%=0}=no") ;;
      *) settings+=(--set "mmu.$option") ;;
    esac
  done
  "$TANDEM" run --quiet "${settings[@]}" --json "$dir/rtl" >"$dir/out" || { cat "$dir/out"; exit 1; }
  "$TANDEM" run --quiet "${settings[@]}" --json "$dir/netlist" --dut "$netlist" >"$dir/out" ||
    { cat "$dir/out"; exit 1; }
  cmp "$dir/rtl" "$dir/netlist"
  echo "netlist of $*: $translations translations as the RTL's"
}
translations=20000
check 2x2xlru 4x2xplru
# A netlist takes a minute to build, with PMP several: one a day is enough.
if [ -n "${TANDEM_LONG:-}" ]; then
  check 2x2xlru 4x2xplru walks=3 l2=8x2xplru pwc=2 prefetch=1
  check 2x2xlru 2x2xlru xlen=32
  check 2x2xlru 2x2xlru xlen=32 pmp=8
  check 2x2xlru 2x2xfifo pmp=8 update_first=0 svnapot=0
  translations=60000
  check 4x4xlru 8x2xplru
  check 4x1xfifo 6x3xrandom
  translations=4000
  check 16x16xlru 16x16xlru
fi
