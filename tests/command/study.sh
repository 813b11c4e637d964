#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tandem study: what it refuses, that neither workers nor interrupts change a byte, that no worker
# is lost unsaid.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

trace=traces/gzip.tdt
study=("$TANDEM" study --trace $trace -n 100000)

# --- help and usage ---
for option in --help --usage; do
  expect 0 "$TANDEM" study $option
  prints "Usage: tandem study"
done
expect 0 "$TANDEM" study --help
prints "Exit status: 0 the study was made"
expect 2 "$TANDEM" study --bogus
says "unrecognized option '--bogus'"
expect 2 "$TANDEM" study
says_once "a study needs programs"
expect 2 "$TANDEM" study everything --trace $trace
says_once "there is no study 'everything'; there are miss-ratio, cycles"
[ "$(grep -o 'tandem study' "$dir/err" | wc -l)" -eq 1 ] || wrong "the command's name twice: $last"
expect 2 "${study[@]}" belady asid
says "one study by name, not 'asid' as well"
expect 2 "${study[@]}" --sweep os.frames
says_once "--sweep takes KEY=VALUE, not 'os.frames'"
expect 2 "${study[@]}" --sweep os.frame=3
says_once "--sweep: there is no key 'os.frame'"
expect 2 "${study[@]}" --sweep os.frames=9..3
says_once "--sweep: a range of os.frames is FIRST..LAST"
expect 2 "${study[@]}" --sweep tlb.data.entries=4 --sweep tlb.data.ways=8
says_once "no combination of the sweeps is legal: tlb.data (4 entries, 8 ways, lru)"
expect 2 "${study[@]}" --sweep os.quantum=1..200 --sweep os.frames=1..200
says_once "the sweeps have more than 20000 combinations"
expect 2 "${study[@]}" --measure everything
says_once "--measure: there is no measure 'everything'"
for jobs in 0 257 x; do
  expect 2 "${study[@]}" --jobs $jobs
  says "--jobs takes a whole number from 1 to 256"
done
expect 2 "${study[@]}" --resume
says_once "--resume needs the journal"
expect 2 "${study[@]}" --sweep study.page_bytes=65536 --verify 1
says_once "--verify: no point of this study can be run by the RTL"

# --- programs and places ---
expect 2 "$TANDEM" study --trace "$dir/none.tdt" --json "$dir/r.json"
says_once "tandem study: $dir/none.tdt: cannot open"
head -c 5000 $trace >"$dir/cut.tdt"
expect 2 "$TANDEM" study --trace "$dir/cut.tdt" --json "$dir/r.json"
says_once "tandem study: $dir/cut.tdt: "
[ -z "$(find "$dir" -name 'r.json*')" ] || wrong "something is left behind"
expect 2 "${study[@]}" --json "$dir/none/r.json"
says_once "$dir/none/r.json: cannot be created"
expect 2 "${study[@]}" --json "$dir/r" --csv "$dir/r"
says_once "$dir/r: is given as --json and as --csv"
cp $trace "$dir/copy.tdt"
expect 2 "$TANDEM" study --trace "$dir/copy.tdt" --csv "$dir/copy.tdt"
says_once "$dir/copy.tdt: is given as --csv and as a trace"
cmp -s $trace "$dir/copy.tdt" || wrong "a program was overwritten"
expect 2 bash -c '"$@" >/dev/full' - "${study[@]}"
says "standard output cannot be written"

# --- a study of nothing is none ---
head -c 0 /dev/null >"$dir/loads.lackey"
printf ' L 04025310,8\n S 04025318,8\n' >"$dir/loads.lackey"
expect 0 "$TANDEM" record -o "$dir/loads.tdt" --import "$dir/loads.lackey"
expect 2 "$TANDEM" study --trace "$dir/loads.tdt" --sweep tlb.fetch.ways=4,8
says_once "nothing was evaluated"
expect 0 "$TANDEM" study --trace "$dir/loads.tdt" --sweep tlb.data.ways=4,8

# --- plans ---
plan() { printf '%b' "$1" >"$dir/p.yaml"; }
plan 'traces: traces/gzip.tdt\nsweep:\n  os.frames: nine\n'
expect 2 "$TANDEM" study --plan "$dir/p.yaml"
says_once "$dir/p.yaml:3: os.frames must be a whole number"
plan 'traces: [traces/gzip.tdt\n'
expect 2 "$TANDEM" study --plan "$dir/p.yaml"
says_once "$dir/p.yaml:2: this is not YAML"
expect 2 "$TANDEM" study --plan "$dir/none.yaml"
says_once "$dir/none.yaml: cannot be opened"
plan 'study: belady\ntraces: traces/gzip.tdt\nset: {os.references: 20000}\nsweep: {os.frames: 3..9}\n'
expect 0 "$TANDEM" study --plan "$dir/p.yaml" --json "$dir/plan.json"
prints "Belady's anomaly"

# --- the printed command repeats the study, byte for byte ---
repeat=$(sed -n 's/^Repeat: tandem //p' "$dir/out")
expect 0 bash -c 'eval "\"$1\" $2 --json \"$3\""' - "$TANDEM" "$repeat" "$dir/again.json"
cmp -s "$dir/plan.json" "$dir/again.json" || wrong "its command gives other bytes"
python3 - "$dir/plan.json" <<'END' || wrong "the JSON is not as docs/study.md says"
import json, sys
study = json.load(open(sys.argv[1]))
for key in ("tandem kind name title command seed versions configuration traces summary figures "
            "tables verify cost").split():
    assert key in study, key
assert study["kind"] == "study" and study["name"] == "belady" and study["verify"] is None
assert study["configuration"]["os.references"] == 20000
assert study["traces"][0]["references"] > 0 and study["traces"][0]["pages"] > 0
figure = study["figures"][0]
assert figure["x"]["label"] == "os.frames"
assert [p["x"] for p in figure["curves"][0]["points"]] == list(range(3, 10))
table = study["tables"][0]
assert all(len(row) == len(table["columns"]) for row in table["rows"])
assert len(table["rows"]) == 7 * 3
END

# --- more curves than a page can show are said, and stand in the table ---
expect 0 "${study[@]}" --sweep os.frames=8..128*2 --sweep seed=1..70 --set os.policy=random \
  --measure faults -n 2000 --json "$dir/many.json"
prints "the figure shows 64 curves; 6 more are in the table of points"
[ "$(grep -c '"label": "gzip, seed' "$dir/many.json")" -eq 64 ] || wrong "not 64 curves"

# --- workers: the same bytes ---
sweep=(--sweep memory.data.most=8..15 --sweep os.frames=100,200)
expect 0 "${study[@]}" "${sweep[@]}" -j 1 --json "$dir/one.json" --csv "$dir/one.csv"
expect 0 "${study[@]}" "${sweep[@]}" -j 7 --json "$dir/seven.json" --csv "$dir/seven.csv"
cmp -s "$dir/one.json" "$dir/seven.json" || wrong "the JSON depends on the workers"
cmp -s "$dir/one.csv" "$dir/seven.csv" || wrong "the CSV depends on the workers"
[ "$(wc -l <"$dir/one.csv")" -eq 17 ] || wrong "not a line for each point"
[ -z "$(find "$dir" -name '*.journal')" ] || wrong "a journal is left"

# --- a file that is no journal is nobody's to change; a journal has one writer ---
for name in p.txt x.csv.journal; do
  printf 'my notes\n' >"$dir/$name"
  expect 2 "${study[@]}" --journal "$dir/$name"
  says_once "$dir/$name: line 1: this is not a journal of a study; it is left as it is"
  expect 2 "${study[@]}" --journal "$dir/$name" --resume
  [ "$(cat "$dir/$name")" = "my notes" ] || wrong "$name was changed"
done
expect 2 "${study[@]}" --csv "$dir/x.csv"
says_once "x.csv.journal: line 1: this is not a journal"
[ "$(cat "$dir/x.csv.journal")" = "my notes" ] || wrong "a file beside the output was changed"
exec 9>"$dir/two.json.journal"
flock -n 9
expect 2 "${study[@]}" --json "$dir/two.json"
says_once "two.json.journal: another study that is running writes this journal"
[ ! -e "$dir/two.json" ] || wrong "two studies wrote one output"
[ -e "$dir/two.json.journal" ] || wrong "the other study's journal was removed"
exec 9>&-
expect 0 "${study[@]}" --json "$dir/two.json"

# --- a damaged program is told of once and leaves nothing to resume ---
cp traces/gzip.tdt "$dir/damaged.tdt"
printf 'XXXX' | dd of="$dir/damaged.tdt" bs=1 seek=300000 conv=notrunc status=none
expect 2 "$TANDEM" study frames --trace "$dir/damaged.tdt" --json "$dir/damaged.json"
says_once "damaged.tdt: block"
! grep -q -e "--resume" "$dir/err" || wrong "a damaged program is said to be resumable"
[ ! -e "$dir/damaged.json.journal" ] || wrong "a damaged program leaves a journal"

# --- interrupts and killed workers leave the journal, and --resume goes on ---
long=("$TANDEM" study --trace traces/cc1.tdt -n 3000000 --sweep memory.data.most=8..15 -j 2)
begin() {
  rm -f "$dir/long.json" "$dir/long.json.journal"
  env --default-signal=INT "${long[@]}" --json "$dir/long.json" >"$dir/out" 2>"$dir/err" </dev/null &
  child=$!
  for _ in $(seq 400); do
    [ ! -e "$dir/long.json.journal" ] || [ "$(wc -l <"$dir/long.json.journal")" -lt 3 ] || break
    sleep 0.05
  done
}
ended() {
  local found=0
  wait "$child" || found=$?
  [ "$found" -eq 2 ] || wrong "exit status $found, not 2: $last"
  [ ! -e "$dir/long.json" ] || wrong "a result after $last"
  says_once "long.json.journal: --resume goes on from there"
}
expect 0 "${long[@]}" --json "$dir/whole.json"
for signal in INT TERM; do
  last="SIG$signal"
  begin
  kill -s $signal "$child"
  ended
  says_once "tandem study: interrupted after "
  [ "$(pgrep -c -P "$child" || true)" -eq 0 ] || wrong "a worker outlived it"
done
lines=$(wc -l <"$dir/long.json.journal")
expect 2 "${long[@]}" --sweep seed=1,2 --sweep memory.data.least=4 --resume --json "$dir/long.json"
says_once "this is the journal of another study"
[ "$(wc -l <"$dir/long.json.journal")" -eq "$lines" ] || wrong "the journal was changed"
printf '3 1 77' >>"$dir/long.json.journal"
expect 0 "${long[@]}" --resume --json "$dir/long.json"
cmp -s "$dir/whole.json" "$dir/long.json" || wrong "a resumed study gives other bytes"
[ ! -e "$dir/long.json.journal" ] || wrong "the journal is left"

last="a killed worker"
begin
worker=$(pgrep -P "$child" | head -n 1)
kill -s KILL "$worker"
ended
says_once "was killed by signal 9"
expect 0 "${long[@]}" --resume --json "$dir/long.json"
cmp -s "$dir/whole.json" "$dir/long.json" || wrong "a study goes on with other bytes"

# --- progress is for terminals ---
expect 0 "${study[@]}"
says_nothing
last="a study on a terminal"
on_terminal "${study[@]}" --sweep memory.data.most=8..15 -n 0
grep -qE $'\r''\[[#.]{30}\] +[0-9.]+ %  [0-9]+ of 9 tasks' "$dir/out" ||
  wrong "no progress on a terminal"
prints "▁"
prints "8 points"

# --- the page ---
expect 2 "${study[@]}" --cost traces/gzip.tdt
says_once "--cost needs --html FILE"
# What the page needs is looked at before a long study; so is the place.
for cost in "$dir/none.json" "$dir/one.json"; do
  expect 2 timeout 100 "$TANDEM" study --trace traces/cc1.tdt --sweep memory.data.most=8..500 \
    --html "$dir/r.html" --cost "$cost"
  says_once "$cost: "
done
expect 2 "$TANDEM" report "$dir/one.json" -o "$dir/none/r.html"
says_once "$dir/none/r.html: cannot be created"
if /usr/bin/python3 -c 'import jinja2, jsonschema, matplotlib' 2>/dev/null; then
  expect 0 "${study[@]}" --sweep tlb.data.entries,tlb.data.ways=8,16 --html "$dir/r.html"
  grep -q 'tlb.data.entries' "$dir/r.html" || wrong "the page does not name what was swept"
  [ "$(find "$dir" -name 'r.html*' | wc -l)" -eq 1 ] || wrong "something is left beside the page"
fi

finish
