#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every mode into every other, while both ends are up: what the mode says holds
# at once, traffic goes on, and what a change does not demand loses nothing.
#
#    A                              B
#   +------------+                 +------------+
#   |  lag0 a1 --|-----------------|-- b1 peer0 |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	every_mode_to_every_other
	nothing_is_lost_between_modes_that_use_all_ports
	the_partner_is_told_when_lacp_ends
	down_and_without_ports
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

MODES="static balance-rr active-backup broadcast lacp"

setup()
{
	lag_require
	pair 2 lag lacp_rate fast
	wait_for 10 distributing "$A" lag0 2
}

# mode MODE: at both ends
mode()
{
	ip -n "$A" link set lag0 type lag mode "$1"
	ip -n "$B" link set peer0 type lag mode "$1"
	expect "$1" lag_get "$A" lag0 mode
}

# How many ports the mode uses
used()
{
	if [ "$1" = active-backup ]; then
		echo 1
	else
		echo 2
	fi
}

works()
{
	wait_for 10 distributing "$A" lag0 "$(used "$1")"
	wait_for 10 distributing "$B" peer0 "$(used "$1")"
	wait_for 5 reaches "$A" 192.0.2.2
	wait_for 5 reaches "$B" 192.0.2.1
}

every_mode_to_every_other()
{
	local from to

	for from in $MODES; do
		for to in $MODES; do
			[ "$from" != "$to" ] || continue
			mode "$from"
			works "$from"
			mode "$to"
			works "$to"
		done
	done
}

nothing_is_lost_between_modes_that_use_all_ports()
{
	local to sent

	mode static
	works static
	rm -f "$WORK/enough"
	traffic udp "$A" "$B" 192.0.2.2 flows=4 count=10000 rate=400 \
		until="$WORK/enough" >"$WORK/said" &
	for to in balance-rr broadcast static broadcast balance-rr static; do
		ip -n "$A" link set lag0 type lag mode "$to"
		expect 2 lag_get "$A" lag0 num_distributing
		carrier "$A" lag0
		sent=$(tx_packets "$A" lag0)
		wait_for 5 more_than $((sent + 50)) tx_packets "$A" lag0
	done
	touch "$WORK/enough"
	wait $!
	sed 's/^/# /' "$WORK/said"
	expect 0 reckon 'at("lost")' "$(cat "$WORK/said")"
}

the_partner_is_told_when_lacp_ends()
{
	local expired

	mode lacp
	works lacp
	expired=$(port_get "$B" b1 counters.expired)
	ip -n "$A" link set lag0 type lag mode active-backup
	wait_for 1 not carrier "$B" peer0
	# It did not have to find out by the timeout of 3 s
	expect "$expired" port_get "$B" b1 counters.expired
	ip -n "$A" link set lag0 type lag mode lacp
	works lacp
}

down_and_without_ports()
{
	local to

	ip -n "$A" link add lag1 type lag
	ip -n "$A" link set lag0 down
	for to in $MODES; do
		ip -n "$A" link set lag0 type lag mode "$to"
		ip -n "$A" link set lag1 type lag mode "$to"
	done
	expect lag-down lag_get "$A" lag0 carrier_reason
	ip -n "$A" link set lag0 up
	ip -n "$A" link set lag1 up
	works lacp
	for to in $MODES; do
		ip -n "$A" link set lag1 type lag mode "$to"
		expect no-port lag_get "$A" lag1 carrier_reason
	done
	ip -n "$A" link del lag1
}

run_tests
exit "${EXIT_STATUS:?}"
