#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The checker of the test plan finds what is wrong in it: a copy of the plan, wrong in one way at a time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf -- "${dir:?}"' EXIT
mkdir -p "$dir/docs" "$dir/tests/testplan"
ln -s "$root/tests/mutants" "$dir/tests/mutants"
cp "$root/tests/testplan/plan.py" "$dir/tests/testplan/"
failures=0

# planted NAME SED-EXPRESSION SENTENCE
planted() {
  local status=0
  sed "$2" "$root/docs/testplan.yaml" >"$dir/docs/testplan.yaml"
  cp "$root/docs/testplan.md" "$dir/docs/"
  python3 "$dir/tests/testplan/plan.py" --check ${TANDEM:+--tandem "$TANDEM"} >"$dir/log" 2>&1 || status=$?
  if [ $status -ne 1 ] || ! grep -qF -- "$3" "$dir/log"; then
    echo "WRONG: $1: exit $status" >&2
    cat "$dir/log" >&2
    failures=$((failures + 1))
  fi
}

planted "a mutant that does not exist" 's/mutants: \[142, 171\]/mutants: [99999]/' 'T01: there is no mutant 99999'
planted "an item that does not exist" 's/"walk start=root"/"wolk start=root"/' 'there is no item wolk'
planted "a value that does not exist" 's/"walk start=root"/"walk start=leaf"/' 'walk has no start=leaf'
planted "the same id twice" 's/id: T02/id: T01/' 'T01: there are two'
planted "a rule without a test" 's/tests: \[unit.tlb, lockstep.random_choices\]/tests: []/' 'T02: no test'
planted "a page of another plan" 's/MODE = Bare, and/MODE = bare, and/' 'is not what docs/testplan.yaml gives'
# A mutant taken away leaves the rule open on the page.
sed 's/mutants: \[4\]/mutants: []/' "$root/docs/testplan.yaml" >"$dir/docs/testplan.yaml"
python3 "$dir/tests/testplan/plan.py" --write >"$dir/log"
grep -q 'T27 .*\*\*open\*\*' "$dir/docs/testplan.md" || { echo "WRONG: T27 is not open" >&2; failures=1; }
status=0
echo 'rules: [' >"$dir/docs/testplan.yaml"
python3 "$dir/tests/testplan/plan.py" --check >"$dir/log" 2>&1 || status=$?
[ $status -eq 2 ] || { echo "WRONG: a plan that is no YAML: exit $status" >&2; failures=1; }
[ "$failures" -eq 0 ] && echo "all as expected"
