#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A regression on a Slurm cluster of two nodes on loopback; one of them is lost half-way; a worker and
# a task are killed; an interrupted one is resumed; coverage, waveforms and folders for replay of the
# program's own jobs. Exit 77 (skipped) where Slurm is not installed or does not start.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}" "${FAKE_JOB:?FAKE_JOB is not set}"
source tests/command/lib.sh
source tests/regress/cluster.sh
leave() {
  cluster_stop
  remove_folder
}
trap leave EXIT
cluster_start "$dir/cluster" || { echo "skipped"; exit 77; }
export TANDEM_REGRESS_JOB=$FAKE_JOB FAKE_LOG=$dir/log

plan() { # TITLE MODE SEEDS
  printf 'title: %s\nseed: 3\ntests:\n  t: {run: --model-only --fake %s, seeds: %s}\n' "$@" \
    >"$dir/plan.yaml"
}
query() { sqlite3 "$dir/results/results.db" "$1"; }
regress=("$TANDEM" regress "$dir/plan.yaml" --launcher slurm --dir "$dir/results")

# --- every job once, its outcome that of its seed ---
plan plain tenth 1..300
: >"$FAKE_LOG"
expect 1 "${regress[@]}" --chunk 50 --junit "$dir/junit.xml"
prints "300 jobs: 270 passed, 30 failed"
prints "10  failed   latency/rsp/data/1/late"
[ "$(cut -d ' ' -f 1 "$FAKE_LOG" | sort -n)" = "$(seq 300)" ] || wrong "not each seed once"
[ "$(query "SELECT group_concat(DISTINCT node) FROM (SELECT node FROM result ORDER BY node)")" = n1,n2 ] ||
  wrong "not both nodes"
[ "$(query "SELECT count(*) FROM job JOIN result USING (run, number)
  WHERE (seed % 10 = 0) <> (outcome = 'failed')")" = 0 ] || wrong "outcomes of other seeds"
xmllint --noout --schema tests/regress/junit.xsd "$dir/junit.xml" 2>"$dir/err" || wrong "no JUnit"
[ -s "$dir/results/run-1/default.t.10/result.json" ] || wrong "nothing kept of a failure"

# --- a node is lost while its task runs ---
plan lost slow 1..60
: >"$FAKE_LOG"
"${regress[@]}" --chunk 15 >"$dir/out.txt" 2>"$dir/err" &
runner=$!
for _ in $(seq 300); do
  [ -z "$(squeue --noheader --states=R --nodelist=n1)" ] ||
    [ "$(wc -l <"$FAKE_LOG")" -lt 6 ] || break
  sleep 0.1
done
sleep 0.5
[ -n "$(tasks_of_node 1)" ] || wrong "no task on the node"
node_stop 1
status=0
wait $runner || status=$?
last="a regression that loses a node"
[ $status -eq 0 ] || wrong "exit status $status"
grep -q "60 jobs: 60 passed" "$dir/out.txt" || wrong "not 60 jobs"
[ "$(query "SELECT count(*), count(DISTINCT number) FROM result WHERE run = 2")" = "60|60" ] ||
  wrong "results lost, or counted twice"
[ -f "$dir/results/run-2/slurm/round-1.json" ] || wrong "nothing was submitted again"
node_start 1
for _ in $(seq 300); do
  [ "$(sinfo -h -N -o %T | grep -c idle)" != 2 ] || break
  sleep 0.1
done

# --- interrupted: what was written is kept; resumed: the rest, none twice ---
plan interrupted slow 1..40
: >"$FAKE_LOG"
env --default-signal=INT "${regress[@]}" --chunk 10 >"$dir/out.txt" 2>"$dir/err" &
runner=$!
for _ in $(seq 300); do
  [ "$(wc -l <"$FAKE_LOG")" -lt 10 ] || break
  sleep 0.1
done
kill -INT $runner
status=0
wait $runner || status=$?
last="an interrupted regression"
[ $status -eq 2 ] || wrong "exit status $status, not 2"
says "--resume goes on"
before=$(query "SELECT count(*) FROM result WHERE run = 3")
[ "$before" -ge 1 ] && [ "$before" -lt 40 ] || wrong "$before results when interrupted"
[ -z "$(squeue --noheader --states=PD,R)" ] || wrong "its array goes on"
expect 0 "${regress[@]}" --resume --chunk 10
prints "40 jobs: 40 passed"
[ "$(query "SELECT count(*), count(DISTINCT number) FROM result WHERE run = 3")" = "40|40" ] ||
  wrong "results lost, or counted twice"

# --- the database's disk is full: nothing more is started, what runs is let finish, then it goes on ---
mkdir "$dir/small"
if mount -t tmpfs -o size=2m tandem-full "$dir/small" 2>/dev/null; then
  unmount() {
    umount "$dir/small" || true
    leave
  }
  trap unmount EXIT
  plan full slow 1..150
  : >"$FAKE_LOG"
  "${regress[@]}" --chunk 15 --dir "$dir/full" --db "$dir/small/full.db" >"$dir/out" 2>"$dir/err" &
  runner=$!
  for _ in $(seq 300); do
    [ "$(wc -l <"$FAKE_LOG")" -lt 6 ] || break
    sleep 0.1
  done
  head -c 3m /dev/zero >"$dir/small/ballast" 2>/dev/null || true
  for _ in $(seq 200); do
    [ ! -e "$dir/full/run-1/slurm/round-0.stop" ] || break
    sleep 0.1
  done
  rm "$dir/small/ballast"
  status=0
  wait $runner || status=$?
  last="a regression whose database was full"
  [ $status -eq 0 ] || wrong "exit status $status"
  prints "150 jobs: 150 passed"
  [ "$(sqlite3 "$dir/small/full.db" "SELECT count(*), count(DISTINCT number), state FROM result
    JOIN run USING (run)")" = "150|150|finished" ] || wrong "results lost, or counted twice"
  [ "$(cut -d ' ' -f 1 "$FAKE_LOG" | sort -n)" = "$(seq 150)" ] || wrong "a job that ran was ended"
  [ -e "$dir/full/run-1/slurm/round-1.json" ] || wrong "nothing was held"
fi

# --- a new database: the files of the old one's run are not its results ---
plan stale pass 1..20
stale=("$TANDEM" regress "$dir/plan.yaml" --launcher slurm --dir "$dir/stale")
expect 0 "${stale[@]}"
rm "$dir/stale/results.db"
plan stale fail 1..20
expect 1 "${stale[@]}"
prints "20 jobs: 0 passed, 20 failed"

# --- jobs are killed: tried again; a task is killed: what it leaves is submitted again ---
export FAKE_MARK=$dir/mark
plan killed killed 1..6
: >"$FAKE_LOG"
expect 0 "${regress[@]}" --chunk 3
prints "6 jobs: 6 passed"
[ "$(cut -d ' ' -f 1 "$FAKE_LOG" | sort -n | uniq -c | grep -c '^ *2 ')" = 6 ] || wrong "not each twice"
plan cut slow 1..12
: >"$FAKE_LOG"
"${regress[@]}" --chunk 12 >"$dir/out.txt" 2>"$dir/err" &
runner=$!
for _ in $(seq 300); do
  [ "$(wc -l <"$FAKE_LOG")" -lt 3 ] || break
  sleep 0.1
done
# shellcheck disable=SC2046
kill -KILL $(tasks_of_node 1; tasks_of_node 2) 2>/dev/null || true
status=0
wait $runner || status=$?
last="a regression whose task is killed"
[ $status -eq 0 ] || wrong "exit status $status"
grep -q "12 jobs: 12 passed" "$dir/out.txt" || wrong "not 12 jobs"
[ "$(query "SELECT count(*), count(DISTINCT number) FROM result WHERE run = (SELECT max(run) FROM run)")" = "12|12" ] ||
  wrong "results lost, or counted twice"
begun=$(wc -l <"$FAKE_LOG")
[ "$begun" -ge 12 ] && [ "$begun" -le 13 ] || wrong "$begun jobs begun, where one was cut off"

# --- a task that is started twice, its last line torn: only the rest runs ---
manifest=$dir/results/run-1/slurm/round-0.json
lines=$dir/results/run-1/slurm/round-0-0.lines
head -c -20 "$lines" >"$dir/torn" && cp "$dir/torn" "$lines"
: >"$FAKE_LOG"
SLURM_ARRAY_TASK_ID=0 expect 0 "$TANDEM" regress --task "$manifest"
[ "$(wc -l <"$FAKE_LOG")" = 1 ] || wrong "$(wc -l <"$FAKE_LOG") jobs ran again, not one"

# --- jobs of the program itself: what is made at the end is made of the jobs on the nodes ---
unset TANDEM_REGRESS_JOB
export TANDEM_DUT_OPTIMIZE=-O1
cp -r rtl "$dir/rtl"
patch -p1 -s -d "$dir" <tests/mutants/01-fence-uses-live-asid.patch
dut=$(tb/build_dut.sh --rtl "$dir/rtl" dtlb=16x16xlru itlb=16x16xlru)
printf 'seed: 1\ntests:\n  t: {run: --random 6000 --set random.fence=30 --dut %s, seeds: 1..8}\n' "$dut" \
  >"$dir/bug.yaml"
bug=("$TANDEM" regress "$dir/bug.yaml" --keep)
WAVES=1 COV=1 expect 1 "${bug[@]}" --dir "$dir/bug" --launcher slurm --chunk 2
prints "8 jobs: 0 passed, 8 failed"
prints "Coverage of 8 runs"
WAVES=1 COV=1 expect 1 "${bug[@]}" --dir "$dir/local" -j 2
cmp "$dir/bug/run-1/coverage.cov" "$dir/local/run-1/coverage.cov" || wrong "other coverage than from local jobs"
left() { (cd "$1/run-1" && find . \( -name replay -prune -o -type f \) ! -path './slurm/*' | sort); }
[ "$(left "$dir/bug")" = "$(left "$dir/local")" ] || wrong "other files than of local jobs"
for replay in "$dir"/bug/run-1/*/replay; do
  expect 0 "$TANDEM" replay --no-wave "$replay"
done

finish
