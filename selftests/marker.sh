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
	seen '.kind == "marker" and .tlv == 2' | wc -l
}

# shown FILTER: of the first answer
shown()
{
	seen '.kind == "marker"' | head -n 1 | jq -rM "$1"
}

answer()
{
	listen "$B" b1
	slow "$B" send b1 --kind marker --count 1
	wait_for 2 seen_count 1 '.kind == "marker"'
	expect 2 shown .tlv
	expect 16 shown .tlv_length
	expect 7 shown .port
	expect 02:aa:00:00:00:01 shown .system
	expect 0 shown .transaction
	expect 124 shown .length
	expect true shown .zero
	# An individual address of its own
	expect "$(link_get "$A" a1 address)" shown .source
	slow "$B" send b1 --kind marker --count 3
	wait_for 2 is 4 answers
	expect 2 jq -s 'map(select(.kind == "marker"))[-1].transaction' \
		"$WORK/seen"
	stop "$SLOW"
}

# No partner has spoken in the case above; now one does
answer_before_lacp_agreed()
{
	slow_start "$B" partner b1
	PARTNER=$SLOW
	wait_for 5 distributing "$A" lag0 1
	listen "$B" b1
	slow "$B" send b1 --kind marker --count 2
	wait_for 2 is 2 answers
	stop "$SLOW"
	stop "$PARTNER"
}

no_answer_to_answers()
{
	listen "$B" b1
	slow "$B" send b1 --kind marker --tlv 2
	slow "$B" send b1 --kind marker --tlv 9
	slow "$B" send b1 --kind marker --cut 40
	# It is alive nevertheless
	slow "$B" send b1 --kind marker --count 1
	wait_for 2 seen_count 1 '.kind == "marker"'
	expect 1 answers
	stop "$SLOW"
}

# Any eleven answers span a second, the LAG stays
flood()
{
	slow_start "$B" partner b1
	PARTNER=$SLOW
	wait_for 5 distributing "$A" lag0 1
	listen "$B" b1
	slow "$B" send b1 --kind marker --count 400
	wait_for 2 seen_count 10 '.kind == "marker"'
	stays 1 distributing port_get "$A" a1 state
	expect true jq -s '[.[] | select(.kind == "marker") | .ms] as $t |
		[range(10; $t | length) | $t[.] - $t[. - 10]] |
		all(. >= 900)' "$WORK/seen"
	stop "$SLOW"
	stop "$PARTNER"
}

not_in_mode_static()
{
	ip -n "$A" link set lag0 type lag mode static
	listen "$B" b1
	slow "$B" send b1 --kind marker
	stays 1 0 answers
	stop "$SLOW"
}

run_tests
exit "${EXIT_STATUS:?}"
