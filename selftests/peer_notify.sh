#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# When the way to a lag has changed, those who send to it are told: by ARP as
# often as num_grat_arp says, peer_notify_delay apart, and switches by IGMP.
#
#    A                              B
#   +------------+                 +------------+
#   |  lag0 a1 --|-----------------|-- b1  sw0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	at_each_change_of_the_active_port
	first_at_once
	as_often_as_asked
	not_at_all
	a_vlan_too
	ipv6_too
	groups_are_joined_anew
	groups_of_ipv6_too
	with_the_new_address
	when_carrier_rises
	when_carrier_rises_round_robin
	when_lacp_agrees
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# Gratuitous: sender and target are one
GRATUITOUS='arp and arp[14:4] = arp[24:4]'

setup()
{
	lag_require tcpdump
}

active()
{
	is "a$1" lag_get "$A" lag0 active_slave
}

two()
{
	switched 2 mode active-backup "$@"
	wait_for 5 active 1
	wait_for 5 reaches "$A" 192.0.2.2
}

# hear PORT FILTER: what comes in there goes to $WORK/PORT
hear()
{
	: >"$WORK/$1.err"
	in_ns "$B" tcpdump -Z root -i "$1" -Q in -n -l -tt -e --immediate-mode "$2" \
		>"$WORK/$1" 2>"$WORK/$1.err" &
	wait_for 10 grep -q listening "$WORK/$1.err"
}

heard()
{
	wc -l <"$WORK/$1"
}

# hears N PORT: so many, and no more in the next second
hears()
{
	if ! wait_is 5 "$1" heard "$2" || ! stays 1 "$1" heard "$2"; then
		fail "$(cat "$WORK/$2")"
	fi
}

# quiet PORT: nothing more is heard for two seconds
quiet()
{
	local before

	before=$(heard "$1")
	sleep 2
	is "$before" heard "$1"
}

# apart PORT MS: all that was heard, by so much at least
apart()
{
	awk -v min="$2" '
		NR > 1 && ($1 - last) * 1000 < min { exit bad = 1 }
		{ last = $1 }
		END { exit bad }' "$WORK/$1" ||
		fail "$(cat "$WORK/$1")"
}

at_each_change_of_the_active_port()
{
	two
	# Who holds RTNL may have kept the very first from being told yet
	ip -n "$A" link set lag0 down
	hear b1 "$GRATUITOUS"
	hear b2 "$GRATUITOUS"
	ip -n "$A" link set lag0 up
	hears 1 b1
	unplug "$B" b1
	hears 1 b2
	plug "$B" b1
	wait_is 5 backup port_get "$A" a1 state
	ip -n "$A" link set lag0 type lag active_slave a1
	hears 2 b1
	# A backup that comes and goes is no change
	unplug "$B" b2
	wait_is 5 no-carrier why "$A" a2
	plug "$B" b2
	wait_is 5 backup port_get "$A" a2 state
	hears 2 b1
	hears 1 b2
}

first_at_once()
{
	two num_grat_arp 2 peer_notify_delay 300000
	hear b2 "$GRATUITOUS"
	unplug "$B" b1
	hears 1 b2
	# The second, minutes away, keeps nobody from deleting it
	ip -n "$A" link del lag0
}

as_often_as_asked()
{
	two num_grat_arp 4 peer_notify_delay 300
	hear b2 "$GRATUITOUS"
	unplug "$B" b1
	hears 4 b2
	apart b2 200
}

not_at_all()
{
	two num_unsol_na 0 resend_igmp 0
	hear b2 "$GRATUITOUS or igmp"
	unplug "$B" b1
	wait_for 5 active 2
	wait_for 5 reaches "$A" 192.0.2.2
	hears 0 b2
}

a_vlan_too()
{
	two
	ip -n "$A" link add link lag0 name lag0.7 up type vlan id 7
	ip -n "$A" addr add 198.51.100.1/24 dev lag0.7
	hear b2 "vlan 7 and $GRATUITOUS"
	unplug "$B" b1
	hears 1 b2
}

# member GROUP: lag0 has joined it
member()
{
	ip -n "$A" maddr show dev lag0 | grep "$1" >/dev/null
}

# An address of IPv6, too, that can be used at once.  The kernel joins the
# address's group in a work of its own, some time after ip has returned.
two_ipv6()
{
	two "$@"
	in_ns "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/lag0/disable_ipv6'
	ip -n "$A" addr add 2001:db8::1/64 dev lag0 nodad
	wait_for 5 member ff02::1:ff00:1
}

# Neighbour advertisements that nobody has solicited, to all
ipv6_too()
{
	two_ipv6 num_unsol_na 3 peer_notify_delay 300
	hear b2 "icmp6 and ip6[40] = 136 and src host 2001:db8::1 and
		dst host ff02::1"
	unplug "$B" b1
	hears 3 b2
	apart b2 200
}

# Reports of MLDv2 go to ff02::16 and stand behind a hop-by-hop header
groups_of_ipv6_too()
{
	two_ipv6 resend_igmp 2
	hear b1 "ip6[48] = 143 and dst host ff02::16"
	# What the stack does of itself when an address is new is over
	wait_for 20 quiet b1
	hear b2 "ip6[48] = 143 and dst host ff02::16"
	unplug "$B" b1
	wait_for 5 more_than 1 heard b2
	wait_for 20 quiet b2
}

groups_are_joined_anew()
{
	two resend_igmp 3
	hear b1 igmp
	careless in_ns "$A" python3 -c 'import signal, socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                socket.inet_aton("239.1.2.3") + socket.inet_aton("192.0.2.1"))
signal.pause()' &
	# What the stack does of itself when the group is joined is over
	wait_for 20 more_than 1 heard b1
	wait_for 20 quiet b1
	hear b2 igmp
	unplug "$B" b1
	hears 3 b2
	apart b2 130
}

with_the_new_address()
{
	local new

	two fail_over_mac active
	new=$(port_get "$A" a2 perm_hwaddr)
	hear b2 "$GRATUITOUS"
	unplug "$B" b1
	hears 1 b2
	grep -q "$new > ff:ff:ff:ff:ff:ff" "$WORK/b2"
	expect "$new" link_get "$A" lag0 address
}

carrier_rises()
{
	pair 2 lag mode "$1"
	ip -n "$B" link set peer0 type lag mode static
	wait_for 5 distributing "$A" lag0 2
	unplug "$B" b1
	unplug "$B" b2
	wait_for 5 not carrier "$A" lag0
	hear peer0 "$GRATUITOUS"
	plug "$B" b2
	hears 1 peer0
	# One port more or less is no other way
	plug "$B" b1
	wait_for 5 distributing "$A" lag0 2
	unplug "$B" b2
	wait_for 5 distributing "$A" lag0 1
	hears 1 peer0
}

when_carrier_rises()
{
	carrier_rises static
}

when_carrier_rises_round_robin()
{
	carrier_rises balance-rr
}

when_lacp_agrees()
{
	pair 2 lag lacp_rate fast num_grat_arp 2
	wait_for 10 distributing "$A" lag0 2
	unplug "$B" b1
	unplug "$B" b2
	wait_for 5 not carrier "$A" lag0
	hear peer0 "$GRATUITOUS"
	plug "$B" b1
	plug "$B" b2
	hears 2 peer0
}

run_tests
exit "${EXIT_STATUS:?}"
