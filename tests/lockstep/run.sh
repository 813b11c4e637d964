#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One lockstep run; passes if tandem does, something was compared, and the legal-set oracle, if asked,
# was sure of 99 % of the outcomes.
set -euo pipefail
: "${TANDEM:?is the program to test}"
seed=${TANDEM_SEED:-1}
echo "seed $seed"
out=$("$TANDEM" run --quiet --seed "$seed" "$@") || { status=$?; echo "$out"; exit $status; }
echo "$out"
grep -q '^PASSED$' <<<"$out"
read -r judged unsure < <(sed -n 's/^ *\([0-9,]*\) .* judged and \([0-9,]*\) not judged.*/\1 \2/p' <<<"$out" |
  tr -d ,) || exit 0
[ $((99 * unsure)) -le "$judged" ] || { echo "$unsure outcomes are not judged"; exit 1; }
