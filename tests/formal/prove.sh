#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prove the properties of verif/sva about rtl/, with Yosys and its ABC.
#
#   tests/formal/prove.sh [--short] [--rtl DIR] [--out FILE] [JOB...]
#
# --short      only the jobs of the short set
# --rtl DIR    prove about the RTL in DIR instead of rtl/
# --out FILE   write the table there as well
# JOB          only these jobs of tests/formal/jobs.txt
#
# Prints one line per property and job: property, module, parameters, method, depth, result,
# seconds of CPU of the job. Results: proved (k-induction), bounded (no violation within the depth),
# VIOLATED, undecided. LIMIT: seconds of CPU for one question to the solver (60). Everything is written below
# build/formal. Exit 0: every property proved or, where its job says so, bounded; 1: not so;
# 2: usage or environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/formal/common.sh
. "$here/common.sh"

short=0 out=
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --short) short=1 ;;
    --rtl | --out)
      [ $# -ge 2 ] || die "$1 needs an argument."
      if [ "$1" = --rtl ]; then rtl=$(cd "$2" && pwd); else out=$2; fi
      shift
      ;;
    -*) sed -n '3,18s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    *) chosen+=("$1") ;;
  esac
  shift
done
need_tools
make_scratch

widths='%-44s %-22s %-58s %-6s %5s  %-9s %7s\n'
line() {
  # shellcheck disable=SC2059
  printf "$widths" "$@" | tee -a "$scratch/table"
}

# The number of cycles from reset in which ABC found nothing.
clean_frames() { # LOG
  sed -n 's/^No output asserted in \([0-9]*\) frames.*/\1/p' "$1" | head -n 1
}

# ABC's `ind` is the induction step alone: the same number of frames from reset is its base.
judge() { # LOG METHOD DEPTH -> result
  local frames
  frames=$(clean_frames "$1")
  if grep -q 'was asserted in frame' "$1"; then echo VIOLATED
  elif [ "${frames:-0}" -lt "$3" ]; then echo undecided
  elif [ "$2" = bmc ]; then echo bounded
  elif grep -q 'Networks are equivalent' "$1"; then echo proved
  else echo undecided; fi
}

line property module parameters method depth result seconds
count=0 failed=0 jobs_run=0
while read -r name set top inside method depth parameters; do
  [ $short = 0 ] || [ "$set" = short ] || continue
  [ ${#chosen[@]} = 0 ] || [[ " ${chosen[*]} " = *" $name "* ]] || continue
  jobs_run=$((jobs_run + 1))
  cpu_seconds
  started=$cpu
  work=$scratch/$name
  mkdir "$work"
  model "$work" "$top" "$inside" "$parameters"
  all_asserts "$work"
  solve "$work" "$method" "$depth"
  result=$(judge "$work/abc.log" "$method" "$depth")
  cpu_seconds
  seconds=$(awk -v a="$started" -v b="$cpu" 'BEGIN{printf "%.1f", b - a}')
  while read -r property; do
    case $property in *help_*) continue ;; esac
    line "$property" "$top" "${parameters:--}" "$method" "$depth" "$result" "$seconds"
    count=$((count + 1))
    case $result in proved | bounded) ;; *) failed=$((failed + 1)) ;; esac
  done < <(sed -e 's:^[^/]*/::' -e 's/^u_sva\.//' "$work/asserts" | sort)
done < <(grep -v '^#' "$here/jobs.txt" | grep -v '^$')
[ $jobs_run -gt 0 ] || die "there is no such job."

printf '\n%d jobs, %d properties: %d not proved. %s s of CPU.\n' "$jobs_run" "$count" "$failed" "$cpu"
[ -z "$out" ] || cp "$scratch/table" "$out"
[ $failed = 0 ] || exit 1
