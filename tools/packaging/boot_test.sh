#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In a guest that has booted a Debian with our packages: has it come up with the
# lag that is configured?  Prints TAP.
#
# Usage: boot_test.sh NAME { bonding | ifupdown | ifupdown2 | networkd | netplan |
#			     networkmanager | cloud-init }
# The lag is lag0 over c1a and c2a with 192.0.2.1/24 and a default route by
# 192.0.2.2, which with ifupdown2 a bridge over it has; the other ends of these
# cables are c1b and c2b, made a partner here.  With "bonding" there is a bond0
# of ifupdown's in its place yet, which is made a lag for the next boot.

set -u

manager=$2
addressed=lag0
case $manager in
bonding|ifupdown) unit=networking ;;
ifupdown2)	  unit=networking addressed=vmbr0 ;;
networkd|netplan) unit=systemd-networkd ;;
networkmanager)	  unit=NetworkManager ;;
cloud-init)	  unit=cloud-final ;;
esac
# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh" || exit 1
about="$1: "

# within SECONDS COMMAND...: what it says last is shown if it never succeeds
within() {
	local end=$((SECONDS + $1)) said

	shift
	until said=$("$@" 2>&1); do
		[ "$SECONDS" -lt "$end" ] || { echo "$said"; return 1; }
		sleep 0.5
	done
}

is_active() {
	systemctl is-active -q "$1" || {
		systemctl status --no-pager "$1"
		return 1
	}
}

# That of its first port, as the cable was given it
same_address() {
	has "c1a=$(cat /sys/class/net/lag0/address)" echo "$VM_CABLES"
}

partner() {
	ip netns add peer &&
	ip link set c1b netns peer &&
	ip link set c2b netns peer &&
	ip -n peer link add peer0 type bond mode 802.3ad lacp_rate fast \
		miimon 100 &&
	ip -n peer link set c1b master peer0 &&
	ip -n peer link set c2b master peer0 &&
	ip -n peer addr add 192.0.2.2/24 dev peer0 &&
	ip -n peer link set peer0 up
}

module_of_dkms() {
	has "/updates/dkms/lag.ko" modinfo -n lag
}

# send FLOWS: 100 packets of each, UDP from port 5001 and following
send() {
	perl -MSocket -e '
	$to = pack_sockaddr_in(9, inet_aton("192.0.2.2"));
	for $port (5001 .. 5000 + $ARGV[0]) {
		socket($s, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
		bind($s, pack_sockaddr_in($port, inet_aton("192.0.2.1")))
			or die "bind: $!";
		for (1 .. 100) {
			send($s, "x" x 1400, 0, $to) or die "send: $!";
		}
	}' "$1"
}

sent_by() {
	cat "/sys/class/net/$1/statistics/tx_bytes"
}

# What else is sent is less than half of a flow
shown() {
	local port more

	for port in c1a c2a; do
		more=$(($(sent_by $port) - before[$port] - want[$port]))
		echo "$port: ${want[$port]} octets were foretold, $more more sent"
		[ $more -ge 0 ] && [ $more -lt $((size / 2)) ] || return
	done
}

# foretold FLOWS: all of a flow is sent by the port that lagctl names, and by no
# other.  Drivers may count a packet when they send the next.
foretold() {
	local i port answer size=$((100 * (1400 + 42)))
	local -A want=([c1a]=0 [c2a]=0) before

	for ((i = 1; i <= $1; i++)); do
		answer=$(lagctl flow -l lag0 192.0.2.1 192.0.2.2 udp \
			 $((5000 + i)) 9) || return
		port=$(sed -n 's/^ *leaves by \([^ ,]*\).*/\1/p' <<<"$answer")
		[ -n "${want[$port]-}" ] || { echo "$answer"; return 1; }
		: $((want[$port] += size))
	done
	for port in c1a c2a; do
		before[$port]=$(sent_by $port)
	done
	send "$1" && within 60 shown
}

cable_pulled() {
	bash /run/vm/cable off 1 &&
	within 120 has no-carrier lagctl why c1a &&
	has "1 of 2 ports.*no-carrier:" lagctl status &&
	ping -q -c 3 192.0.2.2
}

cable_back() {
	bash /run/vm/cable on 1 &&
	within 180 has "num_distributing 2" ip -d link show lag0
}

# What is there now says the same as its configuration, which is changed
converted() {
	local new=/etc/network/new

	has "ip link add bond0 .*type lag .*lacp_rate fast.*fallback single" \
		lagctl import bond0 &&
	has "ip addr add 192.0.2.1/24 dev bond0.*default via 192.0.2.2" \
		lagctl import bond0 &&
	lagctl import -f interfaces -n lag0 -o $new /etc/network/interfaces &&
	has "lag-ports c1a c2a" cat $new && mv $new /etc/network/interfaces
}

# As the last test: what was made is taken back
again() {
	case $manager in
	ifupdown)
		ifdown lag0 && [ ! -e /sys/class/net/lag0 ] &&
		[ ! -e /sys/class/net/c1a/master ] && ifup lag0
		;;
	ifupdown2)
		ifreload -a && ifdown vmbr0 lag0 &&
		[ ! -e /sys/class/net/lag0 ] &&
		[ ! -e /sys/class/net/c1a/master ] && ifup -a
		;;
	*)
		systemctl stop lag@lag0 && [ ! -e /sys/class/net/lag0 ] &&
		[ ! -e /sys/class/net/c1a/master ] &&
		systemctl start lag@lag0
		;;
	esac &&
	within 180 has "num_distributing 2" ip -d link show lag0 &&
	within 180 ping -q -c 1 -W 2 192.0.2.2
}

# Much that cloud-init does by default cannot be done here
failed_units() {
	systemctl list-units --failed --no-legend --plain |
		grep -v '^cloud-config'
}

test_that "the module is the one that DKMS built" module_of_dkms
test_that "$unit.service has done its work" within 180 is_active "$unit"
case $manager in
bonding|ifupdown*) ;;
*)	test_that "lag@lag0.service has, too" is_active lag@lag0 ;;
esac
if [ "$manager" = bonding ]; then
	test_that "a partner comes" partner
	test_that "it answers a ping" within 180 ping -q -c 1 -W 2 192.0.2.2
	test_that "lagctl knows no lag" has "There is no lag" lagctl status
	test_that "lagctl import makes a lag of the bond" converted
	test_that "no unit has failed" has '^$' failed_units
	end_tests
	exit
fi
test_that "lag0 is a lag with its options" \
	has "lag mode lacp .*lacp_rate fast" ip -d link show lag0
test_that "c1a is a port of it" has "master lag0" ip link show c1a
test_that "c2a is a port of it" has "master lag0" ip link show c2a
test_that "udev has left the MAC address alone" same_address
test_that "a partner comes" partner
test_that "LACP comes up with it" \
	within 180 has "num_distributing 2" ip -d link show lag0
# Some wait for carrier
test_that "$addressed has its address" \
	within 180 has "inet 192.0.2.1/24" ip addr show $addressed
test_that "$addressed has the default route" \
	within 180 has "default via 192.0.2.2 dev $addressed" ip route
test_that "the ports have no address" \
	has '^$' ip -4 -o addr show dev c1a
test_that "the partner answers a ping" \
	within 180 ping -q -c 1 -W 2 192.0.2.2
test_that "lagctl status shows it" \
	has "lag0 .*2 of 2 ports.*c1a .*distributing.*c2a .*distributing" \
		lagctl status
test_that "lagctl why finds nothing wrong" has "Nothing is wrong" lagctl why
test_that "lagctl flow foretells what the counters show" foretold 8
test_that "a pulled cable is told by lagctl why, and pings go on" cable_pulled
test_that "lagctl flow foretells what the other carries" foretold 2
test_that "the port comes back with the cable" cable_back
test_that "the lag goes down and up again" again
test_that "no unit has failed" has '^$' failed_units
end_tests
