#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Traces that are missing, cut, corrupt or no traces: one sentence that names the file.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

whole=traces/gzip.tdt
size=$(stat -c %s $whole)

# FILE, words. Bad input is never a failed check: exit status 2.
refused() {
  expect 2 "$TANDEM" run --quiet --model-only --trace "$1"
  says_once "tandem run: $1: $2"
  prints_not "Result"
  expect 2 "$TANDEM" show "$1"
  says_once "tandem show: $1: $2"
}

# A byte of the copy FILE at OFFSET becomes another one.
flip() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf "\\x$(printf %02x $((byte ^ 0x55)))" |
    dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

refused "$dir/none.tdt" "cannot open: No such file or directory"
mkdir "$dir/folder"
refused "$dir/folder" "not a regular file, so it is no trace"
refused /dev/null "not a regular file, so it is no trace"
mkfifo "$dir/pipe"
refused "$dir/pipe" "not a regular file, so it is no trace"
: >"$dir/empty.tdt"
refused "$dir/empty.tdt" "header at byte offset 0: this is not a trace"
head -c 5000 LICENSE >"$dir/text.tdt"
refused "$dir/text.tdt" "header at byte offset 0: this is not a trace"
for bytes in 1 8 40 4000 $((size / 2)) $((size - 1)); do
  head -c "$bytes" $whole >"$dir/cut.tdt"
  refused "$dir/cut.tdt" ""
done
{ cat $whole; echo; } >"$dir/long.tdt"
refused "$dir/long.tdt" "footer at byte offset"
# One byte of each part.
for offset in 0 20 1000 $((size / 2)) $((size - 100)) $((size - 1)); do
  cp $whole "$dir/bad.tdt"
  flip "$dir/bad.tdt" "$offset"
  refused "$dir/bad.tdt" ""
done
cp $whole "$dir/bad.tdt"
flip "$dir/bad.tdt" $((size / 2))
refused "$dir/bad.tdt" "block"

# A damaged second program is found before the first one runs, and no result is written.
echo old >"$dir/r.json"
expect 2 "$TANDEM" run --quiet --model-only -t $whole -t "$dir/empty.tdt" --json "$dir/r.json"
says_once "$dir/empty.tdt"
[ "$(cat "$dir/r.json")" = old ] || wrong "a result of a run that did not end"
expect 0 "$TANDEM" show $whole
prints "checksums        all match"

finish
