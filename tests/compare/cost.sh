#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a change costs stands beside its verdict. Two syntheses: minutes.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
command -v yosys >/dev/null || { echo "Yosys is not installed: skipped" >&2; exit 77; }
source tests/command/lib.sh

cat >"$dir/small.yaml" <<'END'
tlb:
  data: {entries: 1, ways: 1}
  fetch: {entries: 1, ways: 1}
END

# Walks that pause remember that they do: a flip-flop for each of the unit's walks, which is one.
mkdir "$dir/47"
cp -r rtl "$dir/47/"
(cd "$dir/47" && patch -s -p1) <"$(ls tests/mutants/47-*.patch)"
expect 1 "$TANDEM" compare rtl "$dir/47" --config "$dir/small.yaml" --random 0 --no-trace --cost \
  --json "$dir/r.json" --markdown "$dir/r.md"
cat "$dir/out"
python3 - "$dir/r.json" <<'END' || wrong "the cost of a walk that pauses"
import json, sys
cost = {row["name"]: row for row in json.load(open(sys.argv[1]))["cost"]}
assert set(cost) == {"LUTs", "flip-flops", "block RAMs"}, cost
assert cost["flip-flops"]["head"] == cost["flip-flops"]["base"] + 1, cost
assert cost["LUTs"]["base"] > 0 and cost["LUTs"]["head"] > 0, cost
assert cost["block RAMs"]["head"] == cost["block RAMs"]["base"], cost
END
grep -qE '^\| flip-flops \| [0-9]+ \| [0-9]+ \| \+1 ' "$dir/r.md" || wrong "the summary's cost"

finish
