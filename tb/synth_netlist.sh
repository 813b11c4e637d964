#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Synthesize the design with Yosys to generic gates and write the netlist, module
# tandem_mmu without parameters, as Verilog.
#
#   tb/synth_netlist.sh [--words] RTLDIR OUTFILE PARAM=VALUE...
#
# RTLDIR has the file list rtl.f; PARAM is a parameter of tandem_mmu. The design as
# written must pass Yosys' checks (no undriven wires, no combinational loops, nothing that
# Yosys is known to build wrongly with a mere warning) and must have no latch.
# --words stops before there are gates: cells of whole words that still know their lines of
# source (rtl/FILE), written as RTLIL, Yosys' own form.
# Exit 0: written; 2: a sentence on stderr.
set -euo pipefail

die() {
  echo "synth_netlist.sh: $*" >&2
  exit 2
}

words=0
if [ "${1-}" = --words ]; then
  words=1
  shift
fi
[ $# -ge 2 ] || die "usage: synth_netlist.sh [--words] RTLDIR OUTFILE PARAM=VALUE..."
rtl=$1
out=$2
shift 2
[ -f "$rtl/rtl.f" ] || die "there is no file list $rtl/rtl.f."
rtl=$(cd "$rtl" && pwd)
command -v yosys >/dev/null || die "yosys is missing (package yosys)."

mapfile -t sources < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$rtl/rtl.f")
parameters=
for parameter in "$@"; do
  [[ $parameter =~ ^([A-Za-z][A-Za-z0-9]*)=([0-9]+)$ ]] || die "'$parameter' is not PARAM=VALUE."
  parameters+=" -chparam ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$rtl" "$work/rtl"

# Latches are looked for twice: what proc makes of the code, and what the gates are.
latches='t:$dlatch t:$adlatch t:$dlatchsr t:$sr t:$_DLATCH_* t:$_DLATCHSR_* t:$_SR_*'
{
  for source in "${sources[@]}"; do
    echo "read_verilog -sv rtl/$source"
  done
  # Checked before arrays become multiplexers: an array whose size is no power of two has
  # an address without a word behind it, which is not a mistake of the design.
  cat <<END
hierarchy -check -top tandem_mmu$parameters
proc
opt_clean
tee -o latches select -list $latches
check -assert
flatten
opt
memory -nomap
opt_clean
memory_map
opt -fast
END
  [ "$words" = 1 ] || printf '%s\n' alumacc techmap 'opt -fast'
  cat <<END
tee -a latches select -list $latches
rename -top tandem_mmu
clean -purge
END
  if [ "$words" = 1 ]; then echo 'write_rtlil netlist'; else echo 'write_verilog -noattr netlist'; fi
} >"$work/script.ys"

forbidden='implicitly declared|out of bounds|is assigned in a block'
if ! (cd "$work" && yosys -q -e "$forbidden" script.ys >log 2>&1); then
  tail -n 15 "$work/log" >&2
  ! grep -q 'Latch inferred' "$work/log" || die "the design has the latch above."
  die "Yosys does not accept the design (see above)."
fi
if [ -s "$work/latches" ]; then
  head -n 15 "$work/latches" >&2
  die "the design has the latches above."
fi
mv "$work/netlist" "$out" || die "cannot write $out."
