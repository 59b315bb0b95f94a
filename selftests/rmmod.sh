#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module goes while lags are up, with ports and traffic: the ports are
# released as they were, the partner is told, nothing stays; it can be loaded
# again, by itself when the first lag is made.
#
#    A (lag)                        B (bond)
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	loading_makes_no_device
	goes_with_ports_and_traffic
	comes_by_itself
	goes_while_being_used
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require rmmod modprobe
	rmmod lag || skip_all "lag cannot be unloaded here"
	modprobe lag
}

names()
{
	ip -o link show | cut -d : -f 2 | sort
}

loading_makes_no_device()
{
	local before

	rmmod lag
	before=$(names)
	modprobe lag
	expect "$before" names
	not test -e /sys/module/lag/parameters
}

goes_with_ports_and_traffic()
{
	pair 2 bond lacp_rate fast
	wait_for 10 distributing "$A" lag0 2
	wait_is 5 63 port_get "$B" b1 ad_actor_oper_port_state
	ip -n "$A" link add link lag0 name lag0.7 up type vlan id 7
	careless traffic udp "$A" "$B" 192.0.2.2 flows=8 count=500 \
		rate=1000 &
	wait_for 5 reaches "$A" 192.0.2.2
	rmmod lag
	not ip -n "$A" link show dev lag0
	not ip -n "$A" link show dev lag0.7
	expect null link_get "$A" a1 master
	not test -e /sys/module/lag
	# The goodbye, long before a timeout
	wait_for 2 not partner_says "$B" b1 in_sync
	wait
	modprobe lag
}

comes_by_itself()
{
	rmmod lag
	setup_ns X
	ip -n "$X" link add lag0 type lag
	test -e /sys/module/lag
	expect lacp lag_get "$X" lag0 mode
}

use_it()
{
	local i

	for i in 1 2 3 4 5 6 7 8; do
		ip -n "$X" -d link show dev lag0
		ip -n "$X" link set lag0 type lag min_links "$i"
		ip -n "$X" link set "x$((i % 4 + 1))" nomaster
	done
}

# Readers and writers of the options while it goes: they may fail, no more
goes_while_being_used()
{
	local round i

	for round in 1 2 3; do
		setup_ns X Y
		ip -n "$X" link add lag0 up type lag lacp_rate fast
		ip -n "$Y" link add lag0 up type lag lacp_rate fast
		for i in 1 2 3 4; do
			cable "$X" "x$i" "$Y" "y$i"
			join "$X" lag0 "x$i"
			join "$Y" lag0 "y$i"
		done
		careless use_it &
		rmmod lag
		wait
		not ip -n "$X" link show dev lag0
		expect null link_get "$Y" y1 master
		modprobe lag
	done
}

run_tests
exit "${EXIT_STATUS:?}"
