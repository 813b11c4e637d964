#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Synthesize the design to a netlist of whole words, draw mutants of it, and plant them all.
#
#   tests/mutants/generated/netlist.sh COUNT SEED [OPTION=VALUE of tb/build_dut.sh]...
#
# Prints a folder below build/mutants/generated, which is made unless it is there already, with
#
#   design.il    the netlist without mutants (Yosys' RTLIL)
#   list.txt     one command of Yosys' `mutate` for each mutant, from number 1
#   mutants.v    the netlist with all mutants; its input mutsel chooses one, 0 none
#
# COUNT is 1 to 1000. Exit 0: done; 2: a sentence on stderr.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)

die() {
  echo "netlist.sh: $*" >&2
  exit 2
}

[ $# -ge 2 ] || die "usage: netlist.sh COUNT SEED [OPTION=VALUE]..."
count=$1 seed=$2
shift 2
[[ $count =~ ^[0-9]{1,4}$ ]] && [ "$count" -ge 1 ] && [ "$count" -le 1000 ] ||
  die "the number of mutants must be 1 to 1000."
[[ $seed =~ ^[0-9]{1,9}$ ]] || die "the seed must be a number below 10^9."
command -v yosys >/dev/null || die "yosys is missing (package yosys)."
parameters=$("$root/tb/build_dut.sh" --parameters "$@") || exit 2

base=$root/build/mutants/generated
mkdir -p "$base" || die "cannot make the folder $base."
key=$({
  yosys -V
  echo "$count $seed $parameters"
  cat "$here/netlist.sh" "$root/tb/synth_netlist.sh" "$root"/rtl/*.sv "$root/rtl/rtl.f"
} | sha256sum | cut -c 1-16)
folder=$base/netlist-$key

# One maker per folder, which appears complete or not at all.
exec 9>"$base/netlist-$key.lock"
flock 9
if [ ! -d "$folder" ]; then
  work=$(mktemp -d "$base/.work.XXXXXX")
  trap 'rm -rf -- "${work:?}"' EXIT
  # shellcheck disable=SC2086
  "$root/tb/synth_netlist.sh" --words "$root/rtl" "$work/design.il" $parameters || exit 2
  cat >"$work/script.ys" <<END
read_rtlil design.il
mutate -list $count -seed $seed -ctrl mutsel 10 1 -o list.txt
script list.txt
write_verilog -noattr mutants.v
END
  (cd "$work" && yosys -q script.ys >log 2>&1) ||
    { tail -n 5 "$work/log" >&2; die "Yosys cannot plant the mutants (see above)."; }
  chmod 755 "$work"
  mv "$work" "$folder"
  trap - EXIT
fi
echo "$folder"
