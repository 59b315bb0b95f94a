#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A neighbour who does not keep to the rules: spoilt LACPDUs and markers, a
# partner that is another one each time, or the lag itself, frames with the
# lag's own address, tags upon tags, and a flood.  The lag stays as it is or is
# back as soon as that ends, what it sends holds nothing but what it should, and
# a flood costs little and keeps no other port waiting.
# Timeout: 600 s
#
# What is sent follows from HOSTILE_SEED and is HOSTILE_COUNT frames a case.
#
#    A                    B
#   +------------+       +------------------+
#   |       a1 --|-------|-- b1  hostile.py |
#   |  lag0      |       |   (or peer0)     |
#   |       a2 --|-------|-- b2             |
#   +------------+       +------------------+

ALL_TESTS="
	fuzzed
	flips
	twins
	mine
	wb_19_messy
	messy_out
	flood
	cost
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SEED=${HOSTILE_SEED:-1}
COUNT=${HOSTILE_COUNT:-300}

setup()
{
	lag_require
	echo "# HOSTILE_SEED=$SEED HOSTILE_COUNT=$COUNT"
}

# hostile CASE [NAME=VALUE...]: from both ports
hostile()
{
	in_ns "$B" python3 "$HERE/hostile.py" "$1" b1 b2 \
		"seed=$SEED" "count=$COUNT" "${@:2}"
}

# A lag and its partner, both alive
agreed()
{
	pair 2 lag
	ip -n "$A" link set lag0 address 02:00:00:00:00:01
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
}

# It is as if nothing had been
recovers()
{
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
	wait_for 5 reaches "$A" 192.0.2.2
}

fuzzed()
{
	agreed
	hostile fuzzed
	recovers
}

# That partner has the first port only
flips()
{
	agreed
	hostile flips &
	stays 3 1 other_port_distributes
	wait $!
	recovers
}

other_port_distributes()
{
	lag_get "$A" lag0 num_distributing | sed 's/2/1/'
}

twins()
{
	agreed
	hostile twins
	recovers
}

mine()
{
	agreed
	hostile mine
	recovers
}

wb_19_messy()
{
	agreed
	hostile messy
	recovers
}

# Every policy reads what there is to read, and not more
messy_out()
{
	local policy before sent

	agreed
	for policy in layer2 layer2+3 layer3+4 encap2+3 encap3+4 vlan+srcmac \
		      flow; do
		ip -n "$A" link set lag0 type lag xmit_hash_policy "$policy"
		before=$(tx_packets "$A" lag0)
		sent=$(in_ns "$A" python3 "$HERE/hostile.py" messy_out \
			"seed=$SEED" "count=$COUNT")
		((sent * 3 > COUNT)) || fail "only $sent frames were sent"
		between $((before + sent)) $((before + sent + 5)) \
			tx_packets "$A" lag0
	done
	recovers
}

# Two ports without a partner but hostile.py
alone()
{
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	plug "$B" b1
	plug "$B" b2
	join "$A" lag0 "$@"
}

flood()
{
	alone a1 a2
	hostile flood "exact=${VM_ICOUNT:-0}"
	# They are counted when it is over
	wait_for 3 more_than 100000 port_get "$A" a1 counters.rate_limited
	expect 0 port_get "$A" a2 counters.rate_limited
}

cost()
{
	if [ "${VM_ICOUNT:-0}" = 0 ] || grep -q 'User Mode' /proc/cpuinfo; then
		skip "nobody counts instructions here"
	fi
	alone a1
	ip -n "$A" link set a2 up
	hostile cost count=20000
}

run_tests
exit "${EXIT_STATUS:?}"
