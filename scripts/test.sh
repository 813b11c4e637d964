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
# No groups: ctest's expressions hold nine, and one with more excludes nothing.
long='^cost.small$|^compare.cost$|^systemc.mutants$|^systemc.shapes$|^vectors.lockstep_hierarchy$|^vectors.rtl$|^formal.planted$|^formal.simulation$|^rtl.smoke_modes$|^rtl.smoke_pmp$|^rtl.smoke_walks$|^lockstep.netlist_answers_as_the_rtl$|^vectors.lockstep_bare$|^lockstep.random_slow_memory$|^lockstep.random_many_pmp_writes$|^lockstep.random_largest$|^lockstep.random_no_power_of_two$|^lockstep.random_random_replacement$|^lockstep.random_choices$'
[ -z "${TANDEM_LONG:-}" ] || long='^$'

echo "=== assertions off, other seeds (release)"
TANDEM_SEED=2 TANDEM_X_SEED=20231 ctest --preset release -j "$jobs" -LE once -E "$long"
echo "=== sanitizers and fuzzers (asan)"
# Other TLB shapes are other RTL, not other C: one of each kind is enough here; counts over whole
# traces go through the same lines millions of times.
ctest --preset asan -j "$jobs" -LE once \
  -E "^lockstep.random_(set|random|no_power|slow|mostly|largest|single|many)|^lockstep.stimulus_reaches|^lockstep.model_alone|^vectors.lockstep_sv|^vectors.lockstep_pmp|^command.study\$|^command.wrong_counter\$|^unit.stimulus\$|^system.miss_counts|^system.frames_counts|$long"
echo "=== assertions on (dev), seed ${TANDEM_SEED:-1}"
ctest --preset dev -j "$jobs" -E "^command.study\$|$long"
