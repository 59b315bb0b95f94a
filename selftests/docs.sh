#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Commands of lag.rst do what it says: each block after ".. run: TEXT", until
# ip -d link shows TEXT of lag0; commands in the running text are understood.
#
#    A                    B
#   +-----------+        +----------------+
#   |     eth0 -|--------|- b0 \          |
#   | lag0 eth1-|--------|- b1 /  switch0 |
#   |     eth2 -|--------|- b2 \          |
#   |     eth3 -|--------|- b3 /  switch1 |
#   +-----------+        +----------------+

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh" || exit 1

RST=$HERE/../Documentation/networking/lag.rst
[ -e "$RST" ] || skip_all "needs lag.rst"

# Title, number of the line, and what is to be shown, of each block
blocks()
{
	awk '
	/^[-=]+$/ && length(previous) == length($0) { title = previous }
	/^\.\. run: / {
		sub(/^\.\. run: /, "")
		gsub(/[^[:alnum:]]+/, "_", title)
		print tolower(title) " " NR " " $0
	}
	{ previous = $0 }' "$RST"
}

# block LINE: the commands after it
block()
{
	awk -v line="$1" '
	NR > line && /^    / { print; inside = 1 }
	NR > line && inside && /^[^ ]/ { exit }' "$RST"
}

ALL_TESTS="inline"
while read -r title line text; do
	ALL_TESTS+=" $title@$line"
	eval "$title@$line() { run_block $line \"$text\"; }"
done < <(blocks)

setup()
{
	lag_require lagctl
}

topology()
{
	local i

	setup_ns A B
	for i in 0 1; do
		ip -n "$B" link add "switch$i" type lag lacp_rate fast
	done
	for i in 0 1 2 3; do
		cable "$A" "eth$i" "$B" "b$i"
		join "$B" "switch$((i / 2))" "b$i"
	done
	ip -n "$B" link set switch0 up
	ip -n "$B" link set switch1 up
}

shows()
{
	local text

	text=$(ip -n "$A" -d link show lag0)
	[[ $text == *"$1 "* ]]
}

run_block()
{
	topology
	block "$1" >"$WORK/block"
	[ -s "$WORK/block" ]
	in_ns "$A" bash -e "$WORK/block"
	wait_for 15 shows "$2"
}

# Those that are whole: of the table of cures, and elsewhere
inline()
{
	local command count=0

	topology
	ip -n "$A" link add lag0 type lag
	while IFS= read -r command; do
		ip -n "$A" link set eth1 master lag0
		in_ns "$A" bash -c "$command" >/dev/null ||
			fail "in lag.rst: $command"
		: $((++count))
	done < <(grep -oE '``(ip|lagctl) [^`]*``' "$RST" | tr -d '`' |
		 grep -E ' (eth[0-9]|lag0)( |$)|^lagctl (status|why)$' |
		 grep -vF ...)
	[ "$count" -ge 8 ]
}

run_tests
exit "${EXIT_STATUS:?}"
