#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lines and longest function or module per folder, of the files that git knows."""
import re
import subprocess

FOLDERS = ["model", "rtl", "verif", "tb", "sim/paging", "sim/trace", "sim/run", "tests", "scripts"]
KINDS = (".c", ".h", ".cpp", ".sv", ".sh", ".py")


def functions(lines):
    """(length, name) of each C function: from its signature to the brace in column 0."""
    start = None
    for number, line in enumerate(lines):
        if start is None and re.match(r"^[a-zA-Z].*[({]", line) and not line.rstrip().endswith(";"):
            start = number
        if line.startswith("}"):
            if start is not None and "(" in lines[start]:
                name = re.search(r"(\w+)\(", lines[start])
                yield number - start + 1, name.group(1) if name else "?"
            start = None
        elif start is not None and line.rstrip().endswith(";") and "{" not in "".join(lines[start:number + 1]):
            start = None


def main():
    known = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True)
    paths = [p for p in known.stdout.split() if p.endswith(KINDS)]
    print(f"{'folder':<12}{'files':>6}{'lines':>8}  {'longest file':<34}longest function")
    for folder in FOLDERS:
        mine = [p for p in paths if p.startswith(folder + "/")]
        texts = {p: open(p, encoding="utf-8").read().splitlines() for p in mine}
        if not texts:
            continue
        longest = max(texts, key=lambda p: len(texts[p]))
        found = [f for p in mine if p.endswith((".c", ".h", ".cpp")) for f in functions(texts[p])]
        worst = max(found, default=(0, "-"))
        print(f"{folder:<12}{len(mine):>6}{sum(map(len, texts.values())):>8}  "
              f"{longest.split('/')[-1] + ' ' + str(len(texts[longest])):<34}{worst[1]} {worst[0]}")


if __name__ == "__main__":
    main()
