#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Parameters that the design does not have stop its elaboration with their sentence, at
# either TLB; the nearest legal ones do not. Exit 0: so it is; 1: not; 2: environment.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
command -v verilator >/dev/null || { echo "illegal.sh: verilator is missing." >&2; exit 2; }
mapfile -t sources < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$root/rtl/rtl.f")

failed=0
elaborate() { # TLB ENTRIES WAYS POLICY
  verilator --lint-only -Wno-fatal -Wno-lint -Wno-style -Wwarn-USERERROR -Werror-USERERROR \
    --unroll-count 128 --unroll-stmts 100000 --top-module tandem_mmu \
    -G"$1Entries=$2" -G"$1Ways=$3" -G"$1Policy=$4" "${sources[@]/#/$root/rtl/}" 2>&1
}

refuse() { # ENTRIES WAYS POLICY SENTENCE
  local tlb log
  for tlb in Dtlb Itlb; do
    if log=$(elaborate "$tlb" "$1" "$2" "$3"); then
      echo "illegal.sh: $tlb with entries $1, ways $2, policy $3 was accepted."
      failed=1
    elif ! grep -qF "$4" <<<"$log"; then
      echo "illegal.sh: $tlb with entries $1, ways $2, policy $3: '$4' is missing from"
      echo "$log"
      failed=1
    fi
  done
}

accept() { # ENTRIES WAYS POLICY
  local tlb
  for tlb in Dtlb Itlb; do
    elaborate "$tlb" "$1" "$2" "$3" >/dev/null || {
      echo "illegal.sh: $tlb with entries $1, ways $2, policy $3 was refused."
      failed=1
    }
  done
}

refuse 0 1 0 'The number of TLB entries must be 1 .. 128.'
refuse 129 129 0 'The number of TLB entries must be 1 .. 128.'
refuse 16 0 0 'The number of TLB ways must be 1 .. 128.'
refuse 16 3 0 'The number of TLB ways must divide the number of TLB entries.'
refuse 16 32 0 'The number of TLB ways must divide the number of TLB entries.'
refuse 12 4 0 'The number of TLB sets (entries / ways) must be a power of two.'
refuse 3 3 1 'The TLB policy PLRU needs a power of two as number of ways.'
refuse 16 16 4 'The TLB policy must be 0 (LRU), 1 (PLRU), 2 (FIFO) or 3 (RANDOM).'
accept 128 128 0
accept 12 3 0
accept 4 4 1
accept 16 16 3

# The same through the build that everybody uses: exit 2, the sentence, no object.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
"$root/tb/build_dut.sh" --out "$work" dtlb=12x4xlru itlb=4x4xlru >"$work/out" 2>"$work/err" ||
  status=$?
if [ $status != 2 ] || [ -s "$work/out" ] || ! grep -q 'must be a power of two' "$work/err"; then
  echo "illegal.sh: build_dut.sh dtlb=12x4xlru: exit $status, and it said"
  cat "$work/out" "$work/err"
  failed=1
fi
exit $failed
