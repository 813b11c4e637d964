#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/campaign.sh [N [WORKERS [NAMES]]]: random stimulus in lockstep, N translations in all (default
# 100000000), shared by the configurations of scripts/campaign.txt: modes, XLEN, PMP, widths, TLB
# shapes and policies, weights; only those whose name NAMES (a regular expression) matches. Model and legal-set oracle judge. Ends at the first mismatch, with
# its page. $TANDEM: the program (build/bin/tandem); $TANDEM_SEED: the first seed (1);
# $TANDEM_PROPERTIES: yes, if the properties of verif/sva are to be checked as well (no).
# Exit 0: everything agreed; 1: a mismatch, or more than 1 % not judged; 2: usage or environment.
set -euo pipefail
cd "$(dirname "$0")/.."
total=${1:-100000000}
workers=${2:-2}
names=${3:-.}
export TANDEM=${TANDEM:-build/bin/tandem} seed=${TANDEM_SEED:-1}
[[ $total =~ ^[1-9][0-9]*$ && $workers =~ ^[1-9][0-9]*$ ]] ||
  { echo "usage: scripts/campaign.sh [N [WORKERS [NAMES]]]" >&2; exit 2; }
[ -x "$TANDEM" ] || { echo "campaign.sh: $TANDEM is not built (make build)" >&2; exit 2; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/tandem-campaign.XXXXXX") || exit 2
export dir
leave() {
  case "$dir" in */tandem-campaign.??????) rm -rf "$dir" ;; esac
}
trap leave EXIT

mapfile -t lines < <(awk -F: -v names="$names" '!/^#/ && $1 ~ names' scripts/campaign.txt)
[ ${#lines[@]} -gt 0 ] || { echo "campaign.sh: no configuration is named like '$names'" >&2; exit 2; }
export count=$((total / ${#lines[@]} + 1))
echo "campaign: ${#lines[@]} configurations, $count translations each, seed $seed, $workers workers"

# Number and line of a configuration. 255 makes xargs start nothing more.
one() {
  local number=${1%% *} line=${1#* } name arguments status=0
  name=${line%%:*}
  read -ra arguments <<<"${line#*:}"
  "$TANDEM" run --quiet --random "$count" --seed $((seed + number)) --oracle both \
    --set "check.properties=${TANDEM_PROPERTIES:-no}" "${arguments[@]}" \
    --json "$dir/$number.json" >"$dir/$number.out" 2>"$dir/$number.err" || status=$?
  if [ $status -eq 0 ]; then
    printf '  %-18s passed, seed %d\n' "$name" $((seed + number))
    return 0
  fi
  printf '  %-18s FAILED (exit status %d), seed %d\n' "$name" $status $((seed + number))
  cat "$dir/$number.out" "$dir/$number.err"
  [ $status -ne 1 ] || touch "$dir/mismatch"
  return 255
}
export -f one

failed=0
for i in "${!lines[@]}"; do echo "$i ${lines[$i]}"; done |
  xargs -d '\n' -P "$workers" -I{} bash -c 'one "$1"' - {} 2>"$dir/xargs" || failed=1
shopt -s nullglob
results=("$dir"/*.json)
[ ${#results[@]} -eq 0 ] || python3 scripts/campaign.py "${results[@]}" || failed=1 unsure=1
if [ $failed -eq 0 ]; then
  echo PASSED
  exit 0
fi
echo FAILED
[ -e "$dir/mismatch" ] || [ -n "${unsure:-}" ] || exit 2
exit 1
