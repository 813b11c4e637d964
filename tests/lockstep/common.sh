# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of this folder: a seed that is printed, a folder of their own in $dir.
: "${TANDEM:?is the program to test}"
seed=${TANDEM_SEED:-1}
echo "seed $seed"
dir=$(mktemp -d /tmp/tandem-lockstep.XXXXXX)
leave() {
  case "$dir" in /tmp/tandem-lockstep.*) rm -rf "$dir" ;; esac
}
trap leave EXIT
