#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The Marker responder, 802.1AX 6.5: an answer has the requester's fields, is
# addressed to the slow protocols' group, padded with zeros; ten a second at
# most, and LACP does not suffer.
#
#    A                              B
#   +------------+                 +---------------------+
#   |  lag0 - a1-|-----------------|-b1  markers by hand |
#   +------------+                 |     and a partner   |
#                                  +---------------------+

ALL_TESTS="
	answer
	answer_before_lacp_agreed
	no_answer_to_answers
	flood
	silent_while_down
	not_in_mode_static
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$B" b1
	plug "$B" b1
	join "$A" lag0 a1
}

answers()
{
	seen 'sum(f["kind"] == "marker" and f["tlv"] == 2 for f in _)'
}

# shown NAME: of the last answer
shown()
{
	seen "[f['$1'] for f in _ if f['kind'] == 'marker'][-1]"
}

answer()
{
	listen "$B" b1
	slow "$B" send b1 kind=marker count=1
	wait_is 2 1 answers
	expect 2 shown tlv
	expect 16 shown tlv_length
	expect 7 shown port
	expect 02:aa:00:00:00:01 shown system
	expect 0 shown transaction
	expect 124 shown length
	expect true shown zero
	# An individual address of its own
	expect "$(link_get "$A" a1 address)" shown source
	slow "$B" send b1 kind=marker count=3
	wait_is 2 4 answers
	expect 2 shown transaction
	stop "$SLOW"
}

# No partner has spoken in the case above; now one does
answer_before_lacp_agreed()
{
	slow_start "$B" partner b1
	PARTNER=$SLOW
	wait_for 5 distributing "$A" lag0 1
	listen "$B" b1
	slow "$B" send b1 kind=marker count=2
	wait_is 2 2 answers
	stop "$SLOW"
	stop "$PARTNER"
}

no_answer_to_answers()
{
	listen "$B" b1
	slow "$B" send b1 kind=marker tlv=2
	slow "$B" send b1 kind=marker tlv=9
	slow "$B" send b1 kind=marker cut=40
	# It is alive nevertheless
	slow "$B" send b1 kind=marker count=1
	wait_is 2 1 answers
	expect true seen 'all(f["kind"] != "marker" or f["tlv"] == 2 for f in _)'
	stop "$SLOW"
}

# Any eleven answers span a second, the LAG stays
flood()
{
	slow_start "$B" partner b1
	PARTNER=$SLOW
	wait_for 5 distributing "$A" lag0 1
	# Until the answers of other cases are a second old
	stays 1 distributing port_get "$A" a1 state
	listen "$B" b1
	slow "$B" send b1 kind=marker count=400
	wait_for 2 more_than 9 answers
	stays 1 distributing port_get "$A" a1 state
	expect true seen 'all(late["ms"] - early["ms"] >= 900
		for answers in [[f for f in _ if f["kind"] == "marker"]]
		for early, late in zip(answers, answers[10:]))'
	stop "$SLOW"
	stop "$PARTNER"
}

# The device below is still up.
silent_while_down()
{
	local heard

	heard=$(port_get "$A" a1 counters.marker_rx)
	listen "$B" b1
	ip -n "$A" link set a1 type lag_slave admin disabled
	slow "$B" send b1 kind=marker
	stays 1 0 answers
	ip -n "$A" link set a1 type lag_slave admin enabled
	ip -n "$A" link set lag0 down
	slow "$B" send b1 kind=marker
	stays 1 0 answers
	expect $((heard + 2)) port_get "$A" a1 counters.marker_rx
	ip -n "$A" link set lag0 up
	slow "$B" send b1 kind=marker
	wait_is 2 1 answers
	stop "$SLOW"
}

not_in_mode_static()
{
	ip -n "$A" link set lag0 type lag mode static
	listen "$B" b1
	slow "$B" send b1 kind=marker
	stays 1 0 answers
	stop "$SLOW"
}

run_tests
exit "${EXIT_STATUS:?}"
