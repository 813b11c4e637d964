#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/machines.sh [--cost]: four units, from a small first level alone to a whole hierarchy. Average
# translation of the recorded programs in cycles, memory answering in 20; with --cost LUTs,
# flip-flops, RAMs and clock in an FPGA too (up to an hour each, kept under build/cost).
set -euo pipefail
cd "$(dirname "$0")/.."
tandem=${TANDEM:-build/bin/tandem}
[ -x "$tandem" ] || { echo "machines.sh: $tandem is missing: make build" >&2; exit 2; }
case ${1-} in '' | --cost) ;; *) sed -n '3,5s/^# //p' "$0" >&2; exit 2 ;; esac

first_level() { # ENTRIES WAYS POLICY
  for port in data fetch; do
    echo "--set tlb.$port.entries=$1 --set tlb.$port.ways=$2 --set tlb.$port.policy=$3"
  done
}
units=(
  "$(first_level 4 4 lru)"
  "$(first_level 16 16 lru)"
  "$(first_level 16 4 plru) --set tlb.l2.entries=256 --set tlb.l2.ways=4 --set mmu.pwc_entries=2 --set mmu.walks=2"
  "$(first_level 32 4 plru) --set tlb.l2.entries=1024 --set tlb.l2.ways=4 --set mmu.pwc_entries=4 --set mmu.walks=4"
)
names=(
  "tiny: 4 + 4, fully associative, LRU; one walk"
  "small: 16 + 16, fully associative, LRU; one walk"
  "medium: 16 x 4 + 16 x 4, PLRU; second level 256 x 4; 2 cached pointers a level; 2 walks"
  "large: 32 x 4 + 32 x 4, PLRU; second level 1024 x 4; 4 cached pointers a level; 4 walks"
)
scratch=$(mktemp -d)
trap 'rm -rf -- "${scratch:?}"' EXIT
for i in "${!units[@]}"; do
  echo "${names[i]}"
  # shellcheck disable=SC2086
  "$tandem" study -t traces/cc1.tdt -t traces/gzip.tdt -t traces/python.tdt --measure cycles \
    --set memory.data.least=20 --set memory.data.most=20 ${units[i]} --quiet --csv "$scratch/$i.csv"
  python3 - "$scratch/$i.csv" <<'END'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    print(f"  {row['trace']:8}{float(row['translation-cycles']):.3f} cycles a translation")
END
  # shellcheck disable=SC2086
  [ -z "${1-}" ] || "$tandem" cost ${units[i]} 2>/dev/null | tail -n 2
done
