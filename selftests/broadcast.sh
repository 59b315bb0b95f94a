#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mode broadcast: every packet on all ports, so that one that fails costs none.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0 a2 --|-----------------|-- b2 peer0 |
#   |       a3 --|-----------------|-- b3       |
#   +------------+                 +------------+

ALL_TESTS="
	every_packet_on_all_ports
	nothing_is_lost_with_a_port
	what_is_sent_arrives_whole
	counted_once
	as_fast_as_one
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require ethtool
	pair 3 lag mode broadcast
	ip -n "$B" link set peer0 type lag mode static
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
	wait_for 5 reaches "$A" 192.0.2.2
}

# said EXPRESSION: of what udp found
said()
{
	reckon "$1" "$(cat "$WORK/said")"
}

udp()
{
	traffic udp "$A" "$B" 192.0.2.2 watch=b1,b2,b3 "$@" >"$WORK/said"
	sed 's/^/# /' "$WORK/said"
}

every_packet_on_all_ports()
{
	udp flows=4 count=25
	expect 0 said 'at("lost")'
	expect 200 said 'at("duplicates")'
	expect '[4,4,4]' said '[len(flows) for flows in at("flows").values()]'
}

more_packets()
{
	local now

	now=$(tx_packets "$A" lag0)
	: "${BASE:=$now}"
	((now >= BASE + $1)) && unset BASE
}

nothing_is_lost_with_a_port()
{
	rm -f "$WORK/enough"
	udp flows=4 count=10000 rate=400 until="$WORK/enough" &
	wait_for 5 more_packets 200
	unplug "$B" b1
	wait_is 5 no-carrier why "$A" a1
	wait_for 5 more_packets 200
	plug "$B" b1
	wait_for 5 distributing "$A" lag0 3
	unplug "$B" b3
	wait_is 5 no-carrier why "$A" a3
	wait_for 5 more_packets 200
	touch "$WORK/enough"
	wait $!
	expect 0 said 'at("lost")'
	plug "$B" b3
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
}

# Segments that are cut only at the port, each copy by itself
what_is_sent_arrives_whole()
{
	expect true traffic_get equal tcp "$A" "$B" 192.0.2.2
	expect true traffic_get equal tcp "$B" "$A" 192.0.2.1
}

counted_once()
{
	local lag port

	lag=$(tx_packets "$A" lag0)
	port=$(tx_packets "$A" a2)
	udp count=50
	between 50 55 expr "$(tx_packets "$A" lag0)" - "$lag"
	between 50 55 expr "$(tx_packets "$A" a2)" - "$port"
}

as_fast_as_one()
{
	expect 3 lag_get "$A" lag0 num_distributing
	expect 10000 lag_get "$A" lag0 speed
	expect "Speed: 10000Mb/s" speed
	ip -n "$A" link set lag0 type lag mode static
	expect 30000 lag_get "$A" lag0 speed
	expect "Speed: 30000Mb/s" speed
}

speed()
{
	in_ns "$A" ethtool lag0 | grep -o "Speed: .*"
}

run_tests
exit "${EXIT_STATUS:?}"
