#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything at once: ports join, leave, flap and are deleted, options,
# addresses and MTUs change, VLANs and bridges come and go on top, lags are
# made and deleted, namespaces die and the module is unloaded, while frames and
# LACPDUs, right and wrong, arrive on every processor.  Nothing may break, a
# new lag must work at once, and in the end nothing may be left: ports that
# nobody else has changed (a4, a5, r0, b4, b5) are as they were before.
#
# What is done follows from STRESS_SEED and is STRESS_COUNT commands for each
# of eight; how they mix does not.
# Timeout: 1800 s
#
#    A (lag0 to lag2)            B (peer0, peer1)
#   +-----------------+         +-----------------+
#   |          a0..a5 |---------| b0..b5          |
#   |          r0, r1 |         | b6..b9 ----------- in namespaces that die
#   +-----------------+         +-----------------+
# r0 and r1 are of refuse.ko, which knows what VLANs a device is to hear.

ALL_TESTS="
	wb_20_everything_at_once
	namespaces_die
	module_goes
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SEED=${STRESS_SEED:-1}
COUNT=${STRESS_COUNT:-100}

setup()
{
	lag_require modprobe
	modprobe -q -a veth 8021q bridge macvlan vrf || true
	test_module refuse
}

# players NS1 NS2: where it all happens
players()
{
	local i

	for ((i = 0; i < 6; i++)); do
		cable "$1" "a$i" "$2" "b$i"
	done
	ip -n "$1" link add r0 type refuse
	ip -n "$1" link add r1 type refuse
	STEADY=$(all_steady)
	for ((i = 0; i < 6; i++)); do
		ip -n "$1" link set "a$i" up
	done
	for i in 0 1; do
		ip -n "$2" link add "peer$i" up type lag lacp_rate fast
	done
	for ((i = 0; i < 6; i++)); do
		join "$2" "peer$((i / 3))" "b$i"
	done
	for i in 0 1 2; do
		ip -n "$1" link add "lag$i" up type lag lacp_rate fast
	done
}

# fire NS SIDE: frames and LACPDUs from one end, each from a processor
fire()
{
	# shellcheck disable=SC2046
	ip netns exec "$1" python3 "$HERE/stress.py" fire "$SEED" \
		lag0 lag1 lag2 peer0 peer1 up0 up1 $(echo "$2"{0..5}) &
	wait_for 20 under_fire "$1" "${2}5"
}

# under_fire NS PORT: more is sent there than LACP does
under_fire()
{
	(($(tx_packets "$1" "$2") > 20))
}

# cease_fire NS: nothing else runs in there
cease_fire()
{
	# shellcheck disable=SC2046
	kill $(ip netns pids "$1")
	wait_is 10 "" ip netns pids "$1"
}

# crowd NS:PART...: all at once; each must have its way now and then
crowd()
{
	FAR=$B python3 "$HERE/stress.py" crowd "$SEED" "$COUNT" "$@"
}

crowd_of_all()
{
	crowd "$A:members" "$A:options" "$A:addresses" "$A:uppers" \
		"$A:devices" "$A:readers" "$B:far" "$A:namespaces"
}

# nothing_left: no lag is left in $A or $B, and no trace on the ports
nothing_left()
{
	local ns

	for ns in "$A" "$B"; do
		expect '[]' lags "$ns"
		expect '[]' ports_with_traces "$ns"
		in_ns "$ns" cat /sys/module/refuse/parameters/vids
	done >"$WORK/vids"
	not grep -v ' 0$' "$WORK/vids"
	[ "$(all_steady)" = "$STEADY" ] ||
		fail "$(diff <(echo "$STEADY") <(all_steady))"
}

# steady NS PORT...: what a lag may have changed there: address, MTU, whom and
# how many it listens to, how many of each multicast group want it
steady()
{
	local port ns=$1

	shift
	for port; do
		ip -n "$ns" -d -j link show "$port" | jq -c '.[] |
			[.ifname, .address, .mtu, .promiscuity, .allmulti]'
		bridge -n "$ns" fdb show dev "$port" | sort
		in_ns "$ns" cat /proc/net/dev_mcast |
			awk -v port="$port" '$2 == port' | sort
	done
}

# While all are closed: an open one hears what IP wants
all_steady()
{
	local port

	for port in a4 a5 r0; do
		ip -n "$A" link set "$port" down
	done
	for port in b4 b5; do
		ip -n "$B" link set "$port" down
	done
	steady "$A" a4 a5 r0
	steady "$B" b4 b5
}

lags()
{
	ip -n "$1" -d -j link show | jq -c '[.[] |
		select(.linkinfo.info_kind == "lag") | .ifname]'
}

ports_with_traces()
{
	ip -n "$1" -d -j link show | jq -c '[.[] |
		select(.ifname | test("^[abr][0-9]$")) |
		select(.master or .promiscuity > 0 or .allmulti > 0 or
		.linkinfo.info_slave_kind) | .ifname]'
}

# all_deleted NS: every lag and what is on top of it
all_deleted()
{
	local dev

	for dev in up0 up1 up2 up3 lag0 lag1 lag2 peer0 peer1; do
		ip -n "$1" link del "$dev" 2>/dev/null || true
	done
}

# The module is not stuck: what is made now works
works()
{
	pair 2 lag
	wait_for 10 distributing "$A" lag0 2
	wait_for 5 reaches "$A" 192.0.2.2
}

# Whatever the others have left, a4, a5 and r0 get all that is to be taken back
# from them: when they leave, or when the lag is deleted
last_word()
{
	local i port

	for i in 0 1 2; do
		ip -n "$A" link add "lag$i" type lag 2>/dev/null || true
		ip -n "$A" link set "lag$i" nomaster
		ip -n "$A" link set "lag$i" type lag fail_over_mac none
	done
	for port in a4:0 a5:1 r0:2; do
		i=${port#*:}
		port=${port%:*}
		ip -n "$A" link set "$port" nomaster
		ip -n "$A" link set "lag$i" up mtu "130$i" promisc on \
			allmulticast on address "02:00:00:00:01:0$i"
		ip -n "$A" link add link "lag$i" "last$i" up type vlan id 100
		ip -n "$A" link set "$port" master "lag$i"
		expect "130$i" link_get "$A" "$port" mtu
	done
	ip -n "$A" link set a5 nomaster
	ip -n "$A" link set r0 nomaster
}

wb_20_everything_at_once()
{
	setup_ns A B
	players "$A" "$B"
	fire "$A" a
	fire "$B" b
	crowd_of_all
	cease_fire "$A"
	cease_fire "$B"
	last_word
	all_deleted "$A"
	all_deleted "$B"
	nothing_left
	works
}

# A namespace lives as long as a process in it
die()
{
	cease_fire "$1"
	ip netns del "$1"
}

# With lags, their ports and traffic in them
namespaces_die()
{
	local i

	for i in 1 2; do
		setup_ns A B
		players "$A" "$B"
		ip -n "$A" link set a0 master lag0
		ip -n "$A" link set a1 master lag0
		ip -n "$A" link set a3 master lag1
		ip -n "$A" link add link lag0 up0 up type vlan id 7
		wait_for 5 distributing "$A" lag0 2
		fire "$A" a
		fire "$B" b
		# The first to die is still under the other's fire, and takes
		# its cables with it
		if ((i % 2)); then
			die "$A"
			die "$B"
		else
			die "$B"
			die "$A"
		fi
		NAMESPACES=()
	done
	works
}

# It takes its lags with it, and what asks for it loads it again
module_goes()
{
	local i pid

	setup_ns A B
	players "$A" "$B"
	fire "$A" a
	fire "$B" b
	crowd_of_all &
	pid=$!
	for i in 1 2 3 4 5; do
		rmmod lag 2>/dev/null || true
		modprobe lag
		ip -n "$A" link add lag0 up type lag || true
		ip -n "$A" link set a0 master lag0 || true
	done
	wait "$pid"
	cease_fire "$A"
	cease_fire "$B"
	rmmod lag
	nothing_left
	not test -d /sys/module/lag
	modprobe lag
	works
}

run_tests
rmmod refuse || EXIT_STATUS=1
exit "${EXIT_STATUS:?}"
