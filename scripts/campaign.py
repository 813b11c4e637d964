# SPDX-License-Identifier: Apache-2.0
"""campaign.py RESULT.json...: what the runs of a campaign compared, in all and by mode.
Exit status 1 if the legal-set oracle left more than 1 % of some run's outcomes not judged."""
import json
import sys

results = [json.load(open(path, encoding="utf-8")) for path in sys.argv[1:]]
modes = ("sv32", "sv39", "sv48", "sv57", "untranslated")


def total(get):
    return sum(get(r) for r in results)


def line(name, value):
    print(f"  {name:44}{value:>16,}")


print("compared with the model, tolerance 0, by mode:")
for mode in modes:
    line(mode, total(lambda r: sum(n for k, n in r["stimulus"].items() if k.startswith(mode))))
line("translations", total(lambda r: r["compared"]["fault"]))
line("PTE reads and A/D updates", total(lambda r: r["compared"]["pte_access"]))
line("cycles of every ready and valid", total(lambda r: r["time"]["cycles"]))
line("accesses asked three times", total(lambda r: r["stimulus"]["invariance_checks"]))
line("judged by the specification's legal outcomes", total(lambda r: r["legal"]["judged"]))
line("of these stale", total(lambda r: r["legal"]["stale_answers"]))
line("and not judged", total(lambda r: r["legal"]["unjudged"]))
line("mismatches", total(lambda r: r["mismatches"]))
blind = [path for path, r in zip(sys.argv[1:], results)
         if 99 * r["legal"]["unjudged"] > r["legal"]["judged"]]
for path in blind:
    print(f"campaign.py: {path}: more than 1 % of the outcomes are not judged", file=sys.stderr)
sys.exit(bool(blind))
