#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In a guest that has booted a Debian with our packages: has it come up with the
# lag that is configured?  Prints TAP.
#
# Usage: boot_test.sh NAME { ifupdown | ifupdown2 | networkd }
# The lag is lag0 over c1a and c2a with 192.0.2.1/24, which with ifupdown2 a
# bridge over it has; the other ends of these cables are c1b and c2b, made a
# partner here.

set -u

manager=$2
addressed=lag0
[ "$manager" != ifupdown2 ] || addressed=vmbr0
# shellcheck source=tap.sh
. "$(dirname "$0")/tap.sh" || exit 1
about="$1: "

# within SECONDS COMMAND...
within() {
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
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

# Pings leave by the port that lagctl names
foretold() {
	local port sent

	port=$(lagctl flow -l lag0 192.0.2.1 192.0.2.2 icmp |
		sed -n 's/^ *leaves by \([^ ,]*\).*/\1/p')
	sent=$(cat "/sys/class/net/$port/statistics/tx_packets") &&
	ping -q -c 20 -i 0.1 192.0.2.2 &&
	[ $(($(cat "/sys/class/net/$port/statistics/tx_packets") - sent)) -ge 20 ]
}

cable_pulled() {
	bash /run/vm/cable off 1 &&
	within 120 has no-carrier lagctl why c1a &&
	ping -q -c 3 192.0.2.2 &&
	bash /run/vm/cable on 1 &&
	within 180 has "num_distributing 2" ip -d link show lag0
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
	networkd)
		systemctl stop lag@lag0 && [ ! -e /sys/class/net/lag0 ] &&
		[ ! -e /sys/class/net/c1a/master ] &&
		systemctl start lag@lag0
		;;
	esac && within 180 has "num_distributing 2" ip -d link show lag0
}

test_that "the module is the one that DKMS built" module_of_dkms
case $manager in
ifupdown*)
	test_that "networking.service has done its work" \
		within 180 is_active networking
	;;
networkd)
	test_that "lag@lag0.service has done its work" is_active lag@lag0
	test_that "systemd-networkd runs" is_active systemd-networkd
	;;
esac
test_that "lag0 is a lag with its options" \
	has "lag mode lacp .*lacp_rate fast" ip -d link show lag0
test_that "c1a is a port of it" has "master lag0" ip link show c1a
test_that "c2a is a port of it" has "master lag0" ip link show c2a
test_that "udev has left the MAC address alone" same_address
test_that "a partner comes" partner
test_that "LACP comes up with it" \
	within 180 has "num_distributing 2" ip -d link show lag0
# networkd waits for carrier
test_that "$addressed has its address" \
	within 180 has "inet 192.0.2.1/24" ip addr show $addressed
test_that "the partner answers a ping" \
	within 180 ping -q -c 1 -W 2 192.0.2.2
test_that "lagctl shows it" has "lag0" lagctl status
test_that "lagctl flow foretells the port of pings" foretold
test_that "a pulled cable is told by lagctl why, and pings go on" cable_pulled
test_that "the lag goes down and up again" again
test_that "no unit has failed" \
	has '^$' systemctl list-units --failed --no-legend --plain
end_tests
