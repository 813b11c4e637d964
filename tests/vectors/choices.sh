# SPDX-License-Identifier: Apache-2.0
# The choices of the files are those of docs/vectors.md: with another one, exactly the queries that
# depend on it fail.
source tests/command/lib.sh
set -u
vectors=tests/vectors

# with CHOICE FILE COUNT DIFFERENCE [OTHER]: on so many the walk differs in this; all others that
# fail differ in OTHER.
with() {
  expect 1 "$TANDEM" vectors --choose "$1" --max-errors 100000 "$vectors/$2.vec.zst" \
    --json "$dir/choice.json"
  python3 - "$dir/choice.json" "$3" "$4" "${5:-}" <<'END' || wrong "$1 on $2"
import json, sys
result = json.load(open(sys.argv[1]))
differ = [failure["differ"] for failure in result["failures"] if failure["who"] == "walk"]
assert len(differ) == result["total"]["model_failed"], "the timed model fails elsewhere"
assert differ.count(sys.argv[3]) == int(sys.argv[2]), (len(differ), sys.argv[2])
assert set(differ) <= {sys.argv[3], sys.argv[4]}, set(differ)
END
}

# The final access is denied after an update of A or D; or both would be denied: who is first?
count() { zstd -q -d -c "$vectors/$1.vec.zst" | awk "$2"; }
denied=$(count pmp-sv39 '/^S/ { pmp = 0 } /^P/ { pmp = 1 } /^Q/ { p = $(NF - 1) == "p" } /^U/ && p { n++ } END { print n }')
[ "$denied" -gt 10 ] || wrong "pmp-sv39 has $denied updates before a denied access"
with update_first=0 pmp-sv39 "$denied" "PTE updates" "where, physical address"
expect 0 "$TANDEM" vectors --choose update_first=0 $vectors/bare64.vec.zst

# Guest-page faults whose address is not 0.
faults=$(count h-sv39-sv39x4 '/^G.* ! 2[013] w / && $(NF - 1) != "0" { n++ } END { print n }')
with gpa_in_tval2=0 h-sv39-sv39x4 "$faults" "htval"

# Final accesses of addresses without memory: with one stage off, nothing else depends on it.
final=$(count bare32 '/^Q.* m / { n++ } END { print n }')
with no_memory=zero bare32 "$final" "fault or cause"

expect 2 "$TANDEM" vectors --choose update_first=2 $vectors/bare32.vec.zst
says "--choose update_first takes 0 or 1, not '2'"
expect 2 "$TANDEM" vectors --choose nonsense=1 $vectors/bare32.vec.zst
says "--choose takes update_first=0|1"
expect 2 "$TANDEM" vectors --choose update_first $vectors/bare32.vec.zst
says "--choose takes update_first=0|1"
finish
