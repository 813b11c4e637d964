#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Draw mutants of the RTL with Yosys, run them all in lockstep, and print what became of them.
#
#   tests/mutants/generated/run.sh [--slice] [--count N] [--seed S] [--unit "OPTION=VALUE..."] [--out FILE]
#
# Without arguments: the units of units.txt, each with its own number of mutants. --unit, with
# --count (249) and --seed (1), takes one other unit instead, with options of tb/build_dut.sh.
# --slice: a few mutants of one small unit and the short stimuli only, for every day.
# --out FILE: a table of all mutants, separated by tabs (build/mutants/generated/mutants.tsv).
#
# A mutant must fail a check of `tandem run` within the stimuli of stimuli.txt, the short ones first.
# A run that crashes is an error, not a kill; one that hangs is
# ended by check.watchdog, which names itself. Without a mutant the same netlist must pass every stimulus.
#
# TANDEM names the program (build/release/bin/tandem), JOBS the number of runs at once (2), LEAST the
# score in percent that is wanted.
# Exit 0: the score was reached, no false alarm; 1: not so; 2: usage or environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/build/mutants/generated
tandem=${TANDEM:-$root/build/release/bin/tandem}
jobs=${JOBS:-2}

# docs/mutation.md says where these come from.
least=${LEAST:-93}
least_slice=${LEAST:-92}

die() {
  echo "run.sh: $*" >&2
  exit 2
}

usage() {
  sed -n '3,20s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

slice=0 count=249 seed=1 unit='' out=$work/mutants.tsv
while [ $# -gt 0 ]; do
  case $1 in
    --slice) slice=1 ;;
    --count | --seed | --unit | --out)
      [ $# -ge 2 ] || usage
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    *) usage ;;
  esac
  shift
done
for tool in yosys verilator python3; do
  command -v "$tool" >/dev/null || die "$tool is missing."
done
[ -x "$tandem" ] || die "$tandem is missing: make build, or set TANDEM."
mkdir -p "$work"

# One unit: netlist, DUT, short stimuli, long stimuli.
campaign() { # NAME COUNT SEED OPTION...
  local name=$1 folder dut result=$work/$1.json
  shift
  folder=$("$here/netlist.sh" "$@") || exit 2
  shift 2
  dut=$("$root/tb/build_dut.sh" --mutants "$folder/mutants.v" "$@") || exit 2
  echo "=== $name: $*"
  local ask=("$here/campaign.py" --tandem "$tandem" --dut "$dut" --list "$folder/list.txt"
    --stimuli "$here/stimuli.txt" --jobs "$jobs" --out "$result")
  "${ask[@]}" --part short "$@" || exit $?
  if [ "$slice" = 0 ]; then
    "${ask[@]}" --part long "$@" || exit $?
  fi
  results+=("$result")
}

results=()
if [ "$slice" = 1 ]; then
  export TANDEM_DUT_OPTIMIZE=-O1
  campaign slice 60 7 dtlb=2x2xlru itlb=2x1xplru l2=4x1xlru svnapot=0 asid_bits=4 pa_bits=40
  least=$least_slice
elif [ -n "$unit" ]; then
  read -ra options <<<"$unit"
  campaign other "$count" "$seed" "${options[@]}"
else
  while read -r name count seed options; do
    [[ -n $name && $name != \#* ]] || continue
    read -ra options <<<"$options"
    campaign "$name" "$count" "$seed" "${options[@]}"
  done <"$here/units.txt"
fi
echo
# The reasons hold for the units above, not for any.
reasons=("--equivalent=$here/equivalent.txt")
[ -z "$unit" ] || reasons=()
"$here/report.py" --least "$least" "${reasons[@]}" --tsv "$out" "${results[@]}"
