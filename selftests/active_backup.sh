#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mode active-backup: one port carries, and which one that is: primary, prio,
# primary_reselect, a choice by hand; and who has which address by
# fail_over_mac.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0 a2 --|-----------------|-- b2  sw0  |
#   |       a3 --|-----------------|-- b3       |
#   +------------+                 +------------+

ALL_TESTS="
	one_port_carries
	next_takes_over_and_stays
	traffic_goes_on
	primary_takes_over
	primary_by_name
	primary_reselect_failure
	primary_and_reselect_together
	higher_prio_takes_over
	chosen_by_hand
	what_cannot_be_active
	addresses_none
	addresses_active
	addresses_follow
	addresses_change_live
	active_port_released
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

M1=02:00:00:00:01:01
M2=02:00:00:00:01:02
M3=02:00:00:00:01:03
ML=02:00:00:00:01:ff

setup()
{
	lag_require
}

# three [OPTION...]: ports with addresses of their own, known before they join;
# the first one is active
three()
{
	ports "$@"
	wait_active 1
}

ports()
{
	local i

	switched 0 mode active-backup "$@"
	for i in 1 2 3; do
		cable "$A" "a$i" "$B" "b$i"
		ip -n "$A" link set "a$i" address "02:00:00:00:01:0$i"
		join "$A" lag0 "a$i"
		join "$B" sw0 "b$i"
		wait_is 5 UP port_get "$A" "a$i" mii_status
	done
}

active()
{
	lag_get "$A" lag0 active_slave
}

backup()
{
	is backup port_get "$A" "a$1" state && is backup why "$A" "a$1"
}

# Carries, and nobody else
wait_active()
{
	local i

	wait_is 5 "a$1" active
	expect active port_get "$A" "a$1" state
	expect none why "$A" "a$1"
	expect 256 port_get "$A" "a$1" slots
	wait_for 1 distributing "$A" lag0 1
}

lag_set()
{
	ip -n "$A" link set lag0 type lag "$@"
}

# addresses LAG A1 A2 A3
addresses()
{
	echo "$(link_get "$A" lag0 address) $(link_get "$A" a1 address)" \
		"$(link_get "$A" a2 address) $(link_get "$A" a3 address)"
}

one_port_carries()
{
	local before

	three
	wait_for 5 backup 2
	wait_for 5 backup 3
	wait_for 5 reaches "$A" 192.0.2.2
	before=$(tx_packets "$A" a1)
	expect 0 tx_packets "$A" a2
	reaches "$A" 192.0.2.2
	((before < $(tx_packets "$A" a1)))
	expect 0 tx_packets "$A" a2
	expect 0 tx_packets "$A" a3
	# What the switch floods is not received twice
	before=$(rx_packets "$A" lag0)
	expect 0 traffic_get duplicates udp "$B" "$A" 192.0.2.255 count=20
	between 20 30 expr "$(rx_packets "$A" lag0)" - "$before"
	not is 0 port_get "$A" a2 counters.not_collecting_rx
}

next_takes_over_and_stays()
{
	three
	unplug "$B" b1
	wait_active 2
	expect no-carrier why "$A" a1
	wait_for 5 reaches "$A" 192.0.2.2
	plug "$B" b1
	wait_for 5 backup 1
	wait_active 2
	unplug "$B" b2
	wait_active 1
	unplug "$B" b1
	wait_active 3
	unplug "$B" b3
	wait_for 5 not carrier "$A" lag0
	expect null active
	expect no-carrier lag_get "$A" lag0 carrier_reason
	plug "$B" b2
	wait_active 2
	wait_for 5 reaches "$A" 192.0.2.2
}

traffic_goes_on()
{
	local i said

	three
	wait_for 5 reaches "$A" 192.0.2.2
	traffic udp "$A" "$B" 192.0.2.2 flows=4 count=10000 rate=400 \
		until="$WORK/enough" >"$WORK/there" &
	for i in 1 2; do
		wait_for 5 more_packets 200
		unplug "$B" "b$i"
		wait_active $((i + 1))
	done
	wait_for 5 more_packets 200
	touch "$WORK/enough"
	wait $!
	said=$(cat "$WORK/there")
	echo "# $said"
	between 0 8 reckon 'at("lost")' "$said"
	expect 0 reckon 'at("duplicates")' "$said"
}

more_packets()
{
	local now

	now=$(tx_packets "$A" lag0)
	: "${BASE:=$now}"
	((now >= BASE + $1)) && unset BASE
}

primary_takes_over()
{
	three
	lag_set primary a3
	wait_active 3
	expect a3 lag_get "$A" lag0 primary
	unplug "$B" b3
	wait_active 1
	plug "$B" b3
	wait_active 3
	# By any name, and shown by the first
	ip -n "$A" link property add dev a1 altname another-name-of-port-1
	lag_set primary another-name-of-port-1
	wait_active 1
	expect a1 lag_get "$A" lag0 primary
	# Another one, and none: the active one stays
	lag_set primary a2
	wait_active 2
	lag_set primary none
	expect null lag_get "$A" lag0 primary
	wait_active 2
}

# It need not be a port yet, and what it is called counts
primary_by_name()
{
	ports primary a2
	wait_active 2
	ip -n "$A" link set a2 nomaster
	wait_active 1
	expect a2 lag_get "$A" lag0 primary
	join "$A" lag0 a2
	wait_active 2
	ip -n "$A" link set a2 down
	wait_active 1
	ip -n "$A" link set a2 name other
	ip -n "$A" link set other up
	wait_is 5 backup port_get "$A" other state
	wait_active 1
	ip -n "$A" link set a3 down
	ip -n "$A" link set a3 name a2
	ip -n "$A" link set a2 up
	wait_active 2
}

primary_reselect_failure()
{
	three primary_reselect failure primary a2
	wait_active 1
	unplug "$B" b1
	wait_active 2
	unplug "$B" b2
	wait_active 3
	plug "$B" b2
	wait_for 5 backup 2
	wait_active 3
	lag_set primary_reselect always
	wait_active 2
}

# In one message: no port takes over in between
primary_and_reselect_together()
{
	three
	lag_set primary_reselect failure primary a3
	wait_active 1
	expect 0 tx_packets "$A" a3
	lag_set primary_reselect always primary none
	wait_active 1
	lag_set primary_reselect always primary a2
	wait_active 2
	expect 0 tx_packets "$A" a3
}

higher_prio_takes_over()
{
	three
	ip -n "$A" link set a2 type lag_slave prio 5
	wait_active 2
	ip -n "$A" link set a3 type lag_slave prio 10
	wait_active 3
	unplug "$B" b3
	wait_active 2
	plug "$B" b3
	wait_active 3
	ip -n "$A" link set a1 type lag_slave prio -5
	lag_set primary a1
	wait_active 1
}

chosen_by_hand()
{
	three
	lag_set active_slave a3
	wait_active 3
	# Also against the primary, until it fails
	lag_set primary a1
	wait_active 3
	unplug "$B" b3
	wait_active 1
	plug "$B" b3
	wait_for 5 backup 3
	wait_active 1
	lag_set active_slave a2
	wait_active 2
	lag_set clear_active_slave
	wait_active 1
	lag_set active_slave a2
	wait_active 2
	lag_set active_slave none
	wait_active 1
}

what_cannot_be_active()
{
	three
	ip -n "$A" link add other type dummy
	unplug "$B" b2
	wait_is 5 no-carrier why "$A" a2
	check_extack "active_slave must be a port of the lag" \
		lag_set active_slave other
	check_extack "active_slave cannot carry traffic now" \
		lag_set active_slave a2
	check_extack "active_slave is for mode active-backup" \
		lag_set mode static active_slave a3
	check_extack "active_slave must be a port of the lag" \
		ip -n "$A" link add lag1 type lag mode active-backup \
		active_slave a3
	wait_active 1
	expect active-backup lag_get "$A" lag0 mode
	# Both at once
	lag_set mode static
	lag_set mode active-backup active_slave a3
	wait_active 3
}

addresses_none()
{
	three
	expect "$M1 $M1 $M1 $M1" addresses
	unplug "$B" b1
	wait_active 2
	expect "$M1 $M1 $M1 $M1" addresses
}

addresses_active()
{
	three fail_over_mac active
	wait_is 5 "$M1 $M1 $M2 $M3" addresses
	unplug "$B" b1
	wait_active 2
	wait_is 5 "$M2 $M1 $M2 $M3" addresses
	wait_for 5 reaches "$B" 192.0.2.1
	check_extack "fail_over_mac active the lag has the address of its" \
		ip -n "$A" link set lag0 address "$ML"
	check_extack "a port has the address of its lag" \
		ip -n "$A" link set a3 address "$ML"
	unplug "$B" b2
	wait_active 3
	wait_is 5 "$M3 $M1 $M2 $M3" addresses
	ip -n "$A" link del lag0
	expect "$M1" link_get "$A" a1 address
	expect "$M2" link_get "$A" a2 address
	expect "$M3" link_get "$A" a3 address
}

# No address is ever on two ports
addresses_follow()
{
	three fail_over_mac follow
	expect "$M1 $M1 $M2 $M3" addresses
	unplug "$B" b1
	wait_active 2
	wait_is 5 "$M1 $M2 $M1 $M3" addresses
	wait_for 5 reaches "$B" 192.0.2.1
	unplug "$B" b2
	wait_active 3
	wait_is 5 "$M1 $M3 $M2 $M1" addresses
	ip -n "$A" link set lag0 address "$ML"
	expect "$ML $M1 $M2 $ML" addresses
	wait_for 5 reaches "$A" 192.0.2.2
	# Exactly what they had, whoever was active
	ip -n "$A" link set a3 nomaster
	ip -n "$A" link set a1 nomaster
	expect "$ML $M1 $M2 $M3" addresses
}

# With ports, and with the mode that it belongs to
addresses_change_live()
{
	three
	lag_set fail_over_mac active
	expect "$M1 $M1 $M2 $M3" addresses
	lag_set active_slave a2
	wait_is 5 "$M2 $M1 $M2 $M3" addresses
	lag_set fail_over_mac follow
	expect "$M2 $M1 $M2 $M3" addresses
	lag_set active_slave a3
	wait_is 5 "$M2 $M1 $M3 $M2" addresses
	lag_set fail_over_mac none
	expect "$M2 $M2 $M2 $M2" addresses
	lag_set fail_over_mac follow
	expect "$M2 $M1 $M3 $M2" addresses
	lag_set mode static
	expect "$M2 $M2 $M2 $M2" addresses
	# Now a1 is the active one
	lag_set mode active-backup
	wait_active 1
	wait_is 5 "$M2 $M2 $M1 $M3" addresses
}

active_port_released()
{
	three fail_over_mac active
	wait_is 5 "$M1 $M1 $M2 $M3" addresses
	ip -n "$A" link set a1 nomaster
	wait_active 2
	# At once: the address goes with its port
	expect "$M2 $M1 $M2 $M3" addresses
	wait_for 5 reaches "$B" 192.0.2.1
}

run_tests
exit "${EXIT_STATUS:?}"
