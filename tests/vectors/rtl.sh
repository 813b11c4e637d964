# SPDX-License-Identifier: Apache-2.0
# On the RTL: a wrong expectation is found, and so is a bug that neither the model nor the file has;
# what the unit cannot be asked is told.
source tests/command/lib.sh
set -u
vectors=tests/vectors
export TANDEM_HOME=$PWD

zstd -q -d -c $vectors/sv39.vec.zst >"$dir/sv39.vec"
line=$(grep -nE '^Q r .*! 13 w 0$' "$dir/sv39.vec" | sed -n '70s/:.*//p')
sed "${line}s/ 13 w 0/ 5 w 0/" "$dir/sv39.vec" >"$dir/planted.vec"
expect 1 "$TANDEM" vectors --dut "$dir/planted.vec"
prints "planted.vec:$line, walk"
prints "planted.vec:$line, timed model"
prints "planted.vec:$line, RTL"
prints "14399          1         14399          1"

expect 2 "$TANDEM" vectors --dut $vectors/h-sv32-bare.vec.zst
says "--dut has nothing to check: the unit has one stage, the files have two"
expect 0 "$TANDEM" vectors --dut $vectors/h-sv32-bare.vec.zst $vectors/bare32.vec.zst
prints "not asked"
prints "The RTL was not asked 864 queries, which need two stages"

# MXR forgotten where a load finds an executable page: a DUT of one hart, asked what fits it.
cp -r rtl "$dir/rtl"
sed -i -E 's/\(r \|\| \(mxr && x\)\)/(r)/' "$dir"/rtl/*.sv
diff -rq rtl "$dir/rtl" >/dev/null && wrong "no bug planted in the RTL"
dut=$(tb/build_dut.sh --rtl "$dir/rtl" --out "$dir/dut" pmp=16 svnapot=1) || wrong "it does not build"
expect 1 "$TANDEM" vectors --dut="$dut" --max-errors 1 $vectors/sv39.vec.zst --json "$dir/bug.json"
prints "sv39.vec.zst:"
prints ", RTL"
prints "MXR 1"
prints "or another hart than that DUT"
prints "FAILED"
python3 - "$dir/bug.json" <<'END' || wrong "the JSON of a bug"
import json, sys
result = json.load(open(sys.argv[1]))
total = result["total"]
assert total["model_failed"] == 0 and total["queries"] == 14400
assert 0 < total["rtl_failed"] < total["rtl_queries"] < 14400, total
assert result["lockstep"]["compared"]["pte_access"] > 1000
assert result["failures"][0]["who"] == "rtl"
END
expect 2 "$TANDEM" vectors --dut="$dut" $vectors/sv32.vec.zst
says "--dut has nothing to check:"
expect 2 "$TANDEM" vectors --dut="$dir/sv39.vec" $vectors/sv39.vec.zst
says "is not a DUT"
finish
