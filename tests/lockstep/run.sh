#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One lockstep run; passes if tandem does and something was compared.
set -euo pipefail
: "${TANDEM:?is the program to test}"
seed=${TANDEM_SEED:-1}
echo "seed $seed"
out=$("$TANDEM" run --quiet --seed "$seed" "$@") || { status=$?; echo "$out"; exit $status; }
echo "$out"
grep -q '^PASSED$' <<<"$out"
