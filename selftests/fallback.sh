#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No partner speaks LACP, as before a boot loader: with fallback one port, or
# all, carry traffic after fallback_timeout, and only until a partner speaks.
#
#    A                              B
#   +------------+                 +--------------------------------+
#   |       a1 --|-----------------|-- b1  192.0.2.2, no LACP; then |
#   |  lag0      |                 |       a partner by hand        |
#   |       a2 --|-----------------|-- b2                           |
#   +------------+                 +--------------------------------+

ALL_TESTS="
	none_is_strict
	single_is_the_best_port
	static_is_every_port
	ends_when_a_partner_speaks
	begins_again
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast \
		fallback_timeout 1000
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	plug "$B" b1
	plug "$B" b2
	join "$A" lag0 a1 a2
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$B" addr add 192.0.2.2/24 dev b2
}

none_is_strict()
{
	wait_is 5 defaulted port_get "$A" a1 rx_machine
	stays 2 0 lag_get "$A" lag0 num_distributing
	expect false lag_get "$A" lag0 fallback_active
	not carrier "$A" lag0
}

# a2, by its priority; the state bits stay honest
single_is_the_best_port()
{
	ip -n "$A" link set a2 type lag_slave actor_port_prio 1
	ip -n "$A" link set lag0 type lag fallback single
	wait_is 5 true lag_get "$A" lag0 fallback_active
	wait_for 2 distributing "$A" lag0 1
	expect 256 port_get "$A" a2 slots
	expect 0 port_get "$A" a1 slots
	actor_says "$A" a2 defaulted
	wait_for 3 reaches "$A" 192.0.2.2
}

static_is_every_port()
{
	ip -n "$A" link set lag0 type lag fallback static
	wait_for 5 distributing "$A" lag0 2
	expect 128 port_get "$A" a1 slots
}

# Heard on one port, it ends for all
ends_when_a_partner_speaks()
{
	slow_start "$B" partner b1
	wait_is 5 false lag_get "$A" lag0 fallback_active
	wait_is 5 256 port_get "$A" a1 slots
	distributing "$A" lag0 1
	expect no-lacpdu why "$A" a2
	stop "$SLOW"
}

# The partner is gone for good
begins_again()
{
	wait_is 15 true lag_get "$A" lag0 fallback_active
	wait_for 2 distributing "$A" lag0 2
	ip -n "$A" link set lag0 type lag fallback none
	wait_for 3 not carrier "$A" lag0
	expect no-partner lag_get "$A" lag0 carrier_reason
}

run_tests
exit "${EXIT_STATUS:?}"
