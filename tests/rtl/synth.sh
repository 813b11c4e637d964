#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Synthesize the design at parameters that differ in kind: Yosys must accept it and find no
# latch. And it must be able to find one. The second level is made of block RAM. Exit 0: so it is; 1: not; 2: environment.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
command -v yosys >/dev/null || { echo "synth.sh: yosys is missing." >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
synth() { # DTLB ENTRIES WAYS POLICY, ITLB ENTRIES WAYS POLICY, OTHER=VALUE...
  echo "dtlb $1 x $2 policy $3, itlb $4 x $5 policy $6 ${*:7}"
  "$root/tb/synth_netlist.sh" "$root/rtl" "$work/netlist.v" DtlbEntries="$1" DtlbWays="$2" \
    DtlbPolicy="$3" ItlbEntries="$4" ItlbWays="$5" ItlbPolicy="$6" "${@:7}" || failed=1
}

synth 2 2 0 4 2 1 Walks=3 L2Entries=8 L2Ways=2 PwcEntries=2 Prefetch=1
if [ -n "${TANDEM_LONG:-}" ]; then
  synth 4 1 2 6 3 3
  synth 4 4 0 8 2 1
  synth 1 1 0 2 2 2 PaBits=32 AsidBits=0 UpdateFirst=0
  synth 2 2 0 8 1 0 PmpEntries=8 Svnapot=0
  synth 4 1 0 2 2 0 Xlen=32 AsidBits=9 PaBits=34 Svnapot=0 PmpEntries=8 UpdateFirst=0
fi

# The counters with an incomplete case: value_o keeps its value. Once where Yosys refuses a
# latch by itself, once where it would build one.
plant() { # SED
  local copy
  copy=$(mktemp -d "$work/rtl.XXXXXX")
  cp "$root"/rtl/*.sv "$root/rtl/rtl.f" "$copy"
  sed -i "$1" "$copy/tandem_mmu_counters.sv"
  if "$root/tb/synth_netlist.sh" "$copy" "$work/netlist.v" DtlbEntries=1 DtlbWays=1 \
    ItlbEntries=1 ItlbWays=1 2>"$work/log"; then
    echo "synth.sh: a latch was planted with $1 and not found." >&2
    failed=1
  elif ! grep -q 'the design has the latch.* above' "$work/log"; then
    echo "synth.sh: a latch was planted with $1, and what was said is:" >&2
    cat "$work/log" >&2
    failed=1
  fi
}
plant '/default: value_o/d'
plant '/default: value_o/d; s/always_comb/always @*/'

# A way of the second level is RAM: each of its two read ports has blocks for its 119 bits, 36 wide
# in an ECP5 and 16 in an iCE40 of 256 sets; nothing of it is flip-flops but the words read.
ram() { # SYNTHESIS CELL BLOCKS
  yosys -q -p "read_verilog -sv $root/rtl/tandem_mmu_pkg.sv $root/rtl/tandem_mmu_l2_way.sv
    $1 -top tandem_mmu_l2_way; select -assert-count $3 t:$2" >"$work/log" 2>&1 && return
  echo "synth.sh: by $1 a way of the second level is not $3 x $2:" >&2
  grep -m 1 -E 'ERROR' "$work/log" >&2 || tail -n 1 "$work/log" >&2
  failed=1
}
ram synth_ecp5 DP16KD $((2 * ((119 + 35) / 36)))
ram synth_ice40 SB_RAM40_4K $((2 * ((119 + 15) / 16)))
exit $failed
