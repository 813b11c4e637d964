# SPDX-License-Identifier: Apache-2.0
# What is not as the format says is refused in one sentence with file and line, exit status 2;
# so is what checks nothing.
source tests/command/lib.sh
set -u
packed=tests/vectors/sv48.vec.zst
zstd -q -d -c $packed >"$dir/sv48.vec"
size=$(stat -c %s $packed)

for part in 3 1000 $((size / 2)) $((size - 1)); do
  head -c "$part" $packed >"$dir/cut.vec.zst"
  expect 2 "$TANDEM" vectors "$dir/cut.vec.zst"
  says_once "cut.vec.zst"
done
head -c "$((size / 2))" $packed >"$dir/damaged.vec.zst"
printf 'x' | dd of="$dir/damaged.vec.zst" bs=1 seek=$((size / 3)) conv=notrunc status=none
expect 2 "$TANDEM" vectors "$dir/damaged.vec.zst"
says_once "damaged.vec.zst"

# The same line in the middle replaced by this; "delete" takes it away.
line=$(grep -nE '^Q' "$dir/sv48.vec" | sed -n '500s/:.*//p')
refuse() {
  sed "${line}s/.*/$1/" "$dir/sv48.vec" >"$dir/bad.vec"
  expect 2 "$TANDEM" vectors "$dir/bad.vec"
  says_once "bad.vec:$line: $2"
}
refuse 'rubbish' "Q, U or E must stand here, not 'rubbish'"
refuse '' "Q, U or E must stand here"
refuse 'Q r 1 0 8 ffffffffffffffffffffffff ! 13 w 0' "va is above ffffffffffffffff"
refuse 'Q r 1 0 8 0x1000 ! 13 w 0' "va must be a hexadecimal number"
refuse 'Q r 1 0 99999999999999999999999999 1000 ! 13 w 0' "len is above 8"
refuse 'Q r 1 0 8 1000 ! 13 w' "pa is missing"
refuse 'Q r 1 0 8 1000 ! 13 w 0 0' "more fields than the line has"
refuse 'Q r 1 0 8  1000 ! 13 w 0' "a space too many after len"
refuse "Q r 1 0 8 1000 ! 13 w 0$(printf '%0120d' 0)" "the line is longer than 127 characters"
refuse "Q r 1 0 8 1000 ! 13 w$(printf '\t')0" "the line has characters that are not printable ASCII"
refuse 'M 1000 0' "Q, U or E must stand here"
refuse 'G r 1 0 0 0 0 8 1000 ! 13 w 0 0 0' "Q, U or E must stand here"

# Without an E; a file that ends too early; no version; another version.
e=$(grep -n '^E' "$dir/sv48.vec" | sed -n '3s/:.*//p')
sed "${e}d" "$dir/sv48.vec" >"$dir/bad.vec"
expect 2 "$TANDEM" vectors "$dir/bad.vec"
says_once "bad.vec:$e: Q, U or E must stand here, not 'S sv48-003"
head -n $((e - 1)) "$dir/sv48.vec" >"$dir/bad.vec"
expect 2 "$TANDEM" vectors "$dir/bad.vec"
says_once "bad.vec:$e: the file ends where Q, U or E must stand"
head -n $((e - 1)) "$dir/sv48.vec" | head -c -1 >"$dir/bad.vec"
expect 2 "$TANDEM" vectors "$dir/bad.vec"
says_once "bad.vec:$((e - 1)): the last line has no end"
tail -n +2 "$dir/sv48.vec" >"$dir/bad.vec"
expect 2 "$TANDEM" vectors "$dir/bad.vec"
says_once "bad.vec:1: 'V 1' must stand here"
sed '1s/1/2/' "$dir/sv48.vec" >"$dir/bad.vec"
expect 2 "$TANDEM" vectors "$dir/bad.vec"
says_once "bad.vec:1: 'V 1' must stand here"

# Nothing to check.
: >"$dir/empty.vec"
expect 2 "$TANDEM" vectors "$dir/empty.vec"
says_once "empty.vec:1: the file ends where 'V 1' must stand"
printf 'V 1\n# nothing\n' >"$dir/empty.vec"
expect 2 "$TANDEM" vectors "$dir/empty.vec"
says_once "holds no queries: checked nothing"
printf 'V 1\nS a 64 0 - 0\nR 0 1000\nE\n' >"$dir/empty.vec"
expect 2 "$TANDEM" vectors $packed "$dir/empty.vec"
says_once "empty.vec: holds no queries: checked nothing"
printf '\x28\xb5\x2f\xfd' >"$dir/empty.vec.zst"
expect 2 "$TANDEM" vectors "$dir/empty.vec.zst"
says_once "empty.vec.zst"
expect 2 "$TANDEM" vectors "$dir/missing.vec"
says_once "missing.vec: cannot open"
expect 2 "$TANDEM" vectors "$dir"
says_once "$dir"
expect 2 "$TANDEM" vectors
says "no FILE to check"

# A damaged file after a good one, or after failures, is still status 2.
sed -E 's/ 12 0$/ 21 0/' "$dir/sv48.vec" | head -n $((e - 1)) >"$dir/bad.vec"
expect 2 "$TANDEM" vectors $packed "$dir/bad.vec"
says_once "bad.vec:$e"

# Outputs never replace inputs, and appear whole or not at all.
cp $packed "$dir/copy.vec.zst"
expect 2 "$TANDEM" vectors "$dir/copy.vec.zst" --json "$dir/copy.vec.zst"
says_once "is given as --json and to be read"
cmp -s $packed "$dir/copy.vec.zst" || wrong "the input was replaced"
expect 2 "$TANDEM" vectors $packed --json "$dir/none/result.json"
says_once "none/result.json"
expect 2 "$TANDEM" vectors "$dir/bad.vec" --json "$dir/result.json"
[ ! -e "$dir/result.json" ] || wrong "a JSON of a run that failed to end"
expect 2 "$TANDEM" vectors --seed x $packed
says "--seed takes a whole number"
expect 2 bash -c '"$TANDEM" vectors "$0" >/dev/full' $packed
says "standard output cannot be written"
finish
