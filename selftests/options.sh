#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every option of if_lag.h: its default, set at creation, changed while the lag
# is up and carries traffic, read back as JSON with the right type and as text
# that can be typed in again.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	defaults
	at_creation
	live
	limits
	aliases
	bondings_defaults
	typed_back
	seed_is_random
	port_defaults
	port_live
	port_typed_back
	one_message_is_one_change
	told_unprivileged
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# name, default and another value as JSON says them; as words they are typed
OPTIONS='
mode			"lacp"		"static"
lacp_active		true		false
lacp_rate		"slow"		"fast"
xmit_hash_policy	"layer3+4"	"layer2+3"
min_links		1		2
max_links		0		3
revertive		false		true
fallback		"none"		"single"
fallback_timeout	15000		7000
wait_while		2000		0
goodbye			true		false
ad_select		"stable"	"bandwidth"
ad_actor_sys_prio	65535		1000
ad_actor_system		"00:00:00:00:00:00"	"02:00:00:00:00:0a"
ad_user_port_key	0		77
coupled_control		false		true
updelay			0		100
downdelay		0		200
hash_seed		-		305419896
hash_symmetric		false		true
primary			null		"eth9"
primary_reselect	"always"	"failure"
fail_over_mac		"none"		"follow"
num_peer_notif		1		5
peer_notify_delay	0		300
resend_igmp		1		3
packets_per_slave	1		7
miimon			0		100
use_carrier		true		false
lacp_strict		true		false
'

PORT_OPTIONS='
actor_port_prio		255		7
admin			"enabled"	"disabled"
port_key		0		99
port_number		1		42
prio			0		-7
'

# Smallest and largest
LIMITS='
min_links		0	64
max_links		0	64
fallback_timeout	0	300000
wait_while		0	10000
ad_actor_sys_prio	1	65535
ad_user_port_key	0	1023
updelay			0	720000
downdelay		0	720000
hash_seed		0	4294967295
num_peer_notif		0	255
peer_notify_delay	0	300000
resend_igmp		0	255
packets_per_slave	0	65535
'

setup()
{
	lag_require
	pair 2 lag
	wait_for 5 distributing "$A" lag0 2
	ip -n "$A" link add idle type lag
}

# As it is typed
word()
{
	case $1 in
	true)	echo on ;;
	false)	echo off ;;
	null)	echo none ;;
	*)	echo "${1//\"/}" ;;
	esac
}

# each TABLE COMMAND...: COMMAND NAME DEFAULT OTHER for each line
each()
{
	local name default other

	while read -r name default other; do
		[ -z "$name" ] || "${@:2}" "$name" "$default" "$other"
	done <<<"$1"
}

# option DEV NEST NAME: as JSON, so that types count: "5" is not 5
option()
{
	link_json "$A" "$1" "linkinfo.$2.$3"
}

check_default()
{
	[ "$2" = - ] || expect "$2" option idle info_data "$1"
}

defaults()
{
	each "$OPTIONS" check_default
}

all_others()
{
	each "$OPTIONS" print_other
}

print_other()
{
	echo "$1 $(word "$3")"
}

check_other()
{
	expect "$3" option full info_data "$1"
}

at_creation()
{
	# shellcheck disable=SC2046
	ip -n "$A" link add full type lag $(all_others)
	each "$OPTIONS" check_other
	ip -n "$A" link del full
}

check_live()
{
	local before=$2

	[ "$before" != - ] || before=$(option lag0 info_data "$1")
	ip -n "$A" link set lag0 type lag "$1" "$(word "$3")"
	expect "$3" option lag0 info_data "$1"
	ip -n "$A" link set lag0 type lag "$1" "$(word "$before")"
	expect "$before" option lag0 info_data "$1"
}

# Both ports are in use all along, and again after it
live()
{
	each "$OPTIONS" check_live
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
	wait_for 5 reaches "$A" 192.0.2.2
}

check_limits()
{
	local value

	for value in "$2" "$3"; do
		ip -n "$A" link add edge type lag "$1" "$value"
		expect "$value" option edge info_data "$1"
		ip -n "$A" link del edge
	done
}

limits()
{
	each "$LIMITS" check_limits
}

# bonding's words and numbers
aliases()
{
	local typed number=0

	for typed in 802.3ad:lacp 4:lacp balance-xor:static 2:static \
		1:active-backup 0:balance-rr 3:broadcast; do
		ip -n "$A" link set idle type lag mode "${typed%:*}"
		expect "\"${typed#*:}\"" option idle info_data mode
	done
	ip -n "$A" link set idle type lag mode lacp lacp_rate 1 lacp_active 0 \
		xmit_hash_policy 2 ad_select 2
	expect '"fast"' option idle info_data lacp_rate
	expect false option idle info_data lacp_active
	expect '"layer2+3"' option idle info_data xmit_hash_policy
	expect '"count"' option idle info_data ad_select
	for typed in layer2 layer3+4 layer2+3 encap2+3 encap3+4 vlan+srcmac flow
	do
		ip -n "$A" link set idle type lag xmit_hash_policy $((number++))
		expect "\"$typed\"" option idle info_data xmit_hash_policy
	done
	ip -n "$A" link set idle type lag xmit_hash_policy layer3+4
	ip -n "$A" link set idle type lag num_grat_arp 3 primary_reselect 1 \
		fail_over_mac 1
	expect 3 option idle info_data num_peer_notif
	expect 3 option idle info_data num_grat_arp
	expect '"better"' option idle info_data primary_reselect
	expect '"active"' option idle info_data fail_over_mac
	ip -n "$A" link set idle type lag num_unsol_na 4 fail_over_mac 0
	expect 4 option idle info_data num_peer_notif
}

# What is refused otherwise
bondings_defaults()
{
	ip -n "$A" link set idle type lag all_slaves_active 0 lp_interval 1 \
		tlb_dynamic_lb 1
	expect false option idle info_data all_slaves_active
	expect 1 option idle info_data lp_interval
	expect true option idle info_data tlb_dynamic_lb
}

# text DEV KIND LAST: the options in the text of `ip -d link`, which end where
# the state begins
text()
{
	ip -n "$A" -d link show dev "$1" |
		sed -n "s/.* $2 \(.*\) $3 .*/\1/p; s/^    $2 \(.*\) $3 .*/\1/p"
}

typed_back()
{
	local typed

	# shellcheck disable=SC2046
	ip -n "$A" link add full type lag $(all_others)
	typed=$(text full lag carrier_reason)
	# shellcheck disable=SC2086
	ip -n "$A" link add copy type lag $typed
	expect "$typed" text copy lag carrier_reason
	expect "$(option full info_data hash_seed)" \
		option copy info_data hash_seed
}

seed_is_random()
{
	ip -n "$A" link add other type lag
	not is "$(option idle info_data hash_seed)" \
		option other info_data hash_seed
}

check_port_default()
{
	expect "$2" option a1 info_slave_data "$1"
}

port_defaults()
{
	each "$PORT_OPTIONS" check_port_default
	expect 2 option a2 info_slave_data port_number
}

check_port_live()
{
	ip -n "$A" link set a1 type lag_slave "$1" "$(word "$3")"
	expect "$3" option a1 info_slave_data "$1"
	ip -n "$A" link set a1 type lag_slave "$1" "$(word "$2")"
	expect "$2" option a1 info_slave_data "$1"
	expect distributing port_get "$A" a2 state
}

# What a partner is told changes with it; the other port stays in use
port_live()
{
	each "$PORT_OPTIONS" check_port_live
	wait_for 10 distributing "$A" lag0 2
	ip -n "$A" link set a1 type lag_slave actor_port_prio 7 port_number 42
	wait_is 5 42 port_get "$B" b1 partner.port
	expect 7 port_get "$B" b1 partner.port_priority
	wait_for 10 distributing "$A" lag0 2
}

port_typed_back()
{
	local typed

	ip -n "$A" link set a2 type lag_slave actor_port_prio 9
	typed=$(text a2 lag_slave state)
	ip -n "$A" link set a2 type lag_slave actor_port_prio 10
	# shellcheck disable=SC2086
	ip -n "$A" link set a2 type lag_slave $typed
	expect "$typed" text a2 lag_slave state
}

# The order of the options in it does not matter, and a refused one changes
# nothing of it
one_message_is_one_change()
{
	ip -n "$A" link set idle type lag min_links 3 max_links 4
	ip -n "$A" link set idle type lag min_links 6 max_links 8
	ip -n "$A" link set idle type lag max_links 2 min_links 1
	not ip -n "$A" link set idle type lag updelay 50 min_links 9
	expect 0 option idle info_data updelay
	expect 1 option idle info_data min_links
}

# What is set can be read by anybody
told_unprivileged()
{
	wait_for 5 same_to_anybody
	expect lacp reckon 'at("0.linkinfo.info_data.mode")' "$SAID"
}

# It may be changing just then
same_to_anybody()
{
	SAID=$(in_ns "$A" python3 -c 'import os
os.setuid(65534)
os.execvp("ip", "ip -d -j link show dev lag0".split())')
	is "$(option lag0 info_data ad_info)" \
		reckon 'at("0.linkinfo.info_data.ad_info")' "$SAID"
}

run_tests
exit "${EXIT_STATUS:?}"
