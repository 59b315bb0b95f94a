#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A partner that falls silent on one port: EXPIRED after 3 s at the fast rate,
# DEFAULTED after 3 more; the port carries nothing from EXPIRED on, says why,
# and the other port takes its slots.  When the partner speaks again the port
# takes them back.
#
#    A                              B
#   +------------+                 +------------------------+
#   |       a1 --|-----------------|-- b1  partner by hand  |
#   |  lag0      |                 |                        |
#   |       a2 --|-----------------|-- b2  the same, falls  |
#   |            |                 |       silent           |
#   +------------+                 +------------------------+

ALL_TESTS="
	partner_falls_silent
	partner_speaks_again
	short_silence_is_no_timeout
	partner_stops_hearing
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
	slow_start "$B" partner b2 number=2
	wait_for 10 distributing "$A" lag0 2
}

# history PORT: its Receive machine, and how often it was EXPIRED and DEFAULTED
# since $START, at one moment
history()
{
	reckon '[at("1.rx_machine")] + [at("1.counters." + name) -
		at("0." + name) for name in ("expired", "defaulted")]' \
		"[$START,$(port_get "$A" "$1" "")]"
}

partner_falls_silent()
{
	local silent heard

	expect 128 port_get "$A" a2 slots
	START=$(port_get "$A" a2 counters)
	heard=$(port_get "$A" a2 counters.lacpdu_rx)
	wait_for 3 more_than "$heard" port_get "$A" a2 counters.lacpdu_rx
	stop "$SLOW"
	silent=$(now_ms)
	wait_is 5 '["expired",1,0]' history a2
	expect expired why "$A" a2
	# The last LACPDU came less than a second before the end
	more_than 1900 since "$silent"
	wait_is 1 0 port_get "$A" a2 slots
	expect 256 port_get "$A" a1 slots
	expect 1 lag_get "$A" lag0 num_distributing
	wait_is 5 '["defaulted",1,1]' history a2
	more_than 4900 since "$silent"
	expect expired why "$A" a2
	expect detached port_get "$A" a2 mux_machine
	expect distributing port_get "$A" a1 state
	carrier "$A" lag0
}

since()
{
	echo $(($(now_ms) - $1))
}

partner_speaks_again()
{
	slow_start "$B" partner b2 number=2
	wait_for 5 distributing "$A" lag0 2
	wait_is 1 128 port_get "$A" a2 slots
	expect 128 port_get "$A" a1 slots
	expect none why "$A" a2
	stop "$SLOW"
}

# Every other LACPDU is lost: the next comes before the third second ends
short_silence_is_no_timeout()
{
	slow_start "$B" partner b2 number=2 interval=2 2>"$WORK/late"
	wait_for 5 distributing "$A" lag0 2
	START=$(port_get "$A" a2 counters)
	stays 7 true not_heard_late a2
	[ ! -s "$WORK/late" ] || skip "this machine is too busy"
	expect distributing port_get "$A" a2 state
	stop "$SLOW"
}

# Not EXPIRED, unless the partner admits that it was late itself
not_heard_late()
{
	local now

	now=$(history "$1")
	[ -s "$WORK/late" ] || [ "$now" = '["current",0,0]' ] ||
		fail "$now"
	echo true
}

# One direction is broken: A hears B, B does not hear A.  B stops collecting
# when A's LACPDUs have expired there and says so, hence A stops although its
# partner never falls silent; when B gives up it is out of sync.
partner_stops_hearing()
{
	modprobe -qa sch_ingress cls_matchall act_gact || skip "no tc filters"
	pair 2 lag lacp_rate fast
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	tc -n "$B" qdisc add dev b2 clsact
	tc -n "$B" filter add dev b2 ingress protocol 0x8809 matchall \
		action drop
	wait_is 6 1 lag_get "$A" lag0 num_distributing
	expect partner-not-collecting why "$A" a2
	wait_is 6 partner-out-of-sync why "$A" a2
	expect current port_get "$A" a2 rx_machine
	wait_is 2 0 port_get "$A" a2 slots
	expect distributing port_get "$A" a1 state
	expect expired why "$B" b2
	tc -n "$B" qdisc del dev b2 clsact
	wait_for 6 distributing "$A" lag0 2
	wait_for 6 distributing "$B" peer0 2
}

run_tests
exit "${EXIT_STATUS:?}"
