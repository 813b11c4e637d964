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
# seconds of CPU of the job. Methods: ind (k-induction, ABC), smt (k-induction, cvc5), bmc
# (bounded, ABC). Results: proved, bounded (no violation within the depth), VIOLATED (a trace was
# found for this property by itself), undecided. LIMIT: seconds of CPU for one question to the solver (60). Everything is written below
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
    -*) sed -n '3,19s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
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
judge_abc() { # FOLDER METHOD DEPTH -> result
  local frames log=$1/abc.log
  frames=$(clean_frames "$log")
  if grep -q 'was asserted in frame' "$log"; then echo VIOLATED
  elif [ "${frames:-0}" -lt "$3" ]; then echo undecided
  elif [ "$2" = bmc ]; then echo bounded
  elif grep -q 'Networks are equivalent' "$log"; then echo proved
  else echo undecided; fi
}

judge_smt() { # FOLDER -> result
  if grep -q 'Status: FAILED' "$1/base.log"; then echo VIOLATED
  elif ! grep -q 'Status: PASSED' "$1/base.log"; then echo undecided
  elif grep -q 'Status: PASSED' "$1/step.log"; then echo proved
  else echo undecided; fi
}

# Sets result: the answer about all assertions of the model at once.
ask_all() { # FOLDER METHOD DEPTH
  if [ "$2" = smt ]; then
    smt_model "$1"
    solve_smt "$1" "$3"
    result=$(judge_smt "$1")
  else
    all_asserts "$1"
    solve "$1" "$2" "$3"
    result=$(judge_abc "$1" "$2" "$3")
  fi
}

# All at once failed. Ask about each by itself, for longer than an induction's base, which need
# not reach the bug. FOLDER/violated gets the names; result becomes that of the rest, which is
# proved without them if it can be.
ask_each() { # FOLDER METHOD DEPTH
  local work=$1 method=$2 name deep=$(($3 > 12 ? $3 : 12))
  sed 's:^[^/]*/::' "$work/asserts" | sort >"$work/names"
  all_asserts "$work"
  solve_each "$work" "$deep"
  # Those that Yosys merged with others.
  while read -r name; do
    one_assert "$work" "$name"
    solve "$work" bmc "$deep"
    ! grep -q 'was asserted in frame' "$work/abc.log" || echo "$name" >>"$work/violated"
  done < <(sed 's:^[^/]*/::' "$work/left" | sort | comm -13 - "$work/names")
  result=undecided
  [ -s "$work/violated" ] || return 0
  sort "$work/violated" | comm -13 - "$work/names" >"$work/rest"
  [ -s "$work/rest" ] || return 0
  [ "$method" != smt ] || method=ind
  other_asserts "$work" "$work/violated"
  solve "$work" "$method" "$3"
  result=$(judge_abc "$work" "$method" "$3")
  [ "$result" != VIOLATED ] || result=undecided
}

# The help of an induction is no property; it is named only if it fails.
report() { # FOLDER TOP PARAMETERS METHOD DEPTH
  local property cell verdict
  while read -r property cell; do
    verdict=$result
    ! grep -qxF -- "$cell" "$1/violated" || verdict=VIOLATED
    case $property,$verdict in
      *help_*,VIOLATED) ;;
      *help_*) continue ;;
    esac
    line "$property" "$2" "${3:--}" "$4" "$5" "$verdict" "$seconds"
    count=$((count + 1))
    case $verdict in proved | bounded) ;; *) failed=$((failed + 1)) ;; esac
  done < <(sed -e 's:^[^/]*/::' "$1/asserts" |
    awk '{name = $1; sub(/^u_sva\./, "", name); print (name ~ /help_/), name, $1}' |
    sort -k1,1n -k2 | cut -d ' ' -f 2-)
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
  : >"$work/violated"
  ask_all "$work" "$method" "$depth"
  case $result in proved | bounded) ;; *) ask_each "$work" "$method" "$depth" ;; esac
  cpu_seconds
  seconds=$(awk -v a="$started" -v b="$cpu" 'BEGIN{printf "%.1f", b - a}')
  report "$work" "$top" "$parameters" "$method" "$depth"
done < <(grep -v '^#' "$here/jobs.txt" | grep -v '^$')
[ $jobs_run -gt 0 ] || die "there is no such job."

printf '\n%d jobs, %d properties: %d not proved. %s s of CPU.\n' "$jobs_run" "$count" "$failed" "$cpu"
[ -z "$out" ] || cp "$scratch/table" "$out"
[ $failed = 0 ] || exit 1
