#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The driver of a port refuses an address, an MTU, a VLAN, to be opened or to
# hear more; or somebody whom the kernel asks refuses a step.  Each step of each
# operation is refused in turn: the operation fails and leaves all as it was, or
# if it takes ports out of the lag, is done nevertheless.
#
#    A
#   +--------------------------------------+
#   |  (vlan0 --) lag0 -- a1, a2 (refuse)  |
#   +--------------------------------------+

ALL_TESTS="
	create
	delete
	join
	join_up
	join_busy
	leave
	leave_up
	configure
	configure_back
	set_mtu
	set_address
	set_up
	add_vlan
	delete_vlan
	promiscuity
	allmulti
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

lag_require
modprobe -q 8021q || skip_all "needs VLANs"
test_module refuse

with_refusals()
{
	setup_ns A
	in_ns "$A" python3 "$HERE/refused.py" "$1"
}

for name in $ALL_TESTS; do
	eval "$name() { with_refusals $name; }"
done

run_tests
rmmod refuse || EXIT_STATUS=1
exit "${EXIT_STATUS:?}"
