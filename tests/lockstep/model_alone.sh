#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The model alone, which skips idle cycles, and the RTL alone give what lockstep gives: every
# count, every cycle.
set -euo pipefail
. tests/lockstep/common.sh
facts() { # what may differ: the mode, and what was compared
  sed -e '/"mode":/d' -e '/"compared": {/,/}/d' "$1"
}
check() {
  local name=$1
  shift
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/both" >"$dir/out"
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/model" --model-only >"$dir/out"
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/dut" --dut-only >"$dir/out"
  facts "$dir/both" >"$dir/both.facts"
  for mode in model dut; do
    facts "$dir/$mode" >"$dir/$mode.facts"
    diff "$dir/both.facts" "$dir/$mode.facts" || { echo "$name: $mode alone differs"; exit 1; }
  done
  echo "$name: same facts in three modes"
}
check trace --trace traces/gzip.tdt -n 300000 --frames 24 --policy clock --set memory.grant.most=4
check processes --trace traces/gzip.tdt -n 50000 --frames 30 --set os.processes=3 \
  --set os.quantum=700 --set os.ad=svade
check random --random 50000
