#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The README's two commands in an empty Debian 12 tree: debootstrap, then, in a chroot, a clone
# of HEAD, `make run` and `make test`. Shows that nothing was missing. Needs root and
# debootstrap; takes its packages from where this machine takes them.
#
# FRESH_COMMANDS: which make targets (default "run test").
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "make fresh: needs root (debootstrap, chroot)" >&2; exit 2; }
command -v debootstrap >/dev/null || {
  echo "Installing from Debian: debootstrap"
  apt-get update -qq && apt-get install -qq -y --no-install-recommends debootstrap >/dev/null
}
tree=$(mktemp -d /var/tmp/tandem-fresh.XXXXXX)
# Not only root walks through it: daemons of the packages run as users of their own.
chmod 755 "$tree"
commands=${FRESH_COMMANDS:-run test}
cleanup() {
  case "$tree" in /var/tmp/tandem-fresh.*) ;; *) return ;; esac
  for mount in dev/pts proc; do umount "$tree/$mount" 2>/dev/null || true; done
  # Never remove a tree in which something of this machine is still mounted.
  if grep -q " $tree/" /proc/mounts; then
    echo "make fresh: $tree is still in use and was left there" >&2
    return
  fi
  rm -rf --one-file-system "$tree"
}
trap cleanup EXIT
trap 'exit 2' INT TERM

# Where this machine's packages come from: the first deb line or deb822 URI.
mirror=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p; s/^URIs: *\([^ ]*\).*/\1/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
[ -n "$mirror" ] || { echo "make fresh: no Debian source found in /etc/apt" >&2; exit 2; }
echo "debootstrap bookworm"
log=$(mktemp)
# make is what the user types; git brings the clone.
debootstrap --variant=minbase --include=make,git,ca-certificates bookworm "$tree" "$mirror" >"$log" 2>&1 ||
  { tail -n 5 "$log" >&2; echo "make fresh: debootstrap failed" >&2; exit 2; }
rm -f "$log"
# The network's settings of this machine: name service, package sources, certificates.
for path in etc/resolv.conf etc/hosts etc/apt/apt.conf.d etc/apt/sources.list etc/apt/sources.list.d \
    usr/share/keyrings etc/ssl/certs usr/local/share/ca-certificates; do
  [ -e "/$path" ] || continue
  mkdir -p "$tree/$(dirname "$path")"
  cp -rL "/$path" "$tree/$(dirname "$path")/" 2>/dev/null || true
done
mount -t proc proc "$tree/proc"
# Terminals of its own: a test shows progress on one.
mkdir -p "$tree/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$tree/dev/pts"
[ -e "$tree/dev/ptmx" ] || ln -s pts/ptmx "$tree/dev/ptmx"
git clone -q . "$tree/srv/tandem"
for command in $commands; do
  echo "=== make $command, in an empty Debian tree"
  start=$(date +%s)
  chroot "$tree" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    make -C /srv/tandem "$command"
  echo "=== make $command passed, $(($(date +%s) - start)) s"
done
echo "fresh: nothing was missing"
