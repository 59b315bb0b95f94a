#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Carrier needs min_links ports that distribute, not merely have a link; it is
# min_links that is named where they are too few.  max_links keeps the rest in
# reserve, by port priority.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   |       a3 --|-----------------|-- b3       |
#   +------------+                 +------------+

ALL_TESTS="
	enough
	too_few
	link_without_partner_does_not_count
	changed_live
	zero_means_one
	max_links_keeps_a_reserve
	reserve_takes_over
	not_revertive
	revertive
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	# The lower system identifier decides who is in reserve
	pair 3 lag lacp_rate fast min_links 2 ad_actor_sys_prio 1
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
}

enough()
{
	unplug "$B" b3
	wait_is 2 2 lag_get "$A" lag0 num_distributing
	carrier "$A" lag0
	expect none lag_get "$A" lag0 carrier_reason
}

too_few()
{
	unplug "$B" b2
	wait_for 3 not carrier "$A" lag0
	expect min-links lag_get "$A" lag0 carrier_reason
	# The protocol does not depend on it: the partner may see it otherwise
	expect distributing port_get "$A" a1 state
	plug "$B" b2
	wait_for 5 distributing "$A" lag0 2
	wait_for 3 carrier "$A" lag0
}

link_without_partner_does_not_count()
{
	unplug "$B" b2
	wait_for 3 not carrier "$A" lag0
	ip -n "$B" link set b3 nomaster
	plug "$B" b3
	wait_is 3 UP port_get "$A" a3 mii_status
	stays 2 min-links lag_get "$A" lag0 carrier_reason
	not carrier "$A" lag0
}

changed_live()
{
	ip -n "$A" link set lag0 type lag min_links 1
	wait_for 3 carrier "$A" lag0
	ip -n "$A" link set lag0 type lag min_links 3
	wait_for 3 not carrier "$A" lag0
	expect min-links lag_get "$A" lag0 carrier_reason
}

zero_means_one()
{
	ip -n "$A" link set lag0 type lag min_links 0
	wait_for 3 carrier "$A" lag0
	unplug "$B" b1
	wait_for 3 not carrier "$A" lag0
	plug "$B" b1
	plug "$B" b2
	join "$B" peer0 b3
	wait_for 10 distributing "$A" lag0 3
	wait_for 10 distributing "$B" peer0 3
}

max_links_keeps_a_reserve()
{
	ip -n "$A" link set a1 type lag_slave actor_port_prio 300
	wait_for 10 distributing "$A" lag0 3
	ip -n "$A" link set lag0 type lag max_links 2
	wait_is 5 standby port_get "$A" a1 state
	expect standby why "$A" a1
	expect 0 port_get "$A" a1 slots
	expect 2 lag_get "$A" lag0 num_distributing
	expect 1 lag_get "$A" lag0 num_standby
	not actor_says "$A" a1 in_sync
	# The partner keeps off it
	wait_for 3 distributing "$B" peer0 2
	wait_is 3 partner-out-of-sync why "$B" b1
}

reserve_takes_over()
{
	unplug "$B" b2
	wait_is 5 distributing port_get "$A" a1 state
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
}

# The better port is back: what carries traffic goes on
not_revertive()
{
	plug "$B" b2
	wait_is 5 standby port_get "$A" a2 state
	expect distributing port_get "$A" a1 state
	expect distributing port_get "$A" a3 state
}

revertive()
{
	ip -n "$A" link set lag0 type lag revertive on
	wait_is 5 distributing port_get "$A" a2 state
	expect standby port_get "$A" a1 state
	ip -n "$A" link set lag0 type lag max_links 0
	wait_for 10 distributing "$A" lag0 3
}

run_tests
exit "${EXIT_STATUS:?}"
