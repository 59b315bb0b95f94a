#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Without CAP_NET_ADMIN for the network that a lag is in, nobody changes
# anything, and everybody may see how it is.  A container has its own lags and
# reaches nothing outside.
#
#    A                               a container
#   +-------------------------+     +------------------+
#   |  lag0 -- a1    a2       |     |  lag0 -- p1      |
#   +-------------------------+     +------------------+

ALL_TESTS="
	nobody
	container
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require modprobe
	modprobe -q dummy numdummies=0 || skip_all "needs the driver dummy"
}

# Numbers that no device of a new namespace has
prepare()
{
	setup_ns A
	ip -n "$A" link add lag0 index 501 type lag
	ip -n "$A" link add a1 index 502 type dummy
	ip -n "$A" link add a2 index 503 type dummy
	ip -n "$A" link set a1 master lag0
}

nobody()
{
	prepare
	in_ns "$A" python3 "$HERE/privilege.py" nobody
}

container()
{
	[ -e /proc/self/ns/user ] || skip "the kernel has no user namespaces"
	prepare
	in_ns "$A" python3 "$HERE/privilege.py" container
}

run_tests
exit "${EXIT_STATUS:?}"
