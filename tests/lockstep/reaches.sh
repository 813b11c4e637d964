#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On the RTL, too, random stimulus reaches every class of event: the keys of the result's
# "stimulus" that stay 0 are those that the architecture does not have.
set -euo pipefail
. tests/lockstep/common.sh
check() { # keys that may stay 0, as a pattern; then arguments of a run
  local may=$1
  shift
  "$TANDEM" run --quiet --random 400000 --seed "$seed" --set memory.data.least=1 "$@" \
    --json "$dir/json" >"$dir/out" || { cat "$dir/out"; exit 1; }
  python3 - "$dir/json" "$may" <<'END'
import json, re, sys
reached = json.load(open(sys.argv[1]))["stimulus"]
zero = [key for key, n in reached.items() if n == 0 and not re.fullmatch(sys.argv[2], key)]
print(f"{sum(n > 0 for n in reached.values())} classes reached, {len(zero)} missing", *zero)
sys.exit(bool(zero))
END
}
common="why_other|invariance_given_up"
check "$common|sv32.*|sv.*_hit_access_faults|.*pmp.*|.*beyond|why_n_.*"
check "$common|sv[345].*|sv32_not_canonical|level_[234]|napot.*|.*napot.*|pbmt.*|.*pbmt.*|why_reserved_bits|fences_not_canonical|.*beyond|why_n_.*" \
  --set mmu.xlen=32 --set mmu.pmp_entries=8 --set random.pmp=8
check "$common|sv32.*|why_n_.*" --set mmu.pmp_entries=16 --set mmu.pa_bits=40 --set mmu.asid_bits=4 --set random.pmp=8
