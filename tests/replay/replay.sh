#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A bug planted in a copy of the design: what --keep leaves repeats it, shows it with a few
# operations, and as a C test that fails with the bug and passes without.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh
export TANDEM_DUT_OPTIMIZE=-O1

cp -r rtl "$dir/rtl"
patch -p1 -s -d "$dir" <tests/mutants/01-fence-uses-live-asid.patch
unit=(dtlb=16x16xlru itlb=16x16xlru)
wrong_dut=$(tb/build_dut.sh --rtl "$dir/rtl" "${unit[@]}")
right_dut=$(tb/build_dut.sh "${unit[@]}")
random=("$TANDEM" run --quiet --random 20000 --seed 1 --set random.fence=30 --dut "$wrong_dut")
kept=$dir/kept

headline() { grep -m 1 -i 'mismatch' "$dir/out"; }
compile() { # C-FILE DUT PROGRAM
  cc -std=c17 -Wall -Wextra -Werror -I verif/include -I model/include "$1" "$2" -o "$3"
}

# --- what is left ---
expect 1 "${random[@]}"
first=$(headline)
expect 1 "${random[@]}" --keep "$kept"
[ "$(headline)" = "$first" ] || wrong "--keep changes what fails"
prints "FAILED"
says_nothing
for file in run.json config.yaml dut.so digests.txt page.txt scenario.txt shrunk.txt shrunk.c \
  shrunk-page.txt page.html shrunk-page.html; do
  [ -s "$kept/$file" ] || wrong "$file was not kept"
done
[ "$(ls -A "$dir" | grep -c '^kept')" = 1 ] || wrong "something else was left beside it"
cmp -s "$kept/dut.so" "$wrong_dut" || wrong "another DUT was kept"
grep -qF -e "$first" "$kept/page.txt" || wrong "another page was kept"
for page in page shrunk-page; do
  xmllint --noout "$kept/$page.html" 2>"$dir/err" || wrong "$page.html is not well-formed"
done
operations=$(grep -cE '^(quiet)?\+[0-9]+ ' "$kept/shrunk.txt")
[ "$operations" -le 3 ] || wrong "$operations operations: $(cat "$kept/shrunk.txt")"

# --- a program's run, of several processes, its page tables made under way ---
expect 1 "$TANDEM" run --quiet --trace traces/cc1.tdt --trace traces/gzip.tdt --frames 64 \
  --dut "$wrong_dut" --keep "$dir/program"
grep -q '"missing": ""' "$dir/program/run.json" || wrong "no scenario of a program's run"
expect 0 "$TANDEM" replay --no-wave "$dir/program"
prints "77 of 77 thousands of cycles agree"
expect 0 "$TANDEM" replay --scenario --no-wave "$dir/program"

# --- twice is the same ---
expect 1 "${random[@]}" --keep "$dir/again"
for file in config.yaml digests.txt page.txt scenario.txt shrunk.txt shrunk.c run.json; do
  cmp -s "$kept/$file" "$dir/again/$file" || wrong "$file is another one the second time"
done

# --- replay ---
expect 0 "$TANDEM" replay "$kept"
prints "PASSED: the same failure"
[ -s "$kept/failure.fst" ] || wrong "no waveform"
expect 0 "$TANDEM" replay --scenario --no-wave "$kept"
prints "PASSED: the same failure"

rm "$kept/failure.fst"
expect 0 "$TANDEM" replay --scenario "$kept"
prints "waveform    $kept/failure.fst"
prints "waveform    $kept/shrunk.fst"
[ -s "$kept/failure.fst" ] && [ -s "$kept/shrunk.fst" ] || wrong "no waveform of the scenarios"

# --- the C test, with the bug and without ---
compile "$kept/shrunk.c" "$kept/dut.so" "$dir/with"
compile "$kept/shrunk.c" "$right_dut" "$dir/without"
expect 1 "$dir/with"
prints "cycle "
expect 0 "$dir/without"
prints "as the model expects"

# --- the command in its first comment, whatever the files are called ---
line=$'\n'
for name in 'd u' "it's \$HOME;" "a${line}int x;${line}"; do
  cp "$kept/dut.so" "$dir/$name.so"
  expect 0 "$TANDEM" shrink "$kept/shrunk.txt" --tries 1 --dut "$dir/$name.so" -o "$dir/named.txt" \
    --test "$dir/$name.c"
  command=$(sed -n '2s,^// ,,p' "$dir/$name.c")
  rm -f "$dir/test"
  expect 1 env TANDEM_HOME="$PWD" bash -c "cd '$dir' && $command"
  prints "cycle "
done

# --- shrinking by hand; without the bug nothing fails ---
expect 0 "$TANDEM" shrink "$kept/scenario.txt" --dut "$kept/dut.so" -o "$dir/small.txt" --test "$dir/small.c"
cmp -s "$dir/small.txt" "$kept/shrunk.txt" || wrong "shrinks to something else"
expect 1 "$TANDEM" shrink "$kept/scenario.txt" --dut "$right_dut" -o "$dir/none.txt"
[ ! -e "$dir/none.txt" ] || wrong "a scenario that does not fail was written"
expect 0 "$TANDEM" shrink "$kept/scenario.txt" --dut "$kept/dut.so" --tries 5
says "a limit was met"

# --- what cannot be shrunk: is not known to fail, or cannot be written ---
full() { "$@" >/dev/full; }
expect 2 full "$TANDEM" shrink "$kept/scenario.txt" --dut "$kept/dut.so" --tries 3
says_once "standard output cannot be written"
slow=$dir/slow.txt # minutes, if it were played to its end
grep -E '^(tandem|unit|check|memory)' "$kept/scenario.txt" >"$slow"
for _ in 1 2 3; do echo '+16777216 poison' >>"$slow"; done
expect 2 timeout 100 "$TANDEM" shrink "$slow" --dut "$kept/dut.so" --seconds 1 -o "$dir/none.txt"
says_once "the time was over before anything failed"
[ ! -e "$dir/none.txt" ] || wrong "a scenario that was not played was written"
echo '+16777216 poison' >>"$slow"
echo '+1 poison' >>"$slow"
expect 2 "$TANDEM" shrink "$slow" --dut "$kept/dut.so"
says_once "slow.txt:9: it would take too long"
# A DUT that can be made once, which is when it is loaded.
cat >"$dir/once.c" <<'END'
#include <dlfcn.h>
#include "verif/dut.h"
static const struct dut_ops *real;
static unsigned made;
static struct dut *create(const struct dut_options *options, char *sentence, size_t bytes) {
    return made++ ? NULL : real->create(options, sentence, bytes);
}
const struct dut_ops *tandem_dut(void);
const struct dut_ops *tandem_dut(void) {
    static struct dut_ops ops;
    real = ((const struct dut_ops *(*)(void))dlsym(dlopen(REAL, RTLD_NOW | RTLD_LOCAL), "tandem_dut"))();
    ops = *real;
    ops.create = create;
    return &ops;
}
END
cc -shared -fPIC -I verif/include -I model/include -DREAL="\"$kept/dut.so\"" "$dir/once.c" -o "$dir/once.so"
expect 2 "$TANDEM" shrink "$kept/scenario.txt" --dut "$dir/once.so" -o "$dir/none.txt"
says_once "no DUT could be made"
cp -r "$kept" "$dir/once"
cp "$dir/once.so" "$dir/once/dut.so"
expect 2 "$TANDEM" replay --scenario --no-wave "$dir/once"
says_once "is not the DUT of the run"
hash=$(sed -n 's/.*its XXH128 is \([0-9a-f]*\).*/\1/p' "$dir/err")
sed -i "s/\"dut_xxh128\": \"[^\"]*\"/\"dut_xxh128\": \"$hash\"/" "$dir/once/run.json"
expect 2 "$TANDEM" replay --scenario --no-wave "$dir/once"
says_once "no DUT"

# --- what is illegal, without the model; what contradicts itself, without any judge ---
# Kept, repeated, shown with a few operations that fail for the bug alone.
without_model() { # NAME DUT RIGHT-DUT CHECK MOST ARGUMENT...
  local kept=$dir/$1 wrong_dut=$2 right_dut=$3 check=$4 most=$5 found
  shift 5
  expect 1 "$TANDEM" run --quiet "$@" --dut "$wrong_dut" --keep "$kept"
  grep -q "\"check\": \"$check\"" "$kept/run.json" || wrong "not $check: $last"
  found=$(grep -cE '^(quiet)?\+[0-9]+ ' "$kept/shrunk.txt") || true
  [ "$found" -ge 2 ] && [ "$found" -le "$most" ] || wrong "$found operations: $(cat "$kept/shrunk.txt")"
  expect 0 "$TANDEM" replay --no-wave "$kept"
  expect 0 "$TANDEM" replay --no-wave --scenario "$kept"
  expect 1 "$TANDEM" shrink "$kept/shrunk.txt" --dut "$right_dut" -o "$dir/none.txt"
  says "nothing fails"
  [ ! -e "$kept/shrunk.c" ] || wrong "a C test of what the model does not see"
}
without_model legal "$wrong_dut" "$right_dut" legal_outcome 6 \
  --random 60000 --seed 1 --set random.fence=30 --oracle legal
mkdir "$dir/napot"
cp -r rtl "$dir/napot/rtl"
patch -p1 -s -d "$dir/napot" <tests/mutants/125-napot-hit-or-patch.patch
without_model invariance "$(tb/build_dut.sh --no-properties --rtl "$dir/napot/rtl" "${unit[@]}")" "$right_dut" \
  invariance 4 --random 40000 --seed 1 --dut-only --set check.properties=no

# --- an entry that is older than everything that was recorded (with TANDEM_LONG: a unit more) ---
# One page is used once, then another 300,000 times, so that the recorder holds nothing of the first;
# then as many more as there are frames. The first is evicted, and no fence of a page is obeyed.
older_entry() {
  mkdir "$dir/late"
  cp -r rtl "$dir/late/rtl"
  sed -i '/assign fence_acts /s/= fence_accept/= fence_accept \&\& !fence_has_va_i/' "$dir/late/rtl/tandem_mmu.sv"
  ! cmp -s rtl/tandem_mmu.sv "$dir/late/rtl/tandem_mmu.sv" || wrong "the bug was not planted"
  late_dut=$(tb/build_dut.sh --rtl "$dir/late/rtl" "${unit[@]}")
  awk 'BEGIN {
    print " L 10000000,8"
    for (i = 0; i < 300000; i++) printf " L 20000%03x,8\n", i * 8 % 4096
    for (i = 1; i < 20; i++) printf " L 3%04x000,8\n", i
  }' >"$dir/late.txt"
  expect 0 "$TANDEM" record --import "$dir/late.txt" --format lackey -o "$dir/late.tdt"
  expect 1 "$TANDEM" run --quiet --trace "$dir/late.tdt" --frames 16 --set os.policy=fifo \
    --dut "$late_dut" --keep "$dir/late/kept"
  grep -q '"cycle": 30[0-9]\{4\}' "$dir/late/kept/run.json" || wrong "it does not fail after 300,000 cycles"
  grep -q '"whole_run": false' "$dir/late/kept/run.json" || wrong "the whole run was recorded"
  # Requested again before the window: nothing else can have put it there.
  grep -q '^quiet+0 load va=0x10000000 ' "$dir/late/kept/scenario.txt" || wrong "the page is not installed first"
  expect 0 "$TANDEM" replay --scenario --no-wave "$dir/late/kept"
  expect 1 "$TANDEM" shrink "$dir/late/kept/scenario.txt" --dut "$right_dut" -o "$dir/none.txt"
  says "nothing fails"
  compile "$dir/late/kept/shrunk.c" "$late_dut" "$dir/with"
  compile "$dir/late/kept/shrunk.c" "$right_dut" "$dir/without"
  expect 1 "$dir/with"
  expect 0 "$dir/without"
}
[ -z "${TANDEM_LONG:-}" ] || older_entry

# --- what is not the run's ---
cp -r "$kept" "$dir/other"
cp "$right_dut" "$dir/other/dut.so"
expect 2 "$TANDEM" replay "$dir/other"
says_once "is not the DUT of the run"
cp -r "$kept" "$dir/changed"
sed -i 's/"cycle": [0-9]*/"cycle": 12/' "$dir/changed/run.json"
expect 1 "$TANDEM" replay --no-wave "$dir/changed"
prints "FAILED: not the same"
grep -q '"whole_run": true' "$kept/run.json" || wrong "its scenario is not the whole run"
expect 1 "$TANDEM" replay --no-wave --scenario "$dir/changed"
prints "FAILED: not the same"
# The play shows what the texts say, and the texts are those that were kept: not the kept failure.
for change in 's/"what": "[^"]*"/"what": "other"/' 's/"port": 0/"port": 1/;t;s/"port": 1/"port": 0/' \
  's/"check": "[^"]*"/"check": "latency"/'; do
  sed "$change" "$kept/run.json" >"$dir/changed/run.json"
  ! cmp -s "$kept/run.json" "$dir/changed/run.json" || wrong "not changed: $change"
  expect 1 "$TANDEM" replay --no-wave --scenario "$dir/changed"
  prints "FAILED: not the same"
done
cp "$kept/run.json" "$dir/changed/run.json"
cp "$kept/shrunk.txt" "$dir/changed/scenario.txt"
expect 2 "$TANDEM" replay --no-wave --scenario "$dir/changed"
says_once "scenario.txt: is not the scenario of the run"
cp "$kept/scenario.txt" "$dir/changed/scenario.txt"
sed 's/cycle=[0-9]*/cycle=1/' "$kept/shrunk.txt" >"$dir/changed/shrunk.txt"
expect 2 "$TANDEM" replay --no-wave --scenario "$dir/changed"
says_once "shrunk.txt: is not the scenario of the run"
cp "$kept/shrunk.txt" "$dir/changed/shrunk.txt"
expect 0 "$TANDEM" replay --no-wave --scenario "$dir/changed"
for cut in 0 1 100 500; do
  cp "$kept/run.json" "$dir/changed/run.json"
  truncate -s "$cut" "$dir/changed/run.json"
  expect 2 "$TANDEM" replay "$dir/changed"
  says_once "run.json"
done
cp "$kept/run.json" "$dir/changed/run.json"
printf 'not a digest\n' >"$dir/changed/digests.txt"
expect 2 "$TANDEM" replay "$dir/changed"
says_once "digests.txt:1:"
cp "$kept/digests.txt" "$dir/changed/digests.txt"
sed -i '1y/0123456789abcdef/123456789abcdef0/' "$dir/changed/digests.txt"
expect 1 "$TANDEM" replay --no-wave "$dir/changed"
prints "the first that differs: cycles 0 .. 999"
expect 2 "$TANDEM" replay "$dir/nowhere"
says_once "cannot be opened"
expect 2 "$TANDEM" shrink "$kept/run.json"
says_once "run.json:1: it does not begin"

# --- where nothing may be left ---
expect 2 "${random[@]}" --keep "$kept"
says_once "is not empty"
expect 2 "${random[@]}" --keep "$kept/run.json"
says_once "is no folder"
expect 2 "${random[@]}" --keep "$dir/no/such/place"
says_once "cannot be created"
expect 0 "$TANDEM" run --quiet --random 2000 --dut "$right_dut" --keep "$dir/passed"
[ ! -e "$dir/passed" ] || wrong "a run that passed left a folder"
expect 2 "$TANDEM" run --quiet --random 2000 --model-only --keep "$dir/passed"
says_once "--keep needs the RTL"

finish
