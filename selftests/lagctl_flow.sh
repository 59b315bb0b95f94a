#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `lagctl flow` foretells is what happens, now and after a failure, for
# random flows of every kind and with each policy; and it says so where nothing
# can be foretold.
#
#    frames --> lag0 -- a1..a4 (dummies)
# Timeout: 600 s

ALL_TESTS="
	layer34_after_each_failure
	all_policies
	symmetric
	seven_ports
	sockets_and_neighbours
	neighbours_behind_a_bridge
	tunnels_hide_the_flow
	active_backup_names_the_next
	standby_steps_in
	min_links_unmet
	not_to_be_foretold
	what_is_wrong_is_said
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# dummies N [OPTION...]
dummies()
{
	local n=$1 i

	shift
	setup_ns A
	ip -n "$A" link add lag0 type lag "$@"
	PORTS=
	for ((i = 1; i <= n; i++)); do
		ip -n "$A" link add "a$i" type dummy
		join "$A" lag0 "a$i"
		PORTS+=${PORTS:+,}a$i
	done
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$A" link set lag0 up
	[[ " $* " != *" active-backup "* ]] || n=1
	wait_for 5 distributing "$A" lag0 "$n"
}

# agree COUNT SEED [fail]
agree()
{
	expect "" in_ns "$A" python3 -SE "$HERE/flows.py" lag0 "$PORTS" "$@"
}

# flow PATH ARG...: of the answer
flow()
{
	local path=$1 json

	shift
	json=$(in_ns "$A" lagctl -j flow "$@") || return 1
	reckon "at('$path')" "$json"
}

layer34_after_each_failure()
{
	dummies 4 mode static
	agree 1000 1 fail
}

all_policies()
{
	local policy

	dummies 3 mode static
	for policy in layer2 layer2+3 layer3+4 encap2+3 encap3+4 vlan+srcmac
	do
		ip -n "$A" link set lag0 type lag xmit_hash_policy "$policy"
		agree 200 2
	done
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2+3
	agree 200 3 fail
}

symmetric()
{
	dummies 4 mode static hash_symmetric on
	agree 200 4
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2+3
	agree 200 5
}

# Where 256 is not divided evenly, and homes have a history
seven_ports()
{
	dummies 7 mode static
	ip -n "$A" link set a3 carrier off
	wait_for 5 distributing "$A" lag0 6
	ip -n "$A" link set a5 nomaster
	ip -n "$A" link set a3 carrier on
	wait_for 5 distributing "$A" lag0 6
	join "$A" lag0 a5
	wait_for 5 distributing "$A" lag0 7
	agree 140 6 fail
}

# What the stack sends by itself: nothing is told but the flow
sockets_and_neighbours()
{
	local policy device address

	dummies 4 mode static
	ip -n "$A" link add link lag0 name lag0.7 type vlan id 7
	ip -n "$A" link add link lag0 name s9 type vlan proto 802.1ad id 9
	ip -n "$A" link add link s9 name s9.8 type vlan id 8
	for device in lag0.7 s9 s9.8; do
		ip -n "$A" link set "$device" up
	done
	ip -n "$A" addr add 198.51.100.1/24 dev lag0.7
	ip -n "$A" addr add 203.0.113.1/24 dev s9.8
	ip -n "$A" route add 10.0.0.0/8 via 198.51.100.2
	ip -n "$A" neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev lag0
	ip -n "$A" neigh add 198.51.100.2 lladdr 02:00:00:00:01:02 dev lag0.7
	ip -n "$A" neigh add 203.0.113.2 lladdr 02:00:00:00:01:03 dev s9.8
	for policy in layer3+4 layer2+3 vlan+srcmac; do
		ip -n "$A" link set lag0 type lag xmit_hash_policy "$policy"
		expect "" in_ns "$A" python3 -SE "$HERE/flow_sockets.py" \
			"$PORTS" 192.0.2.1:192.0.2.2 198.51.100.1:198.51.100.2 \
			198.51.100.1:10.1.2.3 203.0.113.1:203.0.113.2 \
			192.0.2.1:192.0.2.255 192.0.2.1:239.1.2.3
	done
}

# The frames have the bridge's address, and it knows whom they go to.
neighbours_behind_a_bridge()
{
	dummies 3 mode static
	ip -n "$A" addr flush dev lag0
	ip -n "$A" link add br0 address 02:00:00:00:0b:01 type bridge
	ip -n "$A" link set lag0 master br0
	ip -n "$A" addr add 192.0.2.1/24 dev br0
	ip -n "$A" link add link br0 name br0.7 type vlan id 7
	ip -n "$A" addr add 198.51.100.1/24 dev br0.7
	ip -n "$A" link set br0 up
	ip -n "$A" link set br0.7 up
	ip -n "$A" neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev br0
	ip -n "$A" neigh add 198.51.100.2 lladdr 02:00:00:00:00:03 dev br0.7
	wait_for 40 bridge_forwards
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2+3
	expect "" in_ns "$A" python3 -SE "$HERE/flow_sockets.py" "$PORTS" \
		192.0.2.1:192.0.2.2 198.51.100.1:198.51.100.2
}

bridge_forwards()
{
	is '"forwarding"' link_json "$A" lag0 linkinfo.info_slave_data.state
}

tunnels_hide_the_flow()
{
	dummies 2 mode static xmit_hash_policy encap3+4
	expect false flow foretold 192.0.2.1 192.0.2.2 udp 4000 4789
	expect false flow foretold 192.0.2.1 192.0.2.2 ipip
	expect true flow foretold 192.0.2.1 192.0.2.2 udp 4000 4790
	expect false flow foretold 02:00:00:00:00:01 02:00:00:00:00:02 pppoe
	expect true flow foretold 02:00:00:00:00:01 02:00:00:00:00:02 arp
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2+3
	expect false flow foretold 02:00:00:00:00:01 02:00:00:00:00:02 pppoe
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2
	expect true flow foretold 02:00:00:00:00:01 02:00:00:00:00:02 pppoe
}

active_backup_names_the_next()
{
	dummies 4 mode active-backup primary a3
	ip -n "$A" link set a4 type lag_slave prio 5
	wait_for 5 is active port_get "$A" a3 state
	expect a3 flow port 192.0.2.1 192.0.2.2
	expect a4 flow after.0.port 192.0.2.1 192.0.2.2
	ip -n "$A" link set a3 carrier off
	wait_for 5 is active port_get "$A" a4 state
	expect a4 flow port 192.0.2.1 192.0.2.2 tcp 1 2
	expect a1 flow after.0.port 192.0.2.1 192.0.2.2 tcp 1 2
	ip -n "$A" link set a4 carrier off
	wait_for 5 is active port_get "$A" a1 state
}

# max_links: the standby that comes in is known, and what it will serve
standby_steps_in()
{
	local before after port

	pair 4 lag lacp_rate fast max_links 2 revertive on ad_actor_sys_prio 1
	ip -n "$A" link set a1 type lag_slave actor_port_prio 10
	ip -n "$A" link set a2 type lag_slave actor_port_prio 20
	for port in a1 a2; do
		wait_for 20 is distributing port_get "$A" "$port" state
	done
	for port in a3 a4; do
		wait_for 20 is standby port_get "$A" "$port" state
	done
	wait_for 20 distributing "$B" peer0 2
	before=$(in_ns "$A" lagctl -j flow 192.0.2.1 192.0.2.2 udp 5 6)
	port=$(reckon "at('port')" "$before")
	after=$(reckon "next(a['port'] for a in _['after']
			if a['fails'] == '$port')" "$before")
	unplug "$B" "b${port#a}"
	wait_for 20 is distributing port_get "$A" a3 state
	wait_for 20 is "$after" flow port 192.0.2.1 192.0.2.2 udp 5 6
	expect 2 lag_get "$A" lag0 num_distributing
}

min_links_unmet()
{
	dummies 2 mode static min_links 2
	expect null flow after.0.port 192.0.2.1 192.0.2.2 udp 5 6
	ip -n "$A" link set a1 carrier off
	wait_for 5 is 1 lag_get "$A" lag0 num_distributing
	expect null flow port 192.0.2.1 192.0.2.2 udp 5 6
	in_ns "$A" lagctl flow 192.0.2.1 192.0.2.2 udp 5 6 >"$WORK/out"
	grep "has no carrier" "$WORK/out" >/dev/null
}

not_to_be_foretold()
{
	dummies 2 mode balance-rr
	expect false flow foretold 192.0.2.1 192.0.2.2 udp 5 6
	expect null flow port 192.0.2.1 192.0.2.2 udp 5 6
	expect true flow foretold 192.0.2.1 224.0.0.22 igmp
	ip -n "$A" link set lag0 type lag mode broadcast
	expect '["a1","a2"]' flow ports 192.0.2.1 192.0.2.2 udp 5 6
	expect false flow foretold 192.0.2.1 192.0.2.2 udp 5 6
	ip -n "$A" link set lag0 type lag mode static xmit_hash_policy flow
	expect false flow foretold 192.0.2.1 192.0.2.2 udp 5 6
	expect true flow foretold 192.0.2.1 192.0.2.2 esp
	in_ns "$A" lagctl flow 192.0.2.1 192.0.2.2 udp 5 6 >"$WORK/out"
	grep "cannot be foretold" "$WORK/out" >/dev/null
}

# wrong STATUS PATTERN ARG...
wrong()
{
	local status=0 wanted=$1 pattern=$2

	shift 2
	in_ns "$A" lagctl flow "$@" >"$WORK/out" 2>&1 || status=$?
	((status == wanted)) || fail "status $status: $*: $(cat "$WORK/out")"
	grep "$pattern" "$WORK/out" >/dev/null || fail "$(cat "$WORK/out")"
}

what_is_wrong_is_said()
{
	dummies 2 mode static
	wrong 1 "SRC and DST are needed" 192.0.2.1
	wrong 1 "SRC is an address" 192.0.2 192.0.2.2
	wrong 1 "both IPv4 or both IPv6" 192.0.2.1 fd00::1
	wrong 1 "SPORT and DPORT are needed" 192.0.2.1 192.0.2.2 tcp
	wrong 1 "are both needed" 192.0.2.1 192.0.2.2 tcp 80
	wrong 1 "up to 65535" 192.0.2.1 192.0.2.2 tcp 80 65536
	wrong 1 "PROTO is a name" 192.0.2.1 192.0.2.2 tpc 80 81
	wrong 1 "ETHERTYPE is needed" 02:00:00:00:00:01 02:00:00:00:00:02
	wrong 1 "reads IP addresses" 02:00:00:00:00:01 02:00:00:00:00:02 0x0800
	wrong 1 "vlan is a number" --vlan 4095 192.0.2.1 192.0.2.2 icmp
	wrong 1 "an address of this host" 192.0.2.2 192.0.2.1 icmp
	wrong 1 'Cannot find device "lag7"' --lag lag7 192.0.2.1 192.0.2.2
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2
	wrong 1 "no neighbour is known" 192.0.2.1 192.0.2.2 icmp
	ip -n "$A" link add lag1 type lag
	wrong 1 "several lags" 192.0.2.1 10.9.9.9 icmp
}

lag_require lagctl
run_tests
exit "${EXIT_STATUS:?}"
