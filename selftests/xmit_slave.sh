#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who asks the lag which port a packet would leave by is told the truth.
#
#    A
#   +------------------------+
#   |  lag0 -- p1, p2, p3 (dummy)
#   +------------------------+

ALL_TESTS="
	by_hash
	other_policies
	one_port_less
	active_backup
	no_port
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

ASK=/sys/module/xmit_slave/parameters/ask
FLOWS=200

setup()
{
	local port

	lag_require
	test_module xmit_slave
	trap 'cleanup; rmmod xmit_slave; rm -rf "$WORK"' EXIT
	setup_ns A
	ip -n "$A" link add lag0 up type lag mode static
	for port in p1 p2 p3; do
		ip -n "$A" link add "$port" type dummy
		ip -n "$A" link set "$port" master lag0
	done
	wait_for 5 distributing "$A" lag0 3
}

# told TEXT: of all flows
told()
{
	in_ns "$A" sh -c "echo lag0 $FLOWS >$ASK"
	expect "$1" cat "$ASK"
}

by_hash()
{
	local port before=()

	for port in p1 p2 p3; do
		before+=("$(tx_packets "$A" "$port")")
	done
	told "right $FLOWS wrong 0 none 0"
	# By several of them
	for port in p1 p2 p3; do
		more_than "${before[0]}" tx_packets "$A" "$port"
		before=("${before[@]:1}")
	done
}

other_policies()
{
	local policy

	for policy in layer2 layer2+3 encap2+3 encap3+4 vlan+srcmac flow; do
		ip -n "$A" link set lag0 type lag xmit_hash_policy "$policy"
		told "right $FLOWS wrong 0 none 0"
	done
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer3+4
}

one_port_less()
{
	ip -n "$A" link set p2 down
	told "right $FLOWS wrong 0 none 0"
	ip -n "$A" link set p2 up
}

active_backup()
{
	ip -n "$A" link set lag0 type lag mode active-backup
	told "right $FLOWS wrong 0 none 0"
	ip -n "$A" link set lag0 type lag mode static
}

no_port()
{
	local port

	for port in p1 p2 p3; do
		ip -n "$A" link set "$port" down
	done
	told "right 0 wrong 0 none $FLOWS"
}

run_tests
exit "${EXIT_STATUS:?}"
