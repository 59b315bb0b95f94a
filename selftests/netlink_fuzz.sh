#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whatever a request for a lag or a port says, of whatever length, kind and
# value, it is done whole or refused and changes nothing; and who asks for all
# links gets them all while they change.
# Timeout: 1200 s
#
# What is sent follows from FUZZ_SEED: FUZZ_COUNT random requests, and FUZZ_LAGS
# lags of eight ports.
#
#    A
#   +-------------------------------+
#   |  lag0 -- a1     a2     (lag1) |
#   +-------------------------------+

ALL_TESTS="
	lengths
	ranges
	kinds
	cut
	trees
	dumps
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SEED=${FUZZ_SEED:-1}
COUNT=${FUZZ_COUNT:-3000}
LAGS=${FUZZ_LAGS:-16}

setup()
{
	lag_require modprobe
	echo "# FUZZ_SEED=$SEED FUZZ_COUNT=$COUNT FUZZ_LAGS=$LAGS"
	modprobe -q dummy numdummies=0 || skip_all "needs the driver dummy"
}

fuzz()
{
	setup_ns A
	in_ns "$A" python3 "$HERE/netlink_fuzz.py" "$1" \
		"seed=$SEED" "count=$COUNT" "lags=$LAGS"
}

for name in $ALL_TESTS; do
	eval "$name() { fuzz $name; }"
done

run_tests
exit "${EXIT_STATUS:?}"
