#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What makes packets one flow, for each xmit_hash_policy: frames that differ in
# it are spread over the ports, frames that differ in anything else are not.
#
#    frames --> lag0 -- a1..a4 (dummies)

ALL_TESTS="
	layer34_stops_at_the_tunnel
	layer34_looks_through
	layer23_looks_through
	encap34
	encap23
	encap_in_encap
	encap_symmetric
	vlan_srcmac
	flow_takes_the_hash_of_the_socket
	flow_moves_after_a_timeout
	flow_keeps_ipsec_in_order
	flow_is_not_symmetric
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	local i

	lag_require
	setup_ns A
	ip -n "$A" link add lag0 type lag mode static hash_seed 1
	for i in 1 2 3 4; do
		ip -n "$A" link add "a$i" type dummy
		join "$A" lag0 "a$i"
	done
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$A" link set lag0 up
	ip -n "$A" neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev lag0
	wait_for 5 distributing "$A" lag0 4
}

policy()
{
	ip -n "$A" link set lag0 type lag hash_symmetric off \
		xmit_hash_policy "$@"
}

# by ARG...: the port of each frame
by()
{
	ip netns exec "$A" python3 -SE "$HERE/frames.py" lag0 a1,a2,a3,a4 "$@"
}

# claims: lines of together or apart ARG...: 16 frames leave by one port, or by
# more; all at once, for it takes a slow guest long to start Python
claims()
{
	expect "" by check
}

layer34_stops_at_the_tunnel()
{
	policy layer3+4
	claims <<-EOF
	apart vary=port
	apart vary=address
	together vary=fragment
	together vary=port macs=yes vlans=yes tunnel=ipip
	together vary=address tunnel=gre
	together vary=address tunnel=vxlan
	EOF
}

# The kernel's dissector reads no further than a label
layer34_looks_through()
{
	policy layer3+4
	claims <<-EOF
	apart vary=port vlans=two
	together vlans=two macs=yes
	together vary=fragment vlans=two
	apart vary=port version=ipv6 options=yes
	together version=ipv6 options=yes macs=yes vlans=two
	apart vary=port below=pppoe
	apart vary=port below=pppoe version=ipv6 options=yes vlans=yes
	together below=pppoe macs=yes vlans=yes
	together vary=fragment below=pppoe
	together vary=port below=pppoe tunnel=gre
	together vary=port below=mpls
	apart macs=yes below=mpls
	EOF
}

layer23_looks_through()
{
	policy layer2+3
	claims <<-EOF
	together vary=port vlans=two
	apart vary=address vlans=two
	apart vary=address version=ipv6 options=yes
	apart vary=address below=pppoe
	apart macs=yes below=pppoe
	together vary=port below=pppoe
	EOF
}

encap34()
{
	local tunnel version

	policy encap3+4
	{
		echo "together"
		echo "together macs=yes"
		echo "apart vary=port"
		echo "apart vary=address"
		echo "together vary=fragment"
		for tunnel in ipip gre gretap vxlan geneve gtpu; do
			echo "together tunnel=$tunnel"
			echo "apart vary=port tunnel=$tunnel"
			echo "together vary=fragment tunnel=$tunnel macs=yes"
		done
		for version in ipv4 ipv6; do
			echo "apart vary=port tunnel=ipip version=ipv6 outer=$version"
			echo "apart vary=port tunnel=vxlan version=ipv6 outer=$version"
			echo "together tunnel=vxlan version=ipv6 outer=$version"
		done
		echo "apart vary=port tunnel=vxlan vlans=yes"
		echo "apart vary=port tunnel=gre below=pppoe"
	} | claims
}

encap23()
{
	local tunnel

	policy encap2+3
	{
		echo "together vary=port"
		echo "apart macs=yes"
		echo "apart vary=address"
		for tunnel in ipip gre gretap vxlan geneve gtpu; do
			echo "together vary=port tunnel=$tunnel"
			echo "apart vary=address tunnel=$tunnel"
		done
	} | claims
}

encap_in_encap()
{
	policy encap3+4
	claims <<-EOF
	apart vary=port tunnel=vxlan twice=ipip
	apart vary=port tunnel=ipip twice=geneve
	apart vary=port tunnel=gtpu twice=vxlan
	together vary=fragment tunnel=gtpu twice=vxlan
	EOF
}

# The general reader and the short one are of one mind
encap_symmetric()
{
	local there ports

	policy encap3+4 hash_symmetric on
	claims <<-EOF
	apart vary=port tunnel=vxlan
	together tunnel=vxlan macs=yes
	EOF
	there=$(by frames vary=port tunnel=vxlan)
	expect "$there" by frames vary=port tunnel=vxlan back=yes
	policy layer3+4 hash_symmetric on
	there=$(by frames vary=port below=pppoe)
	expect "$there" by frames vary=port below=pppoe back=yes
	policy encap3+4
	ports=$(by frames vary=port)
	expect "$ports" by frames vary=port tunnel=gre
	policy layer3+4
	expect "$ports" by frames vary=port
	expect "$ports" by frames vary=port below=pppoe
}

vlan_srcmac()
{
	policy vlan+srcmac
	claims <<-EOF
	together vary=port
	together vary=address
	apart macs=yes
	apart vlans=yes
	EOF
	# Also if the tag is not in the frame
	expect "$(by_tag 7)" by_tag 7
	expect true reckon 'len(set(_)) > 1' \
		"[$(by_tag 7),$(by_tag 8),$(by_tag 9),$(by_tag 10),$(by_tag 11)]"
}

# by_tag VLAN: the port, as a JSON string, of frames through a VLAN device
by_tag()
{
	local ports

	ip -n "$A" link show dev "vlan$1" >/dev/null 2>&1 ||
		ip -n "$A" link add link lag0 name "vlan$1" type vlan id "$1"
	ip -n "$A" link set "vlan$1" up
	ports=$(ip netns exec "$A" python3 -SE "$HERE/frames.py" "vlan$1" \
		a1,a2,a3,a4 frames)
	expect 1 reckon 'len(set(_))' "$ports"
	reckon 'text(_[0])' "$ports"
}

# The packets of 16 sockets are alike but for the hash
flow_takes_the_hash_of_the_socket()
{
	local kind ports

	for kind in udp tcp; do
		policy layer3+4
		ports=$(by sockets "$kind")
		expect 1 reckon 'len(set(_))' "$ports"
		policy flow
		ports=$(by sockets "$kind")
		expect true reckon 'len(set(_)) > 1' "$ports"
		expect true reckon '_[::2] == _[1::2]' "$ports"
	done
	# Frames that have none: as layer3+4
	claims <<-EOF
	apart vary=port
	together macs=yes
	together vary=fragment
	EOF
}

# The kernel gives a connection that times out another hash.  Of 8 none would
# take another port in three tries once in 10^14 times.
flow_moves_after_a_timeout()
{
	policy layer3+4
	expect "[1,1,1,1,1,1,1,1]" by timeouts 8 3
	policy flow
	expect true reckon 'max(_) > 1' "$(by timeouts 8 3)"
}

flow_keeps_ipsec_in_order()
{
	local ports

	policy flow
	ports=$(by sockets esp 0)
	expect 1 reckon 'len(set(_))' "$ports"
	ports=$(by sockets udp 4500)
	expect 1 reckon 'len(set(_))' "$ports"
}

flow_is_not_symmetric()
{
	policy layer3+4 hash_symmetric on
	check_extack "hash_symmetric is not possible with xmit_hash_policy flow" \
		ip -n "$A" link set lag0 type lag xmit_hash_policy flow
	policy flow
	check_extack "hash_symmetric is not possible with xmit_hash_policy flow" \
		ip -n "$A" link set lag0 type lag hash_symmetric on
	expect flow lag_get "$A" lag0 xmit_hash_policy
}

run_tests
exit "${EXIT_STATUS:?}"
