# SPDX-License-Identifier: Apache-2.0
# Wrong expectations are found, by both walk and timed model, with file, line and what differs; a
# whole set passes, and none of its queries is left out.
source tests/command/lib.sh
set -u
vectors=tests/vectors

expect 0 "$TANDEM" vectors $vectors/*.vec.zst --json "$dir/all.json"
prints "PASSED"
says_nothing
python3 - "$dir/all.json" <<'END' || wrong "the totals of the JSON"
import json, sys
result = json.load(open(sys.argv[1]))
assert result["schema"] == "tandem-vectors" and result["verdict"] == "passed"
assert result["total"]["queries"] == 67527 + 35424, result["total"]
assert result["total"]["scenarios"] == 1452 and result["total"]["model_failed"] == 0
assert len(result["files"]) == 25 and not result["failures"]
END

# A file without compression, and standard input.
zstd -q -d -c $vectors/sv39.vec.zst >"$dir/sv39.vec"
expect 0 "$TANDEM" vectors "$dir/sv39.vec"
prints "14400          0"
expect 0 bash -c '"$TANDEM" vectors - <"$0"' "$dir/sv39.vec"
prints "standard input"

# plant NUMBER PATTERN REPLACEMENT: change the NUMBERth line that matches; its number in $line.
plant() {
  line=$(grep -nE "$2" "$dir/sv39.vec" | sed -n "${1}s/:.*//p")
  [ -n "$line" ] || wrong "no line to plant '$3' in"
  sed -E "${line}s/$2/$3/" "$dir/sv39.vec" >"$dir/planted.vec"
  cmp -s "$dir/sv39.vec" "$dir/planted.vec" && wrong "nothing planted by '$3'"
}

# caught WHAT: walk and timed model fail at that line, and name it.
caught() {
  expect 1 "$TANDEM" vectors "$dir/planted.vec"
  prints "planted.vec:$line, walk"
  prints "planted.vec:$line, timed model"
  prints "differ    $1"
  prints "14399          1"
  prints "FAILED"
}
plant 100 '^(Q.*) 21 0$' '\1 12 0' && caught "page size"
plant 100 '^(Q.* [rwx0-9].*) (30|21|12) 0$' '\1 \2 1'
# PBMT 1 without PBMTE would be refused by the reader.
line=$(awk '/^S/ { b = $5 ~ /b/ } /^Q.* 12 0$/ && b { print NR; exit }' "$dir/sv39.vec")
sed -E "${line}s/ 0\$/ 1/" "$dir/sv39.vec" >"$dir/planted.vec" && caught "PBMT"
plant 50 '^(Q r .*)! 13 w 0$' '\1! 5 w 0' && caught "fault or cause"
plant 50 '^(Q r .*)! 13 w 0$' '\1= 80000000 12 0' && caught "fault or cause"
plant 5 '^(Q.* )= ([0-9a-f]+)0 (12|21) 0$' '\1= \28 \3 0' && caught "physical address"
plant 1 '^(Q r .*)! 5 w 0$' '\1! 5 p 0' && caught "where"

# Updates: a wrong value, one too many, one missing, are the query's failure.
u=$(grep -nE '^U ' "$dir/sv39.vec" | sed -n '7s/:.*//p')
line=$((u - 1))
sed -E "${u}s/7\$/f/;${u}s/b\$/3/" "$dir/sv39.vec" >"$dir/planted.vec"
cmp -s "$dir/sv39.vec" "$dir/planted.vec" && wrong "no update changed"
expect 1 "$TANDEM" vectors "$dir/planted.vec"
prints "planted.vec:$line, walk"
prints "planted.vec:$line, timed model"
prints "differ    PTE updates"
sed "${u}d" "$dir/sv39.vec" >"$dir/planted.vec"
expect 1 "$TANDEM" vectors "$dir/planted.vec"
prints "planted.vec:$line, walk"
prints "differ    PTE updates"

# A second stage's registers; the walk is shown; only the first failures are, all are counted.
zstd -q -d -c $vectors/h-sv39-sv39x4.vec.zst | sed -E 's/^(G.* ! 2[013] w 0 [0-9a-f]+) 3000$/\1 0/' \
  >"$dir/planted.vec"
expect 1 "$TANDEM" vectors --max-errors 1 "$dir/planted.vec" --json "$dir/failed.json"
prints "differ    htinst"
prints "VS level 2 read PTE at"
[ "$(grep -c '^FAILED  ' "$dir/out")" -eq 1 ] || wrong "more than one failure shown"
python3 - "$dir/failed.json" <<'END' || wrong "the JSON of a failure"
import json, sys
result = json.load(open(sys.argv[1]))
assert result["verdict"] == "failed" and len(result["failures"]) == 1
assert result["total"]["model_failed"] > 100
failure = result["failures"][0]
assert failure["who"] == "walk" and failure["differ"] == "htinst" and failure["line"] > 1
END
finish
