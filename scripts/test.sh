#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/test.sh [JOBS]: the whole suite with assertions on; again with assertions off, other
# seeds and other initial values of the RTL; again under AddressSanitizer and
# UndefinedBehaviorSanitizer, with the fuzzers. TANDEM_SEED sets the seed of the first.
set -eu
cd "$(dirname "$0")/.."
jobs=${1:-2}
for preset in dev asan; do scripts/build.sh "$preset" "$jobs"; done

echo "=== assertions off, other seeds (release)"
TANDEM_SEED=2 TANDEM_X_SEED=20231 ctest --preset release -j "$jobs" -LE once
echo "=== sanitizers and fuzzers (asan)"
ctest --preset asan -j "$jobs" -LE once
echo "=== everything, assertions on (dev), seed ${TANDEM_SEED:-1}"
ctest --preset dev -j "$jobs"
