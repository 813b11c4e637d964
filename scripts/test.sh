#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/test.sh [JOBS]: the whole suite with assertions on; again with assertions off, other
# seeds and other initial values of the RTL; again under AddressSanitizer and
# UndefinedBehaviorSanitizer, with the fuzzers. TANDEM_SEED sets the seed of the
# last; TANDEM_LONG=yes adds the longest tests.
set -eu
cd "$(dirname "$0")/.."
jobs=${1:-2}
# Tests build many units and run each for seconds.
export TANDEM_DUT_OPTIMIZE="${TANDEM_DUT_OPTIMIZE:--O1}"
for preset in dev asan; do scripts/build.sh "$preset" "$jobs"; done

# With TANDEM_LONG everything; otherwise without what takes longest, most of it for units of its
# own, which the campaign builds as well.
long='^(cost.small|compare.cost|systemc.(mutants|shapes)|vectors.(lockstep_hierarchy|rtl)|formal.(planted|simulation)|rtl.smoke_(modes|pmp)|lockstep.random_(largest|no_power_of_two|random_replacement|choices))$'
[ -z "${TANDEM_LONG:-}" ] || long='^$'

echo "=== assertions off, other seeds (release)"
TANDEM_SEED=2 TANDEM_X_SEED=20231 ctest --preset release -j "$jobs" -LE once -E "$long"
echo "=== sanitizers and fuzzers (asan)"
# Other TLB shapes are other RTL, not other C: one of each kind is enough here; counts over whole
# traces go through the same lines millions of times.
ctest --preset asan -j "$jobs" -LE once \
  -E "^lockstep.(random_(set|random|no_power|slow|mostly|largest|single|many)|stimulus_reaches|model_alone)|^vectors.lockstep_(sv|pmp)|^command.(study|wrong_counter)\$|^system.(miss|frames)_counts|$long"
echo "=== assertions on (dev), seed ${TANDEM_SEED:-1}"
ctest --preset dev -j "$jobs" -E "$long"
