#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Parameters that the design does not have stop its elaboration with their sentence; the
# nearest legal ones do not. Exit 0: so it is; 1: not; 2: environment.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
command -v verilator >/dev/null || { echo "illegal.sh: verilator is missing." >&2; exit 2; }
mapfile -t sources < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$root/rtl/rtl.f")

failed=0
elaborate() { # PARAMETER=VALUE...
  verilator --lint-only -Wno-fatal -Wno-lint -Wno-style -Wwarn-USERERROR -Werror-USERERROR \
    --unroll-count 128 --unroll-stmts 100000 --top-module tandem_mmu "${@/#/-G}" \
    "${sources[@]/#/$root/rtl/}" 2>&1
}

refused() { # SENTENCE PARAMETER=VALUE...
  local log sentence=$1
  shift
  if log=$(elaborate "$@"); then
    echo "illegal.sh: $* was accepted."
    failed=1
  elif ! grep -qF "$sentence" <<<"$log"; then
    echo "illegal.sh: $*: '$sentence' is missing from"
    echo "$log"
    failed=1
  fi
}

accepted() { # PARAMETER=VALUE...
  elaborate "$@" >/dev/null || {
    echo "illegal.sh: $* was refused."
    failed=1
  }
}

refuse() { # ENTRIES WAYS POLICY SENTENCE, for either TLB
  refused "$4" DtlbEntries="$1" DtlbWays="$2" DtlbPolicy="$3"
  refused "$4" ItlbEntries="$1" ItlbWays="$2" ItlbPolicy="$3"
}

accept() { # ENTRIES WAYS POLICY
  accepted DtlbEntries="$1" DtlbWays="$2" DtlbPolicy="$3"
  accepted ItlbEntries="$1" ItlbWays="$2" ItlbPolicy="$3"
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

xlen='Xlen must be 32 or 64.'
asid='AsidBits must be 0 .. 16 (XLEN = 32: 0 .. 9).'
pa='PaBits must be 32 .. 56 (XLEN = 32: 32 .. 34).'
pmp='PmpEntries must be 0, 8 or 16.'
napot='Svnapot must be 0 or 1 (XLEN = 32: 0).'
for value in 0 31 33 63 65 128; do refused "$xlen" Xlen=$value; done
for value in 17 64 1000; do refused "$asid" AsidBits=$value; done
for value in 0 31 57 64 65 1000; do refused "$pa" PaBits=$value; done
for value in 1 4 7 9 15 17 64; do refused "$pmp" PmpEntries=$value; done
refused "$napot" Svnapot=2
refused 'UpdateFirst must be 0 or 1.' UpdateFirst=2
refused "$asid" Xlen=32 AsidBits=10 PaBits=34 Svnapot=0
refused "$pa" Xlen=32 AsidBits=9 PaBits=35 Svnapot=0
refused "$pa" Xlen=32 AsidBits=9 PaBits=31 Svnapot=0
refused "$napot" Xlen=32 AsidBits=9 PaBits=34 Svnapot=1
refused 'PwcEntries must be 0 .. 64.' PwcEntries=65
for value in 0 9 100; do refused 'Walks must be 1 .. 8.' Walks=$value; done
refused 'Prefetch must be 0 or 1.' L2Entries=8 Prefetch=2
refused 'Prefetch needs a second-level TLB (L2Entries > 0).' Prefetch=1
refused 'The number of second-level TLB entries must be 0 .. 4096.' L2Entries=8192
refused 'The number of second-level TLB ways must be 1 .. 16.' L2Entries=32 L2Ways=32
refused 'The number of second-level TLB ways must be 1 .. 16.' L2Entries=32 L2Ways=0
refused 'second-level TLB ways must divide' L2Entries=32 L2Ways=3
refused 'second-level TLB sets (entries / ways) must be a power of two.' L2Entries=12
refused 'The second-level TLB policy must be 0 (LRU)' L2Entries=32 L2Policy=4
refused 'The second-level TLB policy PLRU needs' L2Entries=12 L2Ways=3
accepted L2Entries=4096 L2Ways=16 PwcEntries=64 Walks=8 Prefetch=1
accepted L2Ways=0 L2Policy=9
accepted AsidBits=0 PaBits=32 PmpEntries=16 Svnapot=0 UpdateFirst=0
accepted Xlen=32 AsidBits=9 PaBits=34 PmpEntries=8 Svnapot=0

# The same through the build that everybody uses: exit 2, the sentence, no object.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
refuse_build() { # SENTENCE OPTION...
  local status=0 sentence=$1
  shift
  "$root/tb/build_dut.sh" --out "$work" "$@" >"$work/out" 2>"$work/err" || status=$?
  if [ $status != 2 ] || [ -s "$work/out" ] || ! grep -qF "$sentence" "$work/err"; then
    echo "illegal.sh: build_dut.sh $*: exit $status, and it said"
    cat "$work/out" "$work/err"
    failed=1
  fi
}

refuse_build 'must be a power of two' dtlb=12x4xlru itlb=4x4xlru
refuse_build "$pmp" pmp=3
refuse_build "$napot" xlen=32 svnapot=1
refuse_build "$pa" xlen=32 pa_bits=56
refuse_build 'the value must be a number' pmp=some
refuse_build 'Walks must be 1 .. 8.' walks=9
refuse_build 'a second level without entries is l2=none' l2=0x4xplru
refuse_build 'Prefetch needs a second-level TLB' prefetch=1
refuse_build "unknown argument 'pmp_entries=8'" pmp_entries=8
exit $failed
