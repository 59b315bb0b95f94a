#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What `lagctl plan` says each policy would do with a capture is what a lag with
# that policy does when the capture is sent through it: packets and octets of
# each port.
#
#    capture --> lag0 -- a1..a3 (dummies)

ALL_TESTS="
	numbers_are_the_counters
	ports_seed_and_filter
	as_flow_foretells
	chart
	captures_that_are_none
"

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

setup()
{
	lag_require lagctl
	lagctl plan /dev/null 2>&1 | grep "needs libpcap" >/dev/null &&
		skip_all "lagctl plan needs libpcap"
	CAPTURE=$WORK/capture.pcap
	python3 -SE "$HERE/pcap.py" make "$CAPTURE" 250 7
}

dummies()
{
	local i

	setup_ns A
	ip -n "$A" link add lag0 type lag mode static "$@"
	for i in 1 2 3; do
		ip -n "$A" link add "a$i" type dummy
		join "$A" lag0 "a$i"
	done
	ip -n "$A" link set lag0 up
	wait_for 5 distributing "$A" lag0 3
}

# counters: packets and octets of each port
counters()
{
	local i json all=

	for i in 1 2 3; do
		json=$(ip -n "$A" -s -j link show dev "a$i") || return 1
		all+=$(reckon "'%d %d,' % (at('0.stats64.tx.packets'),
			at('0.stats64.tx.bytes'))" "$json")
	done
	echo "$all"
}

# difference BEFORE AFTER: number by number
difference()
{
	local before after i all=

	read -ra before <<<"${1//,/ }"
	read -ra after <<<"${2//,/ }"
	for ((i = 0; i < ${#before[@]}; i += 2)); do
		all+="$((after[i] - before[i])) "
		all+="$((after[i + 1] - before[i + 1])),"
	done
	echo "$all"
}

# planned POLICY ARG...: the same numbers
planned()
{
	local policy=$1 json

	shift
	json=$(in_ns "$A" lagctl -j plan "$@" "$CAPTURE") || return 1
	reckon "''.join('%d %d,' % (port['packets'], port['bytes'])
		for p in _['policies'] if p['policy'] == '$policy'
		for port in p['ports'])" "$json"
}

numbers_are_the_counters()
{
	local policy before after

	dummies
	for policy in layer2 layer2+3 layer3+4 encap2+3 encap3+4 vlan+srcmac
	do
		ip -n "$A" link set lag0 type lag xmit_hash_policy "$policy"
		before=$(counters)
		in_ns "$A" python3 -SE "$HERE/pcap.py" replay "$CAPTURE" lag0
		after=$(counters)
		expect "$(difference "$before" "$after")" \
			planned "$policy" --lag lag0
	done
	ip -n "$A" link set lag0 type lag hash_symmetric on \
		xmit_hash_policy layer3+4
	before=$(counters)
	in_ns "$A" python3 -SE "$HERE/pcap.py" replay "$CAPTURE" lag0
	after=$(counters)
	expect "$(difference "$before" "$after")" planned layer3+4 --lag lag0
}

# A lag that is planned is like one that is there
ports_seed_and_filter()
{
	local there json

	dummies hash_seed 99
	there=$(planned layer3+4 --lag lag0)
	expect "$there" planned layer3+4 --ports 3 --seed 99
	json=$(lagctl -j plan --ports 64 "$CAPTURE")
	expect 64 reckon "len(_['policies'][0]['ports'])" "$json"
	expect true reckon "text(all(sum(p['packets'] for p in x['ports'])
		== _['packets'] for x in _['policies']))" "$json"
	expect true reckon "text(all(sum(p['flows'] for p in x['ports'])
		== _['flows'] for x in _['policies']))" "$json"
	json=$(lagctl -j plan --filter "ip6" "$CAPTURE")
	not is "$(reckon "at('packets')" "$json")" reckon "_['packets']" \
		"$(lagctl -j plan "$CAPTURE")"
}

# One flow after the other, as `lagctl flow` tells of it
as_flow_foretells()
{
	local n line port json

	dummies
	ip -n "$A" link set lag0 type lag xmit_hash_policy layer2+3
	for n in 1 2 3 4; do
		line="--smac 02:00:00:00:00:01 --dmac 02:00:00:00:00:02 10.0.0.1 10.0.1.$n udp 5000 $((6000 + n))"
		# shellcheck disable=SC2086
		port=$(reckon "at('port')" \
			"$(in_ns "$A" lagctl -j flow $line)")
		python3 -SE -c "
import struct, sys
sys.path.insert(0, '$HERE')
import frames
data = frames.ether(frames.ipv4(frames.udp(b'', 5000, 6000 + $n), 17, 1, $n),
                    'ipv4')
with open('$WORK/one.pcap', 'wb') as file:
    file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    file.write(struct.pack('<IIII', 0, 0, len(data), len(data)) + data)
"
		json=$(in_ns "$A" lagctl -j plan --lag lag0 "$WORK/one.pcap")
		expect "$port" reckon "[p['port'] for x in _['policies']
			if x['policy'] == 'layer2+3'
			for p in x['ports'] if p['packets']][0]" "$json"
	done
}

chart()
{
	lagctl plan --ports 4 --svg "$WORK/chart.svg" "$CAPTURE" >"$WORK/out"
	grep -c "<rect" "$WORK/chart.svg" >"$WORK/boxes"
	# Ground, bars, legend
	expect $((1 + 6 * 4 + 4)) cat "$WORK/boxes"
	python3 -SE -c "
import sys
text = open(sys.argv[1]).read()
assert text.count('<text') == text.count('</text>') > 12
assert text.rstrip().endswith('</svg>')
" "$WORK/chart.svg"
	grep "most even: " "$WORK/out" >/dev/null
}

# refused PATTERN ARG...
refused()
{
	local pattern=$1 status=0

	shift
	lagctl plan "$@" >"$WORK/out" 2>&1 || status=$?
	((status == 1)) || fail "status $status: $*"
	grep "$pattern" "$WORK/out" >/dev/null || fail "$(cat "$WORK/out")"
}

captures_that_are_none()
{
	refused "No such file" "$WORK/none.pcap"
	printf 'junk, not a capture, and long enough' >"$WORK/junk"
	refused "Error: " "$WORK/junk"
	head -c 24 "$CAPTURE" >"$WORK/empty.pcap"
	refused "no packets" "$WORK/empty.pcap"
	printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\377\377\0\0\161\0\0\0' \
		>"$WORK/any.pcap"
	refused "no Ethernet headers but LINUX_SLL" "$WORK/any.pcap"
	refused "filter: " --filter "no filter" "$CAPTURE"
	refused "ports is 1..64" --ports 65 "$CAPTURE"
	refused "FILE.pcap is needed"
	# One that is cut off counts as far as it goes
	head -c 5000 "$CAPTURE" >"$WORK/cut.pcap"
	lagctl plan "$WORK/cut.pcap" >"$WORK/out" 2>"$WORK/said"
	grep "ends early" "$WORK/said" >/dev/null
}

run_tests
exit "${EXIT_STATUS:?}"
