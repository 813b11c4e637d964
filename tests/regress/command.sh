#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tandem regress from outside: outcomes and exit statuses, what failed comes first, limits,
# reports, interrupts. Jobs are those of a stand-in (fake_job.c), and at the end those of the
# program itself, through examples/regress.yaml and on a design with a bug.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}" "${FAKE_JOB:?FAKE_JOB is not set}"
source tests/command/lib.sh
export TANDEM_REGRESS_JOB=$FAKE_JOB FAKE_LOG=$dir/log
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0" # the stand-in's own signals
unset SEED WAVES COV

plan() { # TITLE MODE SEEDS [LIMITS]
  printf 'title: %s\nseed: 9\nlimits: {seconds: %s}\ntests:\n  t: {run: --model-only --fake %s, seeds: %s}\n' \
    "$1" "${4:-60}" "$2" "$3" >"$dir/plan.yaml"
}
query() { sqlite3 "$dir/results/results.db" "$1"; }
ran() { cut -d ' ' -f 1 "$FAKE_LOG"; }
regress=("$TANDEM" regress "$dir/plan.yaml" --dir "$dir/results" -j 2)

# --- outcomes ---
outcome() { # MODE STATUS OUTCOME SIGNATURE
  plan "$1" "$1" 3 1
  expect "$2" "${regress[@]}" --seed 4
  prints "3 jobs: $([ "$3" = passed ] && echo "3 passed" || echo "0 passed, 3 $3")"
  [ "$(query "SELECT DISTINCT outcome || ' ' || signature FROM result WHERE run =
    (SELECT max(run) FROM run)")" = "$3 $4" ] || wrong "$1: other outcome or signature"
  says_nothing
}
outcome pass 0 passed ""
outcome error 2 error "error/tandem run: x#.tdt: cannot be opened"
outcome silent 2 error "error/exit status #, but it has left no JSON"
outcome broken-off 2 error error/==#==ABORTING
outcome crash 2 error signal/SIGSEGV
outcome doomed 2 error signal/SIGKILL
outcome hang 2 timeout timeout/default.t
outcome orphan 0 passed ""
[ "$(query "SELECT group_concat(DISTINCT attempts) FROM result WHERE signature = 'signal/SIGKILL'")" = 3 ] ||
  wrong "not tried three times"
plan killed killed 5
export FAKE_MARK=$dir/mark
: >"$FAKE_LOG"
expect 0 "${regress[@]}"
prints "5 jobs: 5 passed"
[ "$(ran | sort -n | uniq -c | grep -c '^ *2 ')" = 5 ] && [ "$(ran | wc -l)" = 10 ] || wrong "not each twice"
[ "$(query "SELECT group_concat(DISTINCT attempts) FROM result WHERE run = (SELECT max(run) FROM run)")" = 2 ] ||
  wrong "a killed worker is not tried again"
plan half half 3..4
expect 2 env FAKE_MARK="$dir/half" "${regress[@]}"
[ "$(query "SELECT DISTINCT signature || ' ' || attempts FROM result WHERE run = (SELECT max(run) FROM run)")" = \
  "error/exit status #, but it has left no JSON 2" ] || wrong "judged by what a killed attempt has left"
plan noise noise 1..1
expect 1 "${regress[@]}"
[ "$(query "SELECT length(output) < 40000 AND output LIKE '%bytes left out%' FROM result WHERE
  run = (SELECT max(run) FROM run)")" = 1 ] || wrong "output without bound"

# --- usage ---
expect 2 "$TANDEM" regress
expect 2 "${regress[@]}" another
expect 2 "$TANDEM" regress "$dir/none.yaml"
says_once "none.yaml: cannot be opened"
expect 2 "${regress[@]}" --junit "$dir/no/j.xml"
says_once "no/j.xml: cannot be created"
expect 2 "${regress[@]}" --tap "$dir/x" --json "$dir/x"
says_once "is given for two reports"
expect 2 "${regress[@]}" --resume
says_once "there is no unfinished run of 'noise' to resume"
expect 2 env SEED=x "${regress[@]}"
says_once "SEED must be a whole number"
echo text >"$dir/file"
expect 2 "$TANDEM" regress "$dir/plan.yaml" --dir "$dir/results" --db "$dir/file"
plan none pass 3
expect 2 "${regress[@]}" --rerun-failed
says_once "nothing to run: every job of 'none' passed when it last ran"

# --- seeds: the option, the variable, the plan; 0 is one ---
seeds() { "$@" -l | sed -n 's/.*--seed //p'; }
[ "$(seeds "${regress[@]}")" = "$(seeds "${regress[@]}" --seed 9)" ] || wrong "the plan's seed"
[ "$(seeds env SEED=0 "${regress[@]}")" = "$(seeds "${regress[@]}" --seed 0)" ] || wrong "SEED"
[ "$(seeds "${regress[@]}")" != "$(seeds "${regress[@]}" --seed 0)" ] || wrong "seed 0 is seed 9"
[ "$(seeds env SEED=5 "${regress[@]}" --seed 9)" = "$(seeds "${regress[@]}")" ] || wrong "--seed"
sed -i '/^seed/d' "$dir/plan.yaml"
[ "$(seeds "${regress[@]}")" != "$(seeds "${regress[@]}")" ] || wrong "one seed twice"

# --- what failed comes first, until it passes ---
export FAKE_BROKEN=$dir/broken
plan again broken 3
touch "$FAKE_BROKEN"
expect 1 "${regress[@]}"
old=$(query "SELECT seed FROM job WHERE run = (SELECT max(run) FROM run)" | sort)
: >"$FAKE_LOG"
expect 1 "$TANDEM" regress "$dir/plan.yaml" --dir "$dir/results" -j 1 --seed 77
prints "6 jobs (3 that did not pass last time)"
[ "$(ran | head -n 3 | sort)" = "$old" ] || wrong "other jobs first"
rm "$FAKE_BROKEN"
: >"$FAKE_LOG"
expect 0 "${regress[@]}" --rerun-failed
[ "$(ran | wc -l)" = 6 ] || wrong "$(ran | wc -l) jobs, not the six that failed"
prints "6 jobs: 6 passed"
expect 2 "${regress[@]}" --rerun-failed
touch "$FAKE_BROKEN"
expect 1 "${regress[@]}" --seed 77
expect 0 "${regress[@]}" --history
prints "Not passing now:"
prints "since run $(query "SELECT max(run) FROM run") of "

# Neither that nor -l writes the file.
sum=$(sha256sum "$dir/results/results.db"; ls "$dir/results")
expect 0 "${regress[@]}" --history
expect 0 "${regress[@]}" -l
[ "$(sha256sum "$dir/results/results.db"; ls "$dir/results")" = "$sum" ] || wrong "reading writes"

# --- limits, --fail-fast ---
plan most pass 50
echo '  u: {run: --model-only --fake pass, seeds: 50, weight: 9}' >>"$dir/plan.yaml"
sed -i 's/^limits.*/limits: {jobs: 20}/' "$dir/plan.yaml"
expect 0 "${regress[@]}"
prints "20 jobs: 20 passed"
[ "$(query "SELECT count(*) FROM job JOIN suite USING (run, suite) WHERE test = 'u' AND run =
  (SELECT max(run) FROM run)")" = 18 ] || wrong "not the weights' share"
plan fast fail 200
expect 1 "${regress[@]}" --fail-fast
[ "$(query "SELECT count(*) < 5 FROM result WHERE run = (SELECT max(run) FROM run)")" = 1 ] ||
  wrong "it went on"
prints "not run"

# --- buckets and reports ---
plan reports fail 1..30
reports=(--junit "$dir/j.xml" --tap "$dir/t.tap" --json "$dir/r.json" --html "$dir/r.html")
expect 1 "${regress[@]}" "${reports[@]}"
prints "     10  failed   fault/rsp/data/1/1>2"
prints "         tandem run --model-only --fake fail --seed 2"
prints "     10  failed   physical_address/rsp/data/1/offset"
prints "         tandem run --model-only --fake fail --seed 3"
xmllint --noout --schema tests/regress/junit.xsd "$dir/j.xml" 2>"$dir/err" || wrong "no JUnit"
[ "$(grep -c '<failure ' "$dir/j.xml")" = 30 ] || wrong "failures in JUnit"
grep -q -- '--- MISMATCH: latency' "$dir/j.xml" || wrong "no page in JUnit"
[ "$(grep -c '^not ok' "$dir/t.tap")" = 30 ] && grep -qx '1\.\.30' "$dir/t.tap" || wrong "TAP"
python3 - "$dir/r.json" <<'END' || wrong "JSON"
import json, sys
r = json.load(open(sys.argv[1]))
assert (r["schema"], r["schema_version"]) == ("tandem-regress", 1)
assert r["counts"] == {"passed": 0, "failed": 30, "error": 0, "timeout": 0, "not_run": 0}
assert [b["count"] for b in r["buckets"]] == [10, 10, 10] and len(r["jobs"]) == 30
assert sorted(b["seed"] for b in r["buckets"]) == [1, 2, 3]
END
xmllint --html --noout "$dir/r.html" 2>/dev/null || wrong "HTML"
folder=$dir/results/run-$(query "SELECT max(run) FROM run")/default.t.7
grep -q MISMATCH "$folder/output.txt" && grep -q verdict "$folder/result.json" &&
  grep -q -- '--seed 7' "$folder/command.txt" || wrong "what is kept of a failure"
[ -z "$(find "$dir" -maxdepth 1 -name '*.xml.*')" ] || wrong "a temporary is left"

# --- of the smallest seed the output is kept, however many failed before it ---
plan late fail '[4..450, 1..3]'
expect 1 "${regress[@]}" --junit "$dir/j.xml"
run=$(query "SELECT max(run) FROM run")
for seed in 1 2 3; do
  [ -s "$dir/results/run-$run/default.t.$seed/result.json" ] || wrong "nothing is kept of seed $seed"
done
[ "$(query "SELECT count(*) < 330 FROM result WHERE run = $run AND output IS NOT NULL")" = 1 ] || wrong "all is kept"
python3 - "$dir/j.xml" <<'END' || wrong "the smallest seeds have no output in JUnit"
import sys
import xml.etree.ElementTree as tree
cases = {c.get("name"): c.find("failure").text for c in tree.parse(sys.argv[1]).iter("testcase")}
assert sum("was not kept" in text for text in cases.values()) > 100
for seed in (1, 2, 3):
    assert "MISMATCH" in cases[f"seed {seed}"], cases[f"seed {seed}"]
END

# --- repetitions that fail are told of: the stand-in leaves neither wave nor folder ---
plan repeated fail 1..6
WAVES=1 expect 1 "${regress[@]}" --keep
prints "6 of 6 failures could not be repeated for a waveform; default.t seed "
prints "3 of 3 failures could not be repeated for replay; default.t seed "

plan many unlike 1..60
expect 1 "${regress[@]}" --keep
prints "10 causes beyond the first 50 have no folder for replay"
prints "50 of 50 failures could not be repeated for replay; default.t seed "

# --- one at a time; an interrupt keeps what has finished ---
plan interrupt slow 1..40
env --default-signal=INT "${regress[@]}" --junit "$dir/i.xml" >"$dir/out" 2>"$dir/err" &
runner=$!
for _ in $(seq 100); do
  [ "$(query "SELECT count(*) FROM result JOIN run USING (run) WHERE plan = 'interrupt'")" -lt 3 ] || break
  sleep 0.1
done
cp "$dir/out" "$dir/out.first"
found=0
"${regress[@]}" >"$dir/second" 2>&1 || found=$?
[ $found -eq 2 ] && grep -q "another regression is running here" "$dir/second" || wrong "two at a time"
kill -INT $runner
found=0
wait $runner || found=$?
last="an interrupted regression"
[ $found -eq 2 ] || wrong "exit status $found, not 2"
says_once "jobs; --resume goes on"
xmllint --noout --schema tests/regress/junit.xsd "$dir/i.xml" 2>"$dir/err" || wrong "no JUnit"
grep -q '<skipped' "$dir/i.xml" || wrong "nothing skipped"
last="a resumed regression on a terminal"
on_terminal "${regress[@]}" --resume
prints "40 jobs: 40 passed"
prints " of 40 jobs, 0 not passed"
! grep -qE ' [1-9][0-9]* not passed' "$dir/out" || wrong "what passed before is not counted as passed"

# --- a database is one regression's, from whatever folder; a run never uses another one's files ---
plan shared slow 1..40
: >"$FAKE_LOG"
"${regress[@]}" >"$dir/out" 2>"$dir/err" &
runner=$!
for _ in $(seq 100); do
  [ "$(wc -l <"$FAKE_LOG")" -lt 3 ] || break
  sleep 0.1
done
found=0
"$TANDEM" regress "$dir/plan.yaml" --dir "$dir/other" --db "$dir/results/results.db" --resume \
  >"$dir/second" 2>&1 || found=$?
[ $found -eq 2 ] && grep -q "another regression uses this database" "$dir/second" || wrong "two with one database"
found=0
wait $runner || found=$?
last="a regression whose database somebody else wants"
[ $found -eq 0 ] && [ "$(wc -l <"$FAKE_LOG")" = 40 ] || wrong "exit status $found, or jobs ran twice"
plan stale tenth 10..11
stale=("$TANDEM" regress "$dir/plan.yaml" --dir "$dir/stale" -j 1)
expect 1 "${stale[@]}"
expect 1 "${stale[@]}" --db "$dir/stale.db"
prints "run 2,"
[ "$(cat "$dir/stale/run-1/id")" != "$(cat "$dir/stale/run-2/id")" ] || wrong "two runs with one identity"
expect 1 "${stale[@]}"
prints "run 3,"
touch "$FAKE_BROKEN"
plan stale broken 10..11
expect 1 "${stale[@]}" --db "$dir/stale.db" --fail-fast
prints "run 4,"
rm "$FAKE_BROKEN"
cp -r "$dir/stale" "$dir/moved"
echo ffffffffffffffffffffffffffffffff >"$dir/moved/run-4/id"
expect 2 "$TANDEM" regress "$dir/plan.yaml" --dir "$dir/moved" --db "$dir/stale.db" -j 1 --resume
says_once "run-4: holds another run's files"
[ ! -e "$dir/stale/.tandem-scratch" ] || wrong "a scratch folder is left"

# --- somebody else holds the database for longer than a result waits: the run goes on after that ---
plan held slow 1..60
"${regress[@]}" >"$dir/out" 2>"$dir/err" &
runner=$!
for _ in $(seq 100); do
  [ "$(query "SELECT count(*) FROM result JOIN run USING (run) WHERE plan = 'held'")" -lt 3 ] || break
  sleep 0.1
done
{ echo "BEGIN IMMEDIATE;"; sleep 13; echo "COMMIT;"; } | sqlite3 "$dir/results/results.db"
found=0
wait $runner || found=$?
last="a regression whose database is held"
[ $found -eq 0 ] || wrong "exit status $found"
prints "60 jobs: 60 passed"
[ "$(query "SELECT count(*), count(DISTINCT number), state FROM result JOIN run USING (run) WHERE plan = 'held'")" = \
  "60|60|finished" ] || wrong "results lost, or counted twice"

# --- a task on a node: what its file has of this run is passed over, in no time; a temporary is removed ---
mkdir "$dir/node" "$dir/tmp"
python3 - "$dir/node" "$FAKE_JOB" <<'END'
import json, sys
folder, program = sys.argv[1:]
count = 200000
suite = {"name": "a.t", "words": ["tandem", "run", "--fake", "pass"], "seconds": 60, "quiet": True}
manifest = {"run": "this", "program": program, "folder": folder, "chunk": count,
            "suites": [suite], "jobs": [[n, 0, n] for n in range(count)]}
json.dump(manifest, open(folder + "/round-0.json", "w"))
with open(folder + "/round-0-0.lines", "w") as lines:
    for n in range(count):
        run = "this" if n < count - 2 else "other"
        print(json.dumps({"run": run, "number": n, "outcome": "passed"}), file=lines)
END
: >"$FAKE_LOG"
task=(env SLURM_ARRAY_TASK_ID=0 "TMPDIR=$dir/tmp" timeout 20 "$TANDEM" regress --task "$dir/node/round-0.json")
touch "$dir/node/round-0.stop"
expect 0 "${task[@]}"
[ ! -s "$FAKE_LOG" ] || wrong "a job is started after the stop"
rm "$dir/node/round-0.stop"
expect 0 "${task[@]}"
[ "$(ran | tr '\n' ' ')" = "199998 199999 " ] || wrong "not the two jobs of which there is no result of this run"
[ -z "$(ls -A "$dir/tmp")" ] || wrong "a task leaves something in \$TMPDIR"

# --- progress on a terminal only ---
plan terminal slow 1..8
last="a regression on a terminal"
on_terminal "${regress[@]}"
grep -qE '\[[#.]{30}\] +[0-9.]+ %  [0-9]+ of 8 jobs' "$dir/out" || wrong "no progress"
expect 0 "${regress[@]}"
says_nothing

# --- the program itself: the example; a bug; a unit that cannot be built ---
unset TANDEM_REGRESS_JOB
export TANDEM_DUT_OPTIMIZE=-O1
expect 0 "$TANDEM" regress examples/regress.yaml --dir "$dir/example" -j 2
prints "11 jobs: 11 passed"
cp -r rtl "$dir/rtl"
patch -p1 -s -d "$dir" <tests/mutants/01-fence-uses-live-asid.patch
dut=$(tb/build_dut.sh --rtl "$dir/rtl" dtlb=16x16xlru itlb=16x16xlru)
cat >"$dir/bug.yaml" <<END
seed: 1
configurations:
  good: {}
  impossible: {set: {tlb.data.entries: 12, tlb.data.ways: 5}}
tests:
  random: {run: --random 3000}
  planted: {run: --random 6000 --set random.fence=30 --dut $dut, seeds: 1..8, configurations: good}
END
bug=("$TANDEM" regress "$dir/bug.yaml" --dir "$dir/bug")
bugs() { sqlite3 -separator ' ' "$dir/bug/results.db" "$1"; }
WAVES=1 COV=1 expect 1 "${bug[@]}" -j 2 --keep
prints "10 jobs: 1 passed, 8 failed, 1 error"
prints_not "could not be repeated"
[ "$(find "$dir/bug/run-1" -name wave.fst -size +0 | wc -l)" = 8 ] || wrong "not a waveform of each failure"
causes=$(bugs "SELECT count(DISTINCT signature) FROM result WHERE outcome = 'failed'")
[ "$(find "$dir/bug/run-1" -path '*/replay/run.json' | wc -l)" = "$causes" ] || wrong "not one of each cause is kept"
IFS='|' read -r seed signature < <(sqlite3 "$dir/bug/results.db" "SELECT min(seed), signature FROM job
  JOIN result USING (run, number) WHERE outcome = 'failed' GROUP BY signature ORDER BY count(*) DESC LIMIT 1")
command=$(grep -F -A 2 "  failed   $signature" "$dir/out" | grep -o 'tandem run .*')
[[ $command == *"--seed $seed" ]] || wrong "the command of $signature does not end in --seed $seed: $command"
expect 1 bash -c 'eval "\"$1\" ${2#tandem }"' - "$TANDEM" "$command"
prints "MISMATCH: ${signature%%/*} "
expect 0 "$TANDEM" replay --no-wave "$dir/bug/run-1/good.planted.$seed/replay"

# --- coverage: that of each job, once; also when a run stops and is resumed ---
each=0
while read -r number words; do
  read -ra words <<<"${words#tandem }"
  "$TANDEM" "${words[@]}" --quiet --coverage "$dir/$number.cov" >"$dir/out" 2>"$dir/err" || true
  each=$((each + 1))
done < <(bugs "SELECT number, command, '--seed', seed FROM job JOIN suite USING (run, suite)
  WHERE configuration = 'good' AND run = 1")
[ $each = 9 ] || wrong "$each jobs"
expect 0 "$TANDEM" coverage -o "$dir/sum.cov" "$dir"/[0-9].cov
cmp "$dir/sum.cov" "$dir/bug/run-1/coverage.cov" || wrong "not the coverage of each job once"
[ -s "$dir/bug/run-1/coverage.html" ] && [ ! -e "$dir/bug/run-1/coverage" ] || wrong "coverage's page, or its parts"
sed -i '/impossible/d' "$dir/bug.yaml"
COV=1 expect 1 "${bug[@]}" -j 1 --fail-fast
prints "9 jobs: 0 passed, 1 failed, 8 not run"
COV=1 expect 1 "${bug[@]}" -j 2 --resume
prints "Coverage of 9 runs"
cmp "$dir/sum.cov" "$dir/bug/run-2/coverage.cov" || wrong "not the coverage of each job once, after --resume"

finish
