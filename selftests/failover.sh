#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One of four ports loses carrier under traffic: its flows, and no others, move
# at once; when it is back they come home.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |       a2 --|--------X--------|-- b2       |
#   |  lag0      |                 |     peer0  |
#   |       a3 --|-----------------|-- b3       |
#   |       a4 --|-----------------|-- b4       |
#   +------------+                 +------------+

ALL_TESTS="
	slots_move_and_come_home
	only_its_flows_move
	traffic_goes_on
	last_port_lost
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 4 lag lacp_rate fast
	wait_for 10 distributing "$A" lag0 4
	wait_for 10 distributing "$B" peer0 4
	wait_for 5 reaches "$A" 192.0.2.2
}

slots()
{
	local port

	for port in a1 a2 a3 a4; do
		port_get "$A" "$port" slots
	done | sort | xargs
}

slots_move_and_come_home()
{
	local table generation

	table=$(lag_get "$A" lag0 slot_table)
	generation=$(lag_get "$A" lag0 generation)
	expect "64 64 64 64" slots
	unplug "$B" b2
	wait_is 2 no-carrier why "$A" a2
	expect "0 85 85 86" slots
	wait_is 2 DOWN port_get "$A" a2 mii_status
	expect 1 port_get "$A" a2 link_failure_count
	plug "$B" b2
	wait_for 5 distributing "$A" lag0 4
	expect "$table" lag_get "$A" lag0 slot_table
	not is "$generation" lag_get "$A" lag0 generation
	wait_for 5 distributing "$B" peer0 4
}

flows()
{
	traffic_get flows udp "$A" "$B" 192.0.2.2 flows=64 count=1 \
		watch=b1,b2,b3,b4
}

# moved BEFORE AFTER PORT: how many flows that PORT did not carry before are
# elsewhere now
moved()
{
	reckon "sum(flow not in _[1][port] for port in _[0]
		if port != '$3' for flow in _[0][port])" "[$1,$2]"
}

only_its_flows_move()
{
	local before during after

	before=$(flows)
	unplug "$B" b2
	wait_is 2 no-carrier why "$A" a2
	during=$(flows)
	expect 0 reckon 'len(_["b2"])' "$during"
	expect 64 reckon 'sum(len(flows) for flows in _.values())' "$during"
	expect 0 moved "$before" "$during" b2
	plug "$B" b2
	wait_for 5 distributing "$A" lag0 4
	wait_for 5 distributing "$B" peer0 4
	after=$(flows)
	expect "$before" echo "$after"
}

# A cable is pulled and plugged again and again while numbered datagrams go
# both ways.  What was on its way in the cable may be lost, no more.
traffic_goes_on()
{
	local port said sent

	traffic udp "$A" "$B" 192.0.2.2 flows=16 rate=400 count=10000 \
		until="$WORK/enough" >"$WORK/there" &
	traffic udp "$B" "$A" 192.0.2.1 flows=16 rate=400 count=10000 \
		until="$WORK/enough" port=8000 >"$WORK/back" &
	for port in 2 3; do
		sent=$(tx_packets "$A" lag0)
		wait_for 5 more_than $((sent + 200)) tx_packets "$A" lag0
		unplug "$B" "b$port"
		wait_is 2 no-carrier why "$A" "a$port"
		plug "$B" "b$port"
		wait_for 5 distributing "$A" lag0 4
		wait_for 5 distributing "$B" peer0 4
	done
	touch "$WORK/enough"
	wait %1
	wait %2
	cat "$WORK/there" "$WORK/back" | sed 's/^/# /'
	for said in there back; do
		said=$(cat "$WORK/$said")
		between 0 8 reckon 'at("lost")' "$said"
		expect 0 reckon 'at("duplicates")' "$said"
	done
}

last_port_lost()
{
	local port

	for port in b1 b2 b3 b4; do
		unplug "$B" "$port"
	done
	wait_for 3 not carrier "$A" lag0
	wait_is 3 no-carrier lag_get "$A" lag0 carrier_reason
	expect 0 lag_get "$A" lag0 num_distributing
	plug "$B" b3
	wait_for 5 distributing "$A" lag0 1
	wait_for 5 distributing "$B" peer0 1
	wait_for 5 reaches "$A" 192.0.2.2
}

run_tests
exit "${EXIT_STATUS:?}"
