#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In a guest with a debug kernel: a run of the selftests that holds no bug
# passes, and one that holds a bug fails, for the kernel's complaint.
#
# Usage: run.sh BUG...

set -u

cd "$(dirname "$0")/../.." || exit 1
number=0
status=0

# verdict COMMAND...: of one bug, with $out for the curious
verdict() {
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - seeded $bug"
		return
	fi
	status=1
	echo "not ok $number - seeded $bug"
	echo "#   ${out//$'\n'/$'\n'#   }"
}

run() {
	out=$(SEEDED_BUG=$bug bash tools/vm/run_selftests.sh seeded/bug.sh 2>&1)
}

passed() {
	run && grep -q "^ok .*: $bug\$" <<<"$out"
}

noticed() {
	! run && grep -q "^ok .*: $bug\$" <<<"$out" &&
		grep -q "^not ok .*: the kernel complained\$" <<<"$out"
}

echo "TAP version 13"
echo "1..$(($# + 1))"
bug=none
verdict passed
for bug; do
	verdict noticed
done
exit "$status"
