# SPDX-License-Identifier: Apache-2.0
"""keys.py RESULT.json docs/run-json.md: the result is valid, consistent in itself, and has
exactly the keys that the page documents. Exit 1 with a line for each disagreement."""
import json
import re
import sys

result = json.load(open(sys.argv[1], encoding="utf-8"))
page = open(sys.argv[2], encoding="utf-8").read()
documented = []
for key in re.findall(r"^\| `([^`]+)` \|", page, re.M):  # a{1,2}b stands for a1b and a2b
    several = re.fullmatch(r"(.*)\{(.*)\}(.*)", key)
    documented += ([several[1] + one + several[3] for one in several[2].split(",")]
                   if several else [key])
wrong = []


def written(value, path=""):
    """Every path to a value that is not an object; configuration's keys hold dots."""
    if not isinstance(value, dict):
        return [path]
    return [p for key in value for p in written(value[key], path + "." + key if path else key)]


def check(condition, sentence):
    if not condition:
        wrong.append(sentence)


paths = written(result)
check(len(documented) == len(set(documented)), "a key is documented twice")
wrong += ["not documented: " + p for p in paths if p not in documented]
wrong += ["not written: " + p for p in documented if p not in paths]
check(result["schema"] == "tandem-run", "schema")
check(result["schema_version"] == 1, "schema_version is not that of the page")
check("version 1 are below" in page, "the page is of another version")
for key in ("digest", "fingerprint"):
    check(re.fullmatch("[0-9a-f]{16}", result[key]), key)
stimulus = result["stimulus"]
lost = -result["counters"]["kills"]
for port in ("data", "fetch"):
    c = {k[len(port) + 1:]: v for k, v in result["counters"].items() if k.startswith(port + "_")}
    passed = result["verdict"] == "passed"  # else some may be in flight
    check(not passed or c["requests"] == c["hits"] + c["misses"] + c["untranslated"], port + ": requests")
    lost += c["requests"] - result[port]["translations"]
if result["verdict"] == "passed":  # a reset loses 16 a port, by their tags, and one in the register
    check(0 <= lost <= 2 * 17 * stimulus["resets"], "translations")
paging = result["paging"]
check(paging["major_faults"] == paging["zero_fills"] + paging["swap_reads"], "major faults")
alone = ("invariance", "assertion") if result["mode"] == "dut_only" else ()
if result["mode"] != "lockstep":
    check(not any(n for key, n in result["compared"].items() if key not in alone),
          "something compared with nothing")
if result["configuration"]["check.oracle"] == "shadow" or result["mode"] != "lockstep":
    check(not any(n for key, n in result["legal"].items() if key != "stale_by_level"),
          "an oracle that was not asked has judged")
if result["input"]["traces"]:
    check(not any(stimulus.values()), "stimulus of a recorded program")
for sentence in wrong:
    print(sentence, file=sys.stderr)
sys.exit(1 if wrong else 0)
