#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [OPTION...] FILE...: every query of these files of this folder, with the seed of the tests.
: "${TANDEM:?is the program to test}"
here=$(dirname "${BASH_SOURCE[0]}")
arguments=()
for word in "$@"; do
  case $word in
    -*) arguments+=("$word") ;;
    *) arguments+=("$here/$word.vec.zst") ;;
  esac
done
exec "$TANDEM" vectors --seed "${TANDEM_SEED:-1}" "${arguments[@]}"
