#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The synthesized netlist, behind the same adapter, passes lockstep and gives the RTL's
# answers, byte for byte, on the same stimulus.
set -euo pipefail
. tests/lockstep/common.sh
translations=60000
check() { # data TLB, fetch TLB as ENTRIESxWAYSxPOLICY
  IFS=x read -r de dw dp <<<"$1"
  IFS=x read -r fe fw fp <<<"$2"
  local netlist settings
  netlist=$(tb/build_dut.sh --netlist "dtlb=$1" "itlb=$2")
  settings=(--set "tlb.data.entries=$de" --set "tlb.data.ways=$dw" --set "tlb.data.policy=$dp"
    --set "tlb.fetch.entries=$fe" --set "tlb.fetch.ways=$fw" --set "tlb.fetch.policy=$fp"
    --random "$translations" --seed "$seed" --set memory.data.least=1 --set memory.grant.most=3)
  "$TANDEM" run --quiet "${settings[@]}" --json "$dir/rtl" >"$dir/out" || { cat "$dir/out"; exit 1; }
  "$TANDEM" run --quiet "${settings[@]}" --json "$dir/netlist" --dut "$netlist" >"$dir/out" ||
    { cat "$dir/out"; exit 1; }
  cmp "$dir/rtl" "$dir/netlist"
  echo "netlist of $1, $2: $translations translations as the RTL's"
}
check 4x4xlru 8x2xplru
check 4x1xfifo 6x3xrandom
translations=4000
check 16x16xlru 16x16xlru
