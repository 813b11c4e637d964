#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The runner is killed at random moments and resumed: no job is lost, none is counted twice.
# $TANDEM_SEED: the seed of the moments (1).
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}" "${FAKE_JOB:?FAKE_JOB is not set}"
source tests/command/lib.sh
export TANDEM_REGRESS_JOB=$FAKE_JOB
seed=${TANDEM_SEED:-1}
echo "seed $seed"
RANDOM=$seed
jobs=1500
printf 'seed: 1\ntests:\n  t: {run: --model-only --fake tenth, seeds: 1..%d}\n' $jobs \
  >"$dir/plan.yaml"
regress=("$TANDEM" regress "$dir/plan.yaml" -j 3 --dir "$dir/results" --junit "$dir/junit.xml")
query() { sqlite3 "$dir/results/results.db" "$1"; }

resume=()
killed=0
grown=0
for round in $(seq 16); do
  status=0
  "${regress[@]}" "${resume[@]}" >"$dir/out" 2>"$dir/err" &
  runner=$!
  (sleep "0.$((RANDOM % 60 + 20))"; kill -KILL $runner 2>/dev/null) &
  killer=$!
  wait $runner 2>/dev/null || status=$?
  wait $killer 2>/dev/null || true
  [ $status -eq 137 ] || break
  killed=$((killed + 1))
  # What was committed is whole, and only grows.
  last="round $round"
  if [ -s "$dir/results/results.db" ] && [ "$(query "SELECT count(*) FROM sqlite_schema WHERE name = 'run'")" = 1 ]; then
    [ "$(query "PRAGMA integrity_check")" = ok ] || wrong "the file is damaged"
    resume=()
    [ "$(query "SELECT count(*) FROM run")" = 0 ] || resume=(--resume)
    now=$(query "SELECT count(*) FROM result")
    [ "$now" -ge "${before:-0}" ] || wrong "$now results after $before"
    [ "$now" = "${before:-0}" ] || grown=$((grown + 1))
    before=$now
  fi
done
if [ $status -eq 137 ]; then
  status=0
  "${regress[@]}" "${resume[@]}" >"$dir/out" 2>"$dir/err" || status=$?
fi
echo "killed $killed times, $grown of these with new results; ${before:-0} results before the last round"
last="the last round"
[ $grown -ge 2 ] || wrong "killed with new results $grown times only: nothing was tried"
[ $status -eq 1 ] || wrong "exit status $status, not 1"
prints "1500 jobs: 1350 passed, 150 failed"
[ "$(query "SELECT count(*), count(DISTINCT number), sum(outcome = 'failed') FROM result")" = \
  "$jobs|$jobs|150" ] || wrong "results lost, or counted twice"
[ "$(query "SELECT count(*) FROM run")" = 1 ] || wrong "more than one run"
[ "$(query "SELECT count(*) FROM job JOIN result USING (run, number)
  WHERE (seed % 10 = 0) <> (outcome = 'failed')")" = 0 ] || wrong "outcomes of other seeds"
[ "$(grep -c '<testcase' "$dir/junit.xml")" = $jobs ] || wrong "JUnit has not all jobs"
[ ! -e "$dir/results/.tandem-scratch" ] || wrong "what killed runners have left is still there"

# --- a full disk: what is stored stays, a sentence, the rest later ---
# A small file system that is filled up; where none can be mounted, a limit on the file's size.
mkdir "$dir/small"
full=("$TANDEM" regress "$dir/plan.yaml" -j 3 --dir "$dir/small/results")
if mount -t tmpfs -o size=40m tandem-full "$dir/small" 2>/dev/null; then
  unmount() {
    umount "$dir/small" || true
    remove_folder
  }
  trap unmount EXIT
  head -c 40500k /dev/zero >"$dir/small/ballast"
  expect 2 "${full[@]}"
  says "database or disk is full"
  rm "$dir/small/ballast"
else
  expect 2 bash -c 'ulimit -f 300; exec "$@"' - "${full[@]}"
fi
says "results are not stored: free some space, then --resume runs these jobs again"
stored=$(sqlite3 "$dir/small/results/results.db" "SELECT count(*) FROM result")
echo "stored before the disk was full: $stored"
[ "$stored" -ge 1 ] && [ "$stored" -lt $jobs ] || wrong "$stored results within the limit"
expect 1 "${full[@]}" --resume
prints "1500 jobs: 1350 passed, 150 failed"
[ "$(sqlite3 "$dir/small/results/results.db" "SELECT count(*), count(DISTINCT number) FROM result")" = \
  "$jobs|$jobs" ] || wrong "results lost, or counted twice"

# --- full is where the jobs leave their JSON, not where the database is: no result either ---
if mountpoint -q "$dir/small"; then
  printf 'tests:\n  t: {run: --model-only --fake slow, seeds: 1..30}\n' >"$dir/slow.yaml"
  elsewhere=("$TANDEM" regress "$dir/slow.yaml" -j 2 --dir "$dir/small/jobs" --db "$dir/jobs.db")
  "${elsewhere[@]}" >"$dir/out" 2>"$dir/err" &
  runner=$!
  for _ in $(seq 100); do
    count=$(sqlite3 "$dir/jobs.db" "SELECT count(*) FROM result" 2>/dev/null || true)
    [ "${count:-0}" -lt 3 ] || break
    sleep 0.1
  done
  head -c 60m /dev/zero >"$dir/small/ballast" 2>/dev/null || true
  status=0
  wait $runner || status=$?
  last="a regression whose scratch is full"
  [ $status -eq 2 ] || wrong "exit status $status, not 2"
  says "the disk is full"
  [ "$(sqlite3 "$dir/jobs.db" "SELECT group_concat(DISTINCT outcome), count(*) BETWEEN 3 AND 29 FROM result")" = \
    "passed|1" ] || wrong "results of jobs that had no room"
  TMPDIR=$dir/small expect 0 "$TANDEM" regress "$dir/slow.yaml" -j 2 --dir "$dir/tmpdir"
  prints "30 jobs: 30 passed"
  rm "$dir/small/ballast"
  expect 0 "${elsewhere[@]}" --resume
  prints "30 jobs: 30 passed"
fi
finish
