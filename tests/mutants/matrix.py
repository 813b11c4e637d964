#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which mutants stand for which bug of docs/bug-matrix.md, from the headers of the patches.

matrix.py [--check | --write]: print it; --check: the page says the same (exit 0), or not (1);
--write: bring the page's last two columns and its counts to the state of the headers.
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "bug-matrix.md"
ROW = re.compile(r"^\| (\d+) \| (.*) \| (.*) \| (.*) \| (.*) \|$")
COUNTS = re.compile(r"^\d+ mutants .*\.$", re.M)
ROWS = 159


def header(path):
    text = path.read_text().split("\n--- ")[0]
    return dict(re.findall(r"^(\w+): *(.*)$", text, re.M))


def checks(head):
    """Who catches it: pairs of a group and a name, which may be empty."""
    by = head.get("By", "run")
    if by != "run":
        return [({"vectors": "vectors", "qemu": "QEMU", "formal": "formal proof"}[by], "")]
    if head["In"] == "handler":
        return [("swap oracle", name) for name in head["Check"].split("|")]
    groups = {"legal_outcome": ("legal-set oracle", ""), "assertion": ("properties", "")}
    return [groups.get(name, ("lockstep", name)) for name in head["Check"].split("|")]


def caught_by(heads):
    groups = {}
    for head in heads:
        for group, name in checks(head):
            groups.setdefault(group, set()).add(name)
    return "; ".join(group + (": " + ", ".join(sorted(names)) if any(names) else "")
                     for group, names in sorted(groups.items()))


def collect():
    mutants = {path.name.split("-")[0]: header(path) for path in HERE.glob("*.patch")}
    rows = {}
    for number in sorted(mutants, key=int):
        for row in mutants[number].get("Rows", "").split():
            rows.setdefault(int(row), []).append(number)
    wrong = [row for row in rows if not 1 <= row <= ROWS]
    if wrong:
        sys.exit(f"matrix.py: there is no row {wrong[0]}: see {rows[wrong[0]]}")
    table = {row: (" ".join(numbers), caught_by([mutants[n] for n in numbers]))
             for row, numbers in rows.items()}
    return mutants, table


def counts(mutants, table):
    where = [head["In"] for head in mutants.values()]
    return (f"{len(mutants)} mutants ({where.count('rtl')} in the RTL, {where.count('model')} in the "
            f"model, {where.count('both')} in both, {where.count('handler')} in the fault handler, {where.count('oracle')} in the legal-set oracle); "
            f"{len(table)} of the {ROWS} bugs are planted, {ROWS - len(table)} do not apply.")


def rewritten(page, mutants, table):
    lines, seen = [], []
    for line in page.split("\n"):
        match = ROW.match(line)
        if match:
            row = int(match[1])
            seen.append(row)
            numbers, who = table.get(row, ("-", match[5]))
            if row not in table and (match[4] != "-" or not match[5].strip()):
                who = "**no mutant, no reason**"
            line = f"| {row} | {match[2]} | {match[3]} | {numbers} | {who} |"
        lines.append(line)
    if seen != list(range(1, ROWS + 1)):
        sys.exit(f"matrix.py: {PAGE.name} does not have the rows 1 .. {ROWS}, each once, in order")
    text = "\n".join(lines)
    if len(COUNTS.findall(text)) != 1:
        sys.exit(f"matrix.py: {PAGE.name} does not have one line of counts")
    return COUNTS.sub(counts(mutants, table), text)


def main(arguments):
    if arguments not in ([], ["--check"], ["--write"]):
        sys.exit(__doc__)
    mutants, table = collect()
    if not arguments:
        for row in sorted(table):
            print(f"{row:3}  {table[row][0]:40} {table[row][1]}")
        print(counts(mutants, table))
        return 0
    page = PAGE.read_text()
    new = rewritten(page, mutants, table)
    if arguments == ["--write"]:
        PAGE.write_text(new)
        return 0
    differ = [a for a, b in zip(page.split("\n"), new.split("\n")) if a != b]
    for line in differ:
        print(f"not as the headers say: {line}")
    bare = "**no mutant, no reason**" in new
    return 1 if differ or bare else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
