#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a run leaves behind: JSON, swap file and waveform, whole or not at all.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

trace=traces/gzip.tdt
run=("$TANDEM" run --quiet --trace $trace)
model=("${run[@]}" --model-only)

documented() { # FILE
  last="keys of $1"
  python3 -m json.tool "$1" >"$dir/out" 2>"$dir/err" || wrong "no valid JSON"
  python3 tests/command/keys.py "$1" docs/run-json.md 2>"$dir/err" || wrong "keys and page differ"
}

# Nothing stands in the folder but what is named.
only() {
  local found
  found=$(cd "$dir/place" && ls -A | paste -sd ' ')
  [ "$found" = "$*" ] || wrong "left behind: '$found' instead of '$*'"
}
mkdir "$dir/place"

# --- JSON: valid, documented, the same each time ---
json=$dir/place/r.json
expect 0 "${run[@]}" -n 20000 --json "$json"
documented "$json"
grep -q '"mode": "lockstep"' "$json" || wrong "mode"
cp "$json" "$dir/first.json"
expect 0 "${run[@]}" -n 20000 --json "$json"
cmp -s "$json" "$dir/first.json" || wrong "equal runs, different results"
expect 0 "${run[@]}" -n 20000 --dut-only --json "$json"
documented "$json"
grep -q '"mode": "dut_only"' "$json" || wrong "mode"
expect 0 "${model[@]}" -n 20000 --json "$json"
documented "$json"
grep -q '"mode": "model_only"' "$json" || wrong "mode"
expect 0 "$TANDEM" run --quiet --random 5000 --json "$json"
documented "$json"
[ "$(stat -c %a "$json")" = 644 ] || wrong "the result's permissions"
only r.json
expect 0 "${model[@]}" -n 100 --config examples/svade.yaml --json "$json"
documented "$json"
# A name that is no UTF-8 stays valid JSON.
name=$dir/$(printf 'caf\xe9.tdt')
cp $trace "$name"
expect 0 "$TANDEM" run --quiet --model-only -t "$name" -n 100 --json "$json"
documented "$json"

# --- JSON where it cannot be written: said before the run, an older file untouched ---
expect 2 "${model[@]}" -n 100 --json "$dir/none/r.json"
says_once "$dir/none/r.json: cannot be created: No such file or directory"
prints_not "Result"
for place in "$dir" /dev/null; do
  expect 2 "${model[@]}" -n 100 --json "$place"
  says_once "$place: not a regular file, so it cannot hold a result"
  prints_not "Result"
done
[ -c /dev/null ] || wrong "/dev/null is gone"
expect 2 "${model[@]}" -n 100 --json ""
says_once "--json takes the name of a file"
ln -s r.json "$dir/place/link"
expect 2 "${model[@]}" -n 100 --json "$dir/place/link"
rm "$dir/place/link"
echo old >"$json"
expect 2 bash -c 'ulimit -f 1; exec "$@" >/dev/null' - "${model[@]}" -n 100 --json "$json"
says_once "$json: cannot be written: File too large"
[ "$(cat "$json")" = old ] || wrong "the older result was touched"
only r.json
rm "$json"

# --- swap that cannot grow; swap that is full ---
paging=("${model[@]}" -n 200000 --frames 16 --policy fifo)
expect 2 bash -c 'ulimit -f 40; exec "$@"' - "${paging[@]}" --swap "$dir/place/swap"
says_once "$dir/place/swap: cannot write: File too large"
rm -f "$dir/place/swap"
expect 0 "${paging[@]}" -n 20000 --swap "$dir/place/swap"
echo mine >"$dir/place/notes"
expect 2 "${paging[@]}" --swap "$dir/place/notes"
says_once "$dir/place/notes exists and is not a swap file: it is left as it is"
[ "$(cat "$dir/place/notes")" = mine ] || wrong "somebody's file was overwritten"
rm -f "$dir/place/notes" "$dir/place/swap"
expect 0 "${model[@]}" -t traces/cc1.tdt -n 100000 --set os.quantum=5000 \
  --set os.swap_mib=0 --frames 150 --set os.processes=3 --json "$json"
prints "out of memory (swap is full), 0 by violation"
python3 - "$json" <<'END' || wrong "none ended, or none went on"
import json, sys
result = json.load(open(sys.argv[1]))
ended = result["paging"]["ended_out_of_memory"]
sys.exit(not (result["verdict"] == "passed" and 1 <= ended < 3 and result["references"] > 100000))
END
rm -f "$json"

# --- standard output that is full ---
expect 2 bash -c 'exec "$@" >/dev/full' - "${model[@]}" -n 100
says_once "standard output cannot be written"

# --- waveforms ---
wave=$dir/place/w.fst
size() { stat -c %s "$1"; }
expect 0 "${run[@]}" -n 2000 --wave "$wave"
all=$(size "$wave")
only w.fst
expect 0 "${run[@]}" -n 2000 --wave "$wave" --wave-window 500:600
[ "$(size "$wave")" -lt "$all" ] || wrong "a window as large as the whole run"
[ "$(head -c 1 "$wave" | od -An -tu1 | tr -d ' ')" = 0 ] || wrong "no FST header"
# The header, after its length: first and last time of the wave, big-endian.
python3 - "$wave" 500 600 <<'END' || wrong "the window is not respected"
import struct, sys
head = open(sys.argv[1], "rb").read(25)
first, last = struct.unpack(">QQ", head[9:25])
# Times count half cycles or cycles; the wave's length in relation to its start is the same.
unit = first / int(sys.argv[2])
sys.exit(not (unit > 0 and abs(last / unit - int(sys.argv[3])) <= 1.5))
END
only w.fst
rm "$wave"
expect 0 "${run[@]}" -n 2000 --wave "$wave" --wave-window 900000:900010
says_once "$wave: not written, the run ended before the window began"
only
expect 2 "${run[@]}" -n 2000 --wave "$dir/none/w.fst"
says_once "$dir/none/w.fst: "
for place in "$dir" /dev/null; do
  expect 2 "${run[@]}" -n 2000 --wave "$place"
  says_once "$place: not a regular file, so it cannot hold a waveform"
done
[ -c /dev/null ] || wrong "/dev/null is gone"
# Regression: a limit below the writer's first page ended the program by a signal.
expect 2 bash -c 'ulimit -f 4; exec "$@"' - "${run[@]}" -n 20000 --wave "$wave"
says_once "the waveform cannot grow: the disk is full, or a file-size limit is met"
expect 2 bash -c 'ulimit -f 64; exec "$@"' - "${run[@]}" -n 20000 --wave "$wave"
says_once "$wave: the waveform was cut short"

finish
