#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Structural and functional coverage as one page, with thresholds that gate (docs/coverage.md):
#
#   scripts/coverage.sh [JOBS]
#
# 1. C, by gcov: the tests of the preset `coverage` (TESTS: only those that this expression of ctest -R names)
# 2. RTL, by Verilator: lines, toggles, covers of verif/sva, in steered random runs over four
#    configurations (TRANSLATIONS each, 100000), which give functional coverage as well
# 3. lcov adds lines of both up; genhtml makes build/coverage/html/index.html; functional coverage
#    is build/coverage/functional.html
#
# Exit 0: every figure is at or above its threshold; 1: one is not, or a test failed; 2: environment.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-2}
translations=${TRANSLATIONS:-100000}
# Percent: what was measured (docs/coverage.md), rounded down, of RTL and functional coverage less a margin for
# other seeds.
threshold_c=${THRESHOLD_C:-92}
threshold_line=97 threshold_toggle=90 threshold_user=95 threshold_functional=93
out=$PWD/build/coverage/report
for tool in lcov genhtml verilator_coverage python3; do
  command -v "$tool" >/dev/null || { echo "coverage.sh: $tool is missing" >&2; exit 2; }
done
verdict=0
mkdir -p "$out"
rm -f -- "$out"/*.dat "$out"/*.info "$out"/*.cov

# --- C -------------------------------------------------------------------------------------------
scripts/build.sh coverage "$jobs"
lcov --quiet --zerocounters --directory build/coverage
# Tests that limit the size of files: gcov's own complaint is none of the program's sentences.
GCOV_ERROR_FILE=/dev/null ctest --preset coverage -j "$jobs" -LE once ${TESTS:+-R "$TESTS"} || verdict=1

# --- RTL: configuration of tandem run, and the same for build_dut.sh ---------------------------------
export TANDEM_DUT_OPTIMIZE=-O1
run() { # NAME "PARAMETERS OF build_dut.sh" ARGUMENTS OF tandem run...
  local name=$1 parameters=$2 dut
  shift 2
  # shellcheck disable=SC2086
  dut=$(tb/build_dut.sh --coverage $parameters) || exit 2
  TANDEM_RTL_COVERAGE=$out/$name.dat build/coverage/bin/tandem run --random "$translations" --quiet \
    --seed 1 --dut "$dut" --coverage "$out/$name.cov" --set memory.data.least=1 --set memory.grant.most=3 \
    --set random.steer=300 "$@" >"$out/$name.log" || { tail -n 5 "$out/$name.log" >&2; verdict=1; }
}
run plain "" || verdict=1
run deep "l2=64x4xplru pwc=4 walks=4 prefetch=1 pmp=8 pa_bits=40" --set tlb.l2.entries=64 --set mmu.walks=4 \
  --set mmu.pwc_entries=4 --set mmu.prefetch=yes --set mmu.pmp_entries=8 --set mmu.pa_bits=40 \
  --set random.kill_stores=500
run sv32 "xlen=32 pmp=8 l2=16x1xplru walks=2 dtlb=8x2xplru itlb=12x3xfifo" --set mmu.xlen=32 --set mmu.pmp_entries=8 \
  --set tlb.l2.entries=16 --set tlb.l2.ways=1 --set mmu.walks=2 --set tlb.data.entries=8 --set tlb.data.ways=2 \
  --set tlb.data.policy=plru --set tlb.fetch.entries=12 --set tlb.fetch.ways=3 --set tlb.fetch.policy=fifo
run choices "svnapot=0 update_first=0 pmp=8 asid_bits=0 dtlb=6x3xrandom" --set mmu.svnapot=no \
  --set mmu.update_first=no --set mmu.pmp_entries=8 --set mmu.asid_bits=0 --set tlb.data.entries=6 \
  --set tlb.data.ways=3 --set tlb.data.policy=random

# --- one page ------------------------------------------------------------------------------------------
lcov --quiet --capture --directory build/coverage --base-directory "$PWD" --no-external \
  --output-file "$out/c-all.info"
lcov --quiet --extract "$out/c-all.info" "$PWD/model/*" "$PWD/verif/*" "$PWD/sim/*" --output-file "$out/c.info"
verilator_coverage --write-info "$out/rtl-all.info" "$out"/*.dat
lcov --quiet --extract "$out/rtl-all.info" "$PWD/rtl/*" --output-file "$out/rtl.info"
lcov --quiet -a "$out/c.info" -a "$out/rtl.info" --output-file "$out/all.info"
genhtml --quiet --legend --title "Tandem MMU: C and RTL" --prefix "$PWD" --output-directory build/coverage/html \
  "$out/all.info"

echo "Lines of C"
lcov --summary "$out/c.info" 2>&1 | sed -n 's/.*lines\.*: *\([0-9.]*\)% (\(.*\))/  lines   \2 \1 %/p' | tee "$out/c.txt"
c=$(sed -n 's/.* \([0-9.]*\) %$/\1/p' "$out/c.txt")
if ! python3 -c 'import sys; sys.exit(float(sys.argv[1]) < float(sys.argv[2]))' "${c:-0}" "$threshold_c"; then
  echo "BELOW THE THRESHOLD: lines of C ${c:-0} %, asked for $threshold_c %"
  verdict=1
fi
echo "RTL"
python3 scripts/rtl_coverage.py "$out"/*.dat --threshold line=$threshold_line --threshold toggle=$threshold_toggle \
  --threshold user=$threshold_user || verdict=1
build/coverage/bin/tandem coverage "$out"/*.cov -o "$out/functional.cov" --html build/coverage/functional.html \
  --json "$out/functional.json" --threshold $threshold_functional >"$out/functional.txt" || verdict=1
sed -n '/^  item/,/^  all/p; /BELOW\|REACHED,/p' "$out/functional.txt"
echo "pages: build/coverage/html/index.html, build/coverage/functional.html"
exit "$verdict"
