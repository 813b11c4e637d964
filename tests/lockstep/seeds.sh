#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A seed that is printed is used: two seeds differ in what is applied, one never does; 0 is one.
set -euo pipefail
: "${TANDEM:?is the program to test}"
digest() {
  "$TANDEM" run --quiet --model-only --random 5000 --seed "$1" | sed -n 's/.*digest //p'
}
zero=$(digest 0) one=$(digest 1) two=$(digest 2)
echo "digests: $zero $one $two"
[ -n "$zero" ] && [ "$zero" != "$one" ] && [ "$one" != "$two" ] && [ "$zero" != "$two" ]
[ "$(digest 0)" = "$zero" ] && [ "$(digest 1)" = "$one" ]
