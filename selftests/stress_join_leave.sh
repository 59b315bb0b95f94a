#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ports join and leave, links fall and rise, options change, lags come and go,
# all at once and under traffic.  In the end the LAG is whole; the kernel's log
# is looked at by whoever runs the scripts.
# Timeout: 1800 s
#
# What is done follows from STRESS_SEED and is LAG_ROUNDS rounds of each.
#
#    A                              B
#   +------------+                 +------------+
#   |  lag0 -- a1..a4 ----------- b1..b4 -- peer0
#   +------------+                 +------------+

ALL_TESTS="
	one_port_always_stays
	everything_at_once
	lags_come_and_go
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

SEED=${STRESS_SEED:-1}
ROUNDS=${LAG_ROUNDS:-15}

setup()
{
	lag_require
	echo "# STRESS_SEED=$SEED LAG_ROUNDS=$ROUNDS"
	pair 4 lag lacp_rate fast
	whole
}

whole()
{
	wait_for 15 distributing "$A" lag0 4
	wait_for 15 distributing "$B" peer0 4
	wait_for 5 reaches "$A" 192.0.2.2
	expect 256 slots
}

slots()
{
	local port sum=0

	for port in a1 a2 a3 a4; do
		sum=$((sum + $(port_get "$A" "$port" slots)))
	done
	echo "$sum"
}

# a1 is left alone: all the while there is a way.  What is on a port when it
# is released is lost, little against what was sent.
one_port_always_stays()
{
	local i port said

	traffic udp "$A" "$B" 192.0.2.2 flows=16 rate=400 count=10000 \
		until="$WORK/enough" >"$WORK/there" &
	for ((i = 0; i < ROUNDS; i++)); do
		port=a$((i % 3 + 2))
		ip -n "$A" link set "$port" nomaster
		ip -n "$A" link set "$port" master lag0
		carrier "$A" lag0
	done
	touch "$WORK/enough"
	wait
	said=$(cat "$WORK/there")
	echo "# $said"
	between 0 "$ROUNDS" reckon 'at("lost")' "$said"
	expect 0 reckon 'at("duplicates")' "$said"
	whole
}

# Each is a process of its own, and in such Bash begins anew
pull_cables()
{
	local i

	RANDOM=$SEED
	for ((i = 0; i < ROUNDS; i++)); do
		unplug "$B" "b$((RANDOM % 4 + 1))"
		plug "$B" "b$((RANDOM % 4 + 1))"
	done
}

change_options()
{
	local i

	RANDOM=$SEED
	for ((i = 0; i < ROUNDS; i++)); do
		ip -n "$A" link set lag0 type lag \
			max_links $((RANDOM % 4 + 1)) \
			ad_user_port_key $((RANDOM % 1000)) \
			mode $((RANDOM % 2 * 2 + 2))
		ip -n "$A" -d link show
	done
}

join_and_leave()
{
	local i

	RANDOM=$SEED
	for ((i = 0; i < ROUNDS; i++)); do
		ip -n "$A" link set "a$((RANDOM % 4 + 1))" nomaster
		ip -n "$A" link set "a$((RANDOM % 4 + 1))" master lag0
		ip -n "$A" link set lag0 down
		ip -n "$A" link set lag0 up mtu $((RANDOM % 1000 + 1000))
	done
}

# Whatever each of these does, another may have made impossible
everything_at_once()
{
	local i

	careless traffic udp "$A" "$B" 192.0.2.2 flows=16 count=100 \
		rate=500 &
	careless pull_cables &
	careless change_options &
	careless join_and_leave &
	wait
	for i in 1 2 3 4; do
		plug "$B" "b$i"
		join "$A" lag0 "a$i"
	done
	ip -n "$A" link set lag0 mtu 1500 type lag max_links 0 mode lacp
	whole
}

lags_come_and_go()
{
	local i

	ip -n "$A" link del lag0
	for ((i = 0; i < ROUNDS; i++)); do
		ip -n "$A" link add lag0 up type lag lacp_rate fast
		ip -n "$A" link set "a$((i % 4 + 1))" master lag0
		ip -n "$A" link set "a$(((i + 1) % 4 + 1))" master lag0
		ip -n "$A" link del lag0
	done
	ip -n "$A" link add lag0 type lag lacp_rate fast
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	join "$A" lag0 a1 a2 a3 a4
	ip -n "$A" link set lag0 up
	whole
}

run_tests
exit "${EXIT_STATUS:?}"
