#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes one HTML page of a study's result: tandem_report.py STUDY.json -o PAGE.html [--cost COST.json]

Called by `tandem report`. Exit 0: written; 2: one sentence on standard error, nothing written.
"""
import argparse
import os
import sys
import tempfile
import warnings


def _fail(sentence):
    print(" ".join(sentence.split()), file=sys.stderr)
    sys.exit(2)


try:
    import page
    import study_input
except ImportError as missing:
    _fail(f"{sys.executable} lacks the module {missing.name} (packages python3-matplotlib, python3-jinja2, "
          "python3-jsonschema; scripts/setup.sh report installs them)")


def _write(path, text):
    """Whole or not at all."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".report-", dir=os.path.dirname(path) or ".")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
        temporary = None
    except OSError as error:
        _fail(f"{path}: cannot be written: {error.strerror}")
    finally:
        if temporary:
            os.unlink(temporary)


def main():
    parser = argparse.ArgumentParser(description="Make one HTML page of a study's result.")
    parser.add_argument("study")
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--cost")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # of fonts without a glyph
    output = arguments.output
    if os.path.lexists(output) and (os.path.islink(output) or not os.path.isfile(output)):
        _fail(f"{output}: not a regular file, so it cannot hold a page")
    for path in (arguments.study, arguments.cost):
        if path and os.path.exists(output) and os.path.exists(path) and \
                os.path.samefile(path, output):
            _fail(f"{path}: is given as input and as output")
    try:
        study = study_input.load(arguments.study)
        cost = study_input.load(arguments.cost, "cost") if arguments.cost else None
    except study_input.InputError as error:
        _fail(str(error))
    _write(output, page.make(study, cost))


if __name__ == "__main__":
    main()
