#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lag and its ports live in one network namespace.  Ports of another are
# refused, a port that moves leaves its lag, and when the namespace dies with
# all that is in it, nothing is left and the partner knows.
#
#    A                              B
#   +------------+                 +------------+
#   |  lag0 - a1-|-----------------|-b1 - peer0 |
#   |         a2-|-----------------|-b2         |
#   +------------+                 +------------+

ALL_TESTS="
	made_in_another_namespace
	port_of_another_namespace
	lag_stays_where_it_is
	port_moves_away
	namespace_dies
	same_name_twice
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
}

made_in_another_namespace()
{
	setup_ns X
	ip link add far netns "$X" type lag mode static
	expect static lag_get "$X" far mode
	not ip link show dev far
}

# Its name means nothing there, nor does its number
port_of_another_namespace()
{
	setup_ns X Y
	ip -n "$X" link add index 777 name lag0 type lag
	ip -n "$Y" link add p1 type dummy
	not ip -n "$Y" link set p1 master lag0
	not ip -n "$Y" link set p1 master if777
	expect null link_get "$Y" p1 master
}

lag_stays_where_it_is()
{
	setup_ns X Y
	ip -n "$X" link add lag0 type lag
	ip -n "$X" link add p1 type dummy
	ip -n "$X" link set p1 master lag0
	not ip -n "$X" link set lag0 netns "$Y"
	expect lag0 link_get "$X" p1 master
}

port_moves_away()
{
	pair 2 lag lacp_rate fast
	setup_ns X
	wait_for 5 distributing "$B" peer0 2
	ip -n "$A" link set a1 netns "$X"
	expect null link_get "$X" a1 master
	wait_for 2 distributing "$A" lag0 1
	wait_for 2 distributing "$B" peer0 1
	wait_for 5 reaches "$A" 192.0.2.2
}

# Datagrams to A, without an end there that would keep the namespace alive
shower()
{
	ip netns exec "$B" python3 -c '
import socket
import time

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    try:
        sock.sendto(bytes(64), ("192.0.2.1", 9))
    except OSError:
        pass
    time.sleep(0.001)' &
	SHOWER=$!
}

# veth ends die with their namespace, so the partner loses its ports: what can
# be seen is that nothing hangs, with traffic on the way
namespace_dies()
{
	local round received

	for round in 1 2 3; do
		pair 2 lag lacp_rate fast
		wait_for 5 distributing "$A" lag0 2
		wait_for 5 reaches "$A" 192.0.2.2
		shower
		received=$(rx_packets "$A" lag0)
		wait_for 5 more_than $((received + 20)) rx_packets "$A" lag0
		ip netns del "$A"
		wait_is 5 no-port lag_get "$B" peer0 carrier_reason
		stop "$SHOWER"
		ip netns del "$B"
	done
	wait_is 5 0 users
}

# The module is not in use by any lag any more
users()
{
	lsmod | awk '$1 == "lag" { print $3 }'
}

same_name_twice()
{
	setup_ns X Y
	ip -n "$X" link add lag0 type lag
	ip -n "$Y" link add lag0 type lag mode static
	expect lacp lag_get "$X" lag0 mode
	expect static lag_get "$Y" lag0 mode
	not ip -n "$X" link add lag0 type lag
}

run_tests
exit "${EXIT_STATUS:?}"
