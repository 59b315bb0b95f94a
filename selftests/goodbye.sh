#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who leaves says so: when the lag goes down, a port is released or taken down,
# or the lag is deleted, a last LACPDU out of sync goes out, and a partner that
# would wait 90 s stops at once.  Not with goodbye off.
#
#    A                              B (slow: asks for, and waits, 90 s)
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   +------------+                 +------------+

ALL_TESTS="
	lag_goes_down
	port_is_released
	port_goes_down
	lag_is_deleted
	last_words
	silent_if_off
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	pair 2 lag
	ip -n "$B" link set peer0 type lag lacp_rate slow
	formed
}

formed()
{
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
}

# veth loses carrier with its peer, and with that the partner would know
# anyway: what counts is what it was told before
told()
{
	partner_says "$B" "$1" aggregating && return 1
	partner_says "$B" "$1" in_sync && return 1
	not partner_says "$B" "$1" collecting
}

lag_goes_down()
{
	ip -n "$A" link set lag0 down
	wait_for 1 told b1
	wait_for 1 told b2
	expect 0 lag_get "$B" peer0 num_distributing
	expect current port_get "$B" b1 rx_machine
	# And it says nothing while it is down
	stays 2 "$(port_get "$A" a1 counters.lacpdu_tx)" \
		port_get "$A" a1 counters.lacpdu_tx
	ip -n "$A" link set lag0 up
	formed
}

port_is_released()
{
	ip -n "$A" link set a2 nomaster
	wait_for 1 told b2
	wait_for 1 distributing "$B" peer0 1
	expect distributing port_get "$B" b1 state
	ip -n "$A" link set a2 master lag0
	formed
}

port_goes_down()
{
	ip -n "$A" link set a2 down
	wait_for 1 told b2
	wait_for 1 distributing "$B" peer0 1
	expect distributing port_get "$B" b1 state
	ip -n "$A" link set a2 up
	formed
}

lag_is_deleted()
{
	ip -n "$A" link del lag0
	wait_for 1 told b1
	wait_for 1 told b2
	expect 0 lag_get "$B" peer0 num_distributing
	ip -n "$A" link add lag0 up type lag
	join "$A" lag0 a1 a2
	formed
}

# The very last LACPDU, on the wire: neither Aggregation nor Synchronization,
# Collecting or Distributing, those before it with the first
last_words()
{
	setup_ns X
	cable "$A" a3 "$X" x3
	plug "$X" x3
	ip -n "$A" link set a3 up
	listen "$X" x3
	ip -n "$A" link set a3 master lag0
	wait_is 2 true seen 'any(f["actor"]["state"] & 0x3c for f in _)'
	ip -n "$A" link set a3 nomaster
	wait_is 2 0 seen '_[-1]["actor"]["state"] & 0x3c'
	stays 2 0 seen '_[-1]["actor"]["state"] & 0x3c'
	expect 4 seen '_[-2]["actor"]["state"] & 0x3c'
	stop "$SLOW"
}

silent_if_off()
{
	ip -n "$A" link set lag0 type lag goodbye off
	ip -n "$A" link set lag0 down
	stays 2 distributing port_get "$B" b1 state
	partner_says "$B" b1 in_sync
	ip -n "$A" link set lag0 up type lag goodbye on
	formed
}

run_tests
exit "${EXIT_STATUS:?}"
