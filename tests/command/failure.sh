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

# --- the same page as HTML, that is XML, too, and needs nothing else; in the JSON as text ---
cp "$dir/out" "$dir/first.out"
expect 1 "${random[@]}" --explain "$dir/a<b>&'c.html" --json "$dir/r.json"
[ "$(headline)" = "$first" ] || wrong "--explain changes what fails"
html="$dir/a<b>&'c.html"
xmllint --noout "$html" 2>"$dir/err" || wrong "the page is not well-formed"
for word in "Mismatch in cycle" "<svg " "Expected beside observed" "Suspect:" "<h2>Repeat</h2>"; do
  grep -qF -e "$word" "$html" || wrong "the HTML page does not hold '$word'"
done
! grep -qE '<script|https?://[^w]|src=|@import|url\(' "$html" || wrong "the HTML page needs something else"
python3 - "$dir/r.json" "$dir/out" <<'END' || wrong "the page in the JSON is not the one printed"
import json, sys
page = json.load(open(sys.argv[1]))["mismatch"]["page"]
printed = open(sys.argv[2]).read()
assert page.startswith("--- MISMATCH") and page in printed and "Repeat" not in page
END
expect 2 "${random[@]}" --explain "$dir/no/x.html"
says_once "cannot be created"
expect 2 "${random[@]}" --explain "$dir/r.json" --json "$dir/r.json"
says_once "is given as --json and as --explain"
expect 0 "$TANDEM" run --quiet --random 1000 --model-only --explain "$dir/none.html"
[ ! -e "$dir/none.html" ] || wrong "a page about nothing"
cp "$dir/first.out" "$dir/out"

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
