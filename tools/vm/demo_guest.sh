#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In a guest: a lag over emulated NICs against a switch, told step by step.
#
# The switch is the kernel's own bonding driver, so that no code of ours says
# that ours is right.

set -u

rate=1000
failures=0

say() {
	echo
	echo "== $*"
}

# run HOST COMMAND...: show it, then run it there
run() {
	echo "$1# ${*:2}"
	ip netns exec "$@" || { echo "   (that failed)"; failures=$((failures + 1)); }
}

expect() {
	if [ "$2" = "$3" ]; then
		return
	fi
	echo "   !! $1 is $2, should be $3"
	failures=$((failures + 1))
}

on_nas() {
	ip netns exec nas "$@"
}

on_switch() {
	ip netns exec switch "$@"
}

ms() {
	echo $((10#${EPOCHREALTIME/[.,]/} / 1000))
}

port_why() {
	on_nas ip -d -j link show "$1" |
		jq -r '.[0].linkinfo.info_slave_data | "\(.why): \(.why_text)"'
}

# told PORT: why it is not used; its cable is out
told() {
	local why

	why=$(port_why "$1")
	echo "   $1: $why"
	expect "the reason" "${why%%:*}" no-carrier
}

# How many ports both ends use
working() {
	local nas switch

	nas=$(on_nas ip -d -j link show lag0 |
		jq -r '.[0].linkinfo.info_data.num_distributing')
	switch=$(on_switch ip -d -j link show type bond_slave |
		jq '[.[].linkinfo.info_slave_data.ad_actor_oper_port_state |
		     select(. != null) | select(. / 32 % 2 >= 1)] | length')
	[ "$nas" = "$switch" ] && echo "$nas"
}

# wait_working NUMBER SECONDS: print how long it took
wait_working() {
	local start number

	start=$(ms)
	while number=$(working); [ "$number" != "$1" ]; do
		if (($(ms) - start > $2 * 1000)); then
			echo "   !! only ${number:-some} of $1 ports after $2 s"
			failures=$((failures + 1))
			return
		fi
		sleep 0.05
	done
	echo "   $1 ports work at both ends, after $(($(ms) - start)) ms"
}

# ip prints everything on one line
fold_words() {
	sed '2,$s/^/   /' | fold -s -w 78 | sed '/^\(nas\|switch\|   \)/!s/^/       /'
}

traffic() {
	python3 selftests/traffic.py udp nas switch 192.0.2.2 "$@"
}

received() {
	on_switch cat /sys/class/net/bond0/statistics/rx_packets
}

bars() {
	jq -r '.flows | to_entries[] | "\(.key) \(.value | length)"' \
		/run/traffic |
	while read -r port flows; do
		printf '   %-6s %4d  ' "$port" "$flows"
		printf '%*s\n' $((flows / 3)) '' | tr ' ' '#'
	done
}

# during SECONDS COMMAND...: while there is traffic, and for so long after;
# tells what was lost, and for how long a quarter of it must have been
during() {
	local seconds=$1 before

	shift
	rm -f /run/enough
	before=$(received)
	traffic flows=16 rate="$rate" count=100000 until=/run/enough \
		>/run/traffic &
	while kill -0 $! && [ $(($(received) - before)) -lt "$rate" ]; do
		sleep 0.1
	done
	echo "# $*"
	"$@"
	sleep "$seconds"
	touch /run/enough
	wait $!
	jq -r --argjson rate "$rate" '"   \(.sent) frames sent, \(.lost) lost" +
		if .lost == 0 then "" else
		", what the cable carries in \(.lost * 4000 / $rate | floor) ms"
		end + "; \(.duplicates) twice, \(.reordered) out of order"' \
		/run/traffic
	expect "that less than half of the traffic of 2 s was lost" \
		"$(jq ".lost < $rate" /run/traffic)" true
}

say "Linux $(uname -r): a NAS and a switch, joined by four cables"
cat <<'END'

      NAS                                SWITCH
   +-----------+                      +-----------+
   |     eth1 -|----- e1000e ---------|- port1    |
   |     eth2 -|----- e1000e ---------|- port2    |
   | lag0      |                      |     bond0 |
   |     eth3 -|----- virtio-net -----|- port3    |
   |     eth4 -|----- virtio-net -----|- port4    |
   +-----------+                      +-----------+
     192.0.2.1                          192.0.2.2

   Each end of a cable is an emulated NIC with a driver of its own; the
   switch is the kernel's bonding driver, mode 802.3ad.
END
for ns in nas switch; do
	ip netns add $ns
	ip -n $ns link set lo up
done
for i in 1 2 3 4; do
	ip link set "c${i}a" netns nas name "eth$i"
	ip link set "c${i}b" netns switch name "port$i"
done
modprobe bonding max_bonds=0
on_switch ip link add bond0 type bond mode 802.3ad lacp_rate fast miimon 50 \
	xmit_hash_policy layer3+4
for i in 1 2 3 4; do
	on_switch ip link set "port$i" master bond0
	on_switch ip link set "port$i" up
done
on_switch ip addr add 192.0.2.2/24 dev bond0
on_switch ip link set bond0 up

say "On the NAS: make the LAG.  LACP is the default"
run nas ip link add lag0 type lag lacp_rate fast
for i in 1 2 3 4; do
	run nas ip link set "eth$i" master lag0
done
run nas ip addr add 192.0.2.1/24 dev lag0
run nas ip link set lag0 up
wait_working 4 20
on_nas ping -c 1 -W 3 192.0.2.2 >/dev/null || {
	echo "   !! the switch does not answer"
	failures=$((failures + 1))
}

say "What ip knows of the LAG ..."
run nas ip -d link show lag0 | fold_words
say "... of a port of it ..."
run nas ip -d link show eth1 | fold_words
say "... and what the switch says of the other end of that cable"
run switch ip -d link show port1 | fold_words

say "240 flows from the NAS, seen by the ports of the switch"
traffic flows=240 count=1 rate=500 watch=port1,port2,port3,port4 >/run/traffic
bars
expect "the number of flows" "$(jq .received /run/traffic)" 240

say "A cable is pulled while $rate frames a second go out (e1000e)"
during 2 cable off 1
told eth1
say "... and plugged in again"
during 4 cable on 1
wait_working 4 20

say "The same with virtio-net"
during 2 cable off 3
told eth3
during 4 cable on 3
wait_working 4 20

say "Somebody makes the switch passive: nothing is lost, the NAS is active"
on_switch ip link set bond0 down
run switch ip link set bond0 type bond lacp_active off
on_switch ip link set bond0 up
wait_working 4 20

say "Now the NAS becomes passive, too: nobody begins to speak.  Why, eth1?"
run nas ip link set lag0 type lag lacp_active off
on_switch ip link set bond0 down
on_switch ip link set bond0 up
start=$(ms)
until why=$(port_why eth1); [[ $why == both-passive* ]] ||
      (($(ms) - start > 20000)); do
	sleep 0.2
done
echo "   after $(($(ms) - start)) ms: eth1: $why"
expect "the reason" "${why%%:*}" both-passive

say "One end active is enough"
run nas ip link set lag0 type lag lacp_active on
wait_working 4 20

echo
if [ "$failures" -gt 0 ]; then
	echo "The demo went wrong in $failures places, marked above."
	exit 1
fi
echo "That was lag.  \"make shell\" gives a shell in such a guest."
