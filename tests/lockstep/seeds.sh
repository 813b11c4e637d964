#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A seed that is printed is used: two seeds differ in what is applied, one never does; 0 is one.
set -euo pipefail
: "${TANDEM:?is the program to test}"
fingerprint() {
  "$TANDEM" run --quiet --model-only --random 5000 --seed "$1" | sed -n 's/.*fingerprint *//p'
}
zero=$(fingerprint 0) one=$(fingerprint 1) two=$(fingerprint 2)
echo "fingerprints: $zero $one $two"
[ -n "$zero" ] && [ "$zero" != "$one" ] && [ "$one" != "$two" ] && [ "$zero" != "$two" ]
[ "$(fingerprint 0)" = "$zero" ] && [ "$(fingerprint 1)" = "$one" ]
