#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Netpoll over a lag: what netconsole sends with interrupts off leaves by a
# port, also by one that joins later; a port without netpoll is refused, and
# netconsole over a device ends when that becomes a port, as with a bond.
#
#    kernel log --> netconsole --> lag0 -- net1, net2 (dummies)

ALL_TESTS="
	messages_leave_by_the_ports
	a_port_joins_and_leaves
	what_has_no_netpoll_is_refused
	ends_over_a_device_that_joins
	ends_with_the_lag
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

CONFIG=/sys/kernel/config/netconsole

# Netconsole knows only the first namespace
tidy()
{
	local dev

	rmdir "$CONFIG/lagtest" "$CONFIG/lagtest3" "$CONFIG/lagtest4"
	for dev in lagtest0 lagport1 lagport2 lagport3 lagport4; do
		ip link del "$dev"
	done
} 2>/dev/null

setup()
{
	local i

	lag_require
	modprobe -q netconsole || skip_all "no netconsole"
	[ -d "$CONFIG" ] ||
		mount -t configfs none /sys/kernel/config 2>/dev/null ||
		skip_all "no configfs"
	[ -d "$CONFIG" ] || skip_all "no dynamic netconsole"
	trap 'tidy; cleanup; rm -rf "$WORK"' EXIT
	ip link add lagtest0 type lag mode static hash_seed 1
	for i in 1 2 3; do
		ip link add "lagport$i" type dummy
	done
	ip link set lagport1 master lagtest0
	ip link set lagport2 master lagtest0
	ip addr add 198.51.100.1/24 dev lagtest0
	ip link set lagtest0 up
	target lagtest lagtest0
	enable lagtest
	expect 1 cat "$CONFIG/lagtest"/enabled
}

# target NAME DEV: for the log, over that device
target()
{
	mkdir "$CONFIG/$1"
	echo "$2" >"$CONFIG/$1"/dev_name
	echo 198.51.100.1 >"$CONFIG/$1"/local_ip
	echo 198.51.100.2 >"$CONFIG/$1"/remote_ip
	echo 02:00:00:00:00:02 >"$CONFIG/$1"/remote_mac
}

enable()
{
	tee "$CONFIG/$1/enabled" <<<1 >/dev/null 2>&1
}

# sent PORT...: packets of all of them
sent()
{
	local port sum=0

	for port; do
		: $((sum += $(cat "/sys/class/net/$port/statistics/tx_packets")))
	done
	echo "$sum"
}

# say N: so many lines in the kernel log, at a level that reaches a console
say()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "<1>lag: netconsole test $i" >/dev/kmsg
	done
}

# leaves_by PORT...: ten messages do
leaves_by()
{
	local before

	before=$(sent "$@")
	say 10
	wait_for 5 more_than $((before + 9)) sent "$@"
}

messages_leave_by_the_ports()
{
	leaves_by lagport1 lagport2
}

a_port_joins_and_leaves()
{
	ip link set lagport3 master lagtest0
	ip link set lagport1 nomaster
	ip link set lagport2 nomaster
	leaves_by lagport3
	ip link set lagport1 master lagtest0
	ip link set lagport3 nomaster
	leaves_by lagport1
	ip link set lagport2 master lagtest0
}

# veth had it up to 6.9
what_has_no_netpoll_is_refused()
{
	ip link add lagport4 type veth peer name lagpeer4
	ip link set lagpeer4 up
	target lagtest4 lagport4
	if enable lagtest4; then
		echo 0 >"$CONFIG/lagtest4"/enabled
		ip link del lagport4
		skip "here veth has netpoll"
	fi
	check_extack "the device has no netpoll, which runs over the lag" \
		ip link set lagport4 master lagtest0
	echo 0 >"$CONFIG/lagtest"/enabled
	ip link set lagport4 master lagtest0
	not enable lagtest
	ip link del lagport4
	enable lagtest
	leaves_by lagport1 lagport2
}

ends_over_a_device_that_joins()
{
	target lagtest3 lagport3
	enable lagtest3
	expect 1 cat "$CONFIG/lagtest3"/enabled
	ip link set lagport3 master lagtest0
	wait_is 5 0 cat "$CONFIG/lagtest3"/enabled
	leaves_by lagport1 lagport2 lagport3
	ip link set lagport3 nomaster
}

ends_with_the_lag()
{
	ip link del lagtest0
	wait_is 5 0 cat "$CONFIG/lagtest"/enabled
	say 1
}

run_tests
exit "${EXIT_STATUS:?}"
