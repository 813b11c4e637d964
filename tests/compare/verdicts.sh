#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A planted bug as HEAD fails as what it is; as BASE, it makes the design look faster.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh
seed=${TANDEM_SEED:-1}

# Small: it is built for each revision.
cat >"$dir/plain.yaml" <<'END'
tlb:
  data: {entries: 4, ways: 4}
  fetch: {entries: 4, ways: 4}
memory:
  data: {least: 1}
  grant: {most: 3}
END

plant() { # MUTANT
  mkdir -p "$dir/$1"
  cp -r rtl "$dir/$1/"
  (cd "$dir/$1" && patch -s -p1) <"$(ls tests/mutants/"$1"-*.patch)"
}

compare() { # STATUS BASE HEAD ARGUMENT...
  expect "$1" "$TANDEM" compare "$2" "$3" --config "$dir/plain.yaml" --random 5000 --seeds 1 \
    --seed "$seed" -n 20000 --json "$dir/r.json" --markdown "$dir/r.md" "${@:4}"
  cat "$dir/out"
}

value() { python3 -c "import json,sys; print(json.load(open(sys.argv[1]))$1)" "$dir/r.json"; }
verdict_is() { [ "$(value "['verdict']")" = "$1" ] || wrong "the JSON's verdict is not $1"; }

# --- the same twice ---
compare 0 rtl rtl
prints "3 jobs: same"
verdict_is same
grep -q '^## RTL gate: same' "$dir/r.md" || wrong "the summary's title"

# --- a cycle between two levels: n = 2 takes one more, n = 3 two, a hit and n = 1 none ---
plant 47
compare 1 rtl "$dir/47"
verdict_is slower
prints "FAILED"
python3 - "$dir/r.json" <<'END' || wrong "the cycles of single accesses"
import json, re, sys
jobs = json.load(open(sys.argv[1]))["jobs"]
probes = [job for job in jobs if job["kind"] == "probe"]
assert len(probes) == 1 and len(probes[0]["values"]) == 26  # both ports: a hit, 12 walks
for value in probes[0]["values"]:
    walk = re.search(r"walk, n = (\d+), g = (\d+), L = (\d+)", value["name"])
    n, g, l = map(int, walk.groups()) if walk else (0, 0, 0)
    assert value["base"] == n * (g + l) + 1, value
    assert value["head"] == value["base"] + max(n - 1, 0), value
recorded = [job for job in jobs if job["kind"] == "recorded"]
assert recorded[0]["verdict"] == "slower"
cycles = [v for v in recorded[0]["values"] if v["name"] == "cycles"][0]
assert cycles["head"] > cycles["base"]
assert [j["verdict"] for j in jobs if j["kind"] == "random"] == ["slower"]
# What histograms lose and gain is what translations lose and gain.
assert any(b["histogram"] == "data, walk" for b in recorded[0]["latencies"])
assert recorded[0]["latencies_left_out"] == 0
answers = [v for v in recorded[0]["values"] if v["name"] == "translations"]
assert sum(b["head"] - b["base"] for b in recorded[0]["latencies"]) == sum(
    v["head"] - v["base"] for v in answers)
END
# A reviewer sees program, unit, counter, both values, the histogram, and how to repeat it.
shows() { grep -qE -e "$1" "$dir/r.md" || wrong "the summary does not show '$1'"; }
shows '^\| slower \| plain.yaml, single accesses \|'
shows '^\| walk, n = 3, g = 1, L = 1 \| 7 \| 9 \| \+2 '
shows '^### slower: plain.yaml, cc1.tdt$'
shows '^\| cycles \| [0-9]+ \| [0-9]+ \| \+[0-9]+ \(\+[0-9.]+ %\) \|$'
shows '^\| data, walk \| [0-9]+ \| [0-9]+ \| [0-9]+ \| [+-][0-9]+ \|$'
shows "^tandem compare 'rtl' '$dir/47' --config '$dir/plain.yaml' --random 5000 "
shows '^\| plain.yaml \| dtlb=4x4xlru itlb=4x4xlru \|$'

# --- the other way round: a new baseline ---
compare 0 "$dir/47" rtl
verdict_is faster
prints "merging HEAD makes a new baseline"
prints "PASSED"
compare 1 "$dir/47" rtl --strict

# --- with walks that overlap, what differs first may be an order: it is the others that tell ---
sed '1i mmu: {walks: 4}' "$dir/plain.yaml" >"$dir/four.yaml"
expect 0 "$TANDEM" compare "$dir/47" rtl --config "$dir/four.yaml" --random 300 --seeds 32 \
  --seed "$seed" -n 5000 --json "$dir/r.json"
verdict_is faster
found=$(value "['jobs']" | grep -o "'verdict': 'changed'" | wc -l)
[ "$found" -gt 0 ] || wrong "no seed whose first difference is an order"
expect 1 "$TANDEM" compare rtl "$dir/47" --config "$dir/four.yaml" --random 300 --seeds 32 \
  --seed "$seed" -n 5000 --json "$dir/r.json"
verdict_is slower

# --- a counter, a victim: nothing is translated wrongly, and no time need differ ---
plant 330
cat >"$dir/kills.yaml" <<'END'
tlb:
  data: {entries: 4, ways: 4}
  fetch: {entries: 4, ways: 4}
random: {kill: 200}
check: {counters: 1000}
END
expect 1 "$TANDEM" compare rtl "$dir/330" --config "$dir/kills.yaml" --random 5000 --seeds 1 \
  --seed "$seed" --no-trace --json "$dir/r.json"
verdict_is wrong
prints "HEAD differs from the model in counter (counter kills)"
plant 18
cat >"$dir/plru.yaml" <<'END'
tlb:
  data: {entries: 4, ways: 4, policy: plru}
  fetch: {entries: 8, ways: 4, policy: plru}
END
expect 1 "$TANDEM" compare rtl "$dir/18" --config "$dir/plru.yaml" --random 5000 --seeds 1 \
  --seed "$seed" -n 20000 --json "$dir/r.json"
cat "$dir/out"
verdict_is wrong
prints "HEAD differs from the model in victim"

# --- a wrong permission: not a matter of time ---
plant 30
compare 1 rtl "$dir/30"
verdict_is wrong
prints "HEAD is wrong, BASE is not"
shows '^## RTL gate: wrong$'
# What was wrong before is no excuse.
compare 1 "$dir/30" "$dir/30"
prints "HEAD is wrong, as BASE was"
# Who mends it may pass.
compare 0 "$dir/30" rtl
verdict_is changed
prints "HEAD mends what BASE has wrong"

finish
