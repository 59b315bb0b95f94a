#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a lag listens to its ports listen to: unicast and multicast addresses,
# promiscuous and allmulti.  The address of slow protocols is in the lists
# exactly while the lag is up.
#
#    A
#   +------------------------+
#   |  lag0 -- p1, p2, later p3 (dummy)
#   +------------------------+

ALL_TESTS="
	slow_address_while_up
	unicast_addresses
	multicast_addresses
	promiscuous_and_allmulti
	port_that_joins_later
	nothing_stays
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SLOW_ADDRESS=0180c2000002

setup()
{
	local port

	lag_require bridge
	setup_ns A
	ip -n "$A" link add lag0 type lag
	for port in p1 p2 p3; do
		ip -n "$A" link add "$port" type dummy
	done
	ip -n "$A" link set p1 master lag0
	ip -n "$A" link set p2 master lag0
}

# hears DEV ADDRESS: it is in its multicast list
hears()
{
	in_ns "$A" cat /proc/net/dev_mcast |
		awk -v dev="$1" -v address="$2" '
			$2 == dev && $5 == address { found = 1 }
			END { exit !found }'
}

# knows DEV ADDRESS: it is in its unicast list
knows()
{
	# No grep -q: the writer of a pipe must not die of a reader that is content
	bridge -n "$A" fdb show dev "$1" | grep "^$2 .*self" >/dev/null
}

slow_address_while_up()
{
	not hears p1 "$SLOW_ADDRESS"
	ip -n "$A" link set lag0 up
	hears p1 "$SLOW_ADDRESS"
	hears p2 "$SLOW_ADDRESS"
	ip -n "$A" link set lag0 down
	not hears p1 "$SLOW_ADDRESS"
	not hears p2 "$SLOW_ADDRESS"
	# In mode static nobody has to hear it
	ip -n "$A" link set lag0 up type lag mode static
	not hears p1 "$SLOW_ADDRESS"
	ip -n "$A" link set lag0 type lag mode lacp
	hears p1 "$SLOW_ADDRESS"
}

# A macvlan has an address of its own
unicast_addresses()
{
	ip -n "$A" link add link lag0 name mac0 address 02:00:00:00:09:09 up \
		type macvlan mode bridge
	knows p1 02:00:00:00:09:09
	knows p2 02:00:00:00:09:09
	ip -n "$A" link del mac0
	not knows p1 02:00:00:00:09:09
}

multicast_addresses()
{
	ip -n "$A" maddr add 33:33:00:00:12:34 dev lag0
	hears p1 333300001234
	hears p2 333300001234
	ip -n "$A" maddr del 33:33:00:00:12:34 dev lag0
	not hears p1 333300001234
	hears p1 "$SLOW_ADDRESS"
}

promiscuous_and_allmulti()
{
	local port

	ip -n "$A" link set lag0 promisc on allmulticast on
	for port in p1 p2; do
		expect 1 link_get "$A" "$port" promiscuity
		expect 1 link_get "$A" "$port" allmulti
	done
	# Also while it is down
	ip -n "$A" link set lag0 down
	ip -n "$A" link set lag0 promisc off
	expect 0 link_get "$A" p1 promiscuity
	ip -n "$A" link set lag0 up allmulticast off
	expect 0 link_get "$A" p2 allmulti
}

port_that_joins_later()
{
	ip -n "$A" maddr add 33:33:00:00:12:34 dev lag0
	ip -n "$A" link add link lag0 name mac0 address 02:00:00:00:09:09 up \
		type macvlan mode bridge
	ip -n "$A" link set p3 master lag0
	hears p3 "$SLOW_ADDRESS"
	hears p3 333300001234
	knows p3 02:00:00:00:09:09
	ip -n "$A" link set p3 nomaster
	not hears p3 "$SLOW_ADDRESS"
	not hears p3 333300001234
	not knows p3 02:00:00:00:09:09
	ip -n "$A" link del mac0
}

# Deleted while it is up
nothing_stays()
{
	hears p1 "$SLOW_ADDRESS"
	ip -n "$A" link del lag0
	not hears p1 "$SLOW_ADDRESS"
	not hears p1 333300001234
	not knows p1 02:00:00:00:09:09
	expect 0 link_get "$A" p1 promiscuity
}

run_tests
exit "${EXIT_STATUS:?}"
