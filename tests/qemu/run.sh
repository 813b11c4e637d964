#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compare the model with QEMU on page tables, PMP entries and accesses made from a seed.
#
#   tests/qemu/run.sh [--seed S] [--probes N]
#
# --seed S      the first seed (1); each batch takes the next one
# --probes N    accesses in all, shared by three machines (13500)
#
# QEMU_ORACLE names the host program (build/release/bin/qemu_oracle), QEMU_SECONDS the limit for
# one run of QEMU (120). docs/qemu.md tells what is compared, and names each deviation of QEMU.
# Exit 0: no difference but named deviations; 1: a difference; 2: usage or environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  sed -n '3,12s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

seed=1
probes=13500
while [ $# -gt 0 ]; do
  [[ $# -ge 2 && $2 =~ ^[0-9]{1,12}$ ]] || usage
  case $1 in
    --seed) seed=$2 ;;
    --probes) probes=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[ "$probes" -ge 3 ] || usage

source "$here/lib.sh"
version=$(qemu-system-riscv64 --version | head -n 1)
echo "$version"

batch=1500 # accesses of one run; larger ones for a long campaign, as each run has to start
[ "$probes" -le 30000 ] || batch=20000
status=0
left=$((probes / 3))
for ((s = seed; left > 0; s++, left -= batch)); do
  n=$((left < batch ? left : batch))
  for machine in full plain rv32; do
    generate $machine "$s" "$n"
    run_qemu $machine
    result=0
    "$oracle" compare "$dir/$machine.scenarios" "$dir/$machine.output" >"$dir/result" || result=$?
    grep -E -v '^  ' "$dir/result" || true
    cat "$dir/result" >>"$dir/results"
    [ "$result" -le 1 ] || exit 2
    [ "$result" -eq 0 ] || status=1
  done
done

# With enough probes each outcome must have been reached, or the generator has lost its aim; and so
# must each deviation, or the model does as QEMU 7.2 does. A newer QEMU may have lost some.
awk -v seed="$seed" -v probes="$probes" -v version="$version" '
  $1 == "probes" || $1 == "outcome" || $1 == "deviation" { count[$1 " " $2] += $3 }
  $1 == "differences" { differ += $2 }
  END {
    required = probes >= 10000
    known = version ~ /version 7\.2\./
    for (c in count) {
      split(c, name, " ")
      printf "in all: %-9s %-40s %8d%s\n", name[1], name[2], count[c], count[c] ? "" : "  NOT SEEN" | "sort"
      if (required && !count[c] && (name[1] != "deviation" || known)) missed = 1
    }
    close("sort")
    if (missed) print "FAILED: something was not seen that these many probes must show"
    printf "in all: %d differences; repeat: tests/qemu/run.sh --seed %s --probes %s\n", differ, seed, probes
    exit missed
  }' "$dir/results" || status=1
exit $status
