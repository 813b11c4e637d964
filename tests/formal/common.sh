# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of this folder: from RTL and properties to a model for a solver.
# Expects here = this folder. shellcheck shell=bash

root=$(cd "$here/../.." && pwd)
sva=$root/verif/sva
rtl=$root/rtl
limit=${LIMIT:-60} # seconds of CPU for one question to the solver

die() {
  echo "${0##*/}: $*" >&2
  exit 2
}

need_tools() {
  local tool
  for tool in yosys yosys-abc yosys-smtbmc cvc5; do
    command -v $tool >/dev/null || die "$tool is missing (packages yosys and cvc5)."
  done
}

# Sets cpu: seconds of CPU that all commands of this shell so far have taken.
cpu_seconds() {
  times >"$scratch/times"
  cpu=$(sed -n '2s/[ms]/ /gp' "$scratch/times" | awk '{printf "%.1f", ($1 + $3) * 60 + $2 + $4}')
}

make_scratch() {
  mkdir -p "$root/build/formal"
  scratch=$(mktemp -d "$root/build/formal/run.XXXXXX")
  [ "${KEEP:-0}" = 1 ] || trap 'rm -rf -- "${scratch:?}"' EXIT
}

# Yosys 0.23 fails over a literal '0 in the connection of a port; 0 means the same there.
plain_zeros() { # FILE
  sed "s/\([^0-9a-zA-Z]\)'0/\10/g" "$1"
}

# Yosys 0.23 reads `bind` but places nothing. So the instance that the bind names is written
# into a copy of the module, with what stands for it in glue/ (arrays as vectors, registers).
place() { # MODULE PROPERTIES-FILE COPY EXTRA-LINES
  local instance glue=
  instance=$(awk -v m="bind $1 " 'index($0, m) == 1 {p = 1} p {print} p && /;/ {exit}' "$2" |
    sed "s/^bind $1 //")
  [ -n "$instance" ] || die "${2##*/} has no bind for $1."
  [ ! -f "$here/glue/$1.sv" ] || glue=$(cat "$here/glue/$1.sv")
  awk -v text="$glue
$instance
$4" '/^endmodule/ {print text} {print}' <(plain_zeros "$rtl/$1.sv") >"$3"
}

# Reset is active in the first cycle and never again.
reset='  logic formal_run = 1'"'"'b0;
  always @(posedge clk_i) formal_run <= 1'"'"'b1;
  always @* assume (rst_ni == formal_run);'

properties_of() { # MODULE -> file
  case $1 in
    tandem_mmu) echo "$sva/sva_mmu.sv" ;;
    *) echo "$sva/sva_${1#tandem_mmu_}.sv" ;;
  esac
}

# Make FOLDER/model.il: the top with its properties, flattened. With COVERS=1 the covers
# stand there as assertions that they are never reached, instead of the properties.
model() { # FOLDER TOP INSIDE PARAMETERS
  local work=$1 top=$2 module file parameters= placed=" $2 " defines= p
  [ "$3" = - ] || placed+="${3//+/ } "
  [ "${COVERS:-0}" = 0 ] || defines=-DSVA_COVERS
  for p in $4; do
    case $p in
      +*) defines+=" -D${p#+}" ;;
      *) parameters+=" -chparam ${p%=*} ${p#*=}" ;;
    esac
  done
  {
    while read -r file; do
      module=${file%.sv}
      if [[ $placed = *" $module "* ]]; then
        place "$module" "$(properties_of "$module")" "$work/$file" \
          "$([ "$module" != "$top" ] || echo "$reset")"
        echo "read_verilog -sv -formal $defines -I$sva $work/$file"
      else
        echo "read_verilog -sv $rtl/$file"
      fi
    done < <(sed -e 's://.*::' -e '/^[[:space:]]*$/d' "$rtl/rtl.f")
    for file in sva_channel sva_pmp_shadow sva_pmp_oracle sva_client; do
      echo "read_verilog -sv -formal $defines -I$sva $sva/$file.sv"
    done
    for module in $placed; do
      if [ -f "$here/$module.sv" ]; then
        awk -v text="$reset" '/^endmodule/ {print text} {print}' "$here/$module.sv" \
          >"$work/$module.sv"
        echo "read_verilog -sv -formal $defines -DSVA_ASSUME_INPUTS -I$sva $work/$module.sv"
      elif [ "$module" = "$top" ]; then
        echo "read_verilog -sv -formal $defines -DSVA_ASSUME_INPUTS -I$sva $(properties_of "$module")"
      else
        echo "read_verilog -sv -formal $defines -DSVA_REQUIREMENTS_ONLY -I$sva $(properties_of "$module")"
      fi
    done
    echo "hierarchy -check -top $top$parameters"
    echo "rename -top $top"
    echo "prep -nordff -top $top"
    echo "flatten"
    echo "tee -o $work/asserts select -list t:\$assert"
    echo "tee -o $work/cover_cells select -list t:\$cover"
    echo "write_rtlil $work/model.il"
  } >"$work/model.ys"
  yosys -q -e 'implicitly declared|out of bounds|is assigned in a block' "$work/model.ys" \
    >"$work/model.log" 2>&1 || { tail -n 5 "$work/model.log" >&2; die "Yosys refuses $top $4."; }
  grep -qv help_ "$work/asserts" || die "$top $4 has no property."
  [ "${COVERS:-0}" != 0 ] || grep -qv help_ "$work/cover_cells" || die "$top $4 has no cover."
}

# From FOLDER/model.il to FOLDER/model.aig. What is undefined (an index past the end) is free.
reduce() { # FOLDER COMMANDS-FIRST
  {
    echo "read_rtlil $1/model.il"
    echo "$2"
    cat <<END
memory_map
opt -full
async2sync
dffunmap
delete -output
opt_clean
chformal -cover -remove
techmap
opt -fast -nodffe -nosdff
simplemap
dffunmap
setundef -undriven -anyseq
setundef -anyseq
aigmap
opt_clean
tee -o $1/left select -list t:\$assert
write_aiger -zinit -symbols $1/model.aig
END
  } >"$1/reduce.ys"
  yosys -q "$1/reduce.ys" >"$1/reduce.log" 2>&1 ||
    { tail -n 5 "$1/reduce.log" >&2; die "Yosys makes no model of ${1##*/}."; }
}

all_asserts() { # FOLDER
  reduce "$1" ''
}

# Without the assertions that FILE lists.
other_asserts() { # FOLDER FILE
  reduce "$1" "$(sed 's/^/delete c:/' "$2")"
}

# From FOLDER/model.il to FOLDER/model.smt2.
smt_model() { # FOLDER
  cat >"$1/smt.ys" <<END
read_rtlil $1/model.il
memory_map
opt -full
async2sync
dffunmap
chformal -cover -remove
setundef -undriven -anyseq
opt_clean
write_smt2 -wires $1/model.smt2
END
  yosys -q "$1/smt.ys" >"$1/smt_model.log" 2>&1 ||
    { tail -n 5 "$1/smt_model.log" >&2; die "Yosys makes no model of ${1##*/}."; }
}

# Ask cvc5: K cycles from reset, then the induction step; their logs are FOLDER/base.log and
# FOLDER/step.log.
solve_smt() { # FOLDER K
  local ask=(nice yosys-smtbmc -s cvc5 --noprogress -t "$2")
  (
    ulimit -t $((2 * limit))
    exec timeout -k 5 $((10 * limit)) "${ask[@]}" "$1/model.smt2"
  ) >"$1/base.log" 2>&1 || true
  (
    ulimit -t $((2 * limit))
    exec timeout -k 5 $((10 * limit)) "${ask[@]}" -i "$1/model.smt2"
  ) >"$1/step.log" 2>&1 || true
}

# Keep one assertion only.
one_assert() { # FOLDER NAME
  reduce "$1" "select -set keep c:$2
delete t:\$assert @keep %d"
}

# Ask ABC; its log is FOLDER/abc.log. Constraints are the last outputs: fold them in.
solve() { # FOLDER METHOD DEPTH
  local command
  case $2 in
    ind) command="bmc3 -F $(($3 + 1)) -T $limit; ind -F $3 -C 0" ;;
    bmc) command="bmc3 -F $3 -T $limit" ;;
    *) die "unknown method $2." ;;
  esac
  (
    ulimit -t $((2 * limit))
    exec timeout -k 5 $((10 * limit)) nice yosys-abc -c \
      "read_aiger $1/model.aig; fold; strash; orpos; $command"
  ) >"$1/abc.log" 2>&1 || true
}

# Ask ABC about each output by itself; FOLDER/abc.log gets a line for each. With FOLDER/violated:
# the names of those that it found violated.
solve_each() { # FOLDER DEPTH
  local i=0 name
  yosys-abc -c "read_aiger $1/model.aig; fold; strash; write_aiger $1/folded.aig" >"$1/fold.log" 2>&1
  # `left` lists the assertions in the order of the outputs.
  while read -r name; do
    echo "echo @${name#*/}"
    echo "read_aiger $1/folded.aig; cone -s -O $i; strash; bmc3 -F $2 -T $((limit / 6))"
    i=$((i + 1))
  done <"$1/left" >"$1/script"
  [ "$i" = "$(head -n 1 "$1/model.aig" | cut -d ' ' -f 7)" ] || die "outputs without a name."
  (
    ulimit -t $((10 * limit))
    exec nice yosys-abc -f "$1/script"
  ) >"$1/abc.log" 2>&1 || true
  awk '/^@/ {name = substr($1, 2)} /was asserted in frame/ {print name}' "$1/abc.log" >"$1/violated"
}
