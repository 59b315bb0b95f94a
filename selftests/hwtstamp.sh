#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Timestamps: a lag says what its ports can, in mode active-backup what the
# active port can and has been told.  NICs with a clock are those of nic.ko, for
# drivers of either kind; LAG_NICS=1 takes emulated cables of e1000e besides
# (tools/vm/vm --cables).
#
#    A                 B
#   +------------+    +-------+
#   |  lag0 a1 --|----|-- b1  |
#   |       a2 --|----|-- b2  |
#   +------------+    +-------+

ALL_TESTS="
	ports_stamp_in_software
	no_port_stamps_nothing
	only_with_an_active_port
	who_does_not_know_is_refused
	clock_of_the_active_port
	clock_of_a_driver
	clock_of_a_driver_with_ioctl
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

# HWTSTAMP_FLAG_BONDED_PHC_INDEX
MAY_CHANGE=1

setup()
{
	lag_require
}

stamps()
{
	in_ns "$A" python3 -SE "$HERE/hwtstamp.py" "$@"
}

two()
{
	switched 2 "$@"
	wait_for 5 carrier "$A" lag0
}

ports_stamp_in_software()
{
	two mode static
	expect "tx-software rx-software software clock -1" stamps info lag0
}

no_port_stamps_nothing()
{
	setup_ns A
	ip -n "$A" link add lag0 type lag
	expect "rx-software software clock -1" stamps info lag0
}

only_with_an_active_port()
{
	two mode static
	expect ENOTSUP stamps get lag0
	expect ENOTSUP stamps set lag0 "$MAY_CHANGE" 1
	ip -n "$A" link set lag0 type lag mode active-backup
	unplug "$B" b1
	unplug "$B" b2
	wait_for 5 not carrier "$A" lag0
	expect ENOTSUP stamps get lag0
	expect ENOTSUP stamps set lag0 "$MAY_CHANGE" 1
}

who_does_not_know_is_refused()
{
	two mode active-backup
	expect ENOTSUP stamps set lag0 0 1
}

clock_of_the_active_port()
{
	local first

	two mode active-backup
	first=a$(lag_get "$A" lag0 active_slave | tr -d a)
	[[ $(stamps info "$first") != *"clock -1" ]] ||
		skip "the ports have no clock"
	expect "$(stamps info "$first")" stamps info lag0
	expect "flags $MAY_CHANGE tx 1" stamps set lag0 "$MAY_CHANGE" 1
	expect "flags 0 tx 1" stamps get "$first"
	expect "flags $MAY_CHANGE tx 1" stamps get lag0
	unplug "$B" "b${first#a}"
	wait_for 5 not is "$first" lag_get "$A" lag0 active_slave
	wait_for 5 carrier "$A" lag0
	expect "flags $MAY_CHANGE tx 0" stamps get lag0
}

# Each port has a clock and settings of its own, which come and go with it
clock_of()
{
	local hardware="tx-hardware rx-hardware" i

	[ -e "$HERE/nic/nic.ko" ] ||
		skip "needs nic.ko, which tools/test.sh builds"
	insmod "$HERE/nic/nic.ko"
	trap 'cleanup; rmmod nic' EXIT
	setup_ns A
	ip -n "$A" link add lag0 type lag mode active-backup
	for i in 1 2; do
		ip -n "$A" link add "a$i" index "$((70 + i))" type "$1"
		join "$A" lag0 "a$i"
	done
	ip -n "$A" link set lag0 up
	wait_is 5 a1 lag_get "$A" lag0 active_slave
	[[ $(stamps info lag0) == "$hardware"*"clock 71" ]]
	expect "flags $MAY_CHANGE tx 1" stamps set lag0 "$MAY_CHANGE" 1
	expect ENOTSUP stamps set lag0 0 0
	expect "flags 0 tx 1" stamps get a1
	expect "flags 0 tx 0" stamps get a2
	# The other clock, which nobody has told anything
	ip -n "$A" link set a1 carrier off
	wait_is 5 a2 lag_get "$A" lag0 active_slave
	[[ $(stamps info lag0) == "$hardware"*"clock 72" ]]
	expect "flags $MAY_CHANGE tx 0" stamps get lag0
	expect "flags $MAY_CHANGE tx 1" stamps set lag0 "$MAY_CHANGE" 1
	expect "flags 0 tx 1" stamps get a2
	# As many as there are make no clock
	ip -n "$A" link set lag0 type lag mode static
	[[ $(stamps info lag0) == *"clock -1" ]]
	expect ENOTSUP stamps get lag0
	ip -n "$A" link set lag0 type lag mode active-backup
	ip -n "$A" link set a2 nomaster
	ip -n "$A" link set a1 nomaster
	[[ $(stamps info lag0) == *"clock -1" ]]
	expect ENOTSUP stamps get lag0
	expect "flags 0 tx 1" stamps get a2
}

clock_of_a_driver()
{
	clock_of nic
}

clock_of_a_driver_with_ioctl()
{
	clock_of nic_ioctl
}

run_tests
exit "${EXIT_STATUS:?}"
