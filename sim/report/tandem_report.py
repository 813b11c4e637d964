#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes one HTML page of a study's result: tandem_report.py STUDY.json -o PAGE.html [--cost COST.json]

Called by `tandem report`. Exit 0: written; 2: one sentence on standard error, nothing written.
"""
import argparse
import os
import sys
import warnings


def _fail(sentence):
    print(" ".join(sentence.split()), file=sys.stderr)
    sys.exit(2)


try:
    import page
    import study_input
    import whole_file
except ImportError as missing:
    _fail(f"{sys.executable} lacks the module {missing.name} (packages python3-matplotlib, python3-jinja2, "
          "python3-jsonschema; scripts/setup.sh report installs them)")


def main():
    parser = argparse.ArgumentParser(description="Make one HTML page of a study's result.")
    parser.add_argument("study", nargs="?")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--cost")
    # Before a study is made: the place and the costs, and that all modules are there.
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # of fonts without a glyph
    output = arguments.output
    try:
        whole_file.check_place(output, "a page")
        for path in (arguments.study, arguments.cost):
            if path and os.path.exists(output) and os.path.exists(path) and \
                    os.path.samefile(path, output):
                _fail(f"{path}: is given as input and as output")
        cost = study_input.load(arguments.cost, "cost") if arguments.cost else None
        if arguments.check:
            return
        study = study_input.load(arguments.study)
        whole_file.write(output, page.make(study, cost))
    except (study_input.InputError, whole_file.OutputError) as error:
        _fail(str(error))


if __name__ == "__main__":
    main()
