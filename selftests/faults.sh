#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Memory runs out: each operation is tried with one of its allocations failing,
# then with another.  It succeeds or changes nothing, and all can be deleted
# afterwards.  Only on kernels with fault injection; FAULTS_MOST allocations of
# each operation fail, of all that it makes.
#
#    A (lag0)                 B
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

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

FAULTS=/sys/kernel/debug

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

for name in $ALL_TESTS; do
	eval "$name() { with_faults $name; }"
done

run_tests
exit "${EXIT_STATUS:?}"
