#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What stands on a lag: VLANs, a VLAN of a VLAN, a bridge that learns.  Traffic
# goes through each, also after a port was lost.
#
#    A                                   B
#   +------------------------+          +------------------------+
#   | lag0.7  (192.0.7.1)    |          |     peer0.7            |
#   | lag0.8.9 (192.0.9.1)   a1 ------ b1    peer0.8.9           |
#   | br0 (192.0.3.1) - lag0 a2 ------ b2 - peer0   (192.0.3.2)  |
#   +------------------------+          +------------------------+

ALL_TESTS="
	vlan
	vlan_of_a_vlan
	port_added_under_vlans
	on_a_bridge
	bridged_host
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require bridge
	pair 2 lag lacp_rate fast
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
}

# vlan_on NS LOWER ID ADDRESS
vlan_on()
{
	ip -n "$1" link add link "$2" name "$2.$3" up type vlan id "$3"
	[ -z "$4" ] || ip -n "$1" addr add "$4/24" dev "$2.$3"
}

vlan()
{
	vlan_on "$A" lag0 7 192.0.7.1
	vlan_on "$B" peer0 7 192.0.7.2
	wait_for 5 reaches "$A" 192.0.7.2
	expect true traffic_get equal tcp "$A" "$B" 192.0.7.2
	expect 400 traffic_get received udp "$A" "$B" 192.0.7.2 flows=40 \
		count=10
}

vlan_of_a_vlan()
{
	vlan_on "$A" lag0 8 ""
	vlan_on "$A" lag0.8 9 192.0.9.1
	vlan_on "$B" peer0 8 ""
	vlan_on "$B" peer0.8 9 192.0.9.2
	wait_for 5 reaches "$A" 192.0.9.2
	expect true traffic_get equal tcp "$A" "$B" 192.0.9.2
}

port_added_under_vlans()
{
	cable "$A" a3 "$B" b3
	join "$A" lag0 a3
	join "$B" peer0 b3
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
	ip -n "$A" link set a1 nomaster
	ip -n "$A" link set a2 nomaster
	wait_for 5 distributing "$A" lag0 1
	wait_for 5 reaches "$A" 192.0.7.2
	join "$A" lag0 a1 a2
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
	wait_for 5 reaches "$A" 192.0.7.2
}

on_a_bridge()
{
	ip -n "$A" link add br0 up type bridge
	ip -n "$A" link set lag0 master br0
	ip -n "$A" addr add 192.0.3.1/24 dev br0
	ip -n "$B" addr add 192.0.3.2/24 dev peer0
	wait_for 5 reaches "$A" 192.0.3.2
	[[ $(bridge -n "$A" fdb show br br0) == \
		*"$(link_get "$B" peer0 address) dev lag0"* ]]
	expect distributing port_get "$A" a1 state
}

# Behind the bridge, so that frames of foreign addresses go through the lag
bridged_host()
{
	setup_ns C
	cable "$A" v1 "$C" eth0
	ip -n "$A" link set v1 up master br0
	ip -n "$C" addr add 192.0.3.3/24 dev eth0
	ip -n "$C" link set eth0 up
	wait_for 5 reaches "$C" 192.0.3.2
	expect true traffic_get equal tcp "$C" "$B" 192.0.3.2
	unplug "$B" b2
	wait_is 3 no-carrier why "$A" a2
	wait_for 5 reaches "$C" 192.0.3.2
	expect true traffic_get equal tcp "$B" "$C" 192.0.3.3
}

run_tests
exit "${EXIT_STATUS:?}"
