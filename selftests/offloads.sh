#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a lag lets the stack leave to its ports: segments as big as all of them
# take, VLAN tags beside the frame, checksums; also below VLANs, and as ports
# come, change and go.
#
#    A                          B
#   +---------------------+    +--------------------+
#   |  lag0.7, lag0.8.9   |    |  b1.7, b1.8.9 ...  |
#   |  lag0     a1 -------|----|-- b1               |
#   |           a2 -------|----|-- b2               |
#   +---------------------+    +--------------------+

ALL_TESTS="
	smallest_limits
	limits_change
	limits_by_hand
	limits_below_a_vlan
	tag_flags
	tags_reach_the_wire
	features_below_a_vlan
	tls_is_not_taken
	lro_is_off_when_forwarding
	ethtool_names_the_driver
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

NIC=/sys/module/nic/parameters

setup()
{
	lag_require ethtool
	test_module nic
	trap 'cleanup; rmmod nic; rm -rf "$WORK"' EXIT
}

# tso DEV SIZE SEGMENTS: what it takes at most
tso()
{
	in_ns "$A" sh -c "echo $* >$NIC/tso"
}

# limits DEV: of its ports, and what is in force
limits()
{
	local json

	json=$(ip -n "$A" -d -j link show dev "$1")
	reckon "'%d/%d %d/%d' % tuple(at('0.' + what) for what in (
		'tso_max_size', 'tso_max_segs', 'gso_max_size',
		'gso_max_segs'))" "$json"
}

nics()
{
	setup_ns A
	ip -n "$A" link add lag0 up type lag mode static
	ip -n "$A" link add n1 type nic
	ip -n "$A" link add n2 type nic
	tso n1 100000 4000
	tso n2 20000 70
}

smallest_limits()
{
	nics
	expect "65536/65535 65536/65535" limits lag0
	ip -n "$A" link set n1 master lag0
	expect "100000/4000 65536/4000" limits lag0
	ip -n "$A" link set n2 master lag0
	expect "20000/70 20000/70" limits lag0
	# The other way round: not that of the last one
	ip -n "$A" link set n1 nomaster
	expect "20000/70 20000/70" limits lag0
	ip -n "$A" link set n1 master lag0
	expect "20000/70 20000/70" limits lag0
	ip -n "$A" link set n2 nomaster
	expect "100000/4000 65536/4000" limits lag0
	ip -n "$A" link set n1 nomaster
	expect "65536/65535 65536/65535" limits lag0
}

limits_change()
{
	nics
	ip -n "$A" link set n1 master lag0
	ip -n "$A" link set n2 master lag0
	tso n2 30000 90
	expect "30000/90 30000/90" limits lag0
	tso n1 10000 80
	expect "10000/80 10000/80" limits lag0
	tso n1 200000 5000
	tso n2 300000 6000
	expect "200000/5000 65536/5000" limits lag0
}

# Below what the ports take it stays, and above what is usual, too
limits_by_hand()
{
	nics
	ip -n "$A" link set n1 master lag0
	ip -n "$A" link set lag0 gso_max_size 50000 gso_max_segs 100
	tso n1 90000 3000
	expect "90000/3000 50000/100" limits lag0
	ip -n "$A" link set lag0 gso_max_size 80000
	expect "90000/3000 80000/100" limits lag0
	tso n1 100000 4000
	expect "100000/4000 80000/100" limits lag0
}

limits_below_a_vlan()
{
	nics
	ip -n "$A" link add link lag0 name lag0.7 type vlan id 7
	ip -n "$A" link set n1 master lag0
	expect 100000/4000 expr "$(limits lag0.7)" : '\([^ ]*\)'
	ip -n "$A" link set n2 master lag0
	expect "20000/70 20000/70" limits lag0.7
	tso n2 30000 90
	expect 30000/90 expr "$(limits lag0.7)" : '\([^ ]*\)'
}

# feature DEV NAME: on or off
feature()
{
	in_ns "$A" ethtool -k "$1" | sed -n "s/^$2: \([a-z]*\).*/\1/p"
}

# What a port lacks of these the stack does when the packet gets there
tag_flags()
{
	local name

	setup_ns A
	ip -n "$A" link add lag0 type lag mode static
	ip -n "$A" link add p1 type dummy
	ip -n "$A" link set p1 master lag0
	for name in rx-vlan-offload tx-vlan-offload rx-vlan-filter \
		tx-vlan-stag-hw-insert rx-vlan-stag-hw-parse \
		rx-vlan-stag-filter; do
		expect on feature lag0 "$name"
	done
	# To send them so is no choice
	not in_ns "$A" ethtool -K lag0 txvlan off >/dev/null 2>&1
	in_ns "$A" ethtool -K lag0 rxvlan off
	expect off feature lag0 rx-vlan-offload
}

# vlans NS DEV NUMBER: a VLAN and a VLAN of an 802.1ad VLAN, with addresses
vlans()
{
	ip -n "$1" link add link "$2" name "$2.7" up type vlan id 7
	ip -n "$1" addr add "192.0.7.$3/24" dev "$2.7"
	ip -n "$1" link add link "$2" name "$2.8" up type vlan id 8 \
		protocol 802.1ad
	ip -n "$1" link add link "$2.8" name "$2.8.9" up type vlan id 9
	ip -n "$1" addr add "192.0.9.$3/24" dev "$2.8.9"
}

tags_reach_the_wire()
{
	local offload

	setup_ns A B
	ip -n "$A" link add lag0 type lag mode active-backup
	ip -n "$A" link set lag0 up
	cable "$A" a1 "$B" b1
	join "$A" lag0 a1
	vlans "$A" lag0 1
	ip -n "$B" link set b1 up
	# Also one that came when the VLANs were there
	cable "$A" a2 "$B" b2
	join "$A" lag0 a2
	ip -n "$B" link add br0 type bridge
	join "$B" br0 b1 b2
	ip -n "$B" link set br0 up
	vlans "$B" br0 2
	for port in a1 a2; do
		wait_is 5 UP port_get "$A" "$port" mii_status
		ip -n "$A" link set lag0 type lag active_slave "$port"
		wait_is 5 "$port" lag_get "$A" lag0 active_slave
		for offload in on off; do
			in_ns "$A" ethtool -K "$port" txvlan "$offload" \
				rxvlan "$offload" \
				tx-vlan-stag-hw-insert "$offload" \
				rx-vlan-stag-hw-parse "$offload"
			expect "$offload" feature "$port" tx-vlan-offload
			wait_for 5 reaches "$A" 192.0.7.2
			wait_for 5 reaches "$B" 192.0.7.1
			wait_for 5 reaches "$A" 192.0.9.2
			expect true traffic_get equal tcp "$A" "$B" 192.0.7.2
		done
	done
}

# A dummy does nothing for packets with a tag, veth all; one that can is enough
features_below_a_vlan()
{
	setup_ns A B
	ip -n "$A" link add lag0 type lag mode static
	ip -n "$A" link add link lag0 name lag0.7 type vlan id 7
	ip -n "$A" link add p1 type dummy
	cable "$A" a1 "$B" b1
	ip -n "$A" link set p1 master lag0
	expect off feature lag0.7 tcp-segmentation-offload
	ip -n "$A" link set a1 master lag0
	expect on feature lag0.7 tcp-segmentation-offload
	expect on feature lag0.7 tx-checksumming
	in_ns "$A" ethtool -K p1 sg off
	expect on feature lag0 scatter-gather
	in_ns "$A" ethtool -K a1 sg off
	expect off feature lag0 scatter-gather
	in_ns "$A" ethtool -K a1 sg on
	expect on feature lag0 scatter-gather
	in_ns "$A" ethtool -K a1 tso on
	ip -n "$A" link set a1 nomaster
	expect off feature lag0.7 tcp-segmentation-offload
}

# No packet passes the lag unencrypted, so that it must not promise that
tls_is_not_taken()
{
	nics
	ip -n "$A" link set n1 master lag0
	in_ns "$A" sh -c "echo n1 1 >$NIC/encrypts"
	expect on feature n1 tls-hw-tx-offload
	expect off feature lag0 tls-hw-tx-offload
}

# lro DEV...: on or off, of each
lro()
{
	local dev

	for dev; do
		feature "$dev" large-receive-offload
	done | xargs
}

# Of ports that join later, too; nic_lro.sh does it to those of a real driver
lro_is_off_when_forwarding()
{
	nics
	ip -n "$A" link set n1 master lag0
	expect "on on on" lro lag0 n1 n2
	in_ns "$A" sh -c 'echo 1 >/proc/sys/net/ipv4/conf/lag0/forwarding'
	expect "off off on" lro lag0 n1 n2
	ip -n "$A" link set n2 master lag0
	expect "off off off" lro lag0 n1 n2
	not in_ns "$A" ethtool -K n2 lro on >/dev/null 2>&1
	expect off lro n2
}

ethtool_names_the_driver()
{
	nics
	[[ $(in_ns "$A" ethtool -i lag0) == "driver: lag"$'\n'* ]]
}

run_tests
exit "${EXIT_STATUS:?}"
