# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts share: namespaces and cables, state read as JSON, waiting,
# assertions, TAP.  What is tested is not here.
#
# A script names its cases in ALL_TESTS, may define setup() for what they
# share, and ends in
#
#	run_tests
#	exit "${EXIT_STATUS:?}"
#
# Each case is a function and runs in a subshell under `set -e`: every command
# is an assertion, and what the case has made is gone after it.  Conditions are
# waited for, never slept for.

set -u -o pipefail
shopt -s inherit_errexit

KSFT_SKIP=4
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
NAMESPACES=()
NS_COUNT=0
declare -A NIC_OF
NICS_USED=0
WORK=$(mktemp -d)

# The script cannot run here.  Before run_tests or in setup().
skip_all()
{
	echo "1..0 # SKIP $*"
	exit "$KSFT_SKIP"
}

# The case cannot run here.
skip()
{
	echo "$*" >"$WORK/why"
	exit "$KSFT_SKIP"
}

fail()
{
	echo "# $*" >&2
	return 1
}

# not CMD...: `!` does not count for `set -e`
not()
{
	if "$@"; then
		return 1
	fi
}

# careless CMD... &: what fails in it does not matter
careless()
{
	trap - ERR
	set +eE
	"$@" >/dev/null 2>&1
}

# The module, the plug-in of ip and the TOOLs, or the script is skipped
lag_require()
{
	local tool

	[ "$(id -u)" = 0 ] || skip_all "needs root"
	for tool in ip python3 "$@"; do
		command -v "$tool" >/dev/null || skip_all "needs $tool"
	done
	[ -d /sys/module/lag ] || modprobe -q lag ||
		skip_all "no module lag for $(uname -r)"
	ip link help lag 2>&1 | grep lacp_rate >/dev/null ||
		skip_all "ip has no plug-in for lag (IP_LIB_DIR)"
}

# test_module NAME...: if tools/build_test.sh has made them
test_module()
{
	local name

	for name; do
		[ -e "$HERE/$name/$name.ko" ] ||
			skip_all "needs $name.ko, which tools/test.sh builds"
		insmod "$HERE/$name/$name.ko" || exit 1
	done
}

# ERR trap: the lines of the script that led here, and the state
explain()
{
	local i ns

	echo "# failed: $1"
	for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
		[[ ${BASH_SOURCE[i]} == *lib.sh ]] ||
			echo "#   ${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
	done
	for ns in $(ip netns list | cut -d ' ' -f 1 | grep "^lag-$$-"); do
		echo "# in $ns:"
		ip -n "$ns" -d link show type lag
		ip -n "$ns" -s -d link show type lag_slave
	done | sed 's/^[^#]/#   &/'
} >&2

# Kills what still runs in them, too.  In a trap of EXIT: no status of it counts.
cleanup()
{
	local ns pids

	trap - ERR
	set +eE
	for ns in "${NAMESPACES[@]}"; do
		pids=$(ip netns pids "$ns")
		# shellcheck disable=SC2086
		kill -9 $pids && wait $pids
		ip netns del "$ns"
	done
	NAMESPACES=()
} 2>/dev/null

strictly()
{
	set -eE
	trap 'trap - ERR; explain "$BASH_COMMAND"' ERR
	"$@"
	trap - ERR
	set +eE
}

run_case()
{
	NAMESPACES=()
	trap 'cleanup; kill $(jobs -p) 2>/dev/null' EXIT
	strictly "$1"
	exit 0
}

run_tests()
{
	local test number=0 skipped=0 status note

	# shellcheck disable=SC2086
	set -- $ALL_TESTS
	echo "TAP version 13"
	trap 'cleanup; rm -rf "$WORK"' EXIT
	start_python
	if declare -F setup >/dev/null; then
		strictly setup
	fi
	echo "1..$#"
	EXIT_STATUS=0
	for test; do
		: $((++number))
		note=
		(run_case "$test")
		status=$?
		if ((status == KSFT_SKIP)); then
			: $((++skipped))
			note=" # SKIP $(cat "$WORK/why")"
		elif ((status)); then
			EXIT_STATUS=1
			echo -n "not "
		fi
		echo "ok $number - $test$note"
	done
	if ((EXIT_STATUS == 0 && skipped == $#)); then
		EXIT_STATUS=$KSFT_SKIP
	fi
}

# --- topology ---------------------------------------------------------------

# setup_ns A B...: fresh namespaces, named in $A and $B
setup_ns()
{
	local var name

	for var; do
		name=lag-$$-$((++NS_COUNT))-${var,,}
		ip netns add "$name"
		NAMESPACES+=("$name")
		printf -v "$var" %s "$name"
		# Nobody speaks unasked
		in_ns "$name" sh -c \
			'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
		ip -n "$name" link set lo up
	done
}

in_ns()
{
	ip netns exec "$@"
}

# cable NS1 PORT1 NS2 PORT2: a veth pair; with LAG_NICS=1 in a guest that has
# emulated cables (tools/vm/vm --cables), two NICs of it, as long as some are left
cable()
{
	local number=$((NICS_USED + 1))

	if [ -n "${LAG_NICS-}" ] && [[ " $VM_CABLES" == *" c${number}a="* ]]
	then
		NICS_USED=$number
		take_nic "c${number}a" "$1" "$2"
		take_nic "c${number}b" "$3" "$4"
		command cable on "$number"
		return
	fi
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
}

# take_nic NIC NS PORT: when the namespace that it was in is gone
take_nic()
{
	local address=" $VM_CABLES "

	address=${address#* "$1"=}
	wait_for 10 nic_is_back "${address%% *}"
	ip link set "$NIC" down
	ip link set "$NIC" netns "$2" name "$3"
	NIC_OF[$2/$3]=$1
}

nic_is_back()
{
	NIC=$(grep -sl "$1" /sys/class/net/*/address) || return 1
	NIC=${NIC%/address}
	NIC=${NIC##*/}
}

# unplug NS PORT, plug NS PORT: of a veth pair the far end decides on carrier,
# so name the far end
unplug()
{
	local nic=${NIC_OF[$1/$2]-}

	if [ -n "$nic" ]; then
		command cable off "${nic//[^0-9]/}"
	else
		ip -n "$1" link set "$2" down
	fi
}

plug()
{
	local nic=${NIC_OF[$1/$2]-}

	[ -z "$nic" ] || command cable on "${nic//[^0-9]/}"
	ip -n "$1" link set "$2" up
}

# join NS MASTER PORT...: a bond takes only ports that are down
join()
{
	local ns=$1 master=$2 port

	shift 2
	for port; do
		ip -n "$ns" link set "$port" down
		ip -n "$ns" link set "$port" master "$master"
		ip -n "$ns" link set "$port" up
	done
}

# pair N KIND [OPTION...]: lag0 with these options over a1..aN in $A, cabled to
# peer0, a lag or a bond at the fast rate, over b1..bN in $B; 192.0.2.1 and .2
pair()
{
	local n=$1 kind=$2 i

	shift 2
	setup_ns A B
	ip -n "$A" link add lag0 type lag "$@"
	case $kind in
	lag)
		ip -n "$B" link add peer0 type lag lacp_rate fast
		;;
	bond)
		ip -n "$B" link add peer0 type bond mode 802.3ad \
			lacp_rate fast miimon 50
		;;
	esac
	for ((i = 1; i <= n; i++)); do
		cable "$A" "a$i" "$B" "b$i"
		join "$A" lag0 "a$i"
		join "$B" peer0 "b$i"
	done
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$B" addr add 192.0.2.2/24 dev peer0
	ip -n "$A" link set lag0 up
	ip -n "$B" link set peer0 up
}

# switched N [OPTION...]: lag0 with these options over a1..aN in $A, whose cables
# go to b1..bN in $B, ports of the bridge sw0; 192.0.2.1 and .2
switched()
{
	local n=$1 i

	shift
	setup_ns A B
	ip -n "$A" link add lag0 type lag "$@"
	ip -n "$B" link add sw0 type bridge
	for ((i = 1; i <= n; i++)); do
		cable "$A" "a$i" "$B" "b$i"
		join "$A" lag0 "a$i"
		join "$B" sw0 "b$i"
	done
	ip -n "$A" addr add 192.0.2.1/24 dev lag0
	ip -n "$B" addr add 192.0.2.2/24 dev sw0
	ip -n "$A" link set lag0 up
	ip -n "$B" link set sw0 up
}

# --- state ------------------------------------------------------------------

# One Python answers all questions about JSON: to start one, or a jq, takes a
# slow guest longer than all else that an assertion costs.  It evaluates an
# expression, in which `_` is the data and at("a.0.b") a part of them.
start_python()
{
	coproc PYTHON {
		exec python3 -SEuc '
import json
import sys


def at(path):
    value = data
    for key in path.strip(".").split(".") if path else ():
        try:
            value = value[int(key) if key.isdigit() else key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def text(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


for expression in sys.stdin:
    try:
        data = json.loads(sys.stdin.readline())
        answer = eval(expression, {"at": at, "text": text, "_": data})
    except Exception as error:
        answer = repr(error)
    print(answer if isinstance(answer, str) else text(answer))'
	}
	exec {PYTHON_IN}>&"${PYTHON[1]}" {PYTHON_OUT}<&"${PYTHON[0]}"
}

# reckon EXPRESSION DATA: what that is, as JSON, or as it is if it is a string
reckon()
{
	local answer

	printf '%s\n' "${1//$'\n'/ }" "${2//$'\n'/ }" >&"$PYTHON_IN"
	read -r answer <&"$PYTHON_OUT"
	echo "$answer"
}

# link_get NS DEV PATH: of `ip -j -d -s link`; link_json also quotes strings
link_get()
{
	local json

	json=$(ip -n "$1" -s -s -d -j link show dev "$2") || return 1
	reckon "at('0.$3')" "$json"
}

link_json()
{
	local json

	json=$(ip -n "$1" -s -s -d -j link show dev "$2") || return 1
	reckon "text(at('0.$3'))" "$json"
}

# lag_get NS LAG PATH: of its options and state
lag_get()
{
	link_get "$1" "$2" "linkinfo.info_data.$3"
}

# port_get NS PORT PATH: of its options and state as a port
port_get()
{
	link_get "$1" "$2" "linkinfo.info_slave_data.$3"
}

# tx_packets NS DEV, rx_packets NS DEV
tx_packets()
{
	link_get "$1" "$2" stats64.tx.packets
}

rx_packets()
{
	link_get "$1" "$2" stats64.rx.packets
}

# --- conditions and assertions ----------------------------------------------

now_ms()
{
	local now=$EPOCHREALTIME

	echo $((10#${now/[.,]/} / 1000))
}

# wait_for SECONDS CMD...: until it succeeds.  An emulated guest on a machine
# that is busy otherwise may take as long again, several times.
wait_for()
{
	local seconds=$(($1 * ${LAG_PATIENCE:-4})) deadline

	shift
	deadline=$(($(now_ms) + seconds * 1000))
	until "$@"; do
		if (($(now_ms) > deadline)); then
			fail "not within $seconds s: $*"
			return 1
		fi
		sleep 0.1
	done
}

# is VALUE CMD...: it prints this
is()
{
	local want=$1

	shift
	[ "$("$@")" = "$want" ]
}

# expect VALUE CMD...: the same, and says what it printed
expect()
{
	local want=$1 got

	shift
	got=$("$@")
	[ "$got" = "$want" ] || fail "$* is '$got', not '$want'"
}

# more_than VALUE CMD...: it prints a greater number
more_than()
{
	local than=$1

	shift
	(($("$@") > than))
}

# wait_is SECONDS VALUE CMD...
wait_is()
{
	local seconds=$1 want=$2

	shift 2
	wait_for "$seconds" is "$want" "$@" || expect "$want" "$@"
}

# stays SECONDS VALUE CMD...: at every look; between them a guest that counts
# instructions skips the time
stays()
{
	local seconds=$1 deadline

	shift
	deadline=$(($(now_ms) + seconds * 1000))
	until (($(now_ms) > deadline)); do
		expect "$@"
		sleep 0.1
	done
}

# between LOW HIGH CMD...
between()
{
	local low=$1 high=$2 got

	shift 2
	got=$("$@")
	((got >= low && got <= high)) ||
		fail "$* is $got, not in $low..$high"
}

# check_extack SENTENCE CMD...: refused with it
check_extack()
{
	local sentence=$1 said

	shift
	if said=$("$@" 2>&1); then
		fail "not refused: $*"
	fi
	[[ $said == *"$sentence"* ]] || fail "$*: says '$said', not '$sentence'"
}

# distributing NS LAG N: so many ports of it do, it has carrier, and linkwatch
# has seen that: until then what the stack sends there is lost
distributing()
{
	local json

	json=$(ip -n "$1" -d -j link show dev "$2") || return 1
	is "[$3,true,\"UP\"]" reckon '[at("0.linkinfo.info_data.num_distributing"),
		"LOWER_UP" in at("0.flags"), at("0.operstate")]' "$json"
}

carrier()
{
	[[ $(link_get "$1" "$2" flags) == *LOWER_UP* ]]
}

# partner_says NS PORT WORD, actor_says NS PORT WORD: a bit of the state octet
partner_says()
{
	[[ $(port_get "$1" "$2" ad_partner_oper_port_state_str) == *\"$3\"* ]]
}

actor_says()
{
	[[ $(port_get "$1" "$2" ad_actor_oper_port_state_str) == *\"$3\"* ]]
}

# why NS PORT
why()
{
	port_get "$1" "$2" why
}

# --- traffic ----------------------------------------------------------------

# traffic ARG...: traffic.py, which prints what became of it
traffic()
{
	python3 -SE "$HERE/traffic.py" "$@"
}

# traffic_get PATH ARG...: a part of that
traffic_get()
{
	local said

	said=$(traffic "${@:2}")
	reckon "at('$1')" "$said"
}

# slow NS ARG...: slow.py there
slow()
{
	ip netns exec "$1" python3 -SE "$HERE/slow.py" "${@:2}"
}

# slow_start NS ARG...: the same in the background, as $SLOW; it is ready
slow_start()
{
	rm -f "$WORK/ready"
	ip netns exec "$1" python3 -SE "$HERE/slow.py" "${@:2}" \
		ready="$WORK/ready" &
	SLOW=$!
	wait_for 10 test -e "$WORK/ready"
}

# listen NS PORT: what slow.py sniffs there goes to $WORK/seen, by $SLOW
listen()
{
	slow_start "$1" sniff "$2" >"$WORK/seen"
}

# seen EXPRESSION: of the list of the frames it has seen
seen()
{
	local frames IFS=,

	mapfile -t frames <"$WORK/seen"
	reckon "$1" "[${frames[*]}]"
}

# stop PID
stop()
{
	kill "$1"
	wait "$1" 2>/dev/null || true
}

# reaches NS ADDRESS [OPTION...]: one echo request, answered
reaches()
{
	ip netns exec "$1" busybox ping -c 1 -W 1 "${@:3}" "$2" >/dev/null
}
