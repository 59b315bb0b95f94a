#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who hears what comes in on a port: LACPDUs and markers are consumed and never
# seen on the lag; other slow protocols (OAM, ESMC) stay on the port; other
# link-local frames (LLDP, STP) go up as the lag, but stay on a port that does
# not collect; such a port delivers nothing to the lag.
#
#    A                              B
#   +------------+                 +-----------------------------+
#   |       a1 --|-----------------|-- b1  partner, then frames  |
#   |  lag0      |                 |                             |
#   |       a2 --|-----------------|-- b2  no partner, frames    |
#   +------------+                 +-----------------------------+

ALL_TESTS="
	lacpdus_are_consumed
	other_slow_protocols_stay_on_the_port
	link_local_goes_up_as_the_lag
	link_local_without_collecting_stays
	data_goes_up_as_the_lag
	data_without_collecting_does_not
	tagged_lacpdu_is_data
	priority_tagged_lacpdu_is_none
	mode_static_passes_all_up
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	plug "$B" b1
	plug "$B" b2
	join "$A" lag0 a1 a2
	slow_start "$B" partner b1
	wait_for 5 distributing "$A" lag0 1
}

# frame DESTINATION TYPE PAYLOAD: padded, as hex
frame()
{
	local hex=${1}02aa00000007$2$3

	while ((${#hex} < 128)); do
		hex+=00
	done
	echo "$hex"
}

# heard PORT HEX...: who hears 3 such frames that come in there: each device on
# which a socket for all types, or only for this one, gets them
heard()
{
	in_ns "$A" python3 "$HERE/heard.py" "$B" "$1" "$2" lag0 "a${1#b}"
}

# A socket for all types hears what comes in on the port, whatever becomes of it
lacpdus_are_consumed()
{
	expect "a1:all" heard b1 "$(frame 0180c2000002 8809 0101)"
	expect "a1:all" heard b1 "$(frame 0180c2000002 8809 0201)"
	expect "a2:all" heard b2 "$(frame 0180c2000002 8809 0201)"
}

other_slow_protocols_stay_on_the_port()
{
	expect "a1:all a1:type" heard b1 "$(frame 0180c2000002 8809 0301)"
	expect "a1:all a1:type" heard b1 "$(frame 0180c2000002 8809 0a01)"
	expect "a2:all a2:type" heard b2 "$(frame 0180c2000002 8809 0301)"
}

link_local_goes_up_as_the_lag()
{
	# LLDP
	expect "a1:all a1:type lag0:all lag0:type" \
		heard b1 "$(frame 0180c200000e 88cc 0207)"
}

link_local_without_collecting_stays()
{
	expect "a2:all a2:type" heard b2 "$(frame 0180c200000e 88cc 0207)"
}

data_goes_up_as_the_lag()
{
	expect "a1:all a1:type lag0:all lag0:type" \
		heard b1 "$(frame ffffffffffff 88b5 01)"
}

# A socket that is bound to the port hears it still
data_without_collecting_does_not()
{
	expect "a2:all a2:type" heard b2 "$(frame ffffffffffff 88b5 01)"
}

short_ones()
{
	port_get "$A" a2 counters.illegal_rx
}

# VLAN 5: these are too short for LACPDUs, but count as nothing
tagged_lacpdu_is_data()
{
	local before

	before=$(short_ones)
	expect a2:all heard b2 "$(frame 0180c2000002 8100 000588090101)"
	expect "$before" short_ones
	expect 0 port_get "$A" a2 counters.lacpdu_rx
}

# VID 0 is a priority, no VLAN
priority_tagged_lacpdu_is_none()
{
	local before

	before=$(short_ones)
	expect a2:all heard b2 "$(frame 0180c2000002 8100 e00088090101)"
	expect $((before + 3)) short_ones
}

mode_static_passes_all_up()
{
	ip -n "$A" link set lag0 type lag mode static
	wait_for 3 distributing "$A" lag0 2
	expect "a2:all a2:type lag0:all lag0:type" \
		heard b2 "$(frame ffffffffffff 88b5 01)"
	[[ $(heard b2 "$(frame 0180c2000002 8809 0101)") == *a2:all* ]]
	expect 0 port_get "$A" a2 counters.lacpdu_rx
}

run_tests
exit "${EXIT_STATUS:?}"
