#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who listens to rtnetlink hears of each change of a lag and its ports, without
# asking: options also while the lag is down, states of ports, carrier.
#
#    A (ip monitor)                 B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	option_while_down
	port_option
	port_begins_to_distribute
	partner_stops
	carrier_falls
	silent_while_nothing_changes
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 2 lag lacp_rate fast
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
}

# From now on all is noted
watch()
{
	: >"$WORK/events"
	# Appended: else a hole would be left of what is cut off below
	ip -n "$A" -d monitor link >>"$WORK/events" &
	MONITOR=$!
	# It listens when it hears the first of these
	wait_for 5 knock
	: >"$WORK/events"
}

knock()
{
	ip -n "$A" link set lo alias "$RANDOM"
	grep -q lo: "$WORK/events"
}

# told DEV TEXT: an event of DEV with it; each is several lines
told()
{
	awk -v dev="$1" -v text="$2" '
		/^[0-9]+:/ { of = $2 ~ "^" dev "[@:]" }
		of && index($0, text) { found = 1 }
		END { exit !found }' "$WORK/events"
}

option_while_down()
{
	ip -n "$A" link add idle type lag
	watch
	ip -n "$A" link set idle type lag updelay 123
	wait_for 2 told idle "updelay 123"
	stop "$MONITOR"
}

port_option()
{
	watch
	ip -n "$A" link set a2 type lag_slave actor_port_prio 111
	wait_for 2 told a2 "actor_port_prio 111"
	stop "$MONITOR"
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
}

# Released and back: each step of the port, and what it means for the lag
port_begins_to_distribute()
{
	ip -n "$A" link set a2 nomaster
	watch
	ip -n "$A" link set a2 master lag0
	wait_for 5 told a2 "state distributing"
	wait_for 5 told lag0 "num_distributing 2"
	stop "$MONITOR"
}

# Nothing happens here but a LACPDU
partner_stops()
{
	wait_for 5 distributing "$B" peer0 2
	watch
	ip -n "$B" link set b2 type lag_slave admin disabled
	wait_for 5 told a2 "why "
	wait_for 5 told lag0 "num_distributing 1"
	ip -n "$B" link set b2 type lag_slave admin enabled
	wait_for 5 told lag0 "num_distributing 2"
	stop "$MONITOR"
}

carrier_falls()
{
	watch
	unplug "$B" b1
	unplug "$B" b2
	wait_for 3 told lag0 "NO-CARRIER"
	wait_for 3 told lag0 "carrier_reason no-carrier"
	wait_for 3 told a1 "why no-carrier"
	: >"$WORK/events"
	plug "$B" b1
	plug "$B" b2
	wait_for 5 told lag0 "carrier_reason none"
	stop "$MONITOR"
}

# more_lacpdus: four have come in
more_lacpdus()
{
	local received

	received=$(port_get "$A" a1 counters.lacpdu_rx)
	wait_for 6 more_than $((received + 3)) \
		port_get "$A" a1 counters.lacpdu_rx
}

# LACPDUs that say nothing new are no event
silent_while_nothing_changes()
{
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	# Until all is said that was new when they formed
	more_lacpdus
	watch
	more_lacpdus
	stop "$MONITOR"
	not told lag0 ""
	not told a1 ""
}

run_tests
exit "${EXIT_STATUS:?}"
