#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/build.sh PRESET [JOBS]: configure once, build; quiet unless something fails.
set -eu
cd "$(dirname "$0")/.."
preset=$1
jobs=${2:-2}
mkdir -p build
log=build/$preset.log
if [ ! -f "build/$preset/build.ninja" ]; then
  echo "Configuring ($preset)"
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 2; }
fi
echo "Building ($preset)"
cmake --build --preset "$preset" -j "$jobs" >"$log" 2>&1 || { grep -v '^\[' "$log" >&2 || true; exit 2; }
