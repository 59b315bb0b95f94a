#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# MTU and address of a lag are those of its ports: set on the lag they go to all
# ports or to none; LACP goes on, and its system identifier follows the address.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	mtu_goes_to_all_ports
	mtu_is_rolled_back
	mtu_of_a_port_is_the_lags
	large_frames
	address_goes_to_all_ports
	chosen_system_stays
	address_of_a_port_is_the_lags
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 2 lag lacp_rate fast
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
}

same()
{
	local dev

	for dev in lag0 a1 a2; do
		expect "$2" link_get "$A" "$dev" "$1"
	done
}

mtu_goes_to_all_ports()
{
	local mtu

	for mtu in 68 4000; do
		ip -n "$A" link set lag0 mtu "$mtu"
		same mtu "$mtu"
	done
	expect distributing port_get "$A" a1 state
	expect distributing port_get "$A" a2 state
}

# The second of three ports cannot: the first gets its own back
mtu_is_rolled_back()
{
	setup_ns X
	ip -n "$X" link add low mtu 2000 type dummy
	ip -n "$X" link add p1 type dummy
	ip -n "$X" link add link low name p2 type macvlan
	ip -n "$X" link add p3 type dummy
	ip -n "$X" link add lag9 type lag mode static
	ip -n "$X" link set p1 master lag9
	ip -n "$X" link set p2 master lag9
	ip -n "$X" link set p3 master lag9
	not ip -n "$X" link set lag9 mtu 3000
	expect 1500 link_get "$X" lag9 mtu
	expect 1500 link_get "$X" p1 mtu
	expect 1500 link_get "$X" p2 mtu
	expect 1500 link_get "$X" p3 mtu
	ip -n "$X" link set lag9 mtu 2000
	expect 2000 link_get "$X" p1 mtu
	expect 2000 link_get "$X" p3 mtu
}

mtu_of_a_port_is_the_lags()
{
	local mtu

	mtu=$(link_get "$A" lag0 mtu)
	check_extack "Device or resource busy" \
		ip -n "$A" link set a1 mtu 1400
	same mtu "$mtu"
}

large_frames()
{
	ip -n "$A" link set lag0 mtu 9000
	ip -n "$B" link set peer0 mtu 9000
	wait_for 5 reaches "$A" 192.0.2.2 -s 8900
	expect 20 traffic_get received udp "$A" "$B" 192.0.2.2 size=8900 \
		count=20
}

address_goes_to_all_ports()
{
	ip -n "$A" link set lag0 address 02:00:00:00:05:05
	same address 02:00:00:00:05:05
	# Another system to the partner: the LAG forms again
	wait_is 5 02:00:00:00:05:05 lag_get "$B" peer0 ad_info.partner_mac
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	wait_is 3 02:00:00:00:05:05 port_get "$B" b2 partner.system
	wait_for 5 reaches "$A" 192.0.2.2
}

# Explicit ad_actor_system: the address may change, LACP does not notice
chosen_system_stays()
{
	local generation

	ip -n "$A" link set lag0 type lag ad_actor_system 02:00:00:00:06:06
	wait_is 5 02:00:00:00:06:06 lag_get "$B" peer0 ad_info.partner_mac
	wait_is 5 02:00:00:00:06:06 port_get "$B" b1 partner.system
	wait_is 5 02:00:00:00:06:06 port_get "$B" b2 partner.system
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	generation=$(lag_get "$B" peer0 generation)
	ip -n "$A" link set lag0 address 02:00:00:00:07:07
	same address 02:00:00:00:07:07
	stays 2 distributing port_get "$A" a1 state
	expect "$generation" lag_get "$B" peer0 generation
	expect 02:00:00:00:06:06 port_get "$A" a1 actor.system
	ip -n "$A" link set lag0 type lag ad_actor_system 00:00:00:00:00:00
	wait_is 5 02:00:00:00:07:07 lag_get "$B" peer0 ad_info.partner_mac
}

address_of_a_port_is_the_lags()
{
	check_extack "a port has the address of its lag; set that of the lag" \
		ip -n "$A" link set a2 address 02:00:00:00:08:08
	same address 02:00:00:00:07:07
}

run_tests
exit "${EXIT_STATUS:?}"
