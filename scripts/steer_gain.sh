#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Functional coverage with and without random.steer, at the same number of translations.
#
#   scripts/steer_gain.sh [TRANSLATIONS] [STEER] [FURTHER ARGUMENTS OF tandem run...]
#
# Seeds 1, 2, 3; the model alone. TANDEM names the program. Prints a line a seed and one of all
# three seeds together. Exit 0: steering reached more in each; 1: not so; 2: environment.
set -euo pipefail
cd "$(dirname "$0")/.."
tandem=${TANDEM:-build/bin/tandem}
translations=${1:-200000}
steer=${2:-300}
shift $(($# < 2 ? $# : 2))
dir=$(mktemp -d)
trap 'rm -rf -- "${dir:?}"' EXIT
for seed in 1 2 3; do
  for mode in 0 "$steer"; do
    "$tandem" run --model-only --quiet --random "$translations" --seed $seed \
      --set random.steer="$mode" "$@" --coverage "$dir/$seed-$mode.cov" >"$dir/log" ||
      { tail -n 3 "$dir/log" >&2; exit 2; }
    "$tandem" coverage "$dir/$seed-$mode.cov" --json "$dir/$seed-$mode.json" >"$dir/log"
  done
done
for mode in 0 "$steer"; do
  "$tandem" coverage "$dir"/[123]-"$mode".cov --json "$dir/all-$mode.json" >"$dir/log"
done
python3 - "$dir" "$steer" <<'END'
import json, sys

folder, steer = sys.argv[1:]
load = lambda name: json.load(open(f"{folder}/{name}.json"))["all"]
print(f"{'seed':8} {'aims':>6} {'open loop':>17} {'steered':>17} {'missing left':>13}")
more = True
for seed in ("1", "2", "3", "all"):
    a, b = load(f"{seed}-0"), load(f"{seed}-{steer}")
    left = (b["aims"] - b["reached"]) / max(1, a["aims"] - a["reached"])
    print(f"{seed:8} {a['aims']:6} {a['reached']:8} {a['percent']:6.2f} % "
          f"{b['reached']:8} {b['percent']:6.2f} % {100 * left:11.0f} %")
    more = more and b["reached"] > a["reached"]
sys.exit(0 if more else 1)
END
