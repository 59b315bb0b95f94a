#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Flows are spread evenly; each keeps to one port and its order; what the hash
# reads is what xmit_hash_policy says, and the seed decides the rest.
#
#    A                              B
#   +------------+                 +------------+
#   |  lag0 -- a1..a4 ----------- b1..b4 -- peer0
#   +------------+                 +------------+

ALL_TESTS="
	spread_over_all_ports
	one_flow_one_port
	in_order
	layer2_looks_at_addresses_only
	layer23_looks_at_ip_addresses
	seed_decides
	one_copy_of_a_broadcast
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 4 lag lacp_rate fast hash_seed 1
	# What the hash reads is the same each time
	ip -n "$A" link set lag0 address 02:00:00:00:00:01
	ip -n "$B" link set peer0 address 02:00:00:00:00:02
	wait_for 10 distributing "$A" lag0 4
	wait_for 10 distributing "$B" peer0 4
	wait_for 5 reaches "$A" 192.0.2.2
}

# flows N [OPTION...]: what each port of B saw
flows()
{
	traffic_get flows udp "$A" "$B" 192.0.2.2 flows="$1" count=2 \
		watch=b1,b2,b3,b4 "${@:2}"
}

# in_use FLOWS: number of ports with any
in_use()
{
	reckon 'sum(len(flows) > 0 for flows in _.values())' "$1"
}

# 128 flows, 32 a port on average; the outlying 14 are 3.7 sigma away
spread_over_all_ports()
{
	local seen

	seen=$(flows 128)
	expect 128 reckon 'sum(len(flows) for flows in _.values())' "$seen"
	expect true reckon 'all(len(flows) > 13 for flows in _.values())' \
		"$seen"
}

one_flow_one_port()
{
	local seen

	seen=$(flows 64)
	expect 64 reckon 'len({f for flows in _.values() for f in flows})' \
		"$seen"
	expect 64 reckon 'sum(len(flows) for flows in _.values())' "$seen"
	expect "$seen" flows 64
}

in_order()
{
	local said

	said=$(traffic udp "$A" "$B" 192.0.2.2 flows=8 count=200 \
		rate=3000)
	expect 0 reckon 'at("reordered")' "$said"
	expect 0 reckon 'at("duplicates")' "$said"
	expect 1600 reckon 'at("received")' "$said"
}

layer2_looks_at_addresses_only()
{
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2
	expect 1 in_use "$(flows 32)"
}

# One pair of addresses is one port; these sixteen take all four
layer23_looks_at_ip_addresses()
{
	local i before after used=0

	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2+3
	expect 1 in_use "$(flows 32)"
	for ((i = 10; i < 26; i++)); do
		echo "addr add 192.0.2.$i/24 dev peer0"
	done | ip -n "$B" -batch -
	for i in 1 2 3 4; do
		before[i]=$(tx_packets "$A" "a$i")
	done
	in_ns "$A" bash -c 'for host in {10..25}; do
		for _ in {1..12}; do echo >"/dev/udp/192.0.2.$host/9"; done
	done'
	for i in 1 2 3 4; do
		after=$(tx_packets "$A" "a$i")
		# LACPDUs are two a second at most
		((after - before[i] < 8)) || : $((++used))
	done
	((used == 4)) || fail "$used ports used for 16 addresses"
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer3+4
}

seed_decides()
{
	local first second

	first=$(flows 64)
	ip -n "$A" link set lag0 type lag hash_seed 99
	second=$(flows 64)
	not test "$first" = "$second"
	ip -n "$A" link set lag0 type lag hash_seed 1
	expect "$first" flows 64
}

# A frame to all goes out once, and none of what comes in goes back
one_copy_of_a_broadcast()
{
	local said

	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2
	in_ns "$A" sh -c 'echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
	said=$(traffic udp "$A" "$B" 192.0.2.255 count=10 \
		watch=b1,b2,b3,b4)
	expect 10 reckon 'at("received")' "$said"
	expect 0 reckon 'at("duplicates")' "$said"
	expect 1 in_use "$(reckon 'at("flows")' "$said")"
}

run_tests
exit "${EXIT_STATUS:?}"
