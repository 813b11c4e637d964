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
expect 2 "$TANDEM" compare rtl rtl "${small[@]}" --json "$dir/r" --markdown "$dir/./r"
says_once "is both --json and --markdown"
expect 2 "$TANDEM" compare rtl rtl "${small[@]}" --markdown "$dir/./plain.yaml"
says_once "is both read and written"
mkdir "$dir/broken"
echo missing.sv >"$dir/broken/rtl.f"
expect 2 "$TANDEM" compare rtl "$dir/broken" "${small[@]}"
says "cannot be built"
nothing_left

# Two units that answer nothing are not the same: nothing was compared. One alone is wrong.
mkdir "$dir/dead"
cp -r rtl "$dir/dead/"
sed -i 's/rsp_valid_o <= answer .*/rsp_valid_o <= 1'"'"'b0;/' "$dir/dead/rtl/tandem_mmu_port.sv"
cmp -s rtl/tandem_mmu_port.sv "$dir/dead/rtl/tandem_mmu_port.sv" && wrong "no dead unit was made"
expect 2 "$TANDEM" compare "$dir/dead" "$dir/dead" "${small[@]}" --json "$dir/dead.json"
says "plain.yaml: neither BASE nor HEAD answers a single access"
[ ! -e "$dir/dead.json" ] || wrong "a result of nothing was written"
expect 1 "$TANDEM" compare rtl "$dir/dead" "${small[@]}"
prints "wrong    plain.yaml, single accesses: 26 single accesses have no answer"

# Names need not be UTF-8.
cp "$dir/plain.yaml" "$dir/$(printf 'n\351.yaml')"
expect 0 "$TANDEM" compare rtl rtl --random 100 --seeds 1 --no-trace --strict \
  --config "$dir/$(printf 'n\351.yaml')" --json "$dir/r.json" --markdown "$dir/r.md"
python3 - "$dir/r.json" <<'END' || wrong "a name that is not UTF-8"
import json, sys
jobs = json.load(open(sys.argv[1], encoding="utf-8"))["jobs"]
assert [job["job"].split(",")[0] for job in jobs] == ["n?.yaml"] * 2, jobs
END
# What repeats it has every option.
grep -a '^tandem compare ' "$dir/r.md" | grep -qaF -e ' --strict' || wrong "no --strict in 'Repeat'"

# A revision is taken from git, the working tree left alone.
if git rev-parse --verify -q HEAD >/dev/null; then
  before=$(git status --porcelain -- rtl)
  expect 0 "$TANDEM" compare HEAD rtl "${small[@]}" --quiet
  prints "PASSED"
  [ "$(git status --porcelain -- rtl)" = "$before" ] || wrong "the working tree has changed"
  nothing_left
  # The folder may be named from here, and be a deep one.
  deep=$dir/$(printf 'deep%.0s' {1..20})
  mkdir "$deep"
  TMPDIR=$(realpath --relative-to=. "$deep") expect 0 "$TANDEM" compare HEAD rtl "${small[@]}" -q
  [ -z "$(ls "$deep")" ] || wrong "a folder is left behind"
  TMPDIR=$deep/none expect 2 "$TANDEM" compare HEAD rtl "${small[@]}"
  says_once "$deep/none: no folder can be made there"
fi

finish
