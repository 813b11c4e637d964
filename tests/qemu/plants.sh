#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The comparer can fail: each wrong outcome planted in what QEMU printed is found and named, and
# so are QEMU's own deviations when none is accepted. Exit 0: all found; 1: not so; 2: environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/lib.sh"

machine=full
scenarios=$dir/$machine.scenarios
output=$dir/$machine.output
generate $machine 1 1280
run_qemu $machine
"$oracle" compare "$scenarios" "$output" >"$dir/good" || die "QEMU and the model differ: see run.sh"

wrong=0
# expect STATUS WORDS WHAT: the comparer on $dir/planted ends with STATUS and says WORDS.
expect() {
  local status=0
  "$oracle" compare "$scenarios" "$dir/planted" >"$dir/out" 2>"$dir/err" || status=$?
  if cmp -s "$output" "$dir/planted"; then
    echo "WRONG: nothing was planted: $3" >&2
  elif [ "$status" -ne "$1" ] || ! grep -qF -- "$2" "$dir/err"; then
    echo "WRONG: exit status $status, not $1 with '$2': $3" >&2
    head -n 3 "$dir/err" >&2
  else
    echo "found: $3"
    return
  fi
  wrong=$((wrong + 1))
}

# plant PATTERN SED WHAT: edit the first line that fits, which must be named.
plant() {
  local line place
  line=$(grep -n -m 1 -E "$1" "$output" | cut -d: -f1) || die "no line to plant: $3"
  place=$(head -n "$line" "$output" | awk '$1 == "S" { s = $2 } $1 == "P" { p = $2 }
    function number(text,  k, n) {
      for (k = 1; k <= length(text); k++) n = n * 16 + index("123456789abcdef", substr(text, k, 1))
      return n
    }
    END { printf "DIFFERENCE in scenario %d, probe %d:", number(s), number(p) }')
  sed -E "${line}$2" "$output" >"$dir/planted"
  expect 1 "$place" "$3"
}

h='[0-9a-f]+'
plant "^P $h -1 0 $h[048c] 0\$" 's/[048c] 0$/1 0/' "a load that read another datum"
plant "^P $h d $h 0 $h\$" 's/ d / f /' "a load's page fault with the cause of a store's"
plant "^P $h d $h 0 $h\$" "s/ d $h 0 $h/ -1 0 8004 0/" "a load that must fault and did not"
plant "^P $h f $h[08] 0 $h\$" 's/[08] 0 /1 0 /' "a store's page fault with another tval"
plant "^P $h c $h 0 $h\$" "s/ c $h 0 / 2 8004 0 /" "a fetch that must fault and did not"
plant "^P $h 2 $h[048c] 0 $h\$" 's/[048c] 0 /1 0 /' "a fetch from another place"
plant "^P $h 2 $h 0 $h[048c]\$" 's/[048c]$/2/' "a trap at another instruction than the fetched one"
plant "^P $h -1 0 $h 0 $h=$h\$" 's/ [0-9a-f]+=[0-9a-f]+$//' "an update of A that is missing"
plant "^P $h -1 0 $h 0 $h=$h\$" 's/=[0-9a-f]+$/=20000001/' "an update of A with another value"
plant "^P $h -1 0 $h 0\$" 's/$/ 81000000=1/' "a change of memory from nowhere"
plant "^P $h -1 0 0 0 $h=$h\$" 's/ [0-9a-f]+=/ 8103f000=/' "a store that went to another place"

cp "$output" "$dir/planted"
echo >>"$dir/planted"
expect 2 "something stands behind the last line" "an output that goes on"
head -n 700 "$output" >"$dir/planted"
expect 2 "the output ends early" "an output that ends early"
sed 500d "$output" >"$dir/planted"
expect 2 "another probe's line" "a line that is missing"
head -c 20000 "$output" >"$dir/planted"
expect 2 "the line is cut off" "a line that is cut off"

status=0
"$oracle" compare --no-deviations "$scenarios" "$output" >"$dir/out" 2>"$dir/err" || status=$?
if [ "$status" -eq 1 ] && grep -q '^DIFFERENCE' "$dir/err"; then
  echo "found: QEMU's deviations, when none is accepted"
else
  echo "WRONG: exit status $status, not 1, with QEMU's deviations and none accepted" >&2
  wrong=$((wrong + 1))
fi
[ "$wrong" -eq 0 ] || exit 1
