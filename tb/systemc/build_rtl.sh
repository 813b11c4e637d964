#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Verilate the design at given parameters as a SystemC module, and build it as a shared object
# behind verif/dut.h, unless it is in the cache already. Prints the object's path.
#
#   tb/systemc/build_rtl.sh [--rtl DIR] [--out DIR] [--module DIR] [OPTION=VALUE]...
#
# --rtl DIR     take the RTL (with its rtl.f) from DIR instead of rtl/
# --out DIR     cache folder, default build/dut
# --module DIR  only write the C++ of the SystemC module (class Vtandem_mmu) into DIR, which must
#               be empty or not exist, and print DIR
#
# OPTION=VALUE: as tb/build_dut.sh takes them (dtlb=16x16xlru walks=4 ...).
#
# The object's functions belong into a SystemC simulation: create during elaboration, reset and
# tick in an SC_THREAD. CXX chooses the C++ compiler, TANDEM_DUT_OPTIMIZE its optimisation (-O3).
# Exit 0: built or cached; 2: a sentence on stderr; 77: SystemC is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
rtl=$root/rtl
out=$root/build/dut
module=
options=()

die() {
  echo "build_rtl.sh: $*" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --rtl | --out | --module)
      [ $# -ge 2 ] || die "$1 needs a folder."
      printf -v "${1#--}" %s "$2"
      shift
      ;;
    -h | --help) sed -n '3,19s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *=*) options+=("$1") ;;
    *) die "unknown argument '$1' (see --help)." ;;
  esac
  shift
done

command -v verilator >/dev/null || die "verilator is missing (package verilator)."
cxx=${CXX:-g++}
command -v "$cxx" >/dev/null || die "the C++ compiler $cxx is missing."
[ -f "$rtl/rtl.f" ] || die "there is no file list $rtl/rtl.f."
rtl=$(cd "$rtl" && pwd)
listed=$("$root/tb/build_dut.sh" --parameters "${options[@]}") || exit 2
mapfile -t parameters <<<"$listed"
mapfile -t sources < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$rtl/rtl.f")
for source in "${sources[@]}"; do
  [ -f "$rtl/$source" ] || die "$rtl/rtl.f names $source, which does not exist."
done

# The module alone: no SystemC is needed to write it.
verilate() { # FOLDER
  verilator --sc --x-initial unique --x-assign unique --unroll-count 128 --unroll-stmts 100000 -O3 \
    --output-split 0 --prefix Vtandem_mmu --top-module tandem_mmu -Mdir "$1" -Wno-fatal \
    -Wwarn-USERERROR -Werror-USERERROR "${parameters[@]/#/-G}" "${sources[@]/#/$rtl/}"
}

if [ -n "$module" ]; then
  if [ -e "$module" ] && [ -n "$(ls -A "$module" 2>/dev/null)" ]; then
    die "$module is not an empty folder."
  fi
  mkdir -p "$module" 2>/dev/null || die "cannot make the folder $module."
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  verilate "$module" >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "the design does not elaborate."; }
  echo "$module"
  exit 0
fi

echo '#include <systemc>' | "$cxx" -std=c++17 -E -x c++ - >/dev/null 2>&1 || {
  echo "build_rtl.sh: SystemC is missing (package libsystemc-dev)." >&2
  exit 77
}

optimize=${TANDEM_DUT_OPTIMIZE:--O3}
ccache=$(command -v ccache || true)
compiler=$(verilator --version; "$cxx" --version | head -n 1)
headers=("$root"/model/include/mmu/{types,pmp,tlb,walk,engine}.h "$root/verif/include/verif/dut.h")
revision=$(cd "$rtl" && cat rtl.f "${sources[@]}" | sha256sum | cut -c 1-12)
key=$({
  echo "$compiler $optimize ${parameters[*]}"
  cat "$here"/{build_rtl.sh,rtl_systemc.cpp,rtl_systemc.h} "${headers[@]}"
} | sha256sum | cut -c 1-16)
mkdir -p "$out" 2>/dev/null || die "cannot make the folder $out."
out=$(cd "$out" && pwd)
object=$out/systemc-$revision-$key.so
if [ -f "$object" ]; then
  echo "$object"
  exit 0
fi
exec 9>"$object.lock"
flock 9
if [ -f "$object" ]; then
  echo "$object"
  exit 0
fi
echo "build_rtl.sh: building the SystemC module ${options[*]}" >&2

work=$(mktemp -d "$out/.work.XXXXXX") || die "cannot write into $out."
trap 'rm -rf "$work"' EXIT
step() { # SENTENCE COMMAND...
  local sentence=$1
  shift
  "$@" >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; die "$sentence"; }
}

step "the design does not elaborate (see above)." verilate "$work/v"
: >"$work/design.cpp"
for unit in "$work"/v/Vtandem_mmu*.cpp; do echo "#include \"$unit\"" >>"$work/design.cpp"; done
include=$(verilator --getenv VERILATOR_ROOT)/include
common=(-fPIC -std=c++17 -w -I"$include" -I"$include/vltstd" -I"$work/v" -I"$here"
  -I"$root/model/include" -I"$root/verif/include" -DVM_COVERAGE=0 -DVM_SC=1 -DVM_TRACE=0
  -DTANDEM_REVISION="\"$revision\"")
for parameter in "${parameters[@]}"; do common+=("-DTANDEM_${parameter%%=*}=${parameter#*=}"); done
for unit in verilated verilated_threads; do
  step "the simulator's runtime does not compile." \
    ${ccache:+"$ccache"} "$cxx" -O2 -fPIC -std=c++17 -w -I"$include" -I"$include/vltstd" \
    -DVM_COVERAGE=0 -DVM_SC=1 -DVM_TRACE=0 -c "$include/$unit.cpp" -o "$work/$unit.o"
done
step "the generated simulator does not compile." \
  "$cxx" "$optimize" "${common[@]}" -c "$work/design.cpp" -o "$work/design.o"
step "the adapter does not compile." \
  "$cxx" -O2 "${common[@]}" -c "$here/rtl_systemc.cpp" -o "$work/adapter.o"
echo '{ global: tandem_dut; local: *; };' >"$work/exports"
step "the shared object does not link." \
  "$cxx" -shared -o "$work/dut.so" "$work"/*.o -Wl,--version-script="$work/exports" -lsystemc -pthread
mv "$work/dut.so" "$object"
echo "$object"
