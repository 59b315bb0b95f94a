#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A port whose carrier has fallen is sent nothing from then on, and what it
# would have had leaves by the others: in every mode and with every policy, the
# second failure after the first, RTNL held by somebody or not.  With active-backup
# frames are lost, one mostly, until the next port is chosen in softirq.
#
#    frames --> lag0 -- p1..p4 (dummies)

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

lag_require
test_module rtnl_hold
trap 'cleanup; rmmod rtnl_hold; rm -rf "$WORK"' EXIT
setup_ns A
ip -n "$A" link add lag0 type lag mode static
for port in p1 p2 p3 p4; do
	ip -n "$A" link add "$port" type dummy
	ip -n "$A" link set "$port" master lag0
done
ip -n "$A" link set lag0 up
in_ns "$A" python3 -SE "$HERE/dead_port.py" lag0 p1 p2 p3 p4
