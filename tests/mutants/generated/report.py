#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of what became of generated mutants, and the gate.

    report.py [--least PERCENT] [--equivalent FILE] [--tsv FILE] RESULT.json...

RESULT.json is what campaign.py wrote. Score: (killed + by proof) / (generated - equivalent), where a
sentence in --equivalent's file says why a survivor is equivalent, or which proof kills it. Exit 0: the score is PERCENT
at least, and no run ended with an error; 1: not so; 2: usage.
"""
import argparse
import collections
import json
import statistics
import sys

from campaign import write_atomically


BY_PROOF = "killed by the proof"


def identity(mutant):
    """Returns the words by which a file of reasons knows a mutant, whatever its number.

    The cell is among them: a line has many cells, and what is said of one need not hold of another.
    """
    bit = f"{mutant['port']}[{mutant['bit']}]"
    cell = "(" + mutant["cell"].replace("$flatten", "").replace("\\", "").lstrip("$") + ")"
    return " ".join(part for part in (mutant["source"], mutant["mode"], bit, mutant["wire"], cell)
                    if part)


def read_reasons(path):
    """Returns {identity: sentence} of lines 'identity: sentence'."""
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return dict(line.split(": ", 1) for line in lines)


def fate(mutant, reasons):
    """Returns 'killed', 'by proof', 'equivalent', 'survived' or 'error'."""
    if mutant["verdict"] == "survived" and identity(mutant) in reasons:
        return "by proof" if reasons[identity(mutant)].startswith(BY_PROOF) else "equivalent"
    return mutant["verdict"]


def score(count):
    rest = sum(count.values()) - count["equivalent"]
    return 100.0 * (count["killed"] + count["by proof"]) / rest if rest else 0.0


def table_of_files(mutants, reasons):
    counts = collections.defaultdict(collections.Counter)
    for mutant in mutants:
        name = mutant["source"].split(":")[0]
        for row in (name, "all"):
            counts[row][fate(mutant, reasons)] += 1
    print(f"{'source':32} {'generated':>9} {'killed':>7} {'by proof':>8} {'equivalent':>10} {'survived':>8} "
          f"{'score':>7}")
    for name in sorted(counts, key=lambda row: (row == "all", row)):
        count = counts[name]
        print(f"{name:32} {sum(count.values()):9} {count['killed']:7} {count['by proof']:8} {count['equivalent']:10} "
              f"{count['survived'] + count['error']:8} {score(count):5.1f} %")
    return counts["all"]


def table_of_checks(mutants):
    killed = [mutant for mutant in mutants if mutant["verdict"] == "killed"]
    if not killed:
        return
    cycles = statistics.median(mutant["cycles"] for mutant in killed)
    seconds = statistics.median(mutant["seconds"] for mutant in killed)
    print(f"\nto detection: median {cycles:.0f} cycles, {seconds:.2f} s; named by")
    for check, count in collections.Counter(m["check"] for m in killed).most_common():
        print(f"  {check:20} {count:4}")
    print("killed in")
    for name, count in collections.Counter(m["stimulus"] for m in killed).most_common():
        print(f"  {name:20} {count:4}")


def list_others(mutants, reasons):
    for mutant in mutants:
        end = fate(mutant, reasons)
        if end == "killed":
            continue
        why = reasons.get(identity(mutant), "")
        if end == "error":
            why = mutant["what"]
        print(f"{end:10} {mutant['number']:4} {identity(mutant)}{': ' if why else ''}{why}")


def write_tsv(path, mutants, reasons):
    keys = ("unit", "number", "source", "mode", "port", "bit", "wire", "fate", "check", "what",
            "stimulus", "cycles", "seconds")
    rows = ["\t".join(keys)]
    for mutant in mutants:
        filled = {**mutant, "fate": fate(mutant, reasons)}
        rows.append("\t".join(str(filled.get(key, "")) for key in keys))
    write_atomically(path, "\n".join(rows) + "\n")


def stop(sentence):
    print(f"report.py: {sentence}", file=sys.stderr)
    sys.exit(2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=float, default=0.0)
    parser.add_argument("--equivalent")
    parser.add_argument("--tsv")
    parser.add_argument("results", nargs="+")
    arguments = parser.parse_args()
    reasons = read_reasons(arguments.equivalent)
    mutants = []
    for path in arguments.results:
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        mutants += [{**mutant, "unit": record["unit"]} for mutant in record["mutants"]]
    if not any(fate(mutant, reasons) != "equivalent" for mutant in mutants):
        stop("no mutants to judge")
    list_others(mutants, reasons)
    print()
    total = table_of_files(mutants, reasons)
    table_of_checks(mutants)
    if arguments.tsv:
        write_tsv(arguments.tsv, mutants, reasons)
    reached = score(total)
    wrong = [mutant for mutant in mutants
             if mutant["verdict"] == "killed"
             and not reasons.get(identity(mutant), BY_PROOF).startswith(BY_PROOF)]
    for mutant in wrong:
        print(f"\nkilled by {mutant['check']}, though a reason says that it is not to be seen: {identity(mutant)}")
    passed = reached >= arguments.least and not total["error"] and not wrong
    print(f"\nscore {reached:.1f} %, at least {arguments.least:g} % wanted, "
          f"{total['error']} errors: {'PASSED' if passed else 'FAILED'}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError) as error:
        stop(f"{type(error).__name__}: {error}")
