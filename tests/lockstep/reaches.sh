#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On the RTL, too, random stimulus reaches every class of event: the keys of the result's
# "stimulus" that stay 0 are those that the architecture does not have. With the whole hierarchy behind
# the first level the same holds for its rare events ("covers") and for all counters.
set -euo pipefail
. tests/lockstep/common.sh
check() { # keys that may stay 0, as a pattern; objects to look at; then arguments of a run
  local may=$1 objects=$2
  shift 2
  "$TANDEM" run --quiet --random 400000 --seed "$seed" --set memory.data.least=1 --set random.near_misses=20 "$@" \
    --json "$dir/json" >"$dir/out" || { cat "$dir/out"; exit 1; }
  python3 - "$dir/json" "$may" "$objects" <<'END'
import json, re, sys
result = json.load(open(sys.argv[1]))
counters = result["counters"]
counters["prefetches_in_vain"] = counters["prefetches"] - counters["prefetch_fills"]
reached = {k: n for o in sys.argv[3].split() for k, n in result[o].items()}
zero = [key for key, n in reached.items() if n == 0 and not re.fullmatch(sys.argv[2], key)]
print(f"{sum(n > 0 for n in reached.values())} classes reached, {len(zero)} missing", *zero)
sys.exit(bool(zero))
END
}
common="why_other|invariance_given_up"
deep="--set tlb.l2.entries=64 --set mmu.walks=4 --set mmu.pwc_entries=4 --set mmu.prefetch=yes"
# shellcheck disable=SC2086
check "$common|sv32.*|sv.*_hit_access_faults|.*pmp.*|.*beyond|why_n_.*" "stimulus covers counters" $deep
check "$common|sv[345].*|sv32_not_canonical|level_[234]|napot.*|.*napot.*|pbmt.*|.*pbmt.*|why_reserved_bits|fences_not_canonical|.*beyond|why_n_.*" stimulus \
  --set mmu.xlen=32 --set mmu.pmp_entries=8 --set random.pmp=8
check "$common|sv32.*|why_n_.*" stimulus --set mmu.pmp_entries=16 --set mmu.pa_bits=40 --set mmu.asid_bits=4 --set random.pmp=8
