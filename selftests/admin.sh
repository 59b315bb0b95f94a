#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A port is taken out of service and back: draining loses no frame and tells
# the partner, disabled is silent, either can be undone.  updelay holds a link
# back that has just risen.
#
#    A                              B (lag), D (bond)
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	drain_under_traffic
	drain_with_bonding
	disabled_is_silent
	updelay_holds_back
	drained_last_port
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 2 bond lacp_rate fast
	C=$A D=$B
	pair 2 lag lacp_rate fast
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	wait_for 10 distributing "$C" lag0 2
}

# admin NS PORT WORD
admin()
{
	ip -n "$1" link set "$2" type lag_slave admin "$3"
}

# Datagrams both ways while a2 goes out of service and back, twice
no_frame_lost()
{
	local ns=$1 far=$2 said file sent

	rm -f "$WORK/enough"
	traffic udp "$ns" "$far" 192.0.2.2 flows=16 rate=400 count=10000 \
		until="$WORK/enough" >"$WORK/there" &
	traffic udp "$far" "$ns" 192.0.2.1 flows=16 rate=400 count=10000 \
		until="$WORK/enough" port=8000 >"$WORK/back" &
	for _ in 1 2; do
		sent=$(rx_packets "$ns" lag0)
		wait_for 5 more_than $((sent + 100)) rx_packets "$ns" lag0
		admin "$ns" a2 draining
		wait_is 3 0 port_get "$ns" a2 slots
		wait_is 5 detached port_get "$ns" a2 state
		expect draining why "$ns" a2
		admin "$ns" a2 enabled
		wait_for 10 distributing "$ns" lag0 2
	done
	touch "$WORK/enough"
	wait %1
	wait %2
	for file in there back; do
		said=$(cat "$WORK/$file")
		expect 0 reckon 'at("lost")' "$said"
		expect 0 reckon 'at("duplicates")' "$said"
	done
}

drain_under_traffic()
{
	no_frame_lost "$A" "$B"
	wait_for 5 distributing "$B" peer0 2
}

drain_with_bonding()
{
	wait_for 5 reaches "$C" 192.0.2.2
	no_frame_lost "$C" "$D"
}

disabled_is_silent()
{
	admin "$A" a1 disabled
	wait_is 2 disabled why "$A" a1
	expect 0 port_get "$A" a1 slots
	wait_for 2 distributing "$B" peer0 1
	stays 2 "$(port_get "$A" a1 counters.lacpdu_tx)" \
		port_get "$A" a1 counters.lacpdu_tx
	wait_for 5 reaches "$A" 192.0.2.2
	admin "$A" a1 enabled
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
}

updelay_holds_back()
{
	local risen

	ip -n "$A" link set lag0 type lag updelay 1500
	expect distributing port_get "$A" a2 state
	unplug "$B" b2
	wait_is 2 no-carrier why "$A" a2
	risen=$(now_ms)
	plug "$B" b2
	wait_is 2 updelay why "$A" a2
	between 1 1500 port_get "$A" a2 why_ms
	expect 0 port_get "$A" a2 slots
	wait_for 10 distributing "$A" lag0 2
	(($(now_ms) - risen >= 1400))
	ip -n "$A" link set lag0 type lag updelay 0
}

# Nobody takes over: the lag is without carrier, and comes back
drained_last_port()
{
	admin "$A" a1 draining
	admin "$A" a2 draining
	wait_for 5 not carrier "$A" lag0
	expect draining why "$A" a1
	expect draining why "$A" a2
	admin "$A" a1 enabled
	wait_for 10 distributing "$A" lag0 1
	admin "$A" a2 enabled
	wait_for 10 distributing "$A" lag0 2
	wait_for 5 reaches "$A" 192.0.2.2
}

run_tests
exit "${EXIT_STATUS:?}"
