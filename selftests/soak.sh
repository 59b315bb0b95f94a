#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# As many ports as a lag can have, and many lags: links rise and fall for
# SOAK_SECONDS, afterwards every lag is whole and the kernel's memory has not
# grown.
# Timeout: 14400 s
#
#    A
#   +-----------------------------------------+
#   |  la0 -- a0x0 ------ b0x0 -- lb0         |
#   |         a0x1 ------ b0x1                |
#   |  ...                (SOAK_LAGS of them) |
#   +-----------------------------------------+

ALL_TESTS="
	most_ports
	many_lags
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SEED=${SOAK_SEED:-1}
LONG=${SOAK_SECONDS:-10}
LAGS=${SOAK_LAGS:-16}

setup()
{
	lag_require
	echo "# SOAK_SEED=$SEED SOAK_SECONDS=$LONG SOAK_LAGS=$LAGS"
	modprobe -q veth || true
}

soak()
{
	setup_ns A
	in_ns "$A" python3 "$HERE/soak.py" "seconds=$LONG" \
		"seed=$SEED" "$@"
}

most_ports()
{
	soak lags=1 ports=64
}

many_lags()
{
	soak "lags=$LAGS" ports=2
}

run_tests
exit "${EXIT_STATUS:?}"
