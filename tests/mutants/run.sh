#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plant every bug of this folder, one at a time, and see which check names it.
#
#   tests/mutants/run.sh [--slice] [NUMBER...]
#   tests/mutants/run.sh --matrix [--check | --write]
#
# --slice      only the mutants whose header says "Slice: yes": a selection for every day
# NUMBER       only these mutants (01 17 65), and what was printed about each
# --matrix     print which mutants stand for which bug of docs/bug-matrix.md, from the headers;
#              --check: and whether that page says the same; --write: make it so
#
# A mutant is a patch against the source tree with a header:
#
#   Bug:         what is wrong, in one sentence
#   Like:        where a real unit had this bug
#   Rows:        rows of docs/bug-matrix.md that it stands for, if any (10 52 91)
#   In:          rtl, model, handler, both (the same bug in model/ and rtl/) or oracle (the legal-set
#                oracle is too strict: a false alarm)
#   By:          who is asked: run (if missing), vectors, qemu or formal
#   Check:       regular expression for what is named first (all of it):
#                  run      the check, or the swap oracle's verdict
#                  vectors  what differs ("fault or cause"), or the check
#                  qemu     how both ended ("model no exception, QEMU cause 13")
#                  formal   the violated property
#   Run:         what reaches it: arguments of `tandem run`, `tandem vectors`,
#                tests/qemu/run.sh, or jobs of tests/formal/prove.sh
#   Properties:  no: a DUT without the properties of verif/sva, which would name the bug first
#   Slice:       yes, if it belongs to the selection
#
# Caught means: exit status 1, and the first thing named is that check. A crash, a hang or exit 2
# is not a catch. What is in both sides can't be seen by comparing them: such a mutant is caught by
# another reader of the specification. The tree without any mutant must pass every Run line.
#
# TANDEM names the program (build/release/bin/tandem; qemu_oracle stands beside it), JOBS the
# number of builds at once (2). Everything is written below build/mutants, DUTs in build/dut.
# Exit 0: all caught, no false alarm; 1: not so; 2: usage or environment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/mutants
tandem=${TANDEM:-$root/build/release/bin/tandem}
jobs=${JOBS:-2}
widths='%-3s %-25s %-8s %-25s %-25s %8s %5s  %s\n'
# shellcheck source=tests/mutants/judge.sh
. "$here/judge.sh"

die() {
  echo "run.sh: $*" >&2
  exit 2
}

usage() {
  sed -n '3,40s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# --- worker: run.sh --work SCRATCH GROUP ARGUMENT..., started by xargs below --------------
if [ "${1-}" = --work ]; then
  scratch=$2 group=$3
  shift 3
  "judge_$group" "$@"
  exit 0
fi

# --- which mutants -------------------------------------------------------------------
slice=0
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --slice) slice=1 ;;
    --matrix) shift; exec python3 "$here/matrix.py" "$@" ;;
    [0-9]*) chosen+=("$1") ;;
    *) usage ;;
  esac
  shift
done

files=()
for file in "$here"/*.patch; do
  [ "$slice" = 0 ] || [ "$(header "$file" Slice)" = yes ] || continue
  if [ ${#chosen[@]} -gt 0 ]; then
    [[ " ${chosen[*]} " = *" $(number "$file") "* ]] || continue
  fi
  files+=("$file")
done
[ ${#files[@]} -gt 0 ] || die "there is no such mutant."
case "$root" in *[[:space:]]*) die "the path of this tree holds a space: $root" ;; esac
[ -x "$tandem" ] || die "$tandem is missing: make build, or set TANDEM."
tandem=$(cd "$(dirname "$tandem")" && pwd)/${tandem##*/}
export TANDEM=$tandem
for tool in patch ninja cmake verilator; do
  command -v "$tool" >/dev/null || die "$tool is missing."
done

# --- headers -------------------------------------------------------------------------
rtl=() c=() runs=() targets=()
for file in "${files[@]}"; do
  [ -n "$(header "$file" Check)" ] && [ -n "$(header "$file" Run)" ] ||
    die "${file##*/}: its header lacks Check or Run."
  case $(header "$file" In) in
    rtl) rtl+=("$file") ;;
    model | handler | both | oracle) c+=("$file") ;;
    *) die "${file##*/}: In must be rtl, model, handler, both or oracle." ;;
  esac
  case $(by "$file") in
    qemu) targets[1]=qemu_oracle ;;
    run | vectors | formal) targets[0]=tandem ;;
    *) die "${file##*/}: By must be run, vectors, qemu or formal." ;;
  esac
done
[ -z "${targets[1]-}" ] || [ -x "${tandem%/*}/qemu_oracle" ] || die "qemu_oracle is missing."
mapfile -t runs < <(for file in "${files[@]}"; do
  echo "$(by "$file") $(header "$file" Run)"
done | sort -u)

mkdir -p "$work/logs" "$root/build/dut"
exec 9>"$work/lock"
flock 9
scratch=$(mktemp -d "$work/scratch.XXXXXX")
trap 'rm -rf -- "${scratch:?}"' EXIT

# --- plant them ----------------------------------------------------------------------
if [ ${#c[@]} -gt 0 ]; then
  prepare_c "${targets[@]}" >"$work/logs/prepare.log" 2>&1 ||
    { tail -n 20 "$work/logs/prepare.log" >&2; die "the tree without a mutant does not build."; }
fi
{
  # The mutants that share a tree are one piece of work: it takes the longest and goes first.
  [ ${#c[@]} = 0 ] || echo "c ${c[*]}"
  for i in "${!runs[@]}"; do echo "clean $i ${runs[i]}"; done
  [ ${#rtl[@]} = 0 ] || printf 'rtl %s\n' "${rtl[@]}"
} >"$scratch/list"
# A worker that fails leaves no result, which the matrix shows.
xargs -P "$jobs" -L 1 "${BASH_SOURCE[0]}" --work "$scratch" <"$scratch/list" 9>&- || true

# --- the matrix ----------------------------------------------------------------------
short() { # TEXT WIDTH
  if [ ${#1} -gt "$2" ]; then echo "${1:0:$2-2}.."; else echo "$1"; fi
}

if [ ${#chosen[@]} -gt 0 ]; then
  for file in "${files[@]}"; do
    printf '\n=== %s: %s\n' "$(basename "$file" .patch)" "$(header "$file" Bug)"
    cat "$work/logs/$(number "$file").log"
  done
  echo
fi

caught=0
# shellcheck disable=SC2059
printf "$widths" no mutant where expected observed cycle sec. verdict
for file in "${files[@]}"; do
  observed='the harness failed' cycle=- seconds=- verdict=BROKEN
  [ ! -f "$scratch/$(number "$file")" ] ||
    IFS=$'\t' read -r observed cycle seconds verdict <"$scratch/$(number "$file")"
  [ "$verdict" != caught ] || caught=$((caught + 1))
  name=$(basename "$file" .patch)
  # shellcheck disable=SC2059
  printf "$widths" "$(number "$file")" "$(short "${name#*-}" 25)" "$(header "$file" In)" \
    "$(short "$(header "$file" Check)" 25)" "$(short "$observed" 25)" "$cycle" "$seconds" "$verdict"
done

alarms=0
for i in "${!runs[@]}"; do
  [ -f "$scratch/alarm-$i" ] || continue
  alarms=$((alarms + 1))
  printf '\nfalse alarm without a mutant (build/mutants/logs/clean-%s.log): %s\n' "$i" "${runs[i]}"
done

printf '\n%d mutants (%d in the RTL, %d in model, handler, both sides or the oracle): %d caught by the check ' \
  ${#files[@]} ${#rtl[@]} ${#c[@]} "$caught"
printf 'that should name them, %d not.\nWithout a mutant: %d runs, %d false alarms. %d s.\n' \
  $((${#files[@]} - caught)) ${#runs[@]} "$alarms" "$SECONDS"
[ "$caught" = ${#files[@]} ] && [ "$alarms" = 0 ] || exit 1
