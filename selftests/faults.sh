#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory runs out: each operation is tried with one of its allocations failing,
# then with another.  It succeeds or changes nothing, and all can be deleted
# afterwards.  Then there is none for any frame in softirq: nobody says anything
# until there is some again.  Only on kernels with fault injection; FAULTS_MOST
# allocations of each operation fail, of all that it makes.
#
#    A (lag0)                 B (in the end peer0)
#   +------------+           +-------+
#   |       a1 --|-----------|-- b1  |
#   |       a2 --|-----------|-- b2  |
#   +------------+           +-------+

ALL_TESTS="
	create
	create_again
	delete
	join
	join_busy
	leave
	configure
	configure_back
	set_mtu
	set_address
	set_up
	set_down
	promisc
	add_vlan
	delete_vlan
"
OPERATIONS=$ALL_TESTS
ALL_TESTS+=" no_frames"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

FAULTS=/sys/kernel/debug
SKBS=/sys/kernel/slab/skbuff_head_cache

setup()
{
	local kind

	lag_require
	modprobe -q 8021q || true
	[ -e /proc/self/fail-nth ] || skip_all "the kernel injects no faults"
	for kind in failslab fail_page_alloc; do
		echo N >"$FAULTS/$kind/ignore-gfp-wait"
		# The injected ones are no complaints
		echo 0 >"$FAULTS/$kind/verbose"
	done
	setup_ns A B
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	plug "$B" b1
	plug "$B" b2
}

with_faults()
{
	in_ns "$A" python3 "$HERE/faults.py" "$1" "${FAULTS_MOST:-1000}"
}

for name in $OPERATIONS; do
	eval "$name() { with_faults $name; }"
done

# without_frames PERCENT: so many fail, of those that cannot wait
without_frames()
{
	echo 1 >"$SKBS/failslab"
	echo Y >"$FAULTS/failslab/cache-filter"
	echo Y >"$FAULTS/failslab/ignore-gfp-wait"
	echo -1 >"$FAULTS/failslab/times"
	echo "$1" >"$FAULTS/failslab/probability"
}

no_frames()
{
	local i

	ip -n "$A" link add lag0 up type lag lacp_rate fast
	ip -n "$B" link add peer0 up type lag lacp_rate fast
	for i in 1 2; do
		ip -n "$A" link set "a$i" master lag0
		ip -n "$B" link set "b$i" master peer0
	done
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
	without_frames 100
	wait_is 10 expired why "$A" a1
	wait_is 10 expired why "$B" b2
	stays 2 "$(port_get "$A" a1 counters.lacpdu_rx)" \
		port_get "$A" a1 counters.lacpdu_rx
	without_frames 0
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
}

run_tests
without_frames 0
exit "${EXIT_STATUS:?}"
