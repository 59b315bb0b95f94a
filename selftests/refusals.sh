#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is refused, is refused with a sentence that says what to do, and leaves
# everything as it was.
#
#    A
#   +-------------------------------+
#   |  lag0 -- a1     a2 (free)     |
#   +-------------------------------+

ALL_TESTS="
	values_out_of_range
	modes_not_available
	options_not_available
	active_port_of_other_modes
	contradictions
	words_that_ip_refuses
	ports_that_cannot_be
	vlans
	circle
	aggregate_in_aggregate
	port_of_another_lag
	port_options
	port_options_elsewhere
	what_belongs_to_the_lag
	addresses_of_the_lag
	state_is_read_only
	unknown_option
	sentences_name_the_attribute
	address_that_a_port_cannot_take
	sixty_fifth_port
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 up type lag
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	plug "$B" b1
	join "$A" lag0 a1
}

# All that can be set of a lag and its ports
settings()
{
	ip -n "$A" -d link show | sed -n '
		s/^[0-9]*: \([^:]*\):.*\(mtu [0-9]*\).*\(master [^ ]*\).*/\1 \2 \3/p
		s/^[0-9]*: \([^:]*\):.*\(mtu [0-9]*\).*/\1 \2/p
		s/carrier_reason.*//
		s/ state .*//
		/^ *lag/p
		/link.ether/p'
}

# refused SENTENCE OPTION...: of lag0, and of a lag that would be made so
refused()
{
	check_extack "$1" ip -n "$A" link set lag0 type lag "${@:2}"
	check_extack "$1" ip -n "$A" link add lag1 type lag "${@:2}"
}

# refused_port SENTENCE DEV [MASTER]
refused_port()
{
	local before

	before=$(settings)
	check_extack "$1" ip -n "$A" link set "$2" master "${3:-lag0}"
	expect "$before" settings
}

values_out_of_range()
{
	local before

	before=$(settings)
	refused "min_links must be 0..64" min_links 65
	refused "max_links must be 0..64" max_links 65
	refused "fallback_timeout must be 0..300000 ms" fallback_timeout 300001
	refused "wait_while must be 0..10000 ms" wait_while 10001
	refused "ad_actor_sys_prio must be 1..65535" ad_actor_sys_prio 0
	refused "ad_user_port_key must be 0..1023" ad_user_port_key 1024
	refused "updelay must be 0..720000 ms" updelay 720001
	refused "downdelay must be 0..720000 ms" downdelay 720001
	refused "peer_notify_delay must be 0..300000 ms" \
		peer_notify_delay 300001
	refused "resend_igmp must be 0..255" resend_igmp 256
	refused "packets_per_slave must be 0..65535" packets_per_slave 65536
	refused "primary must be the name of a device" primary a/b
	refused "ad_actor_system must not be a multicast address" \
		ad_actor_system 01:80:c2:00:00:02
	expect "$before" settings
}

modes_not_available()
{
	local before mode

	before=$(settings)
	for mode in balance-tlb balance-alb; do
		refused "mode $mode is not available; use mode " mode "$mode"
	done
	expect "$before" settings
}

options_not_available()
{
	local before

	before=$(settings)
	refused "all_slaves_active is not available; to receive on all ports" \
		all_slaves_active 1
	refused "lp_interval belongs to balance-tlb and balance-alb" \
		lp_interval 2
	refused "tlb_dynamic_lb belongs to balance-tlb; use mode" \
		tlb_dynamic_lb off
	expect "$before" settings
}

# In mode active-backup: in active_backup.sh
active_port_of_other_modes()
{
	local before

	before=$(settings)
	refused "active_slave is for mode active-backup; set that mode" \
		active_slave a1
	ip -n "$A" link set lag0 type lag active_slave none
	expect "$before" settings
}

contradictions()
{
	refused "min_links must not be more than max_links" \
		min_links 3 max_links 2
	ip -n "$A" link set lag0 type lag max_links 2
	check_extack "min_links must not be more than max_links" \
		ip -n "$A" link set lag0 type lag min_links 3
	ip -n "$A" link set lag0 type lag max_links 0
	refused "hash_symmetric is not possible with xmit_hash_policy flow" \
		xmit_hash_policy flow hash_symmetric on
}

words_that_ip_refuses()
{
	local before

	before=$(settings)
	refused 'invalid mode, see "ip link help lag"' mode bogus
	refused 'invalid lacp_rate' lacp_rate quick
	refused 'invalid lacp_active' lacp_active maybe
	refused 'invalid ad_select' ad_select best
	refused 'invalid fallback' fallback some
	refused 'invalid xmit_hash_policy' xmit_hash_policy layer7
	refused 'invalid ad_user_port_key' ad_user_port_key 65536
	refused 'invalid ad_actor_system' ad_actor_system 02:00
	refused 'unknown option "colour"' colour red
	refused 'there is no arp_interval; use mode lacp' arp_interval 100
	refused 'invalid primary_reselect' primary_reselect never
	refused 'invalid fail_over_mac' fail_over_mac always
	refused 'invalid num_grat_arp' num_unsol_na 256
	refused 'invalid primary' primary a.name.too.long.
	refused 'invalid active_slave' active_slave nobody
	expect "$before" settings
}

ports_that_cannot_be()
{
	refused_port "a lag cannot be a port of itself" lag0
	refused_port "a loopback device leads nowhere" lo
	ip -n "$A" link add gone type dummy
	ip -n "$A" link add link a2 name a2.5 type vlan id 5
	refused_port "in use by another device above it" a2
	ip -n "$A" link del a2.5
	ip -n "$A" link add link gone name mac0 type macvlan
	refused_port "in use by another device above it" gone
	ip -n "$A" link del gone
	ip -n "$A" link add ifb9 type ifb
	refused_port "the device cannot take the address of the lag" ifb9
	ip -n "$A" link del ifb9
	ip -n "$A" link add vrf0 type vrf table 9
	refused_port "the device gives nobody what it receives" vrf0
	ip -n "$A" link del vrf0
	ip -n "$A" link add ipip1 type ipip local 192.0.2.8 remote 192.0.2.9
	refused_port "only Ethernet devices can be ports" ipip1
	ip -n "$A" link del ipip1
}

# HSR cannot carry VLANs
vlans()
{
	modprobe -q hsr || skip "no module hsr"
	ip -n "$A" link add h1 type dummy
	ip -n "$A" link add h2 type dummy
	ip -n "$A" link add hsr0 type hsr slave1 h1 slave2 h2
	ip -n "$A" link add link lag0 name lag0.9 type vlan id 9
	refused_port "the device cannot carry the VLANs of the lag" hsr0
	ip -n "$A" link del lag0.9
	# While such a port is there, no VLAN can be made; then it can again
	ip -n "$A" link add lag2 mtu 1400 type lag
	ip -n "$A" link set hsr0 master lag2
	check_extack "VLANs not supported on device" \
		ip -n "$A" link add link lag2 name lag2.9 type vlan id 9
	ip -n "$A" link set hsr0 nomaster
	ip -n "$A" link add link lag2 name lag2.9 type vlan id 9
	ip -n "$A" link del lag2
	ip -n "$A" link del hsr0
	ip -n "$A" link del h1
	ip -n "$A" link del h2
}

circle()
{
	ip -n "$A" link add lag1 type lag mode static
	ip -n "$A" link add lag2 type lag mode static
	ip -n "$A" link set lag1 master lag2
	refused_port "the device is itself above the lag" lag2 lag1
	ip -n "$A" link del lag2
	ip -n "$A" link del lag1
	ip -n "$A" link add link lag0 name lag0.9 type vlan id 9
	refused_port "the device is itself above the lag" lag0.9
	ip -n "$A" link del lag0.9
}

aggregate_in_aggregate()
{
	ip -n "$A" link add lag1 type lag
	refused_port "mode lacp cannot have a port that is itself an aggregate" \
		lag1
	ip -n "$A" link add bond1 type bond
	refused_port "mode lacp cannot have a port that is itself an aggregate" \
		bond1
	# In mode static it can; then mode lacp cannot be set
	ip -n "$A" link add lag2 type lag mode static
	ip -n "$A" link set bond1 master lag2
	check_extack \
		"mode lacp cannot have a port that is itself an aggregate" \
		ip -n "$A" link set lag2 type lag mode lacp
	expect static lag_get "$A" lag2 mode
	ip -n "$A" link del lag2
	ip -n "$A" link del bond1
	ip -n "$A" link del lag1
}

# `ip link set master` moves a port from one lag to another: leaves and joins
port_of_another_lag()
{
	ip -n "$A" link add lag1 type lag
	ip -n "$A" link set a1 master lag1
	expect lag1 link_get "$A" a1 master
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link del lag1
}

port_options()
{
	local before

	ip -n "$A" link set a2 master lag0
	before=$(settings)
	check_extack "port_number belongs to another port of the lag" \
		ip -n "$A" link set a2 type lag_slave port_number 1
	check_extack 'invalid admin, see "ip link help lag_slave"' \
		ip -n "$A" link set a2 type lag_slave admin away
	check_extack 'invalid actor_port_prio' \
		ip -n "$A" link set a2 type lag_slave actor_port_prio 65536
	check_extack 'there is no queue_id; use xmit_hash_policy' \
		ip -n "$A" link set a2 type lag_slave queue_id 2
	check_extack 'unknown option "weight"' \
		ip -n "$A" link set a2 type lag_slave weight 3
	expect "$before" settings
	ip -n "$A" link set a2 nomaster
}

port_options_elsewhere()
{
	check_extack "no port of a lag; make it one first" \
		ip -n "$A" link set a2 type lag_slave actor_port_prio 3
	check_extack "no port of a lag; make it one first" \
		ip -n "$A" link set lag0 type lag_slave admin draining
	not ip -n "$A" link set a2 type lag mode static
	# A bridge would take them for its own
	ip -n "$A" link add sw0 type bridge
	ip -n "$A" link set a2 master sw0
	check_extack "no port of a lag; make it one first" \
		ip -n "$A" link set a2 type lag_slave actor_port_prio 3
	ip -n "$A" link del sw0
}

what_belongs_to_the_lag()
{
	local before

	before=$(settings)
	# The kernel has no place for a sentence here: it is logged, unless much
	# else was just before
	check_extack "Device or resource busy" \
		ip -n "$A" link set a1 mtu 1300
	check_extack "a port has the address of its lag" \
		ip -n "$A" link set a1 address 02:00:00:00:00:77
	expect "$before" settings
}

addresses_of_the_lag()
{
	check_extack "an individual Ethernet address" \
		ip -n "$A" link add lag1 address 01:00:00:00:00:01 type lag
	check_extack "an individual Ethernet address" \
		ip -n "$A" link add lag1 address 00:00:00:00:00:00 type lag
	not ip -n "$A" link set lag0 address 01:00:00:00:00:01
}

# These `ip` does not send
raw()
{
	in_ns "$A" python3 "$HERE/rtnl.py" "$@"
}

state_is_read_only()
{
	local before

	before=$(settings)
	check_extack "the state of a lag is read only" raw lag0 data 35=
	check_extack "the state of a port is read only" raw a1 slave 6=
	check_extack "lacp_rate must be 0 (slow) or 1 (fast)" raw lag0 data 3=02
	check_extack "mode is unknown" raw lag0 data 1=09
	check_extack "must be 1 or 0" raw lag0 data 2=02
	check_extack "must be 1 or 0" raw lag0 data 20=07
	check_extack "ad_select must be" raw lag0 data 12=04
	check_extack "fallback must be" raw lag0 data 8=03
	check_extack "xmit_hash_policy must be" raw lag0 data 4=07
	check_extack "admin must be" raw a1 slave 2=03
	check_extack "primary must be" raw lag0 data \
		21=6162636465666768696a6b6c6d6e6f7000
	check_extack "primary_reselect must be" raw lag0 data 22=03
	check_extack "active_slave must be" raw lag0 data 23=ffffffff
	check_extack "fail_over_mac must be" raw lag0 data 24=03
	# An u32 of two octets
	check_extack "invalid attribute length" raw lag0 data 5=0100
	expect "$before" settings
}

unknown_option()
{
	check_extack "option is unknown to this lag module" raw lag0 data 40=01
	check_extack "option is unknown to this lag module" raw a1 slave 30=01
}

# about ATTRIBUTE DEV NEST TYPE=HEX...
about()
{
	check_extack "(attribute $1)" raw "${@:2}"
}

# Out of range, each alone; two that do not go together; numbers of enum
# ifla_lag and enum ifla_lag_port
sentences_name_the_attribute()
{
	about 1 lag0 data 1=05
	about 2 lag0 data 2=02
	about 3 lag0 data 4=00 3=02
	about 4 lag0 data 4=07
	about 5 lag0 data 5=41000000
	about 6 lag0 data 6=41000000
	about 8 lag0 data 8=03
	about 9 lag0 data 9=ffffffff
	about 10 lag0 data 10=ffffffff
	about 12 lag0 data 12=04
	about 13 lag0 data 13=0000
	about 14 lag0 data 14=0180c2000002
	about 15 lag0 data 15=0004
	about 17 lag0 data 17=ffffffff
	about 18 lag0 data 18=ffffffff
	about 21 lag0 data 21=612f6200
	about 22 lag0 data 22=03
	about 23 lag0 data 23=01000000
	about 24 lag0 data 24=03
	about 26 lag0 data 26=ffffffff
	about 27 lag0 data 27=00010000
	about 28 lag0 data 28=00000100
	about 32 lag0 data 32=01
	about 33 lag0 data 33=02000000
	about 34 lag0 data 34=00
	about 35 lag0 data 35=
	about 40 lag0 data 40=01
	about 5 lag0 data 6=02000000 5=03000000
	about 4 lag0 data 20=01 4=06
	about 2 a1 slave 2=03
	about 6 a1 slave 6=
	about 30 a1 slave 30=01
}

# That of an ifb cannot be set.
address_that_a_port_cannot_take()
{
	local before

	ip -n "$A" link add lag1 type lag mode active-backup fail_over_mac active
	ip -n "$A" link add ifb9 type ifb
	ip -n "$A" link set ifb9 master lag1
	ip -n "$A" link set lag1 address 02:00:00:00:00:99
	before=$(settings)
	check_extack "a port cannot take the address that fail_over_mac asks" \
		ip -n "$A" link set lag1 type lag fail_over_mac none
	about 24 lag1 data 24=00
	about 1 lag1 data 1=02
	expect "$before" settings
	ip -n "$A" link del lag1
	ip -n "$A" link del ifb9
}

sixty_fifth_port()
{
	local i

	ip -n "$A" link add lag64 type lag mode static
	for ((i = 1; i <= 65; i++)); do
		echo "link add p$i type dummy"
		((i == 65)) || echo "link set p$i master lag64"
	done | ip -n "$A" -batch -
	refused_port "the lag has 64 ports" p65 lag64
	ip -n "$A" link set p7 nomaster
	ip -n "$A" link set p65 master lag64
	expect 7 port_get "$A" p65 port_number
}

run_tests
exit "${EXIT_STATUS:?}"
