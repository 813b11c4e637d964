#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Revisions, bad input, and nothing left behind.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh
export TMPDIR=$dir
small=(--random 500 --seeds 1 --no-trace --config "$dir/plain.yaml")
printf 'memory:\n  grant: {most: 2}\n' >"$dir/plain.yaml"

nothing_left() { ! ls -d "$dir"/tandem-compare-* >/dev/null 2>&1 || wrong "a folder is left behind"; }

expect 2 "$TANDEM" compare
says "two revisions"
expect 2 "$TANDEM" compare rtl
expect 2 "$TANDEM" compare rtl rtl rtl
expect 2 "$TANDEM" compare rtl no-such-revision "${small[@]}"
says_once "no-such-revision: is neither a folder with an rtl.f nor a revision"
expect 2 "$TANDEM" compare "$dir" rtl "${small[@]}"
expect 2 "$TANDEM" compare "${small[@]}" -- '--output=x' rtl
says "is neither a folder"
expect 2 "$TANDEM" compare rtl rtl --config "$dir/none.yaml"
says_once "none.yaml"
expect 2 "$TANDEM" compare rtl rtl --seeds 1000
expect 2 "$TANDEM" compare rtl rtl "${small[@]}" --json "$dir/none/r.json"
expect 2 "$TANDEM" compare rtl rtl "${small[@]}" --json "$dir/r" --markdown "$dir/r"
mkdir "$dir/broken"
echo missing.sv >"$dir/broken/rtl.f"
expect 2 "$TANDEM" compare rtl "$dir/broken" "${small[@]}"
says "cannot be built"
nothing_left

# A revision is taken from git, the working tree left alone.
if git rev-parse --verify -q HEAD >/dev/null; then
  before=$(git status --porcelain -- rtl)
  expect 0 "$TANDEM" compare HEAD rtl "${small[@]}" --quiet
  prints "PASSED"
  [ "$(git status --porcelain -- rtl)" = "$before" ] || wrong "the working tree has changed"
  nothing_left
fi

finish
