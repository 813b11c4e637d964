#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of Verilator's coverage files: lines, toggles and covers that were reached.

rtl_coverage.py FILE.dat... [--threshold KIND=PERCENT]... [--missing KIND]

A point is one place in one source file, whatever the instances and files that have it: reached if
any of them is. line and toggle: of rtl/; user: the covers of verif/sva. Prints a line a kind. Exit
0: no kind is below its threshold; 1: one is; 2: usage, or a file that is none.
"""
import argparse
import re
import sys

FIELDS = re.compile("\x01([a-z]+)\x02([^\x01']*)")
POINT = re.compile(r"^C '(.*)' (\d+)$")
KINDS = {"line": "/rtl/", "toggle": "/rtl/", "user": "/verif/sva/"}


def leave(sentence):
    print(f"rtl_coverage.py: {sentence}", file=sys.stderr)
    raise SystemExit(2)


def read(path, points):
    try:
        lines = open(path, encoding="utf-8").read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        leave(f"{path}: {error}")
    if not lines or not lines[0].startswith("# SystemC::Coverage"):
        leave(f"{path}: not a coverage file of Verilator's")
    for number, line in enumerate(lines[1:], 2):
        match = POINT.match(line)
        if not match:
            leave(f"{path}:{number}: not a coverage point")
        field = dict(FIELDS.findall(match.group(1)))
        kind = field.get("page", "").split("/")[0].removeprefix("v_").replace("branch", "line")
        if kind not in KINDS or KINDS[kind] not in field["f"]:
            continue
        place = field["f"][field["f"].rindex(KINDS[kind]) + 1:]
        point = (kind, place, field["l"], field.get("n", ""), field.get("o", ""))
        points[point] = points.get(point, 0) + int(match.group(2))


def threshold(text):
    kind, _, percent = text.partition("=")
    if kind not in KINDS or not re.fullmatch(r"\d+(\.\d+)?", percent) or float(percent) > 100:
        raise argparse.ArgumentTypeError(f"'{text}' is not KIND=PERCENT, KIND one of {list(KINDS)}")
    return kind, float(percent)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--threshold", type=threshold, action="append", default=[])
    parser.add_argument("--missing", choices=KINDS)
    arguments = parser.parse_args()
    points = {}
    for path in arguments.files:
        read(path, points)
    good = True
    for kind in KINDS:
        counts = [count for point, count in points.items() if point[0] == kind]
        reached = sum(count > 0 for count in counts)
        percent = 100 * reached / len(counts) if counts else 0
        print(f"  {kind:7} {reached:6} of {len(counts):6} {percent:6.2f} %")
        for wanted_kind, wanted in arguments.threshold:
            if wanted_kind == kind and percent < wanted:
                print(f"BELOW THE THRESHOLD: {kind} {percent:.2f} %, asked for {wanted:.2f} %")
                good = False
    for point in sorted(points):
        if point[0] == arguments.missing and points[point] == 0:
            print(f"{point[1]}:{point[2]}: {point[4]}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
