#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The explain page in a regression's reports, of real jobs on a design with a bug: in JUnit the
# command and the page as text, in the folder of each job the page as HTML, which the HTML report
# links from wherever it lies.
set -euo pipefail
: "${TANDEM:?TANDEM is not set; run this through ctest}"
source tests/command/lib.sh
export TANDEM_DUT_OPTIMIZE=-O1
unset SEED WAVES COV TANDEM_REGRESS_JOB

cp -r rtl "$dir/rtl"
sed -i 's/assign canonical = .*;/assign canonical = 1'"'"'b1;/' "$dir/rtl/tandem_mmu_port.sv"
! cmp -s rtl/tandem_mmu_port.sv "$dir/rtl/tandem_mmu_port.sv" || { echo "no bug was planted" >&2; exit 2; }
dut=$(tb/build_dut.sh --rtl "$dir/rtl" dtlb=16x16xlru itlb=16x16xlru)
cat >"$dir/plan.yaml" <<END
seed: 1
tests:
  random: {run: --random 20000 --dut $dut, seeds: 1..6}
  models: {run: --random 2000 --model-only, seeds: 2}
  names: {run: --random 2000 --dut /no/<such>&"unit".so}
END
mkdir "$dir/re <ports>"
j="$dir/re <ports>/j.xml" h="$dir/re <ports>/r.html" kept=$dir/it\'s/run-1
expect 1 "$TANDEM" regress "$dir/plan.yaml" --dir "$dir/it's" -j 2 --junit "$j" --html "$h"
prints "9 jobs: 2 passed, 6 failed, 1 error"
says_nothing

# --- JUnit: the one command that repeats it, then the page, and nothing else ---
xmllint --noout --schema tests/regress/junit.xsd "$j" 2>"$dir/err" || wrong "no JUnit"
python3 - "$j" "$kept" <<'END' || wrong "the failures' text in JUnit"
import json, pathlib, sys
import xml.etree.ElementTree as tree
cases = [c for c in tree.parse(sys.argv[1]).iter("testcase") if c.find("failure") is not None]
assert len(cases) == 6
for case in cases:
    seed = case.get("name").split()[1]
    folder = pathlib.Path(sys.argv[2]) / f"{case.get('classname')}.{seed}"
    mismatch = json.loads((folder / "result.json").read_text())["mismatch"]
    command, page = case.find("failure").text.split("\n\n", 1)
    assert command == (folder / "command.txt").read_text().strip(), command
    assert page == mismatch["page"]
    assert page.startswith(f"--- MISMATCH: {mismatch['check']} ({mismatch['what']}) in cycle {mismatch['cycle']} ---")
    lines = page.splitlines()
    for part in ("Asked", "Walk", "Latency", "History", "Suspect"):
        assert sum(line.startswith(part + " ") for line in lines) == 1, part
    assert sum("expected (model)" in line and "observed (DUT)" in line for line in lines) == 1
    # Neither the result's summary nor the command a second time.
    for noise in ("FAILED", "Configuration", "Repeat", "Translations"):
        assert noise not in page, noise
END
[ "$(grep -c '<error ' "$j")" = 1 ] || wrong "the job without a unit"
command=$(python3 - "$j" <<'END'
import sys
import xml.etree.ElementTree as tree
print(next(tree.parse(sys.argv[1]).iter("failure")).text.split("\n")[0])
END
)
expect 1 bash -c 'eval "\"$1\" ${2#tandem }"' - "$TANDEM" "$command"
prints "--- MISMATCH: "

# --- the page as HTML of each failure, and of nothing else ---
[ "$(ls -d "$kept"/*/page.html | wc -l)" = 6 ] || wrong "not a page of each failure"
for page in "$kept"/*/page.html; do
  xmllint --noout "$page" 2>"$dir/err" || wrong "$page is not well-formed"
  grep -q '<svg ' "$page" || wrong "$page: nothing drawn"
done

# --- links lead there ---
xmllint --html --noout "$h" 2>/dev/null || wrong "HTML"
python3 - "$h" <<'END' || wrong "the HTML report's links"
import pathlib, re, sys, urllib.parse
report = pathlib.Path(sys.argv[1])
links = re.findall(r'<a href="([^"]*)"', report.read_text())
assert links
for link in links:
    target = report.parent / urllib.parse.unquote(link)
    assert target.name == "page.html" and "<svg " in target.read_text(), link
END

# --- where the folder is gone, JUnit has the output ---
mv "$kept" "$dir/gone"
mkdir "$dir/results"
cp "$dir/it's/results.db" "$dir/results/results.db"
sqlite3 "$dir/results/results.db" "UPDATE run SET state = 'interrupted'; DELETE FROM result WHERE number =
  (SELECT number FROM job JOIN suite USING (run, suite) WHERE test = 'models' LIMIT 1)"
expect 1 "$TANDEM" regress "$dir/plan.yaml" --dir "$dir/results" -j 2 --junit "$j" --resume
xmllint --noout --schema tests/regress/junit.xsd "$j" 2>"$dir/err" || wrong "no JUnit"
[ "$(grep -c -- '--- MISMATCH: ' "$j")" = 6 ] || wrong "no output in place of the pages"

finish
