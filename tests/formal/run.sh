#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Test the properties themselves.
#
#   tests/formal/run.sh covers [JOB...]       every property's left side is reached: each cover
#                                             NAME_reached is reached by bounded search
#   tests/formal/run.sh mutants [PATTERN...]  plant each bug of mutants.txt: the property named
#                                             must be found violated by bounded search
#   tests/formal/run.sh simulation [PATTERN]  the bugs marked so: a verilated simulation with
#                                             random inputs must name that property; without a
#                                             bug, none
#
# PATTERN: a shell pattern of properties (walker.*). ALIVE names the driver of simulations
# (built when not given); SEEDS, CYCLES: of each simulation (4, 100000).
# Exit 0: all as it should be; 1: not so; 2: usage or environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/formal/common.sh
. "$here/common.sh"

[ $# -gt 0 ] || { sed -n '3,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
what=$1
shift
need_tools
make_scratch
failed=0

job() { # NAME -> top inside method depth parameters
  local name set top inside method depth parameters
  while read -r name set top inside method depth parameters; do
    [ "$name" = "$1" ] || continue
    echo "$top $inside $method $depth $parameters"
    return
  done < <(grep -v '^#' "$here/jobs.txt")
  die "there is no job $1."
}

covers() {
  local name top inside method depth parameters work cover
  local jobs=("$@")
  [ ${#jobs[@]} -gt 0 ] || jobs=(fault counters port32l2 tlb2 tlb4sets2 l2 pwc2 arbiters3 walker32 walker2 prefetch pmp8 pmppair1 whole32 whole32l2 whole39)
  for name in "${jobs[@]}"; do
    read -r top inside method depth parameters <<<"$(job "$name")"
    work=$scratch/$name
    mkdir "$work"
    COVERS=1 model "$work" "$top" - "$parameters"
    all_asserts "$work"
    # All at once, and then by name those that ABC did not reach, that were merged with others,
    # or were found to be constant.
    sort "$work/asserts" | grep -e _reached | grep -v help_ >"$work/covers" || true
    solve_each "$work" 16
    sed 's:^:[^/]*/:; s:$:$:' "$work/violated" >"$work/reached"
    grep -vf "$work/reached" "$work/covers" >"$work/ask" || true
    : >"$work/missing"
    while read -r cover; do
      one_assert "$work" "${cover#*/}"
      solve "$work" bmc 16
      grep -q 'was asserted in frame' "$work/abc.log" || echo "${cover#*/}" >>"$work/missing"
    done <"$work/ask"
    printf '%-12s %4d covers, not reached: %s\n' "$name" "$(wc -l <"$work/covers")" \
      "$(tr '\n' ' ' <"$work/missing")"
    sed "s/^/$name /" "$work/missing" >>"$scratch/missing"
  done
  # Some need more than one job's parameters: 64 bits, several sets. Known ones are named.
  while read -r name cover; do
    grep -qx "$name $cover" <(grep -v '^#' "$here/unreachable.txt") || failed=$((failed + 1))
  done <"$scratch/missing"
}

rtl_file() { # FILE column
  if [ "$1" = mmu ]; then echo tandem_mmu.sv; else echo "tandem_mmu_$1.sv"; fi
}

# A copy of the RTL with the bug in it.
plant() { # FOLDER FILE SED
  cp -R "$root/rtl" "$1"
  local file=$1/$(rtl_file "$2")
  sed -i "$3" "$file"
  ! cmp -s "$file" "$root/rtl/$(rtl_file "$2")" || die "'$3' changes nothing in ${file##*/}."
}

# The name of a property's cell in the flattened top.
cell() { # PROPERTY TOP
  local module=${1%%.*} name=${1#*.}
  case $module in
    pmp_pair | arbiters) echo "$name" ;;
    *) echo "u_sva.$name" ;;
  esac
}

# Whether PROPERTY is one of the patterns; all are, if there is none.
wanted() { # PROPERTY PATTERN...
  local property=$1 pattern
  shift
  [ $# -gt 0 ] || return 0
  for pattern in "$@"; do
    # shellcheck disable=SC2053
    [[ $property != $pattern ]] || return 0
  done
  return 1
}

mutants() {
  local property file change where depth sim top inside method bound parameters work
  local verdict n=0
  while IFS=$'\t' read -r property file change where depth sim; do
    wanted "$property" "$@" || continue
    n=$((n + 1))
    work=$scratch/$n
    mkdir "$work"
    plant "$work/rtl" "$file" "$change"
    read -r top inside method bound parameters <<<"$(job "$where")"
    rtl=$work/rtl model "$work" "$top" - "$parameters"
    one_assert "$work" "$(cell "$property")"
    solve "$work" bmc "$depth"
    verdict='NOT FOUND'
    ! grep -q 'was asserted in frame' "$work/abc.log" || verdict=violated
    [ $verdict = violated ] || failed=$((failed + 1))
    printf '%-44s %-11s %s\n' "$property" "$where" "$verdict"
    rm -rf -- "${work:?}"
  done < <(grep -v '^#' "$here/mutants.txt")
  printf '\n%d planted bugs, %d not found.\n' "$n" "$failed"
  [ "$n" -gt 0 ] || die "no such property."
}

# Prints what the simulation says: a property's name or nothing.
simulate() { # OBJECT -> name
  local seed
  for seed in $(seq "${SEEDS:-4}"); do
    "$alive" "$1" "$seed" "${CYCLES:-100000}" >"$scratch/said" && continue
    [ $? = 1 ] || die "the simulation does not run."
    sed 's/ in cycle.*//' "$scratch/said"
  done | sort -u
}

simulation() {
  local property file change where depth sim object said work n=0
  local parameters=(pmp=8 dtlb=4x4xlru itlb=2x2xplru l2=8x2xlru pwc=2 walks=3 prefetch=1)
  alive=${ALIVE:-$scratch/alive}
  [ -x "$alive" ] || ${CC:-cc} -std=gnu17 -O1 -I"$root/model/include" -I"$root/verif/include" \
    "$here/alive.c" -o "$alive" -ldl || die "the driver does not compile."
  object=$("$root/tb/build_dut.sh" --out "$root/build/formal/dut" "${parameters[@]}")
  said=$(simulate "$object")
  printf '%-44s %s\n' 'no bug' "${said:-no property failed}"
  [ -z "$said" ] || failed=$((failed + 1))
  while IFS=$'\t' read -r property file change where depth sim; do
    [ "$sim" = yes ] && wanted "$property" "$@" || continue
    n=$((n + 1))
    work=$scratch/$n
    mkdir "$work"
    plant "$work/rtl" "$file" "$change"
    object=$("$root/tb/build_dut.sh" --rtl "$work/rtl" --out "$work" "${parameters[@]}" 2>"$work/log") ||
      { tail -n 3 "$work/log" >&2; die "the RTL with the bug of $property does not build."; }
    said=$(simulate "$object" | tr '\n' ' ')
    if [[ $said == *".${property#*.} "* ]]; then
      printf '%-44s named: %s\n' "$property" "$said"
    else
      printf '%-44s NOT NAMED: %s\n' "$property" "$said"
      failed=$((failed + 1))
    fi
    rm -rf -- "${work:?}"
  done < <(grep -v '^#' "$here/mutants.txt")
  printf '\n%d planted bugs simulated, %d wrong.\n' "$n" "$failed"
}

case $what in
  covers | mutants | simulation) "$what" "$@" ;;
  *) die "unknown test '$what'." ;;
esac
[ $failed = 0 ] || exit 1
