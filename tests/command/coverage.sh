#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tandem run --coverage and tandem coverage: files, sums, reports, thresholds, what is refused.
set -u
# shellcheck source=tests/command/lib.sh
. "$(dirname "$0")/lib.sh"

run() { "$TANDEM" run --model-only --quiet --random 20000 "$@"; }

# A file a run; the same run gives the same bytes.
expect 0 run --seed 1 --coverage "$dir/1.cov"
prints "coverage"
expect 0 run --seed 1 --coverage "$dir/again.cov"
cmp -s "$dir/1.cov" "$dir/again.cov" || wrong "the same run gave other coverage"
expect 0 run --seed 2 --set mmu.pmp_entries=8 --coverage "$dir/2.cov"
expect 0 run --seed 3 --set mmu.xlen=32 --coverage "$dir/3.cov"
# Asking for coverage changes nothing of the run.
expect 0 run --seed 1 --json "$dir/with.json" --coverage "$dir/again.cov"
expect 0 run --seed 1 --json "$dir/without.json"
cmp -s "$dir/with.json" "$dir/without.json" || wrong "coverage changed the result of the run"

# Sums: in any order, of sums too.
expect 0 "$TANDEM" coverage "$dir/1.cov" "$dir/2.cov" "$dir/3.cov" -o "$dir/a.cov"
prints "Coverage of 3 runs"
expect 0 "$TANDEM" coverage "$dir/3.cov" "$dir/1.cov" -o "$dir/13.cov"
expect 0 "$TANDEM" coverage "$dir/2.cov" "$dir/13.cov" -o "$dir/b.cov"
cmp -s "$dir/a.cov" "$dir/b.cov" || wrong "the order of the sum changed its bytes"
expect 0 "$TANDEM" coverage "$dir/a.cov"
prints "Coverage of 3 runs"

# Reports.
expect 0 "$TANDEM" coverage "$dir/a.cov" --json "$dir/a.json" --html "$dir/a.html" --pairs --missing \
  --unreachable
prints "fence        ad_update"
prints "no update is granted on the strength of a PTE read before the fence (property"
python3 - "$dir/a.json" "$dir/a.html" <<'END' || wrong "the reports do not say the same"
import json, sys
report = json.load(open(sys.argv[1]))
items = report["items"].values()
assert report["runs"] == 3 and report["schema_version"] == 1 and report["contradictions"] == []
assert sum(i["aims"] for i in items) == report["all"]["aims"]
for item in items:
    assert item["aims"] - item["reached"] == len(item["missing"]), item
    for kind in ("unreachable", "ignored"):
        assert sum(r["bins"] for r in item[kind + "_reasons"]) == item[kind], item
    assert abs(item["percent"] - 100 * item["reached"] / item["aims"]) < 1e-3
page = open(sys.argv[2]).read()
assert page.startswith("<!DOCTYPE html>") and page.count("<td>distance</td>") == 1
assert "http" not in page
assert all(name in page for item in items for name in item["missing"])
reasons = [r for i in items for k in ("unreachable", "ignored") for r in i[k + "_reasons"]]
assert len(reasons) > 30 and sum("property" in r for r in reasons) > 10
assert all(r["reason"] in page and r.get("property", "") in page for r in reasons)
END

# Thresholds.
expect 0 "$TANDEM" coverage "$dir/a.cov" --threshold 5 --threshold sharing=50
expect 1 "$TANDEM" coverage "$dir/a.cov" --threshold 100
prints "BELOW THE THRESHOLD: all"
expect 1 "$TANDEM" coverage "$dir/a.cov" --threshold 1 --threshold update=99.9
prints "BELOW THE THRESHOLD: update"
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold nothing=5
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold 101
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold nan
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold 0x10
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold 1e1
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold 1.2.3
expect 0 "$TANDEM" coverage "$dir/a.cov" --threshold 5.5
expect 2 "$TANDEM" coverage "$dir/a.cov" --threshold -1

# A bin that is reached and cannot be: a run of a unit with PMP that says it has none.
python3 - "$dir/2.cov" "$dir/lie.cov" <<'END' || wrong "no lie could be made; is xxhash missing?"
import ctypes, ctypes.util, sys
data = bytearray(open(sys.argv[1], "rb").read())
data[20 + 12:20 + 16] = (0).to_bytes(4, "little")  # pmp_entries, the fourth field
library = ctypes.CDLL(ctypes.util.find_library("xxhash"))
library.XXH64.restype = ctypes.c_uint64
library.XXH64.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
data[-8:] = library.XXH64(bytes(data[:-8]), len(data) - 8, 0).to_bytes(8, "little")
open(sys.argv[2], "wb").write(data)
END
expect 1 "$TANDEM" coverage "$dir/lie.cov"
prints "REACHED, THOUGH IT CANNOT BE"
prints "PMP is not implemented"
expect 1 "$TANDEM" coverage "$dir/lie.cov" --html "$dir/lie.html"
grep -q "</code> - PMP is not implemented" "$dir/lie.html" || wrong "the page does not say what cannot be"

# Every reason stands in the document, with its property, and no other does.
expect 0 "$TANDEM" coverage --rules
grep -E '^\| `[a-z_, ]+` \| (unreachable|ignored|no bin) \| ' docs/coverage.md >"$dir/documented"
cmp -s "$dir/out" "$dir/documented" || wrong "docs/coverage.md lists other reasons: tandem coverage --rules"

# What is refused: one sentence that names the file, exit 2, nothing half-written.
refused() {
  expect 2 "$TANDEM" coverage "$@"
  says_once "$wanted"
}
expect 2 "$TANDEM" coverage
says "nothing to add"
wanted="$dir/none.cov: cannot be opened" refused "$dir/1.cov" "$dir/none.cov"
head -c 100 "$dir/1.cov" >"$dir/short.cov"
wanted="$dir/short.cov" refused "$dir/1.cov" "$dir/short.cov" -o "$dir/new.cov"
[ ! -e "$dir/new.cov" ] || wrong "something was written for a damaged file"
: >"$dir/empty.cov"
wanted="$dir/empty.cov" refused "$dir/empty.cov"
wanted="$dir: not a regular file" refused "$dir"
mkfifo "$dir/pipe"
expect 2 timeout 10 "$TANDEM" coverage "$dir/pipe"
says_once "$dir/pipe: not a regular file"
wanted="is both read and written" refused "$dir/1.cov" -o "$dir/1.cov"
wanted="is to be written twice" refused "$dir/1.cov" -o "$dir/x" --json "$dir/x"
wanted="is to be written twice" refused "$dir/1.cov" -j "$dir/new" --html "$dir/./new"
[ ! -e "$dir/new" ] || wrong "one of two outputs of one name was written"
wanted="/dev/null" refused "$dir/1.cov" -o /dev/null
wanted="cannot be created" refused "$dir/1.cov" --html "$dir/no/such/folder.html"
ls "$dir" | grep -q '\.cov\.......$' && wrong "a temporary file was left"

# Only the model tells.
expect 2 "$TANDEM" run --dut-only --random 10 --coverage "$dir/x.cov"
says "needs the model"
expect 2 "$TANDEM" run --random 10 --oracle legal --coverage "$dir/x.cov"
says "needs the model"
expect 2 "$TANDEM" run --dut-only --random 10 --set random.steer=100
says "random.steer needs the model"
expect 2 "$TANDEM" run --model-only --random 10 --coverage "$dir/x" --json "$dir/x"
says "is given as"

# Steered: reached by the same seed again, and more than without.
expect 0 run --seed 1 --set random.steer=300 --coverage "$dir/steered.cov"
expect 0 run --seed 1 --set random.steer=300 --coverage "$dir/again.cov"
cmp -s "$dir/steered.cov" "$dir/again.cov" || wrong "the same seed steered elsewhere"
expect 0 run --seed 1 --set random.steer=300 --json "$dir/with.json"
"$TANDEM" coverage "$dir/1.cov" --json "$dir/open.json" >"$dir/out"
"$TANDEM" coverage "$dir/steered.cov" --json "$dir/steered.json" >"$dir/out"
python3 - "$dir/open.json" "$dir/steered.json" <<'END' || wrong "steering reached no more"
import json, sys
a, b = (json.load(open(name))["all"]["reached"] for name in sys.argv[1:])
print(a, b)
sys.exit(a >= b)
END
# A program's trace has coverage as well.
expect 0 "$TANDEM" run --model-only --quiet --trace traces/gzip.tdt -n 20000 --coverage "$dir/t.cov"
expect 0 "$TANDEM" coverage "$dir/t.cov"
finish
