#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The model alone, which skips idle cycles, and the RTL alone give what lockstep gives: every
# count, every cycle.
set -euo pipefail
. tests/lockstep/common.sh
facts() { # what may differ: the mode, what was compared, and what the model alone knows
  python3 - "$@" <<'END'
import json, sys
result = json.load(open(sys.argv[1]))
for key in ("mode", "compared", "latency_terms", "covers"):
    if key in ("mode", "compared") or sys.argv[2:] == ["alone"]:
        del result[key]
json.dump(result, sys.stdout, indent=1)
END
}
check() {
  local name=$1
  shift
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/both" >"$dir/out"
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/model" --model-only >"$dir/out"
  "$TANDEM" run --quiet --seed "$seed" "$@" --json "$dir/dut" --dut-only >"$dir/out"
  facts "$dir/both" >"$dir/both.facts"
  facts "$dir/model" >"$dir/model.facts"
  diff "$dir/both.facts" "$dir/model.facts" || { echo "$name: model alone differs"; exit 1; }
  facts "$dir/both" alone >"$dir/both.facts"
  facts "$dir/dut" alone >"$dir/dut.facts"
  diff "$dir/both.facts" "$dir/dut.facts" || { echo "$name: dut alone differs"; exit 1; }
  echo "$name: same facts in three modes"
}
deep=(--set tlb.l2.entries=64 --set mmu.walks=4 --set mmu.pwc_entries=4 --set mmu.prefetch=yes)
check trace --trace traces/gzip.tdt -n 300000 --frames 24 --policy clock --set memory.grant.most=4 "${deep[@]}"
check processes --trace traces/gzip.tdt -n 50000 --frames 30 --set os.processes=3 \
  --set os.quantum=700 --set os.ad=svade
check random --random 50000
check hierarchy --random 50000 --set memory.data.least=1 "${deep[@]}"
