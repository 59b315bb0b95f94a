#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What bash offers at the tab key for ip and lagctl: everything that they
# understand, and nothing else.

ALL_TESTS="
	options_of_a_lag
	values_of_an_option
	options_of_a_port
	kinds
	devices
	what_is_not_ours
	verbs
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

PACKAGING=$HERE/../tools/packaging

setup()
{
	lag_require lagctl
	[ -e "$PACKAGING/completion" ] || skip_all "needs tools/packaging"
	# shellcheck source=../tools/packaging/completion
	. "$PACKAGING/completion"
	# shellcheck source=../tools/packaging/completion.ip
	. "$PACKAGING/completion.ip"
}

# offered WORD...: at the end of the last word, sorted
offered()
{
	trap - ERR
	set +eE
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	case $1 in
	ip)	_lag_ip "$1" "${!#}" "${*: -2:1}" ;;
	lagctl)	_lagctl ;;
	esac
	[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}" | sort |
		paste -s -d ' '
}

# What is printed before the state can be typed; what is not offered of it only
# keeps scripts for bonding working
options_of_a_lag()
{
	local name shown text count=0

	is "" offered ip link add lag0 type lag bogus
	is lacp_active offered ip link add lag0 type lag lacp_a
	is "lacp_active lacp_rate" offered ip link set lag0 type lag lacp_
	setup_ns A
	ip -n "$A" link add lag0 type lag mode active-backup
	ip -n "$A" link add a1 type dummy
	ip -n "$A" link set a1 master lag0
	ip -n "$A" link set lag0 type lag primary a1
	text=$(ip -n "$A" -o -d link show lag0)
	text=${text#* lag mode}
	text=${text%% carrier_reason*}
	shown=" $(offered ip link set lag0 type lag "") "
	while read -r name _; do
		: $((++count))
		case $name in
		miimon|use_carrier|lacp_strict)			  ;;
		all_slaves_active|lp_interval|tlb_dynamic_lb)	  ;;
		*)	[[ $shown == *" $name "* ]] ||
				fail "no $name in $shown" ;;
		esac
	done < <(xargs -n 2 <<<"mode$text")
	[ "$count" -gt 30 ]
	# One is enough
	shown=" $(offered ip link add x type lag mode lacp "") "
	[[ $shown == *" lacp_rate "* && $shown != *" mode "* ]]
}

values_of_an_option()
{
	is "fast slow" offered ip link add lag0 type lag lacp_rate ""
	is "layer2 layer2+3" offered ip link add lag0 type lag min_links 2 \
		xmit_hash_policy layer2
	is "active active-backup" \
		echo "$(offered ip l a lag0 type lag fail_over_mac a)" \
		"$(offered ip l a lag0 type lag mode a)"
	is "" offered ip link add lag0 type lag min_links ""
	is updelay offered ip link add lag0 type lag clear_active_slave upd
	is num_unsol_na offered ip link add lag0 type lag num_u
}

options_of_a_port()
{
	is "actor_port_prio admin" offered ip link set a1 type lag_slave a
	is "disabled draining enabled" \
		offered ip link set a1 type lag_slave prio 5 admin ""
}

kinds()
{
	is lag offered ip link add lag0 type la
	[[ " $(offered ip link add lag0 type "") " == *" vlan "* ]]
	is "lag lag_slave" offered ip link set lag0 type la
}

devices()
{
	is lo offered ip link set lag0 type lag active_slave l
	ip link add lag9 type lag
	ip link add lag9p type dummy
	ip link set lag9p master lag9
	is "lag9 lag9p" offered lagctl status lag9
	is lag9p offered lagctl drain lag9
	ip link del lag9
	ip link del lag9p
}

# That is the stock completion's
what_is_not_ours()
{
	_ip()
	{
		COMPREPLY=(stock)
	}
	is stock offered ip link add br0 type bridge ""
	is stock offered ip addr show ""
	is stock offered ip link ""
	is stock offered ip addr add 192.0.2.1/24 dev ""
}

verbs()
{
	local verb all

	is status offered lagctl stat
	all=$(offered lagctl "")
	for verb in $all; do
		lagctl "$verb" --help >/dev/null || fail "$verb is no verb"
	done
	is --json offered lagctl --js
}

run_tests
exit "${EXIT_STATUS:?}"
