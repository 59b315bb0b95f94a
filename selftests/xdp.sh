#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A program of generic XDP on a lag sees what its ports receive, LACPDUs not
# among them.
#
#    A                 B
#   +------------+    +-------------+
#   |  lag0 a1 --|----|-- b1  peer0 |
#   |       a2 --|----|-- b2        |
#   +------------+    +-------------+

ALL_TESTS="
	generic
	ports_keep_their_partner
	native_is_refused
	goes_with_the_lag
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
}

xdp()
{
	in_ns "$A" python3 -SE "$HERE/xdp.py" "$@"
}

agreed()
{
	pair 2 lag lacp_rate fast
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
	wait_for 5 reaches "$B" 192.0.2.1
}

generic()
{
	local before

	agreed
	xdp lag0 on
	before=$(rx_packets "$A" lag0)
	not reaches "$B" 192.0.2.1
	more_than "$before" rx_packets "$A" lag0
	xdp lag0 off
	wait_for 5 reaches "$B" 192.0.2.1
}

ports_keep_their_partner()
{
	agreed
	xdp lag0 on
	# Three times the short timeout
	stays 9 none why "$A" a1
	expect none why "$A" a2
	distributing "$A" lag0 2
}

native_is_refused()
{
	agreed
	not xdp lag0 native >"$WORK/said"
	expect EOPNOTSUPP sed s/ENOTSUP$/EOPNOTSUPP/ "$WORK/said"
	wait_for 5 reaches "$B" 192.0.2.1
}

goes_with_the_lag()
{
	agreed
	xdp lag0 on
	ip -n "$A" link del lag0
	not ip -n "$A" link show lag0 >/dev/null 2>&1
}

run_tests
exit "${EXIT_STATUS:?}"
