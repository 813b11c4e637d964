#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same run gives the same JSON, byte for byte: twice, with a waveform, with other initial
# values of the RTL, and from the program built with other options ($OTHER).
set -euo pipefail
. tests/lockstep/common.sh
[ -x "$OTHER" ] || { echo "$OTHER is not built (make build)"; exit 1; }
check() { # name, then arguments of a run
  local name=$1
  shift
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/first" >"$dir/out"
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/again" >"$dir/out"
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/wave" --wave "$dir/x.fst" \
    --wave-window 100:3000 >"$dir/out"
  TANDEM_X_SEED=77 "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/initial" >"$dir/out"
  "$OTHER" run --quiet --seed "$seed" "$@" --json "$dir/other" >"$dir/out"
  [ -s "$dir/x.fst" ] || { echo "$name: the waveform is empty"; exit 1; }
  for variant in again wave initial other; do
    cmp "$dir/first" "$dir/$variant" || { echo "$name: JSON differs: $variant"; exit 1; }
  done
  echo "$name: same bytes, $(wc -c <"$dir/first") of them, five times"
}
check random --random 50000 --set memory.grant.most=3 --set tlb.l2.entries=64 --set mmu.walks=4 \
  --set mmu.pwc_entries=4 --set mmu.prefetch=yes
check trace --trace traces/gzip.tdt -n 100000 --frames 24 --policy random
