#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# C line coverage of the tests, per file, with gcov.
set -eu
cd "$(dirname "$0")/.."
jobs=${1:-2}
scripts/build.sh coverage "$jobs"
ctest --preset coverage -j "$jobs" -LE once
gcovr --root . --filter model/ --filter verif/ --filter sim/ build/coverage \
  --html-details build/coverage/index.html
gcovr --root . --filter model/ --filter verif/ --filter sim/ build/coverage
echo "details: build/coverage/index.html"
