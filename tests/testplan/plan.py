#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The test plan: that all that it names exists, and the page made of it.

plan.py [--check] [--tests FOLDER] [--tandem PROGRAM] | --write

--check: docs/testplan.md is what docs/testplan.yaml gives; with --tests, that every test is one of
the build folder's; with --tandem, that every coverage point selects bins. Mutants are always looked
for. --write: make the page. Exit 0: so it is; 1: not so; 2: usage, or a file that is none.
"""
import argparse
import importlib.util
import json
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEYS = {"id", "section", "rule", "tests", "coverage", "mutants"}


def leave(sentence):
    print(f"plan.py: {sentence}", file=sys.stderr)
    raise SystemExit(2)


def load():
    path = ROOT / "docs" / "testplan.yaml"
    try:
        rules = yaml.safe_load(path.read_text())["rules"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        leave(f"{path}: {error}")
    return rules


def matrix():
    """The module that reads the headers of the mutants."""
    spec = importlib.util.spec_from_file_location("matrix", ROOT / "tests" / "mutants" / "matrix.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mutants():
    """number -> header: the bug, the check that must name it first, the run that reaches it."""
    header = matrix().header
    return {int(path.name.split("-")[0]): header(path)
            for path in (ROOT / "tests" / "mutants").glob("*.patch")}


def tests_of(folder):
    out = subprocess.run(["ctest", "--test-dir", folder, "--show-only=json-v1"],
                         capture_output=True, text=True, check=True).stdout
    return {test["name"] for test in json.loads(out)["tests"]}


def items_of(program):
    """item -> {dimension: values}, as the program has them."""
    out = subprocess.run([program, "coverage", "--items"], capture_output=True, text=True,
                         check=True).stdout
    items = {}
    for line in out.splitlines():
        item, dimension, *values = line.split()
        items.setdefault(item, {})[dimension] = values
    return items


def wrong_point(point, items):
    item, *pairs = point.split()
    if item not in items:
        return f"there is no item {item}"
    for pair in pairs:
        dimension, _, value = pair.partition("=")
        if value not in items[item].get(dimension, []):
            return f"{item} has no {pair}"
    return None


def problems(rules, known, tests, items):
    seen = set()
    for rule in rules:
        name = rule.get("id", "?")
        if set(rule) != KEYS:
            yield f"{name}: keys {sorted(set(rule) ^ KEYS)}"
            continue
        if name in seen:
            yield f"{name}: there are two"
        seen.add(name)
        if not rule["tests"]:
            yield f"{name}: no test"
        for number in rule["mutants"]:
            if number not in known:
                yield f"{name}: there is no mutant {number}"
            elif not all(known[number].get(key) for key in ("Bug", "In", "Check", "Run")):
                yield f"{name}: the header of mutant {number} lacks Bug, In, Check or Run"
        for test in rule["tests"]:
            if tests is not None and test not in tests:
                yield f"{name}: there is no test {test}"
        for point in rule["coverage"]:
            wrong = items is not None and wrong_point(point, items)
            if wrong:
                yield f"{name}: coverage point {point!r}: {wrong}"


def page(rules, known):
    caught_by = matrix().caught_by
    open_rules = [rule["id"] for rule in rules if not rule["mutants"]]
    lines = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->",
        "<!-- Made by tests/testplan/plan.py --write from docs/testplan.yaml. -->",
        "# Test plan", "",
        "Each normative rule of the privileged specification about translation and protection, the tests",
        "that check it, the coverage points that show it was reached ([coverage.md](coverage.md)), and planted bugs that",
        "break it (`tests/mutants/`, [bug-matrix.md](bug-matrix.md)) with the checks that name them. What is proved of a bug:",
        "`make mutants` plants it, makes the run of its header, and that check must be the first to fail; the tests of the",
        "third column check the same rule, but are not run with the bug. The rules are in our words; sections are those",
        "of the specification. `ctest -R testplan` checks that all that is named exists.", "",
        f"{len(rules)} rules; {len(rules) - len(open_rules)} with a bug that kills, "
        f"{len(open_rules)} open" + (f": {', '.join(open_rules)}." if open_rules else "."), "",
        "| | rule | section | tests | coverage | mutants | named by |", "|---|---|---|---|---|---|---|"]
    for rule in rules:
        numbers = " ".join(f"{n:02d}" for n in rule["mutants"]) or "**open**"
        lines.append(f"| {rule['id']} | {rule['rule']} | {rule['section']} | "
                     f"{', '.join(rule['tests'])} | "
                     f"{'; '.join(rule['coverage']) or '-'} | {numbers} | "
                     f"{caught_by([known[n] for n in rule['mutants']]) or '-'} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--tests", metavar="FOLDER")
    parser.add_argument("--tandem", metavar="PROGRAM")
    arguments = parser.parse_args()
    target = ROOT / "docs" / "testplan.md"
    rules = load()
    tests = tests_of(arguments.tests) if arguments.tests else None
    items = items_of(arguments.tandem) if arguments.tandem else None
    known = mutants()
    found = list(problems(rules, known, tests, items))
    if not found and arguments.write:
        target.write_text(page(rules, known))
    elif not found and (not target.exists() or target.read_text() != page(rules, known)):
        found.append("docs/testplan.md is not what docs/testplan.yaml gives: plan.py --write")
    for problem in found:
        print(problem, file=sys.stderr)
    print(f"{len(rules)} rules, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.CalledProcessError) as error:
        leave(str(error))
