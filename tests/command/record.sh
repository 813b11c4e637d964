#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program is recorded, shown and run in lockstep.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
command -v valgrind >/dev/null || command -v qemu-x86_64 >/dev/null || { echo "skipped: neither valgrind nor qemu-user"; exit 77; }
source tests/command/lib.sh

trace=$dir/true.tdt
expect 0 "$TANDEM" record -o "$trace" -- /bin/true
says " references are in $trace"
grep -q -e valgrind -e qemu "$dir/out" && wrong "the recorder's words among the program's"
expect 0 "$TANDEM" show "$trace"
prints "program          /bin/true"
prints "checksums        all match"
references=$(sed -n 's/^references *//p' "$dir/out")
expect 0 "$TANDEM" run --quiet --trace "$trace"
prints "$references retired"
prints " 0 mismatches"
prints "PASSED"

# Arguments and output are the program's own; a limit and a text.
expect 0 "$TANDEM" record -o "$trace" -n 1000 -p "an echo" -- /bin/echo -n --help
expect 0 "$TANDEM" show "$trace"
prints "program          an echo"
prints "references       1,000"
expect 0 "$TANDEM" record -o "$trace" -- /bin/echo --all of it
[ "$(cat "$dir/out")" = "--all of it" ] || wrong "the program's output"
expect 0 "$TANDEM" record -o "$trace" -- /bin/false
says "/bin/false ended with exit status 1; the trace is kept"

# Failures leave the older trace and nothing else.
cp "$trace" "$dir/before"
expect 2 "$TANDEM" record -o "$trace" -- /nonexistent/program
says "/nonexistent/program: nothing was recorded"
cmp -s "$trace" "$dir/before" || wrong "the older trace was touched"
expect 2 "$TANDEM" record -o "$dir/none/x.tdt" -- /bin/true
says_once "$dir/none/x.tdt: cannot create the trace: No such file or directory"
expect 2 "$TANDEM" record -o "$dir" -- /bin/true
says_once "$dir: not a regular file; it will not be replaced by a trace"
expect 2 "$TANDEM" record -o "$trace" --import "$dir/none.txt"
says_once "$dir/none.txt"
cmp -s "$trace" "$dir/before" || wrong "the older trace was touched"
left=$(find "$dir" -mindepth 1 ! -name out ! -name err ! -name before ! -name true.tdt)
[ -z "$left" ] || wrong "left behind: $left"

finish
