#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A cable is moved to another partner without a loss of carrier, as behind a
# media converter: the port leaves the LAG and says why, the other stays.  When
# the cable is back the port rejoins.  The same for a partner of another key.
#
#    A                              B
#   +------------+                 +----------------------+
#   |       a1 --|-----------------|-- b1  partner 1      |
#   |  lag0      |                 |                      |
#   |       a2 --|-----------------|-- b2  partner 1 or 2 |
#   +------------+                 +----------------------+

ALL_TESTS="
	other_system
	back_home
	other_key
	individual
	both_moved
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	plug "$B" b1
	plug "$B" b2
	join "$A" lag0 a1 a2
	slow_start "$B" partner b1
	FIRST=$SLOW
	slow_start "$B" partner b2 number=2
	wait_for 10 distributing "$A" lag0 2
}

# b2 gets this partner; a1 has the LAG to itself
moved()
{
	slow_start "$B" partner b2 number=2 "$@"
	wait_is 5 partner-differs why "$A" a2
	expect 0 port_get "$A" a2 slots
	not actor_says "$A" a2 in_sync
	stays 3 distributing port_get "$A" a1 state
	expect partner-differs why "$A" a2
	expect 256 port_get "$A" a1 slots
	expect 02:aa:00:00:00:01 lag_get "$A" lag0 ad_info.partner_mac
	expect 7 lag_get "$A" lag0 ad_info.partner_key
	carrier "$A" lag0
	stop "$SLOW"
}

other_system()
{
	stop "$SLOW"
	moved system=02:bb:00:00:00:01
	expect 02:bb:00:00:00:01 port_get "$A" a2 partner.system
}

back_home()
{
	slow_start "$B" partner b2 number=2
	wait_for 5 distributing "$A" lag0 2
	expect none why "$A" a2
	expect 128 port_get "$A" a2 slots
	stop "$SLOW"
}

other_key()
{
	moved key=8
}

# Aggregation clear: 0x3b
individual()
{
	slow_start "$B" partner b2 number=2 state=0x3b
	wait_is 5 partner-individual why "$A" a2
	expect 0 port_get "$A" a2 slots
	expect distributing port_get "$A" a1 state
	stop "$SLOW"
}

# Both cables go to the second partner: the lag follows
both_moved()
{
	stop "$FIRST"
	slow_start "$B" partner b1 b2 system=02:bb:00:00:00:01
	wait_is 10 02:bb:00:00:00:01 lag_get "$A" lag0 ad_info.partner_mac
	wait_for 10 distributing "$A" lag0 2
	stop "$SLOW"
}

run_tests
exit "${EXIT_STATUS:?}"
