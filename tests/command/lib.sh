# SPDX-License-Identifier: Apache-2.0
# What the scripts of this folder share; sourced. TANDEM is the program under test; the
# current folder is the top of the source tree, and is never left.
: "${TANDEM:?TANDEM is not set; run this through ctest}"
[ -x "$TANDEM" ] || { echo "$TANDEM: no such program" >&2; exit 2; }

dir=$(mktemp -d /tmp/tandem-command-XXXXXX) || exit 2

remove_folder() {
  if [ -n "$dir" ] && [ -d "$dir" ]; then
    case $dir in
      /tmp/tandem-command-*) rm -rf "$dir" ;;
    esac
  fi
}
trap remove_folder EXIT

failures=0

wrong() {
  echo "WRONG: $*" >&2
  [ ! -s "$dir/out" ] || sed 's/^/  out: /' "$dir/out" | tail -n 12 >&2
  [ ! -s "$dir/err" ] || sed 's/^/  err: /' "$dir/err" | tail -n 12 >&2
  failures=$((failures + 1))
}

# Run "$@" after the expected exit status; keep its output in $dir/out and $dir/err.
expect() {
  local status=$1 found=0
  shift
  last="$*"
  "$@" >"$dir/out" 2>"$dir/err" </dev/null || found=$?
  [ "$found" -eq "$status" ] || wrong "exit status $found, not $status: $last"
}

# Run "$@", which must succeed, on a terminal; what it shows there is kept in $dir/out.
on_terminal() {
  : >"$dir/err"
  python3 - "$dir/out" "$@" <<'END' || wrong "it failed on a terminal: $last"
import os, pty, sys
output = open(sys.argv[1], "wb")
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    output.write(data)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
END
}

# The last command's standard output, or standard error, holds the words.
prints() { grep -qF -e "$1" "$dir/out" || wrong "does not print '$1': $last"; }
says() { grep -qF -e "$1" "$dir/err" || wrong "does not say '$1': $last"; }
prints_not() { ! grep -qF -e "$1" "$dir/out" || wrong "prints '$1': $last"; }

# It said exactly one line, with these words.
says_once() {
  says "$1"
  [ "$(wc -l <"$dir/err")" -eq 1 ] || wrong "says more or less than one line: $last"
}

says_nothing() { [ ! -s "$dir/err" ] || wrong "says something: $last"; }

finish() {
  [ "$failures" -eq 0 ] || { echo "$failures wrong" >&2; exit 1; }
  echo "all as expected"
}
