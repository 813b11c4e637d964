#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A DUT whose answers are right and whose counter of the data TLB's misses is not: every command
# that runs it to the end says so, and prints what the DUT counted, not the model.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}" "${WRONG_COUNTER:?}" "${RIGHT_DOUBLE:?}"
source tests/command/lib.sh

study=("$TANDEM" study --trace traces/gzip.tdt -n 5000 --sweep tlb.data.entries=16 --verify 1
  --dut "$WRONG_COUNTER")

for measure in misses cycles; do
  expect 1 "${study[@]}" --measure "$measure" --json "$dir/$measure.json"
  prints "counter data_misses"
  prints "  DISAGREE"
done
# As long as the counters are compared seldom, the end finds it.
expect 1 "${study[@]}" --measure cycles --set study.client=stream --json "$dir/stream.json"
prints "counter data_misses"
grep -q 'observed 0x0$' "$dir/out" || wrong "the disagreement does not end its line"
python3 - "$dir"/{misses,cycles,stream}.json <<'END' || wrong "the DUT's counter is not in the JSON"
import json, sys
for path in sys.argv[1:]:
    points = [p for p in json.load(open(path))["verify"]["points"] if p["count"] == "data_misses"]
    assert len(points) == 1, path
    assert points[0]["rtl"] == 0 and points[0]["study"] > 0, (path, points)
    assert points[0]["agree"] is False and points[0]["lockstep"] is False, (path, points)
END
expect 1 "$TANDEM" run --trace traces/gzip.tdt -n 5000 --dut "$WRONG_COUNTER"
prints "counter data_misses"
expect 1 "$TANDEM" run --random 200 --dut "$WRONG_COUNTER" --set mmu.pmp_entries=0
prints "counter data_misses"

# --- an interrupt of --verify leaves the journal, and says how to go on ---
for client in program stream; do
  last="SIGINT while $client is verified"
  long=("$TANDEM" study --trace traces/cc1.tdt -n 20000000 --sweep tlb.data.entries=16,17
    --measure misses --verify 2 --verify-references 0 --dut "$RIGHT_DOUBLE"
    --set study.client=$client --json "$dir/long.json")
  [ "$client" = program ] || long+=(--measure cycles --sweep tlb.data.entries=16)
  env --default-signal=INT "${long[@]}" >"$dir/out" 2>"$dir/err" </dev/null &
  child=$!
  for _ in $(seq 400); do
    [ ! -e "$dir/long.json.journal" ] || [ "$(wc -l <"$dir/long.json.journal")" -lt 3 ] || break
    sleep 0.05
  done
  sleep 0.5
  kill -s INT "$child"
  found=0
  wait "$child" || found=$?
  [ "$found" -eq 2 ] || wrong "exit status $found, not 2: $last"
  says_once "interrupted"
  says_once "long.json.journal: --resume goes on from there"
  rm -f "$dir/long.json.journal"
done

finish
