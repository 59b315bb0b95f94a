#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The counters of a port are exact: scripted frames go in, and each is counted
# once, in its place.
#
#    A                              B
#   +------------+                 +-------------------+
#   |  lag0 - a1-|-----------------|-b1  frames by hand|
#   +------------+                 +-------------------+

ALL_TESTS="
	lacpdus
	short_pdus
	markers
	marker_responses
	unknown_markers
	own_pdus
	data_on_a_port_that_does_not_collect
	rate_limit
	link
	as_statistics
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	# Passive, so that nothing speaks of itself
	ip -n "$A" link add lag0 up address 02:00:00:00:00:01 \
		type lag lacp_active off
	cable "$A" a1 "$B" b1
	plug "$B" b1
	join "$A" lag0 a1
}

counters()
{
	port_get "$A" a1 counters
}

# What grew in this case, but for what time alone brings
changed()
{
	reckon '{k: v - _[0][k] for k, v in _[1].items() if v != _[0][k]
		and k not in ("expired", "defaulted", "actor_churn",
			      "partner_churn", "lacpdu_tx")}' \
		"[$START,$(counters)]"
}

lacpdus()
{
	START=$(counters)
	slow "$B" send b1 count=5
	wait_is 3 '{"lacpdu_rx":5}' changed
}

# 109 octets after the type are too few, whatever the subtype; 110 are enough
short_pdus()
{
	START=$(counters)
	slow "$B" send b1 cut=109
	slow "$B" send b1 cut=20
	slow "$B" send b1 cut=2
	wait_is 3 '{"illegal_rx":3}' changed
	slow "$B" send b1 cut=110
	wait_is 3 '{"illegal_rx":3,"lacpdu_rx":1}' changed
}

markers()
{
	START=$(counters)
	slow "$B" send b1 kind=marker count=4
	wait_is 3 '{"marker_rx":4,"marker_tx":4}' changed
}

marker_responses()
{
	START=$(counters)
	slow "$B" send b1 kind=marker tlv=2 count=3
	wait_is 3 '{"marker_response_rx":3}' changed
}

unknown_markers()
{
	START=$(counters)
	slow "$B" send b1 kind=marker tlv=9 count=2
	wait_is 3 '{"unknown_rx":2}' changed
}

own_pdus()
{
	START=$(counters)
	slow "$B" send b1 system=02:00:00:00:00:01 count=6
	wait_is 3 '{"lacpdu_rx":6,"loopback_rx":6}' changed
}

# Broadcasts of an unassigned type, to a port without a partner
data_on_a_port_that_does_not_collect()
{
	local before

	START=$(counters)
	before=$(rx_packets "$A" lag0)
	slow "$B" send b1 kind=hex count=7 \
		hex="ffffffffffff02aa0000000188b5$(printf '%092d' 0)"
	wait_is 3 '{"not_collecting_rx":7}' changed
	expect "$before" rx_packets "$A" lag0
}

# No more than 10 answers to markers a second
rate_limit()
{
	START=$(counters)
	slow "$B" send b1 kind=marker count=40
	wait_is 3 40 grew marker_rx
	((40 == $(grew marker_tx) + $(grew rate_limited)))
	# Sending 40 may have taken more than a second, and the cases before
	# may have had some of the answers of this one.
	between 5 30 grew marker_tx
}

grew()
{
	reckon "_[1]['$1'] - _[0]['$1']" "[$START,$(counters)]"
}

link()
{
	expect 1 port_get "$A" a1 counters.carrier_changes
	expect 0 port_get "$A" a1 link_failure_count
	START=$(counters)
	unplug "$B" b1
	wait_is 3 '{"carrier_changes":1}' changed
	plug "$B" b1
	wait_is 3 '{"carrier_changes":2}' changed
	expect 1 port_get "$A" a1 link_failure_count
}

# xstats KIND DEV: of `ip link xstats`, all or of one device
xstats()
{
	ip -n "$A" -j link xstats type "$@"
}

# The same numbers as statistics: of the port, and summed up of the lag
as_statistics()
{
	local all one two

	cable "$A" a2 "$B" b2
	plug "$B" b2
	join "$A" lag0 a2
	slow "$B" send b2 kind=marker count=3
	wait_is 3 3 port_get "$A" a2 counters.marker_rx
	# After that nothing speaks or changes by itself for a while
	wait_is 10 defaulted port_get "$A" a1 rx_machine
	wait_is 10 defaulted port_get "$A" a2 rx_machine
	one=$(counters)
	two=$(port_get "$A" a2 counters)
	all=$(xstats lag_slave)
	expect 2 reckon 'len(_)' "$all"
	expect true reckon '{"ifname": "a1", **_[1]} in _[0]' "[$all,$one]"
	expect true reckon '{"ifname": "a2", **_[1]} in _[0]' "[$all,$two]"
	expect true reckon '_[0] == [{"ifname": "lag0",
		**{k: v + _[2][k] for k, v in _[1].items()}}]' \
		"[$(xstats lag),$one,$two]"
	expect true reckon '_[0] == [{"ifname": "a2", **_[1]}]' \
		"[$(xstats lag_slave dev a2),$two]"
	ip -n "$A" link xstats type lag |
		grep "^lag0: lacpdu_rx [0-9]" >/dev/null
	not xstats lag dev nothing
	# Of one device the answer gets as much room as it is said to take
	ip -n "$A" stats show dev lag0 group xstats >/dev/null
	ip -n "$A" stats show dev a2 group xstats_slave >/dev/null
	ip -n "$A" link set a2 nomaster
	expect 1 reckon 'len(_)' "$(xstats lag_slave)"
}

run_tests
exit "${EXIT_STATUS:?}"
