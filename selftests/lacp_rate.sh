#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lacp_rate is what this end asks of its partner: the partner sees the Timeout
# bit, and the partner's LACPDUs come at that rate.  It changes live, the LAG
# stays.
#
#    A (slow at first)              B (fast)
#   +------------+                 +------------+
#   |  lag0 - a1-|-----------------|-b1 - peer0 |
#   +------------+                 +------------+

ALL_TESTS="
	each_end_gets_what_it_asks
	fast_live
	slow_live
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 1 lag
	wait_for 5 distributing "$A" lag0 1
	wait_for 5 distributing "$B" peer0 1
	GENERATION=$(lag_get "$A" lag0 generation)
}

sent()
{
	port_get "$1" "$2" counters.lacpdu_tx
}

# B's fast request makes A speak each second, A's slow one keeps B silent
each_end_gets_what_it_asks()
{
	local from_a from_b

	not partner_says "$B" b1 short_timeout
	partner_says "$A" a1 short_timeout
	expect slow_periodic port_get "$B" b1 periodic_machine
	expect fast_periodic port_get "$A" a1 periodic_machine
	from_a=$(sent "$A" a1)
	from_b=$(sent "$B" b1)
	wait_for 6 more_than $((from_a + 3)) sent "$A" a1
	not more_than $((from_b + 1)) sent "$B" b1
}

fast_live()
{
	local from_b

	ip -n "$A" link set lag0 type lag lacp_rate fast
	wait_for 3 partner_says "$B" b1 short_timeout
	wait_is 3 fast_periodic port_get "$B" b1 periodic_machine
	from_b=$(sent "$B" b1)
	wait_for 5 more_than $((from_b + 2)) sent "$B" b1
	kept
}

slow_live()
{
	ip -n "$A" link set lag0 type lag lacp_rate slow
	wait_for 3 not partner_says "$B" b1 short_timeout
	wait_is 3 slow_periodic port_get "$B" b1 periodic_machine
	kept
}

kept()
{
	expect "$GENERATION" lag_get "$A" lag0 generation
	expect distributing port_get "$A" a1 state
	expect distributing port_get "$B" b1 state
}

run_tests
exit "${EXIT_STATUS:?}"
