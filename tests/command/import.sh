#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Other tools' recordings are imported, traces exported; what is wrong with one is said in a
# sentence, and leaves nothing.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh

trace=$dir/import.tdt

# imports "REFERENCES" FILE [OPTION...]
imports() {
  local references=$1 file=$2
  shift 2
  expect 0 "$TANDEM" record -o "$trace" --import "$file" "$@"
  expect 0 "$TANDEM" show "$trace"
  prints "references       $references"
}

printf '0041f7a0 R\n13f5e2c0 W\n' >"$dir/course"
printf '2 408ed4\n0 1000 a comment\n1 7ffffff0\n4 0\n' >"$dir/din"
printf 'r 1000 4\nw 2000 8\ni 408ed4 4\n' >"$dir/xdin"
printf 'size,address,kind\n4,0x1000,load\n8,4096,store\n' >"$dir/csv"
printf 'I  00401000,3\n L 1ffeffe7e8,8\n' >"$dir/lackey"
imports 2 "$dir/course"
imports 3 "$dir/din"
imports 3 "$dir/xdin"
imports 2 "$dir/csv"
imports 2 "$dir/lackey"
head -c 128 /dev/zero >"$dir/zeros"
imports 2 "$dir/zeros" --format champsim
imports 16 "$dir/zeros" --format raw64
imports 16 "$dir/zeros" --format ref8

for packer in gzip xz zstd; do
  command -v "$packer" >/dev/null || { echo "passed over: $packer is missing"; continue; }
  "$packer" -c "$dir/xdin" >"$dir/packed"
  imports 3 "$dir/packed"
  head -c 20 "$dir/packed" >"$dir/cut"
  expect 2 "$TANDEM" record -o "$trace" --import "$dir/cut" --format xdin
  says_once "$dir/cut: the compressed data are cut off"
done

# Failures leave the older trace and nothing else.
imports 2 "$dir/course"
cp "$trace" "$dir/before"
expect 2 "$TANDEM" record -o "$trace" --import "$dir/zeros"
says_once "$dir/zeros: binary formats do not show what they are; name the format with --format"
expect 2 "$TANDEM" record -o "$trace" --import "$dir/din" --format xdin
says_once "$dir/din: line 1 is not xdin's: the access is not one of"
expect 2 "$TANDEM" record -o "$dir/other.tdt" --import "$trace"
says_once "$trace: it is a trace already"
expect 2 "$TANDEM" record -o "$trace" --import "$dir/din" --format dinero
says "--format: there is no \"dinero\""
expect 2 "$TANDEM" record -o "$trace" --format din -- /bin/true
says "--format belongs to --import INPUT"
cmp -s "$trace" "$dir/before" || wrong "the older trace was touched"

# Nothing that is read is replaced, whatever name or way it comes by.
cp "$dir/course" "$dir/kept"
ln "$dir/course" "$dir/linked"
for name in "$dir/course" "$dir/linked" "$dir/../$(basename "$dir")/course"; do
  expect 2 "$TANDEM" record -i "$dir/course" -o "$name"
  says_once "$name: is given as --import and as the trace to write"
done
last="record -i - < course"
found=0
"$TANDEM" record -i - -o "$dir/course" <"$dir/course" >"$dir/out" 2>"$dir/err" || found=$?
[ "$found" -eq 2 ] || wrong "exit status $found: $last"
says_once "is given as --import"
cp /bin/true "$dir/program"
expect 2 "$TANDEM" record -o "$dir/program" -- "$dir/program"
says_once "$dir/program: is given as the program and as the trace to write"
cmp -s /bin/true "$dir/program" || wrong "the program was replaced"
expect 2 "$TANDEM" show "$trace" --export oracleGeneral -o "$trace"
says_once "$trace: is given as the trace and as -o"
cmp -s "$dir/course" "$dir/kept" || wrong "what was imported was replaced"
cmp -s "$trace" "$dir/before" || wrong "what was exported was replaced"

# Page 0x41f, then page 0x13f5e, neither again.
expect 0 "$TANDEM" show "$trace" --export oracleGeneral -o "$dir/oracle"
prints "2 references are in $dir/oracle"
found=$(od -An -v -tx1 -w24 "$dir/oracle")
[ "$found" = " 00 00 00 00 1f 04 00 00 00 00 00 00 00 10 00 00 ff ff ff ff ff ff ff ff
 00 00 00 00 5e 3f 01 00 00 00 00 00 00 10 00 00 ff ff ff ff ff ff ff ff" ] ||
  wrong "the exported bytes are: $found"
expect 2 "$TANDEM" show "$trace" --export oracleGeneral
says "-o OUT is missing"
expect 2 "$TANDEM" show "$trace" --export lcs -o "$dir/oracle"
says "--export: there is no \"lcs\""
expect 2 "$TANDEM" show "$trace" --export oracleGeneral -o "$dir/none/x"
says_once "$dir/none/x: cannot create it"
left=$(find "$dir" -name '*.new-*')
[ -z "$left" ] || wrong "left behind: $left"

finish
