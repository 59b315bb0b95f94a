#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ports that are looped, to themselves or to each other, hear their own system
# and are never used; a good port of the same lag goes on.  A partner that has
# our system address is no other case.
#
#    A
#   +------------+
#   |       a1 --|---------- reflector
#   |  lag0 a2 --|---.
#   |       a3 --|---'
#   |       a4 --|---------- partner
#   +------------+

ALL_TESTS="
	reflected_port
	ports_cabled_together
	loop_is_opened
	partner_with_our_address
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$A" a3
	cable "$A" a4 "$B" b4
	plug "$B" b1
	plug "$B" b4
	slow_start "$B" loop b1
	LOOP=$SLOW
	slow_start "$B" partner b4
	join "$A" lag0 a1 a2 a3 a4
	wait_for 5 distributing "$A" lag0 1
}

# unused PORT: and it knows why
unused()
{
	expect loopback why "$A" "$1"
	expect 0 port_get "$A" "$1" slots
	not actor_says "$A" "$1" in_sync
	not actor_says "$A" "$1" collecting
	expect 00:00:00:00:00:00 port_get "$A" "$1" partner.system
}

good()
{
	expect distributing port_get "$A" a4 state
	expect 256 port_get "$A" a4 slots
}

reflected_port()
{
	local heard

	wait_is 5 loopback why "$A" a1
	unused a1
	heard=$(port_get "$A" a1 counters.loopback_rx)
	((heard > 0))
	stays 3 loopback why "$A" a1
	unused a1
	good
}

ports_cabled_together()
{
	wait_is 5 loopback why "$A" a2
	wait_is 5 loopback why "$A" a3
	stays 3 loopback why "$A" a2
	unused a2
	unused a3
	good
}

# The reflector goes, a partner comes
loop_is_opened()
{
	stop "$LOOP"
	slow_start "$B" partner b1 number=2
	wait_is 10 distributing port_get "$A" a1 state
	expect none why "$A" a1
	expect 128 port_get "$A" a1 slots
	expect distributing port_get "$A" a4 state
	stop "$SLOW"
}

partner_with_our_address()
{
	wait_is 10 expired why "$A" a1
	slow_start "$B" partner b1 number=2 \
		system="$(link_get "$A" lag0 address)"
	wait_is 10 loopback why "$A" a1
	expect 0 port_get "$A" a1 slots
	good
	stop "$SLOW"
}

run_tests
exit "${EXIT_STATUS:?}"
