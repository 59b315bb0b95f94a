#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who asks the lag which port the packets of a TCP socket leave by, as kTLS does,
# is told the truth, or nothing: where that is not known from the socket, and of
# a port that encrypts for kTLS.
#
#    lag0 -- p1, p2, p3 (dummies)

ALL_TESTS="
	by_hash
	symmetric
	by_the_hash_of_the_socket
	one_port_less
	active_backup
	not_known
	not_to_one_that_encrypts
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	local port

	lag_require
	test_module xmit_slave nic
	trap 'cleanup; rmmod xmit_slave nic; rm -rf "$WORK"' EXIT
	setup_ns A
	in_ns "$A" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
	ip -n "$A" link add lag0 type lag mode static hash_seed 1
	for port in p1 p2 p3; do
		ip -n "$A" link add "$port" type dummy
		ip -n "$A" link set "$port" master lag0
	done
	ip -n "$A" link set lag0 up
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$A" addr add 2001:db8::1/64 dev lag0 nodad
	ip -n "$A" neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev lag0
	ip -n "$A" neigh add 2001:db8::2 lladdr 02:00:00:00:00:02 dev lag0
}

# told TEXT [OPTION...]: with these, of all sockets
told()
{
	local text=$1

	shift
	[ $# -eq 0 ] || ip -n "$A" link set lag0 type lag "$@"
	expect "$text" in_ns "$A" python3 -SE "$HERE/socket_port.py" \
		lag0 p1,p2,p3
}

by_hash()
{
	told "right 48 by 3" mode static xmit_hash_policy layer3+4
	told "right 48 by 3" xmit_hash_policy encap3+4
}

symmetric()
{
	told "right 48 by 3" xmit_hash_policy layer3+4 hash_symmetric on
	told "right 48 by 3" xmit_hash_policy encap3+4
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer3+4 \
		hash_symmetric off
}

by_the_hash_of_the_socket()
{
	told "right 48 by 3" xmit_hash_policy flow
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer3+4
}

one_port_less()
{
	ip -n "$A" link set p2 carrier off
	told "right 48 by 2" xmit_hash_policy layer3+4
	ip -n "$A" link set p2 carrier on
}

active_backup()
{
	told "right 48 by 1" mode active-backup
	ip -n "$A" link set lag0 type lag mode static
}

not_known()
{
	local policy

	for policy in layer2 layer2+3 encap2+3 vlan+srcmac; do
		told "nothing 48" xmit_hash_policy "$policy"
	done
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer3+4
	told "nothing 48" mode balance-rr
	told "nothing 48" mode broadcast
	ip -n "$A" link set lag0 type lag mode static
}

# The kernel encrypts before the lag, and the port would do it again
not_to_one_that_encrypts()
{
	local port

	for port in p1 p2 p3; do
		in_ns "$A" sh -c \
			"echo $port 1 >/sys/module/nic/parameters/encrypts"
	done
	told "nothing 48"
}

run_tests
exit "${EXIT_STATUS:?}"
