#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tandem study --verify: points of every kind agree with the RTL; a bug planted in a copy of the
# design is found.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

study=("$TANDEM" study --trace traces/gzip.tdt -n 200000 --seed 5)

# 16 entries, 16 ways: the unit that other tests build as well.
misses=(--sweep tlb.data.entries,tlb.data.ways=16 --sweep os.quantum=500,20000
  --set os.processes=2 --measure misses)
expect 0 "${study[@]}" "${misses[@]}" --verify 2 --json "$dir/r.json"
prints "Verified with the RTL (seed 5)"
prints "data_misses"
prints_not "DISAGREE"
python3 - "$dir/r.json" <<'END' || wrong "what was verified is not in the JSON"
import json, sys
verify = json.load(open(sys.argv[1]))["verify"]
assert verify["seed"] == 5 and len(verify["points"]) == 2
for point in verify["points"]:
    assert point["agree"] is True and point["study"] == point["rtl"] > 0, point
END
expect 0 "${study[@]}" --sweep os.frames=20,60 --sweep os.policy=lru,fifo,opt,clock,random,2q \
  --verify 6 --verify-references 60000
[ "$(grep -c '^  agree .*page_faults' "$dir/out")" -eq 6 ] || wrong "not six points"
expect 0 "${study[@]}" --sweep memory.data.most=8,30 --verify 2 --verify-references 50000
grep -q '^  agree .*: cycles [0-9]* by' "$dir/out" || wrong "cycles were not compared"
# The stream client, with pages of every size; the unit is that of 16 entries again.
expect 0 "${study[@]}" --set study.client=stream --sweep tlb.data.entries,tlb.data.ways=16 \
  --sweep study.page_bytes=4096,65536,2097152 --measure cycles --verify 3 --verify-references 50000
[ "$(grep -c '^  agree .*: cycles [0-9]* by' "$dir/out")" -eq 3 ] || wrong "not three page sizes"

# Hits no longer touch: a unit with LRU chooses victims as FIFO would, and misses more often.
cp -r rtl "$dir/rtl"
sed -i 's/\(\.touch_i  *(\)hit_use)/\1hit_use \&\& 1'"'"'b0)/' "$dir/rtl/tandem_mmu_port.sv"
! cmp -s rtl/tandem_mmu_port.sv "$dir/rtl/tandem_mmu_port.sv" ||
  { echo "the bug was not planted" >&2; exit 2; }
dut=$(tb/build_dut.sh --rtl "$dir/rtl" --out "$dir/cache" dtlb=16x16xlru itlb=16x16xlru)
expect 1 "${study[@]}" "${misses[@]}" --verify 1 --dut "$dut" --json "$dir/bad.json"
prints "  DISAGREE"
prints "RTL and model disagreed"
says_nothing
# Its page says how to repeat it: by the study, which maps the pages beforehand.
repeat=$(grep -A 1 -m 1 'Repeat' "$dir/out" | grep -o 'tandem study .*')
expect 1 bash -c 'eval "\"$1\" ${2#tandem }"' - "$TANDEM" "$repeat"
prints "  DISAGREE"
grep -q '"agree": false' "$dir/bad.json" || wrong "the disagreement is not in the JSON"

finish
