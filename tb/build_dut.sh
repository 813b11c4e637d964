#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build the design at given parameters as a shared object behind verif/dut.h, unless it
# is in the cache already, and print the object's path.
#
#   tb/build_dut.sh [--rtl DIR] [--netlist | --mutants FILE] [--no-properties] [--coverage] [--out DIR]
#                   [OPTION=VALUE]...
#
# --rtl DIR        take the RTL (with its rtl.f) from DIR instead of rtl/
# --netlist        synthesize with Yosys and simulate the gate-level netlist instead
# --mutants FILE   simulate this netlist of the design at these parameters, in which mutants were planted that its
#                  input mutsel chooses (tests/mutants/generated); the DUT reads the choice from the environment,
#                  TANDEM_MUTANT, when it is created: 0, or unset, is the design as written
# --no-properties  leave out the properties that verif/sva/sva.f lists; --netlist and --mutants do too
# --coverage       count lines, signal bits and covers of verif/sva; the DUT writes its counts to the file that
#                  TANDEM_RTL_COVERAGE names when it is destroyed (docs/coverage.md)
# --out DIR        cache folder, default build/dut
#
# xlen=64          32 or 64; with 32 the defaults of the next four are 9, 34, 0 and 0
# asid_bits=16     pa_bits=56     pmp=0 (8, 16)     svnapot=1     update_first=1
# dtlb=16x16xlru   itlb=16x16xlru: ENTRIESxWAYSxPOLICY, POLICY one of lru plru fifo random
# l2=none (or the same form)     pwc=0     walks=1     prefetch=0
#
# CXX chooses the C++ compiler, TANDEM_DUT_OPTIMIZE its optimisation (-O3; -O1 compiles twice as
# fast), which is part of what the cached file is known by. Exit 0: built or cached; 2: a sentence on stderr.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
rtl=$root/rtl
out=$root/build/dut
netlist=0
mutants=
bind=1
list=0
cover=0
optimize=${TANDEM_DUT_OPTIMIZE:--O3}
xlen=64
asid_bits=
pa_bits=
pmp=0
svnapot=
update_first=1
dtlb=16x16xlru
itlb=16x16xlru
l2=none
pwc=0
walks=1
prefetch=0

die() {
  echo "build_dut.sh: $*" >&2
  exit 2
}

usage() {
  sed -n '3,25s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
}

while [ $# -gt 0 ]; do
  case $1 in
    --rtl | --out | --mutants)
      [ $# -ge 2 ] || die "$1 needs a path."
      case $1 in
        --rtl) rtl=$2 ;;
        --out) out=$2 ;;
        --mutants) mutants=$2 bind=0 ;;
      esac
      shift
      ;;
    --netlist) netlist=1 bind=0 ;;
    --no-properties) bind=0 ;;
    --coverage) cover=1 ;;
    --parameters) list=1 ;;
    dtlb=*) dtlb=${1#dtlb=} ;;
    itlb=*) itlb=${1#itlb=} ;;
    l2=*) l2=${1#l2=} ;;
    pwc=* | walks=* | prefetch=* | xlen=* | asid_bits=* | pa_bits=* | pmp=* | svnapot=* | update_first=*)
      [[ ${1#*=} =~ ^[0-9]{1,9}$ ]] || die "$1: the value must be a number."
      printf -v "${1%%=*}" %d $((10#${1#*=}))
      ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown argument '$1' (see --help)." ;;
  esac
  shift
done

if [ "$xlen" = 32 ]; then
  : "${asid_bits:=9}" "${pa_bits:=34}" "${svnapot:=0}"
else
  : "${asid_bits:=16}" "${pa_bits:=56}" "${svnapot:=1}"
fi

# ENTRIESxWAYSxPOLICY -> "entries ways policy-number"
parse_tlb() {
  local entries ways policy
  if [[ ! $2 =~ ^([0-9]{1,9})x([0-9]{1,9})x(lru|plru|fifo|random)$ ]]; then
    die "$1=$2 is not ENTRIESxWAYSxPOLICY with POLICY one of lru plru fifo random."
  fi
  entries=$((10#${BASH_REMATCH[1]}))
  ways=$((10#${BASH_REMATCH[2]}))
  case ${BASH_REMATCH[3]} in
    lru) policy=0 ;;
    plru) policy=1 ;;
    fifo) policy=2 ;;
    random) policy=3 ;;
  esac
  echo "$entries $ways $policy"
}

d=$(parse_tlb dtlb "$dtlb")
i=$(parse_tlb itlb "$itlb")
read -r d_entries d_ways d_policy <<<"$d"
read -r i_entries i_ways i_policy <<<"$i"
# Without a second level its other two are what the design's defaults are.
l2_entries=0 l2_ways=4 l2_policy=1
if [ "$l2" != none ]; then
  second=$(parse_tlb l2 "$l2")
  read -r l2_entries l2_ways l2_policy <<<"$second"
  [ "$l2_entries" != 0 ] || die "l2=$l2: a second level without entries is l2=none."
fi

parameters=(Xlen="$xlen" AsidBits="$asid_bits" PaBits="$pa_bits" PmpEntries="$pmp"
  Svnapot="$svnapot" UpdateFirst="$update_first" DtlbEntries="$d_entries" DtlbWays="$d_ways" DtlbPolicy="$d_policy"
  ItlbEntries="$i_entries" ItlbWays="$i_ways" ItlbPolicy="$i_policy"
  L2Entries="$l2_entries" L2Ways="$l2_ways" L2Policy="$l2_policy"
  PwcEntries="$pwc" Walks="$walks" Prefetch="$prefetch")
# --parameters: print them, one a line, and nothing else (for tandem cost).
if [ "$list" = 1 ]; then
  printf '%s\n' "${parameters[@]}"
  exit 0
fi

[ -f "$rtl/rtl.f" ] || die "there is no file list $rtl/rtl.f."
rtl=$(cd "$rtl" && pwd)
command -v verilator >/dev/null || die "verilator is missing (package verilator)."
cxx=${CXX:-g++}
command -v "$cxx" >/dev/null || die "the C++ compiler $cxx is missing."
[ "$cover" = 0 ] || [ "$netlist$mutants" = 0 ] || die "--coverage is of the design, not of a netlist."
if [ -n "$mutants" ]; then
  [ "$netlist" = 0 ] || die "--netlist and --mutants exclude each other."
  [ -f "$mutants" ] || die "there is no netlist $mutants."
fi
if [ "$netlist" = 1 ]; then
  command -v yosys >/dev/null || die "yosys is missing (package yosys)."
fi
ccache=$(command -v ccache || true)

mapfile -t sources < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$rtl/rtl.f")
for source in "${sources[@]}"; do
  [ -f "$rtl/$source" ] || die "$rtl/rtl.f names $source, which does not exist."
done

# Properties bound to the design's modules: a netlist has none of those any more.
sva=$root/verif/sva
properties=()
property_files=()
if [ "$bind" = 1 ] && [ -f "$sva/sva.f" ]; then
  mapfile -t properties < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$sva/sva.f")
  for property in "${properties[@]}"; do
    [ -f "$sva/$property" ] || die "$sva/sva.f names $property, which does not exist."
  done
  property_files=("$sva/sva.f" "${properties[@]/#/$sva/}")
  for header in "$sva"/*.svh; do
    [ ! -f "$header" ] || property_files+=("$header")
  done
fi

# --- cache keys ----------------------------------------------------------------------
compiler=$(verilator --version; "$cxx" --version | head -n 1)
tools=$compiler
[ "$netlist" = 0 ] || tools+=$(yosys -V)
headers=("$root"/model/include/mmu/{types,pmp,tlb,walk,engine}.h "$root/verif/include/verif/dut.h")
ours=("$here"/{build_dut.sh,synth_netlist.sh,dut_verilator.cpp,verilated_runtime.cpp}
  "$here/tandem_tb_top.sv")
revision=$(cd "$rtl" && cat rtl.f "${sources[@]}" | sha256sum | cut -c 1-12)
[ -z "$mutants" ] || revision=$(sha256sum <"$mutants" | cut -c 1-12)
key=$({ echo "$tools $optimize"; cat "${ours[@]}" "${headers[@]}" "${property_files[@]}"; } | sha256sum | cut -c 1-12)
arch=x$xlen-a$asid_bits-p$pa_bits-m$pmp-n$svnapot-u$update_first
name=tandem-$arch-d${d_entries}x${d_ways}x${d_policy}-i${i_entries}x${i_ways}x${i_policy}
[ "$l2_entries" = 0 ] || name+=-l${l2_entries}x${l2_ways}x${l2_policy}
[ "$pwc" = 0 ] || name+=-c$pwc
[ "$walks" = 1 ] || name+=-w$walks
[ "$prefetch" = 0 ] || name+=-f$prefetch
[ "$netlist" = 0 ] || name+=-netlist
[ -z "$mutants" ] || name+=-mutants
[ "$bind" = 1 ] || [ "$netlist" = 1 ] || [ -n "$mutants" ] || name+=-bare
[ "$cover" = 0 ] || name+=-cover
mkdir -p "$out" 2>/dev/null || die "cannot make the folder $out."
out=$(cd "$out" && pwd)
object=$out/$name-$revision-$key.so

if [ -f "$object" ]; then
  echo "$object"
  exit 0
fi

# One builder per object; the others wait and find it done.
exec 9>"$object.lock"
flock 9
if [ -f "$object" ]; then
  echo "$object"
  exit 0
fi
echo "build_dut.sh: building $name" >&2

work=$(mktemp -d "$out/.work.XXXXXX") || die "cannot write into $out."
trap 'rm -rf "$work"' EXIT

# Run a step quietly; on failure show what it said and the sentence.
step() {
  local sentence=$1
  shift
  if ! "$@" >"$work/log" 2>&1; then
    grep -v -e '^ *\.\.\.' -e '^ *$' "$work/log" | tail -n 30 >&2
    die "$sentence"
  fi
}

# --- the simulator's runtime, once per compiler and version ------------------------------
include=$(verilator --getenv VERILATOR_ROOT)/include
common=(-fPIC -fvisibility=hidden -fno-gnu-unique -std=c++17 -w
  -I"$include" -I"$include/vltstd" -DVM_COVERAGE="$cover" -DVM_SC=0 -DVM_TRACE=1 -DVM_TRACE_FST=1
  -DVM_TRACE_VCD=0)
runtime=$out/runtime-$({ echo "$compiler ${common[*]}"; cat "$here/verilated_runtime.cpp"; } | sha256sum | cut -c 1-12).a
if [ ! -f "$runtime" ]; then
  exec 8>"$runtime.lock"
  flock 8
  if [ ! -f "$runtime" ]; then
    echo "build_dut.sh: building the simulator's runtime (once)" >&2
    units=("$here/verilated_runtime" "$include"/verilated_{fst_c,threads})
    [ "$cover" = 0 ] || units+=("$include/verilated_cov")
    for unit in "${units[@]}"; do
      step "the simulator's runtime does not compile." \
        ${ccache:+"$ccache"} "$cxx" -O2 "${common[@]}" -c "$unit.cpp" -o "$work/${unit##*/}.o"
    done
    ar rcs "$work/runtime.a" "$work"/verilated*.o
    mv "$work/runtime.a" "$runtime"
  fi
  exec 8>&-
fi

# --- the design ----------------------------------------------------------------------
verilog=(-Wno-fatal -Wwarn-USERERROR -Werror-USERERROR)
if [ "$netlist" = 1 ]; then
  step "the design does not synthesize (see above)." \
    "$here/synth_netlist.sh" "$rtl" "$work/netlist.v" "${parameters[@]}"
  # Thousands of one-bit nets: none of them in waves, and compiled in moderate time.
  verilog+=(--assert -DTANDEM_NETLIST -Wno-lint -Wno-style --trace-depth 1 "$work/netlist.v")
  optimize=-O1
elif [ -n "$mutants" ]; then
  # Without assertions: those of a netlist are of Yosys' own cases, not of the design.
  verilog+=(-DTANDEM_NETLIST -DTANDEM_MUTANTS -Wno-lint -Wno-style --trace-depth 1 "$mutants")
else
  verilog+=(--assert -I"$sva" "${sources[@]/#/$rtl/}" "${properties[@]/#/$sva/}" "${parameters[@]/#/-G}")
fi
[ "$cover" = 0 ] || verilog+=(--coverage -DSVA_COVERAGE)
step "the design does not elaborate (see above)." \
  verilator --cc --trace-fst --x-initial unique --x-assign unique --unroll-count 128 \
  --unroll-stmts 100000 -O3 --output-split 0 --prefix Vtandem --top-module tandem_tb_top \
  -Mdir "$work/v" "${verilog[@]}" "$here/tandem_tb_top.sv"

# Hot code optimized, the rest (construction, waves) fast to compile.
: >"$work/fast.cpp"
: >"$work/slow.cpp"
for unit in "$work"/v/Vtandem*.cpp; do
  case ${unit##*/} in
    *Slow* | *Trace* | *Syms*) echo "#include \"$unit\"" >>"$work/slow.cpp" ;;
    *) echo "#include \"$unit\"" >>"$work/fast.cpp" ;;
  esac
done
macros=(-DTANDEM_REVISION="\"$revision\""
  -DTANDEM_XLEN="$xlen" -DTANDEM_ASID_BITS="$asid_bits" -DTANDEM_PA_BITS="$pa_bits"
  -DTANDEM_PMP="$pmp" -DTANDEM_SVNAPOT="$svnapot" -DTANDEM_UPDATE_FIRST="$update_first"
  -DTANDEM_DTLB_ENTRIES="$d_entries" -DTANDEM_DTLB_WAYS="$d_ways" -DTANDEM_DTLB_POLICY="$d_policy"
  -DTANDEM_ITLB_ENTRIES="$i_entries" -DTANDEM_ITLB_WAYS="$i_ways" -DTANDEM_ITLB_POLICY="$i_policy"
  -DTANDEM_L2_ENTRIES="$l2_entries" -DTANDEM_L2_WAYS="$l2_ways" -DTANDEM_L2_POLICY="$l2_policy"
  -DTANDEM_PWC="$pwc" -DTANDEM_WALKS="$walks" -DTANDEM_PREFETCH="$prefetch")
[ -z "$mutants" ] || macros+=(-DTANDEM_MUTANTS)
common+=(-I"$work/v" -I"$root/model/include" -I"$root/verif/include")
step "the generated simulator does not compile." \
  "$cxx" "${common[@]}" -O0 -c "$work/slow.cpp" -o "$work/slow.o"
step "the generated simulator does not compile." \
  "$cxx" "$optimize" "${common[@]}" -c "$work/fast.cpp" -o "$work/fast.o"
step "the adapter does not compile." \
  "$cxx" -O2 "${common[@]}" "${macros[@]}" -c "$here/dut_verilator.cpp" -o "$work/adapter.o"
# Newer simulators write FST through lz4 (package liblz4-dev) as well.
libraries=(-lz)
[ ! -d "$include/fstcpp" ] || libraries+=(-llz4)
echo '{ global: tandem_dut; local: *; };' >"$work/exports"
step "the shared object does not link." \
  "$cxx" -shared -o "$work/dut.so" "$work"/{adapter,fast,slow}.o "$runtime" \
  -Wl,--version-script="$work/exports" -Wl,-z,defs -pthread "${libraries[@]}"
mv "$work/dut.so" "$object"
echo "$object"
