#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# LACP forms a LAG, with another lag and with bonding's 802.3ad mode: both ends
# distribute on all ports, both have carrier, and traffic goes through.
#
#    A (lag)                        B (lag), D (bond)
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+
#    192.0.2.1                      192.0.2.2

ALL_TESTS="
	lag_with_lag
	lag_with_bonding
	ends_agree
	traffic_with_lag
	traffic_with_bonding
	no_partner_no_carrier
	one_port
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 2 bond lacp_rate fast
	C=$A D=$B
	pair 2 lag
}

lag_with_lag()
{
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	expect none why "$A" a1
	expect none lag_get "$A" lag0 carrier_reason
	expect UP link_get "$A" lag0 operstate
	expect distributing port_get "$A" a1 state
	expect distributing port_get "$A" a2 state
	expect 256 lag_slots "$A" a1 a2
}

lag_with_bonding()
{
	wait_for 10 distributing "$C" lag0 2
	# 0x3f: active, short timeout, aggregating, sync, collecting,
	# distributing
	wait_is 5 63 port_get "$D" b1 ad_actor_oper_port_state
	wait_is 5 63 port_get "$D" b2 ad_actor_oper_port_state
	wait_is 5 63 port_get "$C" a1 ad_partner_oper_port_state
	wait_is 5 63 port_get "$D" b1 ad_partner_oper_port_state
	expect 2 link_get "$D" peer0 linkinfo.info_data.ad_info.num_ports
	expect 2 lag_get "$C" lag0 ad_info.num_ports
}

lag_slots()
{
	local ns=$1 port sum=0

	shift
	for port; do
		sum=$((sum + $(port_get "$ns" "$port" slots)))
	done
	echo "$sum"
}

# What one end says of itself is what the other says of its partner
ends_agree()
{
	local port

	for port in 1 2; do
		expect "$(port_get "$A" "a$port" actor)" \
			port_get "$B" "b$port" partner
		expect "$(port_get "$B" "b$port" actor)" \
			port_get "$A" "a$port" partner
	done
	expect "$(link_get "$B" peer0 address)" \
		lag_get "$A" lag0 ad_info.partner_mac
	expect "$(link_get "$D" peer0 address)" \
		lag_get "$C" lag0 ad_info.partner_mac
	expect "$(lag_get "$B" peer0 ad_info.actor_key)" \
		lag_get "$A" lag0 ad_info.partner_key
}

traffic_with_lag()
{
	wait_for 5 reaches "$A" 192.0.2.2
	expect true traffic_get equal tcp "$A" "$B" 192.0.2.2
	expect true traffic_get equal tcp "$B" "$A" 192.0.2.1
}

traffic_with_bonding()
{
	wait_for 5 reaches "$C" 192.0.2.2
	expect true traffic_get equal tcp "$C" "$D" 192.0.2.2
	expect true traffic_get equal tcp "$D" "$C" 192.0.2.1
}

# Nobody at the other end: strict, as the standard has it
no_partner_no_carrier()
{
	setup_ns X Y
	cable "$X" x1 "$Y" y1
	ip -n "$X" link add lag0 up type lag
	join "$X" lag0 x1
	plug "$Y" y1
	wait_is 2 no-lacpdu why "$X" x1
	wait_is 5 defaulted port_get "$X" x1 rx_machine
	expect no-partner lag_get "$X" lag0 carrier_reason
	expect 0 lag_get "$X" lag0 num_distributing
	expect DOWN link_get "$X" lag0 operstate
}

one_port()
{
	pair 1 lag
	wait_for 5 distributing "$A" lag0 1
	wait_for 5 reaches "$A" 192.0.2.2
}

run_tests
exit "${EXIT_STATUS:?}"
