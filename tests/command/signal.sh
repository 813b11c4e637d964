#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Interrupts end a run with a sentence and without a result; progress is for terminals.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

# SIGNAL, then a command that would run for long.
interrupted() {
  local signal=$1 found=0 child
  shift
  last="SIG$signal to $*"
  # A shell starts background commands with SIGINT ignored; exec through env restores it.
  env --default-signal=INT "$@" >"$dir/out" 2>"$dir/err" </dev/null &
  child=$!
  # The configuration is printed once signals are caught.
  for _ in $(seq 200); do
    [ ! -s "$dir/out" ] || break
    sleep 0.05
  done
  sleep 0.2
  kill -s "$signal" "$child"
  wait "$child" || found=$?
  [ "$found" -eq 2 ] || wrong "exit status $found, not 2: $last"
  says_once "tandem run: interrupted "
  prints_not "Result"
  [ "$(cat "$dir/r.json")" = old ] || wrong "a result after $last"
  [ "$(find "$dir" -name 'r.json*' | wc -l)" -eq 1 ] || wrong "a temporary is left after $last"
}

# Given, so that the run and not the build is interrupted.
dut=$(tb/build_dut.sh dtlb=16x16xlru itlb=16x16xlru)

echo old >"$dir/r.json"
long=("$TANDEM" run --json "$dir/r.json")
for signal in INT TERM; do
  interrupted $signal "${long[@]}" --random 2000000000 --dut "$dut"
  interrupted $signal "${long[@]}" --random 2000000000 --model-only
  interrupted $signal "${long[@]}" --config examples/run.yaml -t traces/cc1.tdt -n 0 --dut "$dut"
done
traces=()
for _ in $(seq 12); do traces+=(--trace traces/cc1.tdt); done
interrupted TERM "${long[@]}" --model-only --policy opt "${traces[@]}"
says_once "interrupted before the first cycle"

# --- progress ---
last="a run without a terminal"
expect 0 "$TANDEM" run --quiet --model-only -t traces/gzip.tdt -n 300000
says_nothing
grep -q $'\r' "$dir/out" && wrong "progress in a pipe"
last="a run with a terminal"
on_terminal "$TANDEM" run --quiet --model-only -t traces/gzip.tdt -n 300000
grep -qE $'\r''\[[#.]{30}\] +[0-9.]+ %  [0-9]+ references  [0-9]+ cycles' "$dir/out" ||
  wrong "no progress on a terminal"
prints "PASSED"

finish
