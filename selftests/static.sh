#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mode static: no protocol, every port with a link carries traffic; flows are
# spread over them and fail over.  The partner is bonding's balance-xor.
#
#    A (lag, static)                B (bond, balance-xor)
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   |       a3 --|-----------------|-- b3       |
#   +------------+                 +------------+

ALL_TESTS="
	carrier_with_a_link
	multicasts_are_counted
	says_nothing
	spread
	failover
	no_link_no_carrier
	to_lacp_and_back
	port_that_is_a_lag
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	local i

	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 type lag mode static hash_seed 1
	ip -n "$B" link add peer0 type bond mode balance-xor miimon 50
	for i in 1 2 3; do
		cable "$A" "a$i" "$B" "b$i"
		join "$A" lag0 "a$i"
		join "$B" peer0 "b$i"
	done
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$B" addr add 192.0.2.2/24 dev peer0
	ip -n "$A" link set lag0 up
	ip -n "$B" link set peer0 up
	wait_for 3 distributing "$A" lag0 3
}

carrier_with_a_link()
{
	expect none lag_get "$A" lag0 carrier_reason
	expect distributing port_get "$A" a1 state
	expect none why "$A" a1
	expect 30000 lag_get "$A" lag0 speed
	wait_for 5 reaches "$A" 192.0.2.2
}

multicasts()
{
	link_get "$A" lag0 stats64.rx.multicast
}

# As those of a device; and they stay when the port goes
multicasts_are_counted()
{
	local before

	before=$(multicasts)
	slow "$B" send b1 kind=hex count=7 \
		hex="01005e00000902aa0000000188b5$(printf '%092d' 0)"
	wait_for 3 more_than $((before + 6)) multicasts
	before=$(multicasts)
	ip -n "$A" link set a1 nomaster
	more_than $((before - 1)) multicasts
	join "$A" lag0 a1
	wait_for 3 distributing "$A" lag0 3
}

says_nothing()
{
	expect 0 port_get "$A" a1 counters.lacpdu_tx
	expect 0 port_get "$A" a2 counters.lacpdu_tx
}

# used: number of flows that each port of B saw
used()
{
	reckon '{port: len(flows) for port, flows in _["flows"].items()}' \
		"$(traffic udp "$A" "$B" 192.0.2.2 flows=60 count=2 \
			watch=b1,b2,b3)"
}

spread()
{
	local used

	used=$(used)
	expect 60 reckon 'sum(_.values())' "$used"
	expect true reckon 'all(number > 5 for number in _.values())' "$used"
	expect true traffic_get equal tcp "$A" "$B" 192.0.2.2
	expect true traffic_get equal tcp "$B" "$A" 192.0.2.1
}

failover()
{
	local used

	unplug "$B" b2
	wait_is 2 no-carrier why "$A" a2
	expect 0 port_get "$A" a2 slots
	used=$(used)
	expect 0 reckon '_["b2"]' "$used"
	expect 60 reckon 'sum(_.values())' "$used"
	plug "$B" b2
	wait_for 2 distributing "$A" lag0 3
}

no_link_no_carrier()
{
	local port

	for port in b1 b2 b3; do
		unplug "$B" "$port"
	done
	wait_for 3 not carrier "$A" lag0
	expect no-carrier lag_get "$A" lag0 carrier_reason
	for port in b1 b2 b3; do
		plug "$B" "$port"
	done
	wait_for 3 distributing "$A" lag0 3
}

# Nobody speaks LACP there: it stops, says why, and starts again
to_lacp_and_back()
{
	ip -n "$A" link set lag0 type lag mode lacp
	wait_for 3 not carrier "$A" lag0
	wait_is 5 no-lacpdu why "$A" a1
	expect no-partner lag_get "$A" lag0 carrier_reason
	ip -n "$A" link set lag0 type lag mode static
	wait_for 3 distributing "$A" lag0 3
	wait_for 5 reaches "$A" 192.0.2.2
}

# How fast it is depends on how many ports it has just now
port_that_is_a_lag()
{
	local changes

	ip -n "$A" link add lag1 up type lag mode active-backup
	join "$A" lag1 lag0
	wait_is 5 30000 lag_get "$A" lag1 speed
	changes=$(port_get "$A" lag0 counters.carrier_changes)
	unplug "$B" b2
	wait_is 5 20000 lag_get "$A" lag0 speed
	wait_is 5 20000 lag_get "$A" lag1 speed
	plug "$B" b2
	wait_is 5 30000 lag_get "$A" lag1 speed
	expect "$changes" port_get "$A" lag0 counters.carrier_changes
}

run_tests
exit "${EXIT_STATUS:?}"
