#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Flows that a router has put into a flowtable go on when a port of its lag
# fails: they are handed to the lag, which chooses the port for each packet.
#
#    C             R                            S
#   +-------+     +-----------------------+    +-------------+
#   |  c0 --|-----|-- r0      lag0  r1 ---|----|-- s1  peer0 |
#   |       |     |                 r2 ---|----|-- s2        |
#   +-------+     +-----------------------+    +-------------+

ALL_TESTS="
	flows_pass_by_the_flowtable
	a_port_fails
	a_port_comes_back
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require nft
	modprobe -q -a nft_flow_offload nf_flow_table_inet ||
		skip_all "no flowtables in this kernel"
	setup_ns C R S
	cable "$C" c0 "$R" r0
	ip -n "$C" addr add 192.0.2.1/24 dev c0
	ip -n "$R" addr add 192.0.2.254/24 dev r0
	ip -n "$C" link set c0 up
	ip -n "$R" link set r0 up
	ip -n "$C" route add default via 192.0.2.254
	# One that spreads the flows over both ports
	ip -n "$R" link add lag0 type lag mode static hash_seed 1
	ip -n "$S" link add peer0 type lag mode static
	cable "$R" r1 "$S" s1
	cable "$R" r2 "$S" s2
	join "$R" lag0 r1 r2
	join "$S" peer0 s1 s2
	ip -n "$R" addr add 198.51.100.254/24 dev lag0
	ip -n "$S" addr add 198.51.100.1/24 dev peer0
	ip -n "$R" link set lag0 up
	ip -n "$S" link set peer0 up
	ip -n "$S" route add default via 198.51.100.254
	in_ns "$R" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	in_ns "$R" nft -f - <<-EOF
		table inet t {
			flowtable f {
				hook ingress priority 0
				devices = { r0, lag0, r1, r2 }
			}
			chain forward {
				type filter hook forward priority 0
				meta l4proto udp flow add @f
				meta l4proto udp counter
			}
		}
	EOF
	wait_for 5 distributing "$R" lag0 2
	wait_for 5 distributing "$S" peer0 2
	wait_for 5 reaches "$C" 198.51.100.1
}

# Packets that the flowtable has not taken
slow_packets()
{
	local said

	said=$(in_ns "$R" nft list chain inet t forward)
	said=${said#*counter packets }
	echo "${said%% *}"
}

# send COUNT: datagrams of each of 8 flows; they arrive, all but some
send()
{
	traffic_get lost udp "$C" "$S" 198.51.100.1 flows=8 rate=2000 count="$1"
}

flows_pass_by_the_flowtable()
{
	expect 0 send 250
	# The first of each flow at most, and what came before they were known
	between 8 80 slow_packets
}

# Without the one Python, which others ask meanwhile
passed()
{
	in_ns "$R" cat /sys/class/net/lag0/statistics/tx_packets
}

a_port_fails()
{
	local before

	before=$(slow_packets)
	(wait_for 10 more_than $(($(passed) + 1000)) passed; unplug "$S" s1) &
	# What was on its way, not what a stale answer would lose
	between 0 20 send 500
	wait
	wait_for 5 distributing "$R" lag0 1
	between "$before" $((before + 80)) slow_packets
}

a_port_comes_back()
{
	local before

	before=$(tx_packets "$R" r1)
	plug "$S" s1
	wait_for 5 distributing "$R" lag0 2
	wait_for 5 distributing "$S" peer0 2
	expect 0 send 250
	more_than "$before" tx_packets "$R" r1
}

run_tests
exit "${EXIT_STATUS:?}"
