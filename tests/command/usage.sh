#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Help, versions, wrong words and options of every command, and their exit statuses.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

trace=traces/gzip.tdt
model="--quiet --model-only --trace $trace -n 500"

# --- the program ---
expect 0 "$TANDEM" --help
prints "Usage: tandem COMMAND"
prints "Exit status:"
says_nothing
expect 0 "$TANDEM" -h
expect 0 "$TANDEM" help
expect 0 "$TANDEM" --version
grep -qxE 'tandem [0-9]+\.[0-9]+\.[0-9]+' "$dir/out" || wrong "no version"
expect 2 "$TANDEM"
says "Usage: tandem COMMAND"
expect 2 "$TANDEM" walk
says_once "tandem: there is no command 'walk'; see tandem --help"
expect 2 "$TANDEM" ""
expect 2 "$TANDEM" --bogus
expect 2 bash -c '"$1" --help >/dev/full' - "$TANDEM"

# --- every command ---
for command in run record show bench contract; do
  expect 0 "$TANDEM" --help
  prints "  $command "
  for option in --help --usage; do
    expect 0 "$TANDEM" $command $option
    prints "Usage: tandem $command"
    says_nothing
  done
  expect 2 "$TANDEM" $command --bogus
  says "tandem $command: unrecognized option '--bogus'"
  says "tandem $command --help"
done
for command in run record show bench contract; do
  expect 0 "$TANDEM" $command --help
  prints "Exit status: 0"
done
expect 0 "$TANDEM" run --help
prints "Exit status: 0 everything agreed; 1 a check failed; 2 usage"
prints "Examples:"
expect 0 "$TANDEM" show --help
prints "Exit status: 0 the trace is whole; 2 it is damaged"

# --- run: what must be given, what excludes what ---
either="give either --trace FILE or --random N with N at least 1"
expect 2 "$TANDEM" run
says_once "$either"
expect 2 "$TANDEM" run --random 0
says_once "$either"
expect 2 "$TANDEM" run --random 5 --trace $trace
says_once "$either"
expect 2 "$TANDEM" run $trace
says "'$trace' is not an option; programs are given by --trace FILE"
for number in -1 1.5 many "" 9223372036854775808; do
  expect 2 "$TANDEM" run "--random=$number"
  says "--random takes a whole number, not '$number'"
done
expect 2 "$TANDEM" run $model --max-errors 0
says_once "--max-errors must be at least 1"
expect 2 "$TANDEM" run $model --max-errors x
expect 2 "$TANDEM" run $model --dut-only
says "either --model-only or --dut-only, not both"
expect 2 "$TANDEM" run $model --wave "$dir/w.fst"
says_once "--wave needs the RTL, not --model-only"
expect 2 "$TANDEM" run $model --dut "$dir/d.so"
says_once "either --dut or --model-only, not both"
expect 2 "$TANDEM" run $model --wave-window 1:2
says_once "--wave-window needs --wave FILE"
for window in 5 9:3 : 1: :1 a:b 1:2:3; do
  expect 2 "$TANDEM" run --random 9 --wave "$dir/w.fst" --wave-window $window
  says "--wave-window"
done

# --- run: settings, shortcuts and their order ---
expect 2 "$TANDEM" run $model --set os.frame=3
says_once "--set: there is no key 'os.frame'"
expect 2 "$TANDEM" run $model --set os.frames
says_once "--set takes KEY=VALUE, not 'os.frames'"
expect 2 "$TANDEM" run $model --frames 0
says_once "--frames: os.frames must be a whole number from 1 to 4194304, not '0'"
expect 2 "$TANDEM" run $model --policy best
says_once "--policy: os.policy must be one of fifo, lru, opt, clock, random, 2q, arc, lirs, s3-fifo, sieve, clock-bits, aging, wsclock, not 'best'"
expect 2 "$TANDEM" run $model --set tlb.data.ways=5
says_once "tlb.data (16 entries, 5 ways, lru): "
expect 2 "$TANDEM" run $model --set memory.grant.least=3
says_once "memory.grant.least (3) exceeds memory.grant.most (1)"
expect 2 "$TANDEM" run --random 9 --set tlb.data.entries=256 --set tlb.data.ways=1
says_once "the RTL has at most 128 entries per TLB; larger ones run with --model-only"
expect 0 "$TANDEM" run $model --set tlb.data.entries=256 --set tlb.data.ways=1
expect 0 "$TANDEM" run --model-only -t $trace -n 500 --frames 33 --policy clock --seed 0
prints "Configuration"
grep -qE '^ +frames: +33 ' "$dir/out" || wrong "--frames is not printed"
grep -qE '^ +policy: +clock ' "$dir/out" || wrong "--policy is not printed"
grep -qE '^seed: +0 ' "$dir/out" || wrong "--seed 0 is not printed"
grep -qE '^ +references: +500 ' "$dir/out" || wrong "-n is not printed"
expect 0 "$TANDEM" run $model
prints_not "Configuration"
prints "PASSED"
says_nothing
printf 'os:\n  frames: 77\n  policy: fifo\n' >"$dir/c.yaml"
expect 0 "$TANDEM" run --model-only --frames 44 --config "$dir/c.yaml" -t $trace -n 500
grep -qE '^ +frames: +44 ' "$dir/out" || wrong "a file overrides the command line"
grep -qE '^ +policy: +fifo ' "$dir/out" || wrong "the file is not read"
settings=()
for _ in $(seq 65); do settings+=(--set os.frames=9); done
expect 2 "$TANDEM" run $model "${settings[@]}"
says "more than 64 settings; write a --config file"
traces=()
for _ in $(seq 65); do traces+=(--trace $trace); done
expect 2 "$TANDEM" run --model-only "${traces[@]}"
says "more than 64 traces"
# Every trace given is run.
expect 0 "$TANDEM" run $model --trace $trace
prints "1,000 retired"

# --- a configuration file that is wrong: its name and line ---
printf 'os:\n  frames: none\n' >"$dir/c.yaml"
expect 2 "$TANDEM" run $model --config "$dir/c.yaml"
says_once "$dir/c.yaml:2: os.frames must be a whole number"
printf 'os:\n  frames: 3\n  colour: red\n' >"$dir/c.yaml"
expect 2 "$TANDEM" run $model --config "$dir/c.yaml"
says_once "$dir/c.yaml:3: there is no key 'os.colour'"
printf 'os: {\n' >"$dir/c.yaml"
expect 2 "$TANDEM" run $model --config "$dir/c.yaml"
says_once ": this is not YAML: "
expect 2 "$TANDEM" run $model --config "$dir/none.yaml"
says_once "$dir/none.yaml: cannot be opened: No such file or directory"
expect 2 "$TANDEM" run $model --config "$dir"
says_once "$dir: cannot be read: Is a directory"

# --- the DUT ---
echo "no library" >"$dir/text.so"
expect 2 "$TANDEM" run --quiet --random 9 --dut "$dir/text.so"
says_once "$dir/text.so: is not a DUT: "
expect 2 "$TANDEM" run --quiet --random 9 --dut "$dir/none.so"
says_once "$dir/none.so: cannot be opened: No such file or directory"
zlib=$(ldconfig -p | sed -n 's/.*=> \(.*libz\.so\.1\)$/\1/p' | head -n 1)
if [ -n "$zlib" ]; then
  expect 2 "$TANDEM" run --quiet --random 9 --dut "$zlib"
  says_once "$zlib: is not a DUT: it has no symbol tandem_dut"
fi
dut=$(tb/build_dut.sh dtlb=16x16xlru itlb=16x16xlru)
expect 0 "$TANDEM" run --quiet --random 9 --dut "$dut"
expect 2 "$TANDEM" run --quiet --random 9 --dut "$dut" --set tlb.fetch.ways=4
says_once "$dut: its fetch TLB is 16x16xlru, the configuration asks for 16x4xlru"
expect 2 "$TANDEM" run --quiet --random 9 --dut "$dut" --set tlb.l2.entries=64
says_once "$dut: its second-level TLB is none, the configuration asks for 64x4xplru"
expect 2 "$TANDEM" run --quiet --random 9 --dut "$dut" --set mmu.walks=2
says_once "$dut: its number of walks is 1, the configuration asks for 2"
mkdir "$dir/home"
expect 2 env TANDEM_HOME="$dir/home" "$TANDEM" run --quiet --random 9
says_once "$dir/home: holds no tb/build_dut.sh; set TANDEM_HOME to the source tree, or give --dut"
expect 2 env TANDEM_HOME="$dir/home" "$TANDEM" bench -n 100
says_once "the source tree was not found; give --trace FILE"
expect 0 env TANDEM_HOME="$dir/home" "$TANDEM" run --quiet --random 9 --dut "$dut"
# A trace that is not there is said before a DUT is looked for, let alone built.
for command in run "bench -n 100 -r 1"; do
  expect 2 env TANDEM_HOME="$dir/home" "$TANDEM" $command --trace "$dir/none.tdt"
  says_once "$dir/none.tdt: cannot open: No such file or directory"
done

# --- bench ---
expect 2 "$TANDEM" bench --repeats 99
says "--repeats takes a whole number from 1 to 15, not '99'"
expect 2 "$TANDEM" bench --references 0
says "--references takes a whole number from 1 to"
expect 2 "$TANDEM" bench $trace
says "'$trace' is not an option; the program is given by --trace FILE"
expect 2 "$TANDEM" bench --trace "$dir/none.tdt" -n 100 -r 1
says_once "$dir/none.tdt: cannot open: No such file or directory"
expect 0 "$TANDEM" bench --trace $trace --references 2000 --repeats 1
prints "Walk latency on the RTL"
prints "PASSED"
[ "$(grep -c ' kept$' "$dir/out")" -eq 18 ] || wrong "not 18 latencies within the contract"

# --- contract ---
expect 0 "$TANDEM" contract
prints "second_level: answered by the second level"
prints "  does not occur: tlb.l2.entries is 0"
prints "  3   28 .. 28 "
# The second level costs a cycle: 3 (1 + 8) + 2; g up to 2: 3 (2 + 8) + 2. Four slots wait for each
# other: 3 (4 * 2 + (8 + 3) + 4) + 2 * 4 + 2 = 79. A request waits for three such walks, and 8.
expect 0 "$TANDEM" contract --set tlb.l2.entries=64 --set mmu.walks=4 --set memory.grant.most=2
prints "  bounds  2 .. 3"
prints "  3   29 .. 32                      79                  245"
expect 2 "$TANDEM" contract run
says "there is no argument 'run'"
expect 2 "$TANDEM" contract --set mmu.walks=9
says "mmu.walks must be a whole number from 1 to 8, not '9'"
expect 2 "$TANDEM" contract --set mmu.prefetch=yes
says "mmu.prefetch"
expect 2 "$TANDEM" contract --config "$dir/none.yaml"
says_once "$dir/none.yaml: cannot be opened: No such file or directory"
expect 2 bash -c '"$1" contract >/dev/full' - "$TANDEM"
says_once "tandem contract: standard output cannot be written"

# --- record and show: usage ---
expect 2 "$TANDEM" record
says "-o FILE is missing"
expect 2 "$TANDEM" record -o "$dir/r.tdt"
says "neither a program nor --import INPUT is given"
expect 2 "$TANDEM" record -o "$dir/r.tdt" --import "$dir/x" -- /bin/true
says "a program and --import INPUT exclude each other"
expect 2 "$TANDEM" record -o "$dir/r.tdt" -l 20 -- /bin/true
expect 2 "$TANDEM" record -o "$dir/r.tdt" -n 0 -- /bin/true
[ ! -e "$dir/r.tdt" ] || wrong "a trace after wrong usage"
expect 2 "$TANDEM" show
says "FILE is missing"
expect 2 "$TANDEM" show $trace $trace
says "more than one FILE is given"
expect 2 "$TANDEM" show $trace --from 3000000000
says_once "$trace: reference 3000000000 is past the end; the trace has 3000000"
expect 2 "$TANDEM" show $trace --count many
expect 0 "$TANDEM" show $trace --from 100 --count 3
prints "references       3,000,000"
[ "$(tail -n 3 "$dir/out" | awk '{ print $1 }' | paste -sd ' ')" = "100 101 102" ] ||
  wrong "not references 100 to 102"
expect 2 bash -c '"$1" show "$2" >/dev/full' - "$TANDEM" $trace
says_once "cannot write to standard output"

finish
