#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lag with several transmit queues hands on the mapping that a packet has:
# the port sends what is forwarded by the queue that it was received on.
#
#    C          A                                 B
#   +-------+  +-----------------------------+  +--------+
#   |  c1 ------ in1 -- br0 -- lag0 -- a1 -------- b1    |
#   +-------+  +-----------------------------+  +--------+

ALL_TESTS="
	one_unless_asked_for
	recorded_queue
	fewer_queues_than_recorded
	own_traffic_of_one_queue
	own_traffic_of_several
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

PORT_QUEUES=8

# topology OPTION...: of the lag, which ip link add takes before the type
topology()
{
	setup_ns A B C
	ip link add a1 netns "$A" numtxqueues "$PORT_QUEUES" \
		type veth peer name b1 netns "$B"
	ip link add c1 netns "$C" numtxqueues "$PORT_QUEUES" \
		type veth peer name in1 netns "$A"
	ip -n "$A" link add lag0 "$@" type lag mode static
	join "$A" lag0 a1
	ip -n "$A" link add br0 type bridge
	join "$A" br0 lag0 in1
	ip -n "$A" link set br0 up
	ip -n "$A" addr add 192.0.2.1/24 dev br0
	ip -n "$B" addr add 192.0.2.2/24 dev b1
	ip -n "$C" addr add 192.0.2.3/24 dev c1
	ip -n "$B" link set b1 up
	ip -n "$C" link set c1 up
	in_ns "$A" tc qdisc add dev a1 root handle 1: mq
	in_ns "$C" tc qdisc add dev c1 root handle 1: mq
	wait_for 10 reaches "$C" 192.0.2.2
	wait_for 10 reaches "$A" 192.0.2.2
}

# by_queue NS PORT: packets that have left it by each of its queues
by_queue()
{
	in_ns "$1" tc -s class show dev "$2" |
		awk '$1 == "Sent" { sent = sent "," $4 }
		     END { print "[" substr(sent, 2) "]" }'
}

# sent FROM [NS PORT]...: by each queue of each port, of many flows to $B
sent()
{
	local from=$1 before=() after=()

	shift
	before=("$(by_queue "$1" "$2")" "$(by_queue "${@: -2}")")
	traffic udp "$from" "$B" 192.0.2.2 flows=200 count=1 >"$WORK/sent"
	after=("$(by_queue "$1" "$2")" "$(by_queue "${@: -2}")")
	reckon "[[b - a for a, b in zip(*both)] for both in _]" \
		"[[${before[0]},${after[0]}],[${before[1]},${after[1]}]]"
}

one_unless_asked_for()
{
	setup_ns A
	ip -n "$A" link add lag0 type lag
	expect 1 link_get "$A" lag0 num_tx_queues
	ip -n "$A" link add lag1 numtxqueues 16 type lag
	expect 16 link_get "$A" lag1 num_tx_queues
}

# A cable of veth takes along by which queue a packet was sent.  Not 0 says that
# it was received on the queue before; 0 nothing: then its hash decides, again
# for 0.  Some more packets are ARP's.
mapping_reaches_the_port()
{
	local queues=$1 by

	topology numtxqueues "$queues"
	by=$(sent "$C" "$C" c1 "$A" a1)
	expect true reckon "sum(_[0]) >= 200" "$by"
	expect true reckon "_[1][0] >= _[0][0] + _[0][1]" "$by"
	expect true reckon "all(came <= left <= came + 4 for came, left in
		zip(_[0][2:$queues], _[1][1:]))" "$by"
}

recorded_queue()
{
	mapping_reaches_the_port 16
}

fewer_queues_than_recorded()
{
	mapping_reaches_the_port 4
}

# Of so many flows none takes a queue once in a thousand million times
own_traffic()
{
	topology "$@"
	expect true reckon "all(_[0])" "$(sent "$A" "$A" a1)"
}

own_traffic_of_one_queue()
{
	own_traffic
}

own_traffic_of_several()
{
	own_traffic numtxqueues 16
}

lag_require tc
run_tests
exit "${EXIT_STATUS:?}"
