#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# campaign.py, told by a program in tandem's place: what is a kill, what is an error, and that an
# interrupted campaign leaves no table behind.
#
# Exit 0: as it should be; 1: not so.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf -- "${dir:?}"' EXIT
failed=0

complain() {
  echo "FAILED: $*" >&2
  failed=1
}

# Mutant 1 fails a check, 2 crashes, 3 survives; SLOW: every run takes long.
cat >"$dir/tandem" <<'END'
#!/usr/bin/env bash
for word in "$@"; do [[ $word != --json=* ]] || json=${word#--json=}; done
[ -z "${SLOW:-}" ] || exec sleep 5
case $TANDEM_MUTANT in
  1) echo '{"counters": {"cycles": 9}, "mismatch": {"check": "fault", "what": "w", "cycle": 7}}' >"$json"; exit 1 ;;
  2) kill -SEGV $$ ;;
esac
echo '{"counters": {"cycles": 9}}' >"$json"
END
chmod +x "$dir/tandem"
for number in 1 2 3; do
  echo "mutate -ctrl mutsel 10 $number -mode inv -cell c$number -port Y -portbit 0"
done >"$dir/list.txt"
printf '%s 10 1\n' one two three >"$dir/stimuli.txt"

ask() { # OUT
  "$here/campaign.py" --tandem "$dir/tandem" --dut none --list "$dir/list.txt" \
    --stimuli "$dir/stimuli.txt" --jobs 1 --out "$1"
}

ask "$dir/result.json" >"$dir/log" 2>&1 || complain "the campaign ends with status $?: $(<"$dir/log")"
status=0
"$here/report.py" "$dir/result.json" >"$dir/table" || status=$?
[ $status = 1 ] || complain "a mutant that crashes leaves the report's status $status"
grep -q '^error  *2 .*exit status -11' "$dir/table" || complain "the crash is not called an error"
grep -q '^survived  *3 ' "$dir/table" || complain "mutant 3 does not survive"
grep -q '^  fault  *1$' "$dir/table" || complain "mutant 1 is not killed by its check"

status=0
SLOW=1 timeout --foreground --preserve-status -s INT 1 "$here/campaign.py" --tandem "$dir/tandem" --dut none \
  --list "$dir/list.txt" --stimuli "$dir/stimuli.txt" --jobs 1 --out "$dir/none.json" \
  >"$dir/log" 2>&1 || status=$?
[ $status = 2 ] || complain "an interrupted campaign ends with status $status"
[ "$(tail -n 1 "$dir/log")" = "campaign.py: interrupted: nothing was written." ] ||
  complain "an interrupted campaign says: $(tail -n 1 "$dir/log")"
[ ! -e "$dir/none.json" ] || complain "an interrupted campaign leaves a table"
exit $failed
