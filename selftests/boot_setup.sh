#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What sets a lag up at boot: lag-setup with the words of lag.conf(5), and the
# hook of ifupdown that hands it those of /etc/network/interfaces.  Mistakes are
# told with file and line, and what is made can be taken away.
#
#    A                 B
#   +---------+       +------+
#   |     a1 -|-------|- b1  |
#   | lag0 a2-|-------|- b2  |
#   |     a3 -|-------|- b3  |
#   +---------+       +------+

ALL_TESTS="
	from_a_file
	told_again
	a_port_is_missing
	tmp_is_emptied
	mistakes_have_a_line
	not_a_lag
	stanza_of_a_lag
	stanza_of_a_port
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

PACKAGING=$HERE/../tools/packaging
CONF=$WORK/lag0.conf

setup()
{
	lag_require
	[ -x "$PACKAGING/lag-setup" ] || skip_all "needs tools/packaging"
	setup_ns A B
	cable "$A" a1 "$B" b1
	cable "$A" a2 "$B" b2
	cable "$A" a3 "$B" b3
	for dir in if-pre-up.d if-post-down.d; do
		mkdir "$WORK/$dir"
		ln -s "$PACKAGING/ifupdown" "$WORK/$dir/lag"
	done
}

configure()
{
	in_ns "$A" "$PACKAGING/lag-setup" "$@"
}

# mistake WHERE WORDS LINE...: such a file is refused, saying so
mistake()
{
	local where=$1 words=$2 said

	shift 2
	printf '%s\n' "$@" >"$CONF"
	if said=$(configure up lag0 "$CONF" 2>&1); then
		fail "taken: $*"
	fi
	[[ $said == "lag-setup: $CONF:$where: "*"$words"* ]] ||
		fail "for $* it said: $said"
}

gone()
{
	not ip -n "$A" link show lag0 2>/dev/null
}

from_a_file()
{
	cat >"$CONF" <<-END
		# Comments, empty lines and tabs

		ports	a1 a2	# two
		lacp_rate fast
		xmit_hash_policy layer2+3
		lladdr 02:00:00:00:00:01
		mtu 1400
		port a1 actor_port_prio 7 admin disabled
		address 192.0.2.1/24
		gateway 192.0.2.254
	END
	configure up lag0 "$CONF"
	is fast lag_get "$A" lag0 lacp_rate
	is layer2+3 lag_get "$A" lag0 xmit_hash_policy
	is 02:00:00:00:00:01 link_get "$A" lag0 address
	is 1400 link_get "$A" a2 mtu
	is lag0 link_get "$A" a2 master
	is 7 port_get "$A" a1 actor_port_prio
	is disabled port_get "$A" a1 admin
	[[ $(ip -n "$A" -br addr show lag0) == *192.0.2.1/24* ]]
	[[ $(ip -n "$A" route) == *"default via 192.0.2.254 dev lag0"* ]]
	configure down lag0
	gone
	configure down lag0
}

told_again()
{
	printf '%s\n' "ports a1 a2" "mode static" >"$CONF"
	configure up lag0 "$CONF"
	printf '%s\n' "ports a2 a3" "min_links 2" "mode static" >"$CONF"
	configure up lag0 "$CONF"
	is 2 lag_get "$A" lag0 min_links
	is null link_get "$A" a1 master
	is lag0 link_get "$A" a2 master
	is lag0 link_get "$A" a3 master
	configure down lag0
}

a_port_is_missing()
{
	local said

	printf '%s\n' "wait 1" "ports nic9 a2" >"$CONF"
	said=$(configure up lag0 "$CONF" 2>&1)
	[ "$said" = "lag-setup: $CONF:2: there is no device nic9" ]
	is lag0 link_get "$A" a2 master
	configure down lag0
	printf '%s\n' "wait 0" "ports nic9" >"$CONF"
	not configure up lag0 "$CONF" 2>/dev/null
	configure down lag0
}

# As systemd-tmpfiles does at boot, while we wait for a port
tmp_is_emptied()
{
	mkdir -p "$WORK/tmp"
	printf '%s\n' "wait 100" "ports a1 nic7" >"$CONF"
	TMPDIR=$WORK/tmp configure up lag0 "$CONF" &
	wait_for 30 ip -n "$A" link show lag0
	rm -rf "$WORK/tmp"
	ip -n "$A" link add nic7 type dummy
	wait $!
	is lag0 link_get "$A" a1 master
	is lag0 link_get "$A" nic7 master
	configure down lag0
	ip -n "$A" link del nic7
}

mistakes_have_a_line()
{
	mistake 2 min_links "ports a1" "min_links 65"
	mistake 3 lacp_rate "ports a1" "mode lacp" "lacp_rate quick"
	mistake 2 bogus "ports a1" "bogus 1"
	mistake 1 "one value" "mode" "ports a1"
	mistake 1 "one value" "mode lacp static"
	mistake 2 "names of devices" "mode lacp" "ports"
	mistake 1 "a value each" "port a1 prio"
	mistake 2 "wait" "ports a1" "wait long"
	mistake 2 "hash_symmetric" "xmit_hash_policy flow" "hash_symmetric on"
	gone
	mistake 2 "" "ports a1" "address 192.0.2.1000/24"
	mistake 2 prio "ports a1" "port a1 prio high"
	configure down lag0
	not configure up lag0 "$WORK/none.conf" 2>"$WORK/said"
	[[ $(cat "$WORK/said") == "lag-setup: $WORK/none.conf: there is no"* ]]
}

not_a_lag()
{
	ip -n "$A" link add dummy0 type dummy
	echo "mode lacp" >"$CONF"
	not configure up dummy0 "$CONF" 2>/dev/null
	not configure down dummy0 2>/dev/null
	ip -n "$A" link del dummy0
}

# hook DIR IFACE NAME=VALUE...: what ifupdown calls its scripts with
hook()
{
	local dir=$1 iface=$2

	shift 2
	in_ns "$A" env LAG_SETUP="$PACKAGING/lag-setup" IFACE="$iface" "$@" \
		"$WORK/$dir/lag"
}

stanza_of_a_lag()
{
	local stanza=(IF_LAG_PORTS="a1 a2" IF_LAG_MODE=active-backup
		      IF_LAG_PRIMARY=a2 IF_LAG_FAIL_OVER_MAC=active
		      IF_ADDRESS=192.0.2.1/24)

	hook if-pre-up.d lag0 "${stanza[@]}"
	is active-backup lag_get "$A" lag0 mode
	is active lag_get "$A" lag0 fail_over_mac
	is a2 lag_get "$A" lag0 primary
	is lag0 link_get "$A" a1 master
	is lag0 link_get "$A" a2 master
	# ifupdown2 reloads what is up
	stanza[2]=IF_LAG_PRIMARY=a1
	hook if-pre-up.d lag0 "${stanza[@]}"
	is a1 lag_get "$A" lag0 primary
	hook if-post-down.d lag0 "${stanza[@]}"
	gone
	# A mistake keeps ifup from going on
	not hook if-pre-up.d lag0 IF_LAG_PORTS=a1 IF_LAG_MIN_LINKS=65 \
		2>"$WORK/said"
	[[ $(cat "$WORK/said") == "lag-setup: lag0: lag-min_links: "* ]]
	gone
	# Nothing of ours in it
	hook if-pre-up.d lag0 IF_ADDRESS=192.0.2.1/24
	gone
}

stanza_of_a_port()
{
	hook if-pre-up.d a1 IF_LAG_MASTER=lag0 IF_LAG_ACTOR_PORT_PRIO=9
	is lag0 link_get "$A" a1 master
	is 9 port_get "$A" a1 actor_port_prio
	# The lag's stanza comes later; "none" leaves alone what is there
	hook if-pre-up.d lag0 IF_LAG_PORTS=none IF_LAG_LACP_RATE=fast
	is fast lag_get "$A" lag0 lacp_rate
	is lag0 link_get "$A" a1 master
	hook if-post-down.d a1 IF_LAG_MASTER=lag0
	is null link_get "$A" a1 master
	hook if-post-down.d lag0 IF_LAG_PORTS=none
	gone
}

run_tests
exit "${EXIT_STATUS:?}"
