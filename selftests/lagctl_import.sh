#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `lagctl import`: each kind of bonding set-up becomes the lag that does the
# same, what has no equivalent is named, and what is malformed is refused with
# its place.

ALL_TESTS="
	interfaces
	interfaces_again
	another_name
	ports_that_name_their_bond
	proxmox
	networkd
	networkd_again
	netplan
	netplan_again
	every_option_of_bonding
	fallback_only_where_bonding_has_it
	live_bond_becomes_a_lag
	conf_makes_the_lag
	nothing_is_written_unasked
	malformed
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

FIXTURES=$HERE/import

# import ARG...: what it prints is in $WORK/out, what it says in $WORK/said
import()
{
	lagctl import "$@" >"$WORK/out" 2>"$WORK/said" ||
		fail "status $?: lagctl import $*: $(cat "$WORK/said")"
}

# has LINE...: each is one of the output
has()
{
	local line

	for line; do
		grep -qxF -e "$line" "$WORK/out" ||
			fail "no line '$line' in:"$'\n'"$(cat "$WORK/out")"
	done
}

has_not()
{
	local text

	for text; do
		not grep -qF -e "$text" "$WORK/out" || fail "there is '$text'"
	done
}

# names OPTION...: a comment says why there is no such thing
names()
{
	local option

	for option; do
		grep -qE "^# [a-z0-9]+: $option .*(no equivalent|not needed|left out|not known)" \
			"$WORK/out" || fail "$option is not named"
		grep -qF ": $option " "$WORK/said" ||
			fail "$option is not named on stderr"
	done
}

interfaces()
{
	import -f conf -b bond0 "$FIXTURES/interfaces"
	has "ports eno1 eno2" "mode lacp" "lacp_rate fast" "updelay 200" \
		"xmit_hash_policy layer2+3" "min_links 1" "fallback single" \
		"lladdr 02:00:5e:00:53:01" "mtu 9000" \
		"address 192.0.2.10/26" "address 2001:db8::10/64" \
		"gateway 192.0.2.1"
	names miimon arp_interval arp_ip_target frobnicate
	has_not downdelay use_carrier bond1
	import -b bond1 "$FIXTURES/interfaces"
	has "ip link add bond1 type lag mode active-backup primary_reselect better fail_over_mac active num_grat_arp 3 primary enp3s0" \
		"ip link set dev enp3s0 master bond1" \
		"ip link set dev enp4s0 master bond1" \
		"ip link set dev bond1 up"
	names lacp_rate queue_id
}

# Only what is about bonding changes, and only in files that are about it
interfaces_again()
{
	import -f interfaces -o "$WORK" "$FIXTURES/interfaces"
	cp "$WORK/interfaces" "$WORK/out"
	has "	lag-ports eno1 eno2" "	lag-mode lacp" "	lag-lacp-rate fast" \
		"	lag-fallback single" "	lag-updelay 200" \
		"	# bond_miimon 100" "	# bond-arp-interval 250"
	grep -vE '^# (bond|enp4s0: )|[ 	](lag-|# bond)' "$WORK/out" >"$WORK/rest"
	sed -z 's/\\\n[ \t]*/ /g' "$FIXTURES/interfaces" |
		grep -vE '[ 	](bond[-_])' | diff - "$WORK/rest"
	cp "$WORK/backup" "$WORK/out"
	has "	lag-ports none" "	lag-primary enp3s0" \
		"	lag-mode active-backup" "	lag-master bond1"
}

# Also in the VLAN's name and its parent, but not in that of another device
another_name()
{
	import -f interfaces -b bond0 -n lag7 "$FIXTURES/interfaces"
	has "iface lag7 inet static" "iface lag7.100 inet static" \
		"	vlan-raw-device lag7" "	bridge_ports lag7.100 bond01" \
		"	post-up ethtool -K lag7 lro off"
	# The other bond stays one
	has_not "lag-master" "# --- "
}

ports_that_name_their_bond()
{
	import "$FIXTURES/hotplug/interfaces"
	has "ip link add bond0 type lag mode active-backup" \
		"ip link set dev eth0 master bond0"
	grep -q "mode balance-alb: no equivalent" "$WORK/out"
	grep -q "interfaces:8: left as it is" "$WORK/out"
	names lp_interval
	import -f interfaces "$FIXTURES/hotplug/interfaces"
	has "	lag-ports none" "	lag-mode active-backup" \
		"	lag-master bond0"
}

proxmox()
{
	import -f interfaces "$FIXTURES/proxmox/interfaces"
	has "	link-type lag" "	lag-ports eno1np0 eno2np1" \
		"	lag-mode lacp" "	bridge-ports bond0"
	grep -q "web interface of Proxmox" "$WORK/out"
	import -f interfaces -n lag0 "$FIXTURES/proxmox/interfaces"
	has "	bridge-ports lag0" "iface lag0 inet manual"
	not grep -q "web interface of Proxmox" "$WORK/out"
}

networkd()
{
	import -f conf -b bond0 "$FIXTURES/networkd"
	has "ports enp1s0 enp2s0" "mode lacp" "xmit_hash_policy layer3+4" \
		"lacp_rate fast" "updelay 500" "downdelay 1500" "min_links 2" \
		"ad_select bandwidth" "mtu 9000"
	has_not fallback lp_interval br0
	names miimon
	import -f conf -b bond1 "$FIXTURES/networkd"
	has "ports enp3s0 enp4s0" "primary enp3s0" "primary_reselect failure"
	names arp_interval arp_ip_target
}

networkd_again()
{
	import -f networkd -b bond0 -n lag0 "$FIXTURES/networkd"
	has "# --- /etc/lag/lag0.conf" "KeepMaster=yes" \
		"LinkLocalAddressing=no" "LLDP=yes" "Name=lag0" \
		"Address=192.0.2.10/24"
	has_not "Bond="
}

netplan()
{
	import -f conf -b bond0 "$FIXTURES/netplan/01-netcfg.yaml"
	has "ports eno1 eno2" "mode lacp" "lacp_rate fast" "updelay 1000" \
		"xmit_hash_policy layer3+4" "fallback single" \
		"lladdr 02:00:5e:00:53:01" "mtu 9000"
	names miimon all_slaves_active frobnicate
	import -f conf -b bond1 "$FIXTURES/netplan"
	has "ports none" "mode balance-rr"
}

netplan_again()
{
	local lines

	import -f netplan -n lag0 -b bond0 "$FIXTURES/netplan"
	lines=$(sed -n '/01-netcfg/,/^# --- .*lag.conf/p' "$WORK/out")
	[[ $lines == *$'    lag0:\n      match:\n        name: lag0'* ]]
	[[ $lines == *"      link: lag0"* ]]
	[[ $lines == *$'  bonds:\n    bond1:'* ]]
	[[ $lines == *"addresses: [192.0.2.10/24, \"2001:db8::10/64\"]"* ]]
	[[ $lines == *$'    eno3: {dhcp4: true}'* ]]
	[[ $lines != *parameters* ]]
	has "# --- /etc/systemd/network/10-netplan-eno2.network.d/lag.conf"
}

# stanza OPTION VALUE...: a bond with these, on stdout
stanza()
{
	printf 'iface bond0 inet manual\n\tbond-slaves a1 a2\n'
	while (($#)); do
		printf '\tbond-%s %s\n' "$1" "$2"
		shift 2
	done
}

# converts "OPTION VALUE..." LINE...
converts()
{
	# shellcheck disable=SC2086
	stanza $1 >"$WORK/if"
	shift
	import -f conf "$WORK/if"
	has "$@"
}

every_option_of_bonding()
{
	local option mode

	converts "mode 0 packets-per-slave 0" "mode balance-rr" \
		"packets_per_slave 0"
	converts "mode 2 xmit-hash-policy 5" "mode static" \
		"xmit_hash_policy vlan+srcmac"
	converts "mode balance-xor" "mode static" "xmit_hash_policy layer2"
	converts "mode broadcast" "mode broadcast"
	converts "mode 802.3AD lacp-active 0 ad-select 2 coupled-control off" \
		"lacp_active off" "ad_select count" "coupled_control off"
	converts "mode 4 ad-actor-sys-prio 7 ad-user-port-key 9 ad-actor-system 02:00:00:00:00:07" \
		"ad_actor_sys_prio 7" "ad_user_port_key 9" \
		"ad_actor_system 02:00:00:00:00:07"
	converts "mode 4 ad-sys-priority 7 ad-sys-mac-addr 02:00:00:00:00:07" \
		"ad_actor_sys_prio 7" "ad_actor_system 02:00:00:00:00:07"
	converts "mode 1 primary a2 primary-reselect 2 fail-over-mac follow num-grat-arp 0 peer-notif-delay 200 resend-igmp 5" \
		"primary a2" "primary_reselect failure" "fail_over_mac follow" \
		"num_grat_arp 0" "peer_notify_delay 200" "resend_igmp 5"
	for mode in 1 4; do
		for option in "arp-interval 100" "arp-ip-target 192.0.2.9" \
			"ns-ip6-target fd00::1" "arp-validate all" \
			"arp-all-targets all" "arp-missed-max 5" \
			"all-slaves-active 1" "lp-interval 3" \
			"tlb-dynamic-lb 0" "tx-queues 8" "miimon 50" \
			"use-carrier 0" "no-such-thing 1"; do
			converts "mode $mode $option"
			option=${option% *}
			option=${option//-/_}
			names "${option/arp_missed/missed}"
		done
	done
	# What says what is so anyway needs no word
	converts "mode 4 arp-interval 0 arp-validate none lp-interval 1 all-slaves-active 0 lacp-rate slow"
	has_not "no equivalent" lacp_rate
}

fallback_only_where_bonding_has_it()
{
	converts "mode 4" "fallback single"
	converts "mode 4 min-links 1" "fallback single"
	converts "mode 4 min-links 2" "min_links 2"
	has_not fallback
	converts "mode 4 lacp-strict on"
	has_not "fallback single"
	converts "mode 4 lacp-bypass-allow yes" "fallback static"
	converts "mode 1"
	has_not fallback
}

# The script, run where the bond is
live_bond_becomes_a_lag()
{
	modprobe -q bonding || skip "no module bonding"
	setup_ns A
	ip -n "$A" link add bond0 type bond mode 802.3ad lacp_rate fast \
		xmit_hash_policy layer3+4 updelay 200 miimon 100 \
		ad_actor_sys_prio 100
	ip -n "$A" link add a1 type dummy
	ip -n "$A" link add a2 type dummy
	join "$A" bond0 a1 a2
	ip -n "$A" link set bond0 mtu 1400 up
	ip -n "$A" link add link bond0 name bond0.5 type vlan id 5
	ip -n "$A" link set bond0.5 up
	ip -n "$A" addr add 198.51.100.1/24 dev bond0.5
	ip -n "$A" addr add 192.0.2.1/24 dev bond0
	ip -n "$A" route add default via 192.0.2.2
	ip -n "$A" route add 203.0.113.0/24 via 192.0.2.3
	in_ns "$A" lagctl import bond0 >"$WORK/out" 2>"$WORK/said"
	names miimon
	in_ns "$A" sh -e "$WORK/out"
	expect lacp lag_get "$A" bond0 mode
	expect fast lag_get "$A" bond0 lacp_rate
	expect layer3+4 lag_get "$A" bond0 xmit_hash_policy
	expect 200 lag_get "$A" bond0 updelay
	expect 100 lag_get "$A" bond0 ad_actor_sys_prio
	expect single lag_get "$A" bond0 fallback
	expect 1400 link_get "$A" bond0 mtu
	expect bond0 link_get "$A" a1 master
	expect bond0 link_get "$A" a2 master
	expect 5 link_get "$A" bond0.5 linkinfo.info_data.id
	expect "192.0.2.1/24 198.51.100.1/24 " addresses "$A"
	expect "203.0.113.0/24 default " routes "$A"
	# With another name, what is made on it, too
	ip -n "$A" link del bond0
	ip -n "$A" link add bond0 type bond mode active-backup primary_reselect \
		failure
	join "$A" bond0 a1
	ip -n "$A" link add link bond0 name v5 type vlan id 5
	in_ns "$A" lagctl import -n lag0 bond0 >"$WORK/out" 2>"$WORK/said"
	in_ns "$A" sh -e "$WORK/out"
	expect failure lag_get "$A" lag0 primary_reselect
	expect lag0 link_get "$A" v5 link
}

addresses()
{
	ip -n "$1" -o -4 addr show scope global |
		awk '{ print $4 }' | sort | tr '\n' ' '
}

routes()
{
	ip -n "$1" -o -4 route show proto boot | awk '{ print $1 }' | sort |
		tr '\n' ' '
}

# What boots read
conf_makes_the_lag()
{
	local setup=$HERE/../tools/packaging/lag-setup

	[ -e "$setup" ] || skip "no lag-setup"
	setup_ns A
	ip -n "$A" link add eno1 type dummy
	ip -n "$A" link add eno2 type dummy
	lagctl import -f conf -b bond0 -n lag0 -o "$WORK/lag0.conf" \
		"$FIXTURES/interfaces" 2>"$WORK/said"
	# There is no IPv6 in namespaces of tests
	sed -i /2001:db8/d "$WORK/lag0.conf"
	in_ns "$A" sh "$setup" up lag0 "$WORK/lag0.conf"
	expect lacp lag_get "$A" lag0 mode
	expect fast lag_get "$A" lag0 lacp_rate
	expect layer2+3 lag_get "$A" lag0 xmit_hash_policy
	expect single lag_get "$A" lag0 fallback
	expect 9000 link_get "$A" lag0 mtu
	expect 02:00:5e:00:53:01 link_get "$A" lag0 address
	expect lag0 link_get "$A" eno2 master
	expect "192.0.2.10/26 " addresses "$A"
}

nothing_is_written_unasked()
{
	cp "$FIXTURES/interfaces" "$WORK/in"
	import -f interfaces "$WORK/in"
	cmp "$FIXTURES/interfaces" "$WORK/in"
	import -f conf -b bond0 -o "$WORK/in" "$WORK/in"
	grep -q "^mode lacp$" "$WORK/in"
}

# refused PATTERN FILE ARG...: with status 1; what the file says is on stdin
refused()
{
	local pattern=$1 file=$WORK/$2 status=0

	shift 2
	cat >"$file"
	lagctl import "$@" "$file" >"$WORK/out" 2>"$WORK/said" || status=$?
	((status == 1)) || fail "status $status: $pattern"
	grep -q -e "$pattern" "$WORK/said" ||
		fail "not '$pattern' but $(cat "$WORK/said")"
	[ ! -s "$WORK/out" ] || fail "there is output"
}

malformed()
{
	stanza mode 9 | refused "if:3: mode is a word of bonding" if
	stanza mode 802.3ax | refused "if:3: mode is a word of bonding" if
	stanza mode 4 updelay soon |
		refused "if:4: updelay is a number, not \"soon\"" if
	stanza mode 4 updelay 99999999999999999999 |
		refused "updelay is a number" if
	stanza mode 4 lacp-rate medium | refused "lacp_rate is a word" if
	stanza mode 4 lacp-active perhaps | refused "is on or off" if
	stanza mode "" | refused "mode is a word" if
	printf 'iface\n' | refused "if:1: iface without a name" if
	printf 'iface bond0\n\tbond-mode 4\0junk\n' |
		refused "if:2: this is no text" if
	printf 'auto lo\n' | refused "there is no bond" if
	printf 'source %s\n' "$WORK/loop*" |
		refused "there is no bond" loop
	head -c 4000 /dev/urandom | refused "." if
	printf '' | refused "there is no bond" if
	printf '[NetDev\nKind=bond\n' | refused 'n.netdev:1: "]" is missing' \
		n.netdev
	printf '[NetDev]\nKind=bond\n' | refused "a bond without a name" \
		n.netdev
	printf '[NetDev]\nName=b\nKind=bond\n[Bond]\nMode\n' |
		refused "n.netdev:5: neither a section" n.netdev
	printf '[NetDev]\nName=b\nKind=bond\n[Bond]\nUpDelaySec=a while\n' |
		refused "n.netdev:5: \"a while\" is no time" n.netdev
	printf 'network: [\n' | refused "n.yaml:2: " n.yaml
	printf 'a: b\n' | refused 'there is no "network:"' n.yaml
	printf 'network:\n  bonds:\n    b: 7\n' |
		refused "b has no definition" n.yaml
	printf 'network:\n  bonds:\n    b:\n      interfaces: a1\n' |
		refused "n.yaml:4: interfaces is a list" n.yaml
	refused "format netplan is for sources of that kind" if -f netplan \
		<"$FIXTURES/proxmox/interfaces"
	refused "there is no bond bond7" if -b bond7 <"$FIXTURES/interfaces"
	refused "is no name for a device" if -n "a b" <"$FIXTURES/interfaces"
}

lag_require lagctl
run_tests
exit "${EXIT_STATUS:?}"
