#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A bug planted in a copy of the design: one page, exit status 1, and its Repeat line
# reproduces it with a waveform.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

cp -r rtl "$dir/rtl"
sed -i 's/assign canonical = .*;/assign canonical = 1'"'"'b1;/' \
  "$dir/rtl/tandem_mmu_port.sv"
! cmp -s rtl/tandem_mmu_port.sv "$dir/rtl/tandem_mmu_port.sv" ||
  { echo "the bug was not planted" >&2; exit 2; }
dut=$(tb/build_dut.sh --rtl "$dir/rtl" --out "$dir/cache" dtlb=16x16xlru itlb=16x16xlru)
random=("$TANDEM" run --quiet --random 200000 --seed 7 --dut "$dut"
  --set memory.data.least=2 --set memory.grant.most=3)

pages() { grep -c '^Repeat\|^ *Repeat' "$dir/out" || true; }
headline() { grep -m 1 -i 'mismatch' "$dir/out"; }

# --- one page, one result ---
expect 1 "${random[@]}" --json "$dir/r.json"
prints "FAILED"
says_nothing
[ "$(pages)" -eq 1 ] || wrong "$(pages) pages instead of one"
first=$(headline)
echo "  $first"
python3 tests/command/keys.py "$dir/r.json" docs/run-json.md || wrong "keys and page differ"
grep -q '"verdict": "failed"' "$dir/r.json" || wrong "the result's verdict"
grep -q '"mismatches": 1,' "$dir/r.json" || wrong "the result's mismatches"

# --- its command, with this program, in an empty folder ---
repeat=$(grep -A 1 -m 1 'Repeat' "$dir/out" | grep -o 'tandem run .*')
[ -n "$repeat" ] || wrong "no command that repeats it"
echo "  $repeat"
mkdir "$dir/repeat"
expect 1 bash -c 'cd "$1" && eval "\"$2\" ${3#tandem }"' - "$dir/repeat" "$TANDEM" "$repeat"
[ "$(headline)" = "$first" ] || wrong "repeats '$(headline)' instead of '$first'"
[ -s "$dir/repeat/mismatch.fst" ] || wrong "no waveform"

# --- several ---
expect 1 "${random[@]}" --max-errors 3 --json "$dir/r.json"
[ "$(pages)" -eq 3 ] || wrong "$(pages) pages instead of three"
[ "$(headline)" = "$first" ] || wrong "another first mismatch"
grep -q '"mismatches": 3,' "$dir/r.json" || wrong "the result's mismatches"
prints "3 mismatches"

# --- alone, the same design is caught by its own properties; no model is asked ---
expect 1 "${random[@]}" --dut-only
prints "MISMATCH: assertion"
prints "FAILED"
prints_not "compared, RTL with model"

finish
