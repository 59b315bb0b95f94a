#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who speaks first: a LAG forms if one end is active at least.  Two passive
# ends say nothing, form nothing, and say why.
#
#    A                              B
#   +------------+                 +------------+
#   | lag1 -- a1-|-----------------|-b1 -- lag1 |   active    active
#   | lag2 -- a2-|-----------------|-b2 -- lag2 |   active    passive
#   | lag3 -- a3-|-----------------|-b3 -- lag3 |   passive   active
#   | lag4 -- a4-|-----------------|-b4 -- lag4 |   passive   passive
#   +------------+                 +------------+

ALL_TESTS="
	one_active_end_is_enough
	passive_end_says_so
	two_passive_ends
	passive_becomes_active
	active_becomes_passive
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	local i=0 ends

	lag_require
	setup_ns A B
	for ends in "on on" "on off" "off on" "off off"; do
		: $((++i))
		cable "$A" "a$i" "$B" "b$i"
		ip -n "$A" link add "lag$i" up type lag lacp_rate fast \
			lacp_active "${ends% *}"
		ip -n "$B" link add "lag$i" up type lag lacp_rate fast \
			lacp_active "${ends#* }"
		join "$A" "lag$i" "a$i"
		join "$B" "lag$i" "b$i"
	done
}

one_active_end_is_enough()
{
	local i

	for i in 1 2 3; do
		wait_for 5 distributing "$A" "lag$i" 1
		wait_for 5 distributing "$B" "lag$i" 1
	done
}

passive_end_says_so()
{
	actor_says "$A" a2 active
	not partner_says "$A" a2 active
	not actor_says "$A" a3 active
}

two_passive_ends()
{
	wait_is 5 both-passive why "$A" a4
	wait_is 5 both-passive why "$B" b4
	stays 3 0 port_get "$A" a4 counters.lacpdu_tx
	expect 0 port_get "$B" b4 counters.lacpdu_tx
	expect 0 lag_get "$A" lag4 num_distributing
	expect DOWN link_get "$A" lag4 operstate
}

passive_becomes_active()
{
	ip -n "$A" link set lag4 type lag lacp_active on
	wait_for 5 distributing "$A" lag4 1
	wait_for 5 distributing "$B" lag4 1
	partner_says "$B" b4 active
}

# The partner learns it soon and the LAG stays
active_becomes_passive()
{
	local changes

	changes=$(link_get "$A" lag1 stats64.tx.carrier_changes)
	ip -n "$A" link set lag1 type lag lacp_active off
	wait_for 3 not partner_says "$B" b1 active
	stays 3 distributing port_get "$A" a1 state
	expect "$changes" link_get "$A" lag1 stats64.tx.carrier_changes
}

run_tests
exit "${EXIT_STATUS:?}"
