#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measure shrinking over planted bugs of the RTL: how few operations show each.
#
#   tests/replay/table.sh [NUMBER...]
#
# NUMBER names patches of tests/mutants (In: rtl, asked by `tandem run`); without one, a selection of
# different kinds. For each: the run of its header with --keep; `tandem replay`, `replay --scenario`; the
# C test with the mutant (must exit 1) and with the right RTL (must exit 0); the shrunk scenario on the
# right RTL (must not fail). Prints a line for each, and the median number of operations.
# TANDEM names the program (build/bin/tandem). DUTs are cached below build/replay-table.
# Exit 0: all as it must be and the median is at most 5; 1: not so; 2: usage or environment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
tandem=${TANDEM:-$root/build/bin/tandem}
work=$root/build/replay-table
most_median=5
selection=(01 03 06 11 13 15 18 31 34 36 40 42 46 47 48 51 124 189 321 329 404 407 410 414 415 416 420 422 424 430
  431 432 433 437 438 439 440 442 444 451 452 454 460)
[ -x "$tandem" ] || { echo "table.sh: $tandem is missing: make build, or set TANDEM." >&2; exit 2; }
[ $# = 0 ] || selection=("$@")
# shellcheck source=tests/mutants/judge.sh
. "$root/tests/mutants/judge.sh"

mkdir -p "$work/dut"
scratch=$(mktemp -d "$work/scratch.XXXXXX")
trap 'rm -rf -- "${scratch:?}"' EXIT
export TANDEM_DUT_OPTIMIZE=-O1

# As judge.sh's, with a cache of its own.
home_of() { # FOLDER
  mkdir -p "$1"/{verif,model,build}
  cp -R "$root/rtl" "$root/tb" "$1"
  cp -R "$root"/verif/{sva,include} "$1/verif"
  cp -R "$root/model/include" "$1/model"
  ln -sfn "$work/dut" "$1/build/dut"
}

key() { # FILE KEY: of run.json
  python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
for k in sys.argv[2].split("."): d = d.get(k, "")
print(d)' "$1" "$2"
}

compile() { # C-FILE DUT PROGRAM
  cc -std=c17 -I "$root/verif/include" -I "$root/model/include" "$1" "$2" -o "$3"
}

# The RTL without a bug, as the scenario's `unit` line says.
right_dut() { # SCENARIO PROPERTIES
  local words flags=()
  read -ra words < <(sed -n 's/^unit //p' "$1")
  grep -q 'properties=1' "$1" && [ "$2" != no ] || flags=(--no-properties)
  "$root/tb/build_dut.sh" "${flags[@]}" --out "$work/dut" "${words[@]}" 2>/dev/null
}

measure() { # FILE
  local file=$1 home keep arguments status=0 right verdict=ok started=$SECONDS
  home=$(mktemp -d "$scratch/home.XXXXXX")
  keep=$work/kept-$(number "$file")
  rm -rf -- "$work/kept-$(number "$file")"
  home_of "$home"
  plant "$file" "$home" "$scratch/log" || { echo "the patch does not apply"; return 1; }
  read -ra arguments <<<"$(header "$file" Run)"
  TANDEM_HOME=$home "$tandem" run --quiet --set check.watchdog=20000 "${arguments[@]}" \
    --keep "$keep" >"$scratch/log" 2>&1 </dev/null || status=$?
  [ "$status" = 1 ] || { echo "exit status $status of the run"; cat "$scratch/log" >&2; return 1; }
  local json=$keep/run.json
  [ -f "$keep/shrunk.txt" ] || { echo "no scenario: $(key "$json" scenario.missing)"; return 1; }
  "$tandem" replay --no-wave "$keep" >"$scratch/log" 2>&1 || verdict='replay differs'
  "$tandem" replay --no-wave --scenario "$keep" >"$scratch/log" 2>&1 || verdict='scenario differs'
  right=$(right_dut "$keep/shrunk.txt" "$(header "$file" Properties)")
  status=0
  "$tandem" shrink "$keep/shrunk.txt" --dut "$right" -o "$scratch/none.txt" 2>/dev/null || status=$?
  [ "$status" = 1 ] || verdict='fails on the right RTL'
  if [ -f "$keep/shrunk.c" ]; then
    compile "$keep/shrunk.c" "$keep/dut.so" "$scratch/wrong" &&
      compile "$keep/shrunk.c" "$right" "$scratch/right" || verdict='the C test does not compile'
    status=0; "$scratch/wrong" >"$scratch/log" || status=$?
    [ "$status" = 1 ] || verdict='the C test passes'
    status=0; "$scratch/right" >"$scratch/log" || status=$?
    [ "$status" = 0 ] || verdict="the C test fails on the right RTL: $(cat "$scratch/log")"
  else
    verdict="$verdict, no C test"
  fi
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(key "$json" failure.check)" "$(key "$json" failure.cycle)" \
    "$(key "$json" scenario.operations)" "$(key "$json" scenario.shrunk_operations)" \
    "$(key "$json" scenario.tries)" "$((SECONDS - started))" "$verdict"
}

format='%-4s %-28s %-17s %7s %9s %7s %6s %5s  %s\n'
# shellcheck disable=SC2059
printf "$format" no mutant check cycle recorded shrunk tries sec. verdict
wrong=0
sizes=()
for wanted in "${selection[@]}"; do
  file=$(printf '%s\n' "$root"/tests/mutants/"$wanted"-*.patch)
  [ -f "$file" ] || { echo "table.sh: there is no mutant $wanted" >&2; exit 2; }
  name=$(basename "$file" .patch)
  line=$(measure "$file") || true
  check='' cycle='' recorded='' shrunk='' tries='' seconds='' verdict=$line
  [[ $line != *$'\t'* ]] || IFS=$'\t' read -r check cycle recorded shrunk tries seconds verdict <<<"$line"
  [[ $verdict = ok* ]] || wrong=$((wrong + 1))
  [ -z "$shrunk" ] || sizes+=("$shrunk")
  # shellcheck disable=SC2059
  printf "$format" "$wanted" "${name#*-}" "$check" "$cycle" "$recorded" "$shrunk" "$tries" "$seconds" "$verdict"
done
[ ${#sizes[@]} -gt 0 ] || exit 1
mapfile -t sorted < <(printf '%s\n' "${sizes[@]}" | sort -n)
median=${sorted[$(((${#sorted[@]} - 1) / 2))]}
printf '\n%d mutants, %d not as they must be; operations: median %d, least %d, most %d\n' \
  "${#selection[@]}" "$wrong" "$median" "${sorted[0]}" "${sorted[-1]}"
[ "$wrong" = 0 ] && [ "$median" -le "$most_median" ] || exit 1
