#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mode balance-rr: one port after the other, packets_per_slave at a time, or at
# random; but IGMP stays on one.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0 a2 --|-----------------|-- b2 peer0 |
#   |       a3 --|-----------------|-- b3       |
#   +------------+                 +------------+

ALL_TESTS="
	one_after_the_other
	several_at_a_time
	at_random
	igmp_on_one_port
	all_come_back
	a_dead_port_is_passed_over
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 3 lag mode balance-rr
	ip -n "$B" link set peer0 type lag mode balance-rr
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
	wait_for 5 reaches "$A" 192.0.2.2
}

# sent_by CMD...: how many packets each port sends meanwhile
sent_by()
{
	local before=() port

	for port in a1 a2 a3; do
		before+=("$(tx_packets "$A" "$port")")
	done
	"$@" >"$WORK/said"
	for port in a1 a2 a3; do
		echo $(($(tx_packets "$A" "$port") - before[0]))
		before=("${before[@]:1}")
	done
}

# even LOW HIGH COUNT...
even()
{
	local count

	for count in "${@:3}"; do
		((count >= $1 && count <= $2)) ||
			fail "not in $1..$2: ${*:3}"
	done
}

lost()
{
	reckon 'at("lost")' "$(cat "$WORK/said")"
}

udp()
{
	traffic udp "$A" "$B" 192.0.2.2 "$@"
}

one_after_the_other()
{
	local count

	mapfile -t count < <(sent_by udp count=300)
	even 95 110 "${count[@]}"
	expect 0 lost
}

# runs: how often the next flow, of one packet, came on another port
runs()
{
	reckon '(lambda way: sum(a != b for a, b in zip(way, way[1:])))
		([port for flow, port in sorted((flow, port)
			for port, flows in at("flows").items()
			for flow in flows)])' "$(cat "$WORK/said")"
}

several_at_a_time()
{
	local times

	udp flows=30 count=1 watch=b1,b2,b3 >"$WORK/said"
	times=$(runs)
	even 20 29 "$times"
	ip -n "$A" link set lag0 type lag packets_per_slave 10
	udp flows=30 count=1 watch=b1,b2,b3 >"$WORK/said"
	times=$(runs)
	# Each CPU counts by itself
	even 2 $((2 + 2 * $(nproc))) "$times"
	ip -n "$A" link set lag0 type lag packets_per_slave 1
}

at_random()
{
	local count times

	ip -n "$A" link set lag0 type lag packets_per_slave 0
	mapfile -t count < <(sent_by udp count=600 rate=2000)
	even 130 270 "${count[@]}"
	udp flows=60 count=1 watch=b1,b2,b3 >"$WORK/said"
	times=$(runs)
	even 20 55 "$times"
	ip -n "$A" link set lag0 type lag packets_per_slave 1
}

igmp()
{
	in_ns "$A" python3 -c 'import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP)
for i in range(30):
    sock.sendto(b"\x16" + bytes(7), ("224.0.0.22", 0))'
}

igmp_on_one_port()
{
	local count most=0 sum=0 i

	ip -n "$A" route add 224.0.0.0/4 dev lag0
	mapfile -t count < <(sent_by igmp)
	for i in "${count[@]}"; do
		sum=$((sum + i))
		((i < most)) || most=$i
	done
	((most >= 30 && sum - most <= 3)) || fail "${count[*]}"
	ip -n "$A" route del 224.0.0.0/4 dev lag0
}

all_come_back()
{
	expect true traffic_get equal tcp "$A" "$B" 192.0.2.2
	expect true traffic_get equal tcp "$B" "$A" 192.0.2.1
}

a_dead_port_is_passed_over()
{
	local count

	unplug "$B" b2
	wait_is 5 no-carrier why "$A" a2
	wait_for 5 distributing "$B" peer0 2
	mapfile -t count < <(sent_by udp count=300)
	expect 0 echo "${count[1]}"
	even 145 165 "${count[0]}" "${count[2]}"
	expect 0 lost
	plug "$B" b2
	wait_for 5 distributing "$A" lag0 3
	mapfile -t count < <(sent_by udp count=300)
	even 95 110 "${count[@]}"
	# The last one fails too
	unplug "$B" b1
	unplug "$B" b2
	unplug "$B" b3
	wait_for 5 not carrier "$A" lag0
	plug "$B" b3
	wait_for 5 distributing "$A" lag0 1
	wait_for 5 reaches "$A" 192.0.2.2
}

run_tests
exit "${EXIT_STATUS:?}"
