#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that a NIC has put together (LRO) cannot be sent on as they came, so
# it is off on every port while the lag forwards, also on those that join later,
# and is left alone otherwise.  For guests with NICs that have it (tools/vm/vm
# --cables vmxnet3).
#
#    lag0 -- a1 a2 (the ends of one cable)

ALL_TESTS="
	on_while_not_forwarding
	routing_ipv4
	routing_ipv6
	bridge
	later_port
	by_hand
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	local end name=

	lag_require
	for end in ${VM_CABLES-}; do
		[ -z "$name" ] && nic_is_back "${end#*=}" &&
			[[ $(ethtool -i "$NIC") == *vmxnet3* ]] &&
			name=${end%%=*}
	done
	[ -n "$name" ] || skip_all "needs a cable between NICs with LRO"
	setup_ns A
	take_nic "${name%?}a" "$A" a1
	take_nic "${name%?}b" "$A" a2
}

# A lag that does not forward, with one port
fresh()
{
	local port

	ip -n "$A" link del br0 2>/dev/null || :
	ip -n "$A" link del lag0 2>/dev/null || :
	# Off first: what was wanted in vain is not tried again
	for port in a1 a2; do
		in_ns "$A" ethtool -K "$port" lro off
		in_ns "$A" ethtool -K "$port" lro on
	done
	ip -n "$A" link add lag0 type lag mode static
	join "$A" lag0 a1
	ip -n "$A" link set lag0 up
}

# lro PORT...: on or off, of each
lro()
{
	local port

	for port; do
		in_ns "$A" ethtool -k "$port"
	done | sed -n 's/^large-receive-offload: \(on\|off\).*/\1/p' | xargs
}

on_while_not_forwarding()
{
	fresh
	expect "on on on" lro lag0 a1 a2
	join "$A" lag0 a2
	expect "on on on" lro lag0 a1 a2
}

routing_ipv4()
{
	fresh
	join "$A" lag0 a2
	in_ns "$A" sysctl -qw net.ipv4.conf.lag0.forwarding=1
	expect "off off off" lro lag0 a1 a2
}

routing_ipv6()
{
	fresh
	join "$A" lag0 a2
	in_ns "$A" sysctl -qw net.ipv6.conf.lag0.forwarding=1
	expect "off off off" lro lag0 a1 a2
}

bridge()
{
	fresh
	join "$A" lag0 a2
	ip -n "$A" link add br0 type bridge
	ip -n "$A" link set lag0 master br0
	expect "off off off" lro lag0 a1 a2
}

later_port()
{
	fresh
	in_ns "$A" sysctl -qw net.ipv4.conf.lag0.forwarding=1
	expect "off off on" lro lag0 a1 a2
	join "$A" lag0 a2
	expect "off off off" lro lag0 a1 a2
	not in_ns "$A" ethtool -K a2 lro on >/dev/null 2>&1
	expect off lro a2
}

by_hand()
{
	fresh
	join "$A" lag0 a2
	in_ns "$A" ethtool -K lag0 lro off
	expect "off off off" lro lag0 a1 a2
}

run_tests
exit "${EXIT_STATUS:?}"
