#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The major faults of a whole recorded program, taken through the MMU, are exactly the misses of its
# replacement policy as independent simulators count them with no MMU at all (cc1, 64 frames).
set -euo pipefail
. tests/lockstep/common.sh
check() { # policy, misses
  "$TANDEM" run --quiet --model-only --trace traces/cc1.tdt --frames 64 --policy "$1" \
    --json "$dir/json" >"$dir/out"
  faults=$(sed -n 's/.*"major_faults": \([0-9]*\).*/\1/p' "$dir/json")
  echo "$1: $faults major faults, $2 misses"
  [ "$faults" = "$2" ]
}
check lru 28866
check fifo 41400
check clock 29727
check opt 11477
check arc 28956
check sieve 26156
check s3-fifo 22472
