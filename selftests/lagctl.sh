#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lagctl: status says the same as ip, why finds what is wrong, and what it says
# mends it does; drain loses no frame; export is what Prometheus reads; watch
# shows changes and leaves the terminal as it was.  Flows are in lagctl_flow.sh.
#
#    A                              B
#   +------------+                 +------------+
#   |       a1 --|-----------------|-- b1       |
#   |  lag0      |                 |     peer0  |
#   |       a2 --|-----------------|-- b2       |
#   |       a3 --|-----------------|-- b3       |
#   +------------+                 +------------+
#
# Timeout: 600 s

ALL_TESTS="
	status_agrees_with_ip
	status_as_text
	status_of_other_modes
	wrong_arguments
	nothing_is_wrong
	admin_states_are_mended
	cable_to_another_switch
	min_links_unmet
	partner_without_lacp
	partner_fell_silent
	both_passive
	looped_cable
	speed_mismatch
	other_programs
	other_versions
	drain_loses_no_frame
	drain_in_other_modes
	drain_refused
	export_is_readable
	watch_shows_changes
	no_module
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require lagctl ethtool
}

lagctl_in()
{
	in_ns "$1" lagctl "${@:2}"
}

three()
{
	pair 3 lag lacp_rate fast "$@"
	wait_for 5 distributing "$A" lag0 3
	wait_for 5 distributing "$B" peer0 3
}

# --- status -----------------------------------------------------------------

# JSON of lagctl is that of ip, for the lag and each port
agrees()
{
	local ns=$1 lag=$2 ours theirs port

	ours=$(lagctl_in "$ns" status -j "$lag")
	theirs=$(link_json "$ns" "$lag" linkinfo.info_data)
	expect "$theirs" reckon 'text(at("0.info_data"))' "$ours" || return 1
	for port in $(reckon '" ".join(p["ifname"] for p in at("0.ports"))' \
			"$ours"); do
		theirs=$(link_json "$ns" "$port" linkinfo.info_slave_data)
		expect "$theirs" reckon "text(next(p['info_slave_data']
			for p in at('0.ports') if p['ifname'] == '$port'))" \
			"$ours" || return 1
	done
}

status_agrees_with_ip()
{
	local said

	three fallback single ad_actor_system 02:00:00:00:00:01 primary a2
	unplug "$B" b3
	wait_is 3 no-carrier why "$A" a3
	ip -n "$A" link set a2 type lag_slave admin draining prio -5
	wait_is 5 detached port_get "$A" a2 state
	# No timer may run out between the two readings
	ip -n "$A" link set lag0 type lag lacp_rate slow
	wait_for 5 agrees "$A" lag0
	said=$(lagctl_in "$A" status -j)
	expect '["lag0",true,true,100.0,0.0]' reckon '[at("0.ifname"),
		at("0.up"), at("0.carrier"), at("0.ports.0.share"),
		at("0.ports.1.share")]' "$said"
	expect '["a1","a2","a3"]' reckon \
		'[p["ifname"] for p in at("0.ports")]' "$said"
	expect "$(tx_packets "$A" a3)" reckon 'at("0.ports.2.stats.tx_packets")' \
		"$said"
	said=$(lagctl_in "$A" -p status lag0)
	((${#said} > 1000)) && [[ $said == *$'\n        "ifname": "lag0",'* ]]
}

# line WORD TEXT: the line that begins with it
line()
{
	while read -r first rest; do
		[ "$first" != "$1" ] || echo "$first $rest"
	done <<<"$2"
}

status_as_text()
{
	local said partner

	three
	unplug "$B" b3
	wait_is 3 no-carrier why "$A" a3
	partner=$(port_get "$A" a1 partner.system)
	said=$(lagctl_in "$A" status --color=never lag0)
	[[ $(line lag0 "$said") == "lag0 up  2 of 3 ports  20 Gb/s" ]]
	[[ $(line mode "$said") == "mode lacp  lacp_rate fast "* ]]
	[[ $(line partner "$said") == "partner $partner "* ]]
	[[ $(line a1 "$said") =~ ^a1\ +10\ Gb/s\ +distributing\ +50%\ .*\ $partner\ +1\ +0$ ]]
	[[ $(line a3 "$said") =~ ^a3\ +no\ link\ +down\ +0%\ .*\ 1$ ]]
	[[ $(line no-carrier: "$said") == *"check the cable"* ]]
	not grep -q $'\033' <<<"$said"
	[[ $(lagctl_in "$A" status --color) == *$'\033[32mdistributing'* ]]
	# Not on a terminal, or it is asked for otherwise
	[[ $(lagctl_in "$A" status | cat) == "$said" ]]
	ip -n "$A" link set lag0 down
	[[ $(lagctl_in "$A" status) == "lag0  down  0 of 3 ports"* ]]
}

status_of_other_modes()
{
	local mode said

	pair 2 lag mode static
	ip -n "$B" link set peer0 type lag mode static
	ip -n "$A" link add lag1 type lag
	wait_for 3 distributing "$A" lag0 2
	for mode in static balance-rr broadcast active-backup; do
		ip -n "$A" link set lag0 type lag mode "$mode" primary a2
		wait_for 3 carrier "$A" lag0
		wait_for 5 agrees "$A" lag0
		wait_for 5 agrees "$A" lag1
		said=$(lagctl_in "$A" status)
		[[ $(line mode "$said") == "mode $mode"* ]]
		[[ $said == *"lag1  down"*"lag-down: the lag is down"* ]]
	done
	[[ $(line a1 "$said") == *" backup "*" 0%"* ]]
	[[ $(line a2 "$said") == *" active "*" 100%"* ]]
	[[ $(line backup: "$said") == *"another port is active"* ]]
}

# refused STATUS TEXT ARG...
refused()
{
	local want=$1 text=$2 said status=0

	shift 2
	said=$(lagctl_in "$A" "$@" 2>&1 </dev/null) || status=$?
	[ "$status" = "$want" ] || fail "lagctl $*: status $status: $said"
	[[ $said == *"$text"* ]] || fail "lagctl $* says '$said'"
}

wrong_arguments()
{
	local verb

	three
	ip -n "$A" link add dummy0 type dummy
	refused 1 "Usage: lagctl"
	refused 1 'Verb "stat" is unknown' stat
	refused 1 "lagctl status: unrecognized option" status --nonsense
	refused 1 "invalid option" -x
	refused 1 'Cannot find device "lag7"' status lag7
	refused 1 '"a1" is no lag: it is a port of lag0' status a1
	refused 1 '"dummy0" is no lag, but of type dummy' export dummy0
	refused 1 '"lag1" is too much' status lag0 lag1
	refused 1 '"a2" is too much' drain a1 a2
	refused 1 "a PORT is needed" drain
	refused 1 "a PORT is needed" undrain -j
	refused 1 '"lag0" is no port of a lag: it is a lag' drain lag0
	refused 1 '"dummy0" is no port of a lag' why dummy0
	refused 1 "no number of seconds" drain -t soon a1
	refused 1 "no number of seconds" watch -i 0
	refused 1 "requires an argument" export -o
	refused 1 "watch needs a terminal" watch
	refused 1 "watch has no JSON" watch -j
	refused 1 "export has no JSON" export -j
	refused 1 "import has no JSON" import -j
	refused 1 "always, never or auto" --color=red status
	refused 2 "No such file" export -o "$WORK/not/here"
	refused 0 "lagctl " -V
	for verb in status watch why drain undrain export; do
		refused 0 "Usage: lagctl $verb" "$verb" --help
		refused 0 "Usage: lagctl $verb" help "$verb"
	done
}

# --- why --------------------------------------------------------------------

# finding NS DEVICE REASON KEY: of what lagctl finds, as JSON
finding()
{
	local said

	said=$(lagctl_in "$1" why -j)
	reckon "[f['$4'] for f in _ if (f['device'], f['reason']) ==
		('$2', '$3')]" "$said"
}

# tells NS DEVICE REASON TEXT: it finds that and says so
tells()
{
	[[ $(finding "$1" "$2" "$3" text) == *"$4"* ]] ||
		fail "$(lagctl_in "$1" why)"
}

# commands NS DEVICE REASON: that mend it
commands()
{
	reckon '"; ".join(r["command"] for f in _ for r in f if r["command"])' \
		"$(finding "$1" "$2" "$3" remedies)"
}

# mended NS DEVICE REASON [N]: its Nth command does mend it
mended()
{
	local command lines

	lines=$(reckon "[r['command'] for f in _ for r in f if r['command']]" \
		"$(finding "$1" "$2" "$3" remedies)")
	command=$(reckon "at('${4:-0}')" "$lines")
	in_ns "$1" sh -c "$command" ||
		fail "lagctl why: $2 $3: this did not work: $command"
	wait_is 20 '[]' finding "$1" "$2" "$3" text
}

nothing_is_wrong()
{
	three
	expect "Nothing is wrong: 3 of 3 ports carry traffic." \
		lagctl_in "$A" why
	expect "Nothing is wrong: 3 of 3 ports carry traffic." \
		lagctl_in "$A" why lag0
	expect "Nothing is wrong: a2 carries traffic." lagctl_in "$A" why a2
	expect '[]' lagctl_in "$A" why -j
}

admin_states_are_mended()
{
	three
	ip -n "$A" link set a1 down
	tells "$A" a1 port-down "The port is down"
	mended "$A" a1 port-down
	ip -n "$A" link set a1 type lag_slave admin disabled
	wait_is 3 disabled why "$A" a1
	tells "$A" a1 disabled "out of service"
	mended "$A" a1 disabled
	ip -n "$A" link set a1 type lag_slave admin draining
	wait_is 3 draining why "$A" a1
	mended "$A" a1 draining
	ip -n "$A" link set lag0 protodown on
	wait_for 3 not carrier "$A" lag0
	tells "$A" lag0 protodown "holds the lag down"
	mended "$A" lag0 protodown
	ip -n "$A" link set lag0 down
	tells "$A" lag0 lag-down "The lag is down"
	mended "$A" lag0 lag-down
	wait_for 10 distributing "$A" lag0 3
	# The one that is asked for, and no other
	ip -n "$A" link set a1 down
	ip -n "$A" link set a2 down
	expect '["a2"]' reckon '[f["device"] for f in _]' \
		"$(lagctl_in "$A" why a2 -j)"
	ip -n "$A" link add lag1 up type lag
	ip -n "$A" link add new0 type dummy
	tells "$A" lag1 no-port "no port"
}

cable_to_another_switch()
{
	local text

	three
	setup_ns C
	ip -n "$C" link add other0 up type lag lacp_rate fast
	unplug "$B" b3
	ip -n "$B" link set b3 netns "$C"
	join "$C" other0 b3
	wait_is 10 partner-differs why "$A" a3
	tells "$A" a3 partner-differs "The cable goes to another switch"
	text=$(finding "$A" a3 partner-differs text)
	[[ $text == *"end at system $(link_get "$B" peer0 address), key"* ]]
	[[ $text == *"a3 at system $(link_get "$C" other0 address), key"* ]]
	# Once more at the right system, but in another group of it
	ip -n "$C" link set other0 type lag ad_user_port_key 7 \
		ad_actor_system "$(link_get "$B" peer0 address)"
	wait_for 10 tells "$A" a3 partner-differs "a port of another group"
	mended "$A" a3 partner-differs 1
	[ "$(link_get "$A" a3 master)" != lag0 ]
}

min_links_unmet()
{
	three min_links 3
	unplug "$B" b3
	# Its partner says goodbye before its carrier falls
	wait_is 5 no-carrier why "$A" a3
	wait_is 3 min-links lag_get "$A" lag0 carrier_reason
	tells "$A" lag0 min-links \
		"2 of 3 ports could carry traffic, 3 are asked for"
	tells "$A" a3 no-carrier "No link"
	mended "$A" lag0 min-links
	expect 2 lag_get "$A" lag0 min_links
	carrier "$A" lag0
}

partner_without_lacp()
{
	switched 1 fallback_timeout 100
	ip -n "$B" link set sw0 address 02:00:00:00:00:0b
	wait_is 5 no-lacpdu why "$A" a1
	tells "$A" a1 no-lacpdu "does not speak LACP"
	[[ $(commands "$A" a1 no-lacpdu) == *"fallback single"* ]]
	mended "$A" a1 no-lacpdu 1
	wait_for 5 reaches "$A" 192.0.2.2
	tells "$A" lag0 fallback "Traffic goes without LACP"
	ip -n "$A" link set lag0 type lag fallback none
	wait_is 5 no-lacpdu why "$A" a1
	mended "$A" a1 no-lacpdu
	wait_for 5 reaches "$A" 192.0.2.2
}

partner_fell_silent()
{
	local partner

	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_rate fast
	cable "$A" a1 "$B" b1
	plug "$B" b1
	slow_start "$B" partner b1 system=02:bb:00:00:00:07
	join "$A" lag0 a1
	wait_for 5 distributing "$A" lag0 1
	stop "$SLOW"
	wait_is 10 expired why "$A" a1
	partner=$(port_get "$A" a1 counters.lacpdu_rx)
	tells "$A" a1 expired "fallen silent"
	tells "$A" a1 expired "and $partner LACPDUs were heard"
}

both_passive()
{
	setup_ns A B
	ip -n "$A" link add lag0 up type lag lacp_active off
	ip -n "$B" link add peer0 up type lag lacp_active off
	cable "$A" a1 "$B" b1
	join "$A" lag0 a1
	join "$B" peer0 b1
	wait_is 5 both-passive why "$A" a1
	tells "$A" a1 both-passive "Both ends are passive"
	mended "$A" a1 both-passive
	wait_for 5 distributing "$A" lag0 1
}

looped_cable()
{
	setup_ns A
	ip -n "$A" link add lag0 up type lag
	cable "$A" a1 "$A" a2
	join "$A" lag0 a1 a2
	wait_is 5 loopback why "$A" a1
	tells "$A" a1 loopback "hears its own LACPDUs"
	[[ $(commands "$A" a1 loopback) =~ ad_actor_system\ 02(:[0-9a-f]{2}){5}$ ]]
}

speed_mismatch()
{
	modprobe -q tun || [ -e /dev/net/tun ] || skip "no module tun"
	pair 1 lag lacp_rate fast
	# The first is the one in use, and a fast guest joins two before either is
	wait_for 10 distributing "$A" lag0 1
	wait_for 10 distributing "$B" peer0 1
	rm -f "$WORK/ready"
	python3 -SE "$HERE/tap_cable.py" "$A" a2 "$B" b2 "$WORK/ready" &
	wait_for 10 test -e "$WORK/ready"
	in_ns "$A" ethtool -s a2 speed 1000 duplex full
	in_ns "$B" ethtool -s b2 speed 1000 duplex full
	join "$A" lag0 a2
	join "$B" peer0 b2
	# The partner's key follows from the speed there: another one, too
	wait_is 10 speed-differs why "$A" a2
	tells "$A" a2 speed-differs \
		"Speed mismatch: a2 runs at 1 Gb/s, a1, which carries traffic, at 10 Gb/s"
	[[ $(commands "$A" a2 speed-differs) == *"ethtool -s a2 speed 10000"* ]]
	# A key of one's own makes equal ports unequal, too
	ip -n "$A" link set a2 nomaster
	cable "$A" a3 "$B" b3
	join "$A" lag0 a3
	join "$B" peer0 b3
	ip -n "$A" link set a3 type lag_slave port_key 77
	wait_is 10 speed-differs why "$A" a3
	tells "$A" a3 speed-differs "a3 has another key, 77, than a1"
	mended "$A" a3 speed-differs
	wait_for 10 distributing "$A" lag0 2
}

# What they leave in files, seen in a mount namespace of its own
other_programs()
{
	local said lag port i

	three
	lag=$(link_get "$A" lag0 ifindex)
	port=$(link_get "$A" a1 ifindex)
	ip -n "$A" link set lag0 address 02:11:22:33:44:55
	# Another system to the partner: the LAG forms again
	for i in 1 2 3; do
		wait_is 10 02:11:22:33:44:55 port_get "$B" "b$i" partner.system
	done
	wait_for 10 distributing "$A" lag0 3
	wait_for 10 distributing "$B" peer0 3
	tells "$A" lag0 address "is that of none of its ports"
	ip -n "$A" link set a3 nomaster
	wait_for 10 distributing "$A" lag0 2
	wait_for 10 distributing "$B" peer0 2
	said=$(in_ns "$A" bash -c '
		set -e
		cd /run
		mkdir -p udev systemd NetworkManager /etc/systemd/network
		for dir in udev systemd NetworkManager /etc/systemd/network; do
			mount -t tmpfs none "$dir"
		done
		mkdir -p udev/data systemd/netif/links NetworkManager/devices
		echo "E:ID_NET_LINK_FILE=/etc/systemd/network/99-default.link" \
			>"udev/data/n$1"
		printf "[Match]\nOriginalName=*\n\n[Link]\n%s\n" \
			"MACAddressPolicy=persistent" \
			>/etc/systemd/network/99-default.link
		network=/etc/systemd/network/10-all.network
		printf "[Match]\nName=a*\n\n[Network]\nDHCP=yes\n" >"$network"
		for port in $2 $3; do
			echo "NETWORK_FILE=$network" \
				>"systemd/netif/links/$port"
		done
		printf "NETWORK_FILE=%s\nADMIN_STATE=unmanaged\n" \
			"$network" >"systemd/netif/links/$4"
		printf "[device]\nmanaged=true\n" >"NetworkManager/devices/$2"
		networkctl() { :; }
		lagctl why -j
		lagctl why a3 -j
		eval "$(lagctl why a1 -j | python3 -SE -c "
import json, sys
print([r[\"command\"] for f in json.load(sys.stdin)
       if f[\"reason\"] == \"networkd-no-keepmaster\"
       for r in f[\"remedies\"]][0])")"
		echo "managed=false" >>"NetworkManager/devices/$2"
		lagctl why a1 -j
		printf "[Link]\nMACAddressPolicy=none\n" \
			>/etc/systemd/network/99-default.link
		lagctl why lag0 -j' \
		- "$lag" "$port" "$(link_get "$A" a3 ifindex)" \
		"$(link_get "$A" a2 ifindex)")
	said="[${said//$'\n'/,}]"
	# The whole, a3 that was taken out, mended, and chosen by somebody
	expect '[["lag0","udev-address"],["a1","networkd-no-keepmaster"],["a1","networkmanager-port"]]' \
		reckon '[[f["device"], f["reason"]] for f in at("0")]' "$said"
	expect '[["a3","networkd-no-keepmaster"]]' \
		reckon '[[f["device"], f["reason"]] for f in at("1")]' "$said"
	expect '[]' reckon 'at("2")' "$said"
	expect '[["lag0","address",false]]' \
		reckon '[[f["device"], f["reason"], f["problem"]]
			 for f in at("3")]' "$said"
	reckon '" ".join(f["text"] for f in at("0"))' "$said" >"$WORK/text"
	grep -qF "udev changed the MAC address of lag0 to 02:11:22:33:44:55" \
		"$WORK/text"
	grep -qF "lacks KeepMaster=yes" "$WORK/text"
	grep -qF "NetworkManager manages a1" "$WORK/text"
	# The first command gives the address back
	mended "$A" lag0 address
}

other_versions()
{
	local dir

	three
	for dir in "${IP_LIB_DIR-}" /usr/lib/ip /usr/lib/*/ip /lib/ip; do
		[ ! -e "$dir/link_lag.so" ] || break
	done
	mkdir -p "$WORK/old" "$WORK/odd"
	python3 -SE -c 'import sys
data = open(sys.argv[1], "rb").read()
version = open("/sys/module/lag/version").read().strip().encode()
new = data.replace(version + b"\0", b"0" * len(version) + b"\0")
assert new != data
open(sys.argv[2], "wb").write(new)' "$dir/link_lag.so" "$WORK/old/link_lag.so"
	echo "no plug-in" >"$WORK/odd/link_lag.so"
	IP_LIB_DIR=$WORK/old tells "$A" lag versions-differ \
		"the plug-in of ip of version 000"
	IP_LIB_DIR=$WORK/odd tells "$A" lag versions-differ \
		"the plug-in of ip of version unknown"
	IP_LIB_DIR=$WORK tells "$A" ip no-plugin "has no plug-in"
	expect '[]' finding "$A" lag versions-differ text
}

# --- drain ------------------------------------------------------------------

# Datagrams both ways while a2 goes out of service and back
drain_loses_no_frame()
{
	local file said sent

	three
	traffic udp "$A" "$B" 192.0.2.2 flows=16 rate=400 count=10000 \
		until="$WORK/enough" >"$WORK/there" &
	traffic udp "$B" "$A" 192.0.2.1 flows=16 rate=400 count=10000 \
		until="$WORK/enough" port=8000 >"$WORK/back" &
	wait_for 5 more_than 100 rx_packets "$A" lag0
	said=$(lagctl_in "$A" drain a2)
	[[ $said =~ ^a2\ of\ lag0\ is\ drained\ after\ [0-9]+\.[0-9]{3}\ s:\ [0-9]+\ frames\ sent\ and\ [0-9]+\ received\ meanwhile\.$ ]] ||
		fail "$said"
	expect detached port_get "$A" a2 state
	expect 0 port_get "$A" a2 slots
	sent=$(tx_packets "$B" peer0)
	wait_for 5 more_than $((sent + 100)) tx_packets "$B" peer0
	said=$(lagctl_in "$A" undrain a2 -j)
	expect '["a2","lag0",true,"none"]' reckon '[at("port"), at("lag"),
		at("in_service"), at("why")]' "$said"
	expect true reckon '0 < at("seconds") < 30 and
		at("frames_sent") > 0' "$said"
	expect distributing port_get "$A" a2 state
	touch "$WORK/enough"
	wait %1
	wait %2
	for file in there back; do
		said=$(cat "$WORK/$file")
		expect 0 reckon 'at("lost")' "$said"
		expect 0 reckon 'at("duplicates")' "$said"
	done
}

drain_in_other_modes()
{
	local mode said

	pair 2 lag mode static
	ip -n "$B" link set peer0 type lag mode static
	wait_for 3 distributing "$A" lag0 2
	for mode in static balance-rr broadcast active-backup; do
		ip -n "$A" link set lag0 type lag mode "$mode"
		wait_for 3 carrier "$A" lag0
		said=$(lagctl_in "$A" drain -t 5 a1)
		[[ $said == "a1 of lag0 is drained "* ]]
		if [ "$mode" != active-backup ]; then
			[[ $said == *"may go on sending"* ]]
		fi
		expect draining why "$A" a1
		expect 0 port_get "$A" a1 slots
		[[ $(lagctl_in "$A" undrain a1) == *"is back in service"* ]]
		not expect draining why "$A" a1 2>/dev/null
	done
}

drain_refused()
{
	three min_links 2
	[[ $(lagctl_in "$A" drain a1) == "a1 of lag0 is drained "* ]]
	refused 1 "without a2 lag0 would lose its carrier" drain a2
	expect enabled port_get "$A" a2 admin
	[[ $(lagctl_in "$A" drain -f a2) == "a2 of lag0 is drained "* ]]
	not carrier "$A" lag0
	refused 1 "a3 is not drained" undrain a3
	# What cannot come back says why; nobody waits for it
	unplug "$B" b1
	wait_is 3 no-carrier why "$A" a1
	refused 2 "a1 of lag0 is not back in service" undrain a1
	# Else it may be back before anybody looks
	ip -n "$B" link set b2 type lag_slave admin disabled
	refused 2 "not back in service after 0." undrain -t 0 a2
	ip -n "$A" link set a3 type lag_slave admin disabled
	refused 1 "a3 is disabled" drain -f a3
}

# --- export -----------------------------------------------------------------

# The grammar of the text format, and each family in one piece
PROMETHEUS='
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = NAME + r"=\"(?:[^\"\\\n]|\\[\\\"n])*\""
SAMPLE = re.compile(r"(%s)(?:\{(%s(?:,%s)*)\})? (\S+)$" % (NAME, LABEL, LABEL))
text = open(sys.argv[1]).read()
assert text.endswith("\n")
family, done, samples = None, set(), {}
for line in text[:-1].split("\n"):
    comment = re.match(r"# (HELP|TYPE) (%s) (.+)$" % NAME, line)
    if comment:
        kind, name, rest = comment.groups()
        if kind == "HELP":
            assert name not in done, line
            family = name
            done.add(name)
        assert name == family, line
        assert kind == "HELP" or rest in ("gauge", "counter"), line
        assert kind == "HELP" or (rest == "counter") == \
            name.endswith("_total"), line
        continue
    name, labels, value = SAMPLE.match(line).groups()
    assert name == family, line
    assert (name, labels) not in samples, line
    samples[name, labels] = float(value)
for name, labels, value in (a.rsplit("|", 2) for a in sys.argv[2:]):
    assert samples[name, labels] == float(value), (name, labels, samples)
'

export_is_readable()
{
	local failures file=$WORK/lag.prom

	three
	ip -n "$A" link add 'l"a\g' type lag
	unplug "$B" b3
	wait_is 3 no-carrier why "$A" a3
	echo old >"$file"
	chmod 600 "$file"
	lagctl_in "$A" export -o "$file"
	[ "$(stat -c %a "$file")" = 644 ]
	[ "$(echo "$WORK"/lag.prom*)" = "$file" ]
	failures=$(port_get "$A" a3 link_failure_count)
	python3 -E -c "$PROMETHEUS" "$file" \
		'lag_carrier|lag="lag0"|1' 'lag_ports|lag="lag0"|3' \
		'lag_ports|lag="l\"a\\g"|0' \
		'lag_ports_distributing|lag="lag0"|2' \
		'lag_speed_bytes|lag="lag0"|2500000000' \
		'lag_port_distributing|lag="lag0",port="a1"|1' \
		'lag_port_distributing|lag="lag0",port="a3"|0' \
		'lag_port_share_ratio|lag="lag0",port="a2"|0.5' \
		'lag_port_link|lag="lag0",port="a3"|0' \
		"lag_port_link_failures_total|lag=\"lag0\",port=\"a3\"|$failures" \
		"lag_port_expired_total|lag=\"lag0\",port=\"a1\"|0"
	lagctl_in "$A" export lag0 >"$file"
	not grep -q 'l\\"a' "$file"
	grep -qF 'lag_port_info{lag="lag0",port="a3",state="down",why="no-carrier",admin="enabled",partner="' "$file"
	# What cannot be written leaves the old one, and nothing beside it
	! lagctl_in "$A" export >/dev/full 2>"$WORK/said" || return 1
	grep -qF "Cannot write output" "$WORK/said"
}

# --- watch ------------------------------------------------------------------

# watched END UNTIL [ARG...]: what terminal.py says of lagctl watch
watched()
{
	in_ns "$A" python3 -SE "$HERE/terminal.py" "$1" "$2" "$WORK/ready" \
		lagctl watch "${@:3}"
}

# left SAID COLOURS: it came to its end and left the terminal as it was
left()
{
	expect "[true,0,true,$2]" reckon \
		'[at("seen"), at("status"), at("restored"), at("colours")]' "$1"
}

flap()
{
	wait_for 10 test -e "$WORK/ready"
	unplug "$B" b3
	wait_is 5 no-carrier why "$A" a3
	# As long as watch may take to look
	stays 1 no-carrier why "$A" a3
	plug "$B" b3
}

delete_lag()
{
	wait_for 10 test -e "$WORK/ready"
	ip -n "$A" link del lag0
}

watch_shows_changes()
{
	local said end

	three
	rm -f "$WORK/ready"
	flap &
	said=$(watched q 'a3  [a-z]* -> distributing' -i 0.5)
	wait %1
	left "$said" true
	# In JSON a line's end is \r\n: one line here
	said=$(reckon 'text(at("screen").split("\r\n"))' "$said")
	[[ $said =~ \"[0-9:]+\ \ a3\ \ [a-z]+\ -\>\ down:\ no-carrier ]] ||
		fail "$said"
	[[ $said =~ \"\ *a1\ +10\ Gb/s\ +distributing\ .*\ [0-9.]+\ k?b/s ]]
	for end in INT TERM; do
		left "$(NO_COLOR=1 watched "$end" 'q quits' lag0)" false
	done
	# It goes on when its lag is gone
	rm -f "$WORK/ready"
	delete_lag &
	left "$(watched q 'There is no lag0' lag0)" true
}

# --- without the module -----------------------------------------------------

no_module()
{
	local verb

	setup_ns A
	for verb in status why export; do
		refused 0 "" "$verb"
	done
	modprobe -r lag || skip "the module is in use"
	for verb in status why export "drain a1" "status -j"; do
		# shellcheck disable=SC2086
		refused 2 "no module lag" $verb
	done
	modprobe lag
}

run_tests
exit "${EXIT_STATUS:?}"
