#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plant every bug of this folder, one at a time, and see which check names it.
#
#   tests/mutants/run.sh [--slice] [NUMBER...]
#
# --slice      only the mutants whose header says "Slice: yes": a selection for every day
# NUMBER       only these mutants (01 17 65), and what tandem printed about each
#
# A mutant is a patch against the source tree with a header:
#
#   Bug:    what is wrong, in one sentence
#   Like:   where a real unit had this bug
#   In:     rtl, model or handler
#   Check:  regular expression: the check, or the oracle's verdict, that must name it
#   Run:    arguments of `tandem run` that reach it
#   Slice:  yes, if it belongs to the selection
#
# Caught means: tandem exits with 1 and the first thing it names is that check. A crash, a hang
# or exit 2 is not a catch. The tree without any mutant must pass every Run line.
#
# TANDEM names the program (build/release/bin/tandem), JOBS the number of builds at once (2).
# Everything is written below build/mutants. Exit 0: all caught, no false alarm; 1: not so;
# 2: usage or environment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/mutants
tandem=${TANDEM:-$root/build/release/bin/tandem}
jobs=${JOBS:-2}
limit=60        # seconds for one run
build_limit=300 # seconds for one build
widths='%-3s %-25s %-8s %-25s %-22s %8s %5s  %s\n'

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

# --- running tandem ------------------------------------------------------------------

# The TLB that a Run line asks for, as tb/build_dut.sh wants it: 16x16xlru.
geometry() { # data|fetch RUN
  local entries=16 ways=16 policy=lru word
  for word in $2; do
    case $word in
      "tlb.$1.entries="*) entries=${word#*=} ;;
      "tlb.$1.ways="*) ways=${word#*=} ;;
      "tlb.$1.policy="*) policy=${word#*=} ;;
    esac
  done
  echo "${entries}x${ways}x${policy}"
}

# Print the path of the object for a Run line, built from the RTL in FOLDER unless it is there.
dut() { # FOLDER RUN
  timeout -k 5 "$build_limit" "$root/tb/build_dut.sh" --rtl "$1" --out "$work/dut" \
    "dtlb=$(geometry data "$2")" "itlb=$(geometry fetch "$2")" </dev/null
}

# A Run line in a folder of the repository; swap files and all output stay in build/mutants.
run() { # PROGRAM OBJECT RUN LOG
  local arguments
  read -ra arguments <<<"$3"
  (cd "$root" && TMPDIR=$scratch timeout -k 5 "$limit" "$1" run --quiet --dut "$2" \
    --set check.watchdog=20000 "${arguments[@]}") >"$4" 2>&1 </dev/null
}

# What tandem said first: the check's name, or the oracle's sentence up to its colon.
named() { # LOG
  awk '/^--- MISMATCH: /{sub(/^--- MISMATCH: /, ""); print $1; named = 1; exit}
       check{line = $0; check = 0} /^--- FAILED CHECK /{check = 1}
       END{if (!named) {sub(/:.*/, "", line); print line}}' "$1"
}

detected_at() { # LOG
  awk '/^--- MISMATCH: /{sub(/.* in cycle /, ""); print $1; exit}
       /^  simulated /{gsub(/,/, "", $2); cycle = $2} /^FAILED/{print cycle}' "$1"
}

# --- one mutant ----------------------------------------------------------------------

# Write the mutant's result: observed, cycle, seconds, verdict, separated by tabs.
result() { # FILE OBSERVED CYCLE SECONDS VERDICT
  printf '%s\t%s\t%s\t%s\n' "${2:-nothing}" "${3:--}" "$4" "$5" >"$scratch/$(number "$1")"
}

judge() { # FILE PROGRAM OBJECT STARTED
  local file=$1 log observed cycle verdict status=0
  log=$work/logs/$(number "$file").log
  run "$2" "$3" "$(header "$file" Run)" "$log" || status=$?
  case $status in
    1)
      observed=$(named "$log") cycle=$(detected_at "$log")
      verdict='caught by another check'
      ! grep -qEx -- "$(header "$file" Check)" <<<"$observed" || verdict=caught
      ;;
    0) observed=nothing cycle=- verdict=SURVIVED ;;
    2) observed='exit status 2' cycle=- verdict=BROKEN ;;
    124 | 137) observed="no end in $limit s" cycle=- verdict='NOT CAUGHT' ;;
    *) observed="exit status $status" cycle=- verdict='NOT CAUGHT' ;;
  esac
  result "$file" "$observed" "$cycle" "$((SECONDS - $4))" "$verdict"
}

# Plant the patch in a copy of the files that it names.
plant() { # FILE FOLDER LOG
  patch -p1 -s -F1 -r - --no-backup-if-mismatch -d "$2" <"$1" >"$3" 2>&1
}

judge_rtl() { # FILE
  local file=$1 started=$SECONDS log copy object
  log=$work/logs/$(number "$file").log
  copy=$(mktemp -d "$scratch/rtl.XXXXXX")
  cp -R "$root/rtl" "$copy/rtl"
  if ! plant "$file" "$copy" "$log"; then
    result "$file" 'patch does not apply' - - BROKEN
  elif ! object=$(dut "$copy/rtl" "$(header "$file" Run)" 2>"$log"); then
    result "$file" 'does not build' - - BROKEN
  else
    judge "$file" "$tandem" "$object" "$started"
  fi
}

# The C mutants share one tree, which is built again file by file. What a patch changed is
# copied back with a new date, so that the next build sees it.
judge_c() { # FILE...
  local file path started log object
  for file in "$@"; do
    started=$SECONDS
    log=$work/logs/$(number "$file").log
    if ! plant "$file" "$work/src" "$log"; then
      result "$file" 'patch does not apply' - - BROKEN
    elif ! timeout -k 5 "$build_limit" ninja -C "$work/c" tandem >"$log" 2>&1 </dev/null; then
      result "$file" 'does not build' - - BROKEN
    elif ! object=$(dut "$root/rtl" "$(header "$file" Run)" 2>"$log"); then
      result "$file" 'the RTL does not build' - - BROKEN
    else
      judge "$file" "$work/c/bin/tandem" "$object" "$started"
    fi
    while read -r path; do
      cp "$root/$path" "$work/src/$path"
    done < <(sed -n 's:^+++ b/::p' "$file")
  done
}

# Bring the tree of the C mutants to the state of the real one; only what differs gets a new date.
prepare_c() {
  local path
  mkdir -p "$work/src"
  while read -r path; do
    cmp -s "$root/$path" "$work/src/$path" && continue
    mkdir -p "$work/src/${path%/*}"
    cp "$root/$path" "$work/src/$path" || return
  done < <(cd "$root" && find ./CMakeLists.txt cmake model verif sim -type f)
  [ -f "$work/c/build.ninja" ] ||
    cmake -S "$work/src" -B "$work/c" -G Ninja '-DTANDEM_FOLDERS=model;verif;sim' \
      -DTANDEM_WERROR=OFF -DCMAKE_BUILD_TYPE=Release '-DCMAKE_C_FLAGS_RELEASE=-O1 -DNDEBUG' ||
    return
  timeout -k 5 "$build_limit" ninja -C "$work/c" tandem
}

# Without a mutant nothing may be found.
judge_clean() { # INDEX RUN...
  local index=$1 object
  shift
  object=$(dut "$root/rtl" "$*" 2>"$work/logs/clean-$index.log") &&
    run "$tandem" "$object" "$*" "$work/logs/clean-$index.log" ||
    echo "$*" >"$scratch/alarm-$index"
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
    [0-9]*) chosen+=("$1") ;;
    *) sed -n '3,25s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
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

mkdir -p "$work"/{logs,dut}
exec 9>"$work/lock"
flock 9
scratch=$(mktemp -d "$work/scratch.XXXXXX")
trap 'rm -rf -- "${scratch:?}"' EXIT

# --- plant them ----------------------------------------------------------------------
rtl=() c=() runs=()
for file in "${files[@]}"; do
  [ -n "$(header "$file" Check)" ] && [ -n "$(header "$file" Run)" ] ||
    die "${file##*/}: its header lacks Check or Run."
  case $(header "$file" In) in
    rtl) rtl+=("$file") ;;
    model | handler) c+=("$file") ;;
    *) die "${file##*/}: In must be rtl, model or handler." ;;
  esac
done
mapfile -t runs < <(for file in "${files[@]}"; do header "$file" Run; done | sort -u)

# The objects without a mutant first: several pieces of work below want them.
for run in "${runs[@]}"; do
  dut "$root/rtl" "$run" >"$work/logs/prepare.log" 2>&1 ||
    { tail -n 20 "$work/logs/prepare.log" >&2; die "the RTL without a mutant does not build."; }
done
if [ ${#c[@]} -gt 0 ]; then
  prepare_c >"$work/logs/prepare.log" 2>&1 ||
    { tail -n 20 "$work/logs/prepare.log" >&2; die "the tree without a mutant does not build."; }
fi
{
  # All C mutants are one piece of work: it takes the longest and goes first.
  [ ${#c[@]} = 0 ] || echo "c ${c[*]}"
  [ ${#rtl[@]} = 0 ] || printf 'rtl %s\n' "${rtl[@]}"
  for i in "${!runs[@]}"; do echo "clean $i ${runs[i]}"; done
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
    "$(short "$(header "$file" Check)" 25)" "$(short "$observed" 22)" "$cycle" "$seconds" "$verdict"
done

alarms=0
for i in "${!runs[@]}"; do
  [ -f "$scratch/alarm-$i" ] || continue
  alarms=$((alarms + 1))
  printf '\nfalse alarm without a mutant (build/mutants/logs/clean-%s.log): tandem run %s\n' \
    "$i" "${runs[i]}"
done

printf '\n%d mutants (%d in the RTL, %d in the model or the handler): %d caught by the check that ' \
  ${#files[@]} ${#rtl[@]} ${#c[@]} "$caught"
printf 'should name them, %d not.\nWithout a mutant: %d runs, %d false alarms. %d s.\n' \
  $((${#files[@]} - caught)) ${#runs[@]} "$alarms" "$SECONDS"
[ "$caught" = ${#files[@]} ] && [ "$alarms" = 0 ] || exit 1
