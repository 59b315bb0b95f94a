#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints tell all that LACP does: each transition of each machine,
# each LACPDU in and out, each choice of ports, each rewriting of the slots.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	machines_while_a_lag_forms
	lacpdus_as_counted
	selection
	slots
	timeout
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

TRACE=/sys/kernel/tracing

setup()
{
	lag_require
	[ -e "$TRACE/events/lag" ] || skip_all "needs tracefs"
	echo 1 >"$TRACE/events/lag/enable"
	echo >"$TRACE/trace"
	pair 2 lag lacp_rate fast
	wait_for 5 distributing "$A" lag0 2
	wait_for 5 distributing "$B" peer0 2
	cp "$TRACE/trace" "$WORK/forming"
}

# traced FILE EVENT TEXT: there is such a line
traced()
{
	grep -q " $2: .*$3" "$1"
}

# transition PORT MACHINE FROM TO: in the file
transition()
{
	traced "$1" lag_transition "port=$2 machine=$3 $4 -> $5"
}

machines_while_a_lag_forms()
{
	local port

	for port in a1 a2 b1 b2; do
		transition "$WORK/forming" "$port" rx \
			port_disabled expired
		transition "$WORK/forming" "$port" rx expired current
		transition "$WORK/forming" "$port" periodic \
			no_periodic fast_periodic
		transition "$WORK/forming" "$port" mux detached waiting
		transition "$WORK/forming" "$port" mux waiting attached
		transition "$WORK/forming" "$port" mux attached collecting
		transition "$WORK/forming" "$port" mux collecting distributing
		transition "$WORK/forming" "$port" actor_churn \
			monitor no_churn
	done
}

# lines EVENT PORT
lines()
{
	grep -c " $1: port=$2 " "$TRACE/trace" || true
}

# LACPDUs of a1, in and out
counted()
{
	reckon '"%d %d" % (at("lacpdu_rx"), at("lacpdu_tx"))' \
		"$(port_get "$A" a1 counters)"
}

lacpdus_as_counted()
{
	wait_for 6 begin
	wait_for 6 more_than 3 lines lag_pdu_rx a1
	wait_for 6 more_than 3 lines lag_pdu_tx a1
	wait_for 3 agree
}

# From here on, while none comes or goes
begin()
{
	BEFORE=$(counted)
	echo >"$TRACE/trace"
	is "$BEFORE" counted
}

# So many more are counted as are traced, while none comes or goes
agree()
{
	local now rx tx

	now=$(counted)
	rx=$((${BEFORE% *} + $(lines lag_pdu_rx a1)))
	tx=$((${BEFORE#* } + $(lines lag_pdu_tx a1)))
	is "$now" counted && [ "$now" = "$rx $tx" ]
}

selection()
{
	echo >"$TRACE/trace"
	ip -n "$A" link set lag0 type lag max_links 1
	wait_for 5 distributing "$A" lag0 1
	wait_for 3 traced "$TRACE/trace" lag_transition \
		"port=a[12] machine=selection selected -> standby"
	echo >"$TRACE/trace"
	ip -n "$A" link set lag0 type lag max_links 0
	wait_for 5 distributing "$A" lag0 2
	traced "$TRACE/trace" lag_transition \
		"port=a[12] machine=selection standby -> selected"
	wait_for 5 distributing "$B" peer0 2
}

# The mask of live ports, and how many slots moved
slots()
{
	local generation

	echo >"$TRACE/trace"
	unplug "$B" b2
	wait_is 2 no-carrier why "$A" a2
	generation=$(lag_get "$A" lag0 generation)
	traced "$TRACE/trace" lag_slots \
		"lag=lag0 generation=$generation live=0x1 changed=128"
	plug "$B" b2
	wait_for 5 distributing "$A" lag0 2
	generation=$(lag_get "$A" lag0 generation)
	traced "$TRACE/trace" lag_slots \
		"lag=lag0 generation=$generation live=0x3 changed=128"
	wait_for 5 distributing "$B" peer0 2
}

timeout()
{
	modprobe -qa sch_ingress cls_matchall act_gact || skip "no tc filters"
	echo >"$TRACE/trace"
	tc -n "$A" qdisc add dev a1 clsact
	tc -n "$A" filter add dev a1 ingress matchall action drop
	wait_for 5 transition "$TRACE/trace" a1 rx current expired
	wait_for 5 transition "$TRACE/trace" a1 rx expired defaulted
	transition "$TRACE/trace" a1 mux distributing collecting
}

run_tests
exit "${EXIT_STATUS:?}"
