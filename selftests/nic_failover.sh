#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NICs lose their links while somebody holds RTNL, the second within a second
# of the first: linkwatch, which tells of a carrier, holds that one back even
# if nobody holds RTNL.  No transmit that begins after the carrier bit of a port
# fell may choose that port.  For guests that have cables between NICs (tools/
# vm/vm --cables); of veth linkwatch tells at once.
#
#        $A                                $B
#   +------------------+             +------------------+
#   | lag0   a1 ---- virtio-net ---- b1   peer0         |
#   |        a2 ---- virtio-net ---- b2                 |
#   |        a3 -----  e1000e  ----- b3                 |
#   |        a4 ---- virtio-net ---- b4                 |
#   +------------------+             +------------------+

ALL_TESTS="
	virtio
	e1000e_then_virtio
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

LAG_NICS=1

setup()
{
	lag_require
	[[ " ${VM_CABLES-} " == *" c4a="* ]] ||
		skip_all "needs four cables between NICs (tools/vm/vm --cables)"
	test_module rtnl_hold
}

# fail_over CABLE CABLE: one after the other
fail_over()
{
	local said

	pair 4 lag lacp_rate fast
	wait_for 10 distributing "$A" lag0 4
	wait_for 10 distributing "$B" peer0 4
	wait_for 5 reaches "$A" 192.0.2.2
	traffic udp "$A" "$B" 192.0.2.2 flows=32 count=400 rate=800 \
		>"$WORK/there" &
	said=$(python3 "$HERE/nic_failover.py" "$@") ||
		{ [ $? -ne 4 ] || skip "$said"; false; }
	wait $!
	echo "# $said"
	# What had left for the dying ports before their carrier fell
	[ "$(reckon "at('lost')" "$(cat "$WORK/there")")" -le "${said##* }" ]
}

virtio()
{
	fail_over 1 2
}

e1000e_then_virtio()
{
	fail_over 3 1
}

run_tests
rmmod rtnl_hold
exit "${EXIT_STATUS:?}"
