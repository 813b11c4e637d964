#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install, from Debian's packages, what is missing for: run (build and run), report and cost (and
# tandem report, tandem cost), test (and the tests). Says what it installs; does nothing when everything is there.
set -eu

run_packages="gcc g++ libc6-dev make cmake ninja-build ccache pkg-config verilator
  zlib1g-dev libzstd-dev liblzma-dev libxxhash-dev libjansson-dev libyaml-dev libsqlite3-dev libcmocka-dev
  qemu-user"
test_packages="libsystemc-dev yosys cvc5 clang-14 libclang-rt-14-dev valgrind git python3-minimal patch procps
  gcc-riscv64-unknown-elf gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-system-misc zstd
  xz-utils gzip sqlite3 libxml2-utils slurm-wlm munge"
# tandem report, tandem study --html; tandem cost.
report_packages="python3-minimal python3-matplotlib python3-jinja2 python3-jsonschema"
cost_packages="yosys nextpnr-ice40 python3-minimal python3-venv"
# A browser, to see the page.
browser_packages="chromium"

case "${1:-}" in
  run) wanted="$run_packages" ;;
  report) wanted="$run_packages $report_packages" ;;
  cost) wanted="$run_packages $cost_packages" ;;
  test) wanted="$run_packages $test_packages $report_packages $cost_packages $browser_packages" ;;
  coverage) wanted="$run_packages $test_packages $report_packages $cost_packages $browser_packages lcov" ;;
  *) echo "usage: scripts/setup.sh run|report|cost|test|coverage" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "setup: these Debian packages are missing, and there is neither root nor sudo:$missing" >&2
    exit 2
  }
  as_root="sudo"
fi
echo "Installing from Debian:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { $as_root apt-get update -q && $as_root apt-get install -q -y --no-install-recommends $missing; } \
    >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "setup: apt-get could not install:$missing" >&2
  exit 2
fi
