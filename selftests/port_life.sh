#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device becomes a port and is released again: it gets back exactly what it
# had, whether it was up or down; and if joining fails half-way, at once.
#
#    A                        B
#   +------------+           +-------+
#   |       a1 --|-----------|-- b1  |
#   |  lag0      |           |       |
#   |       a2 --|-----------|-- b2  |
#   +------------+           +-------+

ALL_TESTS="
	first_port_lends_its_address
	released_port_is_restored_up
	released_port_is_restored_down
	flags_follow_and_go
	vlans_follow_and_go
	no_ipv6_address_while_a_port
	failed_join_changes_nothing
	limits_are_looked_at_first
	failed_opening_unwinds_all
	deleted_port
	deleted_lag
	join_while_up_and_down
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	ip -n "$A" link set a1 address 02:00:00:00:01:01 mtu 1400
	ip -n "$A" link set a2 address 02:00:00:00:01:02 mtu 1300
	plug "$B" b1
	plug "$B" b2
}

# What must be as it was
former()
{
	reckon '[_[0].get(name) for name in ("address", "mtu", "promiscuity",
		"allmulti", "master", "linkinfo", "inet6_addr_gen_mode",
		"min_mtu", "max_mtu", "tso_max_size")] +
		[set(_[0]["flags"]) >= {"UP"}, "PROMISC" in _[0]["flags"]]' \
		"$(ip -n "$A" -d -j link show dev "$1")"
	in_ns "$A" awk -v dev="$1" '
		FILENAME ~ "mcast" && $2 == dev { print $5 }
		FILENAME ~ "disable" { print }' \
		/proc/net/dev_mcast \
		"/proc/sys/net/ipv6/conf/$1/disable_ipv6" | sort
}

first_port_lends_its_address()
{
	ip -n "$A" link add lag0 type lag
	ip -n "$A" link set a1 master lag0
	expect 02:00:00:00:01:01 link_get "$A" lag0 address
	ip -n "$A" link set a2 master lag0
	expect 02:00:00:00:01:01 link_get "$A" a2 address
	expect 02:00:00:00:01:02 port_get "$A" a2 perm_hwaddr
	expect "$(link_get "$A" lag0 mtu)" link_get "$A" a2 mtu
	ip -n "$A" link del lag0
	# A chosen address stays
	ip -n "$A" link add lag0 address 02:00:00:00:02:02 type lag
	ip -n "$A" link set a1 master lag0
	expect 02:00:00:00:02:02 link_get "$A" lag0 address
	expect 02:00:00:00:02:02 link_get "$A" a1 address
	ip -n "$A" link del lag0
}

join_and_release()
{
	local before

	before=$(former a2)
	ip -n "$A" link add lag0 up type lag
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link set a2 master lag0
	[[ $(link_get "$A" a2 flags) == *'"UP"'* ]]
	not is "$before" former a2
	ip -n "$A" link set a2 nomaster
	expect "$before" former a2
	expect 02:00:00:00:01:02 link_get "$A" a2 address
	ip -n "$A" link del lag0
	expect 02:00:00:00:01:01 link_get "$A" a1 address
	expect 1400 link_get "$A" a1 mtu
}

released_port_is_restored_up()
{
	ip -n "$A" link set a2 up
	join_and_release
	[[ $(link_get "$A" a2 flags) == *'"UP"'* ]]
}

released_port_is_restored_down()
{
	ip -n "$A" link set a2 down
	join_and_release
	[[ $(link_get "$A" a2 flags) != *'"UP"'* ]]
}

# Promiscuous and allmulti of the lag are those of its ports while they are
# that; the port's own stay
flags_follow_and_go()
{
	ip -n "$A" link set a2 promisc on
	ip -n "$A" link add lag0 up type lag
	ip -n "$A" link set lag0 promisc on allmulticast on
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link set a2 master lag0
	expect 1 link_get "$A" a1 promiscuity
	expect 1 link_get "$A" a1 allmulti
	expect 2 link_get "$A" a2 promiscuity
	ip -n "$A" link set lag0 allmulticast off
	expect 0 link_get "$A" a1 allmulti
	ip -n "$A" link set a2 nomaster
	expect 1 link_get "$A" a2 promiscuity
	ip -n "$A" link del lag0
	expect 0 link_get "$A" a1 promiscuity
	ip -n "$A" link set a2 promisc off
}

# Only devices that filter have VLAN ids, veth has none: what can be seen is
# that VLANs survive ports that come and go, and that those go without a word
vlans_follow_and_go()
{
	ip -n "$A" link add lag0 up type lag
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link add link lag0 name lag0.7 up type vlan id 7
	ip -n "$A" link set a2 master lag0
	ip -n "$A" link set a1 nomaster
	expect 7 link_get "$A" lag0.7 linkinfo.info_data.id
	ip -n "$A" link set a2 nomaster
	ip -n "$A" link del lag0.7
	ip -n "$A" link del lag0
}

link_local()
{
	reckon 'sum(len(dev.get("addr_info", [])) for dev in _)' \
		"$(ip -n "$A" -j -6 addr show dev "$1")"
}

no_ipv6_address_while_a_port()
{
	local dev

	for dev in default a1 a2; do
		in_ns "$A" sh -c \
			"echo 0 >/proc/sys/net/ipv6/conf/$dev/disable_ipv6"
	done
	ip -n "$A" link set a1 up
	wait_is 5 1 link_local a1
	ip -n "$A" link add lag0 up type lag mode static
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link set a2 master lag0
	wait_is 5 1 link_local lag0
	expect 0 link_local a1
	expect 0 link_local a2
	ip -n "$A" link set a1 nomaster
	wait_is 5 1 link_local a1
	ip -n "$A" link del lag0
	# In other cases its addresses would come and go when it likes
	for dev in default a1 a2; do
		in_ns "$A" sh -c \
			"echo 1 >/proc/sys/net/ipv6/conf/$dev/disable_ipv6"
	done
}

# A port that cannot take the MTU of the lag, for the device below it is smaller
failed_join_changes_nothing()
{
	local before

	ip -n "$A" link add link a1 name odd mtu 1300 \
		address 02:00:00:00:03:01 type macvlan mode bridge
	ip -n "$A" link set odd up
	before=$(former odd)
	ip -n "$A" link add lag0 type lag
	ip -n "$A" link set lag0 mtu 9000
	check_extack "MTU" ip -n "$A" link set odd master lag0
	expect "$before" former odd
	expect 9000 link_get "$A" lag0 mtu
	ip -n "$A" link set odd down
	before=$(former odd)
	not ip -n "$A" link set odd master lag0
	expect "$before" former odd
	ip -n "$A" link del lag0
	ip -n "$A" link del odd
}

# What closing would have flushed is still there
limits_are_looked_at_first()
{
	modprobe -q tun || [ -e /dev/net/tun ] || skip "no module tun"
	ip -n "$A" tuntap add odd mode tap
	ip -n "$A" link set odd up
	ip -n "$A" addr add 198.51.100.1/24 dev odd
	ip -n "$A" route add 203.0.113.0/24 via 198.51.100.2
	ip -n "$A" link add lag0 mtu 65535 type lag
	check_extack "cannot take the MTU of the lag" \
		ip -n "$A" link set odd master lag0
	ip -n "$A" link del lag0
	ip -n "$A" route get 203.0.113.1 | grep "dev odd" >/dev/null
	ip -n "$A" link del odd
}

# A VLAN cannot be opened while the device below it is down: the last step
# of joining fails, after a port that did join
failed_opening_unwinds_all()
{
	local before lag

	ip -n "$A" link add low type dummy
	ip -n "$A" link add link low name odd mtu 1300 \
		address 02:00:00:00:03:01 type vlan id 5
	ip -n "$A" link add lag0 up type lag mode static
	# It would lend its address
	before=$(former odd)
	lag=$(former lag0)
	check_extack "the device cannot be opened" \
		ip -n "$A" link set odd master lag0
	expect "$before" former odd
	expect "$lag" former lag0
	ip -n "$A" link set a1 master lag0
	wait_for 3 distributing "$A" lag0 1
	ip -n "$A" link add link lag0 name lag0.7 type vlan id 7
	ip -n "$A" link set lag0 promisc on
	lag=$(former lag0)
	not ip -n "$A" link set odd master lag0
	expect "$before" former odd
	expect "$lag" former lag0
	expect 256 port_get "$A" a1 slots
	# What is mended is taken
	ip -n "$A" link set low up
	ip -n "$A" link set odd master lag0
	wait_for 3 distributing "$A" lag0 2
	ip -n "$A" link del lag0
	ip -n "$A" link del low
}

deleted_port()
{
	ip -n "$A" link add lag0 up type lag mode static
	cable "$A" a3 "$B" b3
	plug "$B" b3
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link set a3 master lag0
	wait_for 3 distributing "$A" lag0 2
	ip -n "$A" link del a3
	wait_for 3 distributing "$A" lag0 1
	expect 256 port_get "$A" a1 slots
	ip -n "$A" link del lag0
}

deleted_lag()
{
	local before

	before=$(former a1)
	ip -n "$A" link add lag0 up type lag
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link set a2 master lag0
	ip -n "$A" link del lag0
	expect "$before" former a1
	expect null link_get "$A" a2 master
}

join_while_up_and_down()
{
	pair 2 lag
	wait_for 5 distributing "$A" lag0 2
	ip -n "$A" link set a1 nomaster
	wait_for 3 distributing "$A" lag0 1
	ip -n "$A" link set a1 up
	ip -n "$A" link set a1 master lag0
	wait_for 5 distributing "$A" lag0 2
	expect 1 port_get "$A" a1 port_number
	ip -n "$A" link set lag0 down
	expect lag-down why "$A" a2
	ip -n "$A" link set a2 nomaster
	ip -n "$A" link set a2 master lag0
	ip -n "$A" link set lag0 up
	wait_for 5 distributing "$A" lag0 2
}

run_tests
exit "${EXIT_STATUS:?}"
