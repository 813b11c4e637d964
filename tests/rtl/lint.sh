#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lint the design with every warning of Verilator, at parameters that differ in kind: not
# one warning may come. Exit 0: clean; 1: a warning; 2: environment.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
command -v verilator >/dev/null || { echo "lint.sh: verilator is missing." >&2; exit 2; }
mapfile -t sources < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$root/rtl/rtl.f")

failed=0
lint() { # ENTRIES WAYS POLICY, for both TLBs, OTHER=VALUE...
  local log entries=$1 ways=$2 policy=$3
  shift 3
  if ! log=$(verilator --lint-only -Wall --unroll-count 128 --unroll-stmts 100000 \
    --top-module tandem_mmu -GDtlbEntries="$entries" -GDtlbWays="$ways" -GDtlbPolicy="$policy" \
    -GItlbEntries="$entries" -GItlbWays="$ways" -GItlbPolicy="$policy" "${@/#/-G}" \
    "${sources[@]/#/$root/rtl/}" 2>&1) || [ -n "$log" ]; then
    echo "lint.sh: entries $entries, ways $ways, policy $policy $*:"
    echo "$log"
    failed=1
  fi
}

xlen_32=(Xlen=32 AsidBits=9 PaBits=34 Svnapot=0)
lint 16 16 0 # the default
lint 1 1 0
lint 16 1 0
lint 8 2 1
lint 48 12 2
lint 128 128 0
lint 6 3 3
lint 4 4 0
lint 16 16 0 PmpEntries=16
lint 16 2 0 PmpEntries=8 PaBits=40 AsidBits=0 Svnapot=0 UpdateFirst=0
lint 4 4 1 PmpEntries=8 PaBits=32 AsidBits=1
lint 16 16 0 "${xlen_32[@]}"
lint 8 1 0 "${xlen_32[@]}" PmpEntries=16 UpdateFirst=0
lint 4 2 0 Xlen=32 AsidBits=0 PaBits=32 Svnapot=0 PmpEntries=8
lint 4 2 0 Walks=8
lint 4 4 0 L2Entries=1024 L2Ways=4 PwcEntries=8 Walks=4 Prefetch=1
lint 4 4 3 L2Entries=4096 L2Ways=1
lint 4 4 2 L2Entries=48 L2Ways=3 L2Policy=2 PwcEntries=1 Walks=3 PmpEntries=8 UpdateFirst=0
lint 4 4 0 L2Entries=16 L2Ways=16 L2Policy=3 AsidBits=0 PwcEntries=64
lint 4 2 0 "${xlen_32[@]}" L2Entries=64 L2Ways=2 L2Policy=0 PwcEntries=3 Walks=2 Prefetch=1
exit $failed
