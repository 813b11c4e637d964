#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plant every bug of this folder, one at a time, and see which check names it.
#
#   tests/mutants/run.sh [--slice] [NUMBER...]
#
# --slice      only the mutants whose header says "Slice: yes": a selection for every day
# NUMBER       only these mutants, and their pages are printed
#
# A mutant is a patch against the source tree with a header:
#
#   Bug:    what is wrong, in one sentence
#   Like:   where a real unit had this bug
#   In:     rtl, model or handler
#   Check:  regular expression: the check, or the oracle's sentence, that must name it
#   Run:    arguments of `tandem run` that reach it
#   Slice:  yes, if it belongs to the selection
#
# Caught means: tandem exits with 1 and names that check. A crash, a hang or exit 2 is not a
# catch. Afterwards the tree without any mutant must pass every Run line.
#
# TANDEM names the program (build/release/bin/tandem), JOBS the number of builds at once (2).
# Exit 0: all caught, no false alarm; 1: not so; 2: usage or environment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/mutants
tandem=${TANDEM:-$root/build/release/bin/tandem}
jobs=${JOBS:-2}
limit=60 # seconds for one run
format='%-3s %-26s %-8s %-26s %-26s %10s %7s  %s\n'

die() {
  echo "run.sh: $*" >&2
  exit 2
}

header() { # FILE KEY
  sed -n -e '/^--- /q' -e "s/^$2: *//p" "$1"
}

number() { # FILE
  local base=${1##*/}
  echo "${base%%-*}"
}

# --- one mutant ----------------------------------------------------------------------

# What tandem said first: the check's name, or the oracle's sentence.
named() { # LOG
  local headline
  headline=$(sed -n 's/^--- MISMATCH: \([a-z_]*\) .*/\1/p' "$1" | head -n 1)
  [ -n "$headline" ] || headline=$(sed -e '/^$/d' -e '/^FAILED$/d' "$1" | tail -n 1)
  echo "$headline"
}

detected_at() { # LOG
  local cycle
  cycle=$(sed -n 's/^--- MISMATCH: .* in cycle \([0-9]*\) .*/\1/p' "$1" | head -n 1)
  [ -n "$cycle" ] || cycle=$(sed -n 's/^  simulated *\([0-9,]*\) cycles.*/\1/p' "$1" | tr -d ,)
  echo "$cycle"
}

# Write the mutant's row: expected, observed, cycle, seconds, verdict, separated by '|'.
row() { # FILE OBSERVED CYCLE SECONDS VERDICT
  printf '%s|%s|%s|%s|%s\n' "$(header "$1" Check | tr '|' '\001')" "$2" "$3" "$4" "$5" \
    >"$work/rows/$(number "$1")"
}

judge() { # FILE PROGRAM HOME STARTED
  local file=$1 log observed cycle verdict status=0 arguments check
  log=$work/logs/$(number "$file").log
  check=$(header "$file" Check)
  read -ra arguments <<<"--set check.watchdog=20000 --quiet $(header "$file" Run)"
  (cd "$root" && TANDEM_HOME=$3 timeout -k 5 "$limit" "$2" run "${arguments[@]}") \
    >"$log" 2>&1 </dev/null || status=$?
  observed=$(named "$log") cycle=$(detected_at "$log")
  case $status in
    0) observed=nothing cycle=- verdict=SURVIVED ;;
    1)
      if grep -qE "^($check)\$" <<<"$observed"; then
        verdict=caught
      elif ! grep -q '^--- MISMATCH' "$log" && grep -qE "$check" <<<"$observed"; then
        observed=$(grep -oE "$check" <<<"$observed" | head -n 1)
        verdict=caught
      else
        verdict='caught by another check'
      fi
      ;;
    2) observed=$(tail -n 1 "$log") cycle=- verdict=BROKEN ;;
    124 | 137) observed="no end in $limit s" cycle=- verdict=SURVIVED ;;
    *) observed="exit status $status" cycle=- verdict=SURVIVED ;;
  esac
  row "$file" "$observed" "$cycle" "$((SECONDS - $4))" "$verdict"
}

# A tree in which only rtl/ is real: tandem builds its DUT there.
judge_rtl() { # FILE
  local file=$1 started=$SECONDS home
  home=$work/tree-$(number "$file")
  rm -rf "$home"
  mkdir -p "$home/build"
  cp -R "$root/rtl" "$home/rtl"
  ln -s "$root"/{tb,model,verif} "$home/"
  ln -s "$work/dut" "$home/build/dut"
  if patch -p1 -s -F1 --no-backup-if-mismatch -d "$home" <"$file" \
    >"$work/logs/$(number "$file").log" 2>&1; then
    judge "$file" "$tandem" "$home" "$started"
  else
    row "$file" 'patch does not apply' - - BROKEN
  fi
  rm -rf "$home"
}

# The C mutants share one tree, which is built again file by file. What a patch changed is
# copied back with a new date, so that the next build sees it.
judge_c() { # FILE...
  local file path started log
  for file in "$@"; do
    started=$SECONDS
    log=$work/logs/$(number "$file").log
    if ! patch -p1 -s -F1 --no-backup-if-mismatch -d "$work/src" <"$file" >"$log" 2>&1; then
      row "$file" 'patch does not apply' - - BROKEN
    elif ! ninja -C "$work/c" tandem >"$log" 2>&1; then
      row "$file" 'does not build' - - BROKEN
    else
      judge "$file" "$work/c/bin/tandem" "$root" "$started"
    fi
    while read -r path; do
      cp "$root/$path" "$work/src/$path"
    done < <(sed -n 's:^+++ b/::p' "$file")
    find "$work/src" -name '*.rej' -delete
  done
}

# Bring the tree of the C mutants to the state of the real one; only what differs gets a new date.
prepare_c() {
  local path
  mkdir -p "$work/src"
  while read -r path; do
    cmp -s "$root/$path" "$work/src/$path" && continue
    mkdir -p "$work/src/${path%/*}"
    cp "$root/$path" "$work/src/$path"
  done < <(cd "$root" && find ./CMakeLists.txt cmake model verif sim -type f)
  [ -f "$work/c/build.ninja" ] ||
    cmake -S "$work/src" -B "$work/c" -G Ninja -DTANDEM_FOLDERS='model;verif;sim' \
      -DTANDEM_WERROR=OFF -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O1 -DNDEBUG' || return
  ninja -C "$work/c" tandem
}

# --- worker: run.sh --work GROUP FILE..., started by xargs below --------------------------
if [ "${1-}" = --work ]; then
  group=$2
  shift 2
  "judge_$group" "$@"
  exit 0
fi

# --- which mutants -------------------------------------------------------------------
slice=0
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --slice) slice=1 ;;
    [0-9]*) chosen+=("$1") ;;
    *) sed -n '3,24s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
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
[ -x "$tandem" ] || die "$tandem is missing: make build."
command -v patch >/dev/null || die "patch is missing (package patch)."

mkdir -p "$work"/{logs,dut}
exec 9>"$work/lock"
flock 9
rm -rf "$work/rows"
mkdir "$work/rows"
find "$work/dut" -name '*.so*' -mtime +2 -delete

# --- plant them ----------------------------------------------------------------------
rtl=() c=()
for file in "${files[@]}"; do
  if [ "$(header "$file" In)" = rtl ]; then rtl+=("$file"); else c+=("$file"); fi
done

{
  # All C mutants are one piece of work: it takes the longest and goes first.
  [ ${#c[@]} = 0 ] || { printf 'c '; printf '%s ' "${c[@]}"; printf '\n'; }
  for file in "${rtl[@]}"; do printf 'rtl %s\n' "$file"; done
} | sed 's/ *$//' >"$work/list"
if [ ${#c[@]} -gt 0 ]; then
  prepare_c >"$work/logs/prepare.log" 2>&1 ||
    { tail -n 20 "$work/logs/prepare.log" >&2; die "the tree without a mutant does not build."; }
fi
xargs -P "$jobs" -L 1 "${BASH_SOURCE[0]}" --work <"$work/list" 9>&-

# --- the matrix ----------------------------------------------------------------------
short() { # TEXT: at most 26 characters
  if [ ${#1} -gt 26 ]; then echo "${1:0:23}..."; else echo "$1"; fi
}

not_caught=0
printf "$format" no mutant where expected observed cycle seconds verdict
for file in "${files[@]}"; do
  IFS='|' read -r expected observed cycle seconds verdict <"$work/rows/$(number "$file")"
  name=${file##*/} name=${name#*-} name=${name%.patch}
  [ "$verdict" = caught ] || not_caught=$((not_caught + 1))
  printf "$format" "$(number "$file")" "$name" "$(header "$file" In)" \
    "$(short "$(tr '\001' '|' <<<"$expected")")" "$(short "$observed")" "$cycle" "$seconds" "$verdict"
done
if [ ${#chosen[@]} -gt 0 ]; then
  for file in "${files[@]}"; do cat "$work/logs/$(number "$file").log"; done
fi

# --- no false alarm --------------------------------------------------------------------
alarms=0 runs=0
while read -r run; do
  read -ra arguments <<<"--set check.watchdog=20000 --quiet $run"
  runs=$((runs + 1))
  (cd "$root" && TANDEM_HOME=$root timeout -k 5 "$limit" "$tandem" run "${arguments[@]}") \
    >"$work/logs/unmutated.log" 2>&1 </dev/null && continue
  alarms=$((alarms + 1))
  cat "$work/logs/unmutated.log"
  echo "false alarm: tandem run $run"
done < <(for file in "${files[@]}"; do header "$file" Run; done | sort -u)

printf '\n%d mutants, %d caught by the check that should name them; without a mutant %d runs, %d false alarms; %d s\n' \
  "${#files[@]}" "$((${#files[@]} - not_caught))" "$runs" "$alarms" "$SECONDS"
[ "$not_caught" = 0 ] && [ "$alarms" = 0 ] || exit 1
