#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make the private Python environment build/venv with what sim/cost/requirements.txt pins, unless
# it is there already. Whole or not at all; needs python3-venv and, the first time, PyPI.
set -eu
cd "$(dirname "$0")/.."
venv=build/venv
stamp=$venv/requirements.txt
if cmp -s sim/cost/requirements.txt "$stamp"; then exit 0; fi
mkdir -p build
exec 9>build/venv.lock
flock 9
if cmp -s sim/cost/requirements.txt "$stamp"; then exit 0; fi
python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
"$python" -m venv --clear "$venv" >&2 || {
  echo "venv.sh: $python -m venv failed (package python3-venv)" >&2
  exit 2
}
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r sim/cost/requirements.txt >&2 || {
  echo "venv.sh: pip could not install what sim/cost/requirements.txt names" >&2
  exit 2
}
cp sim/cost/requirements.txt "$stamp"
