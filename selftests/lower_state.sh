#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the driver of a switch, or of a NIC with several ports, is told of a lag
# over them: how it chooses ports when one joins, and then which of them carries
# traffic.
#
#    A                 B
#   +------------+    +-------------+
#   |  lag0 a1 --|----|-- b1  peer0 |
#   |       a2 --|----|-- b2        |
#   +------------+    +-------------+

ALL_TESTS="
	modes
	policies
	lacp
	partner_does_not_collect
	active_backup
	protodown
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require
	test_module upper
	trap 'cleanup; rmmod upper; rm -rf "$WORK"' EXIT
}

# What drivers have heard in this case
heard()
{
	cat /sys/module/upper/parameters/heard >>"$WORK/heard"
	cat "$WORK/heard"
}

# told PORT: how it was in turn, as "link tx" each
told()
{
	heard | awk -v port="$1" '
		$1 == "state" && $2 == port { text = text " " $4 $6 }
		END { print substr(text, 2) }'
}

# state PORT: how it is
state()
{
	local all

	all=$(told "$1")
	echo "${all##* }"
}

# changes PORT: it was never told what it had been told already
changes()
{
	local all was=""

	all=$(told "$1")
	for is in $all; do
		[ "$is" != "$was" ] || fail "$1 was told $all"
		was=$is
	done
}

forget()
{
	cat /sys/module/upper/parameters/heard >/dev/null
	: >"$WORK/heard"
}

# joined OPTION...: what is told when a port joins a lag with these
joined()
{
	ip -n "$A" link add lag0 type lag "$@"
	forget
	ip -n "$A" link set p1 master lag0
	heard | grep "^link p1 lag0 "
	ip -n "$A" link del lag0
	heard | grep -x "unlink p1 lag0" >/dev/null
}

modes()
{
	setup_ns A
	ip -n "$A" link add p1 type dummy
	expect "link p1 lag0 hash l34" joined
	expect "link p1 lag0 hash l34" joined mode lacp
	expect "link p1 lag0 hash l34" joined mode static
	expect "link p1 lag0 activebackup none" joined mode active-backup
	expect "link p1 lag0 roundrobin none" joined mode balance-rr
	expect "link p1 lag0 broadcast none" joined mode broadcast
}

policies()
{
	local mode

	setup_ns A
	ip -n "$A" link add p1 type dummy
	while read -r policy type; do
		expect "link p1 lag0 hash $type" joined mode static \
			xmit_hash_policy "$policy"
	done <<-EOF
	layer2 l2
	layer2+3 l23
	layer3+4 l34
	encap2+3 e23
	encap3+4 e34
	vlan+srcmac vlan+srcmac
	flow unknown
	EOF
}

lacp()
{
	forget
	pair 2 lag lacp_rate fast
	wait_is 10 11 state a1
	wait_is 10 11 state a2
	unplug "$B" b1
	wait_is 5 00 state a1
	expect 11 state a2
	plug "$B" b1
	wait_is 10 11 state a1
	# The other one knew all the time
	changes a1
	changes a2
	ip -n "$A" link set a2 nomaster
	heard | grep -x "unlink a2 lag0" >/dev/null
	[[ $(heard) != *"unlink a1"* ]]
}

# The link is up, nothing is sent
partner_does_not_collect()
{
	forget
	pair 2 lag lacp_rate fast
	wait_is 10 11 state a1
	wait_is 10 11 state a2
	ip -n "$B" link set b2 type lag_slave admin disabled
	wait_is 10 10 state a2
	expect 11 state a1
	ip -n "$B" link set b2 type lag_slave admin enabled
	wait_is 10 11 state a2
	changes a1
	changes a2
}

active_backup()
{
	forget
	switched 2 mode active-backup
	wait_is 5 11 state a1
	wait_is 5 10 state a2
	unplug "$B" b1
	wait_is 5 11 state a2
	wait_is 5 00 state a1
	plug "$B" b1
	wait_is 5 10 state a1
	expect 11 state a2
	ip -n "$A" link set lag0 type lag active_slave a1
	wait_is 5 11 state a1
	wait_is 5 10 state a2
	# No hash any more, but the link was made before
	ip -n "$A" link set lag0 type lag mode static
	wait_is 5 11 state a2
	expect 11 state a1
	changes a1
	changes a2
}

# Also while LACP has its partner, the lag does not carry until it ends
protodown()
{
	forget
	pair 2 lag lacp_rate fast
	wait_is 10 11 state a1
	wait_is 10 11 state a2
	ip -n "$A" link set lag0 protodown on
	expect protodown lag_get "$A" lag0 carrier_reason
	not carrier "$A" lag0
	wait_is 5 10 state a1
	wait_is 5 10 state a2
	wait_for 5 not carrier "$B" peer0
	# No link event of a port, nor an option, ends it
	unplug "$B" b1
	wait_is 5 00 state a1
	plug "$B" b1
	wait_is 5 10 state a1
	ip -n "$A" link set lag0 type lag lacp_rate slow
	stays 4 protodown lag_get "$A" lag0 carrier_reason
	not carrier "$A" lag0
	# Its end is no carrier yet: that is for LACP to say
	for port in b1 b2; do
		ip -n "$B" link set "$port" type lag_slave admin disabled
	done
	ip -n "$A" link set lag0 protodown off
	stays 3 10 state a1
	not carrier "$A" lag0
	not is protodown lag_get "$A" lag0 carrier_reason
	for port in b1 b2; do
		ip -n "$B" link set "$port" type lag_slave admin enabled
	done
	wait_for 10 distributing "$A" lag0 2
	wait_is 5 11 state a1
	wait_for 5 reaches "$A" 192.0.2.2
}

run_tests
exit "${EXIT_STATUS:?}"
